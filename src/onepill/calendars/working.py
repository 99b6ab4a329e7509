"""A jurisdiction's calendar as arrays: working days counted and added for many start days at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from onepill.calendars.conventions import bad_count, check_roll
from onepill.calendars.daylist import DayList, day_list, out_of_range

Days = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class WorkingCalendar:
    """Working days from ordinal `first` to `last` (proleptic Gregorian, `date.toordinal()`).

    `is_working` has one flag a day, shape (last - first + 1,). `reasons` names the holidays by ordinal, `make_up` the
    weekend days that are worked. Days outside `published_from` to `published_through` are projected.
    """

    jurisdiction: str
    first: int
    last: int
    published_through: date
    is_working: NDArray[np.bool_]
    reasons: Mapping[int, str]
    make_up: Mapping[int, str]
    published_from: date

    @cached_property
    def _counts(self) -> Days:
        """Working days before each day, then all of them, shape (last - first + 2,)."""
        return np.concatenate(([0], np.cumsum(self.is_working))).astype(np.int32)

    @cached_property
    def _working_days(self) -> Days:
        return (np.flatnonzero(self.is_working) + self.first).astype(np.int32)

    def working_index(self, days: ArrayLike) -> Days:
        """Working days from `first` up to and including each day.

        Raises:
            InputError: `calendar.range`.
        """
        return self._counts[self._offsets(days) + 1]

    def add_working_days(self, starts: ArrayLike, n: ArrayLike, *, inclusive: bool = False) -> Days:
        """The n-th working day after each start.

        Args:
            starts: ordinals, any shape.
            n: whole numbers from 0, any shape that broadcasts with `starts`; 0 gives the start itself.
            inclusive: a start that is a working day counts as the first. A start on a day off never counts.

        Returns:
            Ordinals, the broadcast shape of `starts` and `n`.

        Raises:
            InputError: `calendar.count`, `calendar.range`.
        """
        offsets, counts = np.broadcast_arrays(self._offsets(starts), whole_counts(n))
        targets = self._counts[offsets + (not inclusive)] + counts - 1
        if np.any((targets >= len(self._working_days)) & (counts > 0)):
            raise out_of_range(self._list, self.last + 1)
        counted = self._working_days[np.where(counts > 0, targets, 0)]
        return np.where(counts > 0, counted, offsets + self.first).astype(np.int32)

    def roll(self, days: ArrayLike, how: str) -> Days:
        """Each day that is off moved to the `next` or `previous` working day; `none` leaves it.

        Raises:
            InputError: `calendar.roll`, `calendar.range`.
        """
        check_roll(how)
        if how == "none":
            return np.asarray(days, dtype=np.int32)
        offsets = self._offsets(days)
        indices = self._counts[offsets + (how == "previous")] - (how == "previous")
        if np.any((indices < 0) | (indices >= len(self._working_days))):
            raise out_of_range(self._list, self.first - 1 if how == "previous" else self.last + 1)
        return self._working_days[indices]

    def is_projected(self, days: ArrayLike) -> NDArray[np.bool_]:
        """True for days outside the checked published lists."""
        ordinals = np.asarray(days)
        return (ordinals < self.published_from.toordinal()) | (ordinals > self.published_through.toordinal())

    def reason(self, day: date | int) -> str:
        """Why a day is off (`Saturday`, `Spring Festival`), empty on a working day."""
        return self._list.reason(_ordinal(day))

    def make_up_reason(self, day: date | int) -> str:
        """Which day off a make-up working day was exchanged for, empty on every other day."""
        return self._list.make_up_reason(_ordinal(day))

    @property
    def _list(self) -> DayList:
        return day_list(self.jurisdiction)

    def _offsets(self, days: ArrayLike) -> NDArray[np.int64]:
        ordinals = np.asarray(days, dtype=np.int64)
        outside = ordinals[(ordinals < self.first) | (ordinals > self.last)]
        if outside.size:
            raise out_of_range(self._list, int(outside.flat[0]))
        return ordinals - self.first


@cache
def calendar(jurisdiction: str) -> WorkingCalendar:
    """The working-day calendar of a jurisdiction, made once.

    Raises:
        InputError: `calendar.unknown`, with the known codes as the hint.
    """
    days = day_list(jurisdiction)
    ordinals = np.arange(days.first, days.last + 1)
    is_working = ~_weekly_days_off(days, ordinals)
    is_working[_positions(days.off, days.first)] = False
    is_working[_positions(days.make_up, days.first)] = True
    is_working.setflags(write=False)
    return WorkingCalendar(
        jurisdiction=jurisdiction,
        first=days.first,
        last=days.last,
        published_through=days.jurisdiction.published_through,
        is_working=is_working,
        reasons=days.off,
        make_up=days.make_up,
        published_from=days.jurisdiction.published_from,
    )


def _weekly_days_off(days: DayList, ordinals: NDArray[np.int64]) -> NDArray[np.bool_]:
    off = np.zeros(ordinals.shape, dtype=np.bool_)
    for since, weekdays in reversed(days.weekends):
        later = ordinals >= since
        off[later] = np.isin((ordinals[later] - 1) % 7, weekdays)
    return off


def whole_counts(n: ArrayLike) -> NDArray[np.int64]:
    """Counts as whole numbers from 0.

    Raises:
        InputError: `calendar.count`.
    """
    counts: NDArray[Any] = np.asarray(n)
    if counts.dtype.kind not in "iu":
        raise bad_count(n)
    if np.any(counts < 0):
        raise bad_count(int(counts.min()))
    return counts.astype(np.int64)


def _positions(days: Mapping[int, str], first: int) -> NDArray[np.int64]:
    return np.fromiter(days, dtype=np.int64, count=len(days)) - first


def _ordinal(day: date | int) -> int:
    return day if isinstance(day, int) else day.toordinal()
