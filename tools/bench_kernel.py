"""How fast is the kernel? Paths a second on one core and on two, and the ratio to a clean numpy twin in the same run.

The plan: four stages with triangular durations and lognormal costs, then in each of three regions a preparation of
lognormal length in working days, a review clock in working days, an approval gate and a market over 25 years with
three random multipliers; a royalty in four tiers on worldwide sales between two parties. 28 draws a path at most.

Run `python -m tools.bench_kernel`; `measure()` is what `make bench` calls.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from onepill.core.dates import NEVER
from onepill.core.distributions import lognormal, triangular, uniform
from onepill.core.streams import uniforms
from onepill.sim import compile_plan, run
from onepill.sim.plan import (
    Activity,
    Contract,
    Cost,
    DayTable,
    Draw,
    Gate,
    Link,
    Market,
    Plan,
    Royalty,
    WorkingDays,
)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

AS_OF = date(2024, 8, 1).toordinal()
YEARS = 25
HORIZON_DAYS = date(2024 + YEARS, 1, 1).toordinal() - AS_OF
RATE_PER_YEAR = 0.11
REGIONS = ("us", "eu", "jp")
REVIEW_WORKING_DAYS = {"us": 250, "eu": 290, "jp": 240}
STAGES = (
    # id, years, cost in US dollars, success: Paul et al. 2010, Nature Reviews Drug Discovery 9:203-214, figure 2
    ("preclinical", 1.0, 5e6, 0.69),
    ("phase_1", 1.5, 15e6, 0.54),
    ("phase_2", 2.5, 40e6, 0.34),
    ("phase_3", 2.5, 150e6, 0.70),
)
APPROVAL_PROB = 0.91
TIERS = ((0.0, 0.05), (100e6, 0.08), (250e6, 0.11), (500e6, 0.14))


def benchmark_plan() -> Plan:
    """The plan that the kernel's budget is stated for."""
    calendar = _weekdays()
    activities, before = _stages()
    for region in REGIONS:
        activities += _region(region, before)
    return Plan(
        as_of=AS_OF,
        activities=tuple(activities),
        markets=tuple(_market(region, 1 + i) for i, region in enumerate(REGIONS)),
        discount_by_day=(1 + RATE_PER_YEAR) ** (-np.arange(HORIZON_DAYS) / 365.25),
        discount_by_year=(1 + RATE_PER_YEAR) ** -(np.arange(YEARS) + 0.5),
        milestones=tuple((f"{region}.approval", Link(f"{region}.review", "approved")) for region in REGIONS),
        contracts=(Contract("licence", "owner", "partner", (Royalty(REGIONS, TIERS),)),),
        clocks={region: _review_clock(calendar, REVIEW_WORKING_DAYS[region]) for region in REGIONS},
        calendars={"week": calendar},
        parties=("owner", "partner"),
    )


def _stages() -> tuple[list[Activity], tuple[Link, ...]]:
    activities: list[Activity] = []
    before: tuple[Link, ...] = ()
    for id_, years, cost_usd, success in STAGES:
        days = 365.25 * years
        duration = Draw(f"{id_}.duration", triangular(0.7 * days, days, 1.6 * days))
        amount = Draw(f"{id_}.cost", lognormal(0.7 * cost_usd, 1.4 * cost_usd))
        gate = Gate(f"{id_}.success", (("succeeded", success), ("failed", 1 - success)))
        activities.append(Activity(id_, before, duration=duration, gate=gate, costs=(Cost(amount, id_),)))
        before = (Link(id_),)
    return activities, before


def _region(region: str, before: tuple[Link, ...]) -> list[Activity]:
    preparation = Draw(f"{region}.preparation", lognormal(60, 180))
    gate = Gate(f"{region}.approval", (("approved", APPROVAL_PROB), ("failed", 1 - APPROVAL_PROB)))
    return [
        Activity(f"{region}.preparation", before, duration=preparation, calendar="week"),
        Activity(f"{region}.review", (Link(f"{region}.preparation"),), clock=region, gate=gate),
    ]


