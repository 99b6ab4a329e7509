"""What beginning a stage is worth to the programme where it succeeds and where it fails, on the passport's futures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onepill.core.distributions import fixed
from onepill.core.errors import InputError
from onepill.model.schema import Programme
from onepill.model.values import Value
from onepill.rulebook import Rulebook
from onepill.sim import Estimate, compile_plan, estimate, run
from onepill.sim.plan import FAILED, SUCCEEDED
from onepill.workbench.plan.assemble import assemble
from onepill.workbench.plan.fill import fill
from onepill.workbench.results.simulate import OWNER

FEWEST_FUTURES = 30
"""Fewer futures than these with one outcome say too little of what it is worth."""


@dataclass(frozen=True)
class StageWorth:
    """The owner's value with the stage less without it, in US dollars on the programme's day, by the stage's outcome.

    `reached_prob` is the share of futures in which the stage comes to an outcome, `success_prob` the share of those in
    which it succeeds, `success_prob_error` the standard error of that.
    """

    success_usd: Estimate
    failure_usd: Estimate
    reached_prob: float
    success_prob: float
    success_prob_error: float


def stage_worth(
    programme: Programme, rulebook: Rulebook, stage: str, *, draws: int, seed: int, threads: int
) -> StageWorth:
    """Run the programme as it is and without the stage on the same futures, and split the difference by outcome.

    Raises:
        InputError: `poc.futures`, too few futures with one of the outcomes.
    """
    with_it = compile_plan(assemble(fill(programme, rulebook)).plan)
    without = compile_plan(assemble(fill(_without(programme, stage), rulebook)).plan)
    found = run(with_it, draws=draws, seed=seed, threads=threads, trace=draws)
    gain = found.npv_usd[OWNER] - run(without, draws=draws, seed=seed, threads=threads).npv_usd[OWNER]
    index = found.trace.activity_ids.index(stage)
    names, outcome = found.trace.outcome_names[index], found.trace.outcome[index]
    by_name = {name: outcome == code for code, name in enumerate(names)}
    success, failure = (by_name.get(name, np.zeros(draws, dtype=bool)) for name in (SUCCEEDED, FAILED))
    counts = int(success.sum()), int(failure.sum())
    if min(counts) < FEWEST_FUTURES:
        message = (
            f"of {draws:,} futures {counts[0]:,} see {stage} succeed and {counts[1]:,} see it fail: too few to value"
        )
        hint = "raise --draws, or state go_gain and go_loss"
        raise InputError.single("poc.futures", message, hint=hint, path="proof_of_concept.decides", value=stage)
    total = sum(counts)
    share = counts[0] / total
    error = (share * (1 - share) / total) ** 0.5
    return StageWorth(estimate(gain[success]), estimate(gain[failure]), total / draws, share, error)


def _without(programme: Programme, stage: str) -> Programme:
    """The programme in which the stage is never begun: it costs nothing and leads to nothing."""
    none = {"success_prob": _nothing("share"), "cost": _nothing("USD")}
    idle = programme.development[stage].model_copy(update=none)
    return programme.model_copy(update={"development": {**programme.development, stage: idle}})


def _nothing(unit: str) -> Value:
    return Value(fixed(0.0), unit, "0", assumption="the stage is not begun")
