"""The sheet of clocks: the due day of each start day, as calendars and the law in force on that day give it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onepill.reports.catalogue import Catalogue
from onepill.reports.workbook.formula import Area, Num, when
from onepill.reports.workbook.model import WorkbookModel
from onepill.reports.workbook.sheets import Book, Sheet, serial
from onepill.sim.plan import Plan

SHEET = "Clocks"
BEYOND = 2_600
"""Working days listed after the model's last one: about ten years of them."""
PRINTED_DAYS = 60
"""Start days that are printed: all of them would take hundreds of pages that nobody reads."""
_TOP = 4


@dataclass(frozen=True)
class Clocks:
    """By start day the due day of each clock; each calendar's count of working days and its inverse."""

    first: Num
    last: Num
    due: dict[str, Area]
    count: dict[str, Area]
    nth: dict[str, tuple[Area, Num]]

    def due_day(self, clock: str, start: Num) -> Num:
        """The due day of a start; that of a start after the model's last day is the start itself, since no money falls
        then and the order of such days does not matter."""
        return when(start > self.last, start, self.due[clock].at(start - self.first + 1))

    def working_day(self, calendar: str, start: Num, days: Num) -> Num:
        """The day that ends a number of working days after the start."""
        area, before = self.nth[calendar]
        ends = area.at(self.count[calendar].at(start - self.first + 1) + days - before)
        return when(start > self.last, start, ends)


def add_clocks(book: Book, model: WorkbookModel, words: Catalogue) -> Clocks | None:
    """Write what the plan's clocks and calendars need; None where it has none."""
    plan = model.plan
    clocks = list(dict.fromkeys(a.clock for a in plan.activities if a.clock and a.finished is None))
    calendars = list(dict.fromkeys(a.calendar for a in plan.activities if a.calendar and a.finished is None))
    if not clocks and not calendars:
        return None
    first, last = _span(plan)
    sheet = book.add(SHEET)
    sheet.put(0, 0, words("sheet.clocks.title"), "title")
    sheet.put(1, 0, words("sheet.clocks.help"), "small")
    sheet.put(_TOP - 1, 0, words("sheet.clocks.start"), "head")
    sheet.widths[0], sheet.freeze, sheet.repeat_rows = 14, (_TOP, 1), (_TOP - 1, _TOP - 1)
    sheet.repeat_columns, sheet.printed_rows = 1, _TOP + PRINTED_DAYS
    for offset, day in enumerate(range(first, last + 1)):
        sheet.put(_TOP + offset, 0, serial(day), "day")
    column, known, due = 1, dict[bytes, Area](), dict[str, Area]()
    for name in clocks:
        table = plan.clocks[name]
        days = table.finish[np.clip(np.arange(first, last + 1) - table.first_day, 0, len(table.finish) - 1)]
        if days.tobytes() not in known:
            known[days.tobytes()] = _column(
                sheet, column, name.partition("|")[0], [serial(int(d)) for d in days], "day"
            )
            column += 1
        due[name] = known[days.tobytes()]
    count, nth = {}, {}
    for name in calendars:
        days_of = plan.calendars[name]
        index = days_of.index[np.clip(np.arange(first, last + 1) - days_of.first_day, 0, len(days_of.index) - 1)]
        label = words("sheet.clocks.count", calendar=name)
        count[name] = _column(sheet, column, label, [float(n) for n in index], "plain")
        listed = days_of.day_of[int(index[0]) : int(index[-1]) + 1 + BEYOND]
        label = words("sheet.clocks.nth", calendar=name)
        before = sheet.put(2, column + 1, float(index[0]) - 1, "plain")
        nth[name] = (_column(sheet, column + 1, label, [serial(int(d)) for d in listed], "day"), before)
        column += 2
    ends = Num(sheet.address(_TOP + last - first, 0), serial(last))
    return Clocks(Num(sheet.address(_TOP, 0), serial(first)), ends, due, count, nth)


def _span(plan: Plan) -> tuple[int, int]:
    """The start days listed: from the earliest fact that a clock may start on, or the plan's day."""
    finished = {a.id: a.finished for a in plan.activities}
    counted = [a for a in plan.activities if (a.clock or a.calendar) and a.finished is None]
    before = [finished[link.activity] for a in counted for link in a.after]
    facts = [day for day in (*before, *(a.started for a in counted)) if day is not None]
    horizon = plan.as_of + len(plan.discount_by_day) - 1
    return min([plan.as_of, *facts]), horizon


def _column(sheet: Sheet, column: int, label: str, values: list[float], style: str) -> Area:
    sheet.put(_TOP - 1, column, label, "head")
    sheet.widths[column] = 14
    for offset, value in enumerate(values):
        sheet.put(_TOP + offset, column, value, style)
    return sheet.area((_TOP, column), (_TOP + len(values) - 1, column))
