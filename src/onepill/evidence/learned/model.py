"""A learned model: inputs, a learner, its calibration, and the base rates that it must beat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from onepill.core.errors import InputError
from onepill.evidence.learned.features import Matrix, Words, counted_names
from onepill.evidence.learned.learners import Inputs, Logistic, Trees
from onepill.evidence.learned.trials import FIELDS, Trial

Kind = Literal["logistic", "trees"]
FORMAT = 1
PLACES = ("roots", "feature", "left", "right")
"""Parts of trees that count nodes or columns."""
POOLED_TRIALS = 10.0
"""An assumption: the whole table's rate counts in each phase's base rate as so many trials."""


@dataclass(frozen=True)
class BaseRates:
    """The share of successes by phase, drawn towards the whole table's where a phase has few trials."""

    overall: float
    by_phase: Mapping[str, float]

    def __call__(self, trials: Sequence[Trial]) -> Matrix:
        return np.array([self.by_phase.get(trial.phase, self.overall) for trial in trials])


def learn_base_rates(trials: Sequence[Trial], labels: Matrix) -> BaseRates:
    """Of the trials that were learned from, whatever was decided about the model."""
    overall = float(labels.mean())
    phases = np.array([trial.phase for trial in trials])
    rates = {}
    for phase in sorted(set(phases.tolist())):
        own = labels[phases == phase]
        rates[phase] = float((own.sum() + POOLED_TRIALS * overall) / (len(own) + POOLED_TRIALS))
    return BaseRates(overall, rates)


@dataclass(frozen=True)
class Calibration:
    """Log-odds that are told: `intercept` + `slope` times the learner's (Platt 1999)."""

    slope: float
    intercept: float

    def __call__(self, log_odds: Matrix) -> Matrix:
        found: Matrix = 1 / (1 + np.exp(-(self.intercept + self.slope * log_odds)))
        return found


@dataclass(frozen=True)
class LearnedModel:
    """What scores a trial.

    Attributes:
        kind: the learner that was better on later trials.
        trained_on: number of trials and of successes, ids of the first and the last registered and of all (`ids`),
            penalty, seed.
        held_out: learner, verdict and gain on the trials that were registered last, as a plain document.
    """

    kind: Kind
    inputs: Inputs
    learner: Logistic | Trees
    calibration: Calibration
    base_rates: BaseRates
    trained_on: Mapping[str, Any]
    held_out: Mapping[str, Any]

    def probs(self, trials: Sequence[Trial]) -> Matrix:
        """Probability of success of each trial, of shape (trials,).

        Raises:
            InputError: the trials lack a column that the model learned from (`learned.column`).
        """
        missing = sorted({name for trial in trials for name in self.inputs.fields if name not in trial.values})
        if missing:
            hint = f"the model was trained on {', '.join(self.inputs.fields)}: give all of them, or train it without"
            raise InputError.single("learned.column", f"the table lacks the column {missing[0]}", hint=hint)
        return self.calibration(self.learner.log_odds(self.learner.rows(self.inputs, trials)))

    def learned_from(self, trials: Sequence[Trial]) -> list[bool]:
        """Of each trial, whether the model has seen its outcome."""
        seen = set(self.trained_on["ids"])
        return [trial.id in seen for trial in trials]

    def to_document(self) -> dict[str, Any]:
        """Words and numbers alone: reading it runs nothing."""
        return {
            "onepill_model": FORMAT,
            "kind": self.kind,
            "fields": list(self.inputs.fields),
            "words": [_plain(words) for words in self.inputs.words],
            "mean": self.inputs.mean.tolist(),
            "scale": self.inputs.scale.tolist(),
            "learner": _plain(self.learner),
            "calibration": asdict(self.calibration),
            "base_rates": {"overall": self.base_rates.overall, "by_phase": dict(self.base_rates.by_phase)},
            "trained_on": dict(self.trained_on),
            "held_out": dict(self.held_out),
        }

    @staticmethod
    def from_document(found: Any) -> LearnedModel:
        """The model that `to_document` wrote.

        Raises:
            InputError: it is of another format, or parts do not fit each other (`learned.model`).
        """
        try:
            model = _read(found)
            _check(model)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            hint = "name a folder that `onepill success train` wrote, with this version"
            raise InputError.single("learned.model", f"this is no model: {error}", hint=hint) from None
        return model


def _plain(part: Words | Logistic | Trees) -> dict[str, Any]:
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in vars(part).items()}


def _read(found: Any) -> LearnedModel:
    if found["onepill_model"] != FORMAT:
        raise ValueError(f"format {found['onepill_model']!r}, not {FORMAT}")
    words = tuple(Words(tuple(w["fields"]), tuple(w["terms"]), np.array(w["idf"], dtype=float)) for w in found["words"])
    mean, scale = (np.array(found[name], dtype=float) for name in ("mean", "scale"))
    given, kind, rates = found["learner"], found["kind"], found["base_rates"]
    if kind == "logistic":
        learner: Logistic | Trees = Logistic(np.array(given["coefficients"], dtype=float), float(given["intercept"]))
    elif kind == "trees":
        parts: dict[str, Any] = {name: np.array(given[name], dtype=np.int64) for name in PLACES}
        parts |= {name: np.array(given[name], dtype=float) for name in ("threshold", "value")}
        learner = Trees(float(given["start"]), **parts)
    else:
        raise ValueError(f"kind {kind!r}")
    return LearnedModel(
        kind,
        Inputs(tuple(found["fields"]), words, mean, scale),
        learner,
        Calibration(float(found["calibration"]["slope"]), float(found["calibration"]["intercept"])),
        BaseRates(float(rates["overall"]), {str(phase): float(rate) for phase, rate in rates["by_phase"].items()}),
        dict(found["trained_on"]),
        dict(found["held_out"]),
    )


def _check(model: LearnedModel) -> None:
    """Parts must fit, and trees must lead to a leaf: a child stands after its parent."""
    inputs, learner = model.inputs, model.learner
    if set(inputs.fields) - set(FIELDS):
        raise ValueError(f"fields {inputs.fields}")
    if not len(inputs.mean) == len(inputs.scale) == len(counted_names(inputs.fields)):
        raise ValueError("means and scales do not fit the fields")
    if any(len(w.terms) != len(w.idf) for w in inputs.words):
        raise ValueError("words and weights differ in number")
    if isinstance(learner, Logistic):
        if len(learner.coefficients) != len(inputs.mean) + sum(len(w.terms) for w in inputs.words):
            raise ValueError("coefficients do not fit words and counts")
        return
    nodes, inner = np.arange(len(learner.feature)), learner.feature >= 0
    lengths = {len(part) for part in (learner.threshold, learner.left, learner.right, learner.value)}
    if lengths != {len(nodes)} or not all(0 <= root < len(nodes) for root in learner.roots):
        raise ValueError("the trees' arrays differ in length")
    for child in (learner.left, learner.right):
        if not ((child[inner] > nodes[inner]) & (child[inner] < len(nodes))).all():
            raise ValueError("a tree leads nowhere")
