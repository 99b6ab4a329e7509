"""Writes down what the return of a deal was computed from: own failures, the hazard, the second life."""

from __future__ import annotations

from typing import Any

from onepill.core.provenance import Ledger
from onepill.workbench.common import ledger as notes
from onepill.workbench.results.deal_explain import under

Row = dict[str, Any]
OWN = "share of the drawn futures on which the licence has ended by then because the programme itself failed"
ADDED = "share of the drawn futures on which the licence has ended by then because the partner left it first"
TOTAL = "share of the drawn futures on which the licence has ended by then: by itself or by the partner"
WITHOUT_END = "value of the party under the terms where the partner never leaves; mean over the drawn futures"
END = "value of the party with an early end less its value without one, path by path"
SECOND = "value of the party with the right to a second life less its value with the end alone, path by path"


def is_return(document: Row) -> bool:
    """Whether a document is the answer of `deal return-risk`."""
    return all(name in document for name in ("deal", "risk", "clauses", "cohorts", "inputs"))


def return_provenance(document: Row) -> list[Row]:
    """The rows of the inputs, and of the chances by year and the values of each party, each with its `from`."""
    inputs, risk = document["inputs"], document["risk"]
    ledger, paths = Ledger(), [row["path"] for row in inputs]
    head = f"deals.{document['deal']}"
    for row in risk["by_year"] if risk else ():
        _year(ledger, row, head, paths)
    for name, party in risk["parties"].items() if risk else ():
        _party(ledger, name, party, head, paths)
    return [*inputs, *(entry.as_row() for entry in ledger)]


def _year(ledger: Ledger, row: Row, head: str, paths: list[str]) -> None:
    at = f"risk.by_year.{row['years']}"
    own, added = f"{at}.own_prob", f"{at}.added_prob"
    work = tuple(path for path in under(paths, "development.", "filings.", "gates.") if not _is_money(path))
    ends = tuple(path for path in under(paths, f"{head}.termination.") if ".second_life." not in path)
    rows = (
        (own, OWN, (*under(paths, f"{head}.signed_on"), *work)),
        (added, ADDED, (own, *ends)),
        (f"{at}.total_prob", TOTAL, (own, added)),
    )
    for path, formula, parts in rows:
        shown = row[path.rpartition(".")[2]]
        notes.note_derived(ledger, path, shown, unit="share", formula=formula, derived_from=parts)


def _party(ledger: Ledger, name: str, party: Row, head: str, paths: list[str]) -> None:
    at, ends = f"risk.parties.{name}", under(paths, f"{head}.termination.")
    without, end = f"{at}.without_end_usd.mean", f"{at}.end_change_usd.mean"
    rate = under(paths, f"{head}.parties.{name}.discount_rate_per_year") or under(paths, "capital.discount_rate")
    terms = under(paths, f"{head}.terms.", f"{head}.vehicle.", "markets.", "development.", "filings.")
    rows = (
        (without, WITHOUT_END, (*rate, *terms)),
        (end, END, (without, *(path for path in ends if ".second_life." not in path))),
        (f"{at}.second_life_gain_usd.mean", SECOND, (end, *(path for path in ends if ".second_life." in path))),
    )
    for path, formula, parts in rows:
        shown = party[path.split(".")[-2]]["mean"]
        notes.note_derived(ledger, path, shown, unit="USD", formula=formula, derived_from=parts)


def _is_money(path: str) -> bool:
    return any(part in path for part in (".cost", "_cost", ".fee", ".royalty"))
