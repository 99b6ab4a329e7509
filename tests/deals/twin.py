"""The slow twin of the deal engine: a contract leg by leg, all paths and years at once, in plain arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from onepill.core.dates import DAYS_PER_YEAR, NEVER, years_to_days
from onepill.deals import Bases, Case, ContractDays, FlowKey, Outcome, Timeline, Years
from onepill.deals.inputs import (
    OUTSIDE,
    TAX,
    CostShare,
    Discounts,
    Funding,
    Leg,
    Loan,
    MarketTerms,
    Payment,
    ProfitShare,
    Royalty,
    SalesMilestone,
    Structure,
    Supply,
)
from onepill.deals.outcome import FlowKind
from onepill.sim.futures import Days
from onepill.sim.plan import Cost, Money


def evaluate_slowly(case: Case, bases: Bases, *, keep: Iterable[str] = ()) -> Outcome:
    """What `evaluate` gives."""
    back = (
        None if case.returned is None else SlowBases(case.returned.timeline, case.returned.terms, case.returned.years)
    )
    return Evaluation(case, SlowBases(bases.timeline, bases.terms, bases.years), bases, back, tuple(keep)).outcome()


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
            profit += margin * own
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


class Ledger:
    """The books of one structure. A day before the plan's day is sunk, one after its last year is not counted."""

    def __init__(
        self, structure: Structure, discounts: Mapping[str, Discounts], years: Years, paths: int, keep: Iterable[str]
    ) -> None:
        self._structure, self._discounts, self._years = structure, discounts, years
        parties = dict.fromkeys([*(party.id for party in structure.parties), TAX, OUTSIDE])
        self._npv = {party: np.zeros(paths) for party in parties}
        self._flows: dict[FlowKey, Money] = {}
        self._first = {party: np.full(paths, NEVER, dtype=np.int32) for party in parties}
        self._yearly = {party: np.zeros((paths, years.count)) for party in keep}
        self._paths = paths

    def discounts(self, party: str) -> Discounts:
        """A party's own, else the owner's."""
        return self._discounts.get(party, self._discounts[self._structure.owner])

    def book_years(self, kind: FlowKind, item: str, party: str, usd: Money) -> None:
        """Flows by calendar year, shape (paths, years), at the year's discount factor."""
        self._npv[party] += usd @ self.discounts(party).by_year
        self._add(FlowKey(kind, item, party), usd.sum(axis=0))
        if party in self._yearly:
            self._yearly[party] += usd

    def book_days(self, kind: FlowKind, item: str, party: str, usd: Money, day: Days) -> None:
        """Amounts on days, shape (paths,), at the day's discount factor."""
        counted, year = self._placed(day)
        by_day = self.discounts(party).by_day
        self._npv[party][counted] += usd[counted] * by_day[day[counted] - self._years.bounds[0]]
        self._add(FlowKey(kind, item, party), np.bincount(year, usd[counted], minlength=self._years.count) + 0.0)
        if party in self._yearly:
            np.add.at(self._yearly[party], (np.flatnonzero(counted), year), usd[counted])

    def book_spread(self, key: FlowKey, usd_per_day: Money, first: Days, after: Days) -> None:
        """A rate on the days [first, after), shape (paths,), each at its own discount factor."""
        cumulative = np.concatenate(([0.0], np.cumsum(self.discounts(key.party).by_day)))
        low, high = (np.clip(day, self._years.bounds[0], self._years.bounds[-1]) for day in (first, after))
        at = self._years.bounds[0]
        self._npv[key.party] += usd_per_day * (cumulative[high - at] - cumulative[low - at])
        bounds = self._years.bounds
        days = np.clip(np.minimum(high[:, None], bounds[1:]) - np.maximum(low[:, None], bounds[:-1]), 0, None)
        usd = usd_per_day[:, None] * days
        self._add(key, usd.sum(axis=0))
        if key.party in self._yearly:
            self._yearly[key.party] += usd

    def note_receipt(self, party: str, received: Money, day: Days) -> None:
        """A party is paid on a day on the paths where `received` is above 0."""
        # Differences of cumulative tiers leave noise below a millionth of a dollar.
        paid = (received > 1e-6) & (day >= self._years.bounds[0]) & (day < self._years.bounds[-1])
        self._first[party][paid] = np.minimum(self._first[party], day)[paid]

    def yearly(self, party: str) -> Money:
        """The flows of a kept party so far, shape (paths, years)."""
        return self._yearly[party].copy()

    def close(self) -> Outcome:
        flows = {key: usd / self._paths for key, usd in self._flows.items()}
        return Outcome(self._structure.id, self._npv, flows, self._first, self._yearly)

    def _placed(self, day: Days) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
        year = self._years.of_days(day)
        counted = (year >= 0) & (year < self._years.count)
        return counted, year[counted]

    def _add(self, key: FlowKey, usd: Money) -> None:
        self._flows[key] = self._flows.get(key, 0.0) + usd


