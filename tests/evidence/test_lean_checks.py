"""What is wrong with a lean proof of concept is said, each with its place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from onepill.core.errors import InputError
from onepill.evidence.lean import plan_proof_of_concept
from onepill.evidence.lean_checks import check_lean
from onepill.evidence.lean_inputs import LeanProblem
from tests.evidence.test_lean_solve import three_experiments

PROBLEM = three_experiments()
WORKS, FAILS = PROBLEM.states
A, B, C = PROBLEM.experiments


def with_state(**changes: Any) -> LeanProblem:
    return replace(PROBLEM, states=(replace(WORKS, **changes), FAILS))


def with_a(**changes: Any) -> LeanProblem:
    return replace(PROBLEM, experiments=(replace(A, **changes), B, C))


CASES = {
    "one state": (replace(PROBLEM, states=(replace(WORKS, prob=1.0),)), "poc.states", "states"),
    "certain": (replace(PROBLEM, states=(replace(WORKS, prob=1.0), replace(FAILS, prob=0.0))), "poc.prior", "states.0"),
    "chance above 1": (with_state(prob=1.3), "poc.prob", "states.0"),
    "chances that do not sum to 1": (with_state(prob=0.4), "poc.prob", "states"),
    "no-go below nothing": (with_state(no_go_usd=-1.0), "poc.value", "states.0"),
    "infinite value": (with_state(go_usd=float("inf")), "poc.value", "states.0"),
    "accuracy above 1": (with_a(positive_probs=(1.2, 0.1)), "poc.accuracy", "experiments.a"),
    "accuracy below 0": (with_a(positive_probs=(0.9, -0.1)), "poc.accuracy", "experiments.a"),
    "accuracy of one state": (with_a(positive_probs=(0.9,)), "poc.accuracy", "experiments.a"),
    "negative cost": (with_a(cost_usd=-5.0), "poc.cost", "experiments.a"),
    "no time": (with_a(months=0.0), "poc.months", "experiments.a"),
    "repeated": (with_a(id="b"), "poc.experiments", "experiments.b"),
    "unknown prerequisite": (with_a(after=(("z", None),)), "poc.after", "experiments.a.after"),
    "itself": (with_a(after=(("a", True),)), "poc.cycle", "experiments.a.after"),
    "correlation": (replace(PROBLEM, correlations={"mice": 1.5}), "poc.correlation", "families.mice"),
    "rate": (replace(PROBLEM, discount_rate_per_year=-0.1), "poc.rate", "discount_rate_per_year"),
    "budget": (replace(PROBLEM, budget_usd=-1.0), "poc.limit", "budget"),
    "months": (replace(PROBLEM, limit_months=-1.0), "poc.limit", "months"),
    "at once": (replace(PROBLEM, at_once=0), "poc.limit", "at_once"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_named_with_its_place(name: str) -> None:
    problem, code, path = CASES[name]
    assert (code, path) in {(finding.code, finding.path) for finding in check_lean(problem)}
    with pytest.raises(InputError) as caught:
        plan_proof_of_concept(problem)
    assert caught.value.findings == tuple(check_lean(problem))


def test_a_circle_is_named_with_its_members() -> None:
    circle = replace(PROBLEM, experiments=(replace(A, after=(("b", None),)), replace(B, after=(("a", None),)), C))
    (finding,) = check_lean(circle)
    assert finding.code == "poc.cycle"
    assert "a -> b" in finding.message or "b -> a" in finding.message


def test_a_sound_problem_has_no_finding() -> None:
    assert check_lean(PROBLEM) == []
