"""What three designs need against the prevalence of the marker, with the prevalence at which they change places."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts.frame import (
    INK,
    INK_2,
    SURFACE,
    WIDE_PX,
    Canvas,
    Chart,
    LegendItem,
    Spec,
    Twin,
    document,
    draw,
)
from onepill.reports.charts.lettering import width_px
from onepill.reports.charts.panels import BREAK, Panel, Tiling, grid, lines, points, words_at
from onepill.reports.charts.ticks import ticks
from onepill.reports.numerals import MILLION, number, percent

COLOURS = {"all_comers": "var(--chart-5)", "targeted": "var(--chart-1)", "adaptive": "var(--chart-2)"}
SCALES = {"cost_usd": MILLION, "months": 1.0, "randomised": 1.0}
"""The measures that have a panel, and what their numbers are divided by."""
WIDE, NARROW = Tiling(across=3, height_px=210, left_px=44, right_px=14), Tiling(across=1, height_px=170, left_px=44)
LEADING = (1, 2, 5)
SIDES = ("left", "right")
HIGHEST_SHARE = 30.0
"""A panel ends at so many times its lowest value: near a prevalence of 0 sizes have no end."""


def enrichment_chart(answer: Mapping[str, Any], words: Catalogue) -> Chart:
    """The picture of `design enrichment`: cost, months and patients against prevalence, on a logarithmic scale."""
    wide, narrow = draw(lambda canvas: _definition(answer, canvas, words), wide_px=WIDE_PX, lang=words.lang)
    return Chart(
        id="enrichment",
        title=words("enrichment.chart"),
        subtitle=words("enrichment.chart_note", prevalence=percent(answer["prevalence"], 1)),
        label=words("enrichment.chart_label", count=len(_marked(answer))),
        wide_svg=wide,
        narrow_svg=narrow,
        twin=_twin(answer, words),
        legend=(
            *(LegendItem("swatch", words(f"enrichment.{design}"), colour) for design, colour in COLOURS.items()),
            LegendItem("dashed", words("enrichment.here")),
            LegendItem("ring", words("enrichment.crossing")),
        ),
    )


def _marked(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [row for row in answer["crossings"] if row["measure"] in SCALES]


def _definition(answer: Mapping[str, Any], canvas: Canvas, words: Catalogue) -> Spec:
    tiling = NARROW if canvas.narrow else WIDE
    layers: list[Spec] = []
    heads: list[dict[str, Any]] = []
    for place, measure in enumerate(SCALES):
        low, high = _span(answer, measure)
        panel = tiling.panel(place, canvas.width_px, x=(0.0, 1.0), y=(low, high))
        steps = [(math.log10(value), f"{value:,g}") for value in _steps(10**low, 10**high)]
        layers += [*grid([(panel, [(low, ""), *steps])]), *_axis(panel), *_curves(answer, measure, panel)]
        layers += _crossings(answer, measure, panel, canvas)
        heads.append({"x": panel.left_px - 40, "y": panel.top_px - 17, "text": words(f"enrichment.{measure}")})
    layers.append(words_at(heads, colour=INK, strong=True))
    height = tiling.total_px(len(SCALES)) + 4
    return document(layers, canvas=canvas, height_px=height, padding={"left": 0, "right": 0, "top": 0, "bottom": 0})


def _values(answer: Mapping[str, Any], measure: str) -> dict[str, list[tuple[float, float]]]:
    """For each design the places (prevalence, log10 of the measure) of which it has a size."""
    return {
        row["design"]: [
            (point["prevalence"], math.log10(point[measure] / SCALES[measure]))
            for point in row["points"]
            if point is not None and point[measure] > 0
        ]
        for row in answer["curves"]
    }


def _span(answer: Mapping[str, Any], measure: str) -> tuple[float, float]:
    values = [value for places in _values(answer, measure).values() for _, value in places]
    low = min(values, default=0.0)
    return low - 0.08, min(max(values, default=1.0), low + math.log10(HIGHEST_SHARE)) + 0.08


def _steps(low: float, high: float) -> list[float]:
    """1, 2 and 5 of each power of ten within the span."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [lead * 10.0**power for power in powers for lead in LEADING if low <= lead * 10.0**power <= high]


