"""What becomes of a deal that may come back: when it ends, and the programme that its owner then has."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from onepill.core.dates import NEVER
from onepill.deals.bases import Bases
from onepill.deals.clauses import SecondLife
from onepill.deals.evaluate import Case
from onepill.deals.inputs import MarketTerms, ProfitShare
from onepill.deals.own_ends import OwnEnds, affected_activities, own_ends
from onepill.deals.returns import Hazard, termination_days
from onepill.deals.second_life import Stopped, returned_timeline
from onepill.sim.futures import Days, Futures
from onepill.sim.plan import Plan


@dataclass(frozen=True)
class Licence:
    """A structure as something that may come back: what stands still then, and from when on it may."""

    case: Case
    stopped: Stopped
    licensed: tuple[str, ...]
    begins: int


def licence(case: Case, terms: Sequence[MarketTerms], plan: Plan) -> Licence | None:
    """What may come back: granted markets or, where none is, those whose profit is shared, of which nothing stands
    still when the partner leaves. None where there is neither."""
    structure = case.structure
    begins = max(structure.signed, plan.as_of)
    grants = [grant for grant in structure.grants if grant.to != structure.owner]
    licensed = _plan_markets({name for grant in grants for name in grant.markets}, terms)
    if not licensed:
        shared = {name for leg in structure.legs if isinstance(leg, ProfitShare) for name in leg.markets}
        licensed, nothing = _plan_markets(shared, terms), frozenset[str]()
        return (
            Licence(case, Stopped(nothing, nothing, nothing, structure.signed), licensed, begins) if licensed else None
        )
    paid = frozenset(name for grant in grants for name in grant.activities)
    activities = affected_activities(plan, markets=licensed, activities=paid)
    waiting = {market.id for market in plan.markets if market.launch.activity in activities}
    stopped = Stopped(activities, paid, frozenset(licensed) | waiting, structure.signed)
    return Licence(case, stopped, licensed, begins)


def _plan_markets(names: Collection[str], terms: Sequence[MarketTerms]) -> tuple[str, ...]:
    """The plan markets that are meant by their own or their group's name."""
    return tuple(term.id for term in terms if term.id in names or term.group in names)


def licence_ends(found: Licence, futures: Futures) -> OwnEnds:
    """When the licence ends by itself on each path."""
    return own_ends(futures, found.licensed)


def end_days(found: Licence, bases: Bases, own: OwnEnds, hazard: Hazard) -> Days:
    """When the partner ends it on each path; what comes after the plan's last year is not counted."""
    futures = bases.timeline.futures
    luck = {"first": futures.first, "seed": futures.seed}
    days = termination_days(hazard, begins=found.begins, own_end=own.day, launch=own.launch, **luck)
    return np.where(days < bases.years.bounds[-1], days, np.int32(NEVER))


def ended_case(found: Licence, bases: Bases, ended: Days, life: SecondLife | None) -> Case:
    """The structure with the licence ended on these days, and the programme its owner's from then on.

    `life` None: without the right to a second life. Where the licence never ends, nothing of the programme come back
    counts, and nothing of it is worked out.
    """
    timeline = returned_timeline(bases.timeline, ended, found.stopped, life).only_on(ended < NEVER)
    return replace(found.case, held_until=ended, returned=Bases(timeline, bases.terms, bases.years))
