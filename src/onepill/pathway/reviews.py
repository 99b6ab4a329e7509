"""How long a review takes, from submission to decision, by agency, class and day of submission."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from onepill.pathway.review_backtest import BacktestResult, Figures, Score, backtest, score_with
from onepill.pathway.review_cases import Case, read_cases
from onepill.pathway.review_clocks import STEP_NAMES
from onepill.pathway.review_model import FEW_REVIEWS
from onepill.pathway.review_times import ReviewTime, newest_model, packaged_document, review_time

__all__ = [
    "FEW_REVIEWS",
    "STEP_NAMES",
    "BacktestResult",
    "Case",
    "Figures",
    "PublishedMedian",
    "ReviewTime",
    "Score",
    "backtest",
    "packaged_backtest",
    "packaged_further",
    "published_medians",
    "read_cases",
    "review_time",
    "score",
]


@dataclass(frozen=True)
class PublishedMedian:
    """A published median beside the model's, in days; `model_days` of EMA adds the median of the decision step."""

    agency: str
    review_class: str
    published_days: int
    model_days: float
    rule: str

    def as_row(self) -> dict[str, Any]:
        return dict(vars(self))


def score(cases: Sequence[Case]) -> BacktestResult:
    """Score the shipped model, unchanged, on any cases; those that it was made from flatter it."""
    return score_with(newest_model(), cases)


def packaged_backtest() -> dict[str, Any]:
    """Cross-validation of the cases that the shipped model was made from, in the form of `BacktestResult.as_row`."""
    result: dict[str, Any] = packaged_document()["cross_validation"]
    return result


def packaged_further() -> dict[str, Any]:
    """The shipped model on the further reviews of the package, which it has not learned from; `n` is 0 without any."""
    result: dict[str, Any] = packaged_document()["further"]
    return result


def published_medians() -> tuple[PublishedMedian, ...]:
    """Medians of approvals of 2021 that CIRS published, beside the model's for a submission of that time.

    CIRS counts from submission, so EMA's and HC's figures hold validation or screening too; EMA's end with the
    Commission's decision, for which the model's two medians are added, an approximation. All are of new active
    substances.
    """
    submitted = date(2020, 7, 1)
    decision = dict(review_time("EMA", "other", submitted, step="ema.decision").quantiles)[0.5]
    rows = []
    for agency, review_class, days, rule in _PUBLISHED:
        model_days = dict(review_time(agency, review_class, submitted, is_new_substance=True).quantiles)[0.5]
        model_days += decision if agency == "EMA" else 0
        rows.append(PublishedMedian(agency, review_class, days, model_days, rule))
    return tuple(rows)


_PUBLISHED = (
    ("FDA", "priority", 242, "us.fda.performance.median_approval_2021"),
    ("FDA", "standard", 365, "us.fda.performance.median_approval_2021"),
    ("EMA", "accelerated", 250, "eu.ema.performance.median_approval_2021"),
    ("EMA", "standard", 434, "eu.ema.performance.median_approval_2021"),
    ("HC", "priority", 207, "ca.hc.performance.median_approval"),
    ("HC", "standard", 343, "ca.hc.performance.median_approval"),
    ("PMDA", "priority", 266, "jp.pmda.performance.median_approval_2021"),
    ("PMDA", "standard", 331, "jp.pmda.performance.median_approval_2021"),
)
"""Agency, class, published median in days, and the rule that carries it with its source (fact G-CIRS-EXP)."""
