"""What is the rate of one cell, when only the margins of overlapping cuts of the same trials are known?

Everything is on log-odds. A cut (area, kind of product, …) sorts the same programmes into levels; a margin is the rate
of one level. The rate of a programme that lies in several levels at once is predicted from their margins.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

JEFFREYS = 0.5
"""Both parameters of the Beta prior of a proportion."""
SPREAD_SCALE = 0.5
"""Prior scale of the standard deviation of a cut's levels on log-odds: one of them is an odds ratio of 1.6."""
_ASYMPTOTIC_FROM = 8.0
_GRID = tuple(i / 200 for i in range(401))
"""Standard deviations on log-odds over which the spread of a cut is sought: 0 to 2 by 0.005."""


@dataclass(frozen=True)
class Margin:
    """One level's margin as a deviation from its reference, on log-odds.

    Attributes:
        deviation: logit of the level less logit of the reference.
        variance: sampling variance of the deviation, above 0.
        spread: variance of the level's true deviation, 0 or more (from `spread_of_levels`).
    """

    deviation: float
    variance: float
    spread: float


@dataclass(frozen=True)
class Pooled:
    """A predicted deviation: its mean, its variance, and the weight that each margin's deviation got."""

    mean: float
    variance: float
    weights: tuple[float, ...]


def logit(prob: float) -> float:
    """Log-odds of a chance between 0 and 1."""
    return math.log(prob / (1 - prob))


def expit(log_odds: float) -> float:
    """The chance of log-odds."""
    return 1 / (1 + math.exp(-log_odds)) if log_odds >= 0 else math.exp(log_odds) / (1 + math.exp(log_odds))


def logit_moments(successes: float, n: float) -> tuple[float, float]:
    """Mean and variance of the log-odds of a proportion, under its Beta posterior with Jeffreys' prior.

    With a + b = successes + 1/2 and n - successes + 1/2 they are digamma(a) - digamma(b) and trigamma(a) + trigamma(b),
    finite for none and for all successes too.

    Raises:
        ValueError: `n` is not above 0 or `successes` is outside 0 to `n`.
    """
    if not n > 0 or not 0 <= successes <= n:
        raise ValueError(f"successes must lie within 0 and n > 0, not {successes} of {n}")
    won, lost = successes + JEFFREYS, n - successes + JEFFREYS
    return _digamma(won) - _digamma(lost), _trigamma(won) + _trigamma(lost)


def spread_of_levels(deviations: Sequence[float], variances: Sequence[float], shares: Sequence[float]) -> float:
    """The variance of levels' effects that their observed deviations speak for (empirical Bayes).

    A level that holds the share s of its reference cannot lie far from it: its deviation is (1 - s) times its distance
    from the rest. Each observed deviation is normal about 0 with variance spread (1 - s)^2 + its sampling variance.

    Args:
        deviations: on log-odds, one a level.
        variances: their sampling variances, above 0.
        shares: of the reference's programmes, 0 to 1.

    Returns:
        The mean of the spread under its marginal likelihood and a half-normal prior of its root with scale
        `SPREAD_SCALE`, over a grid from 0 to 2 by 0.005. A mean and not the maximum, which a few small levels set to 0
        although they say little; 0 for no level.
    """
    if not deviations:
        return 0.0
    noise, squares, grid = np.asarray(variances), np.square(np.asarray(deviations)), np.square(np.asarray(_GRID))
    totals = np.outer(grid, np.square(1 - np.asarray(shares))) + noise
    log_weights = -0.5 * np.sum(np.log(totals) + squares / totals, axis=1) - 0.5 * grid / SPREAD_SCALE**2
    found = np.exp(log_weights - log_weights.max())
    return float(found @ grid / found.sum())


def pool_margins(margins: Sequence[Margin], overlap: npt.ArrayLike) -> Pooled:
    """Predict a cell's deviation from the margins of the levels that it lies in: the best linear predictor.

    A true margin is the mean of the cells in it, so that its covariance with the cell is its own variance V. Two cuts
    share `overlap` times the smaller of their variances: 0 adds them up, 1 lets the one that sets programmes further
    apart stand for both, as where one cut refines the other.

        mean = C' (Sigma + S)^-1 d,   C = V,   Sigma_ij = overlap_ij min(V_i, V_j),   S = sampling variances

    Args:
        margins: any number; those with no spread get weight 0.
        overlap: shape (n, n), symmetric, 1 on the diagonal, entries 0 to 1, positive semidefinite.

    Returns:
        Mean and variance of the cell's deviation, given margins alone; one margin is its own shrunken deviation.
    """
    spreads = np.array([margin.spread for margin in margins])
    active = np.flatnonzero(spreads > 0)
    weights = np.zeros(len(margins))
    if active.size == 0:
        return Pooled(0.0, 0.0, tuple(weights))
    shared = np.asarray(overlap, dtype=np.float64)[np.ix_(active, active)]
    covariance = spreads[active]
    true = shared * np.minimum.outer(covariance, covariance)
    observed = true + np.diag([margins[int(i)].variance for i in active])
    found = np.linalg.solve(observed, covariance)
    weights[active] = found
    known = float(covariance @ np.linalg.pinv(true, hermitian=True) @ covariance)
    mean = float(sum(w * margin.deviation for w, margin in zip(weights, margins, strict=True)))
    return Pooled(mean, max(known - float(found @ covariance), 0.0), tuple(float(w) for w in weights))


def _digamma(x: float) -> float:
    """Recurrence up to 8, then the asymptotic series (Abramowitz and Stegun 6.3.5 and 6.3.18); x above 0."""
    shift = 0.0
    while x < _ASYMPTOTIC_FROM:
        shift, x = shift - 1 / x, x + 1
    square = 1 / (x * x)
    series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square / 132))))
    return shift + math.log(x) - 0.5 / x - series


def _trigamma(x: float) -> float:
    """Recurrence up to 8, then the asymptotic series (Abramowitz and Stegun 6.4.6 and 6.4.12); x above 0."""
    shift = 0.0
    while x < _ASYMPTOTIC_FROM:
        shift, x = shift + 1 / (x * x), x + 1
    square = 1 / (x * x)
    series = square * (1 / 6 - square * (1 / 30 - square * (1 / 42 - square * (1 / 30 - square * 5 / 66))))
    return shift + 1 / x + 0.5 * square + series / x
