"""How crowding moves: one panel a measure, each as it was known at the end of each year, with its limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts.frame import (
    INK,
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
from onepill.reports.charts.panels import BREAK, Panel, Tiling, grid, lines, points, words_at
from onepill.reports.charts.ticks import day_number, ticks
from onepill.reports.numerals import number, percent

COVERAGE = "target_share"
SHARES = frozenset({"share_on_at_least_10", "late_entrant_share", COVERAGE})
MEASURES = (
    "programmes",
    "entry_rate_per_year",
    "effective_number",
    "share_on_at_least_10",
    "late_entrant_share",
    COVERAGE,
)
WIDE, NARROW = Tiling(across=3, height_px=96, left_px=40), Tiling(across=1, height_px=84, left_px=40)

YEAR_PX = 38  # what a year's name takes below a panel


@dataclass(frozen=True)
class Estimate:
    """A measure on a day (a day number) with its limits; all None where it is not defined."""

    day: int
    value: float | None
    low: float | None
    high: float | None


def estimates_of(trend: Mapping[str, Any], measure: str) -> list[Estimate]:
    """A measure on the days of the trend; the share of known targets has no limits."""
    if measure == COVERAGE:
        return [Estimate(day_number(row["day"]), row[COVERAGE], None, None) for row in trend["days"]]
    found = [(row["day"], row["measures"][measure]) for row in trend["days"]]
    return [Estimate(day_number(day), one["value"], *_limits(one)) for day, one in found]


def _limits(measure: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """A plain count has no limits of its own."""
    return (None, None) if measure["interval"] == "count" else (measure["low"], measure["high"])


def figure(value: float | None, measure: str) -> str:
    """A measure as printed: a share in percent, below a hundred with one decimal; a dash where it is not defined."""
    if value is None:
        return "–"
    if measure in SHARES:
        return percent(value)
    return number(value, 0 if measure == "programmes" or value >= 100 else 1)


def trend_chart(trend: Mapping[str, Any], words: Catalogue) -> Chart | None:
    """The panels of a trend, or None where no day has a programme."""
    if not any(row["measures"]["programmes"]["value"] for row in trend["days"]):
        return None
    wide, narrow = draw(lambda canvas: _definition(trend, canvas, words), wide_px=WIDE_PX, lang=words.lang)
    return Chart(
        id="trend",
        title=words("trend.title"),
        subtitle=words("trend.subtitle", first=trend["days"][0]["day"], last=trend["days"][-1]["day"]),
        label=_label(trend, words),
        wide_svg=wide,
        narrow_svg=narrow,
        twin=_twin(trend, words),
        legend=_legend(trend, words),
    )


def _definition(trend: Mapping[str, Any], canvas: Canvas, words: Catalogue) -> Spec:
    tiling = NARROW if canvas.narrow else WIDE
    layers: list[Spec] = []
    days = [day_number(row["day"]) for row in trend["days"]]
    panels = []
    for place, measure in enumerate(MEASURES):
        found = estimates_of(trend, measure)
        top = 1.0 if measure in SHARES else _top(found)
        panel = tiling.panel(place, canvas.width_px, x=(days[0], days[-1]), y=(0, top))
        panels.append(panel)
        steps = [(mark, _tick(mark, measure)) for mark in ticks(0, top, about=4)]
        breaks = [day_number(row["day"]) for row in trend["lists"]]
        layers += [*grid([(panel, steps)]), _lists(breaks, panel), *_line(found, panel, measure, breaks)]
    layers += _words(panels, days, words)
    height = tiling.total_px(len(MEASURES))
    return document(layers, canvas=canvas, height_px=height, padding={"left": 0, "right": 0, "top": 0, "bottom": 0})


def _top(found: Sequence[Estimate]) -> float:
    """The highest value, or limit up to three times that, with room for a figure above it."""
    values = [one.value for one in found if one.value is not None]
    highest = max(values, default=0.0) or 1.0
    limits = [min(one.high, 3 * highest) for one in found if one.high is not None]
    return max([highest, *limits]) * 1.16


def _tick(value: float, measure: str) -> str:
    return f"{value * 100:g}%" if measure in SHARES else f"{value:,g}"


def _lists(breaks: Sequence[int], panel: Panel) -> Spec:
    """A dashed line where a list of drugs became known: what is left and right of it does not compare."""
    places = [panel.x_px(day) for day in sorted(set(breaks))]
    return lines([{"x": x, "x2": x, "y": panel.top_px, "y2": panel.bottom_px} for x in places], **BREAK)


def _line(found: Sequence[Estimate], panel: Panel, measure: str, breaks: Sequence[int]) -> list[Spec]:
    """Limits as upright lines, values as dots on a thin line that no break is within, the last one in words."""
    dots = [
        {"x": panel.x_px(one.day), "y": panel.y_px(one.value), "value": one.value, "day": one.day}
        for one in found
        if one.value is not None
    ]
    limits = [
        {
            "x": panel.x_px(one.day),
            "x2": panel.x_px(one.day),
            "y": panel.y_px(one.low),
            "y2": panel.y_px(min(one.high, panel.y[1])),
        }
        for one in found
        if one.low is not None and one.high is not None
    ]
    joined = [
        {**one, "x2": after["x"], "y2": after["y"]}
        for one, after in pairwise(dots)
        if not any(one["day"] < day <= after["day"] for day in breaks)
    ]
    last = [{**dot, "y": _above(dot["y"], panel), "text": figure(dot["value"], measure)} for dot in dots[-1:]]
    return [
        lines(limits, stroke="var(--chart-fan-2)", strokeWidth=3, strokeOpacity=0.55),
        lines(joined, stroke=MAIN, strokeWidth=1),
        points(dots, filled=True, fill=MAIN, size=22),
        words_at(last, align="right", colour=INK, strong=True, dx=5),
    ]


def _above(y: float, panel: Panel) -> float:
    """Above a dot, or below it where the panel ends."""
    return y - 11 if y - 16 > panel.top_px else y + 13


def _words(panels: Sequence[Panel], days: Sequence[int], words: Catalogue) -> list[Spec]:
    """The name of each panel, and below it the years whose last day is meant, as many as have room."""
    heads = [
        {"x": panel.left_px - 36, "y": panel.top_px - 17, "text": words(f"trend_measure.{measure}")}
        for panel, measure in zip(panels, MEASURES, strict=True)
    ]
    every = max(1, -(-len(days) * YEAR_PX // int(panels[0].width_px)))
    years = [
        {"x": panel.x_px(day), "y": panel.bottom_px + 10, "text": str(date.fromordinal(day).year)}
        for panel in panels
        for day in days[::-1][::every]
    ]
    return [
        words_at(heads, colour=INK, strong=True, limit_px=panels[0].width_px + 36),
        words_at(years, align="center", colour=INK_2),
    ]


def _legend(trend: Mapping[str, Any], words: Catalogue) -> tuple[LegendItem, ...]:
    items = [LegendItem("swatch", words("trend.legend_limits"), "var(--chart-fan-2)")]
    if trend["lists"]:
        named = [words("trend.list", source=row["source"], day=row["day"]) for row in trend["lists"]]
        said = words("trend.legend_lists", lists=words("list.comma").join(named))
        items.append(LegendItem("dashed", said))
    return tuple(items)


def _label(trend: Mapping[str, Any], words: Catalogue) -> str:
    said = [
        words(
            "trend.said",
            name=words(f"trend_measure.{measure}"),
            first=figure(estimates_of(trend, measure)[0].value, measure),
            last=figure(estimates_of(trend, measure)[-1].value, measure),
        )
        for measure in MEASURES
    ]
    days = {"first": trend["days"][0]["day"], "last": trend["days"][-1]["day"]}
    return words("trend.label", said=words("list.semicolon").join(said), **days)


def _twin(trend: Mapping[str, Any], words: Catalogue) -> Twin:
    columns = (words("column.day"), *(words(f"trend_measure.{measure}") for measure in MEASURES))
    table = {measure: estimates_of(trend, measure) for measure in MEASURES}
    rows = [
        (row["day"], *(_cell(table[measure][i], measure) for measure in MEASURES))
        for i, row in enumerate(trend["days"])
    ]
    return Twin(columns, tuple(rows))


def _cell(one: Estimate, measure: str) -> str:
    if one.low is None or one.high is None:
        return figure(one.value, measure)
    return f"{figure(one.value, measure)} [{figure(one.low, measure)}, {figure(one.high, measure)}]"
