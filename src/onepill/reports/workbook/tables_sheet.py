"""The sheet of tables: sales and cash by launch day of markets that are more than the formulas know."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from onepill.access import MarketInput
from onepill.reports.workbook.formula import Area, Num, both, when
from onepill.reports.workbook.frame import Frame
from onepill.reports.workbook.model import has_plain_cash
from onepill.reports.workbook.sheets import Sheet, serial
from onepill.reports.workbook.timeline_sheet import Timeline
from onepill.sim.plan import Market, Money

SHEET = "Tables"
DAYS_BEFORE, DAYS_AFTER = 366, 731
"""How far a launch may move from where it is before the table ends, in days."""
PRINTED_DAYS = 60
"""Launch days that are printed."""
_TOP = 5


@dataclass(frozen=True)
class Table:
    """Sales of one dollar of scale; row 1 is a launch on `first`.

    Cash stands in a table of its own (`cash`), or is one share of sales (`margin`), or follows from the shares of costs
    and tax among the inputs (neither).
    """

    first: Num
    sales: Area
    cash: Area | None = None
    margin: Num | None = None

    def at(self, area: Area, launch: Num, year: int, frame: Frame) -> Num:
        """One year's amount for a launch day; nothing where it lies after the model or never comes."""
        found = area.at(launch - self.first + 1, year + 1)
        comes = both(launch <= frame.years.last_day, launch < frame.inputs.never)
        return when(comes, found, 0)


class Tables:
    """Tables by market, written when they are first asked for."""

    def __init__(self, frame: Frame, timeline: Timeline) -> None:
        self._frame, self._timeline, self._words = frame, timeline, frame.words
        self._sheet: Sheet | None = None
        self._column = 0
        self._found: dict[str, Table] = {}

    def of(self, market: Market, given: MarketInput) -> Table:
        if market.id not in self._found:
            self._found[market.id] = self._add(market, given)
        return self._found[market.id]

    def _add(self, market: Market, given: MarketInput) -> Table:
        sheet = self._opened()
        first, last = self._span(market)
        rows = slice(first - market.first_day, last - market.first_day + 1)
        name = self._frame.market_name(market.id)
        sheet.put(_TOP - 2, self._column, name, "heading")
        sheet.put(_TOP - 1, self._column, self._words("sheet.clocks.start"), "head")
        for offset, day in enumerate(range(first, last + 1)):
            sheet.put(_TOP + offset, self._column, serial(day), "day")
        sheet.widths[self._column] = 12
        start = Num(sheet.address(_TOP, self._column), serial(first))
        self._column += 1
        sales = self._block(sheet, market.sales[rows], self._words("sheet.markets.sales"))
        table = Table(start, sales)
        if not has_plain_cash(given, market):
            table = self._with_cash(sheet, table, market, rows)
        self._column += 1
        return table

    def _with_cash(self, sheet: Sheet, table: Table, market: Market, rows: slice) -> Table:
        """The table with what stays of sales: one share of them, or amounts of its own."""
        sold = np.nonzero(market.sales)
        margin = float(market.cash[sold][0] / market.sales[sold][0]) if sold[0].size else 0.0
        if np.allclose(market.cash, market.sales * margin, rtol=1e-12, atol=1e-12):
            sheet.put(_TOP - 2, self._column, self._words("sheet.tables.margin"), "text")
            cell = sheet.put(_TOP - 1, self._column, margin, "number")
            self._column += 1
            return replace(table, margin=cell)
        return replace(table, cash=self._block(sheet, market.cash[rows], self._words("sheet.markets.cash")))

    def _opened(self) -> Sheet:
        if self._sheet is None:
            self._sheet = self._frame.book.add(SHEET)
            self._sheet.put(0, 0, self._words("sheet.tables.title"), "title")
            self._sheet.put(1, 0, self._words("sheet.tables.help"), "small")
            self._sheet.freeze, self._sheet.printed_rows = (_TOP, 0), _TOP + PRINTED_DAYS
        return self._sheet

    def _span(self, market: Market) -> tuple[int, int]:
        """The launch days listed: around those of all branches, within the market's own table."""
        links = [launch for launch in self._frame.cases.launches if launch.market.id == market.id]
        days = [self._timeline.event(launch.market.launch, launch.case)[0].value for launch in links]
        known = [int(day) - int(serial(0)) for day in days if day < self._timeline.never.value]
        end = market.first_day + len(market.sales) - 1
        if not known:
            return market.first_day, min(end, market.first_day + DAYS_AFTER)
        first = max(market.first_day, min(known) - DAYS_BEFORE)
        last = min(end, max(known) + DAYS_AFTER)
        return min(first, end), max(last, min(first, end))

    def _block(self, sheet: Sheet, table: Money, label: str) -> Area:
        years, first = table.shape[1], self._column
        sheet.put(_TOP - 2, first, label, "text")
        for k in range(years):
            sheet.put(_TOP - 1, first + k, float(self._frame.model.as_of.year + k), "year")
            # An empty cell counts as 0, and most years before a launch are.
            for offset in np.flatnonzero(table[:, k]):
                sheet.put(_TOP + int(offset), first + k, float(table[offset, k]), "factor")
        self._column += years
        return sheet.area((_TOP, first), (_TOP + len(table) - 1, first + years - 1))
