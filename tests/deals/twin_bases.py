"""The slow twin's programme: what contracts share of it, all paths and years at once, in plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from onepill.core.dates import NEVER
from onepill.deals import Timeline, Years
from onepill.deals.inputs import MarketTerms
from onepill.sim.futures import Days
from onepill.sim.plan import Cost, Money


@dataclass(frozen=True)
class MarketBase:
    """One market of the contracts: a plan market, or a group of them.

    Attributes:
        launch: the first launch of its members, int32 (paths,), NEVER without one; `end`: the last day's next.
        sales, protected, profit: net sales, those before the loss of exclusivity, and operating profit before tax, in
            US dollars, shape (paths, years).
        launch_costs: (day, amount) of each member, shapes (paths,).
    """

    id: str
    tax_share: float
    launch: Days
    end: Days
    sales: Money
    protected: Money
    profit: Money
    launch_costs: tuple[tuple[Days, Money], ...]


@dataclass(frozen=True)
class SlowBases:
    """What all structures share on a stretch of paths."""

    timeline: Timeline
    terms: tuple[MarketTerms, ...]
    years: Years

    @property
    def paths(self) -> int:
        return self.timeline.paths

    @cached_property
    def markets(self) -> tuple[MarketBase, ...]:
        groups = dict.fromkeys(term.group or term.id for term in self.terms)
        return tuple(self._group(id_, [t for t in self.terms if (t.group or t.id) == id_]) for id_ in groups)

    def named(self, names: Sequence[str]) -> list[int]:
        """Positions in `markets` of those that a grant or leg names by their own id or by their members'.

        Raises:
            ValueError: a name that is unknown, or a group of which not all members are named.
        """
        found = []
        for m, market in enumerate(self.markets):
            members = [term.id for term in self.terms if (term.group or term.id) == market.id]
            given = [name for name in members if name in names]
            if given and len(given) < len(members) and market.id not in names:
                raise ValueError(f"of the market {market.id!r} only {', '.join(given)} is named")
            if given or market.id in names:
                found.append(m)
        known = {t.id for t in self.terms} | {t.group for t in self.terms}
        if unknown := [name for name in names if name not in known]:
            raise ValueError(f"the plan has no market {', '.join(unknown)}")
        return found

    def _group(self, id_: str, members: list[MarketTerms]) -> MarketBase:
        if len({term.tax_share for term in members}) > 1:
            raise ValueError(f"the members of the market {id_!r} have different tax shares")
        rows = [self._position[term.id] for term in members]
        sales, protected = (np.zeros((self.paths, self.years.count)) for _ in range(2))
        profit = np.zeros_like(sales)
        for m, term in zip(rows, members, strict=True):
            own = self._sales(m, self.timeline.futures.plan.markets[m].sales)
            margin = 1 - term.cost_of_goods_share - term.selling_share
            sales += own
            profit += margin * own if term.profit is None else self._sales(m, term.profit)
            protected += own if term.protected_sales is None else self._sales(m, term.protected_sales)
        launch, end = self.timeline.launch[rows], self.timeline.end[rows]
        last = np.where(launch < NEVER, end, 0).max(axis=0).astype(np.int32)
        costs = tuple((self.timeline.launch[m], self.timeline.launch_cost_usd[m]) for m in rows)
        return MarketBase(id_, members[0].tax_share, launch.min(axis=0), last, sales, protected, profit, costs)

    @cached_property
    def _position(self) -> dict[str, int]:
        return {market.id: m for m, market in enumerate(self.timeline.futures.plan.markets)}

    def _sales(self, m: int, table: Money) -> Money:
        """Net sales of one plan market, the year of its end cut by days."""
        timeline, market = self.timeline, self.timeline.futures.plan.markets[m]
        launched = timeline.launch[m] < self.years.bounds[-1]
        rows = np.where(launched, timeline.launch[m] - market.first_day, 0)
        if (rows < 0).any() or (rows >= table.shape[0]).any():
            raise ValueError(f"a launch of {market.id!r} lies outside its table of sales")
        opens = np.maximum(self.years.bounds[:-1], timeline.launch[m][:, None])
        length = np.maximum(self.years.bounds[1:] - opens, 1)
        kept = np.clip((timeline.end[m][:, None] - opens) / length, 0.0, 1.0)
        sold: Money = np.where(launched, timeline.scale[m], 0.0)[:, None] * table[rows] * kept
        return sold


def day_share(
    since: npt.ArrayLike, until: npt.ArrayLike, *, opens: npt.NDArray[np.int32], closes: npt.NDArray[np.int32]
) -> Money:
    """The share of each period's days [opens, closes) that lie in [since, until); 0 of an empty period.

    `since` and `until` are days by path; the periods have the shape (paths, years) or one that broadcasts to it.
    """
    first, after = np.asarray(since)[:, None], np.asarray(until)[:, None]
    inside = np.minimum(closes, after) - np.maximum(opens, first)
    share: Money = np.maximum(inside, 0) / np.maximum(closes - opens, 1)
    return share


def lumps_and_spreads(cost: Cost, timeline: Timeline, row: int) -> list[tuple[Days, Days | None, Money]]:
    """The pieces of a cost: (first day, day after the last, amount), or (day, None, amount) for a lump."""
    start, finish, paid_usd = timeline.start[row], timeline.finish[row], timeline.paid_usd[row]
    if cost.timing == "even":
        return [(start, np.maximum(finish, np.minimum(start, NEVER - 1) + 1), paid_usd)]
    if cost.timing == "middle":
        span = finish - start
        return [((start + (span + half) // 2).astype(np.int32), None, 0.5 * paid_usd) for half in (0, 1)]
    return [(start if cost.timing == "start" else finish, None, paid_usd)]


def sold_days(market: MarketBase, bases: SlowBases) -> dict[str, Days]:
    """The days on the market of each year, shapes (paths, years)."""
    opens = np.maximum(bases.years.bounds[:-1], market.launch[:, None])
    return {"opens": opens, "closes": np.minimum(bases.years.bounds[1:], market.end[:, None])}


def first_day(usd: Money, market: MarketBase, since: Days, bases: SlowBases) -> Days:
    """The first day of the first year with something in it on which it can fall."""
    year = (usd > 0).argmax(axis=1)
    day: Days = np.maximum(np.maximum(bases.years.bounds[year], market.launch), since)
    return day