def _market(region: str, size: int) -> Market:
    """Sales that rise over six years from launch and fall at the fourteenth; a third of them is cash."""
    launch = np.arange(HORIZON_DAYS)[:, None]
    opens = np.array([max(date(2024 + k, 1, 1).toordinal() - AS_OF, 0) for k in range(YEARS)])
    closes = np.array([date(2025 + k, 1, 1).toordinal() - AS_OF for k in range(YEARS)])
    on_market = np.clip(closes - np.maximum(opens, launch), 0, None) / 365.25
    age = np.clip(opens - launch, 0, None) / 365.25
    sales = size * 150e6 * on_market * np.minimum(1.0, (age + 1) / 6) * np.where(age < 14, 1.0, 0.2)
    cash = sales / 3
    scale = (
        Draw(f"{region}.share", triangular(0.5, 1.0, 1.8)),
        Draw(f"{region}.price", lognormal(0.7, 1.4)),
        Draw(f"{region}.patients", uniform(0.8, 1.2)),
    )
    discounted = cash * (1 + RATE_PER_YEAR) ** -(np.arange(YEARS) + 0.5)
    return Market(region, Link(f"{region}.review", "approved"), scale, AS_OF, sales, cash, discounted)


def _weekdays() -> WorkingDays:
    days = np.arange(AS_OF, AS_OF + HORIZON_DAYS + 1000)
    is_working = (days + 6) % 7 < 5
    day_of = np.concatenate(([AS_OF - 1], days[is_working])).astype(np.int32)
    return WorkingDays(AS_OF, np.cumsum(is_working).astype(np.int32), day_of)


def _review_clock(calendar: WorkingDays, working_days: int) -> DayTable:
    return DayTable(AS_OF, calendar.day_of[calendar.index[:HORIZON_DAYS] + working_days])