class Evaluation:
    """One structure, leg by leg, all paths and years at once."""

    def __init__(
        self, case: Case, bases: SlowBases, given: Bases, back: SlowBases | None, keep: tuple[str, ...]
    ) -> None:
        self.case, self.bases, self.structure = case, bases, case.structure
        self.given, self.back = given, back
        self.years, self.paths = bases.years, bases.paths
        self.days = ContractDays.of(case.structure, bases.timeline.futures, case.held_until)
        self.taxed = {party.id: party.tax_share for party in case.structure.parties if party.tax_share is not None}
        self.income = {party: np.zeros((self.paths, self.years.count)) for party in self.taxed}
        self.keep = keep
        self.ledger = Ledger(case.structure, case.discounts, bases.years, self.paths, keep)
        self.paid: dict[str, Money] = {}

    def outcome(self) -> Outcome:
        for m, market in enumerate(self.bases.markets):
            self._market(m, market)
        for row, (a, cost) in enumerate(self.bases.timeline.futures.costs):
            self._cost(row, self.bases.timeline.futures.plan.activities[a].id, cost)
        for leg in _in_order(self.structure.legs):
            self._leg(leg)
        self._returned()
        for party, share in self.taxed.items():
            tax = share * np.maximum(self.income[party], 0.0)
            self._years("tax", party, party, -tax)
            self._years("tax", party, TAX, tax)
        return self.ledger.close()

    # What nobody is granted stays with the owner.

    def _holders(self, *, market: int | None = None, activity: str = "") -> list[tuple[str, Days, Days]]:
        """Who holds it when, all but the owner."""
        found = []
        for grant in self.structure.grants:
            if activity in grant.activities or (market is not None and market in self.bases.named(grant.markets)):
                found.append((grant.to, *self.days.of_window(grant.window)))
        return found

    def _until(self) -> Days:
        """The day until which the programme's own flows count: from then on it is `returned`."""
        if self.back is None:
            return np.full(self.paths, NEVER, dtype=np.int32)
        return self.days.held_until

    def _market(self, m: int, market: MarketBase) -> None:
        ends = self._until()
        left = day_share(np.zeros(self.paths), ends, **_sold_days(market, self.bases))
        costs_left = [day < ends for day, _ in market.launch_costs]
        for holder, since, until in self._holders(market=m):
            share = day_share(since, until, **_sold_days(market, self.bases))
            usd = self._profit(market, holder, share)
            self.ledger.note_receipt(holder, usd.max(axis=1), _first_day(usd, market, since, self.bases))
            left = left - share
            for i, (day, usd) in enumerate(market.launch_costs):
                held = (day >= since) & (day < until)
                self._days("launch_cost", market.id, holder, np.where(held, usd, 0.0), day)
                costs_left[i] &= ~held
        usd = self._profit(market, self.structure.owner, left)
        self._note_owner(market, usd, [*((a, b) for _, a, b in self._holders(market=m)), (ends, NEVER)])
        for (day, usd), counts in zip(market.launch_costs, costs_left, strict=True):
            self._days("launch_cost", market.id, self.structure.owner, np.where(counts, usd, 0.0), day)

    def _note_owner(self, market: MarketBase, usd: Money, windows: list[tuple[Days, Any]]) -> None:
        """The first day on which the market is sold and nobody else's."""
        day = np.maximum(market.launch, self.years.bounds[0])
        for _ in windows:
            for since, until in windows:
                day = np.where((since <= day) & (day < until), until, day)
        sold = day < np.minimum(market.end, self.years.bounds[-1])
        year = np.clip(self.years.of_days(day), 0, self.years.count - 1)
        positive = usd[np.arange(self.paths), year] > 0
        self.ledger.note_receipt(self.structure.owner, (sold & positive) + 0.0, day.astype(np.int32))

    def _profit(self, market: MarketBase, party: str, share: Money) -> Money:
        usd = market.profit * share
        self._years("profit", market.id, party, usd)
        if party in self.taxed:
            self.income[party] += usd
        else:
            self._years("tax", market.id, party, -market.tax_share * usd)
            self._years("tax", market.id, TAX, market.tax_share * usd)
        return usd

    def _cost(self, row: int, activity: str, cost: Cost) -> None:
        ends, timeline = self._until(), self.bases.timeline
        spans = [(holder, since, until) for holder, since, until in self._holders(activity=activity)]
        for start, finish, usd in lumps_and_spreads(cost, timeline, row):
            if finish is None:
                owned = start < ends
                for holder, since, until in spans:
                    held = (start >= since) & (start < until)
                    self._days("cost", cost.item, holder, np.where(held, usd, 0.0), start)
                    owned &= ~held
                self._days("cost", cost.item, self.structure.owner, np.where(owned, usd, 0.0), start)
                continue
            rate = usd / np.maximum(finish - start, 1)
            self._spread(
                FlowKey("cost", cost.item, self.structure.owner),
                rate,
                start,
                np.maximum(start, np.minimum(finish, ends)),
            )
            for holder, since, until in spans:
                first, after = np.maximum(start, since), np.minimum(finish, until)
                after = np.maximum(first, after)
                self._spread(FlowKey("cost", cost.item, holder), rate, first, after)
                self._spread(FlowKey("cost", cost.item, self.structure.owner), -rate, first, after)

    def _returned(self) -> None:
        if self.back is None:
            return
        bases, since = self.back, self.days.held_until
        never = np.full(self.paths, NEVER, dtype=np.int32)
        for market in bases.markets:
            share = day_share(since, never, **_sold_days(market, bases))
            usd = self._profit(market, self.structure.owner, share)
            self.ledger.note_receipt(self.structure.owner, usd.max(axis=1), _first_day(usd, market, since, bases))
            for day, usd in market.launch_costs:
                counted = np.where((day >= since) & (day < NEVER), usd, 0.0)
                self._days("launch_cost", market.id, self.structure.owner, counted, day)
        timeline = bases.timeline
        for row, (_, cost) in enumerate(timeline.futures.costs):
            for start, finish, usd in lumps_and_spreads(cost, timeline, row):
                if finish is None:
                    self._days("cost", cost.item, self.structure.owner, np.where(start >= since, usd, 0.0), start)
                    continue
                rate = usd / np.maximum(finish - start, 1)
                first = np.maximum(start, since)
                self._spread(FlowKey("cost", cost.item, self.structure.owner), rate, first, np.maximum(first, finish))

    def _years(self, kind: FlowKind, item: str, party: str, usd: Money) -> None:
        self.ledger.book_years(kind, item, party, usd)

    def _days(self, kind: FlowKind, item: str, party: str, usd: Money, day: Days) -> None:
        self.ledger.book_days(kind, item, party, usd, day)

    def _spread(self, key: FlowKey, rate: Money, first: Days, after: Days) -> None:
        self.ledger.book_spread(key, rate, first, after)

    # Legs.

    def _leg(self, leg: Leg) -> None:
        kinds: dict[type[Leg], Callable[[Any], None]] = {
            Payment: self._payment,
            Funding: self._funding,
            SalesMilestone: self._sales_milestone,
            Royalty: self._royalty,
            ProfitShare: self._profit_share,
            CostShare: self._cost_share,
            Supply: self._supply,
            Loan: self._loan,
        }
        kinds[type(leg)](leg)

    def _payment(self, leg: Payment) -> None:
        first = self.days.of_when(leg.when)
        owed = first <= min(leg.by, NEVER - 1)
        for k in range(leg.instalments):
            day = np.where(owed, first + years_to_days(k), NEVER).astype(np.int32)
            # What falls on the very day of the end is still paid: a break fee does.
            usd = np.where(owed & (day <= self.days.held_until), leg.amount_usd / leg.instalments, 0.0)
            self._pay_days(leg, usd, day)

    def _funding(self, leg: Funding) -> None:
        since, until = self.days.of_window(leg.window)
        bounds = self.years.bounds
        days = np.minimum(bounds[1:], until[:, None]) - np.maximum(bounds[:-1], since[:, None])
        self._pay_years(leg, leg.usd_per_year * np.maximum(days, 0) / self.years.length_days, since)

    def _sales_milestone(self, leg: SalesMilestone) -> None:
        since, until = self.days.of_window(leg.window)
        until = np.minimum(until, min(leg.by, NEVER - 1) + 1)
        sales = self._sold(leg.markets, since, until)
        counted = np.cumsum(sales, axis=1) if leg.measure == "cumulative" else sales
        reached = (counted >= leg.threshold_usd) & (sales > 0)
        if not leg.every_year:
            reached &= np.cumsum(reached, axis=1) == 1
        self._pay_years(leg, leg.amount_usd * reached, self._first_sold(leg.markets, since))

    def _sold(self, markets: tuple[str, ...], since: Days, until: Days) -> Money:
        total = np.zeros((self.paths, self.years.count))
        for market in (self.bases.markets[m] for m in self.bases.named(markets)):
            total += market.sales * day_share(since, until, **_sold_days(market, self.bases))
        return total

    def _first_sold(self, markets: tuple[str, ...], since: Days) -> Days:
        launch = np.min([self.bases.markets[m].launch for m in self.bases.named(markets)], axis=0)
        first: Days = np.maximum(np.maximum(launch, since), self.years.bounds[0])
        return first

    def _royalty(self, leg: Royalty) -> None:
        base, since = self._royalty_on_royalty(leg) if leg.of else self._royalty_on_sales(leg)
        due = tier_amounts(np.cumsum(base, axis=1) if leg.measure == "cumulative" else base, leg.tiers)
        if leg.measure == "cumulative":
            due = np.diff(due, axis=1, prepend=0.0)
        if leg.stacking:
            cut = leg.stacking.offset_share * leg.stacking.rate * base
            due = np.maximum(due - cut, leg.stacking.floor_share * due)
        if leg.cap:
            due = self._capped(leg, due)
        self.paid[leg.id] = due
        self._pay_years(leg, due, since)

    def _royalty_on_royalty(self, leg: Royalty) -> tuple[Money, Days]:
        since, until = self.days.of_window(leg.window)
        bounds = self.years.bounds
        share = day_share(since, until, opens=bounds[:-1], closes=bounds[1:])
        return self.paid[leg.of or ""] * share, np.maximum(since, bounds[0])

    def _royalty_on_sales(self, leg: Royalty) -> tuple[Money, Days]:
        """What the tiers apply to, by path and year, and the first day on which anything is sold."""
        since, until = self.days.of_window(leg.window)
        total = np.zeros((self.paths, self.years.count))
        for m in self.bases.named(leg.markets):
            total += self._royalty_base(leg, m, since, until)
        return total, self._first_sold(leg.markets, since)

    def _royalty_base(self, leg: Royalty, m: int, since: Days, until: Days) -> Money:
        market = self.bases.markets[m]
        days = _sold_days(market, self.bases)
        protected = market.protected * day_share(since, until, **days)
        if leg.years_from_first_sale is None:
            counted = protected if leg.ends_at_exclusivity else market.sales * day_share(since, until, **days)
        else:
            term = np.minimum(market.launch + years_to_days(leg.years_from_first_sale), NEVER)
            counted = market.sales * day_share(since, np.minimum(until, term), **days)
            if leg.ends_at_exclusivity:
                counted = np.maximum(counted, protected)
        protected = np.minimum(counted, protected)
        return protected + leg.step_down * (counted - protected)

    def _capped(self, leg: Royalty, due: Money) -> Money:
        """Cap by cap: where one is reached by its day, nothing more is owed; from the day on the next one holds."""
        paid = np.zeros_like(due)
        for path in range(self.paths):
            total, k, is_open = 0.0, 0, True
            for year in range(self.years.count):
                used = 0.0
                while is_open and k < len(leg.cap):
                    upto = self._share_of_year_by(leg.cap[k].day, year)
                    part = due[path, year] * max(upto - used, 0.0)
                    room = max(leg.cap[k].total_usd - total, 0.0)
                    is_open = part < room
                    paid[path, year] += min(part, room)
                    total, used = total + min(part, room), max(upto, used)
                    if upto >= 1:
                        break
                    k += 1
                if is_open and k == len(leg.cap):
                    paid[path, year] += due[path, year] * (1 - used)
        return paid

    def _share_of_year_by(self, day: int, year: int) -> float:
        """The share of a year's days up to a day (included)."""
        opens, closes = (int(self.years.bounds[year + i]) for i in (0, 1))
        return min(max(day + 1 - opens, 0), closes - opens) / (closes - opens)

    def _profit_share(self, leg: ProfitShare) -> None:
        since, until = self.days.of_window(leg.window)
        for m in self.bases.named(leg.markets):
            market = self.bases.markets[m]
            usd = leg.share * market.profit * day_share(since, until, **_sold_days(market, self.bases))
            self._pay_years(leg, usd, self._first_sold((market.id,), since))
            for day, cost in market.launch_costs:
                held = (day >= since) & (day < until)
                self._pay_days(leg, np.where(held, leg.share * cost, 0.0), day)

    def _cost_share(self, leg: CostShare) -> None:
        since, until = self.days.of_window(leg.window)
        shared = np.zeros((self.paths, self.years.count))
        timeline, bounds = self.bases.timeline, self.years.bounds
        for row, (a, cost) in enumerate(timeline.futures.costs):
            if timeline.futures.plan.activities[a].id not in leg.activities:
                continue
            for start, finish, usd in lumps_and_spreads(cost, timeline, row):
                after = start + 1 if finish is None else finish
                days = np.minimum(np.minimum(after, until)[:, None], bounds[1:]) - np.maximum(
                    np.maximum(start, since)[:, None], bounds[:-1]
                )
                shared -= np.maximum(days, 0) * (usd / np.maximum(after - start, 1))[:, None]
        due = leg.share * shared
        if np.isfinite(leg.cap_usd):
            due = np.diff(np.minimum(np.cumsum(due, axis=1), leg.cap_usd), axis=1, prepend=0.0)
        self._pay_years(leg, due, since)

    def _supply(self, leg: Supply) -> None:
        since, until = self.days.of_window(leg.window)
        sales = self._sold(leg.markets, since, until)
        rate = leg.share_of_sales - leg.cost_share_of_sales
        self._pay_years(leg, rate * sales, self._first_sold(leg.markets, since))

    def _loan(self, leg: Loan) -> None:
        """A debt survives the end of the contract."""
        lent = self.days.of_when(leg.when)
        made = (lent < NEVER) & (lent <= self.days.held_until)
        due = np.where(made, lent + years_to_days(leg.years), NEVER)
        if leg.repaid_on:
            due = np.minimum(due, np.maximum(self.days.of_when(leg.repaid_on), lent))
        years = np.where(made, due - lent, 0) / DAYS_PER_YEAR
        back = leg.amount_usd * (1 + leg.interest_per_year) ** years
        if leg.forgiven_on:
            made = made & ~(self.days.of_when(leg.forgiven_on) < due)
        self._pay_days(leg, np.where(lent <= self.days.held_until, leg.amount_usd, 0.0), lent)
        self._pay_days(leg, np.where(made, -back, 0.0), due.astype(np.int32))

    def _pay_days(self, leg: Leg, usd: Money, day: Days) -> None:
        withheld = leg.withholding_share * np.maximum(usd, 0.0)
        for party, part in ((leg.payer, -usd), (leg.payee, usd - withheld)):
            self._days("leg", leg.id, party, part, day)
            self.ledger.note_receipt(party, part, day)
            if leg.taxed and party in self.taxed:
                self._add_income_days(party, part, day)
        self._days("withholding", leg.id, TAX, withheld, day)

    def _pay_years(self, leg: Leg, usd: Money, since: Days) -> None:
        withheld = leg.withholding_share * np.maximum(usd, 0.0)
        for party, part in ((leg.payer, -usd), (leg.payee, usd - withheld)):
            self._years("leg", leg.id, party, part)
            year = (part > 0).argmax(axis=1)
            self.ledger.note_receipt(party, part.max(axis=1), np.maximum(self.years.bounds[year], since))
            if leg.taxed and party in self.taxed:
                self.income[party] += part
        self._years("withholding", leg.id, TAX, withheld)

    def _add_income_days(self, party: str, usd: Money, day: Days) -> None:
        year = self.years.of_days(day)
        counted = (year >= 0) & (year < self.years.count)
        self.income[party][np.flatnonzero(counted), year[counted]] += usd[counted]


