"""The plan's exclusive futures, told apart only where they matter: which steps happen after which outcomes?

A gate that can only fail or not is a factor of the chance. A gate with several ways on, or whose failure moves a day or
opens other work, is a fork: what comes after it stands once for each of its outcomes. The forks are those of
`sim.branches`, but by their form and not by today's numbers, since a chance of 0 may be changed in the workbook.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from onepill.core.errors import InputError
from onepill.sim.plan import FAILED, Activity, Link, Market, Plan
from onepill.sim.ways import Case, Ways
from onepill.sim.weighting import is_linear, members, weigh_plan

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
        _refuse_unknown(plan)
        self.plan = plan
        order = Ways(plan, frozenset()).order
        self._found = weigh_plan(plan, order, shared_streams=frozenset())
        self.forks = frozenset(a.id for i, a in enumerate(plan.activities) if self._is_fork(a, i))
        self.ways = Ways(plan, self.forks)
        self._refuse_dependent()

    @cached_property
    def steps(self) -> dict[tuple[str, Case], Step]:
        """Every step by (activity, case), predecessors first."""
        found: dict[tuple[str, Case], Step] = {}
        for i in self.ways.order:
            activity = self.plan.activities[i]
            for case in self._cases(self.ways.reach(activity.id)):
                own = self.ways.case_of(activity.id, case)
                if self.ways.may_happen(activity.id, own):
                    found[activity.id, own] = Step(activity, own, self._gates(self._found.activities[i]))
            if len(found) > MOST_ROWS:
                raise _too_many()
        return found

    @cached_property
    def launches(self) -> list[Launch]:
        found = []
        for market, bits in zip(self.plan.markets, self._found.markets, strict=True):
            links = (market.launch, *market.ends_on)
            reach = frozenset[str]().union(*(self.ways.of_link(link) for link in links))
            for case in self._cases(reach):
                if self.ways.holds(market.launch, case):
                    ends = tuple(link for link in market.ends_on if self.ways.holds(link, case))
                    found.append(Launch(market, case, self._gates(bits), ends))
        return found

    def _refuse_dependent(self) -> None:
        """Expected cash adds up over the parts, each with its own chance: gates of one stream are told apart as if they
        were independent wherever no part hangs on two of them."""
        streams = {a.id: a.gate.stream for a in self.plan.activities if a.gate and a.outcome is None}
        if len(set(streams.values())) == len(streams):
            return
        parts: tuple[Step | Launch, ...] = (*self.steps.values(), *self.launches)
        sets = [{*dict(part.case), *part.gates} for part in parts]
        royalties = [royalty for contract in self.plan.contracts for royalty in contract.royalties]
        for royalty in (item for item in royalties if not is_linear(item.tiers) and len(item.markets) > 1):
            sold = [item for item in self.launches if item.market.id in royalty.markets]
            sets.append({gate for item in sold for gate in (*dict(item.case), *item.gates)})
        for gates in sets:
            used = [streams[gate] for gate in sorted(gates)]
            _refuse({stream for stream in used if used.count(stream) > 1})

    def _is_fork(self, activity: Activity, position: int) -> bool:
        if activity.gate is None or activity.outcome is not None:
            return False
        return position in self._found.drawn or sum(name != FAILED for name, _ in activity.gate.outcomes) > 1

    def _cases(self, forks: frozenset[str]) -> list[Case]:
        found = self.ways.cases(forks, most=MOST_ROWS)
        if found is None:
            raise _too_many()
        return found

    def _gates(self, bits: int) -> tuple[str, ...]:
        names = [self.plan.activities[i].id for i in members(bits)]
        return tuple(name for name in names if name not in self.forks)


def _too_many() -> InputError:
    hint = "value it with onepill passport FILE instead"
    return InputError.single("workbook.size", "the plan has too many exclusive futures for a workbook", hint=hint)


def _refuse_unknown(plan: Plan) -> None:
    """What the deterministic sheets have no formula for; the programme alone makes none of it."""
    random = [a.id for a in plan.activities for cap in a.span_caps if cap.prob < 1]
    paid = [contract.id for contract in plan.contracts if contract.payments]
    _refuse({*random, *paid})


def _refuse(names: set[str]) -> None:
    if names:
        message, hint = (
            f"the workbook has no formula for {', '.join(sorted(names))}",
            "leave the policy out of the workbook",
        )
        raise InputError.single("workbook.plan", message, hint=hint)
