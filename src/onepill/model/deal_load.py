"""From a terms file's text to a deal: validation and every finding at once, each with its line."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from onepill.core.documents import Document, Path, dotted, read_document
from onepill.core.errors import Finding, InputError, sort_findings
from onepill.model.deal import Deal
from onepill.model.deal_checks import check_deal
from onepill.model.partial import TAG_STAND_IN, mend
from onepill.model.positions import Places
from onepill.model.refusals import schema_findings
from onepill.model.schema import Programme

ROUNDS = 8
STAND_INS: dict[str, Any] = {
    "onepill": 1,
    "deal": "unnamed",
    "structure": "licence",
    "title": "unnamed",
    "name": "unnamed",
    "role": "other",
    "signed_on": "2040-12-31",
    "amount": "0 USD",
    "rate": 0,
    "from": "unnamed",
    "to": "unnamed",
    "holder": "unnamed",
    "per_year": "0 USD",
    "share_of_sales": 0,
    "cost_share_of_sales": 0,
    "pre_money": "1 MUSD",
    TAG_STAND_IN: "upfront",
}
"""Sound values for required keys, so that the part they stand in keeps its place; nothing is reported of them."""
UNKNOWN_KEY = "extra_forbidden"
BOUNDS = ("since", "until", "territory", "field")
"""Keys without which a term or a grant counts more than it was meant to."""
NAMED_IN = {
    "deal.party": "parties",
    "deal.option": "options",
    "deal.royalty_base": "terms",
    "currency.no_rate": "exchange_rates",
    "currency.day": "exchange_rates",
}
"""Findings about a name, by the section that may have lost it."""
RESTS_ON: dict[str, tuple[Path, ...]] = {
    "deal.structure": (("structure",), ("grants",), ("terms",), ("vehicle",), ("funds",), ("options",)),
    "deal.signed_": (("signed_on",), ("signed_source",)),
    "deal.event_past": (("signed_on",),),
    "deal.before_signing": (("signed_on",),),
    "deal.window": (("signed_on",),),
    "deal.grants_overlap": (("signed_on",),),
    "deal.owner": (("owner",), ("parties",)),
    "deal.no_sales": (("grants",),),
    "deal.cap_below_price": (("exchange_rates",),),
    "deal.equity": (("vehicle", "rounds"),),
    "deal.fund_vehicle": (("vehicle",),),
    "currency.later_rate": (("signed_on",),),
}
"""Findings, by the beginning of their code, that may only follow from a loss in these places."""
OF_ONE_PART = ("deal.window", "deal.no_sales", "deal.royalty_base")
"""Findings that may only follow from a loss in the term or grant that they are about."""
OF_A_NAME = ("deal.party", "deal.pays_itself")
"""Findings about a name that may only follow from its own loss."""
OF_WHOLE_PARTS = ("deal.structure", "deal.owner")
"""Findings that may only follow where a whole part is lost, or who somebody is."""
BOUNDED = ("deal.grants_overlap", "deal.royalty_sum", "deal.sales_sum", "deal.profit_sum", "deal.cost_sum")
"""Findings that may only follow from a lost bound."""


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
    rest, lost = deepcopy(data), set[Path]()
    for _ in range(ROUNDS):
        wrong = [item for item in items if item["type"] != UNKNOWN_KEY]
        mend(rest, [item for item in items if item["type"] == UNKNOWN_KEY], STAND_INS)
        lost |= set(mend(rest, wrong, STAND_INS)) - {()}
        try:
            deal = Deal.model_validate(rest)
            break
        except ValidationError as error:
            items = error.errors()
    else:
        return sort_findings(findings)
    told = [f for f in check_deal(deal, programme) if f.severity == "error" and not _follows(f, lost)]
    return sort_findings([*findings, *places.placed(told, rest)])


def _follows(finding: Finding, lost: set[Path]) -> bool:
    """Whether a finding may come alone from what is not as it was written."""
    code, own = finding.code, (*finding.path.split(".")[:2],)
    if code in OF_A_NAME and finding.path in {dotted(path) for path in lost}:
        return True
    if code in NAMED_IN:
        words = [finding.value] if code.startswith("deal.") else finding.message.split()
        return any(path in lost for path in ((NAMED_IN[code],), *((NAMED_IN[code], word) for word in words)))
    if code in BOUNDED and any(path[0] in ("terms", "grants") and path[-1] in BOUNDS for path in lost):
        return True
    if code in OF_WHOLE_PARTS:
        lost = {path for path in lost if len(path) <= 2 or path[-1] == "role"}
    rests_on: list[Path] = [own] if code in OF_ONE_PART else []
    rests_on += [start for begins, starts in RESTS_ON.items() if code.startswith(begins) for start in starts]
    return any(path[: len(start)] == start for start in rests_on for path in lost)
