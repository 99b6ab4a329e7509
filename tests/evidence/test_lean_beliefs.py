"""Experiments that share an error: chances kept, correlation as stated, likelihoods as the slow twin has them."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given

from onepill.evidence.lean_beliefs import NEGATIVE, NOT_IN, POSITIVE, family_table, make_beliefs
from onepill.evidence.lean_inputs import (
    Experiment,
    HiddenFactor,
    HiddenState,
    LeanProblem,
    joint_levels,
    positive_prob,
)
from tests.evidence.lean_problems import problems
from tests.evidence.lean_twin import joint
from tests.evidence.test_lean_solve import QUICK

STATES = (HiddenState({"works": "yes"}, 0.3, 1.0), HiddenState({"works": "no"}, 0.7, -1.0))


def pair(first: float, second: float, *, correlation: float) -> np.ndarray:
    members = [Experiment("a", 0, 1, (first, 0.5)), Experiment("b", 0, 1, (second, 0.5))]
    return family_table(members, STATES, correlation=correlation)[..., 0]


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.7, 1.0])
def test_two_equally_accurate_experiments_have_the_stated_correlation_given_the_truth(correlation: float) -> None:
    table = pair(0.8, 0.8, correlation=correlation)
    covariance = table[POSITIVE, POSITIVE] - 0.8**2
    assert covariance / (0.8 * 0.2) == pytest.approx(correlation)


def test_unequal_experiments_share_what_two_such_chances_can_share() -> None:
    # The most that a common number can give chances p < q is a covariance of p (1 - q).
    table = pair(0.5, 0.8, correlation=0.4)
    assert table[POSITIVE, POSITIVE] - 0.5 * 0.8 == pytest.approx(0.4 * 0.5 * (1 - 0.8))


@pytest.mark.parametrize("correlation", [0.0, 0.5, 1.0])
def test_the_chance_of_each_alone_is_kept(correlation: float) -> None:
    table = pair(0.6, 0.9, correlation=correlation)
    assert table[POSITIVE, NOT_IN] == pytest.approx(0.6)
    assert table[NOT_IN, NEGATIVE] == pytest.approx(0.1)
    assert table[NOT_IN, NOT_IN] == pytest.approx(1)


@given(problems(most=4))
@QUICK
def test_weights_are_those_of_the_enumerated_results(problem: LeanProblem) -> None:
    beliefs, rows = make_beliefs(problem), joint(problem)
    names = [experiment.id for experiment in beliefs.experiments]
    for digits in product((NOT_IN, NEGATIVE, POSITIVE), repeat=len(names)):
        seen = {name: digit == POSITIVE for name, digit in zip(names, digits, strict=True) if digit}
        expected = np.zeros(len(problem.states))
        for state, known, prob in rows:
            if all(known[name] == result for name, result in seen.items()):
                expected[state] += prob
        np.testing.assert_allclose(beliefs.weights(digits), expected, atol=1e-12)
    sums = beliefs.sums(beliefs.go_usd)
    last = (POSITIVE,) * len(names)
    assert sums[last] == pytest.approx(float(beliefs.weights(last) @ beliefs.go_usd), abs=1e-3)


def test_a_repeated_experiment_that_shares_all_its_error_adds_nothing() -> None:
    same = [Experiment(name, 0.0, 1.0, (0.8, 0.3), family="assay") for name in "ab"]
    values = {}
    for correlation in (0.0, 1.0):
        problem = LeanProblem(STATES, tuple(same), {"assay": correlation})
        once = make_beliefs(problem).weights((POSITIVE, NOT_IN))
        twice = make_beliefs(problem).weights((POSITIVE, POSITIVE))
        values[correlation] = (once[0] / once.sum(), twice[0] / twice.sum())
    assert values[1.0][1] == pytest.approx(values[1.0][0])
    assert values[0.0][1] > values[0.0][0] + 0.1


def test_factors_are_independent_a_priori_and_an_experiment_sees_all_that_it_reads() -> None:
    factors = (HiddenFactor("mechanism", {"no": 0.6, "yes": 0.4}), HiddenFactor("dose", {"low": 0.2, "high": 0.8}))
    found = joint_levels(factors)
    assert found[0] == ({"mechanism": "no", "dose": "low"}, pytest.approx(0.12))
    assert sum(prob for _, prob in found) == pytest.approx(1)
    readings = {"mechanism": {"no": 0.2, "yes": 0.9}, "dose": {"low": 0.5, "high": 0.95}}
    assert positive_prob(readings, {"mechanism": "yes", "dose": "low"}) == pytest.approx(0.45)


def test_known_results_make_a_smaller_problem_with_the_same_weights() -> None:
    experiments = tuple(Experiment(name, 1.0, 1.0, (0.8, 0.3), family="one") for name in "abc")
    whole = make_beliefs(LeanProblem(STATES, experiments, {"one": 0.5}))
    part = whole.given({"b": POSITIVE})
    assert [experiment.id for experiment in part.experiments] == ["a", "c"]
    np.testing.assert_allclose(part.weights((NEGATIVE, NOT_IN)), whole.weights((NEGATIVE, POSITIVE, NOT_IN)))
    none = whole.given({"b": NOT_IN, "a": POSITIVE, "c": NEGATIVE})
    np.testing.assert_allclose(none.weights(()), whole.weights((POSITIVE, NOT_IN, NEGATIVE)))
