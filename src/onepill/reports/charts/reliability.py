"""Do the chances come true? The share of successes against the mean chance told, bin by bin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts.frame import (
    AXIS,
    INK_2,
    MAIN,
    WIDE_PX,
    Canvas,
    Chart,
    LegendItem,
    Spec,
    Twin,
    document,
    draw,
)
from onepill.reports.charts.panels import BREAK, Panel, grid, lines, points, words_at
from onepill.reports.charts.ticks import ticks
from onepill.reports.numerals import number, percent

LARGEST_PX, ROOM_PX = 380.0, 52.0


def reliability_chart(answer: Mapping[str, Any], words: Catalogue) -> Chart:
    """The picture of `success evaluate`: right chances lie on the diagonal."""
    wide, narrow = draw(lambda canvas: _definition(answer, canvas, words), wide_px=WIDE_PX, lang=words.lang)
    error, perfect = answer["calibration_error"]["value"], answer["calibration_error_if_perfect"]
    return Chart(
        id="reliability",
        title=words("reliability.chart"),
        subtitle=words("reliability.note", error=percent(error, 1), perfect=percent(perfect, 1)),
        label=words("reliability.label", count=len(answer["bins"])),
        wide_svg=wide,
        narrow_svg=narrow,
        twin=_twin(answer, words),
        legend=(
            LegendItem("swatch", words("reliability.bin"), MAIN),
            LegendItem("dashed", words("reliability.right")),
        ),
    )


def _definition(answer: Mapping[str, Any], canvas: Canvas, words: Catalogue) -> Spec:
    size = min(LARGEST_PX, canvas.width_px - ROOM_PX - 8)
    panel = Panel(left_px=ROOM_PX, top_px=10, width_px=size, height_px=size, x=(0.0, 1.0), y=(0.0, 1.0))
    steps = [(value, f"{value:.0%}") for value in ticks(0, 1, about=5)]
    foot = [{"x": panel.x_px(value), "y": panel.bottom_px + 12, "text": text} for value, text in steps]
    name = [{"x": panel.x_px(0.5), "y": panel.bottom_px + 30, "text": words("reliability.chance")}]
    diagonal = {"x": panel.x_px(0), "y": panel.y_px(0), "x2": panel.x_px(1), "y2": panel.y_px(1)}
    places = [
        {
            "x": panel.x_px(row["prob"]),
            "x2": panel.x_px(row["prob"]),
            "y": panel.y_px(row["low"]),
            "y2": panel.y_px(row["high"]),
        }
        for row in answer["bins"]
    ]
    shares = [{"x": panel.x_px(row["prob"]), "y": panel.y_px(row["share"])} for row in answer["bins"]]
    layers = [
        *grid([(panel, steps)]),
        words_at(foot, align="center", colour=INK_2),
        words_at(name, align="center", colour=INK_2),
        lines([diagonal], **{**BREAK, "stroke": AXIS}),
        lines(places, stroke=MAIN, strokeWidth=1.5),
        points(shares, filled=True, fill=MAIN, size=70),
    ]
    padding = {"left": 0.0, "right": 0.0, "top": 0.0, "bottom": 0.0}
    return document(layers, canvas=canvas, height_px=panel.bottom_px + 40, padding=padding)


def _twin(answer: Mapping[str, Any], words: Catalogue) -> Twin:
    columns = tuple(words(f"reliability.{name}") for name in ("trials", "chance", "share", "limits"))
    rows = tuple(
        (
            number(row["n"]),
            percent(row["prob"], 1),
            percent(row["share"], 1),
            f"{percent(row['low'], 1)}–{percent(row['high'], 1)}",
        )
        for row in answer["bins"]
    )
    return Twin(columns, rows, left_columns=0)
