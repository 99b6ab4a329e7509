"""What a workbook's inputs say now, against what was written and what the programme file says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from onepill import __version__
from onepill.core.errors import Finding, InputError
from onepill.reports.workbook import InputRow
from onepill.reports.workbook.build import MARKS, MARKS_ROW, README
from onepill.reports.workbook.inputs_sheet import HEAD_ROW, PATH, SHEET, VALUE, WRITTEN
from onepill.reports.workbook.model import FORMAT_VERSION
from onepill.reports.workbook.result_sheet import SHEET as RESULT
from onepill.reports.workbook.result_sheet import TOTAL_CELL
from onepill.reports.workbook.sheets import serial
from onepill.workbench.workbook import Valued
from onepill.workbench.workbook_cells import Cells, read_cells

SAME = 1e-9
"""Relative difference below which two values are one: spreadsheets keep 15 to 17 digits."""
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
    """Whether every input stands in its row, with its path and its unit's value as written."""
    for number, row in enumerate(inputs, start=HEAD_ROW + 1):
        told = cells.at(number, PATH)
        if told != row.path:
            message = f"the path is {told!r}, not {row.path!r}"
            hint = "put the path back; rows keep their places, and the file its stages and markets"
            yield _error("path", cells.place(number, PATH), message, hint, value=told)
    after = cells.at(HEAD_ROW + 1 + len(inputs), PATH)
    if after is not None:
        place = cells.place(HEAD_ROW + 1 + len(inputs), PATH)
        yield _error("path", place, f"a further row {after!r}", "add inputs in the programme file", value=after)


def _problem(cells: Cells, number: int, row: InputRow) -> Finding | None:
    """What is wrong with a row's value, None where nothing is."""
    place, value = cells.place(number, VALUE), cells.at(number, VALUE)
    if not _is_number(value):
        return _error("number", place, f"{row.path} is no number: {value!r}", "type a plain number", value=value)
    written = cells.at(number, WRITTEN)
    before = serial(int(row.value)) if row.kind == "day" else row.value
    if not _is_number(written) or not is_same(written, before):
        message = f"{row.path} was {written!r} when the workbook was written, and the file says {before:.15g}"
        return _error("stale", cells.place(number, WRITTEN), message, ANEW, value=written)
    if not row.is_editable and not is_same(value, before):
        message = f"{row.path} is shown alone and cannot be changed in a workbook"
        return _error("locked", place, message, f"put {before:.15g} back, or change the programme file", value=value)
    if (row.lowest is not None and value < row.lowest) or (row.highest is not None and value > row.highest):
        limits = f"{row.lowest:g} or more" if row.highest is None else f"from {row.lowest:g} to {row.highest:g}"
        return _error("range", place, f"{row.path} is {value:.15g}", f"type a number {limits}", value=value)
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def is_same(one: float, other: float) -> bool:
    """Whether two values are one, up to what a spreadsheet keeps of a number."""
    return abs(one - other) <= SAME * max(abs(one), abs(other))
