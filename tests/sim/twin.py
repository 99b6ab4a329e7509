"""The slow obvious twin of the kernel: one path at a time, exact quantiles, straight from the words of `sim.plan`."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date

from scipy.special import ndtr, ndtri

from onepill.core.dates import NEVER
from onepill.core.streams import uniforms
from onepill.sim.plan import Activity, Cost, Draw, Gate, Link, Market, Plan


@dataclass
class Path:
    """One future, as the twin sees it."""

    npv_usd: dict[str, float]
    start: dict[str, int] = field(default_factory=dict)
    finish: dict[str, int] = field(default_factory=dict)
    outcome: dict[str, str] = field(default_factory=dict)
    milestone_days: dict[str, int] = field(default_factory=dict)


class Twin:
    def __init__(self, plan: Plan, *, seed: int, path: int) -> None:
        self.plan, self.seed, self.path = plan, seed, path
        self.activities = {a.id: a for a in plan.activities}
        self.done: set[str] = set()
        self.out = Path(dict.fromkeys(plan.parties, 0.0))

    def run(self) -> Path:
        for activity in self.plan.activities:
            self.settle(activity.id)
        for activity in self.plan.activities:
            for cost in activity.costs:
                self.pay(activity, cost)
        launches = {m.id: self.launch(m) for m in self.plan.markets}
        for contract in self.plan.contracts:
            for payment in contract.payments:
                amount = payment.amount_usd * self.factor(self.day(payment.link))
                self.out.npv_usd[contract.payer] -= amount
                self.out.npv_usd[contract.payee] += amount
            for royalty in contract.royalties:
                for k, discount in enumerate(self.plan.discount_by_year):
                    sales = sum(launches[id_][k] for id_ in royalty.markets if k < len(launches[id_]))
                    rates = [0.0, *(rate for _, rate in royalty.tiers)]
                    due = sum(
                        (rate - before) * max(sales - threshold, 0.0)
                        for (threshold, rate), before in zip(royalty.tiers, rates, strict=False)
                    )
                    self.out.npv_usd[contract.payer] -= due * discount
                    self.out.npv_usd[contract.payee] += due * discount
        self.out.milestone_days = {id_: self.day(link) for id_, link in self.plan.milestones}
        return self.out

    # chance

    def uniform(self, stream: str, loadings: tuple[tuple[str, float], ...] = ()) -> float:
        u = float(uniforms(self.seed, stream=stream, paths=self.path))
        if not loadings:
            return u
        z = math.sqrt(max(1 - sum(loading**2 for _, loading in loadings), 0.0)) * ndtri(u)
        for name, loading in loadings:
            z += loading * ndtri(float(uniforms(self.seed, stream=f"factor.{name}", paths=self.path)))
        return float(ndtr(z))

    def draw(self, draw: Draw, *, elapsed: float = 0.0) -> float:
        u = self.uniform(draw.stream, draw.loadings)
        if elapsed > 0:
            survived = self.probability(draw, elapsed / draw.factor)
            if survived > 1 - 1e-12:
                return min(elapsed, draw.cap)
            u = survived + u * (1 - survived)
        value = float(draw.distribution.quantile(u))
        if draw.powers:
            value = sum(coefficient * value**i for i, coefficient in enumerate(draw.powers))
        return min(draw.factor * value, draw.cap)

    def probability(self, draw: Draw, value: float) -> float:
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if draw.distribution.quantile(middle) <= value else (low, middle)
        return low

    def draw_outcome(self, gate: Gate) -> str:
        u, reached = self.uniform(gate.stream, gate.loadings), 0.0
        for name, prob in gate.outcomes:
            reached += prob
            if u < reached:
                return name
        return gate.outcomes[-1][0]

    # days

    def day(self, link: Link) -> int:
        """The link's day on this path, NEVER where it does not happen."""
        self.settle(link.activity)
        if link.activity not in self.out.start:
            return NEVER
        if link.event == "started":
            return self.out.start[link.activity] + link.lag_days
        if link.event in ("finished", self.out.outcome[link.activity]):
            return self.out.finish[link.activity] + link.lag_days
        return NEVER

    def settle(self, id_: str) -> None:
        if id_ in self.done:
            return
        self.done.add(id_)
        activity = self.activities[id_]
        start = self.find_start(activity)
        if start == NEVER:
            return
        finish, outcome = self.find_finish(activity, start), self.find_outcome(activity)
        self.planned = getattr(self, "planned", {})
        self.planned[id_] = finish
        if activity.stops_on and activity.finished is None:
            stop = min(self.day(link) for link in activity.stops_on)
            if activity.started is not None:
                stop = max(stop, self.plan.as_of)
            elif stop <= start:
                return
            if stop < finish:
                finish, outcome = stop, "failed"
        self.out.start[id_], self.out.finish[id_], self.out.outcome[id_] = start, finish, outcome

    def find_start(self, activity: Activity) -> int:
        if activity.started is not None:
            return activity.started
        if activity.finished is not None:
            return activity.finished
        if activity.only_where is not None and self.day(activity.only_where) == NEVER:
            return NEVER
        if not activity.after:
            return self.plan.as_of if activity.not_before is None else activity.not_before
        days = [self.day(link) for link in activity.after]
        day = min(days) if activity.any_of else max(days)
        return day if day == NEVER or activity.not_before is None else max(day, activity.not_before)

    def find_finish(self, activity: Activity, start: int) -> int:
        if activity.finished is not None:
            return activity.finished
        finish = start + self.span(activity, start)
        running = activity.started is not None
        if running:
            finish = max(finish, self.plan.as_of)
        for cap in activity.span_caps:
            day = self.day(cap.link)
            if day != NEVER and (cap.prob >= 1 or self.uniform(cap.stream) < cap.prob):
                finish = min(finish, max(day + cap.days, start, self.plan.as_of if running else start))
        return finish

    def span(self, activity: Activity, start: int) -> int:
        if activity.clock is not None:
            table = self.plan.clocks[activity.clock]
            return int(table.finish[start - table.first_day]) - start
        if activity.duration is None:
            return 0
        running = activity.started is not None and activity.started < self.plan.as_of
        if activity.calendar is None:
            elapsed = self.plan.as_of - start if running else 0
            return math.floor(max(self.draw(activity.duration, elapsed=elapsed), 0.0) + 0.5)
        days = self.plan.calendars[activity.calendar]
        index = days.index[start - days.first_day]
        elapsed = int(days.index[self.plan.as_of - days.first_day] - index) if running else 0
        count = math.floor(max(self.draw(activity.duration, elapsed=elapsed), 0.0) + 0.5)
        return max(int(days.day_of[index + count]), start) - start

    def find_outcome(self, activity: Activity) -> str:
        if activity.outcome is not None:
            return activity.outcome
        return "succeeded" if activity.gate is None else self.draw_outcome(activity.gate)

    # cash

    def factor(self, day: int) -> float:
        """The discount factor of a day; 0 for sunk days and days that never come."""
        ahead = day - self.plan.as_of
        return float(self.plan.discount_by_day[ahead]) if day != NEVER and ahead >= 0 else 0.0

    def pay(self, activity: Activity, cost: Cost) -> None:
        if activity.id not in self.out.start:
            return
        start, finish = self.out.start[activity.id], self.out.finish[activity.id]
        if not cost.start_from <= start <= cost.start_until:
            return
        planned = self.planned[activity.id]
        amount = self.draw(cost.amount) * (1 if cost.income else -1)
        if cost.timing == "even" and planned > start:
            rate = amount / (planned - start)
            value = sum(rate * self.factor(day) for day in range(start, finish))
        else:
            middle = [start + (planned - start) // 2, start + (planned - start + 1) // 2]
            days = {"even": [start], "start": [start], "middle": middle, "finish": [planned]}[cost.timing]
            value = sum(amount / len(days) * self.factor(day) for day in days if day <= finish)
        self.out.npv_usd[cost.party] += value

    def launch(self, market: Market) -> list[float]:
        """Book the market; returns its yearly sales."""
        years = market.sales.shape[1]
        day = self.day(market.launch)
        end = min((self.day(link) for link in market.ends_on), default=NEVER)
        if day == NEVER or end <= day:
            return [0.0] * years
        scale = math.prod(self.draw(draw) for draw in market.scale)
        if market.launch_cost is not None:
            self.out.npv_usd[market.party] -= self.draw(market.launch_cost) * self.factor(day)
        kept = [scale * self.kept(self.plan_year() + k, day, end) for k in range(years)]
        for k, value in enumerate(self.earned(market, day, "discounted")):
            self.out.npv_usd[market.party] += kept[k] * value
        return [kept[k] * sold for k, sold in enumerate(self.earned(market, day, "sales"))]

    def earned(self, market: Market, day: int, table: str) -> list[float]:
        """What a table has by year for a launch on a day, each span at what the rivals leave who have come by then."""
        row, given = self.row(market, day), market.sharing
        if given is None:
            return [float(value) for value in getattr(market, table)[row]]
        came = [self.day(link) for link in given.rivals]
        before, found = sum(other <= day for other in came), [0.0] * market.sales.shape[1]
        for c, (year, step) in enumerate(zip(given.years, given.steps, strict=True)):
            passed = set(given.days[:step].tolist())
            after = sum(other > day and any(other <= d for d in passed) for other in came)
            found[year] += float(getattr(given, table)[row, c]) * float(given.factors[before, after])
        return found

    def row(self, market: Market, day: int) -> int:
        """The row of a market's tables for a launch on a day, in the version that the path has."""
        rows, row = len((market.sharing or market).cash), day - market.first_day
        for id_ in market.variants:
            names = [name for name, _ in self.activities[id_].gate.outcomes]
            rows //= len(names)
            row += rows * names.index(self.out.outcome[id_])
        return row

    def plan_year(self) -> int:
        return date.fromordinal(self.plan.as_of).year

    def kept(self, year: int, launch: int, end: int) -> float:
        """The share of the year's days on the market that lie before the end."""
        first = max(date(year, 1, 1).toordinal(), launch, self.plan.as_of)
        last = date(year + 1, 1, 1).toordinal()
        if last <= first:
            return 1.0
        return min(max((end - first) / (last - first), 0.0), 1.0)


def twin_path(plan: Plan, *, seed: int, path: int) -> Path:
    return Twin(plan, seed=seed, path=path).run()
