"""Numbers that describe a run: estimates with their simulation error, observed percentiles, paired differences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onepill.core.dates import NEVER
from onepill.sim.plan import Days, Money
from onepill.sim.results import Results

NPV_PROBS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
DAY_PROBS = (0.1, 0.5, 0.9)
NAN = math.nan


@dataclass(frozen=True)
class Estimate:
    """A mean over paths and its standard error, which is simulation error only. NaN where there are too few paths."""

    mean: float
    standard_error: float


@dataclass(frozen=True)
class ValueSummary:
    """The distribution of a value over paths, in the value's unit; `percentiles` are observed order statistics."""

    mean: float
    standard_error: float
    sd: float
    prob_positive: float
    percentiles: dict[float, float]


@dataclass(frozen=True)
class DaySummary:
    """When an event happens, given that it does; days are ordinals, and None where it never happens."""

    prob: float
    mean: float | None
    percentiles: dict[float, int | None]


def estimate(values: Money) -> Estimate:
    """Mean and standard error of independent paths."""
    n = values.size
    if n == 0:
        return Estimate(NAN, NAN)
    return Estimate(float(values.mean()), float(values.std(ddof=1)) / math.sqrt(n) if n > 1 else NAN)


def summarise_values(values: Money, *, probs: Sequence[float] = NPV_PROBS) -> ValueSummary:
    """Mean, spread and percentiles of a value by path, at least two paths."""
    found = estimate(values)
    sd = found.standard_error * math.sqrt(values.size)
    positive = float(np.count_nonzero(values > 0) / values.size)
    return ValueSummary(found.mean, found.standard_error, sd, positive, percentiles(values, probs=probs))


def percentiles(values: Money, *, probs: Sequence[float]) -> dict[float, float]:
    """For each probability the smallest observed value that at least this share of the paths do not exceed."""
    ranks = _ranks(values.size, probs)
    ordered = np.partition(values, sorted(set(ranks)))
    return {prob: float(ordered[rank]) for prob, rank in zip(probs, ranks, strict=True)}


def summarise_days(days: Days, *, probs: Sequence[float] = DAY_PROBS) -> DaySummary:
    """Probability, mean and percentiles of a milestone's day by path (NEVER where it does not happen)."""
    happens = days[days < NEVER]
    share = happens.size / days.size if days.size else NAN
    if not happens.size:
        return DaySummary(share, None, dict.fromkeys(probs))
    return DaySummary(share, float(happens.mean(dtype=np.float64)), dict(_day_percentiles(happens, probs)))


def paired_difference(ours: Money, base: Money) -> Estimate:
    """Mean of `ours - base` path by path; both must come from runs with the same seed and as many draws."""
    return estimate(ours - base)


def paired_value(ours: Results, base: Results, *, party: str) -> Estimate:
    """What a change is worth to a party, on the same futures."""
    _same_paths(ours, base)
    return paired_difference(ours.npv_usd[party], base.npv_usd[party])


def paired_days(ours: Results, base: Results, *, milestone: str) -> Estimate:
    """How many days later (positive) the milestone comes, over the paths on which it happens in both runs."""
    _same_paths(ours, base)
    a, b = ours.days_of(milestone), base.days_of(milestone)
    both = (a < NEVER) & (b < NEVER)
    return estimate((a[both] - b[both]).astype(np.float64))


def _same_paths(ours: Results, base: Results) -> None:
    if (ours.seed, ours.draws) != (base.seed, base.draws):
        raise ValueError("paired differences need two runs with the same seed and as many draws")


def _ranks(count: int, probs: Sequence[float]) -> list[int]:
    """Positions of the order statistics; the slack keeps 0.1 * 1000 at 100 where the product rounds up."""
    return [min(max(math.ceil(prob * count - 1e-9) - 1, 0), count - 1) for prob in probs]


def _day_percentiles(days: Days, probs: Sequence[float]) -> list[tuple[float, int]]:
    """Percentiles by counting the paths of each day."""
    first = int(days.min())
    reached: npt.NDArray[np.int64] = np.cumsum(np.bincount(days - first))
    at = np.searchsorted(reached, np.array(_ranks(days.size, probs)) + 1)
    return [(prob, first + int(offset)) for prob, offset in zip(probs, at, strict=True)]
