"""Makes deals ready to run: decides options that are left to their holder, and prices exits from the paths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from onepill.deals import Bases, Case, Outcome, Timeline, Years, decide_options, evaluate
from onepill.deals.equity import Equity, EquityOutcome
from onepill.deals.equity_case import price_exits, with_equity
from onepill.deals.equity_exits import ExitSums, exit_values, to_be_priced
from onepill.deals.equity_measures import MoneyTally, invested, tally, years_ahead
from onepill.deals.inputs import Discounts, MarketTerms, Structure
from onepill.model import Loaded
from onepill.model.deal_load import LoadedDeal
from onepill.sim import CompiledPlan
from onepill.sim.futures import futures_in_chunks
from onepill.sim.plan import Money
from onepill.workbench.assemble import Assembled
from onepill.workbench.deal_structure import discounts
from onepill.workbench.simulate import Progress


@dataclass(frozen=True)
class Posed:
    """One deal, ready to compile; `rates` are yearly discount rates by party."""

    loaded: LoadedDeal
    structure: Structure
    rates: dict[str, float]
    discounts: dict[str, Discounts]


@dataclass(frozen=True)
class Opened:
    """A programme with its plan, what its markets keep of their sales, and the deals that are asked about."""

    loaded: Loaded
    base: Assembled
    terms: tuple[MarketTerms, ...]
    deals: tuple[Posed, ...]


@dataclass(frozen=True)
class Stretches:
    """The paths of one question, drawn anew each time that they are gone through."""

    opened: Opened
    compiled: CompiledPlan
    draws: int
    seed: int
    threads: int
    progress: Progress | None = None

    def each(self) -> Iterator[Bases]:
        """All paths, a stretch at a time, the progress told after each."""
        years, done = Years.of(self.opened.base.plan), 0
        drawn = {"draws": self.draws, "seed": self.seed, "threads": self.threads}
        for stretch in futures_in_chunks(self.compiled, **drawn):
            yield Bases(Timeline.of(stretch), self.opened.terms, years)
            done += stretch.paths
            if self.progress:
                self.progress("simulate", done, self.draws)

    def first(self) -> Bases:
        """The first stretch."""
        return next(iter(replace(self, progress=None).each()))


@dataclass(frozen=True)
class Ready:
    """A structure that can be valued on any stretch: every option decided, every exit priced."""

    case: Case
    equity: Equity | None = None
    exit_value_usd: Money = field(default_factory=lambda: np.zeros(0))

    def outcome(self, bases: Bases) -> Outcome:
        """What it comes to on these paths; no flows by path are kept."""
        return evaluate(self.case, bases) if self.equity is None else self._moved(bases, keep=())[0]

    def with_money(self, bases: Bases) -> tuple[Outcome, MoneyTally | None]:
        """What it comes to on these paths, and how money in its vehicle does; no flows by path are kept."""
        if self.equity is None:
            return evaluate(self.case, bases), None
        ahead = years_ahead(bases.years, convention=self.case.structure.convention)
        shared, moved = self._moved(bases, keep=invested(self.equity))
        return shared, tally(self.equity, moved, ahead)

    def _moved(self, bases: Bases, *, keep: tuple[str, ...]) -> tuple[Outcome, EquityOutcome]:
        assert self.equity is not None
        found, values = self._legs(bases), self.exit_value_usd
        return with_equity(self.case, bases, found, self.equity, exit_value_usd=values, keep=keep)

    def exits(self, bases: Bases, buyers: list[Discounts]) -> ExitSums:
        """This stretch's part of what the exits are worth."""
        assert self.equity is not None  # asked only of structures with exits
        return price_exits(self.case, bases, self._legs(bases), self.equity, buyers)

    def _legs(self, bases: Bases) -> Outcome:
        assert self.equity is not None
        return evaluate(self.case, bases, keep=[self.equity.vehicle.party])


def make_ready(opened: Opened, stretches: Stretches) -> list[Ready]:
    """The deals of a question. Options are decided on the first stretch, exits are priced on all paths."""
    ready = [_decided(posed, stretches) for posed in opened.deals]
    priced = [i for i, deal in enumerate(ready) if deal.equity and to_be_priced(deal.equity.vehicle)]
    sums: dict[int, Any] = {}
    if priced:
        buyers = {i: buyers_of(ready[i], opened.base) for i in priced}
        for bases in replace(stretches, progress=None).each():
            for i in priced:
                found = ready[i].exits(bases, buyers[i])
                sums[i] = sums[i] + found if i in sums else found
    return [_priced(deal, sums.get(i)) for i, deal in enumerate(ready)]


def _decided(posed: Posed, stretches: Stretches) -> Ready:
    case = Case(posed.structure, posed.discounts)
    if any(option.exercise_prob is None for option in posed.structure.options):
        base = stretches.opened.base
        case = decide_options(case, [stretches.first()], partial(_holder_value, base))
    return _with_vehicle(case, stretches.opened.base)


def _with_vehicle(case: Case, base: Assembled) -> Ready:
    years = Years.of(base.plan).count
    return Ready(case, Equity.of(case.structure, years=years) if case.structure.vehicle else None)


def _holder_value(base: Assembled, case: Case, bases: Bases, holder: str) -> Money:
    """What a decided structure is worth to an option's holder by path, its share in the vehicle with it.

    The vehicle itself, and a fund, decide by what the legs bring them: all that they have they pass on.
    """
    ready = _with_vehicle(case, base)
    if ready.equity is None or holder in {ready.equity.vehicle.party, *(fund.party for fund in ready.equity.funds)}:
        return evaluate(case, bases).npv_usd[holder]
    sums = ready.exits(bases, buyers_of(ready, base)) if to_be_priced(ready.equity.vehicle) else None
    return _priced(ready, sums).outcome(bases).npv_usd[holder]


def _priced(deal: Ready, sums: ExitSums | None) -> Ready:
    if deal.equity is None:
        return deal
    return replace(deal, exit_value_usd=exit_values(deal.equity.vehicle, sums))


def buyers_of(deal: Ready, base: Assembled) -> list[Discounts]:
    """What the buyer at each exit discounts with."""
    assert deal.equity is not None
    rates = {str(i): leave.discount_rate_per_year for i, leave in enumerate(deal.equity.vehicle.exits)}
    return list(discounts(rates, base).values())
