"""Simulated truths agree with exact averages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from onepill.evidence.lean import plan_proof_of_concept
from onepill.evidence.lean_inputs import Experiment, LeanProblem
from onepill.evidence.lean_simulate import MEASURES, draw_truths, follow, measured
from tests.evidence.lean_problems import problems
from tests.evidence.test_lean_solve import QUICK, three_experiments

TRIALS = 20_000
ERRORS = 5
"""Standard errors allowed: some thousand comparisons are made, and 5 are passed by chance once in two million."""


@settings(QUICK, max_examples=25)
@given(problems(most=4))
def test_every_policy_does_on_simulated_truths_what_its_averages_say(problem: LeanProblem) -> None:
    plan = plan_proof_of_concept(problem)
    truths = draw_truths(problem, trials=TRIALS, seed=7)
    for tree, averages in [(plan.tree, plan.averages), *((row.tree, row.averages) for row in plan.compared)]:
        found = follow(tree, truths)
        for name in MEASURES:
            exact, seen = getattr(averages, name), measured(found[name])
            # an event rarer than one in the trials has no error to see: a whole count either way is allowed
            rounding = 10 / TRIALS if name.endswith("prob") else 10 / TRIALS * (np.ptp(found[name]) + 1)
            assert abs(seen.mean - exact) <= ERRORS * seen.standard_error + rounding, name


def test_a_further_experiment_moves_no_other_draw() -> None:
    problem = three_experiments()
    more = replace(problem, experiments=(Experiment("first", 1.0, 1.0, (0.5, 0.5)), *problem.experiments))
    one, other = (draw_truths(p, trials=500, seed=3) for p in (problem, more))
    assert (one.state == other.state).all()
    assert all((one.positive[name] == other.positive[name]).all() for name in "abc")


def test_family_members_err_together_as_often_as_stated() -> None:
    truths = draw_truths(three_experiments(), trials=100_000, seed=1)
    works = truths.state == 0
    a, b = truths.positive["a"][works], truths.positive["b"][works]
    # chances .8 and .85, correlation .5: covariance .5 * .8 * (1 - .85) = .06
    assert np.mean(a & b) - np.mean(a) * np.mean(b) == pytest.approx(0.06, abs=0.004)
    assert np.mean(a) == pytest.approx(0.8, abs=0.01)


def test_the_seed_names_the_truths() -> None:
    problem = three_experiments()
    one, same, other = (draw_truths(problem, trials=200, seed=seed) for seed in (1, 1, 2))
    assert (one.state == same.state).all()
    assert (one.positive["c"] == same.positive["c"]).all()
    assert (one.positive["c"] != other.positive["c"]).any()
