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
_LOOKED_BELOW = 40
"""Rows below a head that are looked through for its first content."""
_POINTS = {"title": 24.0, "heading": 18.0}


def styles_of(cells: Mapping[Place, Cell]) -> dict[Place, str]:
    """The style of each cell that its neighbours change.

    A head stands on the right over numbers. Text, or a head, beside a number or such a head stands a little off it.
    """
    found: dict[Place, str] = {}
    heads = [(place, content) for place, (content, style) in cells.items() if style == "head"]
    for (row, column), _ in heads:
        below = (cells.get((row + rows, column), (None,))[0] for rows in range(1, _LOOKED_BELOW))
        if _is_number(next((content for content in below if content not in (None, "")), None)):
            found[row, column] = "head_right"
    for (row, column), content in heads:
        is_right = found.get((row, column - 1)) or cells.get((row, column - 1), (None, ""))[1] == "head_right"
        if content is not None and (row, column) not in found and is_right:
            found[row, column] = "head_off"
    for (row, column), (content, style) in cells.items():
        if style in _TEXTS and content is not None and _is_number(cells.get((row, column - 1), (None,))[0]):
            found[row, column] = f"{style}_off"
    return found


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
