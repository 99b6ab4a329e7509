"""The sound part of a file with mistakes, so that one run finds what the later checks have to say as well."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from onepill.core.documents import Path
from onepill.core.errors import Finding
from onepill.model.refusals import TAG, TAG_ERRORS, known_path
from onepill.model.schema import Programme

ROUNDS = 8
_STAND_INS: dict[str, Any] = {
    "onepill": 1,
    "programme": "unnamed",
    "as_of": "2040-12-31",
    "asset": {"name": "unnamed", "modality": "other"},
    "name": "unnamed",
    "modality": "other",
    "area": "other",
    "kind": "other",
    "patients_per_year": 1,
    "peak_share": 0.5,
    "months_on_treatment": 1,
    "net_price_per_month": "1 USD",
    "per_usd": 1.0,
    "preparation": "1 months",
    "id": "unnamed",
    "agency": "US",
    "asked": "0001-01-01",
    "question": "unnamed",
    "text": "unnamed",
    "date": "0001-01-01",
}
"""Sound values for required keys, so that the part they stand in keeps its place; nothing is reported of them."""

_NAMED_PARTS = {"development", "dossiers", "filings", "markets", "indication", "indications", "factors", "scenarios"}
_LINKED_THROUGHOUT = "proof_of_concept"
"""A section whose every part is named by another."""
_NEEDED_ELSEWHERE = ("reference.", "market.no_filing", "indication.", "factors.", "currency.", "scenario.", "poc.")


@dataclass(frozen=True)
class Partial:
    """A programme without the values that the schema refuses; `is_whole` while no part that others name is gone."""

    programme: Programme
    data: dict[str, Any]
    is_whole: bool

    def trusted(self, findings: list[Finding]) -> list[Finding]:
        """The findings that do not come from what was left out."""
        return findings if self.is_whole else [f for f in findings if not f.code.startswith(_NEEDED_ELSEWHERE)]


def partial_programme(data: dict[str, Any], items: Sequence[Any]) -> Partial | None:
    """The programme without what `items` (pydantic's errors) refuse; None where nothing sound is left."""
    rest, is_whole = deepcopy(data), True
    for _ in range(ROUNDS):
        is_whole &= not any(_is_named(path) and not follow(rest, path) for path in mend(rest, items, _STAND_INS))
        try:
            return Partial(Programme.model_validate(rest), rest, is_whole)
        except ValidationError as error:
            items = error.errors()
    return None


def mend(
    data: dict[str, Any],
    items: Sequence[Any],
    stand_ins: Mapping[str, Any],
    *,
    likely_kind: Callable[[Mapping[str, Any]], str] | None = None,
) -> list[Path]:
    """Take out what `items` (pydantic's errors) refuse: a wrong value, or what lacks a value that has no stand-in.

    `likely_kind` says what is taken for the `kind` of a part that has none, or one that nobody knows.

    Returns:
        The path of each part that is not as it was written: it is gone, or a stand-in is in its place.
    """
    refused = [(known_path(item["loc"], data), item["type"]) for item in reversed(items)]
    done = []
    for path, kind in refused:
        tagged = follow(data, path) if kind in TAG_ERRORS and likely_kind is not None else None
        if isinstance(tagged, dict) and likely_kind is not None:
            tagged[TAG] = likely_kind(tagged)
            done.append(path)
        else:
            done.append(_mend(data, path, stand_ins, kind=kind))
    return done


def _mend(data: Any, path: Path, stand_ins: Mapping[str, Any], *, kind: str) -> Path:
    is_missing = kind == "missing"
    holder = follow(data, path[:-1]) if path and path[-1] in stand_ins else None
    if isinstance(holder, dict) and (is_missing or holder.get(path[-1]) is None):
        holder[str(path[-1])] = deepcopy(stand_ins[str(path[-1])])
        return path
    path = path[:-1] if is_missing else path
    while path and not isinstance(follow(data, path[:-1]), dict):
        path = path[:-1]
    if path:
        follow(data, path[:-1]).pop(path[-1], None)
    return path


def _is_named(path: Path) -> bool:
    """Whether this is, or holds, a part that other parts of the file name."""
    if path[:2] == ("capital", "exchange_rates"):
        return len(path) <= 3
    if path and path[0] == _LINKED_THROUGHOUT:
        return True
    return path in ((), ("capital",)) or (path[0] in _NAMED_PARTS and len(path) <= 2)


def follow(data: Any, path: Path) -> Any:
    """What stands at a path, None where nothing does."""
    for part in path:
        is_there = (isinstance(data, dict) and part in data) or (
            isinstance(data, list) and isinstance(part, int) and part < len(data)
        )
        if not is_there:
            return None
        data = data[part]
    return data
