"""How a sheet looks on screen and paper: heads over their numbers, rows as high as their text, pages across."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any
from unicodedata import east_asian_width

from onepill.reports.workbook.formula import Num

Cell = tuple[Any, str]
Place = tuple[int, int]
DEFAULT_WIDTH = 8.43
LINE_POINTS = {"en": 13.5, "zh": 16.5}
"""Height of a line by language: Chinese fonts are taller."""
TALLEST_POINTS = 409.0
"""No spreadsheet takes a higher row."""
PAGE_WIDTH = {True: 205.0, False: 140.0}
"""Characters across a page of A4 at some 70 percent, by whether it lies on its side: smaller print is not legible."""
_HEADS, _WRAPPED = frozenset(("head", "head_right")), frozenset(("wrap", "head", "head_right"))
_TEXTS = frozenset(("text", "small", "wrap", "check", "flag"))
_POINTS = {"title": 24.0, "heading": 18.0}


def styles_of(cells: Mapping[Place, Cell]) -> dict[Place, str]:
    """The style of each cell that its neighbours change.

    A head stands on the right over numbers. Text, or a head, beside a number or such a head stands a little off it.
    """
    found: dict[Place, str] = {}
    below = _first_below_heads(cells)
    for place, content in below.items():
        if _is_number(content):
            found[place] = "head_right"
    for (row, column), (content, style) in cells.items():
        if content is None or not (style in _TEXTS or (style == "head" and (row, column) not in found)):
            continue
        beside, left = cells.get((row, column - 1), (None, "")), found.get((row, column - 1))
        if (_is_number(beside[0]) and style != "head") or (style == "head" and "head_right" in (left, beside[1])):
            found[row, column] = f"{style}_off"
    return found


def _first_below_heads(cells: Mapping[Place, Cell]) -> dict[Place, Any]:
    """By head, the first content in its column below it."""
    found: dict[Place, Any] = {}
    waiting: dict[int, Place] = {}
    for (row, column), (content, style) in sorted(cells.items(), key=lambda item: item[0]):
        if style in _HEADS:
            waiting[column] = (row, column)
        elif column in waiting and content not in (None, ""):
            found[waiting.pop(column)] = content
    return {place: content for place, content in found.items() if cells[place][1] == "head"}


def heights_of(cells: Mapping[Place, Cell], widths: Mapping[int, float], *, lang: str) -> dict[int, float]:
    """Heights in points of rows that need more than one line of text, or larger letters."""
    found: dict[int, float] = {}
    for (row, column), (content, style) in cells.items():
        points = _POINTS.get(style, 0.0)
        if style in _WRAPPED and isinstance(content, str):
            lines = lines_of(content, widths.get(column, DEFAULT_WIDTH), is_bold=style in _HEADS)
            points = 2 + lines * LINE_POINTS[lang] if lines > 1 else 0.0
        if points > found.get(row, 0.0):
            found[row] = min(points, TALLEST_POINTS)
    return found


def lines_of(text: str, width: float, *, is_bold: bool = False) -> int:
    """Lines that a text takes in a column so many digits wide; a little of each is lost where words break."""
    room = max(width * (0.88 if is_bold else 0.95), 1.0)
    return sum(max(math.ceil(text_width(line) / room), 1) for line in text.splitlines()) or 1


def text_width(text: str) -> float:
    """The width of a text in digits: most letters are narrower, a Chinese character takes two."""
    return sum(2.0 if east_asian_width(letter) in "WF" else 0.78 for letter in text)


def pages_across(cells: Mapping[Place, Cell], widths: Mapping[int, float], *, is_wide: bool, repeated: int) -> int:
    """Pages beside each other that keep the print legible, the first columns repeated on each."""
    last = max((column for _, column in cells), default=0)
    every = [widths.get(column, DEFAULT_WIDTH) for column in range(last + 1)]
    kept = sum(every[:repeated])
    return max(math.ceil((sum(every) - kept) / (PAGE_WIDTH[is_wide] - kept)), 1)


def _is_number(content: Any) -> bool:
    return isinstance(content, Num | int | float) and not isinstance(content, bool)
