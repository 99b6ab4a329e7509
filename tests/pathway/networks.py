"""Small networks for tests: inputs with their defaults, and the days that come of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from onepill.core.dates import NEVER
from onepill.core.distributions import Distribution, fixed
from onepill.pathway import FilingInput, Network, NetworkInput, StageInput, build_network
from onepill.rulebook import Procedure, Rulebook, Step, load_rulebook
from onepill.sim import Results, compile_plan, run
from onepill.sim.plan import Draw, Fragment, Plan, join

AS_OF = date(2025, 1, 6)
TEXT = {"en": "", "zh": ""}


def stage(name: str, days: Distribution | float = 100, **changes: Any) -> StageInput:
    """A stage without regions, costs or risk."""
    length = days if isinstance(days, Distribution) else fixed(float(days))
    plain = StageInput(
        id=name,
        kind="other",
        indication="main",
        label=TEXT,
        regions=(),
        calendar="",
        after=(),
        any_of=False,
        not_before=None,
        duration=Draw(f"development.{name}.duration", length),
        duration_unit="days",
        start_up=None,
        start_up_unit="days",
        costs=(),
        success=(),
        loadings=(),
        held=frozenset(),
        stops_on=(),
        started=None,
        finished=None,
        outcome=None,
    )
    return replace(plain, **changes)


def filing(name: str, **changes: Any) -> FilingInput:
    """A filing that takes no preparation, is always approved and has no market."""
    plain = FilingInput(
        id=name,
        jurisdiction=name[:2].upper(),
        preparation=Draw(f"filings.{name}.preparation", fixed(0.0)),
    )
    return replace(plain, **changes)


def network(*parts: StageInput | FilingInput, rulebook: Any = None, as_of: date = AS_OF, **changes: Any) -> Network:
    given = NetworkInput(
        as_of=as_of,
        known_on=as_of,
        stages=tuple(part for part in parts if isinstance(part, StageInput)),
        filings=tuple(part for part in parts if isinstance(part, FilingInput)),
    )
    return build_network(replace(given, **changes), rulebook or load_rulebook())


def plan(fragment: Fragment, as_of: date = AS_OF) -> Plan:
    """The network alone, without markets; a dollar is a dollar on any day."""
    base = Plan(as_of.toordinal(), (), (), np.ones(40 * 366), np.ones(41))
    return join([fragment], base=base)


def simulate(found: Network, *, draws: int = 1, as_of: date = AS_OF, seed: int = 1) -> Results:
    return run(compile_plan(plan(found.fragment, as_of)), draws=draws, seed=seed, trace=draws)


def finish_days(found: Network, name: str, *, draws: int = 1, as_of: date = AS_OF) -> np.ndarray:
    """The day on which an activity ends on each path, NEVER where it does not come."""
    trace = simulate(found, draws=draws, as_of=as_of).trace
    return trace.finish[trace.activity_ids.index(name)]


def milestone(found: Network, name: str, *, as_of: date = AS_OF) -> date | None:
    """The day of a milestone of a network in which nothing is left to chance."""
    days = simulate(found, draws=64, as_of=as_of).days_of(name)
    assert len(set(days.tolist())) == 1, "the day differs between paths"
    return None if days[0] == NEVER else date.fromordinal(int(days[0]))


class Doctored:
    """The packaged rulebook with other steps or other procedures."""

    def __init__(self, change: Callable[[Step], Step]) -> None:
        self.book, self.change = load_rulebook(), change

    def procedures(self, jurisdiction: str | None = None) -> Iterable[Procedure]:
        return tuple(self._changed(found) for found in self.book.procedures(jurisdiction))

    def _changed(self, found: Procedure) -> Procedure:
        return replace(found, steps=tuple(self.change(step) for step in found.steps))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.book, name)


def without_forecasts() -> Rulebook:
    """The law alone: no step takes as long as agencies were seen to take."""
    return Doctored(lambda step: replace(step, forecast=None, review_model=None))  # type: ignore[return-value]  # it answers as one
