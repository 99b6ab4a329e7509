"""`deal solve` in the terminal."""

from __future__ import annotations

from typing import Any

from onepill.cli.errors import finding_text
from onepill.cli.tables import show_table

Row = dict[str, Any]
MILLION = 1e6
MOST_SHOWN = 12


def solved(answer: Row) -> None:
    """The terms found, what they bring each side, the zone, and why the sides differ."""
    met = "meets the wishes" if answer["feasible"] else "NOT met within the ranges"
    print(f"{answer['deal']} on {answer['programme']}, {answer['draws']:,} futures: {met}")
    print(f"binding: {', '.join(answer['binding']) or 'nothing'}\n")
    show_table([_term_row(term) for term in answer["open_terms"]], ["term", "now", "found", "range", "both accept"])
    offers = [("now", answer["before"]), ("found", {"shares": answer["shares"], "parties": answer["parties"]})]
    offers += [("counter-offer", answer["counter"])] if answer["counter"] else []
    for title, offer in offers:
        print(f"\n{title}: millions of US dollars")
        rows = [_side_row(party, side, offer["shares"][party]) for party, side in offer["parties"].items()]
        show_table(rows, ["party", "value", "± s.e.", "P(loss)", "own view", "with risk", "without deal", "share"])
    if answer["gap"]:
        print("\nthe same position through the other's eyes: millions of US dollars")
        heads = ["what", "seen by", "own", "seen", "beliefs", "rate", "tax", "risk"]
        names = ("own_usd", "seen_usd", "beliefs_usd", "discount_rate_usd", "tax_usd", "risk_usd")
        rows = [[row["of"], row["seen_by"], *(_millions(row[name]) for name in names)] for row in answer["gap"]]
        show_table(rows, heads)
    efficient = [point for point in answer["frontier"] if point["efficient"]]
    if efficient:
        print(
            f"\n{len(efficient)} of {len(answer['frontier'])} terms tried are efficient; millions of US dollars to each"
        )
        parties = list(efficient[0]["utility_usd"])
        rows = [
            [*(_number(x) for x in point["terms"].values()), *(_millions(point["utility_usd"][p]) for p in parties)]
            for point in efficient[:MOST_SHOWN]
        ]
        show_table(rows, [*efficient[0]["terms"], *parties])
    for finding in answer["findings"]:
        print(f"\n{finding_text(finding)}")


def _term_row(term: Row) -> list[str]:
    zone = "none" if term["zone_low"] is None else f"{_number(term['zone_low'])} to {_number(term['zone_high'])}"
    span = f"{_number(term['low'])} to {_number(term['high'])}"
    return [term["asked"], _number(term["before"]), _number(term["value"]), span, zone]


def _side_row(party: str, side: Row, share: float | None) -> list[str]:
    npv, told = side["npv_usd"], "-" if share is None else f"{100 * share:.1f} %"
    own = (side["own_npv_usd"]["mean"], side["own_utility_usd"], side["outside_usd"])
    error = f"{npv['standard_error'] / MILLION:.2f}"
    return [party, _millions(npv["mean"]), error, f"{100 * side['prob_loss']:.0f} %", *map(_millions, own), told]


def _millions(usd: float) -> str:
    return f"{usd / MILLION:,.2f}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1_000 or value == 0 else f"{value:.4g}"
