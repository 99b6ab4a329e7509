"""What is a vehicle worth to the buyer at each of its exits?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from onepill.deals.equity import Equity, EquityDays
from onepill.deals.equity_rows import BATCH_PATHS, batch_room
from onepill.deals.inputs import Discounts, Vehicle
from onepill.deals.years import Years
from onepill.sim.plan import Money


@dataclass(frozen=True)
class ExitSums:
    """For each set of exits that may take place (its bits tell which, row 0 the empty one) and each exit: the present
    value on its day of the flows sold, summed over the paths that it is the first to end, and the number of these."""

    value_usd: Money
    reached: Money

    def __add__(self, other: ExitSums) -> ExitSums:
        return ExitSums(self.value_usd + other.value_usd, self.reached + other.reached)


def to_be_priced(vehicle: Vehicle) -> bool:
    """Whether an exit's value has to be found from the paths first."""
    return any(leave.value_usd is None for leave in vehicle.exits)


def exit_sums(equity: Equity, days: EquityDays, years: Years, buyers: Sequence[Discounts]) -> ExitSums:
    """The sums of a stretch of paths; those of all stretches add up. `buyers` discount for each exit in its order."""
    from onepill.deals.kernel_equity import add_exit_values

    exits = len(equity.vehicle.exits)
    sums = np.zeros((2, 1 << exits, exits))
    horizon = int(years.bounds[-1] - years.bounds[0])
    by_year = np.array([buyer.by_year[: years.count] for buyer in buyers], dtype=np.float64)
    by_day = np.array([buyer.by_day[:horizon] for buyer in buyers], dtype=np.float64)
    chunk = days.chunk(np.zeros(exits))
    batch, room = batch_room(years.count, rounds=0, tranches=0, exits=exits), np.zeros(BATCH_PATHS)
    bounds = years.bounds.astype(np.int64)
    for open_exits in range(1, 1 << exits):
        value, reached = sums[0, open_exits], sums[1, open_exits]
        add_exit_values(open_exits, chunk, bounds, by_year, by_day, batch, room, value, reached)
    return ExitSums(sums[0], sums[1])


def exit_values(vehicle: Vehicle, sums: ExitSums | None) -> Money:
    """What each exit's buyer pays for the flows: the given value, or the mean present value over the paths that it
    ends, less the discount. An exit that is worth nothing does not take place (0), and the paths that it would have
    ended go on to the next one, which is then priced with them.

    Args:
        sums: of all paths; None where every value is given.
    """
    exits = vehicle.exits
    open_exits = {k for k, leave in enumerate(exits) if leave.value_usd is None or leave.value_usd > 0}
    while True:
        values = np.zeros(len(exits))
        for k in open_exits:
            values[k] = _value(vehicle, k, _bits(open_exits), sums)
        worthless = {k for k in open_exits if values[k] <= 0}
        if not worthless:
            return values
        open_exits -= worthless


def _value(vehicle: Vehicle, k: int, open_exits: int, sums: ExitSums | None) -> float:
    leave = vehicle.exits[k]
    if leave.value_usd is not None:
        return leave.value_usd
    if sums is None:
        raise ValueError("an exit without a value is priced from the paths")
    reached = sums.reached[open_exits, k]
    return float((1 - leave.discount_share) * sums.value_usd[open_exits, k] / reached) if reached else 0.0


def _bits(members: Iterable[int]) -> int:
    return sum(1 << k for k in members)
