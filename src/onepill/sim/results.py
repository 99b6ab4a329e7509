"""What a run leaves: values and milestone days by path, expected cash by year, a trace, and what went beyond tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

from onepill.core.dates import NEVER
from onepill.sim import arrays as k
from onepill.sim.compiled import CompiledPlan, RoyaltyRow
from onepill.sim.compiler_cash import LAUNCH_COST
from onepill.sim.plan import Market, Money

DEVELOPMENT = "development"


@dataclass(frozen=True)
class YearlyRow:
    """Expected cash of one item for one party in one calendar year, in US dollars, received positive."""

    item: str
    party: str
    year: int
    cash_usd: float
    discounted_usd: float


@dataclass(frozen=True)
class Trace:
    """Days and outcomes of every activity on the first paths, shape (activities, paths).

    `start` and `finish` are NEVER, and `outcome` is -1, where an activity does not happen; otherwise
    `outcome_names[activity][outcome]` is what came of it.
    """

    activity_ids: tuple[str, ...]
    outcome_names: tuple[tuple[str, ...], ...]
    start: npt.NDArray[np.int32]
    finish: npt.NDArray[np.int32]
    outcome: npt.NDArray[np.int8]


@dataclass(frozen=True)
class Amounts:
    """What the first paths paid and how large their markets were, in US dollars, shape (items, paths).

    `cost_usd` has a row for each cost of each activity in the plan's order: what is paid in all (negative for an
    outlay), sunk parts included. `scale` is the product of a market's draws, 0 where it is not launched;
    `launch_cost_usd` is 0 or negative.
    """

    cost_usd: Money
    scale: Money
    launch_cost_usd: Money


class Results:
    """One run of one plan.

    Attributes:
        draws: number of paths.
        seed: the seed of all streams that were not reseeded.
        weighted: whether failures were weighted; values by path then carry their weight.
        npv_usd: by party, float64 by path, in US dollars on the plan's day.
        milestone_days: int32 (milestones, paths) in the plan's order, NEVER where it does not happen. In a weighted
            run a milestone counts as happening unless a drawn gate prevents it.
        first: the number of the first path.
        trace: days of the first paths, empty if none was asked for.
        amounts: costs and market sizes of the same paths.
        overflows: look-ups beyond each table that had any.
        drawn_gates: (activity, reason) of gates that a weighted run drew all the same.
        excludes: what a weighted run leaves out. Always empty: what cannot be weighted is drawn.
    """

    def __init__(
        self,
        compiled: CompiledPlan,
        out: k.Outputs,
        sums: k.Lane,
        *,
        draws: int,
        seed: int,
        weighted: bool,
        first: int = 0,
    ) -> None:
        plan = compiled.plan
        self.draws, self.seed, self.weighted, self.first = draws, seed, weighted, first
        self.npv_usd: dict[str, Money] = dict(zip(plan.parties, out.npv_usd, strict=True))
        self.milestone_ids = tuple(id_ for id_, _ in plan.milestones)
        self.milestone_days: npt.NDArray[np.int32] = out.milestone_day
        ids = tuple(a.id for a in plan.activities)
        self.trace = Trace(ids, compiled.outcomes, out.start, out.finish, out.outcome)
        self.amounts = Amounts(out.cost_usd, out.scale, out.launch_cost_usd)
        self.overflows = {name: int(n) for name, n in zip(compiled.tables, sums.overflows, strict=True) if n}
        self.drawn_gates = compiled.drawn_gates if weighted else ()
        self.excludes: tuple[str, ...] = ()
        self._compiled, self._sums = compiled, sums

    @property
    def held_bytes(self) -> int:
        """What the arrays of the run take, with those of the compiled plan, which live as long."""
        amounts = (self.amounts.cost_usd, self.amounts.scale, self.amounts.launch_cost_usd)
        compiled = (array for part in self._compiled.model for array in part if isinstance(array, np.ndarray))
        return sum(array.nbytes for array in (*self.npv_usd.values(), self.milestone_days, *amounts, *compiled))

    @property
    def table_overflows(self) -> int:
        """Paths times look-ups beyond a table; anything but 0 means that a table is too short for this plan."""
        return sum(self.overflows.values())

    def days_of(self, milestone: str) -> npt.NDArray[np.int32]:
        """The milestone's day by path, NEVER where it does not happen."""
        days: npt.NDArray[np.int32] = self.milestone_days[self.milestone_ids.index(milestone)]
        return days

    @cached_property
    def milestone_probs(self) -> dict[str, float]:
        """The probability that each milestone happens; in a weighted run the mean of its weights."""
        if self.weighted:
            shares = self._sums.milestone_weight / self.draws
        else:
            shares = np.count_nonzero(self.milestone_days < NEVER, axis=1) / self.draws
        return dict(zip(self.milestone_ids, shares.tolist(), strict=True))

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The calendar years of `yearly`."""
        first = date.fromordinal(self._compiled.plan.as_of).year
        return tuple(range(first, first + len(self._compiled.model.calendar.year_start) - 1))

    @cached_property
    def yearly(self) -> dict[tuple[str, str], tuple[Money, Money]]:
        """By (item, party): expected cash and expected discounted cash of each of `years`."""
        sums: dict[tuple[str, str], tuple[Money, Money]] = {}
        for key, days in zip(self._compiled.rows, self._sums.day_usd, strict=True):
            _add(sums, key, self._by_year(days))
        for i, market in enumerate(self._compiled.plan.markets):
            _add(sums, (market.part_of or market.id, market.party), self._market_cash(i))
        for row in self._compiled.royalties:
            cash, discounted = self._royalty_cash(row)
            _add(sums, (row.contract, row.payer), (-cash, -discounted))
            _add(sums, (row.contract, row.payee), (cash, discounted))
        return sums

    def yearly_rows(self) -> list[YearlyRow]:
        """The same as rows, without those that are zero."""
        return [
            YearlyRow(item, party, year, float(amount), float(present))
            for (item, party), (cash, discounted) in self.yearly.items()
            for year, amount, present in zip(self.years, cash, discounted, strict=True)
            if amount or present
        ]

    def by_market(self, party: str) -> dict[str, float]:
        """The party's expected value by market (launch cost included), by contract, and for all else `development`.

        The payer states of a market count together as their group.
        """
        plan = self._compiled.plan
        groups = {m.id: m.group or m.id for m in plan.markets}
        owner_of = {**groups, **{group + LAUNCH_COST: group for group in groups.values()}}
        owner_of |= {c.id: c.id for c in plan.contracts}
        values = {DEVELOPMENT: 0.0} | dict.fromkeys(groups.values(), 0.0)
        for (item, who), (_, discounted) in self.yearly.items():
            if who == party:
                group = owner_of.get(item, DEVELOPMENT)
                values[group] = values.get(group, 0.0) + float(discounted.sum())
        return values

    def _by_year(self, differences: Money) -> tuple[Money, Money]:
        calendar = self._compiled.model.calendar
        daily = np.cumsum(differences[:-1]) / self.draws
        year = calendar.year_of_day[: daily.size]
        size = len(self.years)
        cash = np.bincount(year, weights=daily, minlength=size).astype(np.float64)
        discounted = np.bincount(year, weights=daily * calendar.by_day, minlength=size).astype(np.float64)
        return cash, discounted

    def _launches(self, market: int) -> tuple[slice, Money]:
        """The launch rows that occurred, and the mean scale launched on each."""
        markets = self._compiled.model.cash.markets
        offset, rows = markets["launched"][market], markets["rows"][market]
        scale = self._sums.launched[offset : offset + rows] / self.draws
        hit = np.flatnonzero(scale)
        span = slice(int(hit[0]), int(hit[-1]) + 1) if hit.size else slice(0, 0)
        return span, scale[span]

    def _market_cash(self, i: int) -> tuple[Money, Money]:
        market, (span, scale) = self._compiled.plan.markets[i], self._launches(i)
        cash = self._sums.ended_usd[i] / self.draws
        discounted = self._sums.ended_discounted_usd[i] / self.draws
        columns = np.shape(market.cash)[1]
        own = market.sharing or market
        cash[:columns] += np.einsum("r,rk->k", scale, _by_year(own.cash[span], market))
        discounted[:columns] += np.einsum("r,rk->k", scale, _by_year(own.discounted[span], market))
        return self._whole(cash), self._whole(discounted)

    def _royalty_cash(self, row: RoyaltyRow) -> tuple[Money, Money]:
        by_year = self._compiled.model.calendar.by_year
        if row.index >= 0:
            cash = self._sums.royalty_usd[row.index] / self.draws
        else:
            cash = np.zeros(by_year.size)
            for i in row.markets:
                sales = self._compiled.plan.markets[i].sales
                span, scale = self._launches(i)
                cash[: np.shape(sales)[1]] += row.rate * np.einsum("r,rk->k", scale, sales[span])
        return self._whole(cash), self._whole(cash * by_year)

    def _whole(self, values: Money) -> Money:
        """The values on all of `years`."""
        return np.concatenate((values, np.zeros(len(self.years) - values.size)))


def _by_year(table: Money, market: Market) -> Money:
    """A table by calendar year; with rivals to come, as if none did."""
    if market.sharing is None:
        return table
    found = np.zeros((table.shape[0], np.shape(market.cash)[1]))
    for c, year in enumerate(market.sharing.years.tolist()):
        found[:, year] += table[:, c]
    return found


def _add(sums: dict[tuple[str, str], tuple[Money, Money]], key: tuple[str, str], more: tuple[Money, Money]) -> None:
    before = sums.get(key)
    sums[key] = more if before is None else (before[0] + more[0], before[1] + more[1])
