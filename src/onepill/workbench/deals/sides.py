"""Both sides of a deal on the same draws: each party's value on the file's futures and on those it believes in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from onepill.deals import Bases
from onepill.deals.inputs import Discounts, Structure
from onepill.deals.measures import NEUTRAL, Risk
from onepill.deals.solve import Values
from onepill.model.deal import Belief
from onepill.sim import compile_plan
from onepill.workbench.deals.beliefs import seen_as, without_payments
from onepill.workbench.deals.ready import Opened, Part, Posed, Stretches, in_order, make_ready
from onepill.workbench.deals.structure import discounts, structure_of, without_deal

Money = npt.NDArray[np.float64]
OWN = "@own"
"""A party's value on its own futures stands under its id and this."""


@dataclass(frozen=True)
class Kept(Stretches):
    """Paths that are gone through many times over, held in memory."""

    stretches: tuple[Bases, ...] = ()

    def over(self, work: Callable[[Bases], Part]) -> list[Part]:
        return list(in_order(work, self.stretches, threads=self.threads))

    def first(self) -> Bases:
        return self._first

    @cached_property
    def _first(self) -> Bases:
        return super().first()


@dataclass(frozen=True)
class View:
    """One set of futures, and the deal as it stands on the plan that they are of."""

    paths: Stretches
    structure: Structure

    def value(self, posed: Posed) -> dict[str, Money]:
        """Net present value of each party on each path, in US dollars."""
        (ready,) = make_ready(replace(self.paths.opened, deals=(posed,)), self.paths)
        found = self.paths.over(lambda bases: ready.outcome(bases).npv_usd)
        return {party: np.concatenate([part[party] for part in found]) for party in found[0]}


class Sides:
    """One deal seen by everybody who signs it, all paths held in memory for many questions."""

    def __init__(self, opened: Opened, posed: Posed, paths: Stretches) -> None:
        self.opened, self.posed, self._paths = opened, posed, paths

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
        return self._view(self.opened, self.posed.structure)

    @cached_property
    def own(self) -> dict[str, View]:
        """The futures of each party that believes something else than the file."""
        found, known = dict[str, View](), list[tuple[Sequence[Belief], View]]()
        for name, party in self.posed.loaded.deal.parties.items():
            if party.believes:
                view = next((view for beliefs, view in known if beliefs == party.believes), None)
                found[name] = view or self._believed(party.believes)
                known.append((party.believes, found[name]))
        return found

    def _believed(self, beliefs: Sequence[Belief]) -> View:
        seen = self.opened.seen_with(beliefs)
        return self._view(seen, structure_of(self.posed.loaded.deal, seen.base))

    @cached_property
    def kept(self) -> dict[str, float]:
        """What each party keeps whatever is paid: the owner what it has not granted, less what it owes upstream."""
        own = self._seen(without_payments(self.posed.structure), self.view_of(self.owner))[self.owner]
        return {party: float(own.mean()) if party == self.owner else 0.0 for party in self.parties}

    @property
    def sharing(self) -> tuple[str, ...]:
        """Who keeps what it has: all but the vehicle and the funds."""
        return tuple(party for party in self.parties if party not in self.posed.structure.conduits)

    @cached_property
    def alone(self) -> dict[str, Money]:
        """What each party has on its own futures where nothing is signed."""
        found = {}
        for party in self.parties:
            view = self.view_of(party)
            found[party] = view.value(replace(self.posed, structure=without_deal(view.structure)))[party]
        return found

    def view_of(self, party: str) -> View:
        return self.own.get(party, self.common)

    def risk_of(self, party: str) -> Risk:
        term = self.posed.loaded.deal.parties[party].risk
        return NEUTRAL if term is None else Risk(term.weight, term.tail_share)

    def values(self, structure: Structure) -> Values:
        """By party the value on the file's futures, and with `OWN` behind its id the one on its own."""
        found = self._seen(structure, self.common)
        for party in self.parties:
            own = self._seen(structure, self.own[party]) if party in self.own else found
            found[party + OWN] = own[party]
        return found

    def _seen(self, structure: Structure, view: View, rates: dict[str, Discounts] | None = None) -> dict[str, Money]:
        """What a structure of the file's plan comes to on a view's plan: the deal as it stands there, so changed."""
        own = seen_as(structure, self.posed.structure, view.structure)
        return view.value(replace(self.posed, structure=own, discounts=rates or self.posed.discounts))

    def seen_by(self, structure: Structure, party: str, glasses: dict[str, str]) -> tuple[Money, Risk]:
        """What `party` has, its beliefs, discount rate, tax and risk measure being those of whom `glasses` name."""
        deal = self.posed.loaded.deal.parties
        rate, tax = glasses["discount_rate"], deal[glasses["tax"]].tax_share
        share = None if tax is None else tax.number
        parties = tuple(replace(p, tax_share=share) if p.id == party else p for p in structure.parties)
        rates = self.posed.discounts | {party: discounts({party: self.posed.rates[rate]}, self.opened.base)[party]}
        view, changed = self.view_of(glasses["beliefs"]), replace(structure, parties=parties)
        return self._seen(changed, view, rates)[party], self.risk_of(glasses["risk"])

    def _view(self, opened: Opened, structure: Structure) -> View:
        compiled = compile_plan(opened.base.plan)
        paths = replace(self._paths, opened=opened, compiled=compiled)
        drawn = (opened, compiled, paths.draws, paths.seed, paths.threads)
        return View(Kept(*drawn, stretches=tuple(paths.over(lambda bases: bases))), structure)
