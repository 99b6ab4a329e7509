"""What is a biomarker worth in patients, months and money, and at which prevalence does the choice of design flip?"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from scipy.optimize import brentq

from onepill.stats.enrichment import Assay, Needed, Outcome, Terms, adaptive, all_comers, at_prevalence, targeted

DESIGNS: dict[str, Callable[[Outcome, Assay, Terms], Needed | None]] = {
    "all_comers": all_comers,
    "targeted": targeted,
    "adaptive": adaptive,
}
MEASURES = ("cost_usd", "months", "randomised", "screened")
_NEAR = 1e-7
"""How near in prevalence a crossing is found."""
SAME = 1e-12
"""Logarithms of ratios nearer to 0 than this are rounding: the designs are the same there."""


@dataclass(frozen=True)
class Costs:
    """US dollars for each assay and each randomised patient, and how patients come.

    `patients_per_month` present themselves with the disease, whatever their marker; `follow_up_months` passes after
    the last was randomised.
    """

    assay_usd: float
    patient_usd: float
    patients_per_month: float
    follow_up_months: float = 0.0


@dataclass(frozen=True)
class Priced:
    """A design at one prevalence, with what it costs and how long it takes; patients are real numbers."""

    design: str
    prevalence: float
    randomised: float
    screened: float
    assayed: float
    enrich_prob: float | None
    cost_usd: float
    months: float


@dataclass(frozen=True)
class Crossing:
    """The prevalence at which two designs need the same of a measure; `below` needs less at lower prevalence."""

    measure: str
    below: str
    above: str
    prevalence: float
    value: float


def price(design: str, outcome: Outcome, assay: Assay, terms: Terms, costs: Costs) -> Priced | None:
    """What a design takes; none where no number of patients has the power."""
    needed = DESIGNS[design](outcome, assay, terms)
    if needed is None:
        return None
    return Priced(
        design=design,
        prevalence=assay.prevalence,
        randomised=needed.randomised,
        screened=needed.screened,
        assayed=needed.assayed,
        enrich_prob=needed.enrich_prob,
        cost_usd=needed.assayed * costs.assay_usd + needed.randomised * costs.patient_usd,
        months=needed.screened / costs.patients_per_month + costs.follow_up_months,
    )


def curves(
    outcome: Outcome, assay: Assay, terms: Terms, costs: Costs, *, prevalences: Sequence[float]
) -> dict[str, list[Priced | None]]:
    """Each design at each prevalence, the assay's sensitivity and specificity as they are."""
    return {
        design: [price(design, outcome, at_prevalence(assay, p), terms, costs) for p in prevalences]
        for design in DESIGNS
    }


def crossings(
    found: dict[str, list[Priced | None]], outcome: Outcome, assay: Assay, terms: Terms, costs: Costs
) -> list[Crossing]:
    """Where two designs change places: roots between neighbouring prevalences of the curves, by Brent's method.

    A pair that crosses twice between two neighbours is not seen.
    """
    crossed = []
    for measure in MEASURES:
        for one, other in combinations(DESIGNS, 2):

            def gap(prevalence: float, one: str = one, other: str = other, measure: str = measure) -> float:
                there = at_prevalence(assay, prevalence)
                pair = [price(name, outcome, there, terms, costs) for name in (one, other)]
                return _gap(pair[0], pair[1], measure)

            for low, high, rises in _changes(found[one], found[other], measure):
                place = float(brentq(gap, low, high, xtol=_NEAR))
                at_place = price(one, outcome, at_prevalence(assay, place), terms, costs)
                if at_place is not None:
                    below, above = (one, other) if rises else (other, one)
                    crossed.append(Crossing(measure, below, above, place, float(getattr(at_place, measure))))
    return crossed


def _changes(
    one: Sequence[Priced | None], other: Sequence[Priced | None], measure: str
) -> Iterator[tuple[float, float, bool]]:
    """Neighbouring prevalences between which the first of two designs goes from less to more, or back."""
    pairs = [(a.prevalence, _gap(a, b, measure)) for a, b in zip(one, other, strict=True) if a and b]
    for (low, at_low), (high, at_high) in pairwise(pairs):
        if at_low * at_high < 0 and min(abs(at_low), abs(at_high)) > SAME:
            yield low, high, at_low < 0


def _gap(one: Priced | None, other: Priced | None, measure: str) -> float:
    """Logarithm of the ratio of a measure of two designs; not a number where either has none."""
    if one is None or other is None:
        return math.nan
    first, second = (getattr(row, measure) for row in (one, other))
    return math.log(first / second) if first > 0 and second > 0 else first - second
