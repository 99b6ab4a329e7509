"""Whether decisions of a person name things that the warehouse knows."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from onepill.core.errors import Finding, InputError
from onepill.registries import TABLES
from onepill.registries.entities import Correction, Corrections, corrections_from_csv
from onepill.registries.entities.companies import listed_companies
from onepill.registries.entities.targets import symbols_of
from onepill.registries.entities.text import slug
from onepill.workbench.landscape.names import condition_book, drug_book

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class _Known:
    """Preferred names by id, for each kind whose ids are a closed list or nearly so."""

    names: Mapping[str, Mapping[str, str]]
    closed: Collection[str] = ("condition",)


def checked(root: Path, given: Corrections, *, file: str) -> tuple[Corrections, list[Finding]]:
    """The decisions with the preferred names filled in, and what is to be said of them.

    A drug or a company that no table knows may be made: its id is then the slug of the name that is given beside it. A
    condition must be known. A target may be any word; a note tells a word that is no known target.

    Raises:
        InputError: `corrections.unknown_id`, a finding for each with its line.
    """
    if not len(given):
        hint = "fill decided_by, decided_on and reason in the rows that you decide"
        return given, [Finding("corrections.none", "warning", "the file holds no decision", hint, file=file)]
    known = _known(root, {one.kind for one in given})
    findings = [finding for one in given for finding in _findings(one, known, file=file)]
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise InputError(f"{len(errors)} decisions name what is not known; none was taken", findings=errors)
    return Corrections([_named(one, known) for one in given], file=file), findings


def refuse_lost_decisions(file: Path, kept: Corrections) -> None:
    """Refuse to write over a file that holds decisions which were not taken, or over one that is no export at all.

    Raises:
        InputError: `review.exists`.
    """
    if not file.exists():
        return
    try:
        given = list(corrections_from_csv(file.read_bytes().decode("utf-8"), file=str(file)))
    except (InputError, UnicodeDecodeError, OSError):
        message, hint = f"{file} stands already and is no export of a review", "choose another name"
    else:
        lost = sum(_content(one) != _content(kept.find(one.kind, one.text)) for one in given)
        message = f"{file} holds {lost} decisions that were not taken yet"
        hint = "take them first (`onepill registry review --take`), or choose another name"
        if not lost:
            return
    raise InputError.single("review.exists", message, hint=hint, file=str(file))


def _content(one: Correction | None) -> tuple[object, ...]:
    return (one.entity_id, one.decided_by, one.decided_on) if one else ()


def rows_waiting(text: str, decided: int) -> int:
    """Rows of the file that name a text and hold no decision."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    return sum(bool((row.get("text") or "").strip()) for row in rows) - decided


def _known(root: Path, kinds: Collection[str]) -> _Known:
    from onepill.store.warehouse import open_reader

    names: dict[str, Mapping[str, str]] = {}
    with open_reader(root, TABLES) as reader:
        if "drug" in kinds:
            names["drug"] = {one: entry.name for one, entry in drug_book(reader).entries.items()}
        if "condition" in kinds:
            names["condition"] = {one: entry.name for one, entry in condition_book(reader).conditions.items()}
    names["company"] = {one: company.name for one, company in listed_companies().items()}
    return _Known(names)


def _findings(one: Correction, known: _Known, *, file: str) -> Iterator[Finding]:
    for entity_id, name in _pairs(one):
        if one.kind == "target":
            if symbols_of(entity_id) == (entity_id,) and not entity_id.isupper():
                message = f"{entity_id!r} is no known target: it is taken as it stands"
                yield Finding("corrections.target", "note", message, path="entity_id", file=file, line=one.line)
            continue
        names = known.names[one.kind]
        if entity_id not in names and not _is_new(one, entity_id, name, known):
            message = f"no {one.kind} has the id {entity_id!r}"
            hint = _hint(one, entity_id, known)
            path = "entity_id"
            yield Finding("corrections.unknown_id", "error", message, hint, path, file, one.line, value=entity_id)


def _is_new(one: Correction, entity_id: str, name: str, known: _Known) -> bool:
    """A thing of its own, by a name that nothing known bears."""
    taken = {of.casefold() for of in known.names[one.kind].values()}
    return one.kind not in known.closed and slug(name) == entity_id and name.casefold() not in taken


def _hint(one: Correction, entity_id: str, known: _Known) -> str:
    near = get_close_matches(entity_id, known.names[one.kind], n=3, cutoff=0.6)
    by_name = [found for found, name in known.names[one.kind].items() if name.casefold() == entity_id.casefold()]
    meant = f"did you mean {', '.join([*by_name, *near])}? " if by_name or near else ""
    if one.kind in known.closed:
        return meant + "load its source first (`onepill registry load mesh PATH`)"
    return meant + f"for a {one.kind} that no table knows, fill `name` and write the name's slug as id"


def _pairs(one: Correction) -> list[tuple[str, str]]:
    names = [part.strip() for part in one.name.split("|")]
    ids = [part.strip() for part in one.entity_id.split("|") if part.strip()]
    return [(entity_id, names[n] if n < len(names) else "") for n, entity_id in enumerate(ids)]


def _named(one: Correction, known: _Known) -> Correction:
    """With the preferred name of each known id: a cell left over from the export may tell another thing's name."""
    names = known.names.get(one.kind, {})
    return replace(one, name="|".join(names.get(entity_id, name) for entity_id, name in _pairs(one)))
