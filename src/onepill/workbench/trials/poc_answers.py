"""The lean proof of concept's operations: the plan, and the policies tried on simulated truths."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from onepill.core.errors import Finding, sort_findings

if TYPE_CHECKING:
    from onepill.evidence.lean import LeanPlan
    from onepill.evidence.lean_compare import Compared
    from onepill.evidence.lean_tree import Characteristics, Node
    from onepill.model import Loaded
    from onepill.workbench.questions.poc import PlanAsk, SimulateAsk
    from onepill.workbench.trials.poc_problem import Posed

Row = dict[str, Any]
PROB_DIGITS, MONTH_DIGITS = 6, 4
SUCCESS_SLACK = 0.02
"""How far the hidden factors may imply another chance of success than the programme states before it is said."""
BEST = "best"


def poc_plan(ask: PlanAsk) -> Row:
    """The cheapest way to know: which experiment next, when to stop, go or no-go, and what that is worth."""
    loaded, posed, plan = _planned(ask)
    return {
        **_head(ask, loaded, posed),
        "policy": _node(plan.tree),
        **_averages(plan.averages),
        "expected_value_standard_error_usd": _standard_error(posed, plan),
        "value_without_experiments_usd": round(plan.prior_usd),
        "value_of_information_usd": round(plan.information_usd),
        "value_of_sample_information_usd": _whole(plan.sample_information_usd),
        "value_of_perfect_information_usd": round(plan.perfect_information_usd),
        "exact": plan.is_exact,
        "bound_usd": round(plan.bound_usd),
        "hidden": [_hidden(name, factor) for name, factor in posed.poc.hidden.items()],
        "states": _states(posed),
        "success": _success(loaded, posed),
        "experiments": _experiments(posed, plan),
        "compared": [_compared(row, plan) for row in plan.compared],
        "inputs": [entry.as_row() for entry in posed.ledger],
        "findings": [f.as_row() for f in sort_findings(_findings(loaded, posed, plan))],
    }


def poc_simulate(ask: SimulateAsk) -> Row:
    """Operating characteristics of the best policy and of simple ones on the same simulated truths."""
    from onepill.evidence.lean_compare import Compared
    from onepill.evidence.lean_simulate import draw_truths, follow, measured

    loaded, posed, plan = _planned(ask)
    truths = draw_truths(posed.problem, trials=ask.trials, seed=ask.seed)
    best, rows = follow(plan.tree, truths), []
    for row in (Compared(BEST, (), plan.tree, plan.averages), *plan.compared):
        seen = follow(row.tree, truths)
        estimates = {name: _estimate(measured(values), name) for name, values in seen.items()}
        behind = _estimate(measured(best["value_usd"] - seen["value_usd"]), "value_usd")
        rows.append(
            {
                "kind": row.kind,
                "order": list(row.order),
                "exact": _averages(row.averages),
                **_named(estimates),
                "behind_usd": behind,
            }
        )
    findings = [f.as_row() for f in sort_findings(_findings(loaded, posed, plan))]
    return {**_head(ask, loaded, posed), "trials": ask.trials, "policies": rows, "findings": findings}


def _planned(ask: PlanAsk) -> tuple[Loaded, Posed, LeanPlan]:
    from onepill.evidence.lean import plan_proof_of_concept
    from onepill.model import load_programme
    from onepill.rulebook import load_rulebook
    from onepill.workbench.trials.poc_problem import pose

    loaded = load_programme(ask.text, file=ask.file, as_of=ask.as_of, scenarios=ask.scenarios)
    posed = pose(loaded, load_rulebook(), ask)
    return loaded, posed, plan_proof_of_concept(posed.problem)


def _head(ask: PlanAsk, loaded: Loaded, posed: Posed) -> Row:
    problem, programme = posed.problem, loaded.programme
    return {
        "programme": programme.programme,
        "title": dict(posed.poc.title or programme.title or programme.asset.name),
        "as_of": programme.as_of.isoformat(),
        "seed": ask.seed,
        "draws": ask.draws,
        "decides": posed.poc.decides,
        "discount_rate_per_year": problem.discount_rate_per_year,
        "limits": {
            "budget_usd": _whole(problem.budget_usd),
            "months": problem.limit_months,
            "at_once": problem.at_once,
        },
    }


def _whole(amount_usd: float | None) -> int | None:
    return None if amount_usd is None else round(amount_usd)


def _averages(found: Characteristics) -> Row:
    return {
        "expected_value_usd": round(found.value_usd),
        "expected_cost_usd": round(found.cost_usd),
        "expected_months": round(found.months, MONTH_DIGITS),
        "go_prob": round(found.go_prob, PROB_DIGITS),
        "wrong_go_prob": round(found.wrong_go_prob, PROB_DIGITS),
        "wrong_no_go_prob": round(found.wrong_no_go_prob, PROB_DIGITS),
    }


def _node(node: Node) -> Row:
    """A point of the policy with all that follows."""
    return {
        "prob": round(node.prob, PROB_DIGITS),
        "go_is_right_prob": round(node.worth_prob, PROB_DIGITS),
        "months": round(node.months, MONTH_DIGITS),
        "spent_usd": round(node.spent_usd),
        "value_usd": round(node.value_usd),
        "decision": node.decision,
        "start": list(node.start),
        "cost_usd": round(node.cost_usd),
        "takes_months": round(node.takes_months, MONTH_DIGITS),
        "branches": [
            {
                "results": {name: "positive" if result else "negative" for name, result in branch.results.items()},
                "prob": round(branch.node.prob / node.prob, PROB_DIGITS),
                "then": _node(branch.node),
            }
            for branch in node.branches
        ],
    }


def _standard_error(posed: Posed, plan: LeanPlan) -> int:
    """Of the expected value, from the futures of the programme: the policy's value is linear in success and failure."""
    if posed.worth is None:
        return 0
    weights = [0.0, 0.0]
    for end in (end for end in plan.tree.ends() if end.decision == "go"):
        now = end.prob * posed.problem.discount(end.months)
        for odds, success in zip(end.odds, posed.success_probs, strict=True):
            if success is not None:
                weights[0] += now * odds * success
                weights[1] += now * odds * (1 - success)
    errors = posed.worth.success_usd.standard_error, posed.worth.failure_usd.standard_error
    return round(math.hypot(*(weight * error for weight, error in zip(weights, errors, strict=True))))


