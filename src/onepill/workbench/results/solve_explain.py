"""Writes down what solved terms, and what they bring, were computed from: the ranges, the limits, the programme."""

from __future__ import annotations

from typing import Any

from onepill.core.provenance import Ledger
from onepill.workbench.common import ledger as notes
from onepill.workbench.results.deal_explain import RATE, under

Row = dict[str, Any]
FOUND = "open terms moved within their ranges until every wish and limit holds; what binds is named beside"
AS_WRITTEN = "the term as the file writes it"
RANGE = "end of the range in which the term was sought"
ZONE = "end of the stretch of the term, all others as written, on which no party is worse off than without the deal"
OF_TERM = {"before": AS_WRITTEN, "value": FOUND, "low": RANGE, "high": RANGE, "zone_low": ZONE, "zone_high": ZONE}
NPV = "value of the party under these terms at its own rate; mean over the drawn futures"
OWN = "value of the party under these terms by its own view, at its own rate"
LOSS = "share of the drawn futures with a value below 0"
KEPT = "what the party keeps of its value whatever is paid"
OUTSIDE = "what the party has without the deal by its own view, or what the terms state"
BROUGHT = "values by own view less what is kept whatever is paid, summed over the parties that share"
GAP = "value of one party's part by its own view and as another sees it, parted by what they see differently"
OF_SIDE = (
    ("npv_usd.mean", "USD", NPV),
    ("own_npv_usd.mean", "USD", OWN),
    ("prob_loss", "share", LOSS),
    ("kept_usd", "USD", KEPT),
    ("outside_usd", "USD", OUTSIDE),
)
OF_GAP = ("own_usd", "seen_usd", "beliefs_usd", "discount_rate_usd")


def is_solved(document: Row) -> bool:
    """Whether a document is the answer of `deal solve`."""
    return all(name in document for name in ("deal", "open_terms", "binding", "before", "gap", "inputs"))


def solve_provenance(document: Row) -> list[Row]:
    """The rows of the inputs, of the open terms, and of what each side has under the terms found, written, offered."""
    inputs, head = document["inputs"], f"deals.{document['deal']}"
    ledger, paths = Ledger(), [row["path"] for row in inputs]
    for term in document["open_terms"]:
        _term(ledger, term, document, head, paths)
    found = tuple(f"open_terms.{term['name']}.value" for term in document["open_terms"])
    written = tuple(f"open_terms.{term['name']}.before" for term in document["open_terms"])
    offers = {
        "solved": (document, found),
        "before": (document["before"], written),
        "counter": (document["counter"], ()),
    }
    for name, (offer, terms) in offers.items():
        for party, row in offer["parties"].items() if offer else ():
            _side(ledger, f"{name}.{party}", row, (*terms, *_of_party(party, head, paths)))
    _brought(ledger, document)
    for row in document["gap"]:
        _gap(ledger, row, head, paths)
    return [*inputs, *(entry.as_row() for entry in ledger)]


def _term(ledger: Ledger, term: Row, document: Row, head: str, paths: list[str]) -> None:
    at = f"open_terms.{term['name']}"
    own = under(paths, f"{head}.terms.{term['name'].removesuffix('_usd')}")
    views = tuple(f"before.{party}.own_npv_usd.mean" for party in document["before"]["parties"])
    parts = {"before": own, "value": (f"{at}.before", f"{at}.low", f"{at}.high", *views)}
    for name, formula in OF_TERM.items():
        if term[name] is None:
            continue
        derived = parts.get(name, views if formula == ZONE else ())
        note = f"binding: {', '.join(document['binding'])}" if name == "value" and document["binding"] else ""
        about: Row = {"unit": term["unit"], "formula": formula, "derived_from": derived, "note": note}
        notes.note_derived(ledger, f"{at}.{name}", term[name], **about)


def _of_party(party: str, head: str, paths: list[str]) -> tuple[str, ...]:
    """What any value of a party rests on: its rate, the terms, what it believes, the markets and the work."""
    rate = under(paths, f"{head}.parties.{party}.discount_rate_per_year") or under(paths, RATE)
    believed = under(paths, f"{head}.parties.{party}.believes.")
    return (*rate, *under(paths, f"{head}.terms.", f"{head}.vehicle."), *believed, *under(paths, "markets."))


def _side(ledger: Ledger, at: str, row: Row, parts: tuple[str, ...]) -> None:
    for what, unit, formula in OF_SIDE:
        shown = row[what.partition(".")[0]]
        shown = shown["mean"] if what.endswith(".mean") else shown
        derived = (f"{at}.npv_usd.mean",) if what == "prob_loss" else parts
        notes.note_derived(ledger, f"{at}.{what}", shown, unit=unit, formula=formula, derived_from=derived)


def _brought(ledger: Ledger, document: Row) -> None:
    sharing = [party for party, share in document["shares"].items() if share is not None]
    views = tuple(f"solved.{party}.{view}" for party in sharing for view in ("own_npv_usd.mean", "kept_usd"))
    shown = document["shared_usd"]
    notes.note_derived(ledger, "shared_usd", shown, unit="USD", formula=BROUGHT, derived_from=views)


def _gap(ledger: Ledger, row: Row, head: str, paths: list[str]) -> None:
    seers = (row["of"], row["seen_by"])
    parts = tuple(dict.fromkeys(path for party in seers for path in _of_party(party, head, paths)))
    for name in OF_GAP:
        path = f"gap.{row['of']}.{row['seen_by']}.{name}"
        notes.note_derived(ledger, path, row[name], unit="USD", formula=GAP, derived_from=parts)
