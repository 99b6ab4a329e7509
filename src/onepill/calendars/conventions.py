"""How a period is counted: its units, how a due day on a day off rolls, and the arithmetic of months.

The conventions are those of Regulation (EEC, Euratom) No 1182/71, art. 3, with which China's Civil Code, arts. 201 to
203, agrees: the day of the event does not count; a period in months or years ends on the same day of the last month, or
on that month's last day where it has no such day.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from onepill.core.errors import InputError

UNITS: dict[str, str] = {
    "wd": "wd",
    "cd": "cd",
    "days": "cd",
    "weeks": "weeks",
    "months": "months",
    "years": "years",
}
ROLLS = ("none", "next", "previous")
DAYS_PER_WEEK = 7
MONTHS_PER_YEAR = 12


def check_unit(unit: str) -> str:
    """The unit's canonical name.

    Raises:
        InputError: `calendar.unit`.
    """
    if unit not in UNITS:
        hint = f"one of {', '.join(UNITS)}"
        raise InputError.single("calendar.unit", f"{unit!r} is not a unit of time", hint=hint, value=unit)
    return UNITS[unit]


def check_roll(roll: str) -> None:
    """Raise InputError `calendar.roll` unless the roll is known."""
    if roll not in ROLLS:
        hint = f"one of {', '.join(ROLLS)}"
        raise InputError.single("calendar.roll", f"{roll!r} is not a way to roll a due day", hint=hint, value=roll)


def check_count(count: object) -> None:
    """Raise InputError `calendar.count` unless the count is a whole number from 0."""
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise bad_count(count)


def bad_count(count: object) -> InputError:
    """The error for a count that is not a whole number from 0."""
    hint = "write a whole number, 0 or more"
    return InputError.single("calendar.count", f"{count!r} cannot be counted", hint=hint, value=count)


def add_months(start: date, months: int, *, inclusive: bool = False) -> int:
    """Ordinal of the day that ends a period of whole months.

    Args:
        start: the day from which the period runs.
        months: 1 or more.
        inclusive: the start day is the first day of the period, which then ends one day of the month earlier (1
            January plus one month is 31 January); where the last month is too short, on that month's last day.

    Raises:
        InputError: `calendar.range`, the due day lies after the year 9999.
    """
    year, month = divmod(start.year * MONTHS_PER_YEAR + start.month - 1 + months, MONTHS_PER_YEAR)
    if year > date.max.year:
        raise beyond_civil_days(start)
    day_of_month = min(start.day - inclusive, monthrange(year, month + 1)[1])
    return date(year, month + 1, 1).toordinal() + day_of_month - 1


def beyond_civil_days(start: date) -> InputError:
    """The error for a due day after the year 9999."""
    message = f"the due day of a period from {start} lies after the year 9999"
    return InputError.single("calendar.range", message, hint="check the count and its unit", value=str(start))
