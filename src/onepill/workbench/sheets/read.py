"""What a workbook's inputs say now, against what was written and what the programme file says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from itertools import islice, zip_longest
from typing import Any

from onepill import __version__
from onepill.core.errors import Finding, InputError
from onepill.reports.workbook import InputRow
from onepill.reports.workbook.build import MARKS, MARKS_ROW, README
from onepill.reports.workbook.inputs_sheet import FIRST_CONSTANT, HEAD_ROW, PATH, SHEET, VALUE, WRITTEN
from onepill.reports.workbook.model import FORMAT_VERSION
from onepill.reports.workbook.result_sheet import SHEET as RESULT
from onepill.reports.workbook.result_sheet import TOTAL_CELL
from onepill.reports.workbook.sheets import serial
from onepill.workbench.sheets.build import Valued
from onepill.workbench.sheets.cells import Cells, formula_cells, read_cells

SAME = 1e-9
"""Relative difference below which two values are one: spreadsheets keep 15 to 17 digits."""
MOST_FINDINGS = 20
ANEW = "write the workbook anew with this version of onepill and this file"


@dataclass(frozen=True)
class Changed:
    """An input whose value is another one now; values are in the row's unit."""

    row: InputRow
    after: float
    cell: str


def read_workbook(content: bytes, valued: Valued, *, file: str) -> tuple[list[Changed], float | None]:
    """The inputs that were changed in a workbook of this programme, and the value that it shows (None without one).

    Raises:
        MissingExtra: `onepill[workbook]` is not installed.
        InputError: everything that is wrong with it, each finding with its sheet and cell.
    """
    found = read_cells(content, (README, SHEET, RESULT), file=file)
    missing = [name for name in (README, SHEET) if name not in found]
    if missing:
        message = f"{file or 'the workbook'} has no sheet {' and no sheet '.join(missing)}"
        raise InputError.single("workbook.sheet", message, hint=ANEW, file=file, value=missing)
    _refuse(list(_marks(found[README], valued)), file)
    cells = found[SHEET]
    _refuse(list(_paths(cells, valued.inputs)), file)
    changes: list[Changed] = []
    findings: list[Finding] = []
    for number, row in enumerate(valued.inputs, start=HEAD_ROW + 1):
        problem = _problem(cells, number, row)
        if problem:
            findings.append(problem)
        elif row.is_editable and not is_same(cells.at(number, VALUE), row.value):
            changes.append(Changed(row, float(cells.at(number, VALUE)), cells.place(number, VALUE)))
    _refuse(findings, file)
    told = found[RESULT].at(*TOTAL_CELL) if RESULT in found else None
    return changes, float(told) if told is not None and _is_number(told) else None


def refuse_overwritten(content: bytes, written: bytes, *, file: str) -> None:
    """Refuse a workbook in which a formula gave way to something else; `written` is the workbook as it was written.

    Raises:
        InputError: `workbook.sheet` for each sheet that is gone, or `workbook.formula` for each such cell, up to
            `MOST_FINDINGS`.
    """
    found, expected = formula_cells(content, file=file), formula_cells(written, file=file)
    gone = [name for name in expected if name not in found]
    back = "put it back under this name: formulas of other sheets need it"
    _refuse([_error("sheet", name, "the sheet is missing", back) for name in gone], file)
    lost = [(name, cell) for name, cells in expected.items() for cell in sorted(cells - found[name])]
    hint = "put the formula back: write the workbook anew, and change the coloured cells of the sheet Inputs alone"
    told = (_error("formula", f"{name}!{cell}", "the formula was overwritten", hint) for name, cell in lost)
    _refuse(list(islice(told, MOST_FINDINGS)), file)


def _refuse(findings: list[Finding], file: str) -> None:
    if findings:
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        raise InputError(findings[0].message + more, findings=[f.at(file=file, line=0) for f in findings])


def _error(code: str, cell: str, message: str, hint: str, *, value: Any = None) -> Finding:
    shown = value if value is None or isinstance(value, int | float) else str(value)[:100]
    return Finding(f"workbook.{code}", "error", f"{cell}: {message}", hint, cell, value=shown)


