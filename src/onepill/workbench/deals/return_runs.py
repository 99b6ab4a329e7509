"""Runs a deal that may come back: first how often, then what that is worth, on the same futures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import reduce
from operator import add
from typing import Any

import numpy as np
import numpy.typing as npt

from onepill.core.dates import DAYS_PER_YEAR, NEVER
from onepill.deals import TERMINATION, Bases
from onepill.deals.clauses import LEVELS, Effect, Level, changed, clause_factors
from onepill.deals.inputs import Payment, Structure
from onepill.deals.own_ends import OwnEnds
from onepill.deals.return_values import Licence, end_days, ended_case, licence, licence_ends
from onepill.deals.returns import Added, Hazard, Lives, calibrate, constant, lives
from onepill.sim import Estimate
from onepill.sim.futures import Days, Futures
from onepill.sim.plan import Plan
from onepill.workbench.deals.ready import Ready, Stretches
from onepill.workbench.deals.return_exits import Ending, exit_prices
from onepill.workbench.deals.return_inputs import Clause, ReturnInputs
from onepill.workbench.results.simulate import Progress

LONGEST_YEARS = 15
"""Years since signing that the chance of a return is told for."""
OWN_HORIZON_YEARS = 5.0
"""By when causes are told where the terms give a hazard of their own."""
Money = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Drawn:
    """How many futures, from which seed, on how many threads."""

    draws: int
    seed: int
    threads: int
    progress: Progress | None = None


@dataclass
class Sums:
    """Mean and standard error of values that come chunk by chunk."""

    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    def add(self, values: Money) -> None:
        self.count += values.size
        self.total += float(values.sum())
        self.squares += float((values * values).sum())

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.count + other.count, self.total + other.total, self.squares + other.squares)

    def estimate(self) -> Estimate:
        mean = self.total / self.count
        spread = max(self.squares / self.count - mean * mean, 0.0) * self.count / max(self.count - 1, 1)
        return Estimate(mean, (spread / self.count) ** 0.5)


By = dict[str, Sums]
"""By party."""


@dataclass
class Worth:
    """By party: present value without an early end, with it and no second life, with both, and paired differences."""

    without_end: By = field(default_factory=dict)
    no_second_life: By = field(default_factory=dict)
    second_life: By = field(default_factory=dict)
    end_change: By = field(default_factory=dict)
    second_life_gain: By = field(default_factory=dict)

    def __add__(self, other: Worth) -> Worth:
        return Worth(**{part.name: _sum(getattr(self, part.name), getattr(other, part.name)) for part in fields(self)})


@dataclass
class ClauseGain:
    """What a clause alone adds to each party's value, and how many paths still see the partner leave, by level."""

    clause: Clause
    gains: dict[Level, By]
    ends: dict[Level, Sums]
    fee: By = field(default_factory=dict)
    """Of a break fee, what the payment itself adds, which is no assumption."""

    def __add__(self, other: ClauseGain) -> ClauseGain:
        gains = {level: _sum(sums, other.gains[level]) for level, sums in self.gains.items()}
        ends = {level: sums + other.ends[level] for level, sums in self.ends.items()}
        return ClauseGain(self.clause, gains, ends, _sum(self.fee, other.fee))


@dataclass
class Returned:
    """All that was counted.

    Attributes:
        added: how the hazard came about; None where the terms give their own.
        hazard: what was added, the clauses' factors in it where the terms count them.
        left_by_year, all_by_year: paths on which the licence ended within 1, 2, … years since it began, by the partner,
            and in all; shape (LONGEST_YEARS,).
        at_age: paths on which it ended by `age_years`: by the activity that failed, and (`BY_PARTNER`) by the partner.
        stress: where the own failures exceed the cohort, so that no hazard is added, the cohort's own constant one:
            what an end and each clause would be worth is then told beside it.
    """

    added: Added | None
    hazard: Hazard
    after_launch: bool
    age_years: float
    paths: int = 0
    left_by_year: Money = field(default_factory=lambda: np.zeros(LONGEST_YEARS))
    all_by_year: Money = field(default_factory=lambda: np.zeros(LONGEST_YEARS))
    at_age: dict[str, int] = field(default_factory=dict)
    worth: Worth = field(default_factory=Worth)
    stress: Hazard | None = None
    stress_left: Sums = field(default_factory=Sums)
    stress_worth: Worth = field(default_factory=Worth)
    clauses: list[ClauseGain] = field(default_factory=list)

    def __add__(self, other: Returned) -> Returned:
        """What was counted on more paths of the same deal."""
        at_age = {name: self.at_age.get(name, 0) + other.at_age.get(name, 0) for name in self.at_age | other.at_age}
        return replace(
            self,
            paths=self.paths + other.paths,
            left_by_year=self.left_by_year + other.left_by_year,
            all_by_year=self.all_by_year + other.all_by_year,
            at_age=at_age,
            worth=self.worth + other.worth,
            stress_left=self.stress_left + other.stress_left,
            stress_worth=self.stress_worth + other.stress_worth,
            clauses=[one + more for one, more in zip(self.clauses, other.clauses, strict=True)],
        )


