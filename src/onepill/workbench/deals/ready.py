"""Makes deals ready to run: decides options that are left to their holder, and prices exits from the paths."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

import numpy as np

from onepill.deals import Bases, Case, Outcome, Timeline, Years, decide_options, evaluate
from onepill.deals.equity import Equity, EquityOutcome
from onepill.deals.equity_case import price_exits, with_equity
from onepill.deals.equity_exits import ExitSums, exit_values, to_be_priced
from onepill.deals.equity_measures import MoneyTally, invested, tally, years_ahead
from onepill.deals.inputs import Discounts, MarketTerms, Structure
from onepill.model import Loaded
from onepill.model.deal import Belief
from onepill.model.deal_load import LoadedDeal
from onepill.model.load import believed_programme
from onepill.rulebook import load_rulebook
from onepill.sim import CompiledPlan
from onepill.sim.arrays import BLOCK_PATHS
from onepill.sim.futures import Futures, futures
from onepill.sim.plan import Money
from onepill.workbench.deals.structure import discounts, market_terms
from onepill.workbench.plan.assemble import Assembled, assemble
from onepill.workbench.plan.fill import fill
from onepill.workbench.results.simulate import Progress

Given = TypeVar("Given")
Part = TypeVar("Part")
DECIDING_PATHS = 65_536
STRETCH_PATHS = 32_768
"""Paths gone through at once by a thread, at most: some 100 MB for a plan of 100 activities and ten markets."""


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
    others: list[tuple[Sequence[Belief], Opened]] = field(default_factory=list, repr=False, compare=False)

    def seen_with(self, beliefs: Sequence[Belief]) -> Opened:
        """The programme as whoever believes this sees it, made once for all who do."""
        found = next((other for known, other in self.others if known == beliefs), None)
        if found is None:
            base = assemble(fill(believed_programme(self.loaded, beliefs), load_rulebook()))
            found = replace(self, base=base, terms=market_terms(base), others=[])
            self.others.append((beliefs, found))
        return found


@dataclass(frozen=True)
class Stretches:
    """The paths of one question, drawn anew each time that they are gone through."""

    opened: Opened
    compiled: CompiledPlan
    draws: int
    seed: int
    threads: int
    progress: Progress | None = None

    def over(self, work: Callable[[Bases], Part]) -> list[Part]:
        """What `work` makes of each stretch, in the order of the paths, on as many of them at once as threads.

        Where the paths are cut does not depend on the threads. The progress is told after each stretch.
        """
        return self.over_futures(lambda drawn: work(self.bases_of(drawn)))

    def over_futures(self, work: Callable[[Futures], Part]) -> list[Part]:
        """The same for work that needs the futures alone."""
        found, done, cuts = list[Part](), 0, paths_cut(self.draws)
        with closing(in_order(lambda cut: work(self._drawn(*cut)), cuts, threads=self.threads)) as parts:
            for (_, count), part in zip(cuts, parts, strict=True):
                found.append(part)
                done += count
                if self.progress:
                    self.progress("simulate", done, self.draws)
        return found

    def first(self) -> Bases:
        """Paths enough to decide on: the first `DECIDING_PATHS`."""
        drawn = min(self.draws, DECIDING_PATHS)
        return self.bases_of(futures(self.compiled, draws=drawn, seed=self.seed, threads=self.threads))

    def bases_of(self, drawn: Futures) -> Bases:
        return Bases(Timeline.of(drawn), self.opened.terms, Years.of(self.opened.base.plan))

    def _drawn(self, first: int, count: int) -> Futures:
        return futures(self.compiled, draws=count, seed=self.seed, first=first)


def in_order(work: Callable[[Given], Part], items: Sequence[Given], *, threads: int) -> Generator[Part]:
    """What `work` makes of each item. Nothing more is begun once it has failed, or nobody takes what it makes."""
    if threads == 1:
        yield from map(work, items)
        return
    pool = ThreadPoolExecutor(threads)
    try:
        yield from pool.map(work, items)
    finally:
        pool.shutdown(cancel_futures=True)


def paths_cut(draws: int) -> list[tuple[int, int]]:
    """The first path of each stretch, and how many it has: an even number of stretches alike, that cores share."""
    wanted = 2 * -(-draws // (2 * STRETCH_PATHS))
    size = BLOCK_PATHS * -(-draws // (wanted * BLOCK_PATHS))
    return [(first, min(size, draws - first)) for first in range(0, draws, size)]


@dataclass(frozen=True)
class Ready:
    """A structure that can be valued on any stretch: every option decided, every exit priced."""

    case: Case
    equity: Equity | None = None
    exit_value_usd: Money = field(default_factory=lambda: np.zeros(0))

    def outcome(self, bases: Bases) -> Outcome:
        """What it comes to on these paths; no flows by path are kept."""
        return self._shared_out(bases, ())[0]

    def with_money(self, bases: Bases) -> tuple[Outcome, MoneyTally | None]:
        """The same, and how money in its vehicle does."""
        if self.equity is None:
            return self.outcome(bases), None
        found, moved = self._shared_out(bases, invested(self.equity))
        assert moved is not None  # of a structure with a vehicle
        ahead = years_ahead(bases.years, convention=self.case.structure.convention)
        return found, tally(self.equity, moved, ahead)

    def _shared_out(self, bases: Bases, keep: Sequence[str]) -> tuple[Outcome, EquityOutcome | None]:
        """What it comes to, and what moved in its vehicle where it has one, by path for the parties to be kept."""
        if self.equity is None:
            return evaluate(self.case, bases), None
        values, found = self.exit_value_usd, self._legs(bases)
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
        quiet = replace(stretches, progress=None)
        for found in quiet.over(lambda bases: {i: ready[i].exits(bases, buyers[i]) for i in priced}):
            sums = {i: sums[i] + part if i in sums else part for i, part in found.items()}
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
