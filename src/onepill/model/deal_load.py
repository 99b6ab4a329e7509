"""From a terms file's text to a deal: validation and every finding at once, each with its line."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import Any, get_args

from pydantic import ValidationError

from onepill.core.documents import Document, Path, read_document
from onepill.core.errors import Finding, InputError, sort_findings
from onepill.model.deal import Deal
from onepill.model.deal_checks import check_deal
from onepill.model.deal_terms import AnyTerm
from onepill.model.partial import mend
from onepill.model.positions import Places
from onepill.model.refusals import TAG_ERRORS, known_path, likely_kind, schema_findings
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
    "parties": {"unnamed": {"role": "licensor", "name": "unnamed"}, "another": {"role": "other", "name": "unnamed"}},
    "tiers": [{"above": "0 USD", "rate": 0}],
    "above": "0 USD",
    "party": "unnamed",
    "partners": "unnamed_partners",
    "manager": "unnamed_manager",
    "stakes": {"unnamed": {"share": 0}},
    "share": 0,
    "investors": {"unnamed": "1 USD"},
    "strike": "0 USD",
    "kind": "sale",
    "on": "signing",
    "discount_rate_per_year": 0,
}
"""Sound values for required keys, so that the part they stand in keeps its place; nothing is reported of them."""
ROUNDS_OF_MONEY = ("vehicle", "rounds")
UNKNOWN_KEY = "extra_forbidden"
TERMS = get_args(get_args(AnyTerm)[0])
"""The models of terms, one of which `kind` chooses."""
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
    "deal.fund_vehicle": (("vehicle",),),
    "currency.later_rate": (("signed_on",),),
}
"""Findings, by the beginning of their code, that may only follow from a loss in these places."""
OF_ONE_PART = {
    "deal.window": {"since", "until", "on", "by"},
    "deal.no_sales": {"from", "of", "territory", "field"},
    "deal.royalty_base": {"from", "of"},
}
"""Findings that may only follow from the loss of the term or grant that they are about, or of these keys of it."""
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
    kinds = {known_path(item["loc"], data) for item in items if item["type"] in TAG_ERRORS}
    rest, lost = deepcopy(data), set[Path]()
    take_out = partial(mend, rest, stand_ins=STAND_INS, likely_kind=lambda part: likely_kind(part, TERMS))
    for _ in range(ROUNDS):
        wrong = [item for item in items if item["type"] != UNKNOWN_KEY]
        take_out([item for item in items if item["type"] == UNKNOWN_KEY])
        lost |= set(take_out(wrong)) - {()}
        try:
            deal = Deal.model_validate(rest)
            break
        except ValidationError as error:
            items = error.errors()
            findings += schema_findings(_of_kinds(items, kinds, lost, rest), rest, places, model=Deal)
    else:
        return sort_findings(findings)
    told = [f for f in check_deal(deal, programme) if f.severity == "error" and not _follows(f, lost, lost - kinds)]
    return sort_findings([*findings, *places.placed(told, rest)])


def _of_kinds(items: Sequence[Any], kinds: set[Path], lost: set[Path], data: Any) -> list[Any]:
    """What is refused in terms of an unknown `kind`, which pydantic reads no further, by the kind that they likely are.

    What they lack is not told: another kind may not need it.
    """
    at = [(item, known_path(item["loc"], data)) for item in items if item["type"] != "missing"]
    return [item for item, path in at if path[:2] in kinds and path not in lost]


def _follows(finding: Finding, lost: set[Path], gone: set[Path]) -> bool:
    """Whether a finding may come alone from what is not as it was written; of that, `gone` was not read at all."""
    code, where = finding.code, (*finding.path.split("."),)
    own = where[:2]
    if any(where[: len(path)] == (*map(str, path),) for path in gone):
        return True
    if code in NAMED_IN:
        words = [finding.value] if code.startswith("deal.") else finding.message.split()
        return any(path in lost for path in ((NAMED_IN[code],), *((NAMED_IN[code], word) for word in words)))
    if code in ("deal.equity", "deal.tranches"):
        of_tranches = code == "deal.tranches"
        return own == ROUNDS_OF_MONEY and any(path[:2] == own and ("tranches" in path) == of_tranches for path in lost)
    if code in BOUNDED and any(path[0] in ("terms", "grants") and path[-1] in BOUNDS for path in lost):
        return True
    if code in OF_WHOLE_PARTS:
        lost = {path for path in lost if len(path) <= 2 or path[-1] == "role"}
    if code in OF_ONE_PART and any(path[:2] == own and {*path[2:3]} <= OF_ONE_PART[code] for path in gone):
        return True
    starts = [start for begins, starts in RESTS_ON.items() if code.startswith(begins) for start in starts]
    return any(path[: len(start)] == start for start in starts for path in lost)
