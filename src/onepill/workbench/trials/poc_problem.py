"""From a programme's proof of concept to the engine's question: dollars, months, odds by hidden state."""

from __future__ import annotations

from dataclasses import dataclass

from onepill.core.dates import DAYS_PER_MONTH
from onepill.core.errors import InputError
from onepill.core.provenance import Ledger
from onepill.core.units import parse_amount
from onepill.evidence.lean_inputs import (
    Experiment,
    HiddenFactor,
    HiddenState,
    LeanProblem,
    joint_levels,
    positive_prob,
)
from onepill.model import Loaded
from onepill.model.checks import values_of
from onepill.model.proof_of_concept import Outcome, ProofOfConcept
from onepill.model.proof_of_concept_checks import SECTION, needs_of
from onepill.model.values import Value
from onepill.rulebook import Rulebook
from onepill.workbench.common import defaults
from onepill.workbench.common import ledger as notes
from onepill.workbench.plan.filled import Filled
from onepill.workbench.questions.poc import PlanAsk
from onepill.workbench.trials.poc_value import StageWorth, stage_worth

RATE = "capital.discount_rate_per_year"
_MONTH_DIGITS = 9


@dataclass(frozen=True)
class Posed:
    """The engine's question with what it was made of.

    `success_probs` is, by hidden state, the chance that the stage succeeds, None where the file states amounts. `worth`
    is None where no outcome rests on the programme's value.
    """

    problem: LeanProblem
    poc: ProofOfConcept
    outcomes: tuple[Outcome, ...]
    success_probs: tuple[float | None, ...]
    worth: StageWorth | None
    ledger: Ledger


def pose(loaded: Loaded, rulebook: Rulebook, ask: PlanAsk) -> Posed:
    """Make the question; the programme is simulated where its value is asked for.

    Raises:
        InputError: `poc.missing`, `poc.budget`, `poc.futures`.
    """
    poc = loaded.programme.proof_of_concept
    if poc is None:
        hint = "add the section proof_of_concept (docs/methods/programme-file.md, examples/lean_poc.yaml)"
        message = "the programme states no proof of concept"
        raise InputError.single("poc.missing", message, hint=hint, file=ask.file, path=SECTION)
    filled = Filled(loaded.programme, rulebook)
    rate = filled.number(RATE, loaded.programme.capital.discount_rate_per_year, defaults.DISCOUNT)
    budget_usd, limit_months = _limits(filled, poc, ask)
    worth = None
    if poc.decides is not None and any(outcome.success_prob is not None for outcome in poc.outcomes):
        options = {"draws": ask.draws, "seed": ask.seed, "threads": ask.threads}
        worth = stage_worth(loaded.programme, rulebook, poc.decides, **options)
    states = joint_levels(tuple(HiddenFactor(name, factor.chances()) for name, factor in poc.hidden.items()))
    outcomes = tuple(next(o for o in poc.outcomes if o.fits(levels)) for levels, _ in states)
    problem = LeanProblem(
        states=tuple(
            HiddenState(levels, prob, _go_usd(filled, outcome, worth), _usd(filled, outcome.no_go_gain))
            for (levels, prob), outcome in zip(states, outcomes, strict=True)
        ),
        experiments=_experiments(filled, poc, [levels for levels, _ in states]),
        correlations={name: family.correlation.number for name, family in poc.families.items()},
        discount_rate_per_year=rate,
        budget_usd=budget_usd,
        limit_months=limit_months,
        at_once=ask.at_once or poc.at_once,
    )
    _note(filled, poc)
    success = tuple(None if o.success_prob is None else o.success_prob.number for o in outcomes)
    return Posed(problem, poc, outcomes, success, worth, filled.ledger)


def _experiments(filled: Filled, poc: ProofOfConcept, states: list[dict[str, str]]) -> tuple[Experiment, ...]:
    found = []
    for name, experiment in poc.experiments.items():
        readings = {factor: reading.chances() for factor, reading in experiment.reads.items()}
        found.append(
            Experiment(
                name,
                cost_usd=_usd(filled, experiment.cost),
                months=_months(experiment.duration),
                positive_probs=tuple(positive_prob(readings, levels) for levels in states),
                after=tuple(needs_of(experiment)),
                family=experiment.family or "",
            )
        )
    return tuple(found)


def _go_usd(filled: Filled, outcome: Outcome, worth: StageWorth | None) -> float:
    """Success and failure by their chances, or the stated gain or loss."""
    if outcome.success_prob is not None and worth is not None:
        prob: float = outcome.success_prob.number
        return prob * worth.success_usd.mean + (1 - prob) * worth.failure_usd.mean
    return _usd(filled, outcome.go_gain) - _usd(filled, outcome.go_loss)


def _usd(filled: Filled, value: Value | None) -> float:
    """The mean of an amount in US dollars, 0 where none is stated."""
    return 0.0 if value is None else value.number * filled.usd_per()[value.unit]


def _months(value: Value) -> float:
    return round(value.number / DAYS_PER_MONTH, _MONTH_DIGITS)


def _limits(filled: Filled, poc: ProofOfConcept, ask: PlanAsk) -> tuple[float | None, float | None]:
    """The question's budget and months, else the file's."""
    budget = _asked_usd(ask.budget) if ask.budget is not None else None
    if budget is None and poc.budget is not None:
        budget = _usd(filled, poc.budget)
    months = ask.months
    if months is None and poc.time_limit is not None:
        months = _months(poc.time_limit)
    return budget, months


def _asked_usd(text: str) -> float:
    money = parse_amount(text)
    if money.currency != "USD" or money.value < 0:
        message = f"the budget is an amount of US dollars of 0 or more, not {text!r}"
        raise InputError.single("poc.budget", message, hint="write 5 MUSD", path="--budget", value=text)
    return money.value


def _note(filled: Filled, poc: ProofOfConcept) -> None:
    """Where each number of the section comes from."""
    for path, value in values_of(filled.programme):
        if path.startswith(f"{SECTION}."):
            notes.note_user(filled.ledger, path, value)
