"""Panels: places in pixels for charts of several small drawings, and for axes that are no plain scale."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from onepill.reports.charts.frame import AXIS, GRID, INK_3, Rows, Spec, layer, nominal_colour, text

BREAK: Spec = {"stroke": INK_3, "strokeDash": [3, 3]}
"""The look of a line that parts what does not compare."""


@dataclass(frozen=True)
class Panel:
    """A rectangle of a drawing with a scale each way.

    Attributes:
        left_px, top_px, width_px, height_px: its place.
        x, y: the values at its left and right edge, and at its lower and upper one; above 0 where `log`.
        log: both scales are logarithmic.
    """

    left_px: float
    top_px: float
    width_px: float
    height_px: float
    x: tuple[float, float]
    y: tuple[float, float]
    log: bool = False

    @property
    def right_px(self) -> float:
        return self.left_px + self.width_px

    @property
    def bottom_px(self) -> float:
        return self.top_px + self.height_px

    def x_px(self, value: float) -> float:
        return self.left_px + self._share(value, self.x) * self.width_px

    def y_px(self, value: float) -> float:
        return self.bottom_px - self._share(value, self.y) * self.height_px

    def _share(self, value: float, ends: tuple[float, float]) -> float:
        low, high = ends
        if self.log:
            low, high, value = math.log10(low), math.log10(high), math.log10(value)
        return (value - low) / (high - low)


def pixels(field: str) -> Spec:
    """A channel whose field already holds a place in pixels."""
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def boxes(values: Rows, **mark: Any) -> Spec:
    """Rectangles from (`x`, `y`) to (`x2`, `y2`), in the colour of their field `colour`."""
    ends = {"x2": {"field": "x2"}, "y2": {"field": "y2"}}
    return layer({"type": "rect", **mark}, values, x=pixels("x"), y=pixels("y"), fill=nominal_colour(), **ends)


def lines(values: Rows, **mark: Any) -> Spec:
    """Straight lines from (`x`, `y`) to (`x2`, `y2`)."""
    ends = {"x2": {"field": "x2"}, "y2": {"field": "y2"}}
    return layer({"type": "rule", **mark}, values, x=pixels("x"), y=pixels("y"), **ends)


def points(values: Rows, **mark: Any) -> Spec:
    """Marks at (`x`, `y`)."""
    return layer({"type": "point", "opacity": 1, **mark}, values, x=pixels("x"), y=pixels("y"))


def words_at(values: Rows, **how: Any) -> Spec:
    """The field `text` of each row at (`x`, `y`)."""
    return text(values, x=pixels("x"), y=pixels("y"), **how)


def grid(panels: Iterable[tuple[Panel, Sequence[tuple[float, str]]]]) -> list[Spec]:
    """Horizontal lines of panels with their figures at the left; the lowest is the axis."""
    rules: list[dict[str, Any]] = []
    axes: list[dict[str, Any]] = []
    figures: list[dict[str, Any]] = []
    for panel, ticks in panels:
        ends = {"x": panel.left_px, "x2": panel.right_px}
        for value, figure in ticks:
            y = panel.y_px(value)
            (axes if value == panel.y[0] else rules).append({**ends, "y": y, "y2": y})
            figures.append({"x": panel.left_px - 5, "y": y, "text": figure})
    return [lines(rules, stroke=GRID), lines(axes, stroke=AXIS), words_at(figures, align="right", colour=INK_3)]


@dataclass(frozen=True)
class Tiling:
    """Equal panels in rows: how many stand beside each other, and the room around each, in pixels."""

    across: int
    height_px: float
    left_px: float = 34
    right_px: float = 18
    top_px: float = 30
    bottom_px: float = 20

    def panel(self, place: int, all_px: float, *, x: tuple[float, float], y: tuple[float, float]) -> Panel:
        """The panel at a place, counted from 0, on a drawing that is `all_px` wide."""
        row, column = divmod(place, self.across)
        cell_px = all_px / self.across
        return Panel(
            left_px=column * cell_px + self.left_px,
            top_px=row * self.row_px + self.top_px,
            width_px=cell_px - self.left_px - self.right_px,
            height_px=self.height_px,
            x=x,
            y=y,
        )

    @property
    def row_px(self) -> float:
        return self.top_px + self.height_px + self.bottom_px

    def total_px(self, count: int) -> float:
        return math.ceil(count / self.across) * self.row_px
