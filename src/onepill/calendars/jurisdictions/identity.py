"""What a jurisdiction's calendar is: its weekends, who publishes its days off, and through which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from onepill.core.provenance import Source

FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2080, 12, 31)
THURSDAY, FRIDAY, SATURDAY, SUNDAY = 3, 4, 5, 6
"""Days of the week as in `date.weekday()`."""


@dataclass(frozen=True)
class Weekend:
    """The two weekly days off from a day on, until the next entry."""

    since: date
    weekdays: tuple[int, int]


SATURDAY_AND_SUNDAY = (Weekend(FIRST_DAY, (SATURDAY, SUNDAY)),)


@dataclass(frozen=True)
class Jurisdiction:
    """A calendar's identity.

    `published_from` and `published_through` bound the days for which a published list or law was checked; days outside
    are projected by the statutory rule. `limits` says what the calendar does not know. `weekends` are in order, the
    first from `FIRST_DAY` on.
    """

    code: str
    title: str
    published_from: date
    published_through: date
    sources: tuple[Source, ...]
    limits: str
    weekends: tuple[Weekend, ...] = SATURDAY_AND_SUNDAY

    def is_published(self, day: date) -> bool:
        return self.published_from <= day <= self.published_through


RETRIEVED = "2026-11-21"
LIBRARY = Source(title="holidays 0.109", url="https://github.com/vacanza/holidays")


def library(checked: str) -> Source:
    """The library, with the official lists that it names as its own check."""
    return Source(title=f"holidays 0.109 ({checked})", url=LIBRARY.url)
