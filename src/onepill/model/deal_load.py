"""From a terms file's text to a deal: validation and every finding at once, each with its line."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from onepill.core.documents import Document, read_document
from onepill.core.errors import Finding, InputError, sort_findings
from onepill.model.deal import Deal
from onepill.model.deal_checks import check_deal
from onepill.model.partial import follow
from onepill.model.positions import Places
from onepill.model.refusals import known_path, schema_findings
from onepill.model.schema import Programme

ROUNDS = 8
ENTRIES = ("terms", "grants", "options", "parties", "funds", "exchange_rates", "comparables")
"""Sections of which one entry can be left out."""
OPTIONAL = (*ENTRIES, "vehicle", "termination", "note", "signed_source", "owner")
"""Sections that a file may lack."""
NOTHING = "nothing"
NAMED = ("options", "parties", "exchange_rates", "vehicle")
"""Sections that others name, so that what follows from their absence is not told."""
STAND_INS: dict[str, Any] = {
    "onepill": 1,
    "deal": "unnamed",
    "structure": "licence",
    "title": "unnamed",
    "signed_on": "2040-12-31",
    "rate": 0,
}
"""Sound values for required keys, so that the part they stand in keeps its place; nothing is reported of them."""


@dataclass(frozen=True)
class LoadedDeal:
    """A valid deal, the document it was read from, and what was noticed (no errors)."""

    deal: Deal
    document: Document
    findings: tuple[Finding, ...]


def load_deal(text: str, programme: Programme, *, file: str = "") -> LoadedDeal:
    """Read a terms file and check it beside its programme.

    Raises:
        InputError: with all findings, each with file, line, path, value and hint.
    """
    document = read_document(text, file=file)
    if not isinstance(document.data, dict):
        hint = "start with 'onepill: 1'"
        raise InputError.single("yaml.shape", "a terms file is a mapping of keys", hint=hint, file=file, line=1)
    places = Places(document)
    try:
        deal = Deal.model_validate(document.data)
    except ValidationError as error:
        found = _refused(document.data, error.errors(), places, programme)
        raise InputError(found[0].message, findings=found) from None
    findings = sort_findings(places.placed(check_deal(deal, programme), document.data))
    if any(finding.severity == "error" for finding in findings):
        raise InputError(findings[0].message, findings=findings)
    return LoadedDeal(deal, document, tuple(findings))


def _refused(data: dict[str, Any], items: Sequence[Any], places: Places, programme: Programme) -> list[Finding]:
    """What the schema refuses, and what the checks say of the sound rest."""
    findings = schema_findings(items, data, places, model=Deal)
    rest, left_out = deepcopy(data), set[str]()
    for _ in range(ROUNDS):
        left_out |= {_leave_out(rest, item) for item in reversed(items)}
        try:
            deal = Deal.model_validate(rest)
            break
        except ValidationError as error:
            items = error.errors()
    else:
        return sort_findings(findings)
    told = [f for f in check_deal(deal, programme) if f.severity == "error" and not _follows(f, left_out)]
    return sort_findings([*findings, *places.placed(told, rest)])


_FOLLOWS = ("deal.structure", "deal.no_sales", "deal.royalty_base", "deal.owner")
"""What may only follow from an entry that was left out."""
_ALONE = ("deal.tiers_", "deal.caps_order", "deal.threshold", "deal.event", "deal.territory", "deal.field")
"""What an entry says of itself beside the programme, whichever parties, options and vehicles there are."""
_BY_SIGNING = ("deal.signed_", "deal.event_past", "deal.before_signing", "deal.window")


def _follows(finding: Finding, left_out: set[str]) -> bool:
    """Whether a finding may come from what was left out of the file alone."""
    code = finding.code
    if code in _FOLLOWS or ("signed_on" in left_out and code.startswith(_BY_SIGNING)):
        return True
    if code == "currency.no_rate":
        return "exchange_rates" in left_out
    return bool(left_out & set(NAMED)) and not code.startswith(_ALONE)


def _leave_out(data: dict[str, Any], item: Any) -> str:
    """Take out what pydantic refuses: an unknown key alone, a value that can be stood in for, else its whole entry.

    Returns:
        The section from which something is missing now, `nothing` for an unknown key, empty where the file cannot be
        understood without it.
    """
    path = known_path(item["loc"], data)
    if item["type"] == "extra_forbidden":
        follow(data, path[:-1]).pop(path[-1], None)
        return NOTHING
    section = str(path[0]) if path else ""
    if path and path[-1] in STAND_INS and (len(path) == 1 or "tiers" in path):
        follow(data, path[:-1])[path[-1]] = STAND_INS[path[-1]]
        return section
    if section in ENTRIES and len(path) > 1 and isinstance(data.get(section), dict):
        data[section].pop(path[1], None)
        return section
    if section not in OPTIONAL:
        return ""
    data.pop(section, None)
    return section
