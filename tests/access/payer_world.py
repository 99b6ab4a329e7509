"""A small payer path, run by the kernel, and a slow twin that walks it path by path with dates and plain numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from onepill.access import (
    Calendar,
    CompiledPath,
    Exclusivity,
    MarketInput,
    PayerMove,
    PayerPath,
    PayerState,
    Valuation,
    build_market,
    compile_path,
    round_calendar,
    valuation,
)
from onepill.core.dates import NEVER, years_to_days
from onepill.core.distributions import fixed, uniform
from onepill.sim import Results, compile_plan, run
from onepill.sim.plan import SUCCEEDED, Activity, Draw, Fragment, Link, Plan, join

AS_OF = date(2024, 8, 1)
FIRST, LAST = date(2015, 1, 1), date(2080, 12, 31)


def market(**changes: Any) -> MarketInput:
    plain = MarketInput(
        id="cn",
        launch=Link("cn.launch", SUCCEEDED),
        scale=(Draw("peak", fixed(100.0)),),
        years_to_peak=2.0,
        shape="s_curve",
        price_share=1.0,
        price_levels=(),
        growth_per_year=0.0,
        exclusivity=Exclusivity(date(2034, 1, 1), 5.0, 0.3, 60),
        cogs_share=0.0,
        selling_share=0.0,
        tax_share=0.0,
        launch_cost=None,
        launched=None,
        ends_on=(),
    )
    return replace(plain, **changes)


def nrdl() -> Calendar:
    return round_calendar(cut_off=(6, 30), in_force=(1, 1), first=FIRST, last=LAST, as_of=AS_OF)


def share(name: str, value: float) -> Draw:
    return Draw(name, fixed(value))


STATES = (
    PayerState("self_pay", patients=share("self_pay.patients", 0.4), initial=True, years_to_peak=2.0),
    PayerState("city", patients=share("city.patients", 0.5), years_to_peak=2.0),
    PayerState("listed", price=share("listed.price", 0.4), years_to_peak=3.0),
    PayerState("generic", patients=share("retained", 0.3), follows=True, years_to_peak=2.0),
    PayerState("vbp", price=share("vbp.price", 0.45), follows=True, years_to_peak=2.0),
)
MOVES = (
    PayerMove("listing", ("self_pay", "city"), "listed", calendar="nrdl", rounds=3, prob=0.5, stream="listing"),
    PayerMove("city", ("self_pay",), "city", lag=Draw("city.lag", uniform(30, 700)), prob=0.6, stream="city"),
    PayerMove("loss", ("self_pay", "city", "listed"), "generic", calendar="loss_of_exclusivity"),
    PayerMove("bid", ("generic",), "vbp", lag=Draw("bid.lag", uniform(200, 900)), prob=0.5, stream="bid"),
)


@dataclass(frozen=True)
class World:
    path: PayerPath
    compiled: CompiledPath
    results: Results
    value: Valuation


def world(
    *,
    draws: int = 4_000,
    states: tuple[PayerState, ...] = STATES,
    moves: tuple[PayerMove, ...] = MOVES,
    approved: date | None = None,
    base: MarketInput | None = None,
    weighted: bool = False,
    failure: float = 0.0,
    **changes: Any,
) -> World:
    """The path of a market approved on a day, or within two years of the plan's, and launched sixty days later."""
    value = valuation(AS_OF, years=20, convention="end_year", rate_per_year=0.0)
    horizon = AS_OF.toordinal() + value.by_day.size - 1
    path = PayerPath(
        market=base or market(),
        approval=Link("cn.approval", SUCCEEDED),
        states=states,
        moves=moves,
        as_of=AS_OF.toordinal(),
        horizon=horizon,
        calendars={"nrdl": nrdl()},
        **changes,
    )
    compiled = compile_path(path)
    plan = join(
        [
            _approved(approved, failure),
            compiled.fragment,
            Fragment(markets=tuple(build_market(s.market, value) for s in compiled.segments if s.market is not None)),
        ],
        base=Plan(AS_OF.toordinal(), (), (), value.by_day, value.by_year),
    )
    return World(path, compiled, run(compile_plan(plan), draws=draws, seed=7, trace=draws, weighted=weighted), value)


