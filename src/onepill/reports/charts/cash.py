"""Expected yearly cash by market: stacked bars, development below zero, a ring for the net."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts.frame import (
    AXIS,
    INK,
    NUMBER_LABEL,
    SURFACE,
    WIDE_PX,
    Canvas,
    Chart,
    LegendItem,
    Spec,
    Twin,
    document,
    draw,
    layer,
    market_colour,
    nominal_colour,
)
from onepill.reports.charts.ticks import step_of, ticks
from onepill.reports.markets import Market, markets_of
from onepill.reports.numerals import MILLION, musd, number

HEIGHT_PX = 232
TAIL_SHARE = 0.005  # later years that together never reach this share of the largest year are in the twin only
OTHER = "other"
SHADES = ("", "55%", "30%")
OTHER_COLOUR = "var(--heat-2)"


@dataclass(frozen=True)
class Look:
    """Name and colour of a series."""

    name: str
    colour: str


@dataclass(frozen=True)
class CashTable:
    """Nominal cash in US dollars by series and year; `series` in the order of the page."""

    years: tuple[int, ...]
    series: tuple[str, ...]
    usd: Mapping[tuple[str, int], float]

    def net(self, year: int) -> float:
        return sum(self.usd.get((s, year), 0.0) for s in self.series)

    def gross(self, year: int) -> float:
        return sum(abs(self.usd.get((s, year), 0.0)) for s in self.series)


def cash_table(value: Mapping[str, Any], market_ids: Sequence[str]) -> CashTable:
    """Yearly rows gathered by market: `us.launch` counts as us, what belongs to no market as other."""
    usd: dict[tuple[str, int], float] = {}
    for row in value.get("yearly") or ():
        key = (_series(row, market_ids), int(row["year"]))
        usd[key] = usd.get(key, 0.0) + (row.get("cash_usd") or 0.0)
    years = sorted({year for _, year in usd})
    span = tuple(range(years[0], years[-1] + 1)) if years else ()
    return CashTable(span, tuple(s for s in (*market_ids, OTHER) if any(k[0] == s for k in usd)), usd)


def _series(row: Mapping[str, Any], market_ids: Sequence[str]) -> str:
    """The market that the row names, else that its item begins with."""
    head = str(row.get("market") or str(row["item"]).split(".")[0]).lower()
    return next((m for m in market_ids if m.lower() == head), OTHER)


def cash_chart(passport: Mapping[str, Any], words: Catalogue) -> Chart | None:
    """The cash chart of a passport, or None when no year has cash."""
    markets = {market.id: market for market in markets_of(passport, words)}
    table = cash_table(passport.get("value") or {}, list(markets))
    look = _looks(list(markets.values()))
    look[OTHER] = Look(words.either("jurisdiction", OTHER), OTHER_COLOUR)
    years = _shown_years(table)
    if not years:
        return None
    wide, narrow = draw(lambda canvas: _definition(table, years, look, canvas), wide_px=WIDE_PX, lang=words.lang)
    return Chart(
        id="cash",
        title=words("cash.title"),
        subtitle=words("cash.subtitle"),
        label=_label(table, years, words),
        wide_svg=wide,
        narrow_svg=narrow,
        twin=_twin(table, look, words),
        legend=_legend(table, look, words),
    )


def _looks(markets: Sequence[Market]) -> dict[str, Look]:
    """A market has its place's colour; a further market of the same place a lighter shade of it."""
    looks: dict[str, Look] = {}
    seen: list[str | None] = []
    for market in markets:
        shade = SHADES[min(seen.count(market.jurisdiction), len(SHADES) - 1)]
        colour = market_colour(market.jurisdiction)
        looks[market.id] = Look(market.name, f"color-mix(in srgb, {colour} {shade}, var(--paper))" if shade else colour)
        seen.append(market.jurisdiction)
    return looks


def _shown_years(table: CashTable) -> list[int]:
    largest = max((table.gross(year) for year in table.years), default=0.0)
    if largest == 0:
        return []
    last = max(year for year in table.years if table.gross(year) >= TAIL_SHARE * largest)
    return [year for year in table.years if year <= last]


