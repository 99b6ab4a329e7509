"""What is there to share on each path: sales, operating profit and costs of a programme, by market and year."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np

from onepill.core.dates import NEVER
from onepill.deals import arrays as k
from onepill.deals.groups import Groups, SalesBase
from onepill.deals.inputs import MarketTerms
from onepill.deals.kernel_bases import add_base, add_sales, measure_rows
from onepill.deals.timeline import Timeline
from onepill.deals.years import Years
from onepill.sim.futures import Days
from onepill.sim.plan import Money, Plan


@dataclass(frozen=True)
class Bases:
    """What all structures share on a stretch of paths. Amounts are computed when they are first asked for, and kept.

    Attributes:
        timeline, terms, years: what they are made of.
    """

    timeline: Timeline
    terms: tuple[MarketTerms, ...]
    years: Years
    kept: dict[Hashable, object] = field(default_factory=dict, repr=False, compare=False)
    """What structures have in common, by what it was made of."""

    @property
    def paths(self) -> int:
        return self.timeline.paths

    @property
    def plan(self) -> Plan:
        return self.timeline.futures.plan

    @cached_property
    def groups(self) -> Groups:
        return Groups.of(self.plan, self.terms)

    @cached_property
    def launch(self) -> Days:
        """The first launch of each market's members, int32 (markets, paths); NEVER where none is in the years."""
        days = self.timeline.launch
        found = [days[list(rows)].min(axis=0) for rows in self.groups.members]
        launch = np.array(found, dtype=np.int32).reshape(len(found), self.paths)
        return np.where(launch < self.years.bounds[-1], launch, np.int32(NEVER))

    @cached_property
    def end(self) -> Days:
        """The first day on which no member of a launched market is sold any more, int32 (markets, paths)."""
        launch, end = self.timeline.launch, self.timeline.end
        last = [np.where(launch[list(rows)] < NEVER, end[list(rows)], 0).max(axis=0) for rows in self.groups.members]
        return np.array(last, dtype=np.int32).reshape(len(last), self.paths)

    @property
    def row(self) -> Days:
        """Each launched market's row in the tables below, int32 (markets, paths), -1 where it has none."""
        row: Days = self.kernel_paths.row[: len(self.groups.ids)]
        return row

    @property
    def sales(self) -> Money:
        """Net sales, US dollars, shape (rows, years); rows beyond those of `row` are sums that legs count."""
        sales: Money = self.kernel_paths.sales
        return sales

    @cached_property
    def _protected(self) -> Money | None:
        """Net sales before the loss of exclusivity by `row`; None where nothing is lost."""
        if all(term.protected_sales is None for term in self.terms):
            return None
        return self._filled(self.row, "protected")

    @cached_property
    def margin(self) -> Money:
        """What `profit` is multiplied with, shape (markets,)."""
        if self._has_own_profit:
            return np.ones(len(self.groups.ids))
        return np.array([_margin(term) for (term,) in self.groups.terms])

    @property
    def _has_own_profit(self) -> bool:
        """Whether a market's profit is anything else than a constant share of its sales."""
        return any(len(members) > 1 or members[0].profit is not None for members in self.groups.terms)

    @property
    def kernel_paths(self) -> k.Paths:
        """All of it as the kernel reads it, without what is each structure's own."""
        return self._paths_with(())

    def kernel_paths_with(self, bases: Sequence[SalesBase]) -> tuple[k.Paths, list[int]]:
        """The same with the sums that legs are paid on as further rows, and the place of each among the rows."""
        known, count = self._kept_paths()[0], len(self.groups.ids)
        new = (base for base in dict.fromkeys(bases) if base not in known and not base.is_market)
        wanted = (*known, *new)
        places = [base.markets[0] if base.is_market else count + wanted.index(base) for base in bases]
        return self._paths_with(wanted), places

    def _kept_paths(self) -> tuple[tuple[SalesBase, ...], k.Paths | None]:
        """The sums that there are already, and the paths with them."""
        found = self.kept.get("paths")
        return found if isinstance(found, tuple) else ((), None)

    def _paths_with(self, wanted: tuple[SalesBase, ...]) -> k.Paths:
        """Paths with these sums; they are kept, since the next structure asks for the same."""
        known, paths = self._kept_paths()
        if paths is None or len(known) < len(wanted):
            paths = self._make_paths(wanted, known, paths)
            self.kept["paths"] = (wanted, paths)
        return paths

    def _make_paths(
        self, bases: tuple[SalesBase, ...], known: tuple[SalesBase, ...], before: k.Paths | None
    ) -> k.Paths:
        """Paths whose `row`, `launch` and `end` have a row for each market, and then for each sum."""
        count = len(self.groups.ids)
        launch = np.array([*self.launch, *(self.launch[list(base.markets)].min(axis=0) for base in bases)])
        end = np.array([*self.end, *(self.end[list(base.markets)].max(axis=0) for base in bases)])
        launched = (launch < NEVER).reshape(count + len(bases), self.paths)
        row = np.where(launched, np.cumsum(launched).reshape(launched.shape) - 1, -1).astype(np.int32)
        sales = np.zeros((int(launched.sum()), self.years.count))
        if before is not None:
            sales[: before.sales.shape[0]] = before.sales
        else:
            self._fill(sales, row[:count], "sales")
        paths = self._arrays(launch.reshape(row.shape), end.reshape(row.shape), row, sales)
        if any(base.needs_protected for base in bases) and self._protected is not None:
            paths = paths._replace(protected=self._protected)
        for i, base in enumerate(bases[len(known) :], start=count + len(known)):
            members = np.array(base.markets, dtype=np.int32)
            add_base(sales, row[i], k.build(k.LEG, [base.record()]), members, paths, self.calendar)
        measure_rows(sales, paths.peak_usd, paths.total_usd)
        return paths

    def _arrays(self, launch: Days, end: Days, row: Days, sales: Money) -> k.Paths:
        futures, timeline = self.timeline.futures, self.timeline
        return k.Paths(
            start=_plain(futures.start),
            finish=_plain(futures.finish),
            outcome=_plain(futures.outcome),
            launch=launch,
            end=end,
            row=row,
            sales=sales,
            peak_usd=np.zeros(len(sales)),
            total_usd=np.zeros(len(sales)),
            protected=sales,
            profit=self._filled(row[: len(self.groups.ids)], "profit") if self._has_own_profit else sales,
            member_day=_plain(timeline.launch),
            member_usd=_plain(timeline.launch_cost_usd),
            cost_start=_plain(timeline.start),
            cost_finish=_plain(timeline.finish),
            cost_usd=_plain(timeline.paid_usd),
            held=np.full(self.paths, NEVER, dtype=np.int32),
            taken=np.ones((0, self.paths), dtype=np.bool_),
        )

    @cached_property
    def first_sold_day(self) -> Days:
        """The first launch of each market on any of these paths, int32 (markets,)."""
        first: Days = self.launch.min(axis=1, initial=NEVER)
        return first

    @cached_property
    def first_paid_day(self) -> Days:
        """The first day on which each cost falls on any of these paths, int32 (costs,)."""
        falls = self.timeline.paid_usd != 0
        first: Days = np.where(falls, self.timeline.start, np.int32(NEVER)).min(axis=1, initial=NEVER)
        return first

    @cached_property
    def calendar(self) -> k.Calendar:
        days = np.diff(self.years.bounds)
        year_of_day = np.repeat(np.arange(self.years.count, dtype=np.int32), days)
        return k.Calendar(self.years.bounds, self.years.length_days, year_of_day)

    @cached_property
    def market_records(self) -> k.Records:
        """The markets as the kernel knows them; their members follow each other in `market_members`."""
        rows, at = [], 0
        for members, terms, margin in zip(self.groups.members, self.groups.terms, self.margin, strict=True):
            costs = {"costs_from": at, "costs_to": at + len(members)}
            rows.append(costs | {"margin": float(margin), "tax_share": terms[0].tax_share})
            at += len(members)
        return k.build(k.MARKET, rows)

    @cached_property
    def market_members(self) -> k.Array:
        return np.array([m for rows in self.groups.members for m in rows], dtype=np.int32)

    @cached_property
    def cost_timing(self) -> k.Array:
        return np.array([k.TIMINGS[cost.timing] for _, cost in self.timeline.futures.costs], dtype=np.int32)

    def cost_rows(self, activities: Iterable[str]) -> list[int]:
        """The costs of activities, positions in `futures.costs`.

        Raises:
            ValueError: the plan has no such activity.
        """
        wanted = set(activities)
        if unknown := wanted - {activity.id for activity in self.plan.activities}:
            raise ValueError(f"the plan has no activity {', '.join(sorted(unknown))}")
        costs = self.timeline.futures.costs
        return [row for row, (a, _) in enumerate(costs) if self.plan.activities[a].id in wanted]

    def _filled(self, row: Days, kind: Literal["profit", "protected"]) -> Money:
        table = np.zeros((int(row.max(initial=-1)) + 1, self.years.count))
        self._fill(table, row, kind)
        return table

    def _fill(self, table: Money, row: Days, kind: Literal["sales", "profit", "protected"]) -> None:
        """Add each plan market's sales, or profit, to the rows of its group."""
        for g, (rows, members) in enumerate(zip(self.groups.members, self.groups.terms, strict=True)):
            for m, term in zip(rows, members, strict=True):
                market, timeline = self.plan.markets[m], self.timeline
                own = {"protected": term.protected_sales, "profit": term.profit, "sales": None}[kind]
                sold = _plain(market.sales if own is None else own)
                factor = _margin(term) if kind == "profit" and own is None else 1.0
                days = (_plain(timeline.launch[m]), _plain(timeline.end[m]), _plain(timeline.scale[m]))
                if outside := add_sales(table, row[g], *days, sold, market.first_day, self.years.bounds, factor):
                    raise ValueError(f"{outside} launches of {market.id!r} lie outside its table of sales")


def _margin(term: MarketTerms) -> float:
    return 1 - term.cost_of_goods_share - term.selling_share


def _plain(array: k.Array) -> k.Array:
    """Rows one after the other in memory: the kernel is compiled for nothing else."""
    return np.ascontiguousarray(array)
