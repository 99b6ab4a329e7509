"""Predicted against actual review times: coverage and pinball loss, by cross-validation or of the model as shipped."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from onepill.core.errors import InputError
from onepill.pathway.review_cases import Case
from onepill.pathway.review_clocks import STEP_AGENCY
from onepill.pathway.review_model import FEW_REVIEWS, PROBS, Floats, ReviewModel, fit_model
from onepill.stats.proportions import wilson_interval

SCORED_PROBS = (0.1, 0.5, 0.9)
_SCORED = [PROBS.index(prob) for prob in SCORED_PROBS]
APART = ("ema.decision",)
"""Steps that are easy to forecast and rest on another table; they are never pooled with the reviews."""
YEARS_TOGETHER = 5
NOTHING_EARLIER = "no earlier case of the step to learn from"
NO_STEPS = (
    "FDA: class 1 resubmission (the letters do not tell it from class 2)",
    "EMA: submission to validation",
    "NMPA: submission to acceptance; clock stop; conditional approval to full approval",
    "every other agency: all steps",
)
"""What a plan contains and no case shows."""


@dataclass(frozen=True)
class Figures:
    """How well a group of reviews was forecast.

    Attributes:
        coverage_p10_p90: share that ended within the forecast's p10 to p90, both days included; the aim is 0.8.
        coverage_low, coverage_high: its 95 % Wilson limits, as if the reviews were independent.
        below_p10_share, above_p90_share: faster and slower than the band.
        pinball: mean loss in days over the quantiles 0.1, 0.5 and 0.9.
        pinball_naive: the same loss of the clock's day, given as a point.
    """

    n: int
    coverage_p10_p90: float
    coverage_low: float
    coverage_high: float
    below_p10_share: float
    above_p90_share: float
    pinball: float
    pinball_naive: float

    def as_row(self) -> dict[str, Any]:
        return {name: round(value, 4) if isinstance(value, float) else value for name, value in vars(self).items()}


@dataclass(frozen=True)
class Score:
    """Figures of one run, whole and by group."""

    scheme: str
    overall: Figures | None
    by_agency: Mapping[str, Figures]
    by_review_class: Mapping[str, Figures]
    by_step: Mapping[str, Figures]
    by_outcome: Mapping[str, Figures]
    by_years: Mapping[str, Figures]
    apart: Mapping[str, Figures]
    not_scored: Mapping[str, int]

    def as_row(self) -> dict[str, Any]:
        """The contract's form: the whole in front, groups below; without a scored review `n` is 0."""
        whole = self.overall.as_row() if self.overall else {"n": 0, **dict.fromkeys(_FIGURES)}
        groups = ("by_agency", "by_review_class", "by_step", "by_outcome", "by_years", "apart")
        rows = {group: {key: value.as_row() for key, value in getattr(self, group).items()} for group in groups}
        return {"scheme": self.scheme, **whole, **rows, "not_scored": dict(self.not_scored)}


_FIGURES = (
    "coverage_p10_p90",
    "coverage_low",
    "coverage_high",
    "below_p10_share",
    "above_p90_share",
    "pinball",
    "pinball_naive",
)


@dataclass(frozen=True)
class BacktestResult:
    """A back-test with its headline and, for cross-validation, the other way of folding beside it."""

    headline: Score
    beside: Score | None
    not_validated: tuple[str, ...]

    def as_row(self) -> dict[str, Any]:
        beside = self.beside.as_row() if self.beside else None
        return {**self.headline.as_row(), "beside": beside, "not_validated": list(self.not_validated)}


@dataclass(frozen=True)
class _Forecast:
    case: Case
    days: Floats


def pinball_loss(actual: float, forecast: Floats, probs: Sequence[float] = SCORED_PROBS) -> float:
    """Mean quantile loss in the unit of `actual`; half the absolute error for the same point at 0.1, 0.5 and 0.9.

    Source: Koenker R, Bassett G (1978), Econometrica 46:33-50.
    """
    gap = actual - np.asarray(forecast, dtype=np.float64)
    weight = np.where(gap >= 0, np.asarray(probs), np.asarray(probs) - 1)
    return float(np.mean(gap * weight))


def backtest(cases: Sequence[Case], *, folds: int = 10) -> BacktestResult:
    """Cross-validate the model, refitted inside each fold.

    The headline is by folds that a hash of the case's id draws: every review counts, under the regimes as now known.
    Beside it stands the harder question of a forecaster of the time: each calendar year's decisions by a model of what
    had ended before that year; it has to meet each new regime unprepared.

    Raises:
        InputError: `review.folds`, fewer than two folds or fewer reviews than folds.
    """
    usable = [case for case in cases if not case.set_aside]
    if not 2 <= folds <= len(usable):
        hint = f"choose 2 to {len(usable)}"
        raise InputError.single("review.folds", f"{folds} folds of {len(usable)} reviews", hint=hint, value=folds)
    by_hash = _collect(f"{folds} folds by hash of the id", _splits_by_hash(usable, folds=folds), cases)
    by_year = _collect("each year from the years before it", _splits_by_year(usable), cases)
    return BacktestResult(by_hash, by_year, _not_validated(by_hash))


