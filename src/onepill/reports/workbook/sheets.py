"""Sheets as lists of cells, and the one place where they are written to a file."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from io import BytesIO
from types import ModuleType
from typing import Any

from onepill.core.errors import Finding, MissingExtra
from onepill.reports.workbook.formula import EPOCH, Area, Num, Told
from onepill.reports.workbook.layout import LINE_POINTS, heights_of, pages_across, styles_of

LONGEST_TEXT = 32_000
_NAME = re.compile(r"[^A-Za-z0-9_.]")
_LOOKS_LIKE_CELL = re.compile(r"^(?:[A-Za-z]{1,3}[0-9]+|[rR][0-9]*[cC]?[0-9]*|[cC][0-9]*)$")

Content = Num | Told | str | float | None
Style = str
BLUE, GREY, LINE = "#1F4E79", "#595959", "#BFBFBF"
INPUT_FILL, HEAD_FILL, TOTAL_FILL = "#FFF2CC", "#DDEBF7", "#F2F2F2"
_FONT = {"font_size": 10, "valign": "top"}
FONTS = {"en": "Calibri", "zh": "Microsoft YaHei"}
TABS = {"Result": "#1F4E79", "Check": "#70AD47", "Inputs": "#FFC000"}
"""Colours of the tabs that a reader needs first."""
_STYLES: dict[Style, dict[str, Any]] = {
    "text": {},
    "wrap": {"text_wrap": True},
    "small": {"font_color": GREY, "font_size": 9},
    "title": {"bold": True, "font_size": 16, "font_color": BLUE},
    "heading": {"bold": True, "font_size": 12, "font_color": BLUE, "bottom": 1, "bottom_color": LINE},
    "head": {"bold": True, "bg_color": HEAD_FILL, "text_wrap": True, "bottom": 1, "bottom_color": LINE},
    "head_right": {
        "bold": True,
        "bg_color": HEAD_FILL,
        "text_wrap": True,
        "align": "right",
        "bottom": 1,
        "bottom_color": LINE,
    },
    "year": {
        "bold": True,
        "bg_color": HEAD_FILL,
        "num_format": "0",
        "align": "right",
        "bottom": 1,
        "bottom_color": LINE,
    },
    "usd": {"num_format": "#,##0;[Red]-#,##0;-"},
    "usd_bold": {"num_format": "#,##0;[Red]-#,##0;-", "bold": True, "bg_color": TOTAL_FILL, "top": 1},
    "bold": {"bold": True, "bg_color": TOTAL_FILL, "top": 1},
    "total": {"num_format": "#,##0;[Red]-#,##0;0", "bold": True, "font_size": 14},
    "cents": {"num_format": "#,##0.00;[Red]-#,##0.00;0.00"},
    "share": {"num_format": "0.0%"},
    "factor": {"num_format": "0.0000"},
    "number": {"num_format": "General"},
    "days": {"num_format": "#,##0.0"},
    "whole": {"num_format": "#,##0"},
    "plain": {"num_format": "0"},
    "day": {"num_format": "yyyy-mm-dd", "align": "right"},
    "input": {"num_format": "General", "bg_color": INPUT_FILL, "locked": False, "border": 1},
    "decimals": {"num_format": "#,##0.0#####"},
    "input_decimals": {"num_format": "#,##0.0#####", "bg_color": INPUT_FILL, "locked": False, "border": 1},
    "check": {"bold": True, "font_color": BLUE},
    "flag": {"bold": True, "font_color": "#C00000"},
}
for _style in ("input", "input_decimals"):
    _STYLES[_style]["border_color"] = LINE
for _style in ("text", "small", "wrap", "check", "flag", "head"):
    _STYLES[f"{_style}_off"] = {**_STYLES[_style], "align": "left", "indent": 1}


@dataclass
class Sheet:
    """One sheet's cells by (row, column), both from 0, and how it looks.

    On paper `repeat_rows` and the first `repeat_columns` stand on each page, and only the first `printed_rows` are
    printed (None: all).
    """

    name: str
    cells: dict[tuple[int, int], tuple[Content, Style]] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    freeze: tuple[int, int] = (0, 0)
    rules: list[tuple[int, int, dict[str, Any]]] = field(default_factory=list)
    repeat_rows: tuple[int, int] | None = None
    repeat_columns: int = 0
    printed_rows: int | None = None
    landscape: bool = True
    filter_row: int | None = None

    def put(self, row: int, column: int, content: Content, style: Style = "text") -> Num:
        """Write a cell; returns a reference to it, with its value."""
        self.cells[row, column] = (content, style)
        value = content.value if isinstance(content, Num) else content if isinstance(content, int | float) else math.nan
        return Num(self.address(row, column), float(value))

    def put_all(self, row: int, column: int, contents: Sequence[Content], style: Style = "text") -> None:
        for offset, content in enumerate(contents):
            self.put(row, column + offset, content, style)

    def address(self, row: int, column: int) -> str:
        return f"{self.name}!${letters(column)}${row + 1}"

    def area(self, first: tuple[int, int], last: tuple[int, int]) -> Area:
        """The block between two cells, both in it; cells without a number count as 0."""
        text = f"{self.name}!${letters(first[1])}${first[0] + 1}:${letters(last[1])}${last[0] + 1}"
        rows, columns = range(first[0], last[0] + 1), range(first[1], last[1] + 1)
        return Area(text, tuple(self._value(r, c) for r in rows for c in columns), len(columns))

    def _value(self, row: int, column: int) -> float:
        content = self.cells.get((row, column), (0.0, ""))[0]
        if isinstance(content, Num):
            return content.value
        return float(content) if isinstance(content, int | float) else 0.0


@dataclass
class Book:
    """Sheets in their order, defined names, and charts as functions of the file's workbook."""

    sheets: list[Sheet] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    properties: Mapping[str, Any] = field(default_factory=dict)
    lang: str = "en"
    charts: list[tuple[str, int, int, dict[str, Any]]] = field(default_factory=list)

    def add(self, name: str) -> Sheet:
        sheet = Sheet(name)
        self.sheets.append(sheet)
        return sheet

    def define(self, path: str, cell: Num) -> Num:
        """Give a cell a name made of a path; returns the cell by its name."""
        name = defined_name(path)
        taken = {known.lower() for known in self.names}
        while name.lower() in taken:
            name += "_"
        self.names[name] = cell.text
        return Num(name, cell.value)


