"""What is there to share on each path: sales, operating profit and costs of a programme, by market and year."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np

from onepill.core.dates import NEVER
from onepill.deals import arrays as k
from onepill.deals.groups import Groups, SalesBase
from onepill.deals.inputs import MarketTerms
from onepill.deals.kernel_bases import add_base, add_sales, list_falls, measure_rows, weigh_rows
from onepill.deals.kernel_sharing import add_shared_sales
from onepill.deals.timeline import Timeline
from onepill.deals.years import Years
from onepill.sim.futures import Days
from onepill.sim.plan import Market, Money, Plan, Sharing, variant_sizes

SUMS_KEPT = 8
"""Sums of markets that legs count, of one set of markets, terms and fixed days each: with one more, those that no leg
of the structure counts are given up."""


@dataclass(frozen=True)
class Bases:
    """What all structures share on a stretch of paths. Amounts are computed when they are first asked for, and kept.

    Memory a path: 8 bytes a year for each launched market's sales, as much for its profit and its sales before the loss
    of exclusivity where these differ, and for each of at most `SUMS_KEPT` sums; 20 bytes for each cost and launch cost;
    what grants bring in at most as much as the sales take (see `granted`), for each holding 20 bytes, and for each
    launched market 4 bytes and 8 for each kind of party.

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
        return _rows(self.launch < NEVER, 0)

    @property
    def sales(self) -> Money:
        """Net sales, US dollars, as in `arrays.Paths`: those of markets, and then those of sums that legs count."""
        sales: Money = self.kernel_paths.sales
        return sales

    def _protected(self, paths: k.Paths) -> Money:
        """Net sales before the loss of exclusivity, as `sales` of markets; what is sold where nothing is lost."""
        if all(term.protected_sales is None for term in self.terms):
            return paths.protected
        if "protected" not in self.kept:
            self.kept["protected"] = self._filled("protected", paths.begin)
        found: Money = self.kept["protected"]  # type: ignore[assignment]
        return found

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
        new = tuple(base for base in dict.fromkeys(bases) if base not in known and not base.is_market)
        if len(known) + len(new) > SUMS_KEPT:
            known, new = (), tuple(base for base in dict.fromkeys(bases) if not base.is_market)
            self.kept.pop("paths", None)
        wanted = (*known, *new)
        places = [base.markets[0] if base.is_market else count + wanted.index(base) for base in bases]
        return self._paths_with(wanted), places

    def with_worth(self, paths: k.Paths, rates: k.Rates) -> k.Paths:
        """These paths of ours with what each market's whole profit is worth on each of them; the latest is kept."""
        factors = rates.by_year.tobytes()
        found = self.kept.get("worth")
        if not (isinstance(found, tuple) and found[0] == factors):
            markets, rows = len(self.groups.ids), int(self.row.max(initial=-1)) + 1
            worth, day = np.zeros((len(rates.by_year), rows)), np.full(rows, NEVER, dtype=np.int32)
            sums = np.zeros((markets, self.blocks.size - 1, self.years.count))
            weigh_rows(paths, self.calendar, rates, worth, day, sums)
            self.kept["worth"] = found = (factors, worth, day, sums)
        _, worth, day, sums = found
        return paths._replace(worth_usd=worth, gain_day=day, block_profit=sums)

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
        """The paths with rows for further sums, and first of all for markets."""
        added, paths = bases[len(known) :], self._events() if before is None else before
        days = [(list(base.markets), base.since, base.until) for base in added]
        launch = [np.maximum(self.launch[rows].min(axis=0), since) for rows, since, _ in days]
        end = [np.minimum(self.end[rows].max(axis=0), until) for rows, _, until in days]
        if before is None:
            launch, end = [*self.launch, *launch], [*self.end, *end]
        opens = np.array(launch).reshape(len(launch), self.paths)
        closes = np.minimum(np.array(end).reshape(len(end), self.paths), self.years.bounds[-1])
        old, known_rows = paths.path.size, len(paths.begin)
        rows = _rows(opens < NEVER, old)
        paths = self._with_rows(paths, rows, opens, closes)
        if before is None:
            self._fill(paths.sales, "sales", paths.begin)
            profit = self._filled("profit", paths.begin) if self._has_own_profit else paths.sales
            paths = paths._replace(protected=paths.sales, profit=profit)
        if any(base.needs_protected for base in added):
            paths = paths._replace(protected=self._protected(paths))
        room = np.zeros(self.years.count)
        at = len(rows) - len(added)
        for base, row, begin in zip(added, rows[at:], paths.begin[known_rows + at :], strict=True):
            members = np.array(base.markets, dtype=np.int32)
            record, window = k.build(k.LEG, [base.record()]), (base.since, base.until)
            add_base(paths.sales, row, begin, record, members, *window, paths, self.calendar, room)
        measure_rows(paths.sales, paths.begin[known_rows:], self.years.count, paths.peak_usd, paths.total_usd)
        return paths

    def _events(self) -> k.Paths:
        """The paths without rows: events, and what falls on days."""
        futures, none = self.timeline.futures, np.zeros(0, dtype=np.int32)
        nothing = np.zeros(0)
        return k.Paths(
            start=_plain(futures.start),
            finish=_plain(futures.finish),
            outcome=_plain(futures.outcome),
            begin=np.zeros((0, self.blocks.size), dtype=np.int64),
            path=none,
            launch=none,
            end=none,
            sales=nothing,
            peak_usd=np.zeros(0),
            total_usd=np.zeros(0),
            protected=nothing,
            profit=nothing,
            worth_usd=np.zeros((0, 0)),
            gain_day=none,
            block_profit=np.zeros((0, 0, 0)),
            **self._falls(),
            held=np.full(self.paths, NEVER, dtype=np.int32),
            taken=np.ones((0, self.paths), dtype=np.bool_),
        )

    def _with_rows(self, paths: k.Paths, row: Days, launch: Days, end: Days) -> k.Paths:
        """The paths with empty rows more, those of each market or sum in the order of the paths."""
        found = [np.flatnonzero(numbers >= 0).astype(np.int32) for numbers in row]
        more, first = sum(path.size for path in found), paths.path.size
        at = np.cumsum([first, *(path.size for path in found)])[:-1]
        begin = [offset + np.searchsorted(path, self.blocks) for offset, path in zip(at, found, strict=True)]
        launched = [days[path] for days, path in zip(launch, found, strict=True)]
        ended = [days[path] for days, path in zip(end, found, strict=True)]
        return paths._replace(
            begin=np.concatenate((paths.begin, np.array(begin, dtype=np.int64).reshape(len(found), -1))),
            path=np.concatenate((paths.path, *found)),
            launch=np.concatenate((paths.launch, *launched)),
            end=np.concatenate((paths.end, *ended)),
            sales=np.concatenate((paths.sales, np.zeros(self.years.count * more))),
            peak_usd=np.concatenate((paths.peak_usd, np.zeros(more))),
            total_usd=np.concatenate((paths.total_usd, np.zeros(more))),
        )

    @cached_property
    def blocks(self) -> k.Array:
        """The first path of each of the kernel's blocks, and the one after the last."""
        return np.minimum(np.arange(0, self.paths + k.BLOCK_PATHS, k.BLOCK_PATHS), self.paths)

    def _falls(self) -> dict[str, k.Array]:
        """What costs come to on the paths, and then what plan markets' launches do, as the kernel's falls."""
        timeline, at = self.timeline, k.TIMINGS["start"]
        costs = zip(self.cost_timing, timeline.start, timeline.finish, timeline.paid_usd, strict=True)
        launches = ((at, day, day, usd) for day, usd in zip(timeline.launch, timeline.launch_cost_usd, strict=True))
        days, usd_per_day = np.zeros((3, self.paths), dtype=np.int32), np.zeros(self.paths)
        listed: list[list[k.Array]] = [[np.zeros(0, dtype=np.int32)] for _ in range(3)] + [[np.zeros(0)]]
        begin, first = [], 0
        for timing, start, finish, usd in (*costs, *launches):
            own = _plain(start), _plain(finish), _plain(usd)
            count = list_falls(int(timing), *own, self.years.bounds, *days, usd_per_day)
            begin.append(first + np.searchsorted(days[0, :count], self.blocks))
            first += count
            for rows, found in zip(listed, (*days, usd_per_day), strict=True):
                rows.append(found[:count].copy())
        names = ("fall_path", "fall_since", "fall_until", "fall_usd")
        falls = {name: np.concatenate(rows) for name, rows in zip(names, listed, strict=True)}
        return falls | {"fall_begin": np.array(begin, dtype=np.int64).reshape(len(begin), -1)}

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
        year_of_day = np.repeat(np.arange(self.years.count + 1, dtype=np.int32), [*days, 1])
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

    def _filled(self, kind: Literal["profit", "protected"], begin: k.Array) -> Money:
        table = np.zeros(self.years.count * (int(self.row.max(initial=-1)) + 1))
        self._fill(table, kind, begin)
        return table

    def _fill(self, table: Money, kind: Literal["sales", "profit", "protected"], begin: k.Array) -> None:
        """Add each plan market's sales, or profit, to the rows of its group, which begin by blocks as `Paths.begin`."""
        days, times, usd = np.zeros((4, k.BLOCK_PATHS), dtype=np.uint32), *np.zeros((2, k.BLOCK_PATHS))
        for g, (rows, members) in enumerate(zip(self.groups.members, self.groups.terms, strict=True)):
            for m, term in zip(rows, members, strict=True):
                market, timeline = self.plan.markets[m], self.timeline
                own = {"protected": term.protected_sales, "profit": term.profit, "sales": None}[kind]
                sold = _plain((market.sharing or market).sales if own is None else own)
                factor = _margin(term) if kind == "profit" and own is None else 1.0
                if not sold.any():
                    continue
                when = (_plain(timeline.launch[m]), _plain(timeline.end[m]), _plain(timeline.scale[m]))
                shared = None if market.sharing is None else self._shared(market.sharing)
                for launched, version in self._versions(market, when[0], sold):
                    row = (table, self.row[g], begin[g], launched, *when[1:], version)
                    given = (*row, market.first_day, self.years.bounds, factor)
                    outside = (
                        add_sales(*given, days, times, usd) if shared is None else add_shared_sales(*given, *shared)
                    )
                    if outside:
                        raise ValueError(f"{outside} launches of {market.id!r} lie outside its table of sales")

    def _versions(self, market: Market, launch: Days, table: Money) -> Iterator[tuple[Days, Money]]:
        """Each version of a market's table, with the launches on the paths that have it."""
        if not market.variants:
            yield launch, table
            return
        chosen = self.timeline.futures.variant(market)
        count = int(np.prod(variant_sizes(self.plan, market)))
        for variant, version in enumerate(np.split(table, count)):
            yield np.where(chosen == variant, launch, np.int32(NEVER)), version

    def _shared(self, given: Sharing) -> tuple[k.Array, ...]:
        """The days of a market's rivals on the paths, and what they leave of it."""
        came = np.array([self.timeline.futures.days(link) for link in given.rivals], dtype=np.int32)
        room = np.zeros(len(given.rivals), dtype=np.int32)
        return (came, *(_plain(part) for part in (given.days, given.factors, given.years, given.steps)), room)


def _rows(launched: k.Array, first: int) -> Days:
    """Rows numbered from `first` on, int32 shaped as `launched`, -1 where nothing is."""
    numbers = first - 1 + np.cumsum(launched).reshape(launched.shape)
    return np.where(launched, numbers, -1).astype(np.int32)


def _margin(term: MarketTerms) -> float:
    return 1 - term.cost_of_goods_share - term.selling_share


def _plain(array: k.Array) -> k.Array:
    """Rows one after the other in memory: the kernel is compiled for nothing else."""
    return np.ascontiguousarray(array)
