"""A market's block of rows on the sheet of markets, and how rows are written there."""

from __future__ import annotations

from dataclasses import dataclass, field

from onepill.reports.workbook.cases import Launch
from onepill.reports.workbook.formula import Num
from onepill.reports.workbook.frame import Frame
from onepill.reports.workbook.inputs_sheet import Inputs
from onepill.reports.workbook.model import MarketWords

SHEET = "Markets"
FIRST = 3
"""The column of the first year; the second holds what is one number for all years, the third the total."""


@dataclass
class Block:
    """One market in one branch, launched on `day` and ended on `end`: its sales if launched, its expected cash and
    value, by year. `left` is what contracts and earlier states leave of a payer state's price; `peak` are the sales of
    a peak year at the first price, and payers leave the share `paid` of them."""

    market: str
    launch: Launch
    title: str
    told: MarketWords
    chance: Num
    day: Num
    end: Num | None
    left: Num | None = None
    peak: Num | None = None
    paid: Num | float = 1.0
    sales: list[Num] = field(default_factory=list)
    cash: list[Num] = field(default_factory=list)
    values: list[Num] = field(default_factory=list)

    def input(self, inputs: Inputs, name: str) -> Num:
        """A value of this market."""
        return inputs[f"{self.told.path}.{name}"]


class MarketSheet:
    """Writes rows one below the other."""

    def __init__(self, frame: Frame) -> None:
        self.frame, self.words, self._row = frame, frame.words, 4
        self.sheet = frame.book.add(SHEET)
        self.sheet.put(0, 0, self.words("sheet.markets.title"), "title")
        self.sheet.put(1, 0, self.words("sheet.markets.help"), "small")
        heads = ["", self.words("sheet.markets.value"), self.words("sheet.markets.total")]
        self.sheet.put_all(3, 0, heads, "head_right")
        for k, year in enumerate(frame.years.columns):
            self.sheet.put(3, FIRST + k, year.year, "year")
            self.sheet.widths[FIRST + k] = 14
        self.sheet.widths |= {0: 60, 1: 16, 2: 16}
        self.sheet.freeze, self.sheet.repeat_rows, self.sheet.repeat_columns = (4, 1), (3, 3), 1

    def text(self, text: str, style: str) -> None:
        """A row with text alone."""
        self.sheet.put(self._row, 0, text, style)
        self._row += 1

    def one(self, key: str, value: Num, style: str) -> Num:
        """A row with one number."""
        self.sheet.put(self._row, 0, self.words(f"sheet.markets.{key}"))
        cell = self.sheet.put(self._row, 1, value, style)
        self._row += 1
        return cell

    def by_year(self, key: str, values: list[Num], style: str, *, level: str = "") -> list[Num]:
        """A row with a number a year, amounts with their total."""
        name = level + self.words(f"sheet.markets.{key}")
        self.sheet.put(self._row, 0, name, "bold" if style == "usd_bold" else "text")
        if style == "usd_bold":
            self.sheet.put(self._row, 1, None, "bold")
        cells = [self.sheet.put(self._row, FIRST + k, value, style) for k, value in enumerate(values)]
        if style in ("usd", "usd_bold"):
            area = self.sheet.area((self._row, FIRST), (self._row, FIRST + len(values) - 1))
            self.sheet.put(self._row, 2, area.sum(), style)
        self._row += 1
        return cells
