"""What becomes of a deal that may come back: when it ends, and the programme that its owner then has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from onepill.core.dates import NEVER
from onepill.deals.bases import Bases
from onepill.deals.clauses import SecondLife
from onepill.deals.evaluate import Case
from onepill.deals.inputs import MarketTerms
from onepill.deals.own_ends import OwnEnds, affected_activities, own_ends
from onepill.deals.returns import Hazard, termination_days
from onepill.deals.second_life import Stopped, returned_timeline
from onepill.sim.futures import Days
from onepill.sim.plan import Plan


@dataclass(frozen=True)
class Licence:
    """A structure as something that may come back: what stands still then, and from when on it may."""

    case: Case
    stopped: Stopped
    licensed: tuple[str, ...]
    begins: int


def licence(case: Case, terms: Sequence[MarketTerms], plan: Plan) -> Licence | None:
    """None where no market is granted to anybody, so that nothing can come back."""
    structure = case.structure
    grants = [grant for grant in structure.grants if grant.to != structure.owner]
    names = {name for grant in grants for name in grant.markets}
    licensed = tuple(term.id for term in terms if term.id in names or term.group in names)
    if not licensed:
        return None
    paid = frozenset(name for grant in grants for name in grant.activities)
    activities = affected_activities(plan, markets=licensed, activities=paid)
    waiting = {market.id for market in plan.markets if market.launch.activity in activities}
    stopped = Stopped(activities, paid, frozenset(licensed) | waiting, structure.signed)
    return Licence(case, stopped, licensed, max(structure.signed, plan.as_of))


def licence_ends(found: Licence, bases: Bases) -> OwnEnds:
    """When the licence ends by itself on each path."""
    return own_ends(bases.timeline.futures, found.licensed)


def end_days(found: Licence, bases: Bases, own: OwnEnds, hazard: Hazard) -> Days:
    """When the partner ends it on each path; what comes after the plan's last year is not counted."""
    futures = bases.timeline.futures
    luck = {"first": futures.first, "seed": futures.seed}
    days = termination_days(hazard, begins=found.begins, own_end=own.day, launch=own.launch, **luck)
    return np.where(days < bases.years.bounds[-1], days, np.int32(NEVER))


def ended_case(found: Licence, bases: Bases, ended: Days, life: SecondLife | None) -> Case:
    """The structure with the licence ended on these days, and the programme its owner's from then on.

    `life` None: without the right to a second life.
    """
    timeline = returned_timeline(bases.timeline, ended, found.stopped, life)
    return replace(found.case, held_until=ended, returned=Bases(timeline, bases.terms, bases.years))
