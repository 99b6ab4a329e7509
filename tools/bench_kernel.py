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
from datetime import date

import numpy as np
import numpy.typing as npt

from onepill.core.dates import NEVER
from onepill.core.distributions import lognormal, triangular, uniform
from onepill.core.streams import uniforms
from onepill.sim import CompiledPlan, compile_plan, run
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


def measure(*, paths: int = 2_000_000, repetitions: int = 5) -> dict[str, float]:
    """The best of several interleaved repetitions; compiling is not counted."""
    plan = benchmark_plan()
    compiled = compile_plan(plan)
    run(compiled, draws=1_000, seed=1)
    best = {"one": np.inf, "two": np.inf, "numpy": np.inf}
    for _ in range(repetitions):
        best["one"] = min(best["one"], _seconds(lambda: run(compiled, draws=paths, seed=1)) / paths)
        best["two"] = min(best["two"], _seconds(lambda: run(compiled, draws=paths, seed=1, threads=2)) / paths)
    return {
        "paths_per_s_1_core": 1 / best["one"],
        "paths_per_s_2_cores": 1 / best["two"],
    }


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
