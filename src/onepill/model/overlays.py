"""A change of law, cost or span on top of a programme: what a policy measure or a what-if does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Verb = Literal["set", "cap", "add", "scale", "subsidy", "parallel", "drop"]
On = Literal["rule", "span", "stage_cost", "work"]


@dataclass(frozen=True)
class Overlay:
    """`verb` with `value` on a rule, a span between two events, the cost of a kind of stage, or a step of work.

    `value` and `unit` are a count with its unit (days, wd, weeks, months) for rules and spans; for a subsidy `value` is
    the share of the cost (0 to 1) and `cap_usd` its limit for one stage; other verbs on a cost take US dollars, or a
    factor. Work that is `parallel` begins with the trial application, and work that is dropped takes no time.

    It acts on clocks that start from `first` to
    `last`, both included, in `jurisdiction`. On a path it is taken up with probability `uptake`. `base_cap_usd` is the
    limit of the subsidy that is otherwise in force and falls away.
    """

    id: str
    on: On
    target: str
    verb: Verb
    value: float
    unit: str = ""
    jurisdiction: str = ""
    first: date | None = None
    last: date | None = None
    uptake: float = 1.0
    cap_usd: float = float("inf")
    base_cap_usd: float = 0.0

    def covers(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)
