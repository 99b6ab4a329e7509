"""Both sides of a deal on the same draws: each party's value on the file's futures and on those it believes in."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from onepill.deals import Bases
from onepill.deals.inputs import Structure
from onepill.deals.measures import NEUTRAL, Risk
from onepill.deals.solve import Values
from onepill.model.load import believed_programme
from onepill.rulebook import load_rulebook
from onepill.sim import compile_plan
from onepill.workbench.assemble import assemble
from onepill.workbench.deal_ready import Opened, Posed, Stretches, make_ready
from onepill.workbench.deal_structure import discounts, market_terms
from onepill.workbench.fill import fill
from onepill.workbench.simulate import Progress

Money = npt.NDArray[np.float64]
OWN = "@own"
"""A party's value on its own futures stands under its id and this."""


@dataclass(frozen=True)
class Kept(Stretches):
    """Paths that are gone through many times over, held in memory."""

    stretches: tuple[Bases, ...] = ()

    def each(self) -> Iterator[Bases]:
        return iter(self.stretches)


@dataclass(frozen=True)
class View:
    """One set of futures."""

    kept: Kept

    def value(self, posed: Posed) -> dict[str, Money]:
        """Net present value of each party on each path, in US dollars."""
        (ready,) = make_ready(replace(self.kept.opened, deals=(posed,)), self.kept)
        with ThreadPoolExecutor(self.kept.threads) as pool:
            found = [outcome.npv_usd for outcome in pool.map(ready.outcome, self.kept.stretches)]
        return {party: np.concatenate([part[party] for part in found]) for party in found[0]}


class Sides:
    """One deal seen by everybody who signs it."""

    def __init__(
        self, opened: Opened, posed: Posed, *, draws: int, seed: int, threads: int, progress: Progress | None = None
    ) -> None:
        self.opened, self.posed = opened, posed
        self._draws, self._seed, self._threads, self._progress = draws, seed, threads, progress

    @property
    def parties(self) -> tuple[str, ...]:
        """The parties of the contract: the authorities and outsiders are none."""
        return tuple(self.posed.loaded.deal.parties)

    @property
    def owner(self) -> str:
        return self.posed.structure.owner

    @cached_property
    def common(self) -> View:
        """The programme file's own futures."""
        return self._view(self.opened)

    @cached_property
    def own(self) -> dict[str, View]:
        """The futures of each party that believes something else than the file."""
        found = {}
        for name, party in self.posed.loaded.deal.parties.items():
            if party.believes:
                programme = believed_programme(self.opened.loaded, party.believes)
                base = assemble(fill(programme, load_rulebook()))
                found[name] = self._view(replace(self.opened, base=base, terms=market_terms(base)))
        return found

    @cached_property
    def kept(self) -> dict[str, float]:
        """What each party keeps whatever is paid: the owner what it has not granted, by its own view."""
        bare = replace(self.posed.structure, legs=(), options=(), vehicle=None, funds=())
        own = self.view_of(self.owner).value(replace(self.posed, structure=bare))[self.owner]
        return {party: float(own.mean()) if party == self.owner else 0.0 for party in self.parties}

    def view_of(self, party: str) -> View:
        return self.own.get(party, self.common)

    def risk_of(self, party: str) -> Risk:
        term = self.posed.loaded.deal.parties[party].risk
        return NEUTRAL if term is None else Risk(term.weight, term.tail_share)

    def values(self, structure: Structure) -> Values:
        """By party the value on the file's futures, and with `OWN` behind its id the one on its own."""
        posed = replace(self.posed, structure=structure)
        found = self.common.value(posed)
        for party in self.parties:
            own = self.own[party].value(posed) if party in self.own else found
            found[party + OWN] = own[party]
        return found

    def seen_by(self, structure: Structure, party: str, glasses: dict[str, str]) -> tuple[Money, Risk]:
        """What `party` has, its beliefs, discount rate, tax and risk measure being those of whom `glasses` name."""
        deal = self.posed.loaded.deal.parties
        rate, tax = glasses["discount_rate"], deal[glasses["tax"]].tax_share
        share = None if tax is None else tax.number
        parties = tuple(replace(p, tax_share=share) if p.id == party else p for p in structure.parties)
        rates = self.posed.discounts | {party: discounts({party: self.posed.rates[rate]}, self.opened.base)[party]}
        posed = replace(self.posed, structure=replace(structure, parties=parties), discounts=rates)
        return self.view_of(glasses["beliefs"]).value(posed)[party], self.risk_of(glasses["risk"])

    def _view(self, opened: Opened) -> View:
        drawn = (compile_plan(opened.base.plan), self._draws, self._seed, self._threads)
        stretches = tuple(Stretches(opened, *drawn, self._progress).each())
        return View(Kept(opened, *drawn, stretches=stretches))
