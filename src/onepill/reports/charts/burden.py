"""Does research follow the burden of disease? Trials against DALYs by cause, on two logarithmic scales."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts.frame import (
    AXIS,
    GRID,
    INK_2,
    INK_3,
    WIDE_PX,
    Canvas,
    Chart,
    LegendItem,
    Rows,
    Spec,
    Twin,
    document,
    draw,
)
from onepill.reports.charts.lettering import cut
from onepill.reports.charts.panels import Panel, lines, points, words_at
from onepill.reports.charts.places import Box, label_box, place_labels
from onepill.reports.numerals import number, percent

Cause = Mapping[str, Any]
ABOVE, BELOW, EVEN, NONE = "above", "below", "even", "none"
SHAPES = {ABOVE: "triangle-up", BELOW: "triangle-down", EVEN: "circle", NONE: "diamond"}
COLOURS = {ABOVE: "var(--up)", BELOW: "var(--down)", EVEN: INK_3, NONE: "var(--down)"}
WIDE_HEIGHT_PX, NARROW_HEIGHT_PX = 420.0, 380.0
STRIP_PX = 26.0
LABEL_PX = 150.0


def side_of(cause: Cause) -> str:
    """More or less research than the cause's share of the burden; even where the limits hold an equal share."""
    if not cause["trials"]:
        return NONE
    if cause["low"] is None or cause["high"] is None or cause["low"] <= 0 <= cause["high"]:
        return EVEN
    return ABOVE if cause["low"] > 0 else BELOW


def measured(burden: Mapping[str, Any]) -> list[Cause]:
    """Causes of which both trials and DALYs can be told."""
    return [cause for cause in burden["causes"] if cause["unmeasured"] is None]


def drawn(burden: Mapping[str, Any]) -> list[Cause]:
    """Measured causes with any burden: a logarithmic scale has no place for none."""
    return [cause for cause in measured(burden) if cause["dalys"] > 0]


def burden_chart(burden: Mapping[str, Any] | None, words: Catalogue) -> Chart | None:
    """The scatter of a document's burden, or None where there is none, or no trial of any cause."""
    if not burden or not any(cause["trials"] for cause in drawn(burden)):
        return None
    wide, narrow = draw(lambda canvas: _definition(burden, canvas, words), wide_px=WIDE_PX, lang=words.lang)
    return Chart(
        id="burden",
        title=words("burden.title"),
        subtitle=_subtitle(burden, words),
        label=_label(burden, words),
        wide_svg=wide,
        narrow_svg=narrow,
        twin=_twin(burden, words),
        legend=tuple(LegendItem(f"side_{side}", words(f"burden.{side}")) for side in _sides(burden)),
    )


def _subtitle(burden: Mapping[str, Any], words: Catalogue) -> str:
    share = percent(burden["mapped_share"])
    said = {"year": burden["year"], "area": burden["area"], "n": number(_trials(burden))}
    return words("burden.subtitle", **said, share=share, trials=number(burden["trials"]))


def _sides(burden: Mapping[str, Any]) -> list[str]:
    found = {side_of(cause) for cause in drawn(burden)}
    return [side for side in SHAPES if side in found]


def _trials(burden: Mapping[str, Any]) -> int:
    return sum(cause["trials"] for cause in measured(burden))


def equal_share(burden: Mapping[str, Any]) -> float:
    """Trials for each DALY if every cause had the share of trials that it has of the burden."""
    return _trials(burden) / float(sum(cause["dalys"] for cause in measured(burden)))


def _definition(burden: Mapping[str, Any], canvas: Canvas, words: Catalogue) -> Spec:
    causes = drawn(burden)
    some = [cause for cause in causes if cause["trials"]]
    height = NARROW_HEIGHT_PX if canvas.narrow else WIDE_HEIGHT_PX
    has_none = len(some) < len(causes)
    panel = Panel(
        left_px=52,
        top_px=14,
        width_px=canvas.width_px - 66,
        height_px=height,
        x=_decades([cause["dalys"] for cause in causes]),
        y=_decades([cause["trials"] for cause in some]),
        log=True,
    )
    strip_px = panel.bottom_px + STRIP_PX if has_none else panel.bottom_px
    marks = [_mark(cause, panel, strip_px, words) for cause in causes]
    equal = _equal_line(burden, panel)
    layers = [
        *_axes(panel, strip_px, canvas, words, has_none=has_none),
        lines(equal, stroke=AXIS, strokeWidth=1.5, strokeDash=[5, 4]),
        *_marks(marks),
        *_labels(marks, [_equal_name(end, words) for end in equal], _below(panel, strip_px), canvas),
    ]
    size = strip_px + 40
    return document(layers, canvas=canvas, height_px=size, padding={"left": 0, "right": 0, "top": 0, "bottom": 0})


def _decades(values: Sequence[float]) -> tuple[float, float]:
    """Limits that leave a little room, within the 1-2-5 series around the values."""
    low, high = min(values), max(values)
    if low == high:
        return low / 2, high * 2
    room = (high / low) ** 0.06
    return low / room, high * room


def _mark(cause: Cause, panel: Panel, strip_px: float, words: Catalogue) -> dict[str, Any]:
    side = side_of(cause)
    return {
        "x": panel.x_px(cause["dalys"]),
        "y": panel.y_px(cause["trials"]) if cause["trials"] else strip_px,
        "side": side,
        "text": words.text(cause["cause"]),
        "weight": cause["trials"],
    }


