"""How good probabilities are: against what happened, with intervals, and beside the base rate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onepill.core.errors import InputError
from onepill.stats.proportions import wilson_interval

Vector = npt.NDArray[np.float64]
RESAMPLES = 400
LEVEL = 0.95
MOST_BINS, FEWEST_IN_BIN = 10, 20
SMALLEST_PROB = 1e-6
"""Probabilities are held within this of 0 and 1, so that a single sure mistake does not cost without limit."""


@dataclass(frozen=True)
class Estimate:
    """A measure with its 95 % limits over resampled trials."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Bin:
    """Trials with neighbouring probabilities: their number, mean probability, share of successes and its limits."""

    n: int
    prob: float
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Measures:
    """Of `n` trials, `successes` of them with label 1.

    Attributes:
        roc_auc: chance that a success has a higher probability than a failure, 0 to 1.
        brier: mean squared difference of probability and label, 0 to 1.
        log_loss: mean of -ln of the probability given to what happened, 0 up.
        calibration_error: mean distance between mean probability and share of successes over bins of equal numbers of
            trials (at least 20 in each, at most 10 bins), weighted by their numbers, 0 to 1.
        calibration_error_if_perfect: what it would be on average if the probabilities were right: with few trials
            a perfect model has an error too (Bröcker and Smith 2007, Weather and Forecasting 22:651-661).
        bins: of the calibration error, for a reliability plot.
    """

    n: int
    successes: int
    roc_auc: Estimate
    brier: Estimate
    log_loss: Estimate
    calibration_error: Estimate
    calibration_error_if_perfect: float
    bins: tuple[Bin, ...]


def measure(labels: npt.ArrayLike, probs: npt.ArrayLike, *, seed: int = 1) -> Measures:
    """All measures of probabilities against labels.

    Args:
        labels: 0 or 1, of shape (n,).
        probs: probabilities of 1, of shape (n,).
        seed: of the resampling.

    Raises:
        InputError: all labels are alike (`learned.one_class`).
    """
    happened, told = np.asarray(labels, dtype=np.float64), clipped(probs)
    check_two_classes(happened)
    draws = np.random.default_rng([seed, 1]).integers(0, len(told), (RESAMPLES, len(told)))
    draws = draws[[0 < happened[draw].sum() < len(draw) for draw in draws]]
    simulated = np.random.default_rng([seed, 2]).random((RESAMPLES, len(told))) < told
    return Measures(
        n=len(told),
        successes=int(happened.sum()),
        roc_auc=_estimate(roc_auc, happened, told, draws),
        brier=_estimate(brier, happened, told, draws),
        log_loss=_estimate(log_loss, happened, told, draws),
        calibration_error=_estimate(calibration_error, happened, told, draws),
        calibration_error_if_perfect=float(np.mean([calibration_error(row.astype(float), told) for row in simulated])),
        bins=reliability(happened, told),
    )


def check_two_classes(labels: Vector) -> None:
    """Raise where nothing can be told apart."""
    if len(labels) and 0 < labels.sum() < len(labels):
        return
    hint = "give a table that holds successes and failures"
    only = f"all {len(labels)} labels are {labels[0]:.0f}" if len(labels) else "no trial has a label"
    raise InputError.single("learned.one_class", only, hint=hint)


def clipped(probs: npt.ArrayLike) -> Vector:
    return np.clip(np.asarray(probs, dtype=np.float64), SMALLEST_PROB, 1 - SMALLEST_PROB)


def roc_auc(labels: Vector, probs: Vector) -> float:
    """Area under the receiver operating characteristic, from ranks.

    It is the share of pairs of a success and a failure in the right order, equal ones by half (Hanley, McNeil
    1982, Radiology 143:29-36).
    """
    _, place, equals = np.unique(probs, return_inverse=True, return_counts=True)
    ranks = np.cumsum(equals) - (equals - 1) / 2
    won = labels > 0
    n = int(won.sum())
    return float((ranks[place[won]].sum() - n * (n + 1) / 2) / (n * (len(labels) - n)))


def brier(labels: Vector, probs: Vector) -> float:
    return float(np.mean((probs - labels) ** 2))


def losses(labels: Vector, probs: Vector) -> Vector:
    """-ln of the probability given to what happened, of shape (n,)."""
    return -np.log(np.where(labels > 0, probs, 1 - probs))


def log_loss(labels: Vector, probs: Vector) -> float:
    return float(np.mean(losses(labels, probs)))


def calibration_error(labels: Vector, probs: Vector) -> float:
    """Expected calibration error over bins of equal numbers (Naeini, Cooper, Hauskrecht 2015, AAAI 29)."""
    gaps = [len(rows) * abs(probs[rows].mean() - labels[rows].mean()) for rows in _bins(probs)]
    return float(sum(gaps) / len(probs))


def reliability(labels: Vector, probs: Vector) -> tuple[Bin, ...]:
    """The bins of the calibration error with Wilson's limits of each share."""
    found = []
    for rows in _bins(probs):
        low, high = wilson_interval(float(labels[rows].sum()), len(rows), level=LEVEL)
        found.append(Bin(len(rows), float(probs[rows].mean()), float(labels[rows].mean()), low, high))
    return tuple(found)


def _bins(probs: Vector) -> list[npt.NDArray[np.intp]]:
    number = max(1, min(MOST_BINS, len(probs) // FEWEST_IN_BIN))
    return list(np.array_split(np.argsort(probs, kind="stable"), number))


def gain(labels: npt.ArrayLike, probs: npt.ArrayLike, base: npt.ArrayLike, *, seed: int = 1) -> Estimate:
    """How much lower the log-loss is than that of base rates on the same trials; below 0 it is worse."""
    happened = np.asarray(labels, dtype=np.float64)
    difference = losses(happened, clipped(base)) - losses(happened, clipped(probs))
    draws = np.random.default_rng([seed, 3]).integers(0, len(difference), (RESAMPLES, len(difference)))
    low, high = _limits(difference[draws].mean(axis=1))
    return Estimate(float(difference.mean()), low, high)


def _estimate(of: object, labels: Vector, probs: Vector, draws: npt.NDArray[np.int64]) -> Estimate:
    """The value, and percentiles of resamples moved by the resampling's own bias, kept around the value.

    An error of calibration is never below 0, and resampled trials look worse calibrated than the trials themselves.
    """
    assert callable(of)
    value = of(labels, probs)
    resampled = np.array([of(labels[draw], probs[draw]) for draw in draws])
    low, high = _limits(resampled - (resampled.mean() - value))
    return Estimate(value, max(0.0, min(low, value)), max(high, value))


def _limits(values: Vector) -> tuple[float, float]:
    low, high = np.percentile(values, [50 * (1 - LEVEL), 50 * (1 + LEVEL)])
    return float(low), float(high)
