"""Writes down what deals against each other were computed from: the parties of each, its sides, the first deal."""

from __future__ import annotations

from typing import Any

from onepill.core.provenance import Ledger
from onepill.workbench.common import ledger as notes
from onepill.workbench.results.deal_explain import note_programme, note_results

Row = dict[str, Any]
SIDES = ("owner", "partner")
SIDE = "sum over the parties of the side, those without value of their own left out"
FROM_FIRST = "value of the side less its value under the first deal, path by path"
FROM_NONE = "value of the side less what it has without the deal, path by path"
BETTER = "share of the drawn futures on which the side is better off"
NO_DEAL = "none"


def is_comparison(document: Row) -> bool:
    """Whether a document is the answer of `deal compare`."""
    return all(name in document for name in ("deals", "frontier", "inputs", "programme_npv_usd"))


def comparison_provenance(document: Row) -> list[Row]:
    """The rows of the inputs and of what each deal brings, as `deals.<id>.` and what `deal value` calls it."""
    inputs, deals = document["inputs"], document["deals"]
    ledger, paths = Ledger(), [row["path"] for row in inputs]
    note_programme(ledger, document, paths)
    for deal in deals:
        note_results(ledger, deal, paths, at=f"deals.{deal['deal']}.")
        _sides(ledger, deal)
    for deal in deals:
        _differences(ledger, deal, deals[0]["deal"])
    for row in document["frontier"]:
        _point(ledger, row, deals[0])
    return [*inputs, *(entry.as_row() for entry in ledger)]


def _members(deal: Row, side: str, what: str) -> tuple[str, ...]:
    """Where a value of the side's parties stands."""
    parties = deal["parties"]
    inside = [one for one in parties if (one["id"] == deal["owner"]) == (side == "owner") and not one["passes_on"]]
    return tuple(f"deals.{deal['deal']}.parties.{one['id']}.{what}" for one in inside)


def _sides(ledger: Ledger, deal: Row) -> None:
    for side, row in deal["sides"].items():
        path, parts = f"deals.{deal['deal']}.sides.{side}.npv_usd.mean", _members(deal, side, "npv_usd.mean")
        notes.note_derived(ledger, path, row["npv_usd"]["mean"], unit="USD", formula=SIDE, derived_from=parts)


def _differences(ledger: Ledger, deal: Row, first: str) -> None:
    for side in SIDES:
        own, base = (f"deals.{name}.sides.{side}.npv_usd.mean" for name in (deal["deal"], first))
        bases = {
            "from_first": (FROM_FIRST, tuple(dict.fromkeys((own, base)))),
            "from_none": (FROM_NONE, (own, *_members(deal, side, "without_usd.mean"))),
        }
        for name, (formula, parts) in bases.items():
            at, row = f"deals.{deal['deal']}.differences.{name}.{side}", deal["differences"][name][side]
            notes.note_derived(ledger, f"{at}.mean", row["mean"], unit="USD", formula=formula, derived_from=parts)
            chance, whole = f"{at}.better_prob", (f"{at}.mean",)
            notes.note_derived(ledger, chance, row["better_prob"], unit="share", formula=BETTER, derived_from=whole)


def _point(ledger: Ledger, row: Row, first: Row) -> None:
    """A deal, or the absence of one, as both sides see it."""
    for side in SIDES:
        at = f"deals.{row['id']}.sides.{side}.npv_usd.mean"
        parts = _members(first, side, "without_usd.mean") if row["id"] == NO_DEAL else (at,)
        path, shown = f"frontier.{row['id']}.{side}_usd", row[f"{side}_usd"]
        notes.note_derived(ledger, path, shown, unit="USD", formula=SIDE, derived_from=parts)
