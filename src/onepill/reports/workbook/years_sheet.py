"""The sheet of years: which days belong to each, and what a dollar of it is worth on the day of the value."""

from __future__ import annotations

from dataclasses import dataclass

from onepill.reports.catalogue import Catalogue
from onepill.reports.workbook.formula import Num, calendar_year, exponential, maximum, new_year
from onepill.reports.workbook.inputs_sheet import Inputs
from onepill.reports.workbook.model import WorkbookModel
from onepill.reports.workbook.sheets import Book, Sheet

SHEET = "Years"
FIRST = 2
"""The column of the first year."""
WHOLE_YEARS = ("end_year", "mid_year")
_ROWS = ("index", "year", "opens", "after", "length", "ahead", "factor")


@dataclass(frozen=True)
class Year:
    """A calendar year's cells: `opens` is its first day that counts, `after` the next first of January."""

    index: Num
    year: Num
    opens: Num
    after: Num
    length: Num
    factor: Num


@dataclass(frozen=True)
class Years:
    """All years, the valuation day, and how money of a day or of days is discounted."""

    columns: tuple[Year, ...]
    as_of: Num
    last_day: Num
    daily_factor: Num | None
    rate: Num
    convention: str
    days_per_year: Num

    @property
    def are_whole(self) -> bool:
        """Whether a dollar is worth the same on every day of a year."""
        return self.daily_factor is None

    def factor_of(self, day: Num) -> Num:
        """A dollar of that day on the valuation day, where days differ."""
        ahead = (day - self.as_of) / self.days_per_year
        if self.convention == "continuous":
            return exponential(0 - self.rate * ahead)
        return 1 / (1 + self.rate) ** ahead


def add_years(book: Book, model: WorkbookModel, inputs: Inputs, words: Catalogue) -> Years:
    sheet = book.add(SHEET)
    sheet.put(0, 0, words("sheet.years.title"), "title")
    sheet.put(1, 0, words(f"sheet.convention.{model.convention}"), "small")
    sheet.widths |= {0: 44, 1: 12}
    sheet.freeze, sheet.repeat_columns = (3, FIRST), 1
    as_of, rate = inputs["as_of"], inputs["capital.discount_rate_per_year"]
    for row, name in enumerate(_ROWS, start=2):
        sheet.put(row, 0, words(f"sheet.years.{name}"), "head" if name == "year" else "text")
    count = len(model.plan.discount_by_year)
    columns = tuple(_add_year(sheet, k, inputs, model.convention) for k in range(count))
    row = 2 + len(_ROWS) + 1
    sheet.put(row, 0, words("sheet.years.last_day"), "text")
    last_day = book.define("last_day", sheet.put(row, FIRST, columns[-1].after - 1, "day"))
    daily: Num | None = None
    if model.convention not in WHOLE_YEARS:
        sheet.put(row + 1, 0, words("sheet.years.daily"), "text")
        grown = exponential(0 - rate / inputs.days_per_year)
        compound = 1 / (1 + rate) ** (1 / inputs.days_per_year)
        factor = grown if model.convention == "continuous" else compound
        daily = book.define("daily_factor", sheet.put(row + 1, FIRST, factor, "number"))
    return Years(columns, as_of, last_day, daily, rate, model.convention, inputs.days_per_year)


def _add_year(sheet: Sheet, k: int, inputs: Inputs, convention: str) -> Year:
    as_of, rate = inputs["as_of"], inputs["capital.discount_rate_per_year"]
    column = FIRST + k
    sheet.widths[column] = 12
    previous = Num(sheet.address(2, column - 1), float(k - 1))
    index = sheet.put(2, column, previous + 1 if k else 0.0, "plain")
    year = sheet.put(3, column, calendar_year(as_of) + index, "year")
    opens = sheet.put(4, column, maximum(new_year(year), as_of), "day")
    after = sheet.put(5, column, new_year(year + 1), "day")
    length = sheet.put(6, column, after - new_year(year), "plain")
    middle = index + 0.5 - (as_of - new_year(calendar_year(as_of))) / inputs.days_per_year
    ahead = {"end_year": index, "mid_year": maximum(index - 0.5, 0)}.get(convention, maximum(middle, 0))
    years_ahead = sheet.put(7, column, ahead, "factor")
    grown = exponential(0 - rate * years_ahead) if convention == "continuous" else 1 / (1 + rate) ** years_ahead
    factor = sheet.put(8, column, grown, "factor")
    return Year(index, year, opens, after, length, factor)