def _marks(readme: Cells, valued: Valued) -> Iterator[Finding]:
    """Whether it is this programme's workbook, written by this version as of this day."""
    programme = valued.loaded.programme
    expected = {
        "format": str(FORMAT_VERSION),
        "programme": programme.programme,
        "as_of": programme.as_of.isoformat(),
        "scenario": "",
        "engine": __version__,
        "rulebook": valued.base.filled.rulebook.hash,
    }
    codes = {"programme": "programme", "as_of": "as_of", "scenario": "scenario"}
    hints = {
        "programme": "name the programme file that it was written from",
        "as_of": "ask with the day that it was written for: --as-of",
        "scenario": "bring back a workbook of the programme itself, without a scenario",
    }
    for row, name in enumerate(MARKS, start=MARKS_ROW):
        told = readme.at(row, 1)
        text = "" if told is None else f"{told:g}" if isinstance(told, float) else str(told)
        if text != expected[name]:
            message = f"the workbook is of {name} {text or 'none'!r}, not {expected[name]!r}"
            yield _error(codes.get(name, "version"), readme.place(row, 1), message, hints.get(name, ANEW), value=text)


def _paths(cells: Cells, inputs: tuple[InputRow, ...]) -> Iterator[Finding]:
    """Whether every input stands in its row: formulas read rows, so that none may be missing, added or moved."""
    expected, told = [row.path for row in inputs], _told_paths(cells, len(inputs))
    hint = "put the path back; rows keep their places, and the file its stages and markets"
    for kind, first, last, begin, end in SequenceMatcher(None, expected, told, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for offset, (path, other) in enumerate(zip_longest(expected[first:last], told[begin:end])):
            row = min(begin + offset, end)
            place = cells.place(HEAD_ROW + 1 + row, PATH)
            if path is None:
                message, way = f"a further row {other!r}", "take the row out; add inputs in the programme file"
            elif row == end:
                message, way = f"the row of {path} is missing", ANEW
            else:
                message, way = f"the path is {other!r}, not {path!r}", hint
            yield _error("path", place, message, way, value=other)


def _told_paths(cells: Cells, count: int) -> list[Any]:
    """The column of paths down to the constants, which follow after an empty row and a heading."""
    column = [cells.at(row, PATH) for row in range(HEAD_ROW + 1, max(len(cells.rows), HEAD_ROW + 1))]
    end = column.index(FIRST_CONSTANT) - 2 if FIRST_CONSTANT in column else count
    return column[: max(end, 0)]


def _problem(cells: Cells, number: int, row: InputRow) -> Finding | None:
    """What is wrong with a row's value, None where nothing is."""
    place, value = cells.place(number, VALUE), cells.at(number, VALUE)
    if not _is_number(value):
        hint = "it is text now: type a plain number, and see that your program takes it as one"
        way = hint if isinstance(value, str) else "type a plain number"
        found = "it is empty, or an error" if value is None else repr(value)
        return _error("number", place, f"{row.path} is no number: {found}", way, value=value)
    written = cells.at(number, WRITTEN)
    before = serial(int(row.value)) if row.kind == "day" else row.value
    if not _is_number(written) or not is_same(written, before):
        message = f"{row.path} was {written!r} when the workbook was written, and the file says {before:.15g}"
        return _error("stale", cells.place(number, WRITTEN), message, ANEW, value=written)
    if not row.is_editable and not is_same(value, before):
        message = f"{row.path} is shown alone and cannot be changed in a workbook"
        shown = date.fromordinal(int(row.value)).isoformat() if row.kind == "day" else f"{before:.15g}"
        return _error("locked", place, message, f"put {shown} back, or change the programme file", value=value)
    if (row.lowest is not None and value < row.lowest) or (row.highest is not None and value > row.highest):
        limits = f"{row.lowest:g} or more" if row.highest is None else f"from {row.lowest:g} to {row.highest:g}"
        return _error("range", place, f"{row.path} is {value:.15g}", f"type a number {limits}", value=value)
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def is_same(one: float, other: float) -> bool:
    """Whether two values are one, up to what a spreadsheet keeps of a number."""
    return abs(one - other) <= SAME * max(abs(one), abs(other))
