"""Who has what under one structure, on each path?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from onepill.core.dates import NEVER, years_to_days
from onepill.deals.bases import Bases, MarketBase, day_share
from onepill.deals.days import ContractDays
from onepill.deals.inputs import (
    TAX,
    Discounts,
    Leg,
    Payment,
    Royalty,
    Structure,
)
from onepill.deals.ledger import Ledger
from onepill.deals.outcome import FlowKind, Outcome
from onepill.sim.futures import Days
from onepill.sim.plan import Cost, Money


@dataclass(frozen=True)
class Transfer:
    """A payment by path and calendar year from one party to another, shape (paths, years)."""

    item: str
    payer: str
    payee: str
    usd: Money


@dataclass(frozen=True)
class VehicleYears:
    """What a vehicle's rules work on: its own flows by path and year before anything is distributed, and all days."""

    structure: Structure
    bases: Bases
    days: ContractDays
    flows_usd: Money


VehicleRule = Callable[[VehicleYears], Iterable[Transfer]]


@dataclass(frozen=True)
class Case:
    """A structure with what each party discounts at, and how the contract ends early.

    Attributes:
        discounts: by party; the authorities and outsiders count at the owner's unless they are named.
        held_until: int32 (paths,), the first day on which no leg and no grant holds any more.
        returned: what the programme does from that day on, in its owner's hands; None: it goes on as it would have.
        vehicle: what the structure's vehicle does with its flows.
    """

    structure: Structure
    discounts: Mapping[str, Discounts]
    held_until: Days | None = None
    returned: Bases | None = None
    vehicle: VehicleRule | None = None


def evaluate(case: Case, bases: Bases, *, keep: Iterable[str] = ()) -> Outcome:
    """The outcome of one structure; `keep` names parties whose flows by path and year are wanted.

    Raises:
        ValueError: names that the plan does not have, or an option whose exercise is not decided.
    """
    return _Evaluation(case, bases, tuple(keep)).outcome()