def _sum(one: By, other: By) -> By:
    return {party: one.get(party, Sums()) + other.get(party, Sums()) for party in one | other}


BY_PARTNER = ""
"""The key in `at_age` of what the partner ends."""


def run_returns(stretches: Stretches, ready: Ready, inputs: ReturnInputs, *, clauses: bool) -> Returned | None:
    """None where the structure grants no market, so that nothing can come back.

    Args:
        clauses: whether to value each clause alone.
    """
    runner = open_returns(stretches, ready, inputs, clauses=clauses)
    if runner is None:
        return None
    parts = stretches.over(lambda bases: runner.counted(bases, ready.outcome(bases).npv_usd))
    return join_returned(parts)


def open_returns(
    stretches: Stretches, ready: Ready, inputs: ReturnInputs, *, clauses: bool = False
) -> ReturnRunner | None:
    """What must be known of all paths before any is counted: how large the hazard is, and what exits are worth."""
    opened = stretches.opened
    found = licence(ready.case, opened.terms, opened.base.plan)
    if found is None:
        return None
    runner = ReturnRunner(ready, found, inputs, _calibrated(stretches, found, inputs), clauses=clauses)
    runner.prices = exit_prices(stretches, ready, runner.licences, runner.endings())
    return runner


def join_returned(parts: Sequence[Returned | None]) -> Returned | None:
    """What was counted on all stretches; None where nothing can come back."""
    return reduce(add, parts) if parts[0] is not None else None


def _calibrated(stretches: Stretches, found: Licence, inputs: ReturnInputs) -> Returned:
    """How large the added hazard is. A licence of what is on the market already is under it all the same."""
    plan, level = stretches.opened.base.plan, inputs.level
    after_launch = inputs.after_launch or _is_launched(plan, found)
    if level is None:
        hazard = replace(inputs.hazard or Hazard((0.0,)), after_launch=after_launch)
        return Returned(None, hazard, after_launch, OWN_HORIZON_YEARS)
    given: dict[str, Any] = {"age_years": level.age_years, "after_launch": after_launch}

    def counted(futures: Futures) -> Lives:
        own = licence_ends(found, futures)
        return lives(begins=found.begins, own_end=own.day, launch=own.launch, **given)

    total = reduce(add, replace(stretches, progress=None).over_futures(counted))
    added = calibrate(total, share=level.share, after_launch=after_launch)
    stress = constant(level.share, level.age_years, after_launch) if added.own_share >= added.asked_share else None
    return Returned(added, added.hazard, after_launch, level.age_years, stress=stress)


def _is_launched(plan: Plan, found: Licence) -> bool:
    """Whether one of the licensed markets was launched before the licence begins."""
    done = {activity.id: activity.finished for activity in plan.activities if activity.finished is not None}
    launches = [m.launch for m in plan.markets if m.id in found.licensed and m.launch.activity in done]
    return any(done[link.activity] + link.lag_days <= found.begins for link in launches)


