"""The packaged day lists: which days are off and why, which weekend days are worked and for what."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from onepill.calendars.jurisdictions import JURISDICTIONS, Jurisdiction, find_jurisdiction
from onepill.core.errors import InputError

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class DayList:
    """A calendar in plain Python, looked up day by day; days are proleptic Gregorian ordinals from `first` to `last`.

    `off` names the holidays (weekends among them where they fall on one), `make_up` the weekend days that are worked.
    `weekends` are the weekly days off (Monday is 0) with the day from which they hold, the latest first.
    """

    jurisdiction: Jurisdiction
    first: int
    last: int
    off: Mapping[int, str]
    make_up: Mapping[int, str]
    weekends: tuple[tuple[int, tuple[int, int]], ...]

    def is_working(self, day: int) -> bool:
        return day in self.make_up or (day not in self.off and not self.is_weekend(day))

    def is_weekend(self, day: int) -> bool:
        """True on a weekly day off, worked or not."""
        weekdays = next(weekdays for since, weekdays in self.weekends if since <= day)
        return (day - 1) % 7 in weekdays

    def reason(self, day: int) -> str:
        """Why the day is off, empty on a working day."""
        self.check(day)
        return "" if self.is_working(day) else self.off.get(day, WEEKDAYS[(day - 1) % 7])

    def make_up_reason(self, day: int) -> str:
        """Which day off a make-up working day was exchanged for, empty on every other day."""
        self.check(day)
        return self.make_up.get(day, "")

    def is_published(self, first: int, last: int) -> bool:
        """True where every day of the span lies within the checked published lists."""
        published_from, published_through = self.jurisdiction.published_from, self.jurisdiction.published_through
        return published_from.toordinal() <= first and last <= published_through.toordinal()

    def check(self, day: int) -> None:
        if not self.first <= day <= self.last:
            raise out_of_range(self, day)


def out_of_range(days: DayList, day: int) -> InputError:
    """The error for a day that the calendar does not cover."""
    covered = f"{date.fromordinal(days.first)} to {date.fromordinal(days.last)}"
    message = f"day {_show(day)} is outside the {days.jurisdiction.code} calendar"
    return InputError.single("calendar.range", message, hint=f"the calendar covers {covered}", value=int(day))


def _show(day: int) -> str:
    return str(date.fromordinal(day)) if 1 <= day <= date.max.toordinal() else str(day)


def _read(code: str) -> str:
    return files(__package__).joinpath("data", f"{code.lower()}.json").read_text(encoding="utf-8")


@cache
def day_list(code: str) -> DayList:
    """The packaged day list of a jurisdiction.

    Raises:
        InputError: `calendar.unknown`.
    """
    jurisdiction = find_jurisdiction(code)
    data = json.loads(_read(code))
    return DayList(
        jurisdiction=jurisdiction,
        first=_ordinal(data["first"]),
        last=_ordinal(data["last"]),
        off=_by_day(data["off"]),
        make_up=_by_day(data["make_up"]),
        weekends=tuple((each.since.toordinal(), each.weekdays) for each in reversed(jurisdiction.weekends)),
    )


def _by_day(days_by_name: Mapping[str, str]) -> dict[int, str]:
    """Names by day, in order; a file lists the days under each name, which makes it a third as long."""
    named = ((_ordinal(day), name) for name, days in days_by_name.items() for day in days.split())
    return dict(sorted(named))


def _ordinal(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def calendars_hash() -> str:
    """SHA-256 of the packaged day lists: part of the key of every result that counts working days."""
    digest = hashlib.sha256()
    for code in sorted(JURISDICTIONS):
        digest.update(_read(code).encode())
    return digest.hexdigest()