class _Evaluation:
    def __init__(self, case: Case, bases: Bases, keep: tuple[str, ...]) -> None:
        self.case, self.bases, self.structure = case, bases, case.structure
        self.years, self.paths = bases.years, bases.paths
        self.days = ContractDays.of(case.structure, bases.timeline.futures, case.held_until)
        self.taxed = {party.id: party.tax_share for party in case.structure.parties if party.tax_share is not None}
        self.income = {party: np.zeros((self.paths, self.years.count)) for party in self.taxed}
        vehicle = (case.structure.vehicle.party,) if case.structure.vehicle and case.vehicle else ()
        self.keep = keep
        self.ledger = Ledger(case.structure, case.discounts, bases.years, self.paths, {*keep, *vehicle})
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
        self._vehicle()
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
        if self.case.returned is None:
            return np.full(self.paths, NEVER, dtype=np.int32)
        return self.days.held_until

    def _market(self, m: int, market: MarketBase) -> None:
        ends = self._until()
        left = day_share(np.zeros(self.paths), ends, **_sold_days(market, self.bases))
        costs_left = [day < ends for day, _ in market.launch_costs]
        for holder, since, until in self._holders(market=m):
            share = day_share(since, until, **_sold_days(market, self.bases))
            self._profit(market, holder, share, since)
            left = left - share
            for i, (day, usd) in enumerate(market.launch_costs):
                held = (day >= since) & (day < until)
                self._days("launch_cost", market.id, holder, np.where(held, usd, 0.0), day)
                costs_left[i] &= ~held
        self._profit(market, self.structure.owner, left, np.zeros(self.paths, dtype=np.int32))
        for (day, usd), counts in zip(market.launch_costs, costs_left, strict=True):
            self._days("launch_cost", market.id, self.structure.owner, np.where(counts, usd, 0.0), day)

    def _profit(self, market: MarketBase, party: str, share: Money, since: Days) -> None:
        usd = market.profit * share
        self._years("profit", market.id, party, usd)
        self.ledger.note_receipt(party, usd.max(axis=1), _first_day(usd, market, since, self.bases))
        if party in self.taxed:
            self.income[party] += usd
        else:
            self._years("tax", market.id, party, -market.tax_share * usd)
            self._years("tax", market.id, TAX, market.tax_share * usd)

    def _cost(self, row: int, activity: str, cost: Cost) -> None:
        ends, timeline = self._until(), self.bases.timeline
        spans = [(holder, since, until) for holder, since, until in self._holders(activity=activity)]
        for start, finish, usd in lumps_and_spreads(
            cost, timeline.start[row], timeline.finish[row], timeline.paid_usd[row]
        ):
            if finish is None:
                owned = start < ends
                for holder, since, until in spans:
                    held = (start >= since) & (start < until)
                    self._days("cost", cost.item, holder, np.where(held, usd, 0.0), start)
                    owned &= ~held
                self._days("cost", cost.item, self.structure.owner, np.where(owned, usd, 0.0), start)
                continue
            rate = usd / np.maximum(finish - start, 1)
            self._spread("cost", cost.item, self.structure.owner, rate, start, np.minimum(finish, ends))
            for holder, since, until in spans:
                first, after = np.maximum(start, since), np.minimum(finish, until)
                after = np.maximum(first, after)
                self._spread("cost", cost.item, holder, rate, first, after)
                self._spread("cost", cost.item, self.structure.owner, -rate, first, after)

    def _returned(self) -> None:
        if self.case.returned is None:
            return
        bases, since = self.case.returned, self.days.held_until
        never = np.full(self.paths, NEVER, dtype=np.int32)
        for market in bases.markets:
            share = day_share(since, never, **_sold_days(market, bases))
            self._profit(market, self.structure.owner, share, since)
            for day, usd in market.launch_costs:
                counted = np.where((day >= since) & (day < NEVER), usd, 0.0)
                self._days("launch_cost", market.id, self.structure.owner, counted, day)
        timeline = bases.timeline
        for row, (_, cost) in enumerate(timeline.futures.costs):
            parts = lumps_and_spreads(cost, timeline.start[row], timeline.finish[row], timeline.paid_usd[row])
            for start, finish, usd in parts:
                if finish is None:
                    self._days("cost", cost.item, self.structure.owner, np.where(start >= since, usd, 0.0), start)
                    continue
                rate = usd / np.maximum(finish - start, 1)
                first = np.maximum(start, since)
                self._spread("cost", cost.item, self.structure.owner, rate, first, np.maximum(first, finish))

    def _vehicle(self) -> None:
        if self.structure.vehicle is None or self.case.vehicle is None:
            return
        flows = self.ledger.yearly(self.structure.vehicle.party)
        for transfer in self.case.vehicle(VehicleYears(self.structure, self.bases, self.days, flows)):
            self._years("vehicle", transfer.item, transfer.payer, -transfer.usd)
            self._years("vehicle", transfer.item, transfer.payee, transfer.usd)

    def _years(self, kind: FlowKind, item: str, party: str, usd: Money) -> None:
        self.ledger.book_years(kind, item, party, usd)

    def _days(self, kind: FlowKind, item: str, party: str, usd: Money, day: Days) -> None:
        self.ledger.book_days(kind, item, party, usd, day)

    def _spread(self, kind: FlowKind, item: str, party: str, rate: Money, first: Days, after: Days) -> None:
        self.ledger.book_spread(kind, item, party, rate, first, after)

    # Legs.

    def _leg(self, leg: Leg) -> None:
        if isinstance(leg, Payment):
            self._payment(leg)
        elif isinstance(leg, Royalty):
            self._royalty(leg)
        else:
            raise NotImplementedError(leg.kind)

    def _payment(self, leg: Payment) -> None:
        first = self.days.of_when(leg.when)
        owed = first <= min(leg.by, NEVER - 1)
        for k in range(leg.instalments):
            day = np.where(owed, first + years_to_days(k), NEVER).astype(np.int32)
            # What falls on the very day of the end is still paid: a break fee does.
            usd = np.where(owed & (day <= self.days.held_until), leg.amount_usd / leg.instalments, 0.0)
            self._pay_days(leg, usd, day)

    def _royalty(self, leg: Royalty) -> None:
        sales, since = self._royalty_base(leg)
        due = tier_amounts(np.cumsum(sales, axis=1) if leg.measure == "cumulative" else sales, leg.tiers)
        if leg.measure == "cumulative":
            due = np.diff(due, axis=1, prepend=0.0)
        if leg.stacking:
            cut = leg.stacking.offset_share * leg.stacking.rate * sales
            due = np.maximum(due - cut, leg.stacking.floor_share * due)
        self.paid[leg.id] = due
        self._pay_years(leg, due, since)

    def _royalty_base(self, leg: Royalty) -> tuple[Money, Days]:
        """What the tiers apply to, by path and year, and the first day on which anything is sold."""
        total, first = np.zeros((self.paths, self.years.count)), np.full(self.paths, NEVER, dtype=np.int32)
        for m in self.bases.named(leg.markets):
            market = self.bases.markets[m]
            since, until = self.days.of_window(leg.window)
            total += market.sales * day_share(since, until, **_sold_days(market, self.bases))
            first = np.minimum(first, np.maximum(np.maximum(market.launch, since), self.years.bounds[0]))
        return total, first

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


def lumps_and_spreads(cost: Cost, start: Days, finish: Days, paid_usd: Money) -> list[tuple[Days, Days | None, Money]]:
    """The pieces of a cost: (first day, day after the last, amount), or (day, None, amount) for a lump."""
    if cost.timing == "even":
        return [(start, np.maximum(finish, np.minimum(start, NEVER - 1) + 1), paid_usd)]
    if cost.timing == "middle":
        span = finish - start
        return [((start + (span + half) // 2).astype(np.int32), None, 0.5 * paid_usd) for half in (0, 1)]
    return [(start if cost.timing == "start" else finish, None, paid_usd)]


def _in_order(legs: tuple[Leg, ...]) -> list[Leg]:
    """Royalties on royalties last."""
    return sorted(legs, key=lambda leg: isinstance(leg, Royalty) and leg.of is not None)


def _sold_days(market: MarketBase, bases: Bases) -> dict[str, Days]:
    """The days on the market of each year, shapes (paths, years)."""
    opens = np.maximum(bases.years.bounds[:-1], market.launch[:, None])
    return {"opens": opens, "closes": np.minimum(bases.years.bounds[1:], market.end[:, None])}


def _first_day(usd: Money, market: MarketBase, since: Days, bases: Bases) -> Days:
    """The first day of the first year with something in it on which it can fall."""
    year = (usd > 0).argmax(axis=1)
    day: Days = np.maximum(np.maximum(bases.years.bounds[year], market.launch), since)
    return day
