"""The calendars of payers: from an approval to the day on which a price or a list applies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np

from onepill.access.payer_inputs import Calendar
from onepill.sim.plan import DayTable

MonthDay = tuple[int, int]


def round_calendar(*, cut_off: MonthDay, in_force: MonthDay, first: date, last: date, as_of: date) -> Calendar:
    """A yearly round such as China's reimbursement list.

    An approval by the cut-off (included) of year Y counts in the round of Y, which is in force on `in_force` of Y + 1.
    Rounds in force by `as_of` are past. `first` and `last` are the days that the tables cover.
    """
    applies = _from(lambda year: date(year + 1, *in_force), as_of)
    return Calendar(_stepped(lambda year: date(year, *cut_off), applies, first, last), _next(in_force, first, last))


def medicare_calendar(
    *, elapsed_years: int, selection: MonthDay, first_price_year: int, first: date, last: date, as_of: date
) -> Calendar:
    """Medicare's negotiation.

    `elapsed_years` from approval must be over on the selection day of year N - 2, and the price then applies from
    1 January of N (42 USC 1320f(b) and 1320f-1(e)), not before `first_price_year`. Price years that have begun by
    `as_of` are past.
    """
    earliest = max(date(first_price_year, 1, 1).toordinal() - 1, as_of.toordinal())
    applies = _from(lambda year: date(year + elapsed_years + 2, 1, 1), date.fromordinal(earliest))
    chosen = _stepped(lambda year: date(year, *selection), applies, first, last)
    return Calendar(chosen, _next((1, 1), first, last))


def yearly_calendar(*, on: MonthDay, first: date, last: date, as_of: date) -> Calendar:
    """The first of a yearly day after the approval and after `as_of`, and the one a year later."""
    found = _next(on, first, last).finish
    earliest = _next(on, as_of, as_of).finish[0]
    return Calendar(DayTable(first.toordinal(), np.maximum(found, earliest)), _next(on, first, last))


def _from(applies: Callable[[int], date], after: date) -> Callable[[int], date]:
    """The same yearly day, never by `after`: years that are past wait for the next."""

    def later(year: int) -> date:
        found = applies(year)
        while found <= after:
            year += 1
            found = applies(year)
        return found

    return later


def _next(on: MonthDay, first: date, last: date) -> DayTable:
    """The first of a yearly day after each day."""
    return _stepped(
        lambda year: date.fromordinal(date(year, *on).toordinal() - 1), lambda year: date(year, *on), first, last
    )


def _stepped(closes: Callable[[int], date], applies: Callable[[int], date], first: date, last: date) -> DayTable:
    """Days after `closes(year - 1)`, up to `closes(year)` included, lead to `applies(year)`."""
    begin, after = first.toordinal(), last.toordinal() + 1
    finish = np.empty(after - begin, dtype=np.int32)
    for year in range(first.year, last.year + 2):
        opens, closed = closes(year - 1).toordinal() + 1 - begin, closes(year).toordinal() + 1 - begin
        finish[max(opens, 0) : max(closed, 0)] = applies(year).toordinal()
    return DayTable(begin, finish)