def _approved(day: date | None, failure: float) -> Fragment:
    from onepill.sim.plan import FAILED, Gate

    gate = Gate("approval.success", ((FAILED, failure), (SUCCEEDED, 1 - failure))) if failure else None
    if day is not None:
        approval = Activity("cn.approval", started=day.toordinal(), finished=day.toordinal())
    else:
        wait = Draw("approval", uniform(30, 760))
        approval = Activity("cn.approval", not_before=AS_OF.toordinal(), duration=wait, gate=gate)
    launch = Activity("cn.launch", after=(Link("cn.approval", SUCCEEDED),), duration=Draw("lag", fixed(60.0)))
    return Fragment(activities=(approval, launch))


@dataclass(frozen=True)
class Stay:
    """A state on one path, from its first day to the day on which it is left."""

    state: str
    first: date
    after: date


class Walker:
    """Walks one recorded path: takes the kernel's coins and waits, and decides everything else anew."""

    def __init__(self, found: World, index: int) -> None:
        trace, self.found = found.results.trace, found
        at = {name: i for i, name in enumerate(trace.activity_ids)}
        self._days = {name: int(trace.finish[i, index]) for name, i in at.items()}
        self._outcomes = {
            name: trace.outcome_names[i][trace.outcome[i, index]] if trace.outcome[i, index] >= 0 else ""
            for name, i in at.items()
        }

    def day(self, activity: str) -> date:
        return date.fromordinal(self._days[activity])

    def walk(self) -> list[Stay]:
        approval, here, since = self.day("cn.approval"), "self_pay", self.day("cn.launch")
        key, stays = ["self_pay"], []
        last = date.fromordinal(self.found.path.horizon)
        while True:
            ways = [
                (day, i, move)
                for i, move in enumerate(self.found.path.moves)
                if here in move.sources
                for day in self._due(move, key, approval, since)
            ]
            if not ways or min(ways)[0] > last:
                return [*stays, Stay(here, since, last + timedelta(days=1))]
            day, _, move = min(ways, key=lambda way: way[:2])
            stays.append(Stay(here, since, day))
            follows = next(s for s in self.found.path.states if s.id == move.target).follows
            key = [*key, move.target] if follows else [move.target]
            here, since = move.target, day

    def _due(self, move: PayerMove, key: list[str], approval: date, since: date) -> list[date]:
        if move.calendar == "loss_of_exclusivity":
            rule = self.found.path.market.exclusivity
            protected = approval + timedelta(days=years_to_days(rule.years or 0.0))
            return [max(rule.patent or date.min, protected, AS_OF, since)]
        if move.calendar == "nrdl":
            year = approval.year + (approval > date(approval.year, 6, 30))
            year = max(year, AS_OF.year)
            for k in range(move.rounds):
                if self._outcomes[f"cn.payer.{move.id}.round_{k + 1}"] == "moved":
                    return [max(date(year + 1 + k, 1, 1), since)]
            return []
        due = f"cn.payer.{'.'.join(key)}.{move.id}.due"
        return [self.day(due)] if self._outcomes[due] == "moved" else []


def stays_of(found: World, index: int) -> dict[str, tuple[int, int]]:
    """The kernel's entry and leaving of each segment on one path, without those that never were."""
    stays = {}
    for segment in found.compiled.segments:
        entry = int(found.results.days_of(segment.entry)[index])
        exits = [int(found.results.days_of(name)[index]) for _, name in segment.exits]
        leave = min([*exits, found.path.horizon + 1])
        if entry < NEVER and leave > entry and entry <= found.path.horizon:
            stays[segment.state] = (entry, leave)
    return stays


def never(days: np.ndarray) -> np.ndarray:
    return np.asarray(days) >= NEVER
