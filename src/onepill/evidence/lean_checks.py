"""What is wrong with a lean proof of concept, before anything is computed."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from math import isfinite

from onepill.core.errors import Finding
from onepill.evidence.lean_inputs import LeanProblem

LARGEST_SUM_ERROR = 1e-9


def check_lean(problem: LeanProblem) -> list[Finding]:
    """Every error of a problem, empty where it can be solved.

    Codes: `poc.states`, `poc.prob`, `poc.prior`, `poc.value`, `poc.experiments`, `poc.accuracy`, `poc.cost`,
    `poc.months`, `poc.after`, `poc.cycle`, `poc.correlation`, `poc.rate`, `poc.limit`.
    """
    return [*_states(problem), *_experiments(problem), *_prerequisites(problem), *_limits(problem)]


def _error(code: str, message: str, hint: str, path: str, value: object = None) -> Finding:
    return Finding(code, "error", message, hint, path, value=value)


def _states(problem: LeanProblem) -> Iterator[Finding]:
    if len(problem.states) < 2:
        yield _error(
            "poc.states", "there is nothing to find out with fewer than two hidden states", "add one", "states"
        )
    for index, state in enumerate(problem.states):
        path = f"states.{index}"
        if not 0 <= state.prob <= 1:
            yield _error("poc.prob", f"a chance of {state.prob:g} lies outside 0 and 1", "0.4", path, state.prob)
        elif state.prob in (0, 1):
            hint = "leave out what is impossible; what is certain needs no experiment"
            yield _error(
                "poc.prior", f"a prior chance of {state.prob:g} leaves nothing to learn", hint, path, state.prob
            )
        if not (isfinite(state.go_usd) and isfinite(state.no_go_usd)):
            yield _error("poc.value", "a value is not a finite number", "US dollars", path)
        elif state.no_go_usd < 0:
            hint = "state values as differences from no-go"
            yield _error("poc.value", "no-go is worth less than nothing", hint, path, state.no_go_usd)
    if abs(sum(state.prob for state in problem.states) - 1) > LARGEST_SUM_ERROR:
        total = sum(state.prob for state in problem.states)
        yield _error("poc.prob", f"prior chances sum to {total:g}, not 1", "make them sum to 1", "states", total)


def _experiments(problem: LeanProblem) -> Iterator[Finding]:
    names = [experiment.id for experiment in problem.experiments]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield _error("poc.experiments", f"{name} is there twice", "rename one", f"experiments.{name}")
    for experiment in problem.experiments:
        path, probs = f"experiments.{experiment.id}", experiment.positive_probs
        if len(probs) != len(problem.states) or not all(0 <= prob <= 1 for prob in probs):
            hint = "one chance from 0 to 1 for each hidden state"
            yield _error(
                "poc.accuracy", f"{experiment.id} has a chance of a positive result outside 0 and 1", hint, path
            )
        if not 0 <= experiment.cost_usd < float("inf"):
            yield _error("poc.cost", f"{experiment.id} costs less than nothing", "0 or more", path, experiment.cost_usd)
        if not 0 < experiment.months < float("inf"):
            hint = "the time from its start to its result, above 0"
            yield _error("poc.months", f"{experiment.id} takes no time", hint, path, experiment.months)
    for family, correlation in problem.correlations.items():
        if not 0 <= correlation <= 1:
            message = f"a correlation of {correlation:g} lies outside 0 and 1"
            yield _error("poc.correlation", message, "0.5", f"families.{family}", correlation)


def _prerequisites(problem: LeanProblem) -> Iterator[Finding]:
    names = {experiment.id for experiment in problem.experiments}
    for experiment in problem.experiments:
        for name, _ in experiment.after:
            if name not in names:
                hint = f"known: {', '.join(sorted(names))}"
                path = f"experiments.{experiment.id}.after"
                yield _error("poc.after", f"{name!r} is no experiment of this plan", hint, path, name)
    edges = {e.id: [name for name, _ in e.after if name in names] for e in problem.experiments}
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        cycle = " -> ".join(error.args[1])
        hint = "take one of these links out"
        yield _error("poc.cycle", f"each waits for the next: {cycle}", hint, f"experiments.{error.args[1][0]}.after")


def _limits(problem: LeanProblem) -> Iterator[Finding]:
    if not 0 <= problem.discount_rate_per_year < float("inf"):
        value = problem.discount_rate_per_year
        yield _error("poc.rate", f"a discount rate of {value:g} is below 0", "0.1", "discount_rate_per_year", value)
    for name, limit in (("budget", problem.budget_usd), ("months", problem.limit_months)):
        if limit is not None and not 0 <= limit < float("inf"):
            yield _error("poc.limit", f"a limit of {limit:g} is below 0", "0 or more, or leave it out", name, limit)
    if problem.at_once is not None and problem.at_once < 1:
        yield _error("poc.limit", "no experiment may run at all", "at_once: 1 or more", "at_once", problem.at_once)