def score_with(model: ReviewModel, cases: Sequence[Case]) -> BacktestResult:
    """Score a model, unchanged, on any cases."""
    usable = [case for case in cases if not case.set_aside]
    score = _collect("shipped model", iter([(model, usable)]), cases)
    return BacktestResult(score, None, _not_validated(score))


def _splits_by_year(cases: Sequence[Case]) -> Iterator[tuple[ReviewModel | None, list[Case]]]:
    for year in sorted({case.ended.year for case in cases}):
        held_out = [case for case in cases if case.ended.year == year]
        yield _fitted([case for case in cases if case.ended.year < year]), held_out


def _splits_by_hash(cases: Sequence[Case], *, folds: int) -> Iterator[tuple[ReviewModel | None, list[Case]]]:
    ordered = sorted(cases, key=lambda case: hashlib.sha256(case.case_id.encode()).digest())
    for fold in range(folds):
        held_out = ordered[fold::folds]
        kept = [case for index, case in enumerate(ordered) if index % folds != fold]
        yield _fitted(kept), held_out


def _fitted(cases: Sequence[Case]) -> ReviewModel | None:
    return fit_model(cases) if any(case.is_decision for case in cases) else None


def _collect(scheme: str, splits: Iterable[tuple[ReviewModel | None, list[Case]]], cases: Sequence[Case]) -> Score:
    forecasts: list[_Forecast] = []
    left = Counter(case.set_aside for case in cases if case.set_aside)
    for model, held_out in splits:
        for case in held_out:
            if model is None or not model.knows(case.step):
                left[NOTHING_EARLIER] += 1
            else:
                forecasts.append(_Forecast(case, _days(model, case)))
    return _score(scheme, forecasts, left)


def _days(model: ReviewModel, case: Case) -> Floats:
    return model.days(case.step, case.review_class, case.started, is_new_substance=case.is_new_substance)


def _score(scheme: str, forecasts: Sequence[_Forecast], not_scored: Mapping[str, int]) -> Score:
    pooled = [forecast for forecast in forecasts if forecast.case.step not in APART]
    return Score(
        scheme=scheme,
        overall=_figures(pooled) if pooled else None,
        by_agency=_grouped(pooled, lambda case: case.agency),
        by_review_class=_grouped(pooled, lambda case: case.review_class),
        by_step=_grouped(pooled, lambda case: case.step),
        by_outcome=_grouped(pooled, lambda case: case.outcome),
        by_years=_grouped(pooled, _years),
        apart=_grouped([one for one in forecasts if one.case.step in APART], lambda case: case.step),
        not_scored=dict(sorted(not_scored.items())),
    )


def _years(case: Case) -> str:
    first = case.ended.year - case.ended.year % YEARS_TOGETHER
    return f"{first}-{first + YEARS_TOGETHER - 1}"


def _grouped(forecasts: Iterable[_Forecast], key: Callable[[Case], str]) -> dict[str, Figures]:
    groups: dict[str, list[_Forecast]] = {}
    for forecast in forecasts:
        groups.setdefault(key(forecast.case), []).append(forecast)
    return {name: _figures(groups[name]) for name in sorted(groups)}


def _figures(forecasts: Sequence[_Forecast]) -> Figures:
    n = len(forecasts)
    bands = np.array([forecast.days[_SCORED] for forecast in forecasts])
    actual = np.array([forecast.case.days for forecast in forecasts], dtype=np.float64)
    naive = np.array([forecast.case.naive_days for forecast in forecasts], dtype=np.float64)
    below, above = int((actual < bands[:, 0]).sum()), int((actual > bands[:, 2]).sum())
    low, high = wilson_interval(n - below - above, n)
    return Figures(
        n=n,
        coverage_p10_p90=(n - below - above) / n,
        coverage_low=low,
        coverage_high=high,
        below_p10_share=below / n,
        above_p90_share=above / n,
        pinball=sum(pinball_loss(day, band) for day, band in zip(actual, bands, strict=True)) / n,
        pinball_naive=float(np.mean(np.abs(actual - naive)) / 2),
    )


def _not_validated(score: Score) -> tuple[str, ...]:
    """Steps without reviews or with too few for a verdict, and what a plan contains beside them."""
    counts = {step: figures.n for step, figures in {**score.by_step, **score.apart}.items()}
    return (*(step for step in STEP_AGENCY if counts.get(step, 0) < FEW_REVIEWS), *NO_STEPS)