def _marks(marks: Sequence[Mapping[str, Any]]) -> list[Spec]:
    """A shape and a colour for each side; hollow where there is no trial at all."""
    return [
        points(
            [mark for mark in marks if mark["side"] == side],
            shape=shape,
            filled=side != NONE,
            **({"stroke": COLOURS[side], "strokeWidth": 1.5} if side == NONE else {"fill": COLOURS[side]}),
            size=56,
        )
        for side, shape in SHAPES.items()
    ]


def _below(panel: Panel, strip_px: float) -> Box:
    """Where the figures of the lower axis stand."""
    return panel.left_px, strip_px + 7, panel.right_px, strip_px + 21


def _labels(marks: Rows, said: list[dict[str, Any]], axis: Box, canvas: Canvas) -> list[Spec]:
    """What the line says, and names beside their marks where nothing else is; the table has all."""
    letters_px = canvas.letters_px
    wanted = [{**mark, "text": cut(mark["text"], LABEL_PX, letters_px=letters_px)} for mark in marks]
    free = [axis]
    free += [label_box(one["text"], "right", one["x"], one["y"], letters_px=letters_px) for one in said]
    ends = (axis[0], canvas.width_px - 2.0)
    found = place_labels(wanted, letters_px=letters_px, sideways_px=ends, kept_free=free)
    return [
        words_at(said, align="right", colour=INK_3),
        *(
            words_at([label for label in found if label["align"] == align], align=align, colour=INK_2)
            for align in ("left", "right", "center")
        ),
    ]


def _axes(panel: Panel, strip_px: float, canvas: Canvas, words: Catalogue, *, has_none: bool) -> list[Spec]:
    across = log_ticks(*panel.x, most=5 if canvas.narrow else 10)
    up = log_ticks(*panel.y, most=8)
    upright = [{"x": panel.x_px(value), "x2": panel.x_px(value), "y": panel.top_px, "y2": strip_px} for value in across]
    level = [
        {"x": panel.left_px, "x2": panel.right_px, "y": panel.y_px(value), "y2": panel.y_px(value)} for value in up
    ]
    below = [{"x": panel.x_px(value), "y": strip_px + 14, "text": compact(value)} for value in across]
    beside = [{"x": panel.left_px - 6, "y": panel.y_px(value), "text": compact(value)} for value in up]
    if has_none:
        level.append({"x": panel.left_px, "x2": panel.right_px, "y": strip_px, "y2": strip_px})
        beside.append({"x": panel.left_px - 6, "y": strip_px, "text": "0"})
    names = [{"x": panel.right_px, "y": strip_px + 31, "text": words("burden.across")}]
    return [
        lines([*upright, *level], stroke=GRID),
        words_at(below, align="center", colour=INK_3),
        words_at(beside, align="right", colour=INK_3),
        words_at(names, align="right", colour=INK_2),
        words_at([{"x": 2, "y": 6, "text": words("burden.up")}], colour=INK_2),
    ]


def log_ticks(low: float, high: float, *, most: int) -> list[float]:
    """1, 2 and 5 times the powers of ten between two ends; only the powers where those are more than `most`."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    series = [step * 10.0**power for power in powers for step in (1, 2, 5)]
    found = [value for value in series if low <= value <= high]
    tens = [value for value in found if math.isclose(math.log10(value) % 1, 0, abs_tol=1e-9)]
    return found if len(found) <= most or len(tens) < 2 else tens


def compact(value: float) -> str:
    """A figure of an axis: thousands and millions by their letters."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def _equal_line(burden: Mapping[str, Any], panel: Panel) -> list[dict[str, Any]]:
    """Where a cause would lie whose share of trials is its share of the burden, cut at the edges of the panel."""
    slope = equal_share(burden)
    low, high = max(panel.x[0], panel.y[0] / slope), min(panel.x[1], panel.y[1] / slope)
    if low >= high:
        return []
    start = {"x": panel.x_px(low), "y": panel.y_px(low * slope)}
    return [{**start, "x2": panel.x_px(high), "y2": panel.y_px(high * slope)}]


def _equal_name(line: Mapping[str, Any], words: Catalogue) -> dict[str, Any]:
    return {"x": line["x2"] - 4, "y": line["y2"] + 14, "text": words("burden.equal")}


def _label(burden: Mapping[str, Any], words: Catalogue) -> str:
    ranked = sorted((c for c in drawn(burden) if c["log_ratio"] is not None), key=lambda c: c["log_ratio"])
    said = [
        words("burden.said", cause=words.text(cause["cause"]), ratio=number(math.exp(cause["log_ratio"]), 2))
        for cause in (*ranked[:3], *ranked[3:][-3:])
    ]
    return words("burden.label", said=words("list.semicolon").join(said))


def _twin(burden: Mapping[str, Any], words: Catalogue) -> Twin:
    names = ("cause", "trials", "dalys", "per_million", "ratio", "ratio_limits")
    rows = [
        (
            words.text(cause["cause"]),
            number(cause["trials"]),
            number(cause["dalys"]) or "–",
            number(cause["trials_per_million_dalys"], 2) or "–",
            _ratio(cause["log_ratio"]),
            _limits(cause, words),
        )
        for cause in burden["causes"]
    ]
    return Twin(tuple(words(f"column.{name}") for name in names), tuple(rows))


def _limits(cause: Cause, words: Catalogue) -> str:
    """Limits of the ratio, from 0 where a cause has no trial; why there is none where it cannot be measured."""
    if cause["unmeasured"] is not None:
        return words.text(cause["unmeasured"])
    return f"{_ratio(cause['low']) or '0'}–{_ratio(cause['high'])}" if cause["high"] is not None else ""


def _ratio(log_ratio: float | None) -> str:
    return "" if log_ratio is None else number(math.exp(log_ratio), 2)
