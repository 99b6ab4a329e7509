"""Train by time: what comes later is never learned from, and decides what is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from onepill.core.errors import InputError
from onepill.evidence.learned.features import Matrix
from onepill.evidence.learned.learners import (
    STRENGTHS,
    Inputs,
    Logistic,
    Trees,
    fit_logistic,
    fit_trees,
    learn_inputs,
)
from onepill.evidence.learned.measures import (
    Estimate,
    Measures,
    check_two_classes,
    clipped,
    gain,
    log_loss,
    measure,
)
from onepill.evidence.learned.model import BaseRates, Calibration, Kind, LearnedModel, learn_base_rates
from onepill.evidence.learned.trials import FIELDS, KNOWN_LATER, Trial, in_order

FEWEST_TRIALS = 100
HELD_OUT_SHARE = 0.2
FORWARD = ((0.4, 0.55), (0.55, 0.7), (0.7, 0.85), (0.85, 1.0))
"""Learn from the first share, judge by what comes from there to the second."""
Verdict = Literal["better", "not_shown", "worse"]
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Held:
    """What one learner was worth on the trials registered last."""

    kind: Kind
    measures: Measures
    gain: Estimate


@dataclass(frozen=True)
class Report:
    """How the model was chosen, and whether it counts.

    Attributes:
        kind: the learner with the lower log-loss on the forward folds, before the held-out trials were looked at.
        strength: inverse penalty of the logistic regression that was best there.
        forward_log_loss: of each learner on the forward folds.
        held_out: of both learners, on the trials registered last.
        base: of the base rates, on the same trials.
        verdict: `better` than the base rates on the held-out trials by log-loss, its interval included; `worse`; or
            `not_shown` where the interval holds no difference. Only what is better may count.
    """

    kind: Kind
    strength: float
    forward_log_loss: dict[str, float]
    held_out: dict[str, Held]
    base: Measures
    verdict: Verdict


def train(
    trials: Sequence[Trial], fields: Sequence[str] = FIELDS, *, seed: int = 1, tell: Tell | None = None
) -> tuple[LearnedModel, Report]:
    """Train both learners on labelled trials and keep the better one.

    The last fifth by registration is held out. On the rest, forward folds choose the penalty, the learner and the
    calibration; the held-out fifth then judges. The model that is kept is fitted anew on all trials.

    Args:
        trials: at least 100, with labels of both kinds.
        fields: columns to learn from, of `FIELDS`.
        seed: of the trees and of the resampling.
        tell: hears of each step.

    Raises:
        InputError: `learned.few`, `learned.one_class`, `learned.field`, `learned.known_later`, `trials.order`.
    """
    _check_fields(fields, trials)
    ordered = in_order(trials)
    labels = np.array([float(trial.label or 0) for trial in ordered])
    if len(ordered) < FEWEST_TRIALS:
        hint = f"give at least {FEWEST_TRIALS} labelled trials"
        raise InputError.single("learned.few", f"{len(ordered)} trials are too few to learn from", hint=hint)
    check_two_classes(labels)
    how = _How(tuple(fields), seed, _Steps(tell))
    cut = len(ordered) - int(len(ordered) * HELD_OUT_SHARE)
    early, late = _Table(ordered[:cut], labels[:cut]), _Table(ordered[cut:], labels[cut:])
    report = _judge(_choose(early, how), early, late, how)
    return _final(_Table(ordered, labels), report, how), report


def _check_fields(fields: Sequence[str], trials: Sequence[Trial]) -> None:
    for name in fields:
        if name in KNOWN_LATER:
            hint = f"it is written after registration and gives the outcome away; choose of {', '.join(FIELDS)}"
            raise InputError.single("learned.known_later", f"{name} is no feature", hint=hint, value=name)
        if name not in FIELDS:
            hint = f"choose of {', '.join(FIELDS)}"
            raise InputError.single("learned.field", f"{name!r} is no feature", hint=hint, value=name)
        if any(name not in trial.values for trial in trials):
            hint = "leave it out with --features"
            raise InputError.single("learned.field", f"a table lacks the column {name}", hint=hint, value=name)
    if not fields:
        raise InputError.single("learned.field", "no feature is named", hint=f"choose of {', '.join(FIELDS)}")


class _Steps:
    """Counts the steps that take time."""

    def __init__(self, tell: Tell | None) -> None:
        self._tell, self._done = tell, 0
        self._total = 2 * len(FORWARD) * 2 + 2

    def __call__(self, step: str) -> None:
        self._done += 1
        if self._tell is not None:
            self._tell(step, self._done, self._total)


@dataclass(frozen=True)
class _Table:
    trials: Sequence[Trial]
    labels: Matrix

    def until(self, share: float) -> _Table:
        return self.between(0.0, share)

    def between(self, start: float, end: float) -> _Table:
        first, last = round(len(self.trials) * start), round(len(self.trials) * end)
        return _Table(self.trials[first:last], self.labels[first:last])


@dataclass(frozen=True)
class _How:
    """What stays the same through one training."""

    fields: tuple[str, ...]
    seed: int
    told: _Steps


@dataclass(frozen=True)
class _Choice:
    """Of the forward folds: the best penalty, the calibration of each learner and its log-loss."""

    strength: float
    calibrations: dict[Kind, Calibration]
    log_losses: dict[Kind, float]

    @property
    def kind(self) -> Kind:
        """Words first: trees must be better, not as good."""
        return "trees" if self.log_losses["trees"] < self.log_losses["logistic"] else "logistic"


def _choose(table: _Table, how: _How) -> _Choice:
    happened: list[Matrix] = []
    by_strength: dict[float, list[Matrix]] = {strength: [] for strength in STRENGTHS}
    by_trees: list[Matrix] = []
    for learned_until, judged_until in FORWARD:
        learned, judged = table.until(learned_until), table.between(learned_until, judged_until)
        check_two_classes(learned.labels)
        inputs = learn_inputs(learned.trials, how.fields)
        rows, later = (Logistic.rows(inputs, part.trials) for part in (learned, judged))
        for strength, found in by_strength.items():
            found.append(fit_logistic(rows, learned.labels, strength).log_odds(later))
        how.told("logistic regression on forward folds")
        dense, dense_later = (Trees.rows(inputs, part.trials) for part in (learned, judged))
        by_trees.append(fit_trees(dense, learned.labels, how.seed).log_odds(dense_later))
        how.told("boosted trees on forward folds")
        happened.append(judged.labels)
    labels = np.concatenate(happened)
    check_two_classes(labels)
    calibrated = {strength: _calibrated(labels, np.concatenate(found)) for strength, found in by_strength.items()}
    best = min(calibrated, key=lambda strength: calibrated[strength][1])
    trees = _calibrated(labels, np.concatenate(by_trees))
    return _Choice(
        best, {"logistic": calibrated[best][0], "trees": trees[0]}, {"logistic": calibrated[best][1], "trees": trees[1]}
    )


def _calibrated(labels: Matrix, log_odds: Matrix) -> tuple[Calibration, float]:
    """Platt's calibration of log-odds that were told of later trials, and the log-loss with it.

    A slope below 0 would say that the learner has it the wrong way round; such a learner says nothing.
    """
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1e6).fit(log_odds[:, None], labels)
    found = Calibration(max(0.0, float(fitted.coef_[0, 0])), float(fitted.intercept_[0]))
    return found, log_loss(labels, clipped(found(log_odds)))


def _fit(kind: Kind, table: _Table, strength: float, how: _How) -> tuple[Inputs, Logistic | Trees]:
    inputs = learn_inputs(table.trials, how.fields)
    if kind == "trees":
        return inputs, fit_trees(Trees.rows(inputs, table.trials), table.labels, how.seed)
    return inputs, fit_logistic(Logistic.rows(inputs, table.trials), table.labels, strength)


def _judge(chosen: _Choice, early: _Table, late: _Table, how: _How) -> Report:
    base: BaseRates = learn_base_rates(early.trials, early.labels)
    expected = base(late.trials)
    held: dict[str, Held] = {}
    kinds: tuple[Kind, ...] = ("logistic", "trees")
    for kind in kinds:
        inputs, learner = _fit(kind, early, chosen.strength, how)
        probs = chosen.calibrations[kind](learner.log_odds(learner.rows(inputs, late.trials)))
        worth = measure(late.labels, probs, seed=how.seed)
        held[kind] = Held(kind, worth, gain(late.labels, probs, expected, seed=how.seed))
    how.told("judged by the trials registered last")
    return Report(
        kind=chosen.kind,
        strength=chosen.strength,
        forward_log_loss={str(kind): loss for kind, loss in chosen.log_losses.items()},
        held_out=held,
        base=measure(late.labels, expected, seed=how.seed),
        verdict=verdict_of(held[chosen.kind].gain),
    )


def verdict_of(found: Estimate) -> Verdict:
    """What a gain in log-loss over the base rates says of a model."""
    if found.low > 0:
        return "better"
    return "worse" if found.value <= 0 else "not_shown"


def _final(table: _Table, report: Report, how: _How) -> LearnedModel:
    again = _choose(table, how)
    inputs, learner = _fit(report.kind, table, again.strength, how)
    how.told("fitted on all trials")
    trained: dict[str, Any] = {
        "n": len(table.trials),
        "successes": int(table.labels.sum()),
        "first": table.trials[0].id,
        "last": table.trials[-1].id,
        "strength": again.strength,
        "seed": how.seed,
        "ids": sorted(trial.id for trial in table.trials),
    }
    held = {"kind": report.kind, "verdict": report.verdict, "gain": asdict(report.held_out[report.kind].gain)}
    rates = learn_base_rates(table.trials, table.labels)
    return LearnedModel(report.kind, inputs, learner, again.calibrations[report.kind], rates, trained, held)
