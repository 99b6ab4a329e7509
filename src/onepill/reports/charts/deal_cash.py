"""When the money moves: expected cash of both sides by year, a panel a deal on one scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts.deal_frontier import letters
from onepill.reports.charts.frame import (
    AXIS,
    INK,
    INK_3,
    WIDE_PX,
    Canvas,
    Chart,
    LegendItem,
    Spec,
    Twin,
    document,
    draw,
)
from onepill.reports.charts.panels import Panel, Tiling, boxes, grid, lines, words_at
from onepill.reports.charts.ticks import step_of, ticks
from onepill.reports.numerals import MILLION, musd, number

COLOURS = {"owner": "var(--chart-1)", "partner": "var(--chart-2)"}
WIDE, NARROW = Tiling(across=2, height_px=150, left_px=38, right_px=12), Tiling(across=1, height_px=140, left_px=38)
TAIL_SHARE = 0.01
"""Later years that never reach this share of the largest one are in the table only."""

Row = Mapping[str, Any]


def deal_cash_chart(answer: Row, words: Catalogue) -> Chart:
    """Expected undiscounted cash by year of the owner and of all others."""
    wide, narrow = draw(lambda canvas: _definition(answer, canvas, words), wide_px=WIDE_PX, lang=words.lang)
    return Chart(
        id="deal-cash",
        title=words("deal.cash"),
        subtitle=words("deal.cash_note"),
        label=words("deal.cash_label", count=len(answer["deals"])),
        wide_svg=wide,
        narrow_svg=narrow,
        twin=_twin(answer, words),
        legend=tuple(LegendItem("swatch", words(f"deal.{side}"), colour) for side, colour in COLOURS.items()),
    )


def _cash(deal: Row, side: str) -> list[float]:
    return [usd / MILLION for usd in deal["sides"][side]["yearly_usd"]]


def shown_years(answer: Row) -> int:
    """How many years are drawn: to the last that still moves something."""
    tall = [
        max(abs(_cash(deal, side)[k]) for deal in answer["deals"] for side in COLOURS)
        for k in range(len(answer["years"]))
    ]
    limit = TAIL_SHARE * max(tall)
    return max((k + 1 for k, height in enumerate(tall) if height > limit), default=1)


def _definition(answer: Row, canvas: Canvas, words: Catalogue) -> Spec:
    tiling, count = (NARROW if canvas.narrow else WIDE), shown_years(answer)
    span = _span([x for deal in answer["deals"] for side in COLOURS for x in _cash(deal, side)[:count]])
    layers: list[Spec] = []
    heads = []
    for place, deal in enumerate(answer["deals"]):
        panel = tiling.panel(place, canvas.width_px, x=(0.0, float(count)), y=span)
        places = 0 if step_of(span[1] - span[0], about=4) >= 1 else 1
        steps = [(value, number(value, places)) for value in ticks(*span, about=4)]
        layers += [*grid([(panel, [(span[0], ""), *steps])]), _bars(deal, panel, count), *_years(answer, panel, count)]
        name = f"{letters(answer)[deal['deal']]}  {words.text(deal['deal_title'])}"
        heads.append({"x": panel.left_px - 34, "y": panel.top_px - 14, "text": name})
    room = canvas.width_px / tiling.across - 10
    layers.append(words_at(heads, limit_px=room, colour=INK, strong=True))
    height = tiling.total_px(len(answer["deals"])) + 4
    return document(layers, canvas=canvas, height_px=height, padding={"left": 0, "right": 0, "top": 0, "bottom": 0})


def _span(values: list[float]) -> tuple[float, float]:
    low, high = min([*values, 0.0]), max([*values, 0.0])
    pad = 0.06 * ((high - low) or 1.0)
    return low - pad, high + pad


def _bars(deal: Row, panel: Panel, count: int) -> Spec:
    """Two bars a year beside each other, from zero."""
    rows = []
    for i, (side, colour) in enumerate(COLOURS.items()):
        for k, amount in enumerate(_cash(deal, side)[:count]):
            left = panel.x_px(k + 0.14 + 0.36 * i)
            ends = {"x": left, "x2": panel.x_px(k + 0.5 + 0.36 * i), "y": panel.y_px(amount), "y2": panel.y_px(0)}
            rows.append({**ends, "colour": colour})
    return boxes(rows)


def _years(answer: Row, panel: Panel, count: int) -> list[Spec]:
    every = max(1, -(-count // 6))
    figures = [
        {"x": panel.x_px(k + 0.5), "y": panel.bottom_px + 10, "text": str(year)}
        for k, year in enumerate(answer["years"][:count])
        if k % every == 0
    ]
    zero = {"x": panel.left_px, "x2": panel.right_px, "y": panel.y_px(0), "y2": panel.y_px(0)}
    return [lines([zero], stroke=AXIS), words_at(figures, align="center", colour=INK_3)]


def _twin(answer: Row, words: Catalogue) -> Twin:
    known = letters(answer)
    heads = [f"{known[deal['deal']]} · {words(f'deal.{side}')}" for deal in answer["deals"] for side in COLOURS]
    rows = [
        (str(year), *(musd(deal["sides"][side]["yearly_usd"][k], 2) for deal in answer["deals"] for side in COLOURS))
        for k, year in enumerate(answer["years"])
    ]
    return Twin((words("column.year"), *heads), tuple(rows))
