"""How long a review takes, from submission to decision, by agency, class and day of submission."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from onepill.core.distributions import Distribution, empirical
from onepill.core.errors import InputError
from onepill.core.provenance import Grade, Source
from onepill.pathway.review_backtest import BacktestResult, Figures, Score, backtest, score_with
from onepill.pathway.review_cases import Case, read_cases
from onepill.pathway.review_clocks import MAIN_STEP, REVIEW_CLASSES, STEP_AGENCY, review_clock
from onepill.pathway.review_model import PROBS, Cell, ReviewModel, cell_names

__all__ = [
    "BacktestResult",
    "Case",
    "Figures",
    "PublishedMedian",
    "ReviewTime",
    "Score",
    "backtest",
    "packaged_backtest",
    "published_medians",
    "read_cases",
    "review_time",
    "score",
]

FEW_REVIEWS = 10
"""Below as many reviews a step counts as not validated."""


@dataclass(frozen=True)
class ReviewTime:
    """The forecast of one step of a review.

    Attributes:
        distribution: calendar days from submission to the end of the step, straight lines between the quantiles, flat
            beyond the first and the last.
        quantiles: `(cumulative probability, days)`, whole days.
        step: the step; FDA's runs from first receipt to final approval over as many cycles as it takes, EMA's from
            validation to the opinion with clock stops.
        n: reviews in the cell that was used.
        step_n: reviews of the step in its widest cell.
        cell: `step/class/regime` that was used, wider than asked where there is none.
        naive_days: the clock by law or goal for this submission day, without stops.
        clock: where that clock comes from: rule ids, or an address.
        is_validated: False for a step of less than `FEW_REVIEWS` reviews.
        note: what a reader must know.
    """

    distribution: Distribution
    quantiles: tuple[tuple[float, float], ...]
    step: str
    n: int
    step_n: int
    cell: str
    naive_days: int
    clock: str
    is_validated: bool
    source: Source
    grade: Grade
    note: str


@dataclass(frozen=True)
class PublishedMedian:
    """A published median beside the model's, in days; `model_days` of EMA adds the median of the decision step."""

    agency: str
    review_class: str
    published_days: int
    model_days: float
    rule: str


def review_time(agency: str, review_class: str, submitted: date, *, step: str = "") -> ReviewTime:
    """The time of a review that is submitted on a day.

    Args:
        agency: `FDA`, `EMA`, `HC`, `PMDA` or `NMPA`.
        review_class: one of `REVIEW_CLASSES`; `other` where it is not known.
        submitted: FDA, HC receipt; EMA validation; NMPA acceptance; PMDA application; for `ema.decision` the opinion.
        step: one of `STEP_AGENCY`; without one the agency's main step.

    Raises:
        InputError: `review.agency_unknown`, `review.class_unknown`, `review.step_unknown`.
    """
    step = _checked_step(agency, review_class, step)
    model = _packaged_model()
    cell = model.cell_name(step, review_class, submitted)
    days = tuple(float(day) for day in model.days(step, review_class, submitted))
    clock = review_clock(step, review_class, submitted)
    step_n = _document()["reviews_by_step"][step]
    return ReviewTime(
        distribution=empirical(PROBS, days),
        quantiles=tuple(zip(PROBS, days, strict=True)),
        step=step,
        n=model.cells[cell].n,
        step_n=step_n,
        cell=cell,
        naive_days=clock.days_from(submitted),
        clock=", ".join(clock.rules) or clock.source,
        is_validated=step_n >= FEW_REVIEWS,
        source=Source(**_document()["sources"][step]),
        grade="derived",
        note=_note(step, review_class, submitted, cell=cell, step_n=step_n),
    )


def score(cases: Sequence[Case]) -> BacktestResult:
    """Score the shipped model, unchanged, on any cases; those that it was made from flatter it."""
    return score_with(_packaged_model(), cases)


def packaged_backtest() -> dict[str, Any]:
    """Cross-validation of the cases that the shipped model was made from, in the form of `BacktestResult.as_row`."""
    result: dict[str, Any] = _document()["cross_validation"]
    return result


def published_medians() -> tuple[PublishedMedian, ...]:
    """Medians of approvals of 2021 that CIRS published, beside the model's for a submission of that time.

    CIRS counts from submission, so EMA's and HC's figures hold validation or screening too; EMA's end with the
    Commission's decision, for which the model's two medians are added, an approximation.
    """
    submitted = date(2020, 7, 1)
    decision = dict(review_time("EMA", "other", submitted, step="ema.decision").quantiles)[0.5]
    rows = []
    for agency, review_class, days, rule in _PUBLISHED:
        model_days = dict(review_time(agency, review_class, submitted).quantiles)[0.5]
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


def _checked_step(agency: str, review_class: str, step: str) -> str:
    if agency not in MAIN_STEP:
        hint = f"choose {', '.join(MAIN_STEP)}; no other agency has cases"
        raise InputError.single("review.agency_unknown", f"no reviews of {agency!r}", hint=hint, value=agency)
    if review_class not in REVIEW_CLASSES:
        hint = f"choose {', '.join(REVIEW_CLASSES)}"
        message = f"no review class {review_class!r}"
        raise InputError.single("review.class_unknown", message, hint=hint, value=review_class)
    steps = [name for name, owner in STEP_AGENCY.items() if owner == agency]
    if step and step not in steps:
        message = f"{agency} has no step {step!r}"
        raise InputError.single("review.step_unknown", message, hint=f"choose {', '.join(steps)}", value=step)
    return step or MAIN_STEP[agency]


_STEP_NOTES = {
    "fda.approval": "approved applications alone, first receipt to final approval, whatever the number of cycles",
    "fda.first_letter": "given that the cycle ends in a letter; released letters are no random sample and give no rate",
    "fda.resubmission": "classes 1 and 2 together; released letters are no random sample and give no rate",
    "ema.opinion": "validation to opinion, clock stops included; withdrawn applications left out",
    "ema.extension": "type II variation, start to opinion, clock stops included",
    "ema.decision": "opinion to the Commission's decision, medicines authorised",
}


def _note(step: str, review_class: str, submitted: date, *, cell: str, step_n: int) -> str:
    parts = [_STEP_NOTES.get(step, "a few cases from public pages, no random sample")]
    narrowest = cell_names(step, review_class, submitted)[0]
    if cell != narrowest:
        parts.append(f"no review in the cell {narrowest}; {cell} is used instead")
    if step_n < FEW_REVIEWS:
        beside = "FDA's reviews of the last five years, relative to the clock"
        few = "review" if step_n == 1 else "reviews"
        parts.append(f"not validated: {step_n} {few}, leaning on {beside}")
    return "; ".join(parts)


@cache
def _packaged_model() -> ReviewModel:
    document = _document()
    cells = {name: Cell(cell["n"], tuple(cell["ratios"])) for name, cell in document["cells"].items()}
    return ReviewModel(cells, date.fromisoformat(document["through"]))


@cache
def _document() -> dict[str, Any]:
    # Imported here so that importing the package costs nothing until a time is asked for.
    import json
    from importlib.resources import files

    text = files("onepill.pathway").joinpath("data/review_times.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document
