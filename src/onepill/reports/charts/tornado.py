"""What moves the value: mean rNPV with one input held at its low or its high end, on the same futures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts.frame import (
    INK,
    INK_3,
    MAIN,
    MAIN_SOFT,
    NUMBER_LABEL,
    WIDE_PX,
    Canvas,
    Chart,
    LegendItem,
    Spec,
    Twin,
    document,
    draw,
    layer,
    nominal_colour,
    row_position,
    text,
)
from onepill.reports.charts.input_names import input_end, input_name
from onepill.reports.charts.ticks import ticks
from onepill.reports.footnotes import grade_of
from onepill.reports.numerals import MILLION, musd

MOST_ROWS = 12
DISC = "M-1,0A1,1 0 1 1 1,0A1,1 0 1 1 -1,0Z"
HALF = "M0,-1A1,1 0 0 0 0,1Z"
BARS = "M-0.9,-0.4H0.9M-0.9,0.4H0.9"
TRIANGLE = "M0,-0.9L0.95,0.75H-0.95Z"


@dataclass(frozen=True)
class _Layout:
    step_px: float
    first_px: float
    last_px: float
    name_dy: float
    range_dy: float
    bar_dy: float
    bar_px: float = 14


WIDE = _Layout(step_px=36, first_px=262, last_px=820, name_dy=-7, range_dy=8, bar_dy=0)
NARROW = _Layout(step_px=50, first_px=36, last_px=322, name_dy=-13, range_dy=-13, bar_dy=9)


def tornado_chart(passport: Mapping[str, Any], words: Catalogue) -> Chart | None:
    """The tornado of a passport, or None when no input moves the value."""
    value = passport.get("value") or {}
    rows = [r for r in value.get("tornado") or () if r.get("low_usd") is not None and r.get("high_usd") is not None]
    if not rows:
        return None
    rows = rows[:MOST_ROWS]
    mean = value["rnpv_usd"]["mean"] / MILLION
    rows = [{**row, "name": input_name(row, passport, words)} for row in rows]
    values = [_value(i, row, mean, words) for i, row in enumerate(rows)]
    wide, narrow = draw(lambda canvas: _definition(values, mean, canvas), wide_px=WIDE_PX, lang=words.lang)
    return Chart(
        id="tornado",
        title=words("tornado.title"),
        subtitle=words("tornado.subtitle"),
        label=_label(rows, words),
        wide_svg=wide,
        narrow_svg=narrow,
        twin=_twin(rows, words),
        legend=(
            LegendItem("low", words("tornado.legend_low")),
            LegendItem("high", words("tornado.legend_high")),
            LegendItem("mean", words("tornado.legend_mean", mean=musd(value["rnpv_usd"]["mean"]))),
        ),
    )


def _value(index: int, row: Mapping[str, Any], mean: float, words: Catalogue) -> dict[str, Any]:
    low, high = row["low_usd"] / MILLION, row["high_usd"] / MILLION
    grade = grade_of(row)
    return {
        "row": index,
        "name": row["name"],
        "range": range_text(row, words),
        "low": low,
        "high": high,
        "mean": mean,
        "left": min(low, high, mean),
        "right": max(low, high, mean),
        "left_text": musd(min(row["low_usd"], row["high_usd"])),
        "right_text": musd(max(row["low_usd"], row["high_usd"])),
        "grade": grade,
        "colour": f"var(--grade-{grade}-edge)",
    }


def range_text(row: Mapping[str, Any], words: Catalogue) -> str:
    """The input's two ends as printed: "17% … 30%"."""
    return words("tornado.range", low=input_end(row, "low", words), high=input_end(row, "high", words))


def _definition(values: list[dict[str, Any]], mean: float, canvas: Canvas) -> Spec:
    layout = NARROW if canvas.narrow else WIDE
    y, x = row_position(len(values)), _x_axis(values, canvas, layout)
    height = layout.step_px * len(values)
    bar = {"type": "bar", "height": layout.bar_px, "yOffset": layout.bar_dy, "stroke": MAIN, "strokeWidth": 1}
    layers = [
        *_row_lines(len(values), layout, canvas),
        layer(
            {**bar, "fill": MAIN_SOFT, "cornerRadius": 2}, values, x={"field": "low", **x}, x2={"field": "mean"}, y=y
        ),
        layer({**bar, "fill": MAIN, "cornerRadius": 2}, values, x="high", x2={"field": "mean"}, y=y),
        layer(
            {"type": "rule", "stroke": INK, "strokeWidth": 1.5}, [{"mean": mean}], x="mean", y=0, y2={"value": height}
        ),
        text(values, field="left_text", align="right", dx=-5, dy=layout.bar_dy, x="left", y=y),
        text(values, field="right_text", dx=5, dy=layout.bar_dy, x="right", y=y),
        *_names(values, y, layout, canvas),
    ]
    return document(layers, canvas=canvas, height_px=height, padding={"left": 0, "right": 0, "top": 2, "bottom": 20})


