"""The sheet of checks: what each sum is here, what it must be, and by how much the two differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from onepill.reports.workbook.formula import Area, Num, Told, num, rounded, total, when
from onepill.reports.workbook.frame import Frame
from onepill.reports.workbook.inputs_sheet import COLUMNS, HEAD_ROW
from onepill.reports.workbook.inputs_sheet import SHEET as INPUTS
from onepill.reports.workbook.market_block import Block
from onepill.reports.workbook.model import market_group
from onepill.reports.workbook.selection_cells import spending
from onepill.reports.workbook.sheets import letters

SHEET = "Check"
TOLERANCE_USD = 1
BROKEN = "sheet.check.broken"
VERDICT_ROW = 7
_TOP = 9
"""The row of the first comparison."""


@dataclass(frozen=True)
class Summed:
    """What the sheet of results adds up: the value, its parts (name, worth, onepill's own), the present value by year,
    and the last of the cumulative values."""

    value: Num
    parts: Sequence[tuple[str, Num, float]]
    by_year: Sequence[Num]
    cumulative: Num


class _Check:
    """Writes comparisons one below the other, under the heading of their kind."""

    def __init__(self, frame: Frame) -> None:
        self.words, self.sheet, self._row = frame.words, frame.book.add(SHEET), _TOP
        self._rows: list[int] = []

    def heading(self, key: str, *, wanted: str = "wanted") -> None:
        self._row += 1 if self._rows else 0
        texts = [self.words(f"sheet.check.{name}") for name in (key, "here", wanted, "difference", "verdict")]
        self.sheet.put_all(self._row, 0, texts, "head")
        self._row += 1

    def compare(
        self, label: str, here: Num, wanted: Num | float, *, bad: str, tolerance: float = TOLERANCE_USD
    ) -> None:
        """A row: both sums, their difference, and `bad` where it is too large."""
        style, place = ("cents" if tolerance == TOLERANCE_USD else "number"), self._row
        self.sheet.put(place, 0, label)
        one = self.sheet.put(place, 1, here, style)
        other = self.sheet.put(place, 2, wanted, style)
        gap = self.sheet.put(place, 3, rounded(one - other, 2) if style == "cents" else one - other, style)
        good = self.words("sheet.check.good")
        limit, worse, broken = num(tolerance).text, self.words(bad), self.words(BROKEN)
        text = f'IFERROR(IF(ABS({gap.text})<{limit},"{good}","{worse}"),"{broken}")'
        self.sheet.put(place, 4, Told(text, good), "check")
        self._rows.append(place)
        self._row += 1

    def bound(self, label: str, here: Num, wanted: Num | float, *, holds: Num) -> None:
        """A row: what stays as it was written, or is refused when the workbook comes back."""
        place, style = self._row, "cents"
        self.sheet.put_all(place, 0, [label], "wrap")
        self.sheet.put_all(place, 1, [here, wanted], style)
        good, bad = self.words("sheet.check.held"), self.words("sheet.check.refused")
        shown = good if holds.value else bad
        self.sheet.put(
            place, 4, Told(f'IFERROR(IF({holds.text},"{good}","{bad}"),"{self.words(BROKEN)}")', shown), "check"
        )
        self._rows.append(place)
        self._row += 1

    def table(self, label: str) -> None:
        """A row about what is no formula."""
        self.sheet.put(self._row, 0, label, "wrap")
        self.sheet.put(self._row, 4, self.words("sheet.check.from_table"), "check")
        self._row += 1

    def area(self, column: int) -> Area:
        """One column of all comparisons."""
        return self.sheet.area((_TOP, column), (max(self._rows), column))


def add_check(frame: Frame, summed: Summed, blocks: Sequence[Block]) -> None:
    """Write the sheet; two kinds of comparison: with onepill's own numbers, and of sums with each other; then what a
    change may not do here."""
    check, words = _Check(frame), frame.words
    found = check.sheet
    found.put(0, 0, words("sheet.check.title"), "title")
    found.put(1, 0, words("sheet.check.help"), "small")
    found.widths |= {0: 62, 1: 20, 2: 20, 3: 16, 4: 34}
    found.freeze = (_TOP, 1)
    changed = "sheet.check.changed"
    check.heading("own")
    check.compare(words("sheet.result.rnpv"), summed.value, frame.model.rnpv_usd, bad=changed)
    for name, worth, own in summed.parts:
        check.compare(name, worth, own, bad=changed)
    check.heading("years")
    for year, worth, own in zip(frame.years.columns, summed.by_year, frame.model.yearly_usd, strict=True):
        check.compare(f"{year.year.value:.0f}", worth, own, bad=changed)
    check.heading("sums")
    wrong = "sheet.check.wrong"
    check.compare(words("sheet.check.parts"), total([worth for _, worth, _ in summed.parts]), summed.value, bad=wrong)
    check.compare(words("sheet.check.by_year"), total(summed.by_year), summed.value, bad=wrong)
    check.compare(words("sheet.check.cumulative"), summed.cumulative, summed.value, bad=wrong)
    check.compare(words("sheet.check.chances"), frame.chances.total(), frame.chances.gates, bad=wrong, tolerance=1e-9)
    _bounds(check, frame, blocks)
    _head(check, frame, _changes(frame, words("sheet.changed")))


def _bounds(check: _Check, frame: Frame, blocks: Sequence[Block]) -> None:
    """What decides the form of the formulas: a change of it is refused when the workbook comes back."""
    zeros = [when(frame.inputs[path].equals(0), 1, 0) for path in frame.model.bound_ways]
    floors = [floor for floor in frame.model.floors if not floor.prob]
    if not (zeros or floors or frame.model.looked_up):
        return
    words = frame.words
    check.heading("bounds", wanted="bound")
    if zeros:
        closed = total(zeros)
        check.bound(words("sheet.check.ways"), closed, 0.0, holds=closed.equals(0))
    for floor in floors:
        spent, least = spending(frame, blocks, floor)
        may, given = spent >= least, next(m for m in frame.model.markets if m.id == floor.market)
        name = words("sheet.check.floor", market=frame.market_name(market_group(given)))
        check.bound(name, spent, least, holds=may if may.value else spent < least)
    for market in frame.model.looked_up:
        check.table(words("path.named", owner=frame.market_name(market), field=frame.looked_up(market)))


def _head(check: _Check, frame: Frame, changes: Num) -> None:
    """What all comparisons say together."""
    words, sheet, bad = frame.words, check.sheet, check.area(4)
    rows = [
        ("changes", changes),
        ("differ", Num(f'COUNTIF({bad.text},"{words("sheet.check.changed")}")', 0.0)),
        ("wrong_sums", Num(f'COUNTIF({bad.text},"{words("sheet.check.wrong")}")', 0.0)),
        ("errors", Num(f'COUNTIF({bad.text},"{words(BROKEN)}")', 0.0)),
        ("not_held", Num(f'COUNTIF({bad.text},"{words("sheet.check.refused")}")', 0.0)),
    ]
    cells = []
    for row, (key, count) in enumerate(rows, start=2):
        sheet.put(row, 0, words(f"sheet.check.{key}"))
        cells.append(sheet.put(row, 1, count, "whole"))
    inputs, differ, wrong, broken, refused = (cell.text for cell in cells)
    texts = {key: words(f"sheet.check.all_{key}") for key in ("good", "changed", "bad", "refused")}
    moved = f'IF({inputs}>0,"{texts["changed"]}","{texts["bad"]}")'
    told = f'IF({refused}>0,"{texts["refused"]}",IF({differ}=0,"{texts["good"]}",{moved}))'
    verdict = f'IF({wrong}+{broken}>0,"{texts["bad"]}",{told})'
    sheet.put(VERDICT_ROW, 0, words("sheet.check.all"), "bold")
    sheet.put(VERDICT_ROW, 1, Told(verdict, texts["good"]), "check")


def _changes(frame: Frame, changed: str) -> Num:
    """How many inputs were changed."""
    column = letters(COLUMNS.index("changed"))
    first, last = HEAD_ROW + 2, HEAD_ROW + 1 + len(frame.model.inputs)
    return Num(f'COUNTIF({INPUTS}!${column}${first}:${column}${last},"{changed}")', 0.0)
