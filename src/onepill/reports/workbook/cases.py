"""The plan's exclusive futures, told apart only where they matter: which steps happen after which outcomes?

A gate that can only fail or not is a factor of the chance. A gate with several ways on, or whose failure moves a day or
opens other work, is a fork: what comes after it stands once for each of its outcomes. The forks are those of
`sim.branches`, but by their form and not by today's numbers, since a chance of 0 may be changed in the workbook.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product

from onepill.core.errors import InputError
from onepill.sim.checks import order_activities
from onepill.sim.plan import FAILED, FINISHED, STARTED, SUCCEEDED, Activity, Link, Market, Plan
from onepill.sim.weighting import members, weigh_plan

Case = tuple[tuple[str, str], ...]
"""(activity of the fork, its outcome) in the plan's order."""
MOST_ROWS = 2_000


@dataclass(frozen=True)
class Step:
    """An activity in one case in which it may happen; `gates` are the activities whose gates it needs passed."""

    activity: Activity
    case: Case
    gates: tuple[str, ...]


@dataclass(frozen=True)
class Launch:
    """A market in one case in which it may be launched; `ends_on` are the events that may end it there."""

    market: Market
    case: Case
    gates: tuple[str, ...]
    ends_on: tuple[Link, ...]


class Cases:
    """The steps of a plan at its means, each in every case that matters to it.

    Raises:
        InputError: `workbook.size`, or `workbook.plan` for what no sheet is made for.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.activities = {a.id: a for a in plan.activities}
        self._order = order_activities(plan)
        self._position = {a.id: i for i, a in enumerate(plan.activities)}
        self._found = weigh_plan(plan, self._order, shared_streams=_shared(plan))
        _refuse_unknown(plan)
        self.forks = {a.id for i, a in enumerate(plan.activities) if self._is_fork(a, i)}
        self._rank = {plan.activities[i].id: rank for rank, i in enumerate(self._order)}
        self._reach: dict[str, frozenset[str]] = {}
        self._known: dict[tuple[str, Case], bool] = {}
        for i in self._order:
            activity = plan.activities[i]
            self._reach[activity.id] = self._reached(activity)

    @cached_property
    def steps(self) -> dict[tuple[str, Case], Step]:
        """Every step by (activity, case), predecessors first."""
        found: dict[tuple[str, Case], Step] = {}
        for i in self._order:
            activity = self.plan.activities[i]
            for case in self._cases(self._reach[activity.id]):
                if self.may_happen(activity.id, case):
                    found[activity.id, case] = Step(activity, case, self._gates(self._found.activities[i]))
            if len(found) > MOST_ROWS:
                hint = "value it with onepill passport FILE instead"
                raise InputError.single("workbook.size", "the plan has too many exclusive futures", hint=hint)
        return found

    @cached_property
    def launches(self) -> list[Launch]:
        found = []
        for market, bits in zip(self.plan.markets, self._found.markets, strict=True):
            links = (market.launch, *market.ends_on)
            reach = frozenset[str]().union(*(self._of_link(link) for link in links))
            for case in self._cases(reach):
                if self.holds(market.launch, case):
                    ends = tuple(link for link in market.ends_on if self.holds(link, case))
                    found.append(Launch(market, case, self._gates(bits), ends))
        return found

    def case_of(self, activity: str, case: Case) -> Case:
        """What of a case matters to an activity: the key of its step."""
        return self._reduced(tuple(item for item in case if item[0] in self._reach[activity]))

    def may_happen(self, activity: str, case: Case) -> bool:
        """Whether the activity starts in a case, stops left aside."""
        if (activity, case) not in self._known:
            self._known[activity, case] = self._may_happen(self.activities[activity], case)
        return self._known[activity, case]

    def _may_happen(self, found: Activity, case: Case) -> bool:
        if found.started is not None or found.finished is not None or not found.after:
            return True
        holds = [self.holds(link, case) for link in found.after]
        return any(holds) if found.any_of else all(holds)

    def holds(self, link: Link, case: Case) -> bool:
        """Whether a link's event may come in a case."""
        found = self.activities[link.activity]
        if not self.may_happen(link.activity, self.case_of(link.activity, case)):
            return False
        if link.event in (STARTED, FINISHED) or (link.event == FAILED and found.stops_on):
            return True
        return link.event == self.outcome(link.activity, case)

    def outcome(self, activity: str, case: Case) -> str:
        """What comes of an activity in a case, where it is not stopped; a gate that is a factor is passed."""
        found = self.activities[activity]
        if activity in self.forks:
            return dict(case).get(activity, FAILED)
        if found.outcome is not None or found.gate is None:
            return found.outcome or SUCCEEDED
        return next((name for name, _ in found.gate.outcomes if name != FAILED), FAILED)

    def _is_fork(self, activity: Activity, position: int) -> bool:
        if activity.gate is None or activity.outcome is not None:
            return False
        return position in self._found.drawn or sum(name != FAILED for name, _ in activity.gate.outcomes) > 1

    def _reached(self, activity: Activity) -> frozenset[str]:
        is_fact = activity.started is not None or activity.finished is not None
        links = (*(() if is_fact else activity.after), *activity.stops_on, *(cap.link for cap in activity.span_caps))
        return frozenset[str]().union(*(self._of_link(link) for link in links))

    def _of_link(self, link: Link) -> frozenset[str]:
        own = {link.activity} if link.activity in self.forks and link.event not in (STARTED, FINISHED) else set[str]()
        return self._reach[link.activity] | own

    def _cases(self, reach: frozenset[str]) -> list[Case]:
        """Every combination of outcomes, those of forks that are not come to left out."""
        forks = sorted(reach, key=self._rank.__getitem__)
        gates = [self.activities[name].gate for name in forks]
        names = [[outcome for outcome, _ in gate.outcomes] for gate in gates if gate]
        size = 1
        for outcomes in names:
            size *= len(outcomes)
        if size > MOST_ROWS:
            hint = "value it with onepill passport FILE instead"
            raise InputError.single("workbook.size", "the plan has too many exclusive futures", hint=hint)
        every = (self._reduced(tuple(zip(forks, chosen, strict=True))) for chosen in product(*names))
        return list(dict.fromkeys(every))

    def _reduced(self, case: Case) -> Case:
        """The case without forks that are not come to in it."""
        kept: Case = ()
        for name, outcome in case:
            if self.may_happen(name, self.case_of(name, kept)):
                kept = (*kept, (name, outcome))
        return kept

    def _gates(self, bits: int) -> tuple[str, ...]:
        names = [self.plan.activities[i].id for i in members(bits)]
        return tuple(name for name in names if name not in self.forks)


def _shared(plan: Plan) -> frozenset[str]:
    streams = [activity.gate.stream for activity in plan.activities if activity.gate]
    return frozenset(stream for stream in streams if streams.count(stream) > 1)


def _refuse_unknown(plan: Plan) -> None:
    """What the deterministic sheets have no formula for; the programme alone makes none of it."""
    shared, hint = _shared(plan), "leave the policy out of the workbook"
    random = [a.id for a in plan.activities for cap in a.span_caps if cap.prob < 1]
    paid = [contract.id for contract in plan.contracts if contract.payments]
    if shared or random or paid:
        names = ", ".join([*sorted(shared), *random, *paid])
        raise InputError.single("workbook.plan", f"the workbook has no formula for {names}", hint=hint)