def _x_axis(values: list[dict[str, Any]], canvas: Canvas, layout: _Layout) -> Spec:
    low, high = min(v["left"] for v in values), max(v["right"] for v in values)
    if low == high:
        low, high = low - 1, high + 1
    room = (high - low) * 0.02
    span = [low - room, high + room]
    axis = {"values": ticks(*span, about=4 if canvas.narrow else 7), "domain": False, "labelExpr": NUMBER_LABEL}
    scale = {"domain": span, "range": [layout.first_px, layout.last_px], "zero": False, "nice": False}
    return {"type": "quantitative", "axis": axis, "scale": scale}


def _row_lines(count: int, layout: _Layout, canvas: Canvas) -> list[Spec]:
    rows = [{"at": layout.step_px * i} for i in range(1, count)]
    rule = {"type": "rule", "stroke": "var(--line)"}
    return [
        layer(
            rule,
            rows,
            x=0,
            x2={"value": canvas.width_px},
            y={"field": "at", "type": "quantitative", "scale": None, "axis": None},
        )
    ]


def _names(values: list[dict[str, Any]], y: Spec, layout: _Layout, canvas: Canvas) -> list[Spec]:
    """Grade, name and range: two lines beside the bar, on a narrow page one line above it."""
    named = text(
        values,
        field="name",
        colour=INK,
        dy=layout.name_dy,
        x=16,
        y=y,
        limit_px=190 if canvas.narrow else layout.first_px - 50,
    )
    ranged = text(
        values,
        field="range",
        align="right" if canvas.narrow else "left",
        colour=INK_3,
        dy=layout.range_dy,
        x=canvas.width_px if canvas.narrow else 16,
        y=y,
        limit_px=146 if canvas.narrow else 200,
    )
    return [*_grades(values, y, layout), named, ranged]


def _grades(values: list[dict[str, Any]], y: Spec, layout: _Layout) -> list[Spec]:
    """The grade's own sign, never its colour alone."""
    by_grade = {g: [v for v in values if v["grade"] == g] for g in {v["grade"] for v in values}}
    layers: list[Spec] = []
    for grade, shape, filled in (
        ("official", DISC, True),
        ("secondary", DISC, False),
        ("secondary", HALF, True),
        ("derived", BARS, False),
        ("assumption", TRIANGLE, False),
    ):
        mark = {
            "type": "point",
            "shape": shape,
            "filled": filled,
            "size": 68,
            "opacity": 1,
            "strokeWidth": 1.3,
            "yOffset": layout.name_dy,
        }
        channel = {"fill" if filled else "stroke": nominal_colour()}
        if by_grade.get(grade):
            layers.append(layer(mark, by_grade[grade], x=6, y=y, **channel))
    unknown = [{**v, "text": "?"} for v in by_grade.get("unverified", [])]
    if unknown:
        layers.append(text(unknown, colour="var(--grade-unverified)", strong=True, dy=layout.name_dy, x=3, y=y))
    return layers


def _label(rows: Sequence[Mapping[str, Any]], words: Catalogue) -> str:
    said = [
        words("tornado.said", name=row["name"], low=musd(row["low_usd"]), high=musd(row["high_usd"]))
        for row in rows[:5]
    ]
    return words("tornado.label", said=words("list.semicolon").join(said))


def _twin(rows: Sequence[Mapping[str, Any]], words: Catalogue) -> Twin:
    names = ("input", "low_input", "high_input", "rnpv_low", "rnpv_high", "convention", "grade")
    body = [
        (
            row["name"],
            input_end(row, "low", words),
            input_end(row, "high", words),
            musd(row["low_usd"], 2),
            musd(row["high_usd"], 2),
            words.either("range", row.get("convention") or "–"),
            words(f"grade.{grade_of(row)}"),
        )
        for row in rows
    ]
    return Twin(tuple(words(f"column.{name}") for name in names), tuple(body))
