"""One due day, counted day by day, with the days that were skipped and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from onepill.calendars.conventions import (
    DAYS_PER_WEEK,
    MONTHS_PER_YEAR,
    add_months,
    beyond_civil_days,
    check_count,
    check_roll,
    check_unit,
)
from onepill.calendars.daylist import DayList, day_list


@dataclass(frozen=True)
class Skipped:
    """A day that did not count, or a make-up day that did, and why."""

    day: date
    reason: str


@dataclass(frozen=True)
class Due:
    """A due day.

    `skipped` are the days off passed over while counting working days or rolling, in order; `make_up_days` the weekend
    days that counted because they are worked. `projected` is true where the answer rests on days outside the published
    calendar; it is false where no day's status was asked (calendar days that do not roll).
    """

    due: date
    skipped: tuple[Skipped, ...]
    projected: bool
    make_up_days: tuple[Skipped, ...] = ()


def due(jurisdiction: str, start: date, count: int, unit: str, *, inclusive: bool = False, roll: str = "none") -> Due:
    """The day on which a period that starts on `start` is due.

    Args:
        jurisdiction: code of a calendar, such as `CN`.
        start: the day of the event that starts the period.
        count: whole units, 0 or more; 0 is due on the start day itself.
        unit: `wd` working days, `cd` or `days` calendar days, `weeks`, `months`, `years`.
        inclusive: the start day counts (where it is a working day, if working days are counted). A period of working
            days that starts on a day off begins with the next working day, inclusive or not.
        roll: where a due day that falls on a day off goes: `none` stays, `next` or `previous` working day.

    Raises:
        InputError: `calendar.unknown`, `calendar.count`, `calendar.unit`, `calendar.roll`, `calendar.range`.
    """
    days, unit = day_list(jurisdiction), check_unit(unit)
    check_roll(roll)
    check_count(count)
    first = start.toordinal()
    if unit == "wd" and count > 0:
        finish = _count_working(days, first, count, inclusive)
        return _answer(days, range(first + (not inclusive), finish + 1), finish)
    raw = _count_civil(start, count, unit, inclusive)
    finish = _roll(days, raw, roll)
    asked = range(0) if roll == "none" else range(min(raw, finish), max(raw, finish) + 1)
    return _answer(days, asked, finish)


def _count_working(days: DayList, start: int, count: int, inclusive: bool) -> int:
    day, left = start - inclusive, count
    while left:
        day += 1
        days.check(day)
        left -= days.is_working(day)
    return day


def _count_civil(start: date, count: int, unit: str, inclusive: bool) -> int:
    if count == 0:
        return start.toordinal()
    if unit in ("months", "years"):
        months = count * (MONTHS_PER_YEAR if unit == "years" else 1)
        return add_months(start, months, inclusive=inclusive)
    finish = start.toordinal() + count * (DAYS_PER_WEEK if unit == "weeks" else 1) - inclusive
    if finish > date.max.toordinal():
        raise beyond_civil_days(start)
    return finish


def _roll(days: DayList, day: int, roll: str) -> int:
    if roll == "none":
        return day
    days.check(day)
    while not days.is_working(day):
        day += 1 if roll == "next" else -1
        days.check(day)
    return day


def _answer(days: DayList, asked: range, finish: int) -> Due:
    """The due day with what the days that were asked for their status say about it."""
    return Due(
        due=date.fromordinal(finish),
        skipped=tuple(Skipped(date.fromordinal(day), days.reason(day)) for day in asked if not days.is_working(day)),
        projected=len(asked) > 0 and not days.is_published(asked[0], asked[-1]),
        make_up_days=tuple(Skipped(date.fromordinal(day), days.make_up[day]) for day in asked if day in days.make_up),
    )
