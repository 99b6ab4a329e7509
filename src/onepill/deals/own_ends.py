"""When does a licence end by itself, since what it covers has failed on the path, and where did it fail?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onepill.core.dates import NEVER
from onepill.sim.checks import outcome_names
from onepill.sim.futures import Days, Futures
from onepill.sim.plan import FINISHED, STARTED, Activity, Link, Plan

Positions = npt.NDArray[np.int16]
NOWHERE = -1


@dataclass(frozen=True)
class OwnEnds:
    """Per path.

    Attributes:
        day: int32, on which it is known that none of the markets will be launched any more; NEVER where one is.
        activity: int16, position in the plan of the activity that failed last, -1 where none did.
        launch: int32, the first launch among the markets, NEVER where none is.
    """

    day: Days
    activity: Positions
    launch: Days


def own_ends(futures: Futures, markets: Sequence[str]) -> OwnEnds:
    """Follow each market's launch back to the first thing that did not come about.

    Args:
        markets: ids of the plan's markets that are licensed, at least one.

    Raises:
        ValueError: an id that the plan lacks, or no id.
    """
    known = {market.id: market for market in futures.plan.markets}
    if not markets or not set(markets) <= set(known):
        raise ValueError(f"licensed markets {sorted(markets)} are not all among {sorted(known)}")
    search, day = _Search(futures), np.full(futures.paths, -1, dtype=np.int32)
    activity = np.full(futures.paths, NOWHERE, dtype=np.int16)
    launch = np.full(futures.paths, NEVER, dtype=np.int32)
    for name in markets:
        market = known[name]
        launched = futures.launch_days(market)
        lost, where = search.unmet(market.launch)
        # What an event ended before its launch never was one: the licence to it ends with that event.
        lost = np.where(lost == NEVER, np.minimum(futures.end_days(market), futures.days(market.launch)), lost)
        lost = np.where(launched < NEVER, np.int32(NEVER), lost)
        later = lost > day
        day, activity = np.where(later, lost, day), np.where(later, where, activity)
        launch = np.minimum(launch, launched)
    none = np.where(day == NEVER, np.int16(NOWHERE), activity)
    return OwnEnds(day.astype(np.int32), none.astype(np.int16), launch)


class _Search:
    """The day on which an activity can no longer happen, by path, each worked out once."""

    def __init__(self, futures: Futures) -> None:
        self.futures = futures
        self.position = {activity.id: i for i, activity in enumerate(futures.plan.activities)}
        self.found: dict[str, tuple[Days, Positions]] = {}
        days = np.full(futures.paths, NEVER, dtype=np.int32)
        self.never = days, np.full(futures.paths, NOWHERE, dtype=np.int16)

    def unmet(self, link: Link) -> tuple[Days, Positions]:
        """The day from which a link's event cannot come any more, and where it failed; NEVER where it comes."""
        i = self.position[link.activity]
        day, where = self._dead(link.activity)
        if link.event in (STARTED, FINISHED) or len(outcome_names(self.futures.plan.activities[i])) == 1:
            return day, where
        other = (self.futures.outcome[i] >= 0) & (self.futures.days(link) == NEVER)
        return np.where(other, self.futures.finish[i], day), np.where(other, np.int16(i), where)

    def _dead(self, name: str) -> tuple[Days, Positions]:
        if name not in self.found:
            activity = self.futures.plan.activities[self.position[name]]
            self.found[name] = self._never_happens(activity)
        return self.found[name]

    def _never_happens(self, activity: Activity) -> tuple[Days, Positions]:
        day, where = self._links_lost(activity)
        is_fact = activity.started is not None or activity.finished is not None
        if not activity.stops_on and not is_fact:
            # It happens wherever its links are met.
            return day, where
        i = self.position[activity.id]
        stopped = np.full(self.futures.paths, NEVER, dtype=np.int32)
        for link in activity.stops_on:
            stopped = np.minimum(stopped, self.futures.days(link))
        # Where all links are met and yet it does not begin, an event has stopped it before.
        by_event, happens = day == NEVER, self.futures.outcome[i] >= 0
        day, where = np.where(by_event, stopped, day), np.where(by_event, np.int16(i), where)
        return np.where(happens, np.int32(NEVER), day), np.where(happens, np.int16(NOWHERE), where)

    def _links_lost(self, activity: Activity) -> tuple[Days, Positions]:
        """The first of its links to be lost, the last where any of them would do; without links it is never lost."""
        if len(activity.after) == 1:
            return self.unmet(activity.after[0])
        if not activity.after:
            return self.never
        day = np.full(self.futures.paths, -1 if activity.any_of else NEVER, dtype=np.int32)
        where = np.full(self.futures.paths, NOWHERE, dtype=np.int16)
        for link in activity.after:
            lost, at = self.unmet(link)
            better = lost > day if activity.any_of else lost < day
            day, where = np.where(better, lost, day), np.where(better, at, where)
        return day, where


def affected_activities(plan: Plan, *, markets: Collection[str], activities: Collection[str]) -> frozenset[str]:
    """What stands still when the partner leaves: what it runs, what serves its markets alone, and all that follows.

    Args:
        markets: ids of the licensed markets.
        activities: ids of the activities that the partner pays for.
    """
    before = {activity.id: [link.activity for link in activity.after] for activity in plan.activities}
    licensed = _up({m.launch.activity for m in plan.markets if m.id in markets}, before)
    kept = _up({m.launch.activity for m in plan.markets if m.id not in markets}, before)
    stopped = set(activities) | (licensed - kept)
    after: dict[str, list[str]] = {name: [] for name in before}
    for name, earlier in before.items():
        for item in earlier:
            after[item].append(name)
    return frozenset(_up(stopped, after))


def _up(names: set[str], edges: dict[str, list[str]]) -> set[str]:
    """The names and all that can be reached from them."""
    reached, waiting = set(names), list(names)
    while waiting:
        new = [name for name in edges[waiting.pop()] if name not in reached]
        reached.update(new)
        waiting.extend(new)
    return reached