class ReturnRunner:
    """Counts what each stretch of paths says."""

    def __init__(
        self, ready: Ready, found: Licence, inputs: ReturnInputs, returned: Returned, *, clauses: bool
    ) -> None:
        self.ready, self.found, self.inputs = ready, found, inputs
        plain = returned.hazard
        held: list[Clause] = [c for c in inputs.clauses if c.in_terms] if inputs.clause_effects else []
        factors = clause_factors((effect for clause in held for effect in clause.effects), "mode")
        self.life = changed(inputs.life, factors)
        factor = factors.get("hazard", 1.0)
        self.beside = returned.stress or plain
        """The hazard beside which each clause is shown."""
        stress = returned.stress and returned.stress.scaled(factor)
        self._nothing = replace(returned, hazard=plain.scaled(factor), stress=stress)
        self.alone = inputs.clauses if clauses else ()
        case = found.case
        bare = replace(found, case=replace(case, structure=without_fees(case.structure)))
        self.licences = {True: found, False: bare}
        self.prices: dict[Ending, Money] = {}
        """What each exit's buyer pays, where that is not what it is without an early end."""

    @property
    def empty(self) -> Returned:
        """Before any path is counted."""
        clauses = [
            ClauseGain(clause, {level: {} for level in LEVELS}, {level: Sums() for level in LEVELS})
            for clause in self.alone
        ]
        known = self._nothing
        return Returned(
            known.added, known.hazard, known.after_launch, known.age_years, stress=known.stress, clauses=clauses
        )

    def endings(self) -> Iterator[Ending]:
        """Every way to end that is valued on each stretch."""
        for hazard in (self._nothing.hazard, self._nothing.stress):
            if hazard is not None:
                yield Ending(hazard, None)
                yield Ending(hazard, self.life)
        if self.alone:
            yield Ending(self.beside, self.inputs.life)
            if pays_on_end(self.found.case.structure):
                yield Ending(self.beside, self.inputs.life, fees=False)
        for clause in self.alone:
            for level in LEVELS:
                yield self._changed(clause_factors(clause.effects, level))

    def _changed(self, factors: dict[Effect, float]) -> Ending:
        """The end beside which clauses are shown, with one of them."""
        return Ending(self.beside.scaled(factors.get("hazard", 1.0)), changed(self.inputs.life, factors))

    def counted(self, bases: Bases, plain: dict[str, Money]) -> Returned:
        """What these paths say; `plain` is what each party has on them without an early end."""
        part, own = self.empty, licence_ends(self.found, bases.timeline.futures)
        ended = end_days(self.found, bases, own, part.hazard)
        self._count(part, own, ended, bases)
        again = self._worth(part.worth, plain, bases, ended, part.hazard)
        if part.stress is not None:
            ended = end_days(self.found, bases, own, part.stress)
            part.stress_left.add((ended < NEVER).astype(np.float64))
            again = self._worth(part.stress_worth, plain, bases, ended, part.stress)
        if part.clauses:
            self._clauses(part, bases, own, None if self.inputs.clause_effects else again)
        return part

    def _count(self, returned: Returned, own: OwnEnds, ended: Days, bases: Bases) -> None:
        begins = self.found.begins
        returned.paths += bases.paths
        both = np.minimum(own.day, ended)
        for year in range(1, LONGEST_YEARS + 1):
            until = begins + round(year * DAYS_PER_YEAR)
            returned.left_by_year[year - 1] += np.count_nonzero(ended <= until)
            returned.all_by_year[year - 1] += np.count_nonzero(both <= until)
        until = begins + round(returned.age_years * DAYS_PER_YEAR)
        by_partner = ended <= until
        failed = own.activity[(own.day <= until) & ~by_partner]
        names = [activity.id for activity in bases.timeline.futures.plan.activities]
        at_age = returned.at_age
        at_age[BY_PARTNER] = at_age.get(BY_PARTNER, 0) + int(by_partner.sum())
        for position, count in zip(*np.unique(failed, return_counts=True), strict=True):
            name = names[position] if position >= 0 else "ended"
            at_age[name] = at_age.get(name, 0) + int(count)

    def _worth(
        self, worth: Worth, plain: dict[str, Money], bases: Bases, ended: Days, hazard: Hazard
    ) -> dict[str, Money]:
        lost = self._npv(Ending(hazard, None), bases, ended)
        again = self._npv(Ending(hazard, self.life), bases, ended)
        _add(worth.without_end, plain)
        _add(worth.no_second_life, lost)
        _add(worth.second_life, again)
        _add(worth.end_change, _less(lost, plain))
        _add(worth.second_life_gain, _less(again, lost))
        return again

    def _clauses(self, part: Returned, bases: Bases, own: OwnEnds, counted: dict[str, Money] | None) -> None:
        """Each clause alone, beside the same deal without any clause's effect; a fee beside the deal without it."""
        ended, plain = end_days(self.found, bases, own, self.beside), Ending(self.beside, self.inputs.life)
        reference = self._npv(plain, bases, ended) if counted is None else counted
        for row in part.clauses:
            for level in LEVELS:
                ending, leaves, npv = self._changed(clause_factors(row.clause.effects, level)), ended, reference
                if ending.hazard != self.beside:
                    leaves = end_days(self.found, bases, own, ending.hazard)
                if ending != plain:
                    npv = self._npv(ending, bases, leaves)
                _add(row.gains[level], _less(npv, reference))
                row.ends[level].add((leaves < NEVER).astype(np.float64))
            if row.clause.id == "break_fee" and pays_on_end(self.found.case.structure):
                without = self._npv(replace(plain, fees=False), bases, ended)
                _add(row.fee, _less(reference, without))

    def _npv(self, ending: Ending, bases: Bases, ended: Days) -> dict[str, Money]:
        case = ended_case(self.licences[ending.fees], bases, ended, ending.life)
        prices = self.prices.get(ending, self.ready.exit_value_usd)
        return replace(self.ready, case=case, exit_value_usd=prices).outcome(bases).npv_usd


def pays_on_end(structure: Structure) -> bool:
    """Whether anything is owed on the day of the early end."""
    return any(_is_fee(leg) for leg in structure.legs)


def without_fees(structure: Structure) -> Structure:
    return replace(structure, legs=tuple(leg for leg in structure.legs if not _is_fee(leg)))


def _is_fee(leg: object) -> bool:
    return isinstance(leg, Payment) and leg.when.option == TERMINATION


def _less(values: dict[str, Money], others: dict[str, Money]) -> dict[str, Money]:
    return {party: values[party] - others[party] for party in values}


def _add(sums: By, values: dict[str, Money]) -> None:
    for party, usd in values.items():
        sums.setdefault(party, Sums()).add(usd)