def tier_amounts(sales: Money, tiers: tuple[tuple[float, float], ...]) -> Money:
    """What marginal tiers come to: each slice of the sales above a threshold bears its own rate.

    Continuous in the sales, and rising where no rate is negative.
    """
    due, before = np.zeros_like(sales), 0.0
    for threshold, rate in tiers:
        due += (rate - before) * np.maximum(sales - threshold, 0.0)
        before = rate
    return due


def lumps_and_spreads(cost: Cost, timeline: Timeline, row: int) -> list[tuple[Days, Days | None, Money]]:
    """The pieces of a cost: (first day, day after the last, amount), or (day, None, amount) for a lump."""
    start, finish, paid_usd = timeline.start[row], timeline.finish[row], timeline.paid_usd[row]
    if cost.timing == "even":
        return [(start, np.maximum(finish, np.minimum(start, NEVER - 1) + 1), paid_usd)]
    if cost.timing == "middle":
        span = finish - start
        return [((start + (span + half) // 2).astype(np.int32), None, 0.5 * paid_usd) for half in (0, 1)]
    return [(start if cost.timing == "start" else finish, None, paid_usd)]


def _in_order(legs: tuple[Leg, ...]) -> list[Leg]:
    """A royalty on another royalty comes after that one."""
    placed: dict[str, Leg] = {}
    while len(placed) < len(legs):
        ready = [x for x in legs if x.id not in placed and (getattr(x, "of", None) or x.id) in {*placed, x.id}]
        if not ready:
            raise ValueError("royalties on royalties go round in a circle, or name a leg that is not there")
        placed |= {leg.id: leg for leg in ready}
    return list(placed.values())


def _sold_days(market: MarketBase, bases: SlowBases) -> dict[str, Days]:
    """The days on the market of each year, shapes (paths, years)."""
    opens = np.maximum(bases.years.bounds[:-1], market.launch[:, None])
    return {"opens": opens, "closes": np.minimum(bases.years.bounds[1:], market.end[:, None])}


def _first_day(usd: Money, market: MarketBase, since: Days, bases: Bases) -> Days:
    """The first day of the first year with something in it on which it can fall."""
    year = (usd > 0).argmax(axis=1)
    day: Days = np.maximum(np.maximum(bases.years.bounds[year], market.launch), since)
    return day
