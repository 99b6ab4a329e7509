"""More experiments than can be solved exactly: a good policy on some of them, and a bound on what any policy is worth.

The policy is the best one on the experiments that are worth most alone (with what they need before them). The bound
gives the decision maker the results of the others at the start, for nothing: whoever knows more, pays less and waits
less cannot do worse, since no-go is never below 0. This is an information relaxation (Brown, Smith and Sun 2010,
doi:10.1287/opre.1090.0796) without a penalty. It is never above the value with perfect information.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np

from onepill.evidence.lean_beliefs import NEGATIVE, NOT_IN, POSITIVE, Beliefs
from onepill.evidence.lean_solve import EXACT_EXPERIMENTS, Solved, solve

BOUND_EXPERIMENTS, MOST_FREE = 10, 8
"""How many experiments the bound leaves to be decided on, and the most whose results it gives away one by one."""


def solve_many(beliefs: Beliefs) -> Solved:
    """The best policy where it can be found, else a good one with its bound."""
    if len(beliefs.experiments) <= EXACT_EXPERIMENTS:
        return solve(beliefs)
    groups = _by_worth(beliefs)
    found = solve(_only(beliefs, _first(groups, EXACT_EXPERIMENTS)))
    return replace(found, bound_usd=max(_bound(beliefs, _first(groups, BOUND_EXPERIMENTS)), found.value_usd))


def perfect_value_usd(beliefs: Beliefs) -> float:
    """The expected value where the hidden truth is known at once."""
    return float(beliefs.prior @ np.maximum(beliefs.go_usd, beliefs.no_go_usd))


def _by_worth(beliefs: Beliefs) -> list[frozenset[str]]:
    """Each experiment with all that it needs, the most valuable alone first."""
    names = [experiment.id for experiment in beliefs.experiments]
    groups = {name: frozenset(names[i] for i in beliefs.with_needs(index)) for index, name in enumerate(names)}
    small = {name: group for name, group in groups.items() if len(group) <= EXACT_EXPERIMENTS}
    worth = {name: solve(_only(beliefs, group)).value_usd for name, group in small.items()}
    return [small[name] for name in sorted(worth, key=lambda name: (-worth[name], name))]


def _first(groups: list[frozenset[str]], most: int) -> frozenset[str]:
    """The first groups together, passing over those that would make them more than `most`."""
    found: frozenset[str] = frozenset()
    for group in groups:
        if len(found | group) <= most:
            found |= group
    return found


def _only(beliefs: Beliefs, names: frozenset[str]) -> Beliefs:
    return beliefs.given({e.id: NOT_IN for e in beliefs.experiments if e.id not in names})


def _bound(beliefs: Beliefs, decided: frozenset[str]) -> float:
    """The value of the best policy on `decided` where the results of all others are known, without a limit of time."""
    free = [experiment.id for experiment in beliefs.experiments if experiment.id not in decided]
    if len(free) > MOST_FREE:
        return perfect_value_usd(beliefs)
    unhurried = replace(beliefs, problem=replace(beliefs.problem, limit_months=None))
    results = product((NEGATIVE, POSITIVE), repeat=len(free))
    return sum(solve(unhurried.given(dict(zip(free, digits, strict=True)))).value_usd for digits in results)
