"""The lean proof of concept done slowly: all results enumerated, odds by Bayes, and for small cases every policy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from math import sqrt

from onepill.evidence.lean_inputs import Experiment, LeanProblem

Known = dict[str, bool]
Joint = list[tuple[int, Known, float]]
"""Hidden state, the result that each experiment would have, and the chance of both."""


def joint(problem: LeanProblem) -> Joint:
    """The chance of every hidden state with every set of results."""
    found = []
    for index, state in enumerate(problem.states):
        for results in product((False, True), repeat=len(problem.experiments)):
            known = dict(zip((e.id for e in problem.experiments), results, strict=True))
            found.append((index, known, state.prob * likelihood(problem, index, known)))
    return found


def likelihood(problem: LeanProblem, index: int, known: Known) -> float:
    """Each family's chance, over who follows the common number and where that number lies."""
    chance = 1.0
    for name in {experiment.family or f"alone {experiment.id}" for experiment in problem.experiments}:
        members = [e for e in problem.experiments if (e.family or f"alone {e.id}") == name]
        weight = sqrt(problem.correlations.get(name, 0.0))
        total = 0.0
        for count in range(len(members) + 1):
            for followers in combinations(members, count):
                total += (
                    weight**count
                    * (1 - weight) ** (len(members) - count)
                    * _common(followers, index, known)
                    * _own([m for m in members if m not in followers], index, known)
                )
        chance *= total
    return chance


def _common(followers: Sequence[Experiment], index: int, known: Known) -> float:
    """The chance that one number lies below the positives' chances and not below the negatives'."""
    below = min([e.positive_probs[index] for e in followers if known[e.id]], default=1.0)
    above = max([e.positive_probs[index] for e in followers if not known[e.id]], default=0.0)
    return max(below - above, 0.0)


def _own(others: Sequence[Experiment], index: int, known: Known) -> float:
    chance = 1.0
    for experiment in others:
        prob = experiment.positive_probs[index]
        chance *= prob if known[experiment.id] else 1 - prob
    return chance


def best_value(problem: LeanProblem, rows: Joint | None = None, known: Known | None = None, gone: float = 0.0) -> float:
    """The value of the best policy given what is known, `gone` months after the start, in dollars of that time."""
    rows, known = joint(problem) if rows is None else rows, known or {}
    best = max(stop_values(problem, rows))
    for group in startable(problem, known, gone):
        takes, cost = max(e.months for e in group), sum(e.cost_usd for e in group)
        value = 0.0
        for prob, seen, following in outcomes(rows, group):
            value += prob * best_value(problem, following, {**known, **seen}, gone + takes)
        best = max(best, value * problem.discount(takes) - cost)
    return best


def stop_values(problem: LeanProblem, rows: Joint) -> tuple[float, float]:
    """Expected go and no-go, by the odds of the rows."""
    total = sum(prob for _, _, prob in rows)
    go = sum(problem.states[index].go_usd * prob for index, _, prob in rows) / total
    return go, sum(problem.states[index].no_go_usd * prob for index, _, prob in rows) / total


def outcomes(rows: Joint, group: Sequence[Experiment]) -> Iterator[tuple[float, Known, Joint]]:
    """Chance, results and remaining rows of each outcome of a set."""
    total = sum(prob for _, _, prob in rows)
    for results in product((False, True), repeat=len(group)):
        seen = {e.id: result for e, result in zip(group, results, strict=True)}
        following = [row for row in rows if all(row[1][name] == result for name, result in seen.items())]
        chance = sum(prob for _, _, prob in following)
        if chance > 0:
            yield chance / total, seen, following


def startable(problem: LeanProblem, known: Known, gone: float) -> Iterator[tuple[Experiment, ...]]:
    """Every set of experiments that may start together."""
    spent = sum(e.cost_usd for e in problem.experiments if e.id in known)
    ready = [e for e in problem.experiments if e.id not in known and _is_ready(e, known)]
    for count in range(1, min(len(ready), problem.at_once or len(ready)) + 1):
        for group in combinations(ready, count):
            cost, takes = sum(e.cost_usd for e in group), max(e.months for e in group)
            in_budget = problem.budget_usd is None or spent + cost <= problem.budget_usd + 1e-6
            if in_budget and (problem.limit_months is None or gone + takes <= problem.limit_months + 1e-9):
                yield group


def _is_ready(experiment: Experiment, known: Known) -> bool:
    return all(name in known and result in (None, known[name]) for name, result in experiment.after)


def every_policy(problem: LeanProblem, rows: Joint, known: Known, gone: float = 0.0) -> Iterator[float]:
    """The value of every policy there is, one after the other, good and bad."""
    yield from stop_values(problem, rows)
    for group in startable(problem, known, gone):
        takes, cost = max(e.months for e in group), sum(e.cost_usd for e in group)
        ends = list(outcomes(rows, group))
        ahead = [list(every_policy(problem, rest, {**known, **seen}, gone + takes)) for _, seen, rest in ends]
        for values in product(*ahead):
            value = sum(prob * v for (prob, _, _), v in zip(ends, values, strict=True))
            yield value * problem.discount(takes) - cost