def _hidden(name: str, factor: Any) -> Row:
    levels = {level: round(prob, PROB_DIGITS) for level, prob in factor.chances().items()}
    return {"id": name, "title": dict(factor.title) if factor.title else _plain(name), "levels": levels}


def _plain(name: str) -> dict[str, str]:
    words = name.replace("_", " ")
    return {"en": words, "zh": words}


def _states(posed: Posed) -> list[Row]:
    return [
        {
            "levels": dict(state.levels),
            "prob": round(state.prob, PROB_DIGITS),
            "success_prob": success,
            "go_usd": round(state.go_usd),
            "no_go_usd": round(state.no_go_usd),
            "go_is_right": state.is_worth_it,
        }
        for state, success in zip(posed.problem.states, posed.success_probs, strict=True)
    ]


def _success(loaded: Loaded, posed: Posed) -> Row | None:
    """What the programme says of the stage, and what the hidden factors imply; None where amounts are stated."""
    worth = posed.worth
    if worth is None:
        return None
    return {
        "implied_prob": _implied(posed),
        "programme_prob": round(worth.success_prob, PROB_DIGITS),
        "reached_prob": round(worth.reached_prob, PROB_DIGITS),
        "success_usd": _dollars(worth.success_usd),
        "failure_usd": _dollars(worth.failure_usd),
    }


def _implied(posed: Posed) -> float | None:
    """The chance of success before any experiment, None where some outcomes state amounts."""
    total = 0.0
    for state, success in zip(posed.problem.states, posed.success_probs, strict=True):
        if success is None:
            return None
        total += state.prob * success
    return round(total, PROB_DIGITS)


def _dollars(found: Any) -> dict[str, int]:
    return {"mean": round(found.mean), "standard_error": round(found.standard_error)}


def _experiments(posed: Posed, plan: LeanPlan) -> list[Row]:
    alone = {row.order[-1]: row.averages.value_usd for row in plan.compared if row.kind == "straight_to"}
    found = []
    for experiment in posed.problem.experiments:
        stated, states = posed.poc.experiments[experiment.id], posed.problem.states
        positive = sum(s.prob * p for s, p in zip(states, experiment.positive_probs, strict=True))
        found.append(
            {
                "id": experiment.id,
                "kind": stated.kind,
                "title": dict(stated.title) if stated.title else _plain(experiment.id),
                "cost_usd": round(experiment.cost_usd),
                "months": round(experiment.months, MONTH_DIGITS),
                "after": list(stated.after),
                "family": stated.family,
                "positive_prob": round(positive, PROB_DIGITS),
                "use_prob": round(plan.use_probs[experiment.id], PROB_DIGITS),
                "alone_gain_usd": _whole(alone[experiment.id] - plan.prior_usd) if experiment.id in alone else None,
            }
        )
    return found


def _compared(row: Compared, plan: LeanPlan) -> Row:
    behind = round(plan.averages.value_usd - row.averages.value_usd)
    return {"kind": row.kind, "order": list(row.order), **_averages(row.averages), "behind_usd": behind}


def _estimate(found: Any, name: str) -> Row:
    digits = 0 if name.endswith("_usd") else PROB_DIGITS
    return {"mean": round(found.mean, digits), "standard_error": round(found.standard_error, digits)}


def _named(estimates: dict[str, Row]) -> Row:
    """The measures under the names of the plan's own averages."""
    return {name if name.endswith("_prob") else f"expected_{name}": row for name, row in estimates.items()}


def _findings(loaded: Loaded, posed: Posed, plan: LeanPlan) -> list[Finding]:
    found = list(loaded.findings)
    implied, worth = _implied(posed), posed.worth
    slack = SUCCESS_SLACK + 2 * (worth.success_prob_error if worth else 0.0)
    if worth is not None and implied is not None and abs(implied - worth.success_prob) > slack:
        message = (
            f"the hidden factors imply a chance of {implied:.1%} that {posed.poc.decides} succeeds, "
            f"and the programme's own is {worth.success_prob:.1%}"
        )
        hint = "bring them together, or say why they differ"
        found.append(Finding("poc.success_prob", "warning", message, hint, "proof_of_concept.outcomes", value=implied))
    if not plan.is_exact:
        message = f"too much to solve exactly: no policy is worth more than {plan.bound_usd:,.0f} US dollars"
        hint = "leave out experiments, or round durations to months"
        found.append(Finding("poc.approximate", "note", message, hint, "proof_of_concept.experiments"))
    return found
