"""Who pays in each market: the states of its payer path, how likely each is by year, and the price."""

from __future__ import annotations

from onepill.reports.charts import market_class
from onepill.reports.context import Context, Row, View
from onepill.reports.numerals import number, percent

SHOWN_YEARS = 4
"""Years beside each other in the table, of those in which the market is likeliest to change."""


def payer_views(context: Context) -> list[View]:
    """One table for each market with a payer path; states that no path enters are left out."""
    rows = (context.passport.get("value") or {}).get("payer_paths") or ()
    return [_path(context, row, f"/value/payer_paths/{i}") for i, row in enumerate(rows)]


def _path(context: Context, row: Row, at: str) -> View:
    shown = shown_years(row)
    names = {market.id: market.name for market in context.markets}
    states = [(i, state) for i, state in enumerate(row["states"]) if state["entered"]["prob"] > 0]
    return {
        "title": context.words("payer.title", place=names.get(row["id"], row["market"])),
        "css": market_class(row["market"]),
        "years": [row["years"][i] for i in shown],
        "prices": [context.told(_price(row["price_factor"][i]), f"{at}/price_factor/{i}") for i in shown],
        "rows": [_state(context, state, shown, f"{at}/states/{i}") for i, state in states],
    }


def shown_years(row: Row) -> list[int]:
    """Positions of the years after which the states' chances have moved most, in order; the first sold year leads."""
    chances = [state["by_year"] for state in row["states"]]
    moved = [sum(abs(c[i] - c[i - 1]) for c in chances) if i else 0.0 for i in range(len(row["years"]))]
    sold = [i for i, share in enumerate(row["on_market"]) if share > 0]
    first = sold[:1] or [0]
    ranked = sorted((i for i in sold if i not in first), key=lambda i: (-moved[i], i))
    return sorted([*first, *ranked[: SHOWN_YEARS - 1]])


def _state(context: Context, state: Row, shown: list[int], at: str) -> View:
    return {
        "name": context.words.text(state["title"]),
        "price": context.told(_price(state["price_factor"]), f"{at}/price_factor") if state["sells"] else "–",
        "patients": context.told(percent(state["patient_share"]), f"{at}/patient_share") if state["sells"] else "–",
        "entered": context.told(state["entered"]["p50"] or "–", f"{at}/entered/p50"),
        "chances": [context.told(percent(state["by_year"][i]), f"{at}/by_year/{i}") for i in shown],
    }


def _price(factor: float | None) -> str:
    return "–" if factor is None else number(factor, 2)