def _axis(panel: Panel) -> list[Spec]:
    marks = [
        {"x": panel.x_px(share), "y": panel.bottom_px + 11, "text": f"{share:.0%}"} for share in ticks(0, 1, about=4)
    ]
    return [words_at(marks, align="center", colour=INK_2)]


def _curves(answer: Mapping[str, Any], measure: str, panel: Panel) -> list[Spec]:
    """Lines cut where they leave the panel, and the prevalence that was asked for."""
    here = panel.x_px(answer["prevalence"])
    layers = [lines([{"x": here, "x2": here, "y": panel.top_px, "y2": panel.bottom_px}], **BREAK)]
    for design, places in _values(answer, measure).items():
        drawn = [
            {"x": panel.x_px(a[0]), "y": panel.y_px(a[1]), "x2": panel.x_px(b[0]), "y2": panel.y_px(b[1])}
            for a, b in (_cut(one, after, panel.y[1]) for one, after in pairwise(places) if _is_seen(one, after, panel))
        ]
        layers.append(lines(drawn, stroke=COLOURS[design], strokeWidth=2, strokeCap="round"))
    return layers


def _is_seen(one: tuple[float, float], after: tuple[float, float], panel: Panel) -> bool:
    return min(one[1], after[1]) < panel.y[1]


def _cut(
    one: tuple[float, float], after: tuple[float, float], top: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    """The part of a line below the top of the panel."""

    def at_top() -> tuple[float, float]:
        return one[0] + (after[0] - one[0]) * (top - one[1]) / (after[1] - one[1]), top

    return (at_top() if one[1] > top else one), (at_top() if after[1] > top else after)


def _crossings(answer: Mapping[str, Any], measure: str, panel: Panel, canvas: Canvas) -> list[Spec]:
    """Rings where two designs change places, each named above right or below left of it: curves fall."""
    marks: list[dict[str, Any]] = [
        {
            "x": panel.x_px(row["prevalence"]),
            "y": panel.y_px(math.log10(row["value"] / SCALES[measure])),
            "text": percent(row["prevalence"], 1),
        }
        for row in answer["crossings"]
        if row["measure"] == measure and math.log10(row["value"] / SCALES[measure]) <= panel.y[1]
    ]
    sides = [_side(mark, panel, canvas) for mark in marks]
    named = [
        {**mark, "y": mark["y"] + (-11 if side == "left" else 12), "align": side}
        for mark, side in zip(marks, sides, strict=True)
    ]
    return [
        points(marks, filled=True, fill=SURFACE, stroke=INK, strokeWidth=1.5, size=40),
        *(words_at([row for row in named if row["align"] == side], align=side, colour=INK) for side in SIDES),
    ]


def _side(mark: Mapping[str, Any], panel: Panel, canvas: Canvas) -> str:
    width = width_px(mark["text"], letters_px=canvas.letters_px)
    return "left" if mark["x"] + width <= panel.right_px + 10 else "right"


def _twin(answer: Mapping[str, Any], words: Catalogue) -> Twin:
    heads = [
        f"{words(f'enrichment.{design}')} · {words(f'enrichment.{measure}')}"
        for measure in SCALES
        for design in COLOURS
    ]
    curves = {row["design"]: row["points"] for row in answer["curves"]}
    rows = []
    for i, shares in enumerate(zip(*curves.values(), strict=True)):
        prevalence = next((point["prevalence"] for point in shares if point), None)
        if prevalence is None:
            continue
        cells = [_cell(curves[design][i], measure) for measure in SCALES for design in COLOURS]
        rows.append((percent(prevalence), *cells))
    return Twin((words("enrichment.prevalence"), *heads), tuple(rows))


def _cell(point: Mapping[str, Any] | None, measure: str) -> str:
    return "–" if point is None else number(point[measure] / SCALES[measure], 0 if measure == "randomised" else 1)
