"""A clock as a table: the due day for every start day, which is how the simulation reads a period."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from onepill.calendars.conventions import DAYS_PER_WEEK, MONTHS_PER_YEAR, check_roll, check_unit
from onepill.calendars.working import Days, calendar, whole_counts
from onepill.core.errors import InputError

_EPOCH = 719_163
"""The ordinal of 1970-01-01, day 0 of numpy's days."""


def clock_table(
    jurisdiction: str,
    first_day: int,
    last_day: int,
    *,
    count_by_day: ArrayLike,
    unit: str,
    inclusive: bool = False,
    roll: str = "none",
) -> Days:
    """Due day for each start day from `first_day` to `last_day`, under the conventions of `due`.

    Where `count_by_day` is constant the table never decreases. A period of working days that starts on a day off begins
    with the next working day, so its due day is the same as if it had started on the working day before.

    Args:
        jurisdiction: code of a calendar, such as `CN`; not asked where neither the count nor the roll needs it.
        first_day: ordinal of the first start day.
        last_day: ordinal of the last start day, included.
        count_by_day: whole units, one number or one for each start day, shape (last_day - first_day + 1,): the
            versions of a rule by the day on which its clock starts.
        unit: `wd`, `cd` or `days`, `weeks`, `months`, `years`.
        inclusive: the start day counts.
        roll: `none`, `next` or `previous`, for a due day on a day off.

    Returns:
        Ordinals, int32, shape (last_day - first_day + 1,).

    Raises:
        InputError: `calendar.unknown`, `calendar.count`, `calendar.unit`, `calendar.roll`, or `calendar.range` where
            a start day or a due day that needs the calendar lies outside it.
    """
    unit = check_unit(unit)
    check_roll(roll)
    starts = np.arange(first_day, last_day + 1, dtype=np.int32)
    counts = _one_for_each(starts, whole_counts(count_by_day))
    if unit == "wd":
        finish = calendar(jurisdiction).add_working_days(starts, counts, inclusive=inclusive)
    else:
        finish = np.where(counts == 0, starts, _add_civil(starts, counts, unit, inclusive)).astype(np.int32)
    return finish if roll == "none" else calendar(jurisdiction).roll(finish, roll)


def _one_for_each(starts: Days, counts: NDArray[np.int64]) -> NDArray[np.int64]:
    if counts.ndim > 1 or (counts.ndim == 1 and counts.shape != starts.shape):
        message = f"{counts.size} counts for {starts.size} start days"
        raise InputError.single("calendar.count", message, hint="give one count, or one for each start day")
    return np.broadcast_to(counts, starts.shape)


def _add_civil(starts: Days, counts: NDArray[np.int64], unit: str, inclusive: bool) -> NDArray[np.int64]:
    if unit in ("months", "years"):
        return _add_months(starts, counts * (MONTHS_PER_YEAR if unit == "years" else 1), inclusive)
    return starts + counts * (DAYS_PER_WEEK if unit == "weeks" else 1) - inclusive


def _add_months(starts: Days, months: NDArray[np.int64], inclusive: bool) -> NDArray[np.int64]:
    civil = (starts.astype(np.int64) - _EPOCH).astype("datetime64[D]")
    start_month = civil.astype("datetime64[M]")
    days_into_month = (civil - start_month.astype("datetime64[D]")).astype(np.int64) - inclusive
    month = start_month + months.astype("timedelta64[M]")
    opening = month.astype("datetime64[D]").astype(np.int64)
    length = (month + np.timedelta64(1, "M")).astype("datetime64[D]").astype(np.int64) - opening
    finish: NDArray[np.int64] = opening + np.minimum(days_into_month, length - 1) + _EPOCH
    return finish
