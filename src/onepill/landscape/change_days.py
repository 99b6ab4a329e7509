"""On which day did a programme change? Its place is a function of the day; the day of a change is found by halving."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from onepill.landscape.versions import DatedChange
from onepill.landscape.watch import Change


@dataclass(frozen=True)
class Standing:
    """Where a shown drug stands on a day; `stage_in_indication` is empty where no condition was asked for."""

    stage: str
    tag: str
    stage_in_indication: str = ""


Standings = dict[str, Standing]
"""Each shown drug's place, by its id."""


def date_changes(
    changes: Iterable[Change], standings_on: Callable[[date], Standings], since: date, until: date
) -> tuple[DatedChange, ...]:
    """The changes of programmes between two days, each with a day on which it came.

    Args:
        changes: what differs between the two days; the subject is the drug's id.
        standings_on: the places on a day; asked for about log2(days) days, each once.
        since, until: the two days.

    Returns:
        For each change the first day of the run of days, found by halving, on which the later answer held: the day
        before had another. Where an answer changed to and fro, it is the day of one such change.
    """
    on = cache(standings_on)
    return tuple(DatedChange(change, _day_of(change, on, since, until)) for change in changes)


def _day_of(change: Change, on: Callable[[date], Standings], since: date, until: date) -> date:
    before, after = since.toordinal(), until.toordinal()
    while after - before > 1:
        middle = (before + after) // 2
        if _holds(change, on(date.fromordinal(middle))):
            after = middle
        else:
            before = middle
    return date.fromordinal(after)


def _holds(change: Change, standings: Standings) -> bool:
    """Whether the later answer of the change is that of a day."""
    place = standings.get(change.subject)
    if change.what == "new":
        return place is not None
    if place is None or change.what == "gone":
        return place is None and change.what == "gone"
    return bool(getattr(place, change.what) == change.after)
