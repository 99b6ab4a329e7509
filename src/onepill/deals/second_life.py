"""What does the programme do after its licence has come back? The same path, later, dearer, or no more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from onepill.core.dates import NEVER
from onepill.core.streams import uniforms
from onepill.deals.clauses import SecondLife
from onepill.deals.timeline import Timeline
from onepill.sim.futures import Days
from onepill.sim.plan import Cost, Money

Flags = npt.NDArray[np.bool_]
STREAM = "deal.second_life"
REPEATED = "development"
"""The item of the costs that may have to be spent once more; fees are not."""


@dataclass(frozen=True)
class Stopped:
    """What a partner leaves behind: the activities that stand still, those that it paid, the markets that wait.

    `markets` are ids of plan markets: the licensed ones, and those whose launch follows from what stands still. What
    fell before the day `since` the partner did not pay.
    """

    activities: Collection[str]
    paid: Collection[str]
    markets: Collection[str]
    since: int


def returned_timeline(timeline: Timeline, ended: Days, stopped: Stopped, life: SecondLife | None) -> Timeline:
    """The programme in its owner's hands from the day on which the licence ended; before it, nothing here counts.

    Where it goes on, all that stood still and had not come about by then comes `delay_days` later with the same
    outcome, so that patents bite by themselves; what the partner had spent on development is spent again in part
    meanwhile; launched markets sell less. Where it does not go on, what stood still ends: nothing more is spent,
    launched or sold. What did not stand still is as it was.

    Args:
        ended: int32 (paths,), NEVER where the licence holds: there the timeline does not matter.
        life: None: it goes on nowhere.
    """
    goes_on = _goes_on(timeline, life)
    changed = _Later(timeline, ended, goes_on, life or SecondLife(0.0, 0, 0))
    for row, (a, cost) in enumerate(timeline.futures.costs):
        name = timeline.futures.plan.activities[a].id
        if name in stopped.activities:
            repeats = name in stopped.paid and cost.item == REPEATED
            changed.cost(row, cost, repeated_since=stopped.since if repeats else NEVER)
    for m, market in enumerate(timeline.futures.plan.markets):
        if market.id in stopped.markets:
            changed.market(m, ends_later=any(link.activity in stopped.activities for link in market.ends_on))
    return changed.timeline()


def _goes_on(timeline: Timeline, life: SecondLife | None) -> Flags:
    if life is None:
        return np.zeros(timeline.paths, dtype=bool)
    paths = timeline.futures.first + np.arange(timeline.paths)
    return uniforms(timeline.futures.seed, stream=STREAM, paths=paths) < life.prob


class _Later:
    """Copies of a timeline's rows, changed one by one."""

    def __init__(self, timeline: Timeline, ended: Days, goes_on: Flags, life: SecondLife) -> None:
        self.before, self.goes_on, self.life = timeline, goes_on, life
        # In 64 bits, since what never happens plus a delay is beyond 32.
        self.ended, self.delay = ended.astype(np.int64), life.delay_days
        self.launch, self.end = timeline.launch.copy(), timeline.end.copy()
        self.scale, self.launch_cost_usd = timeline.scale.copy(), timeline.launch_cost_usd.copy()
        self.start, self.finish = timeline.start.copy(), timeline.finish.copy()
        self.paid_usd = timeline.paid_usd.copy()

    def timeline(self) -> Timeline:
        return replace(
            self.before,
            launch=self.launch,
            end=self.end,
            scale=self.scale,
            launch_cost_usd=self.launch_cost_usd,
            start=self.start,
            finish=self.finish,
            paid_usd=self.paid_usd,
        )

    def cost(self, row: int, cost: Cost, *, repeated_since: int) -> None:
        """What is left of a cost falls when the work goes on; what is repeated of one that is over, meanwhile."""
        start, finish, paid = self.before.start[row], self.before.finish[row], self.before.paid_usd[row]
        falls = (self.ended < NEVER) & (start < NEVER)
        over, done = finish <= self.ended, self._fallen_share(cost, start, finish, self.ended)
        once = np.maximum(done - self._fallen_share(cost, start, finish, np.int64(repeated_since)), 0.0)
        again, begins, ends = self.ended + self.life.transition_days, np.maximum(start, self.ended), finish
        if cost.timing == "middle":
            # Until a half has fallen both do where they would have; what is left of it is one lump.
            second = np.maximum(start + (finish - start + 1) // 2, self.ended)
            begins, ends = np.where(done > 0, second, start), np.where(done > 0, second, finish)
        self.start[row] = np.where(falls, np.where(over, again, begins + self.delay), start)
        self.finish[row] = np.where(falls, np.maximum(ends, self.ended) + self.delay, finish)
        left = 1 - done + self.life.repeat_share * once
        self.paid_usd[row] = np.where(falls, np.where(self.goes_on, left * paid, 0.0), paid)

    def market(self, m: int, *, ends_later: bool) -> None:
        """`ends_later`: what may end the market is itself put off."""
        launch, end, ended = self.before.launch[m], self.before.end[m], self.ended
        sold, waits = launch < ended, (launch >= ended) & (launch < NEVER)
        put_off = end + self.delay if ends_later else end
        end = np.where((end > ended) & (end < NEVER), put_off, end)
        self.end[m] = np.where(sold & ~self.goes_on, np.minimum(end, ended), end)
        later = np.where(waits, launch + self.delay, launch)
        lost = waits & (~self.goes_on | (later >= end))
        self.launch[m] = np.where(lost, NEVER, later)
        dip = np.where(sold & (ended < NEVER), 1 - self.life.sales_dip_share, 1.0)
        self.scale[m] = np.where(lost, 0.0, self.before.scale[m] * dip)
        self.launch_cost_usd[m] = np.where(lost, 0.0, self.before.launch_cost_usd[m])

    def _fallen_share(self, cost: Cost, start: Days, finish: Days, before: npt.NDArray[np.int64] | np.int64) -> Money:
        """The share of a cost that falls before a day."""
        if cost.timing == "even":
            fallen: Money = np.clip((before - start) / np.maximum(finish - start, 1), 0.0, 1.0)
            return fallen
        span = finish - start
        lumps = {"start": (start,), "finish": (finish,), "middle": (start + span // 2, start + (span + 1) // 2)}
        return np.asarray(np.mean([day < before for day in lumps[cost.timing]], axis=0, dtype=np.float64))
