"""Where names of marks stand so that no two of them, and no name and mark, lie upon each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from onepill.reports.charts.lettering import width_px

Box = tuple[float, float, float, float]
"""Left, top, right and lower edge in pixels."""
MARK_PX = 6.0
GAP_PX = 8.0
AROUND = (
    ("left", GAP_PX, 0.0),
    ("right", -GAP_PX, 0.0),
    ("center", 0.0, -13.0),
    ("center", 0.0, 14.0),
    ("left", 6.0, -10.0),
    ("left", 6.0, 11.0),
    ("right", -6.0, -10.0),
    ("right", -6.0, 11.0),
)
"""Where a name may stand, the best first: its anchor, and how far from the mark it is set."""


def place_labels(
    marks: Sequence[Mapping[str, Any]],
    *,
    letters_px: float,
    sideways_px: tuple[float, float],
    kept_free: Sequence[Box] = (),
) -> list[dict[str, Any]]:
    """Places for the names of marks, the heaviest first; a name without a free place is left out.

    Args:
        marks: each with `x`, `y`, `text`, and `weight`, by which it goes before others.
        kept_free: where no name may stand although no mark is there.
        sideways_px: the left and right edge that no name passes.

    Returns:
        Rows with `x`, `y`, `text` and `align`, in the order of placing.
    """
    taken: list[Box] = [*kept_free]
    taken += [(mark["x"] - MARK_PX, mark["y"] - MARK_PX, mark["x"] + MARK_PX, mark["y"] + MARK_PX) for mark in marks]
    placed = []
    for mark in sorted(marks, key=lambda one: (-one["weight"], one["x"], one["text"])):
        for align, dx, dy in AROUND:
            x, y = mark["x"] + dx, mark["y"] + dy
            box = label_box(mark["text"], align, x, y, letters_px=letters_px)
            if box[0] >= sideways_px[0] and box[2] <= sideways_px[1] and not any(meet(box, other) for other in taken):
                taken.append(box)
                placed.append({"x": x, "y": y, "text": mark["text"], "align": align})
                break
    return placed


def label_box(text: str, align: str, x: float, y: float, *, letters_px: float) -> Box:
    """About what a name covers."""
    width = width_px(text, letters_px=letters_px)
    left = {"left": x, "right": x - width, "center": x - width / 2}[align]
    return left, y - letters_px * 0.62, left + width, y + letters_px * 0.62


def meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
