"""How wide the values spread: a histogram for each side of each deal, on one scale a side, with its mean."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts.deal_cash import COLOURS
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
from onepill.reports.charts.panels import BREAK, Panel, Tiling, boxes, lines, words_at
from onepill.reports.charts.ticks import step_of, ticks
from onepill.reports.numerals import MILLION, musd, number, percent

WIDE = Tiling(across=2, height_px=96, left_px=8, right_px=12, top_px=34, bottom_px=22)
NARROW = Tiling(across=1, height_px=84, left_px=8, right_px=12, top_px=34, bottom_px=22)

Row = Mapping[str, Any]


def deal_values_chart(answer: Row, words: Catalogue) -> Chart:
    """The distribution of value of both sides of every deal."""
    wide, narrow = draw(lambda canvas: _definition(answer, canvas, words), wide_px=WIDE_PX, lang=words.lang)
    return Chart(
        id="deal-values",
        title=words("deal.values"),
        subtitle=words("deal.values_note", draws=number(answer["draws"])),
        label=words("deal.values_label", count=len(answer["deals"])),
        wide_svg=wide,
        narrow_svg=narrow,
        twin=_twin(answer, words),
        legend=tuple(LegendItem("swatch", words(f"deal.{side}"), colour) for side, colour in COLOURS.items()),
    )


def _definition(answer: Row, canvas: Canvas, words: Catalogue) -> Spec:
    tiling = NARROW if canvas.narrow else WIDE
    layers: list[Spec] = []
    heads = []
    for place, (deal, side) in enumerate((deal, side) for deal in answer["deals"] for side in COLOURS):
        found = deal["sides"][side]
        edges, counts = ([edge / MILLION for edge in found["histogram"]["edges_usd"]], found["histogram"]["counts"])
        panel = tiling.panel(place, canvas.width_px, x=(edges[0], edges[-1]), y=(0.0, float(max(counts))))
        layers += [_bars(panel, edges, counts, COLOURS[side]), *_marks(panel, found)]
        head = f"{letters(answer)[deal['deal']]}  {words(f'deal.{side}')}: {_said(found, words)}"
        heads.append({"x": panel.left_px, "y": panel.top_px - 15, "text": head})
    layers.append(words_at(heads, colour=INK))
    height = tiling.total_px(2 * len(answer["deals"])) + 4
    return document(layers, canvas=canvas, height_px=height, padding={"left": 0, "right": 0, "top": 0, "bottom": 0})


def _bars(panel: Panel, edges: list[float], counts: list[int], colour: str) -> Spec:
    rows = [
        {"x": panel.x_px(a), "x2": panel.x_px(b), "y": panel.y_px(count), "y2": panel.y_px(0), "colour": colour}
        for (a, b), count in zip(pairwise(edges), counts, strict=True)
        if count
    ]
    return boxes(rows, stroke="var(--paper)", strokeWidth=0.4)


def _said(found: Row, words: Catalogue) -> str:
    npv = found["npv_usd"]
    return words("deal.mean_of", mean=musd(npv["mean"], 1), low=musd(npv["p5"], 1), high=musd(npv["p95"], 1))


def _marks(panel: Panel, found: Row) -> list[Spec]:
    """Zero, the mean, and the figures below."""
    mean = found["npv_usd"]["mean"] / MILLION
    base = {"x": panel.left_px, "x2": panel.right_px, "y": panel.bottom_px, "y2": panel.bottom_px}
    figures = [
        {"x": panel.x_px(value), "y": panel.bottom_px + 11, "text": number(value, _places(panel))}
        for value in ticks(*panel.x, about=5)
    ]
    return [
        lines([base], stroke=AXIS),
        lines(_upright(panel, 0.0), **BREAK),
        lines(_upright(panel, mean), stroke=INK, strokeWidth=1.5),
        words_at(figures, align="center", colour=INK_3),
    ]


def _upright(panel: Panel, value: float) -> list[dict[str, float]]:
    if not panel.x[0] <= value <= panel.x[1]:
        return []
    x = panel.x_px(value)
    return [{"x": x, "x2": x, "y": panel.top_px, "y2": panel.bottom_px}]


def _places(panel: Panel) -> int:
    return 0 if step_of(panel.x[1] - panel.x[0], about=5) >= 1 else 1


def _twin(answer: Row, words: Catalogue) -> Twin:
    keys = ("mean", "p5", "p50", "p95")
    columns = ("", words("deal.side"), *(words(f"deal.{key}") for key in (*keys, "tail", "loss")))
    rows = []
    for deal in answer["deals"]:
        for side in COLOURS:
            found = deal["sides"][side]
            values = (musd(found["npv_usd"][key], 2) for key in keys)
            risk = (musd(found["tail_mean_usd"], 2), percent(found["prob_loss"]))
            rows.append((letters(answer)[deal["deal"]], words(f"deal.{side}"), *values, *risk))
    return Twin(columns, tuple(rows), left_columns=2)