def letters(column: int) -> str:
    """A column's letters: 0 is A."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def defined_name(path: str) -> str:
    """A path as a name that spreadsheets take: letters, digits, dots and underlines, never like a cell's address."""
    name = _NAME.sub("_", path)[:240]
    return f"in_{name}" if _LOOKS_LIKE_CELL.match(name) or not (name[:1].isalpha() or name[:1] == "_") else name


def serial(ordinal: int) -> float:
    """A day as spreadsheets count it, from its ordinal."""
    return float(ordinal - EPOCH)


def need(name: str) -> ModuleType:
    """Import a package of the extra `onepill[workbook]`.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        return import_module(name)
    except ImportError:
        message = f"the workbook needs {name}: install onepill[workbook]"
        hint = "pip install 'onepill[workbook]'"
        raise MissingExtra(message, findings=[Finding("extra.missing", "error", message, hint)]) from None


def write_book(book: Book) -> bytes:
    """The file's bytes; the same book always gives the same bytes.

    Text is always written as text, whatever it begins with, and addresses as text too: nothing in a programme file can
    become a formula or a link.
    """
    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = need("xlsxwriter").Workbook(out, options)
    workbook.set_properties(dict(book.properties))
    workbook.set_calc_mode("auto")
    font = {**_FONT, "font_name": FONTS[book.lang]}
    formats = {name: workbook.add_format({**font, **look}) for name, look in _STYLES.items()}
    kind = _sheet_kind()
    for sheet in book.sheets:
        target = workbook.add_worksheet(sheet.name, kind)
        _write_sheet(target, sheet, formats, lang=book.lang)
        _set_print(target, sheet)
    for name, cell in book.names.items():
        workbook.define_name(name, f"={cell}")
    for sheet_name, row, column, chart in book.charts:
        _write_chart(workbook, sheet_name, row, column, chart)
    workbook.close()
    return out.getvalue()


def _sheet_kind() -> type[Any]:
    """A worksheet that takes formulas as they are: looking each through for some thirty functions of later versions,
    none of which the sheets use, would take more time than all else that is done to write them."""

    class PlainFormulas(need("xlsxwriter.worksheet").Worksheet):  # type: ignore[misc]
        def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
            return formula.removeprefix("=")

    return PlainFormulas


def _write_sheet(target: Any, sheet: Sheet, formats: Mapping[Style, Any], *, lang: str) -> None:
    beside = styles_of(sheet.cells)
    for (row, column), (content, style) in sheet.cells.items():
        look = formats[beside.get((row, column), style)]
        if isinstance(content, Num):
            value = content.value if math.isfinite(content.value) else "#REF!"
            target.write_formula(row, column, f"={content.text}", look, value)
        elif isinstance(content, Told):
            target.write_formula(row, column, f"={content.text}", look, content.shown)
        elif isinstance(content, str):
            target.write_string(row, column, content[:LONGEST_TEXT], look)
        elif content is not None:
            target.write_number(row, column, content, look)
        else:
            target.write_blank(row, column, None, look)
    for column, width in sheet.widths.items():
        target.set_column(column, column, width)
    target.set_default_row(LINE_POINTS[lang] + 1.5)
    for row, points in heights_of(sheet.cells, sheet.widths, lang=lang).items():
        target.set_row(row, points)
    for row, column, rule in sheet.rules:
        target.data_validation(row, column, row, column, rule)
    target.freeze_panes(*sheet.freeze)
    if sheet.filter_row is not None:
        rows, columns = zip(*sheet.cells, strict=True)
        target.autofilter(sheet.filter_row, 0, max(rows), max(columns))
    if sheet.name in TABS:
        target.set_tab_color(TABS[sheet.name])
    target.hide_gridlines(2)
    target.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True, "autofilter": True})


def _set_print(target: Any, sheet: Sheet) -> None:
    target.set_landscape() if sheet.landscape else target.set_portrait()
    target.set_paper(9)
    target.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    repeated = sheet.repeat_columns
    target.fit_to_pages(pages_across(sheet.cells, sheet.widths, is_wide=sheet.landscape, repeated=repeated), 0)
    target.set_footer("&L&A&R&P / &N")
    if sheet.repeat_rows:
        target.repeat_rows(*sheet.repeat_rows)
    if repeated:
        target.repeat_columns(0, repeated - 1)
    if sheet.printed_rows is not None:
        target.print_area(0, 0, sheet.printed_rows - 1, max(column for _, column in sheet.cells))


def _write_chart(workbook: Any, sheet: str, row: int, column: int, chart: Mapping[str, Any]) -> None:
    drawn = workbook.add_chart({"type": chart["type"]})
    for series in chart["series"]:
        drawn.add_series(series)
    if "line" in chart:
        over = workbook.add_chart({"type": "line"})
        over.add_series(chart["line"])
        drawn.combine(over)
    drawn.set_title({"name": chart["title"], "name_font": {"size": 11}})
    drawn.set_x_axis({"label_position": "low", "num_font": {"size": 8, "rotation": -45}})
    drawn.set_legend({"position": "bottom"})
    drawn.set_y_axis({"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": LINE}}})
    drawn.set_size({"width": 900, "height": 320})
    workbook.get_worksheet_by_name(sheet).insert_chart(row, column, drawn)
