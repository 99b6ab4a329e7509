"""What a milestone waits for: the critical path of every traced future, and how often each activity lies on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onepill.core.dates import NEVER
from onepill.core.errors import InputError
from onepill.sim.checks import order_activities, outcome_names
from onepill.sim.plan import FINISHED, STARTED, Activity, Link, Plan
from onepill.sim.results import Trace

Bools = npt.NDArray[np.bool_]
Days = npt.NDArray[np.int64]


@dataclass(frozen=True)
class CriticalActivity:
    """How an activity binds a milestone.

    Attributes:
        share: of the traced paths on which the milestone happens, those whose critical path runs through it.
        days: mean over the same paths of the days that it takes on the critical path, 0 where it does not lie on it.
    """

    activity: str
    share: float
    days: float


def critical_path(plan: Plan, trace: Trace, milestone: str) -> list[CriticalActivity]:
    """The activities on the way to a milestone, the most often binding first; empty if it never happens.

    From the milestone back: an activity was held by the link that set its start (the first-listed of equals), or by
    `not_before`, which ends the path. Where a span cap or a stop set its finish, the path runs through that event
    instead. What is done binds nothing any more, and what runs binds from the plan's day on. Procedure steps that take
    no time lie on the path with 0 days.

    Raises:
        InputError: `plan.unknown_milestone`.
    """
    link = dict(plan.milestones).get(milestone)
    if link is None:
        raise InputError.single("plan.unknown_milestone", f"the plan has no milestone {milestone!r}", path=milestone)
    walk = _Walk(plan, trace)
    happens = walk.event_day(link) < NEVER
    total = int(happens.sum())
    if total == 0:
        return []
    walk.reach(link, happens)
    for i in reversed(order_activities(plan)):
        walk.step_back(i)
    rows = [
        CriticalActivity(activity.id, float(walk.on_path[i].sum() / total), float(walk.days[i] / total))
        for i, activity in enumerate(plan.activities)
        if walk.on_path[i].any()
    ]
    return sorted(rows, key=lambda row: (-row.share, -row.days))


class _Walk:
    """Which activities the critical path visits on which paths; `whole` where it enters by the finish."""

    def __init__(self, plan: Plan, trace: Trace) -> None:
        self._plan, self._trace = plan, trace
        self._position = {a.id: i for i, a in enumerate(plan.activities)}
        shape = trace.start.shape
        self.on_path: Bools = np.zeros(shape, dtype=bool)
        self._whole: Bools = np.zeros(shape, dtype=bool)
        self.days = np.zeros(shape[0])

    def event_day(self, link: Link) -> Days:
        """The link's day by path, NEVER where it does not happen."""
        i = self._position[link.activity]
        if link.event in (STARTED, FINISHED):
            day = (self._trace.start if link.event == STARTED else self._trace.finish)[i]
            return np.where(day < NEVER, day.astype(np.int64) + link.lag_days, NEVER)
        code = outcome_names(self._plan.activities[i]).index(link.event)
        finish = self._trace.finish[i].astype(np.int64) + link.lag_days
        return np.where(self._trace.outcome[i] == code, finish, NEVER)

    def reach(self, link: Link, paths: Bools) -> None:
        """The critical path comes to this event on these paths."""
        i = self._position[link.activity]
        self.on_path[i] |= paths
        if link.event != STARTED:
            self._whole[i] |= paths

    def step_back(self, i: int) -> None:
        """Count the activity's days where the path came by its finish, and go on to what held it."""
        activity = self._plan.activities[i]
        if activity.finished is not None or not self.on_path[i].any():
            self.on_path[i] = False
            return
        start, finish = (days[i].astype(np.int64) for days in (self._trace.start, self._trace.finish))
        whole, entered = self._whole[i].copy(), self.on_path[i].copy()
        for link, day in self._cuts(activity):
            here = whole & (day == finish)
            self.reach(link, here)
            self.days[i] += float((finish - np.clip(self.event_day(link), start, finish))[here].sum())
            whole &= ~here
            entered &= ~here
        since = start if activity.started is None else np.maximum(start, self._plan.as_of)
        self.days[i] += float((finish - since)[whole].sum())
        if activity.started is None:
            self._follow_links(activity, start, entered)

    def _follow_links(self, activity: Activity, start: Days, entered: Bools) -> None:
        left = entered.copy()
        for link in activity.after:
            here = left & (self.event_day(link) == start)
            self.reach(link, here)
            left &= ~here

    def _cuts(self, activity: Activity) -> list[tuple[Link, Days]]:
        """Events that may have set the finish, with the finish that they set."""
        caps = [(cap.link, self.event_day(cap.link) + cap.days) for cap in activity.span_caps]
        return [*caps, *((link, self.event_day(link)) for link in activity.stops_on)]
