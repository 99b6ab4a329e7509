"""What the operations on learned models answer."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from onepill.workbench.replies.parts import Chance, FindingRow, Reply


class Measured(Reply):
    """A measure with its 95 % limits over resampled trials."""

    value: float
    low: float
    high: float


class ReliabilityBin(Reply):
    """Trials with neighbouring probabilities: mean probability, share of successes, its Wilson limits."""

    n: int
    prob: Chance
    share: Chance
    low: Chance
    high: Chance


class MeasuresRow(Reply):
    """How good probabilities are; `calibration_error_if_perfect` is what right ones would have on as many trials."""

    n: int
    successes: int
    roc_auc: Measured
    brier: Measured
    log_loss: Measured
    calibration_error: Measured
    calibration_error_if_perfect: float
    bins: list[ReliabilityBin]


class HeldOut(Reply):
    """A learner on the trials registered last; `gain` is how much its log-loss is below the base rates'."""

    kind: Literal["logistic", "trees"]
    measures: MeasuresRow
    gain: Measured


class TrainedOn(Reply):
    n: int
    successes: int
    first: str
    last: str
    strength: float
    seed: int


class PublishedRow(Reply):
    """ROC-AUC that others printed for the same task, on test sets that are not this table."""

    what: str
    phase: str
    low: float
    high: float
    source: str
    grade: str


class TrainReply(Reply):
    """A model, how it was chosen and whether it counts: only a `better` one may."""

    model: str
    kind: Literal["logistic", "trees"]
    features: list[str]
    trained_on: TrainedOn
    forward_log_loss: dict[str, float]
    held_out: dict[str, HeldOut]
    base: MeasuresRow
    verdict: Literal["better", "not_shown", "worse"]
    findings: list[FindingRow]


class EvaluateReply(MeasuresRow):
    """Measures of a model on trials, beside the base rates of its training on the same trials."""

    base: MeasuresRow
    gain: Measured
    verdict: Literal["better", "not_shown", "worse"]
    learned_from: int = Field(ge=0)
    published: list[PublishedRow]
    findings: list[FindingRow]


class Scored(Reply):
    """A trial's chance of success by the model, and the base rate of its phase."""

    id: str
    prob: Chance
    base_prob: Chance
    learned_from: bool


class ScoreReply(Reply):
    rows: list[Scored]
    verdict: Literal["better", "not_shown", "worse"]
    findings: list[FindingRow]
