"""How sheets look: heads over numbers, rows as high as their text, print that stays legible."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

import pytest

from onepill.reports.workbook.formula import Num, rounded
from onepill.reports.workbook.layout import heights_of, lines_of, pages_across, styles_of
from onepill.reports.workbook.sheets import Book, write_book
from tests.workbench.sheets import example_text, workbook


def test_heads_stand_over_their_numbers_and_text_stands_off_a_number() -> None:
    cells = {
        (0, 0): ("Step", "head"),
        (0, 1): ("Days", "head"),
        (0, 2): ("Unit", "head"),
        (1, 0): ("Trial", "text"),
        (1, 1): (Num("A1", 30.0), "days"),
        (1, 2): ("days", "small"),
    }
    assert styles_of(cells) == {(0, 1): "head_right", (0, 2): "head_off", (1, 2): "small_off"}


@pytest.mark.parametrize(
    ("text", "width", "lines"), [("a" * 100, 90, 1), ("a" * 200, 90, 2), ("药" * 50, 90, 2), ("", 9, 1)]
)
def test_lines_of_a_text(text: str, width: float, lines: int) -> None:
    """A Chinese character is two digits wide, a Latin letter less than one."""
    assert lines_of(text, width) == lines


def test_rows_are_as_high_as_their_tallest_text() -> None:
    cells = {(0, 0): ("T", "title"), (1, 0): ("a" * 500, "wrap"), (1, 1): ("b", "wrap"), (2, 0): ("c" * 500, "text")}
    found = heights_of(cells, {0: 50.0, 1: 5.0}, lang="en")
    assert set(found) == {0, 1}
    assert found[1] == 2 + lines_of("a" * 500, 50.0) * 13.5
    assert heights_of({(0, 0): ("a" * 9_000, "wrap")}, {0: 10.0}, lang="zh") == {0: 409.0}


def test_wide_sheets_are_printed_on_several_pages() -> None:
    widths = {0: 50.0} | dict.fromkeys(range(1, 40), 14.0)
    cells = {(0, column): (1.0, "usd") for column in range(40)}
    pages = pages_across(cells, widths, is_wide=True, repeated=1)
    assert pages == 4
    assert (39 * 14.0) / pages + 50.0 <= 205.0
    assert pages_across({(0, 0): (1.0, "usd")}, {}, is_wide=True, repeated=0) == 1


def test_no_formula_needs_what_later_versions_brought() -> None:
    """Formulas are written as they are: a function of after 2010 would need a prefix."""
    with zipfile.ZipFile(BytesIO(workbook(example_text("minimal")))) as packed:
        sheets = [packed.read(name).decode() for name in packed.namelist() if name.startswith("xl/worksheets/sheet")]
    names = {
        name for sheet in sheets for f in re.findall(r"<f>(.*?)</f>", sheet) for name in re.findall(r"([A-Z]+)\(", f)
    }
    known = {"ABS", "AND", "COUNTIF", "DATE", "EXP", "IF", "IFERROR", "INDEX", "INT", "MAX", "MIN", "ROUND", "SUM"}
    assert names - known <= {"SUMIFS", "YEAR", "SMALL", "SUMPRODUCT"}
    assert {"SUM", "IF"} <= names


def test_long_lists_print_their_first_days_alone() -> None:
    book = Book()
    sheet = book.add("Clocks")
    sheet.printed_rows, sheet.repeat_columns = 3, 1
    for row in range(9):
        sheet.put(row, 1, float(row))
    with zipfile.ZipFile(BytesIO(write_book(book))) as packed:
        told = packed.read("xl/workbook.xml").decode()
    assert "Clocks!$A$1:$B$3" in told
    assert "Clocks!$A:$A" in told


def test_a_difference_of_nothing_is_no_negative_nothing() -> None:
    assert str(rounded(Num("A1", -1e-9), 2).value) == "0.0"