def _definition(table: CashTable, years: Sequence[int], look: Mapping[str, Look], canvas: Canvas) -> Spec:
    rings = [{"year": year, "net": table.net(year) / MILLION} for year in years]
    x = {"field": "year", "type": "ordinal", "axis": _year_axis(years, canvas), "scale": {"paddingInner": 0.28}}
    layers = [
        layer(
            {"type": "bar", "stroke": "var(--paper)", "strokeWidth": 0.75},
            _bars(table, years, look),
            x=x,
            y=_y_axis(table, years),
            y2={"field": "to"},
            fill=nominal_colour(),
        ),
        layer({"type": "rule", "stroke": AXIS}, [{"from": 0}], y={"field": "from", "type": "quantitative"}),
        layer(
            {
                "type": "point",
                "filled": True,
                "fill": SURFACE,
                "stroke": INK,
                "strokeWidth": 1.5,
                "size": 34,
                "opacity": 1,
            },
            rings,
            x=x,
            y="net",
        ),
    ]
    return document(
        layers, canvas=canvas, height_px=HEIGHT_PX, padding={"left": 40, "right": 2, "top": 8, "bottom": 22}
    )


def _bars(table: CashTable, years: Sequence[int], look: Mapping[str, Look]) -> list[dict[str, Any]]:
    """What comes in stacks upwards from zero, what goes out downwards."""
    bars = []
    for year in years:
        ends = {True: 0.0, False: 0.0}
        for series in table.series:
            amount = table.usd.get((series, year), 0.0) / MILLION
            if amount:
                start = ends[amount > 0]
                ends[amount > 0] = start + amount
                tip = f"{look[series].name}, {year}: {number(amount, 2)}"
                ends_at = {"from": start, "to": start + amount}
                bars.append({"year": year, **ends_at, "colour": look[series].colour, "tip": tip})
    return bars


def _y_axis(table: CashTable, years: Sequence[int]) -> Spec:
    amounts = [[table.usd.get((s, y), 0.0) / MILLION for s in table.series] for y in years]
    low = min(sum(a for a in year if a < 0) for year in amounts)
    high = max(sum(a for a in year if a > 0) for year in amounts)
    step = step_of(high - low, about=5)
    span = [math.floor(low / step) * step, math.ceil(high / step) * step]
    axis = {"values": ticks(*span, about=6), "domain": False, "labelExpr": NUMBER_LABEL}
    return {"field": "from", "type": "quantitative", "axis": axis, "scale": {"domain": span, "nice": False}}


def _year_axis(years: Sequence[int], canvas: Canvas) -> Spec:
    every = max(1, math.ceil(len(years) / (7 if canvas.narrow else 20)))
    return {"values": [y for y in years if y % every == 0], "domain": False, "labelAngle": 0, "grid": False}


def _legend(table: CashTable, look: Mapping[str, Look], words: Catalogue) -> tuple[LegendItem, ...]:
    items = [LegendItem("swatch", look[s].name, look[s].colour) for s in table.series]
    return (*items, LegendItem("ring", words("cash.net")))


def _label(table: CashTable, years: Sequence[int], words: Catalogue) -> str:
    nets = {year: table.net(year) for year in years}
    lowest, highest = min(nets, key=lambda y: nets[y]), max(nets, key=lambda y: nets[y])
    said = {"low_year": lowest, "low": musd(nets[lowest]), "high_year": highest, "high": musd(nets[highest])}
    return words("cash.label", first=years[0], last=years[-1], **said)


def _twin(table: CashTable, look: Mapping[str, Look], words: Catalogue) -> Twin:
    columns = (words("column.year"), *(look[s].name for s in table.series), words("cash.net"))
    rows = [
        (str(year), *(_cell(table.usd.get((s, year))) for s in table.series), musd(table.net(year), 2))
        for year in table.years
    ]
    return Twin(columns, tuple(rows))


def _cell(usd: float | None) -> str:
    return "" if not usd else musd(usd, 2)
