"""How fast is the kernel? Paths a second on one core and on two, and the ratio to a clean numpy twin in the same run.

The plan: four stages with triangular durations and lognormal costs, then in each of three regions a preparation of
lognormal length in working days, a review clock in working days, an approval gate and a market over 25 years with
three random multipliers; a royalty in four tiers on worldwide sales between two parties. 28 draws a path at most.

Run `python -m bench.kernel`; `measure()` is what `make bench` calls.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from onepill.core.dates import NEVER
from onepill.core.distributions import Distribution, lognormal, triangular, uniform
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
Bools = npt.NDArray[np.bool_]

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
    """The benchmark plan in plain vectorised numpy, in chunks that fit the caches.

    Whole columns with a mask of the paths that are still alive; with `drop_failed`, the dead paths are cut out after
    each gate, which is faster by as much as most paths fail, and no longer quite plain.
    """

    def __init__(self, plan: Plan, *, drop_failed: bool = False) -> None:
        self._plan, self._drop_failed = plan, drop_failed
        self._activity = {a.id: a for a in plan.activities}
        self._cumulative = np.concatenate(([0.0], np.cumsum(plan.discount_by_day)))
        self._value = {m.id: m.discounted.sum(axis=1) for m in plan.markets}

    def run(self, *, paths: int, seed: int, chunk: int = 16_384) -> Futures:
        """The same numbers as the kernel's, up to the error of its tables."""
        self._seed = seed
        self.day_usd = {id_: np.zeros(HORIZON_DAYS + 1) for id_, *_ in STAGES}
        self.launched = {m.id: np.zeros(HORIZON_DAYS) for m in self._plan.markets}
        self.royalty_usd = np.zeros(YEARS)
        parts = [self._chunk(np.arange(at, min(at + chunk, paths))) for at in range(0, paths, chunk)]
        npv, days = zip(*parts, strict=True)
        return Futures(np.concatenate(npv, axis=1), np.concatenate(days, axis=1))

    def _chunk(self, paths: Ints) -> tuple[Floats, Ints]:
        npv = np.zeros((2, paths.size))
        milestone_days = np.full((len(REGIONS), paths.size), NEVER)
        slots, alive, start = np.arange(paths.size), np.ones(paths.size, dtype=bool), np.full(paths.size, AS_OF)
        for id_, *_ in STAGES:
            finish = start + self._whole_days(id_, paths[slots])
            npv[0, slots] += alive * self._spread_cost(id_, paths[slots], alive, start - AS_OF, finish - AS_OF)
            alive = alive & self._succeeds(id_, paths[slots])
            kept = alive if self._drop_failed else slice(None)
            slots, start, alive = slots[kept], finish[kept], alive[kept]
        sales = np.zeros((slots.size, YEARS))
        for i, market in enumerate(self._plan.markets):
            day = self._review(market.id, paths[slots], start)
            approved = alive & self._succeeds(f"{market.id}.review", paths[slots])
            milestone_days[i, slots] = np.where(approved, day, NEVER)
            scale = approved * self._draw(market.scale, paths[slots])
            npv[0, slots] += scale * self._value[market.id][day - AS_OF]
            self.launched[market.id] += np.bincount(day - AS_OF, weights=scale, minlength=HORIZON_DAYS)
            sales += scale[:, None] * market.sales[day - AS_OF]
        value = self._royalty(sales)
        npv[0, slots] -= value
        npv[1, slots] += value
        return npv, milestone_days

    def _draw(self, draws: tuple[Draw, ...], paths: Ints) -> Floats:
        product = np.ones(paths.size)
        for draw in draws:
            product *= _quantile(draw.distribution, uniforms(self._seed, stream=draw.stream, paths=paths))
        return product

    def _whole_days(self, id_: str, paths: Ints) -> Ints:
        duration = self._activity[id_].duration
        assert duration is not None
        return (self._draw((duration,), paths) + 0.5).astype(np.int64)

    def _spread_cost(self, id_: str, paths: Ints, alive: Bools, first: Ints, last: Ints) -> Floats:
        rate = -self._draw((self._activity[id_].costs[0].amount,), paths) / (last - first)
        self.day_usd[id_] += np.bincount(first, weights=alive * rate, minlength=HORIZON_DAYS + 1)
        self.day_usd[id_] -= np.bincount(last, weights=alive * rate, minlength=HORIZON_DAYS + 1)
        return rate * (self._cumulative[last] - self._cumulative[first])

    def _succeeds(self, id_: str, paths: Ints) -> Bools:
        gate = self._activity[id_].gate
        assert gate is not None
        return uniforms(self._seed, stream=gate.stream, paths=paths) < gate.outcomes[0][1]

    def _review(self, region: str, paths: Ints, start: Ints) -> Ints:
        calendar, clock = self._plan.calendars["week"], self._plan.clocks[region]
        working_days = self._whole_days(f"{region}.preparation", paths)
        filed = np.maximum(start, calendar.day_of[calendar.index[start - AS_OF] + working_days])
        return clock.finish[filed - AS_OF].astype(np.int64)

    def _royalty(self, sales: Floats) -> Floats:
        due = np.zeros_like(sales)
        for (threshold, rate), before in zip(TIERS, [0.0, *(rate for _, rate in TIERS)], strict=False):
            due += (rate - before) * np.maximum(sales - threshold, 0.0)
        self.royalty_usd += due.sum(axis=0)
        return due @ self._plan.discount_by_year


def _quantile(distribution: Distribution, u: Floats) -> Floats:
    """The fastest that numpy and scipy have: the lognormal of `core` does without scipy, and is slower for it."""
    if distribution.kind != "lognormal":
        return distribution.quantile(u)
    low, high = np.log(distribution.params)
    return np.exp((low + high) / 2 + ndtri(u) * ((high - low) / (2 * ndtri(0.9))))


@dataclass(frozen=True)
class Futures:
    """NPV in US dollars (party, path) and approval days (region, path)."""

    npv_usd: Floats
    milestone_days: Ints


def measure(*, paths: int = 2_000_000, repetitions: int = 7) -> dict[str, float]:
    """The best of several interleaved repetitions; compiling is not counted.

    Ratios are of times a path on one core in the same run; numpy runs a part of the paths, since its time a path does
    not depend on their number.
    """
    plan = benchmark_plan()
    compiled, plain, dropping = compile_plan(plan), NumpyTwin(plan), NumpyTwin(plan, drop_failed=True)
    work: dict[str, tuple[int, Callable[[int], object]]] = {
        "one": (paths, lambda n: run(compiled, draws=n, seed=1)),
        "two": (paths, lambda n: run(compiled, draws=n, seed=1, threads=2)),
        "plain": (paths // 20, lambda n: plain.run(paths=n, seed=1)),
        "dropping": (paths // 10, lambda n: dropping.run(paths=n, seed=1)),
    }
    for _, function in work.values():
        function(1_000)
    best = dict.fromkeys(work, np.inf)
    for _ in range(repetitions):
        for name, (count, function) in work.items():
            best[name] = min(best[name], _seconds(lambda f=function, n=count: f(n)) / count)
    return {
        "paths_per_s_1_core": 1 / best["one"],
        "paths_per_s_2_cores": 1 / best["two"],
        "ratio_to_numpy": best["plain"] / best["one"],
        "ratio_to_numpy_dropping_failed_paths": best["dropping"] / best["one"],
    }


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
