"""Quantiles of amounts, and for groups of under five cases a partially pooled estimate instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from onepill.core.streams import uniforms

FEWEST = 5
"""Cases below which no quantile is told."""
FEWEST_TAILS = 10
"""Cases below which the 10 % and 90 % quantiles are not told: less than one case would lie beyond them."""
DRAWN_AT_ONCE = 10_000
"""Draws of one stretch, which bounds what is held in memory."""
NORMAL_975 = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Quantiles of `n` known amounts, None where they are too few."""

    n: int
    p10: float | None = None
    p25: float | None = None
    p50: float | None = None
    p75: float | None = None
    p90: float | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """Where logarithms of amounts lie over groups: their overall mean and the variances between and within groups.

    Natural logarithms. `mean_variance` is the variance of the overall mean's estimate.
    """

    groups: int
    n: int
    mean: float
    mean_variance: float
    between: float
    within: float


@dataclass(frozen=True, slots=True)
class Pooled:
    """A group's typical amount, drawn towards that of all: `weight` from 0 (all) to 1 (its own cases).

    `estimate` is a geometric mean; `low` and `high` are its 95 % limits. Same unit as the amounts.
    """

    n: int
    estimate: float
    low: float
    high: float
    weight: float


def quantiles(amounts: Sequence[float]) -> Quantiles:
    """Quantiles by linear interpolation between order statistics.

    With the sorted amounts x[0] to x[n-1] the quantile p lies at position p (n - 1): definition 7 of Hyndman and Fan,
    Sample quantiles in statistical packages, The American Statistician 1996;50:361-365, which spreadsheets and R use.

    Args:
        amounts: known amounts, any order, one unit.

    Returns:
        The middle three from five cases on, the outer two from ten on.
    """
    n = len(amounts)
    if n < FEWEST:
        return Quantiles(n)
    ordered = sorted(amounts)
    p10, p25, p50, p75, p90 = (
        _at(n, per_mille, lambda i: _exact(ordered[i])) for per_mille in (100, 250, 500, 750, 900)
    )
    return Quantiles(n, p10, p25, p50, p75, p90) if n >= FEWEST_TAILS else Quantiles(n, None, p25, p50, p75, None)


def _at(n: int, per_mille: int, ordered: Callable[[int], Decimal]) -> float:
    """The quantile of `n` ordered amounts, in decimals: an amount that is told in them gets no last bit of its own."""
    place, rest = divmod(per_mille * (n - 1), 1000)
    if not rest:
        return float(ordered(place))
    return float((ordered(place) * (1000 - rest) + ordered(place + 1) * rest) / 1000)


def _exact(amount: float) -> Decimal:
    """The amount as it is written."""
    return Decimal(repr(float(amount)))


def median_limits(amounts: Sequence[float], *, draws: int, seed: int, stream: str) -> tuple[float, float] | None:
    """95 % limits of the median: of so many draws of as many cases, with replacement, the middle 95 % of medians.

    The percentile method: Efron, Bootstrap methods: another look at the jackknife, The Annals of Statistics
    1979;7:1-26. None where the median itself is not told.
    """
    import numpy as np

    n = len(amounts)
    if n < FEWEST:
        return None
    known, places = np.asarray(amounts, dtype=float), np.argsort(np.argsort(amounts, kind="stable"), kind="stable")
    ordered, middle, found = np.sort(known), ((n - 1) // 2, n // 2), []
    for first in range(0, draws, DRAWN_AT_ONCE):
        paths = np.arange(first * n, min(first + DRAWN_AT_ONCE, draws) * n)
        drawn = (uniforms(seed, stream=stream, paths=paths) * n).astype(np.int64).reshape(-1, n)
        found.append(np.partition(places[drawn], middle, axis=1)[:, middle])
    pairs = np.concatenate(found)
    pairs = pairs[np.argsort(ordered[pairs].sum(axis=1), kind="stable")]

    def median(index: int) -> Decimal:
        return sum((_exact(ordered[place]) for place in pairs[index]), Decimal()) / 2

    return _at(draws, 25, median), _at(draws, 975, median)


def fit_spread(groups: Sequence[Sequence[float]]) -> Spread | None:
    """Mean and variances of a one-way layout with random groups, by the analysis of variance.

    within = SSW / (N - k), between = max(0, (SSB / (k - 1) - within) / n0), n0 = (N - sum n_i^2 / N) / (k - 1):
    Searle, Casella, McCulloch, Variance Components, Wiley 1992, chapter 3.6, for unequal groups. The overall mean
    weighs each group's mean by 1 / (between + within / n_i).

    Args:
        groups: positive amounts of each group; groups without one are left out.

    Returns:
        None where there are fewer than two groups or no group has two cases: nothing then tells the variances apart.
    """
    import numpy as np

    logs = [np.log(np.asarray(group, dtype=float)) for group in groups if len(group)]
    sizes = np.array([len(group) for group in logs], dtype=float)
    k, n = len(logs), int(sizes.sum()) if logs else 0
    if k < 2 or n <= k:
        return None
    means = np.array([group.mean() for group in logs])
    grand = float((sizes * means).sum() / n)
    within = float(sum(((group - mean) ** 2).sum() for group, mean in zip(logs, means, strict=True)) / (n - k))
    size = (n - float((sizes**2).sum()) / n) / (k - 1)
    between = max(0.0, (float((sizes * (means - grand) ** 2).sum()) / (k - 1) - within) / size)
    if between + within == 0:
        return Spread(k, n, grand, 0.0, 0.0, 0.0)
    weights = sizes / (between * sizes + within)
    mean = float((weights * means).sum() / weights.sum())
    return Spread(k, n, mean, float(1 / weights.sum()), between, within)


def pool(amounts: Sequence[float], spread: Spread) -> Pooled:
    """A group's geometric mean, shrunk towards the overall one.

    weight = between / (between + within / n); log estimate = weight * group mean + (1 - weight) * overall mean, the
    best linear unbiased prediction of a random effect (Robinson, That BLUP is a good thing, Statistical Science
    1991;6:15-32). The variance is weight * within / n + (1 - weight)^2 * variance of the overall mean, with the
    variance components taken as known; limits are 1.96 standard deviations on the log scale.

    Args:
        amounts: the group's positive amounts; without any the overall mean is told, with the variance between groups.
        spread: of all groups.
    """
    from math import exp, fsum, log, sqrt

    n = len(amounts)
    own = fsum(log(amount) for amount in amounts) / n if n else spread.mean
    noise = spread.between + spread.within / n if n else 0.0
    weight = spread.between / noise if noise > 0 else 0.0
    centre = weight * own + (1 - weight) * spread.mean
    left = weight * spread.within / n if n else spread.between
    reach = NORMAL_975 * sqrt(left + (1 - weight) ** 2 * spread.mean_variance)
    return Pooled(n, exp(centre), exp(centre - reach), exp(centre + reach), weight)
