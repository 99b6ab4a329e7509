"""How long will this review take? The packaged quantiles as a forecast, as far as they were known on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from onepill.core.distributions import Distribution, empirical
from onepill.core.errors import InputError
from onepill.core.provenance import Grade, Source
from onepill.pathway.review_clocks import MAIN_STEP, REVIEW_CLASSES, STEP_AGENCY, review_clock
from onepill.pathway.review_model import FEW_REVIEWS, PROBS, Cell, ReviewModel, cell_names


@dataclass(frozen=True)
class Validation:
    """How the forecasts of a step fared in the back-test: shares that ended within p10 to p90, and how many reviews.

    Attributes:
        coverage_p10_p90: in ten folds, the headline; `coverage_low` and `coverage_high` are its 95 % Wilson limits.
        forward_coverage_p10_p90: each calendar year's reviews by a model of the years before it; `forward_n` of them.
    """

    n: int
    coverage_p10_p90: float
    coverage_low: float
    coverage_high: float
    forward_n: int
    forward_coverage_p10_p90: float | None

    @property
    def sentence(self) -> str:
        """For a note."""
        said = f"validated: {self.coverage_p10_p90:.1%} of {self.n:,} reviews ended within p10 to p90 in ten folds"
        if self.forward_coverage_p10_p90 is None:
            return said
        return f"{said}, {self.forward_coverage_p10_p90:.1%} of {self.forward_n:,} year by year"


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
        validation: what the back-test of the step says; None for a step that is not validated.
        knows_through: the last decision that the numbers know.
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
    validation: Validation | None
    knows_through: date
    source: Source
    grade: Grade
    note: str


@dataclass(frozen=True)
class Vintage:
    """The model as it stood on a day: `counts` are the reviews of each step that had ended by then."""

    model: ReviewModel
    counts: Mapping[str, int]


def review_time(
    agency: str,
    review_class: str,
    submitted: date,
    *,
    step: str = "",
    known_on: date | None = None,
    is_new_substance: bool | None = None,
) -> ReviewTime:
    """The time of a review that is submitted on a day.

    Args:
        agency: `FDA`, `EMA`, `HC`, `PMDA` or `NMPA`.
        review_class: one of `REVIEW_CLASSES`; `other` where it is not known.
        submitted: FDA, HC receipt; EMA validation; NMPA acceptance; PMDA application; for `ema.decision` the opinion.
        step: one of `STEP_AGENCY`; without one the agency's main step.
        is_new_substance: whether it is a new active substance, which EMA's opinions are told apart by; None: not known.
        known_on: the day whose knowledge is used, the year end before it at the latest; None for everything.

    Raises:
        InputError: `review.agency_unknown`, `review.class_unknown`, `review.step_unknown`, `review.not_known`.
    """
    step = _checked_step(agency, review_class, step)
    vintage = vintage_known_on(step, known_on)
    if vintage is None:
        message = f"no review of {step} had ended by the year end before {known_on}"
        first = packaged_vintages(step)[0].model.through
        raise InputError.single("review.not_known", message, hint=f"the first numbers are of {first}", value=known_on)
    return _forecast(vintage, step, review_class, submitted, is_new_substance=is_new_substance)


def validated_review_time(
    step: str, review_class: str, submitted: date, *, known_on: date, is_new_substance: bool | None = None
) -> ReviewTime | None:
    """The forecast that was known on a day; None where fewer than `FEW_REVIEWS` reviews of the step stood behind it."""
    vintage = vintage_known_on(step, known_on)
    if vintage is None or vintage.counts[step] < FEW_REVIEWS:
        return None
    return _forecast(vintage, step, review_class, submitted, is_new_substance=is_new_substance)


def vintage_known_on(step: str, known_on: date | None) -> Vintage | None:
    """The newest numbers of a step that hold nothing later than a day (None: the newest of all)."""
    usable = [v for v in packaged_vintages(step) if known_on is None or v.model.through <= known_on]
    return usable[-1] if usable else None


def _forecast(
    vintage: Vintage, step: str, review_class: str, submitted: date, *, is_new_substance: bool | None
) -> ReviewTime:
    model = vintage.model
    names = cell_names(step, review_class, submitted, is_new_substance=is_new_substance)
    cell = next(name for name in names if name in model.cells)
    drawn = model.days(step, review_class, submitted, is_new_substance=is_new_substance)
    days = tuple(float(day) for day in drawn)
    clock = review_clock(step, review_class, submitted)
    step_n = vintage.counts[step]
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
        validation=_validation(step) if step_n >= FEW_REVIEWS else None,
        knows_through=model.through,
        source=Source(**packaged_document()["sources"][step]),
        grade="derived",
        note=_note(step, narrowest=names[0], cell=cell, step_n=step_n),
    )


def _validation(step: str) -> Validation:
    run = packaged_document()["cross_validation"]
    found, forward = ({**scored["by_step"], **scored["apart"]}.get(step, {}) for scored in (run, run["beside"]))
    return Validation(
        n=found["n"],
        coverage_p10_p90=found["coverage_p10_p90"],
        coverage_low=found["coverage_low"],
        coverage_high=found["coverage_high"],
        forward_n=forward.get("n", 0),
        forward_coverage_p10_p90=forward.get("coverage_p10_p90"),
    )


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


def _note(step: str, *, narrowest: str, cell: str, step_n: int) -> str:
    parts = [_STEP_NOTES.get(step, "a few cases from public pages, no random sample")]
    if cell != narrowest:
        parts.append(f"no or too few reviews in the cell {narrowest}; {cell} is used instead")
    if step_n < FEW_REVIEWS:
        beside = "FDA's reviews of the last five years, relative to the clock"
        few = "review" if step_n == 1 else "reviews"
        parts.append(f"not validated: {step_n} {few}, leaning on {beside}")
    return "; ".join(parts)


def newest_model() -> ReviewModel:
    """The shipped model: the newest numbers of every step."""
    newest = [vintages[-1].model for vintages in _vintages()]
    cells = {name: cell for model in newest for name, cell in model.cells.items()}
    return ReviewModel(cells, max(model.through for model in newest))


def packaged_vintages(step: str) -> tuple[Vintage, ...]:
    """Every packaged state of the model that knows a step, the oldest first."""
    return tuple(vintage for table in _vintages() for vintage in table if vintage.model.knows(step))


@cache
def _vintages() -> tuple[tuple[Vintage, ...], ...]:
    """The vintages of each table of reviews: no step stands in two of them."""
    return tuple(tuple(map(_vintage, rows)) for rows in packaged_document()["vintages"].values())


def _vintage(row: Mapping[str, Any]) -> Vintage:
    cells = {name: Cell(cell["n"], tuple(cell["ratios"])) for name, cell in row["cells"].items()}
    return Vintage(ReviewModel(cells, date.fromisoformat(row["through"])), row["reviews_by_step"])


@cache
def packaged_document() -> dict[str, Any]:
    """The packaged file as it is."""
    # Imported here so that importing the package costs nothing until a time is asked for.
    import json
    from importlib.resources import files

    text = files("onepill.pathway").joinpath("data/review_times.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document
