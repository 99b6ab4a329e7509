"""Which parts of a plan can come at all after given outcomes, days left aside?"""

from __future__ import annotations

from onepill.sim.checks import order_activities
from onepill.sim.plan import FAILED, FINISHED, STARTED, SUCCEEDED, Activity, Link, Plan

Case = tuple[tuple[str, str], ...]
"""(activity of a fork, its outcome), predecessors first."""


class Ways:
    """The ways through a plan whose gates in `forks` are told apart; every other gate is passed.

    Stops are left aside: they depend on days.
    """

    def __init__(self, plan: Plan, forks: frozenset[str]) -> None:
        self.plan, self.forks = plan, forks
        self.activities = {a.id: a for a in plan.activities}
        self.order = order_activities(plan)
        self._rank = {plan.activities[i].id: rank for rank, i in enumerate(self.order)}
        self._known: dict[tuple[str, Case], bool] = {}
        self._reach: dict[str, frozenset[str]] = {}
        for i in self.order:
            activity = plan.activities[i]
            self._reach[activity.id] = self._reached(activity)

    def reach(self, activity: str) -> frozenset[str]:
        """The forks on which an activity's days or chance depend."""
        return self._reach[activity]

    def of_link(self, link: Link) -> frozenset[str]:
        """The forks on which a link's event depends."""
        own = {link.activity} if link.activity in self.forks and link.event not in (STARTED, FINISHED) else set[str]()
        return self._reach[link.activity] | own

    def cases(self, forks: frozenset[str], *, most: int) -> list[Case] | None:
        """Every combination of outcomes of these forks, those that are not come to left out; None above `most`."""
        found: list[Case] = [()]
        for name in sorted(forks, key=self._rank.__getitem__):
            gate = self.activities[name].gate
            outcomes = [outcome for outcome, _ in gate.outcomes] if gate else []
            grown: list[Case] = []
            for case in found:
                comes = self.may_happen(name, self.case_of(name, case))
                grown += [(*case, (name, outcome)) for outcome in outcomes] if comes else [case]
            found = grown
            if len(found) > most:
                return None
        return found

    def case_of(self, activity: str, case: Case) -> Case:
        """What of a case, in any order, matters to an activity."""
        kept: Case = ()
        for name, outcome in sorted(case, key=lambda item: self._rank[item[0]]):
            if name in self._reach[activity] and self.may_happen(name, self.case_of(name, kept)):
                kept = (*kept, (name, outcome))
        return kept

    def may_happen(self, activity: str, case: Case) -> bool:
        """Whether the activity starts in a case (one of its own: see `case_of`)."""
        if (activity, case) not in self._known:
            self._known[activity, case] = self._may_happen(self.activities[activity], case)
        return self._known[activity, case]

    def holds(self, link: Link, case: Case) -> bool:
        """Whether a link's event may come in a case."""
        found = self.activities[link.activity]
        if not self.may_happen(link.activity, self.case_of(link.activity, case)):
            return False
        if link.event in (STARTED, FINISHED) or (link.event == FAILED and bool(found.stops_on)):
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

    def _may_happen(self, found: Activity, case: Case) -> bool:
        if found.started is not None or found.finished is not None or not found.after:
            return True
        holds = [self.holds(link, case) for link in found.after]
        return any(holds) if found.any_of else all(holds)

    def _reached(self, activity: Activity) -> frozenset[str]:
        is_fact = activity.started is not None or activity.finished is not None
        links = (*(() if is_fact else activity.after), *activity.stops_on, *(cap.link for cap in activity.span_caps))
        return frozenset[str]().union(*(self.of_link(link) for link in links))
