"""What is there to share on each path: sales, operating profit and costs of a programme, by market and year."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from onepill.core.dates import NEVER
from onepill.deals import arrays as k
from onepill.deals.inputs import MarketTerms
from onepill.deals.kernel_bases import add_base, add_sales
from onepill.deals.timeline import Timeline
from onepill.deals.years import Years
from onepill.sim.futures import Days
from onepill.sim.plan import Money, Plan


@dataclass(frozen=True)
class Groups:
    """The markets of contracts: plan markets, or groups of them, in the order of the terms.

    Attributes:
        ids: of each; `members` are the positions of its plan markets, `terms` their terms.
    """

    ids: tuple[str, ...]
    members: tuple[tuple[int, ...], ...]
    terms: tuple[tuple[MarketTerms, ...], ...]

    @staticmethod
    def of(plan: Plan, terms: Sequence[MarketTerms]) -> Groups:
        """Group the plan's markets as their terms say.

        Raises:
            ValueError: a plan market without terms, terms without one, or members with different tax shares.
        """
        position = {market.id: m for m, market in enumerate(plan.markets)}
        if odd := position.keys() ^ {term.id for term in terms}:
            raise ValueError(f"terms and markets of the plan differ: {', '.join(sorted(odd))}")
        by_group: dict[str, list[MarketTerms]] = {}
        for term in terms:
            by_group.setdefault(term.group or term.id, []).append(term)
        for id_, members in by_group.items():
            if len({term.tax_share for term in members}) > 1:
                raise ValueError(f"the members of the market {id_!r} have different tax shares")
        rows = tuple(tuple(position[term.id] for term in members) for members in by_group.values())
        return Groups(tuple(by_group), rows, tuple(map(tuple, by_group.values())))

    def named(self, names: Sequence[str]) -> list[int]:
        """Positions of those that a grant or a leg names by their own id or by all their members'.

        Raises:
            ValueError: a name that is unknown, or a group of which not all members are named.
        """
        found, known = [], set(self.ids)
        for m, (id_, members) in enumerate(zip(self.ids, self.terms, strict=True)):
            own = {term.id for term in members}
            given, known = own & set(names), known | own
            if given and given != own and id_ not in names:
                raise ValueError(f"of the market {id_!r} only {', '.join(sorted(given))} is named")
            if given or id_ in names:
                found.append(m)
        if unknown := [name for name in names if name not in known]:
            raise ValueError(f"the plan has no market {', '.join(unknown)}")
        return found


@dataclass(frozen=True)
class SalesBase:
    """What a leg on sales counts while its window is open, summed over markets; see `Royalty` for the terms.

    Attributes:
        markets: positions in `Groups`.
        term_days: how long after its launch each market counts; NEVER: to the end.
    """

    markets: tuple[int, ...]
    term_days: int = NEVER
    ends_at_exclusivity: bool = False
    step_down: float = 1.0

    @property
    def needs_protected(self) -> bool:
        return self.ends_at_exclusivity or self.step_down != 1.0

    def record(self) -> dict[str, float]:
        """The fields of a kernel's leg that say so."""
        plain = self.term_days >= NEVER and not self.needs_protected
        terms = {"term_days": self.term_days, "ends_at_exclusivity": self.ends_at_exclusivity, "plain": plain}
        return terms | {"step_down": self.step_down}


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

    @cached_property
    def row(self) -> Days:
        """Each launched market's row in the tables below, int32 (markets, paths), -1 where it has none."""
        launched = self.launch < NEVER
        rows = np.where(launched, np.cumsum(launched).reshape(launched.shape) - 1, -1)
        return rows.astype(np.int32)

    @cached_property
    def sales(self) -> Money:
        """Net sales, US dollars, shape (rows, years); what is sold at different times is in different rows."""
        return self._table("sales")

    @cached_property
    def protected(self) -> Money:
        """Net sales before the loss of exclusivity, shape as `sales`."""
        if all(term.protected_sales is None for term in self.terms):
            return self.sales
        return self._table("protected")

    @cached_property
    def profit(self) -> Money:
        """Operating profit before tax over the market's `margin`, shape as `sales`."""
        return self._table("profit") if self._has_states else self.sales

    @cached_property
    def margin(self) -> Money:
        """What `profit` is multiplied with, shape (markets,)."""
        if self._has_states:
            return np.ones(len(self.groups.ids))
        return np.array([_margin(term) for (term,) in self.groups.terms])

    @property
    def _has_states(self) -> bool:
        return any(len(members) > 1 for members in self.groups.members)

    @property
    def kernel_paths(self) -> k.Paths:
        """All of it as the kernel reads it, without what is each structure's own."""
        return self._paths_with(())

    def kernel_paths_with(self, bases: Sequence[SalesBase]) -> tuple[k.Paths, list[int]]:
        """The same with the sums that legs are paid on as further rows, and the place of each among the rows."""
        known = self._kept_bases()
        wanted = (*known, *(base for base in dict.fromkeys(bases) if base not in known))
        return self._paths_with(wanted), [len(self.groups.ids) + wanted.index(base) for base in bases]

    def _kept_bases(self) -> tuple[SalesBase, ...]:
        known = self.kept.get("sales_bases", ())
        return known if isinstance(known, tuple) else ()

    def _paths_with(self, wanted: tuple[SalesBase, ...]) -> k.Paths:
        """Paths with these sums; they are kept, since the next structure asks for the same."""
        paths, known = self.kept.get("paths"), self._kept_bases()
        if isinstance(paths, k.Paths) and len(known) >= len(wanted):
            return paths
        paths = self.kept["paths"] = self._make_paths(wanted)
        self.kept["sales_bases"] = wanted
        return paths

    def _make_paths(self, bases: tuple[SalesBase, ...]) -> k.Paths:
        """Paths whose `row`, `launch` and `end` have a row for each market, and then for each sum."""
        count, rows = len(self.groups.ids), self.sales.shape[0]
        launch = np.array([*self.launch, *(self.launch[list(base.markets)].min(axis=0) for base in bases)])
        end = np.array([*self.end, *(self.end[list(base.markets)].max(axis=0) for base in bases)])
        launched = (launch < NEVER).reshape(count + len(bases), self.paths)
        row = np.where(launched, np.cumsum(launched).reshape(launched.shape) - 1, -1).astype(np.int32)
        sales = np.zeros((int(launched.sum()), self.years.count))
        sales[:rows] = self.sales
        paths = self._arrays(launch.reshape(row.shape), end.reshape(row.shape), row, sales)
        if any(base.needs_protected for base in bases):
            paths = paths._replace(protected=self.protected)
        for i, base in enumerate(bases):
            members = np.array(base.markets, dtype=np.int32)
            add_base(sales, row[count + i], k.build(k.LEG, [base.record()]), members, paths, self.calendar)
        return paths._replace(peak_usd=sales.max(axis=1, initial=0.0), total_usd=np.cumsum(sales, axis=1)[:, -1])

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
            peak_usd=np.zeros(0),
            total_usd=np.zeros(0),
            protected=sales,
            profit=self.profit,
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

    def _table(self, kind: str) -> Money:
        table = np.zeros((int((self.row >= 0).sum()), self.years.count))
        for g, (rows, members) in enumerate(zip(self.groups.members, self.groups.terms, strict=True)):
            for m, term in zip(rows, members, strict=True):
                market, timeline = self.plan.markets[m], self.timeline
                sold = (
                    term.protected_sales if kind == "protected" and term.protected_sales is not None else market.sales
                )
                factor = _margin(term) if kind == "profit" else 1.0
                days = (timeline.launch[m], timeline.end[m], timeline.scale[m])
                bounds = self.years.bounds
                outside = add_sales(table, self.row[g], *days, sold, market.first_day, bounds, factor)
                if outside:
                    raise ValueError(f"{outside} launches of {market.id!r} lie outside its table of sales")
        return table


def _margin(term: MarketTerms) -> float:
    return 1 - term.cost_of_goods_share - term.selling_share


def _plain(array: k.Array) -> k.Array:
    """Rows one after the other in memory: the kernel is compiled for nothing else."""
    return np.ascontiguousarray(array)
