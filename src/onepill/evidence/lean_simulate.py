"""The same policies tried on simulated truths: what they do on average, with standard errors.

A truth is drawn, then the common number of each family and the result of each experiment, as in `lean_beliefs`; every
policy meets the same truths and results, so that differences between policies are not noise. The method shares nothing
with the exact averages but the tree that is followed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onepill.core.streams import uniforms
from onepill.evidence.lean_inputs import LeanProblem
from onepill.evidence.lean_tree import Node

Floats = npt.NDArray[np.float64]
MEASURES = ("value_usd", "cost_usd", "months", "go_prob", "wrong_go_prob", "wrong_no_go_prob")


@dataclass(frozen=True)
class Truths:
    """Drawn truths: the hidden state of each, and by experiment whether its result would be positive."""

    problem: LeanProblem
    state: npt.NDArray[np.int64]
    positive: Mapping[str, npt.NDArray[np.bool_]]


@dataclass(frozen=True)
class Measured:
    """The mean of a measure over the truths, and its standard error."""

    mean: float
    standard_error: float


def draw_truths(problem: LeanProblem, *, trials: int, seed: int) -> Truths:
    """Draw `trials` truths; streams are named after what they draw, so that a further experiment moves no other."""
    paths = np.arange(trials)
    bounds = np.cumsum([state.prob for state in problem.states])
    state = np.searchsorted(bounds[:-1], uniforms(seed, stream="poc.truth", paths=paths), side="right")
    positive = {}
    for experiment in problem.experiments:
        seen = uniforms(seed, stream=f"poc.experiment.{experiment.id}", paths=paths)
        correlation = problem.correlations.get(experiment.family, 0.0)
        if experiment.family and correlation > 0:
            shared = uniforms(seed, stream=f"poc.family.{experiment.family}", paths=paths)
            follows = uniforms(seed, stream=f"poc.follows.{experiment.id}", paths=paths) < np.sqrt(correlation)
            seen = np.where(follows, shared, seen)
        positive[experiment.id] = seen < np.array(experiment.positive_probs)[state]
    return Truths(problem, state, positive)


def follow(tree: Node, truths: Truths) -> dict[str, Floats]:
    """Every measure by truth, for the policy of a tree."""
    trials = truths.state.size
    found = {name: np.zeros(trials) for name in MEASURES}
    _walk(tree, np.arange(trials), truths, found)
    return found


def measured(values: Floats) -> Measured:
    return Measured(float(values.mean()), float(values.std(ddof=1) / np.sqrt(values.size)))


def _walk(node: Node, here: npt.NDArray[np.int64], truths: Truths, found: dict[str, Floats]) -> None:
    """Take the truths `here` from a node to their ends."""
    now = truths.problem.discount(node.months)
    if node.decision is not None:
        _end(node, here, truths, found, discount=now)
        return
    found["cost_usd"][here] += node.cost_usd
    found["value_usd"][here] -= node.cost_usd * now
    for branch in node.branches:
        agrees = np.ones(here.size, dtype=bool)
        for name, is_positive in branch.results.items():
            agrees &= truths.positive[name][here] == is_positive
        _walk(branch.node, here[agrees], truths, found)


def _end(node: Node, here: npt.NDArray[np.int64], truths: Truths, found: dict[str, Floats], *, discount: float) -> None:
    states, goes = truths.problem.states, node.decision == "go"
    value = np.array([state.go_usd if goes else state.no_go_usd for state in states])
    is_worth = np.array([state.is_worth_it for state in states])[truths.state[here]]
    found["value_usd"][here] += value[truths.state[here]] * discount
    found["months"][here] = node.months
    found["go_prob"][here] = goes
    found["wrong_go_prob"][here] = goes & ~is_worth
    found["wrong_no_go_prob"][here] = (not goes) & is_worth
