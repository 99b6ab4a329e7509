"""The slow twin of the deal engine: a contract leg by leg, all paths and years at once, in plain arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from onepill.core.dates import DAYS_PER_YEAR, NEVER, years_to_days
from onepill.deals import Bases, Case, ContractDays, FlowKey, Outcome
from onepill.deals.inputs import (
    TAX,
    CostShare,
    Funding,
    Leg,
    Loan,
    Payment,
    ProfitShare,
    Royalty,
    SalesMilestone,
    Supply,
)
from onepill.deals.outcome import FlowKind
from onepill.sim.futures import Days
from onepill.sim.plan import Cost, Money
from tests.deals.twin_bases import MarketBase, SlowBases, day_share, first_day, lumps_and_spreads, sold_days
from tests.deals.twin_ledger import Ledger


def evaluate_slowly(case: Case, bases: Bases, *, keep: Iterable[str] = ()) -> Outcome:
    """What `evaluate` gives."""
    back = None if case.returned is None else _slow(case.returned)
    return Evaluation(case, _slow(bases), back, tuple(keep)).outcome()


def _slow(bases: Bases) -> SlowBases:
    return SlowBases(bases.timeline, bases.terms, bases.years)


class Evaluation:
    """One structure, leg by leg, all paths and years at once."""

    def __init__(self, case: Case, bases: SlowBases, back: SlowBases | None, keep: tuple[str, ...]) -> None:
        self.bases, self.back, self.structure = bases, back, case.structure
        self.years, self.paths = bases.years, bases.paths
        self.days = ContractDays.of(case.structure, bases.timeline.futures, case.held_until)
        self.taxed = {party.id: party.tax_share for party in case.structure.parties if party.tax_share is not None}
        self.income = {party: np.zeros((self.paths, self.years.count)) for party in self.taxed}
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
        left = day_share(np.zeros(self.paths), ends, **sold_days(market, self.bases))
        costs_left = [day < ends for day, _ in market.launch_costs]
        for holder, since, until in self._holders(market=m):
            share = day_share(since, until, **sold_days(market, self.bases))
            usd = self._profit(market, holder, share)
            self.ledger.note_receipt(holder, usd.max(axis=1), first_day(usd, market, since, self.bases))
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
            share = day_share(since, never, **sold_days(market, bases))
            usd = self._profit(market, self.structure.owner, share)
            self.ledger.note_receipt(self.structure.owner, usd.max(axis=1), first_day(usd, market, since, bases))
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
            total += market.sales * day_share(since, until, **sold_days(market, self.bases))
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
        days = sold_days(market, self.bases)
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
            usd = leg.share * market.profit * day_share(since, until, **sold_days(market, self.bases))
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


def _in_order(legs: tuple[Leg, ...]) -> list[Leg]:
    """A royalty on another royalty comes after that one."""
    placed: dict[str, Leg] = {}
    while len(placed) < len(legs):
        ready = [x for x in legs if x.id not in placed and (getattr(x, "of", None) or x.id) in {*placed, x.id}]
        if not ready:
            raise ValueError("royalties on royalties go round in a circle, or name a leg that is not there")
        placed |= {leg.id: leg for leg in ready}
    return list(placed.values())
