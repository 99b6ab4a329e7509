"""What parties have of their deals on the futures that they believe in: each set of futures gone through once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from onepill.deals import Bases
from onepill.deals.inputs import Structure
from onepill.deals.vary import terms_of, with_terms
from onepill.model.deal import Belief
from onepill.sim import compile_plan
from onepill.sim.plan import Money
from onepill.workbench.deals.legs import UPSTREAM
from onepill.workbench.deals.ready import Opened, Posed, Ready, Stretches, make_ready
from onepill.workbench.deals.structure import structure_of, without_deal

PARTS: dict[str, Any] = {"funds": (), "vehicle": None, "grants": (), "options": ()}
"""What a structure without a deal, or without payments, leaves out beside legs."""


@dataclass(frozen=True)
class Sight:
    """A structure as it stands on one set of futures, and those who look at it.

    `deal` is the position of its deal in the question. It is the deal as it stands on a party's `own` futures, the deal
    without payments, to see what its owner has `kept` whatever is paid, or the parties `without` any deal.
    """

    deal: int
    posed: Posed
    parties: tuple[str, ...]
    kind: Literal["own", "kept", "without"]


@dataclass(frozen=True)
class Seen:
    """All that is looked at on one set of futures, ready to be valued on any stretch of them."""

    paths: Stretches
    sights: tuple[Sight, ...]
    ready: tuple[Ready, ...]

    @staticmethod
    def of(paths: Stretches, sights: Iterable[Sight]) -> Seen:
        """Sights with their options decided and their exits priced."""
        sights = tuple(sights)
        asked = replace(paths.opened, deals=tuple(sight.posed for sight in sights))
        return Seen(paths, sights, tuple(make_ready(asked, paths)))

    def on(self, bases: Bases) -> list[dict[str, Money]]:
        """By sight, what each of its parties has on these paths."""
        found = [deal.outcome(bases).npv_usd for deal in self.ready]
        return [{name: npv[name] for name in one.parties} for one, npv in zip(self.sights, found, strict=True)]

    def join(self, parts: Sequence[list[dict[str, Money]]]) -> Iterator[tuple[Sight, dict[str, Money]]]:
        """The same on all paths, from the parts of all stretches, which are used up: what is joined is held once."""
        for sight in self.sights:
            found = [part.pop(0) for part in parts]
            yield sight, {name: np.concatenate([npv[name] for npv in found]) for name in sight.parties}


def seen_by_all(opened: Opened, common: Stretches) -> tuple[Seen, list[Seen]]:
    """What is looked at on the file's own futures, and on each other set of futures that any party believes in."""
    asked = [party.believes for posed in opened.deals for party in posed.loaded.deal.parties.values()]
    others = []
    for beliefs in _distinct(asked):
        seen = opened.seen_with(beliefs)
        paths = replace(common, opened=seen, compiled=compile_plan(seen.base.plan), progress=None)
        others.append(Seen.of(paths, _sights(opened, beliefs, seen)))
    return Seen.of(common, _sights(opened, (), opened)), others


def _distinct(asked: Iterable[Sequence[Belief]]) -> list[Sequence[Belief]]:
    found = list[Sequence[Belief]]()
    for beliefs in asked:
        if beliefs and beliefs not in found:
            found.append(beliefs)
    return found


def _sights(opened: Opened, beliefs: Sequence[Belief], seen: Opened) -> Iterator[Sight]:
    for i, posed in enumerate(opened.deals):
        deal, structure = posed.loaded.deal, posed.structure
        if not beliefs:
            yield Sight(i, replace(posed, structure=without_deal(structure)), tuple(deal.parties), "without")
        parties = tuple(name for name, party in deal.parties.items() if list(party.believes) == list(beliefs))
        if not parties:
            continue
        own = structure_of(deal, seen.base) if beliefs else structure
        if beliefs:
            yield Sight(i, replace(posed, structure=seen_as(structure, structure, own)), parties, "own")
        if structure.owner in parties:
            bare = seen_as(without_payments(structure), structure, own)
            yield Sight(i, replace(posed, structure=bare), (structure.owner,), "kept")


def seen_as(changed: Structure, structure: Structure, own: Structure) -> Structure:
    """A deal as it stands on another plan, changed as `changed` differs from the file's `structure`: other numbers of
    terms, other parties, legs and parts left out."""
    known = terms_of(structure)
    terms = {name: term.value for name, term in terms_of(changed).items() if term.value != known[name].value}
    gone: dict[str, Any] = {part: none for part, none in PARTS.items() if not getattr(changed, part)}
    varied, signed = with_terms(own, terms), {leg.id for leg in changed.legs}
    legs = tuple(leg for leg in varied.legs if leg.id in signed)
    return replace(varied, parties=changed.parties, legs=legs, **gone)


def without_payments(structure: Structure) -> Structure:
    """What is granted, and what is owed upstream; nothing else is paid."""
    owed = tuple(leg for leg in structure.legs if leg.id.startswith(UPSTREAM))
    return replace(structure, legs=owed, vehicle=None, funds=())
