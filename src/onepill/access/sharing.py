"""A market's tables, cut where rivals may change its share: each simulated path has the share of its own rivals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from onepill.access.competition import CAME, entry_share, first_share, share_steps
from onepill.access.inputs import MarketInput, Money, OrderOfEntry
from onepill.sim.plan import Link, Sharing

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Columns:
    """What a column of a market's tables holds: sales booked in calendar year `years[c]`, made when `steps[c]` of
    `days` had come. Without rivals these are the calendar years.

    Columns rise by year, then by step; `days` (ordinals, rising) are those on which rivals may come.
    """

    days: Ints
    years: Ints
    steps: Ints

    @cached_property
    def _places(self) -> dict[tuple[int, int], int]:
        return {pair: c for c, pair in enumerate(zip(self.years.tolist(), self.steps.tolist(), strict=True))}

    def step(self, day: int) -> int:
        """How many of the days have come by a day."""
        return int(np.searchsorted(self.days, day, side="right"))

    def of(self, year: int, day: int) -> int:
        """The column of what is sold on a day and booked in a calendar year."""
        return self._places[year, self.step(day)]

    def later(self, column: int, years: int) -> int | None:
        """The column of the same sales where they are booked so many years later; None beyond the last year."""
        return self._places.get((int(self.years[column]) + years, int(self.steps[column])))


def columns(days: Iterable[int], sold: Iterable[tuple[int, int]], *, years: int, spread_years: int) -> Columns:
    """The columns of a market of which spans are sold, each a calendar year and its first day.

    `years` are those of the valuation, of which each has a column at least; what is sold in one year may be booked over
    `spread_years` of them, the first its own.
    """
    known = np.array(sorted(set(days)), dtype=np.int64)
    told = {(year, int(np.searchsorted(known, first, side="right"))) for year, first in sold}
    spread = {(year + k, step) for year, step in told for k in range(spread_years) if year + k < years}
    pairs = np.array(sorted(spread), dtype=np.int64)
    return Columns(known, pairs[:, 0], pairs[:, 1])


def rivals_days(given: MarketInput, *, last: int) -> tuple[int, ...]:
    """The days up to the `last` one on which rivals may come, rising."""
    rivals = given.competition.rivals if given.competition else ()
    return tuple(sorted({day for rival in rivals for day in (*rival.days, *rival.moved) if day <= last}))


def shared(given: OrderOfEntry, known: Columns, sales: Money, cash: Money, discounted: Money) -> Sharing:
    """The tables of a market with what each rival leaves of them; shape (launch days, columns)."""
    return Sharing(
        rivals=tuple(Link(rival.id, CAME) for rival in given.rivals),
        days=known.days.astype(np.int32),
        factors=share_factors(given),
        years=known.years.astype(np.int32),
        steps=known.steps.astype(np.int32),
        sales=sales,
        cash=cash,
        discounted=discounted,
    )


def share_factors(given: OrderOfEntry) -> Money:
    """The drug's share over that without rivals, by the rivals who came before its launch, and after it."""
    size = range(len(given.rivals) + 1)
    shares = [[entry_share(given.order + b, given.others + 1 + b + a, given.exponent) for a in size] for b in size]
    found: Money = np.array(shares) / first_share(given)
    return found


def path_shares(given: Sharing, came: Ints, launches: Ints) -> Money:
    """What rivals leave of each column on each path.

    Args:
        came: the day of each rival (NEVER where it does not come), shape (rivals, paths).
        launches: shape (paths,).

    Returns:
        Factors on the columns, shape (paths, columns).
    """
    is_later = came > launches
    step = np.where(is_later, np.searchsorted(given.days, came) + 1, np.iinfo(np.int64).max)
    after = (step[:, :, None] <= given.steps).sum(axis=0)
    found: Money = given.factors[(~is_later).sum(axis=0)[:, None], after]
    return found


def mean_by_year(given: OrderOfEntry, known: Columns, launches: Ints, table: Money, years: int) -> Money:
    """The mean of a table over whether and when rivals come, by calendar year; shape (launch days, years)."""
    steps, found = share_steps(given), np.zeros((table.shape[0], years))
    first = int(known.days[0]) - 1
    for c, (year, step) in enumerate(zip(known.years.tolist(), known.steps.tolist(), strict=True)):
        day = int(known.days[step - 1]) if step else first
        found[:, year] += table[:, c] * steps.on(launches, day)
    return found
