"""Single futures, for those who pay each other along them: every path's days, outcomes, costs and market sizes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from onepill.core.dates import NEVER
from onepill.sim.checks import outcome_names
from onepill.sim.compiled import CompiledPlan
from onepill.sim.plan import FINISHED, STARTED, Cost, Link, Market, Money, Plan, variant_sizes
from onepill.sim.runner import run

Days = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Futures:
    """A stretch of paths of one plan, drawn, none of it weighted.

    Attributes:
        plan: what was run.
        seed: of all streams.
        first: the number of the first path here; path `first + i` stands at position i.
        start, finish: int32 (activities, paths), NEVER where an activity does not happen.
        outcome: int8 (activities, paths), a position in the activity's outcome names, -1 where it does not happen.
        cost_usd: (costs, paths), rows as `costs` lists them; what is paid in all, negative for an outlay.
        scale: (markets, paths), what the market's tables are multiplied with; 0 where it is not launched.
        launch_cost_usd: (markets, paths), 0 or negative, on the launch day.
    """

    plan: Plan
    seed: int
    first: int
    start: Days
    finish: Days
    outcome: npt.NDArray[np.int8]
    cost_usd: Money
    scale: Money
    launch_cost_usd: Money

    @property
    def paths(self) -> int:
        return int(self.start.shape[1])

    @cached_property
    def costs(self) -> tuple[tuple[int, Cost], ...]:
        """(position of the activity, cost) of each row of `cost_usd`."""
        return tuple((a, cost) for a, activity in enumerate(self.plan.activities) for cost in activity.costs)

    def days(self, link: Link) -> Days:
        """The day of a link's event on each path, NEVER where it does not happen."""
        a = self._position[link.activity]
        days = self.start[a] if link.event == STARTED else self.finish[a]
        met = self.outcome[a] >= 0
        if link.event not in (STARTED, FINISHED):
            met &= self.outcome[a] == outcome_names(self.plan.activities[a]).index(link.event)
        return np.where(met, days + np.int32(link.lag_days), np.int32(NEVER))

    def launch_days(self, market: Market) -> Days:
        """The launch day on each path; NEVER where it is not launched, or ends before it is."""
        return np.where(self.scale[self.plan.markets.index(market)] != 0, self.days(market.launch), np.int32(NEVER))

    def end_days(self, market: Market) -> Days:
        """The first day on which an event has ended the market, NEVER where none does."""
        found = np.full(self.paths, NEVER, dtype=np.int32)
        for link in market.ends_on:
            found = np.minimum(found, self.days(link))
        return found

    def variant(self, market: Market) -> npt.NDArray[np.int64]:
        """Which version of its tables a market has on each path, counted from 0."""
        found = np.zeros(self.paths, dtype=np.int64)
        for id_, size in zip(market.variants, variant_sizes(self.plan, market), strict=True):
            found = found * size + self.outcome[self._position[id_]] - 1
        return found

    @cached_property
    def _position(self) -> dict[str, int]:
        return {activity.id: i for i, activity in enumerate(self.plan.activities)}


def futures(compiled: CompiledPlan, *, draws: int, seed: int, first: int = 0, threads: int = 1) -> Futures:
    """Paths `first` to `first + draws - 1`, the same futures as those of `run` with this seed."""
    found = run(compiled, draws=draws, seed=seed, threads=threads, trace=draws, first=first)
    trace, amounts = found.trace, found.amounts
    days = (trace.start, trace.finish, trace.outcome)
    return Futures(compiled.plan, seed, first, *days, amounts.cost_usd, amounts.scale, amounts.launch_cost_usd)