class NumpyTwin:
    """The benchmark plan in plain vectorised numpy, chunk by chunk, dropping the paths that have failed."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._activity = {a.id: a for a in plan.activities}
        self._cumulative = np.concatenate(([0.0], np.cumsum(plan.discount_by_day)))
        self._value = {m.id: m.discounted.sum(axis=1) for m in plan.markets}

    def run(self, *, paths: int, seed: int, chunk: int = 16_384) -> Futures:
        """The same numbers as the kernel's, up to the error of its tables."""
        self.day_usd = {id_: np.zeros(HORIZON_DAYS + 1) for id_, *_ in STAGES}
        self.launched = {m.id: np.zeros(HORIZON_DAYS) for m in self._plan.markets}
        self.royalty_usd = np.zeros(YEARS)
        parts = [self._chunk(np.arange(at, min(at + chunk, paths)), seed) for at in range(0, paths, chunk)]
        npv, days = zip(*parts, strict=True)
        return Futures(np.concatenate(npv, axis=1), np.concatenate(days, axis=1))

    def _chunk(self, paths: Ints, seed: int) -> tuple[Floats, Ints]:
        npv = np.zeros((2, paths.size))
        milestone_days = np.full((len(REGIONS), paths.size), NEVER)
        alive, start = np.arange(paths.size), np.full(paths.size, AS_OF)
        for id_, *_ in STAGES:
            finish = start + self._whole_days(id_, paths[alive], seed)
            self._spread_cost(id_, npv, alive, start, finish, paths, seed)
            alive, start = self._succeed(id_, alive, finish, paths, seed)
        sales = np.zeros((alive.size, YEARS))
        where = np.full(paths.size, -1)
        where[alive] = np.arange(alive.size)
        for i, market in enumerate(self._plan.markets):
            launched, day = self._approve(market.id, alive, start, paths, seed)
            milestone_days[i, launched] = day
            scale = self._draw(market.scale, paths[launched], seed)
            npv[0, launched] += scale * self._value[market.id][day - AS_OF]
            self.launched[market.id] += np.bincount(day - AS_OF, weights=scale, minlength=HORIZON_DAYS)
            sales[where[launched]] += scale[:, None] * market.sales[day - AS_OF]
        self._pay_royalty(npv, alive, sales)
        return npv, milestone_days

    def _draw(self, draws: tuple[Draw, ...], paths: Ints, seed: int) -> Floats:
        product = np.ones(paths.size)
        for draw in draws:
            product *= draw.distribution.quantile(uniforms(seed, stream=draw.stream, paths=paths))
        return product

    def _whole_days(self, id_: str, paths: Ints, seed: int) -> Ints:
        duration = self._activity[id_].duration
        assert duration is not None
        return (self._draw((duration,), paths, seed) + 0.5).astype(np.int64)

    def _spread_cost(
        self, id_: str, npv: Floats, alive: Ints, start: Ints, finish: Ints, paths: Ints, seed: int
    ) -> None:
        rate = -self._draw((self._activity[id_].costs[0].amount,), paths[alive], seed) / (finish - start)
        first, last = start - AS_OF, finish - AS_OF
        npv[0, alive] += rate * (self._cumulative[last] - self._cumulative[first])
        self.day_usd[id_] += np.bincount(first, weights=rate, minlength=HORIZON_DAYS + 1)
        self.day_usd[id_] -= np.bincount(last, weights=rate, minlength=HORIZON_DAYS + 1)

    def _succeed(self, id_: str, alive: Ints, finish: Ints, paths: Ints, seed: int) -> tuple[Ints, Ints]:
        gate = self._activity[id_].gate
        assert gate is not None
        kept = uniforms(seed, stream=gate.stream, paths=paths[alive]) < gate.outcomes[0][1]
        return alive[kept], finish[kept]

    def _approve(self, region: str, alive: Ints, start: Ints, paths: Ints, seed: int) -> tuple[Ints, Ints]:
        calendar, clock = self._plan.calendars["week"], self._plan.clocks[region]
        working_days = self._whole_days(f"{region}.preparation", paths[alive], seed)
        filed = np.maximum(start, calendar.day_of[calendar.index[start - AS_OF] + working_days])
        return self._succeed(f"{region}.review", alive, clock.finish[filed - AS_OF].astype(np.int64), paths, seed)

    def _pay_royalty(self, npv: Floats, alive: Ints, sales: Floats) -> None:
        due = np.zeros_like(sales)
        for (threshold, rate), before in zip(TIERS, [0.0, *(rate for _, rate in TIERS)], strict=False):
            due += (rate - before) * np.maximum(sales - threshold, 0.0)
        self.royalty_usd += due.sum(axis=0)
        value = due @ self._plan.discount_by_year
        npv[0, alive] -= value
        npv[1, alive] += value


@dataclass(frozen=True)
class Futures:
    """NPV in US dollars (party, path) and approval days (region, path)."""

    npv_usd: Floats
    milestone_days: Ints


def measure(*, paths: int = 2_000_000, repetitions: int = 7) -> dict[str, float]:
    """The best of several interleaved repetitions; compiling is not counted.

    The ratio is of times on one core in the same run; numpy runs a quarter of the paths, its speed does not depend on
    them.
    """
    plan = benchmark_plan()
    compiled, twin = compile_plan(plan), NumpyTwin(plan)
    run(compiled, draws=1_000, seed=1)
    twin.run(paths=1_000, seed=1)
    best = {"one": np.inf, "two": np.inf, "numpy": np.inf}
    for _ in range(repetitions):
        best["one"] = min(best["one"], _seconds(lambda: run(compiled, draws=paths, seed=1)) / paths)
        best["two"] = min(best["two"], _seconds(lambda: run(compiled, draws=paths, seed=1, threads=2)) / paths)
        best["numpy"] = min(best["numpy"], _seconds(lambda: twin.run(paths=paths // 4, seed=1)) / (paths // 4))
    return {
        "paths_per_s_1_core": 1 / best["one"],
        "paths_per_s_2_cores": 1 / best["two"],
        "ratio_to_numpy": best["numpy"] / best["one"],
    }


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
