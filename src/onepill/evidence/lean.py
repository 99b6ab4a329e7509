"""What is the cheapest and quickest way to know whether it works? The lean proof of concept in one call.

Method: docs/methods/lean-proof-of-concept.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onepill.core.errors import InputError
from onepill.evidence.lean_beliefs import NOT_IN, Beliefs, make_beliefs
from onepill.evidence.lean_checks import check_lean
from onepill.evidence.lean_compare import Compared, simple_policies
from onepill.evidence.lean_inputs import LeanProblem
from onepill.evidence.lean_many import perfect_value_usd, solve_many
from onepill.evidence.lean_solve import EXACT_EXPERIMENTS
from onepill.evidence.lean_tree import Characteristics, Node, best_tree, characteristics


@dataclass(frozen=True)
class LeanPlan:
    """The best policy, what it does on average, and what information is worth.

    Attributes:
        prior_usd: the value of deciding now, without any experiment.
        information_usd: what the best policy is worth on top, net of the cost and the time of its experiments.
        sample_information_usd: the same if all experiments were free and their results known now.
        perfect_information_usd: the same if the hidden truth were known now.
        bound_usd: no policy is worth more; the policy's own value where it is exact.
        use_probs: by experiment, the chance that the policy comes to start it.
        is_exact: whether the policy is proven best.
    """

    problem: LeanProblem
    tree: Node
    averages: Characteristics
    prior_usd: float
    information_usd: float
    sample_information_usd: float | None
    perfect_information_usd: float
    bound_usd: float
    is_exact: bool
    use_probs: dict[str, float]
    compared: list[Compared]


def plan_proof_of_concept(problem: LeanProblem) -> LeanPlan:
    """The best policy for a problem, beside simple ones.

    Raises:
        InputError: every finding of `check_lean`.
    """
    findings = check_lean(problem)
    if findings:
        raise InputError(findings[0].message, findings=findings)
    beliefs = make_beliefs(problem)
    solved = solve_many(beliefs)
    tree, prior = best_tree(solved), _decided(beliefs)
    averages = characteristics(beliefs, tree)
    return LeanPlan(
        problem=problem,
        tree=tree,
        averages=averages,
        prior_usd=prior,
        information_usd=max(averages.value_usd - prior, 0.0),
        sample_information_usd=_sample_information(beliefs, prior),
        perfect_information_usd=max(perfect_value_usd(beliefs) - prior, 0.0),
        bound_usd=max(solved.bound_usd, averages.value_usd),
        is_exact=len(beliefs.experiments) <= EXACT_EXPERIMENTS and solved.bound_usd <= solved.value_usd,
        use_probs=_use_probs(problem, tree),
        compared=simple_policies(beliefs),
    )


def _decided(beliefs: Beliefs) -> float:
    """The value of the better decision now."""
    weights = beliefs.weights((NOT_IN,) * len(beliefs.experiments))
    return max(float(weights @ beliefs.go_usd), float(weights @ beliefs.no_go_usd))


def _sample_information(beliefs: Beliefs, prior_usd: float) -> float | None:
    """All results known now and for nothing (Raiffa and Schlaifer's value of sample information); None for too many."""
    if len(beliefs.experiments) > EXACT_EXPERIMENTS:
        return None
    all_in = (slice(1, 3),) * len(beliefs.experiments)
    best = np.maximum(beliefs.sums(beliefs.go_usd)[all_in], beliefs.sums(beliefs.no_go_usd)[all_in])
    return max(float(best.sum()) - prior_usd, 0.0)


def _use_probs(problem: LeanProblem, tree: Node) -> dict[str, float]:
    found = dict.fromkeys((experiment.id for experiment in problem.experiments), 0.0)
    for node in tree.starts():
        for name in node.start:
            found[name] += node.prob
    return found
