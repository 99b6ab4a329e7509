"""Speed of the lean proof of concept: plans with twelve experiments, with and without a limit of months."""

from __future__ import annotations

import time
from dataclasses import replace

from onepill.evidence.lean import plan_proof_of_concept
from onepill.evidence.lean_inputs import Experiment, HiddenFactor, HiddenState, LeanProblem, joint_levels

EXPERIMENTS = 12


def measure() -> dict[str, float]:
    """Seconds of a plan after a warm-up; each has three families of four, without prerequisites."""
    problem = twelve()
    plan_proof_of_concept(replace(problem, experiments=problem.experiments[:3]))
    limited = replace(problem, limit_months=20.0)
    return {"twelve_seconds": _seconds(problem), "twelve_limited_seconds": _seconds(limited)}


def _seconds(problem: LeanProblem) -> float:
    start = time.perf_counter()
    plan_proof_of_concept(problem)
    return time.perf_counter() - start


def twelve() -> LeanProblem:
    """Three hidden factors that must all hold; costs, months and accuracies go round."""
    factors = tuple(HiddenFactor(name, {"no": 0.4, "yes": 0.6}) for name in ("mechanism", "exposure", "population"))
    levels = joint_levels(factors)
    states = tuple(HiddenState(held, prob, 250e6 if set(held.values()) == {"yes"} else -50e6) for held, prob in levels)
    experiments = []
    for index in range(EXPERIMENTS):
        factor = factors[index % 3].id
        sensitivity, specificity = 0.65 + 0.02 * index, 0.85 - 0.02 * index
        probs = tuple(sensitivity if held[factor] == "yes" else 1 - specificity for held, _ in levels)
        experiments.append(
            Experiment(f"e{index}", (0.4 + 0.2 * index) * 1e6, 2.0 + index * 5 % 10, probs, family=factor)
        )
    correlations = dict.fromkeys((factor.id for factor in factors), 0.4)
    return LeanProblem(states, tuple(experiments), correlations, discount_rate_per_year=0.11)
