"""What a programme does on each path, as far as it brings or costs money: launches, ends, scales, costs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from onepill.core.dates import NEVER
from onepill.sim.futures import Days, Futures
from onepill.sim.plan import Money


@dataclass(frozen=True)
class Timeline:
    """A stretch of paths of one programme. Rows are the plan's markets, or `futures.costs`, in their order.

    Attributes:
        futures: the paths themselves, for the days of events and the names of streams.
        launch: int32 (markets, paths), NEVER where a market is not launched.
        end: int32 (markets, paths), the first day on which a launched market is no more; NEVER: to the plan's end.
        scale: (markets, paths), what the market's tables are multiplied with.
        launch_cost_usd: (markets, paths), 0 or negative, on the launch day.
        start, finish: int32 (costs, paths), the days between which a cost falls, as its `timing` says; NEVER where
            it does not.
        paid_usd: (costs, paths), in all, what fell before the plan's day among it; negative for an outlay.
    """

    futures: Futures
    launch: Days
    end: Days
    scale: Money
    launch_cost_usd: Money
    start: Days
    finish: Days
    paid_usd: Money

    @property
    def paths(self) -> int:
        return self.futures.paths

    def only_on(self, paths: npt.NDArray[np.bool_]) -> Timeline:
        """The same on these paths; on the others nothing is launched and no cost falls."""
        none = np.int32(NEVER)
        return replace(self, launch=np.where(paths, self.launch, none), start=np.where(paths, self.start, none))

    @staticmethod
    def of(futures: Futures) -> Timeline:
        """The timeline that the futures themselves have."""
        markets, rows = futures.plan.markets, [a for a, _ in futures.costs]
        none = np.empty((0, futures.paths), dtype=np.int32)
        return Timeline(
            futures=futures,
            launch=np.array([futures.launch_days(market) for market in markets]) if markets else none,
            end=np.array([futures.end_days(market) for market in markets]) if markets else none,
            scale=futures.scale,
            launch_cost_usd=futures.launch_cost_usd,
            start=futures.start[rows],
            finish=futures.finish[rows],
            paid_usd=futures.cost_usd,
        )
