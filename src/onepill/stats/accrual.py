"""When do the patients and the events come? Steady accrual, exponential times to event and to dropping out."""

from __future__ import annotations

import math
from dataclasses import dataclass

from onepill.stats.roots import rising_root

_MOST_MONTHS = 12_000.0


@dataclass(frozen=True)
class Hazards:
    """Hazards a month: of the event in each arm, and of dropping out; `ratio` is treated patients for each control."""

    control_per_month: float
    treated_per_month: float
    dropout_per_month: float = 0.0
    ratio: float = 1.0

    @property
    def arms(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Share of the patients and hazard of the event, of each arm."""
        treated = self.ratio / (1 + self.ratio)
        return (treated, self.treated_per_month), (1 - treated, self.control_per_month)


def hazard_of_median(median_months: float) -> float:
    """The hazard a month of an exponential time with that median."""
    return math.log(2) / median_months


def hazard_of_yearly_prob(prob_per_year: float) -> float:
    """The hazard a month of an exponential time that is over within a year with that probability, below 1."""
    return -math.log1p(-prob_per_year) / 12


def events_by(months: float, hazards: Hazards, *, accrual_months: float, patients_per_month: float) -> float:
    """Expected events by a calendar time, with patients entering evenly from month 0 to `accrual_months`.

    For each arm: rate * share * hazard / h * (a - (exp(-h (t - a)) - exp(-h t)) / h), where h adds the hazard of
    dropping out and a is the accrual so far (Lachin JM, Foulkes MA 1986, Biometrics 42:507-519).
    """
    entered = min(months, accrual_months)
    total = 0.0
    for share, hazard in hazards.arms:
        leaving = hazard + hazards.dropout_per_month
        waited = (math.exp(-leaving * (months - entered)) - math.exp(-leaving * months)) / leaving
        total += share * hazard / leaving * (entered - waited)
    return patients_per_month * total


def most_events(hazards: Hazards, patients: float) -> float:
    """Expected events if that many patients were followed for ever."""
    return patients * sum(share * hazard / (hazard + hazards.dropout_per_month) for share, hazard in hazards.arms)


def months_to_events(
    events: float, hazards: Hazards, *, accrual_months: float, patients_per_month: float
) -> float | None:
    """The calendar time by which that many events are expected; none where they never come."""
    if not events < most_events(hazards, accrual_months * patients_per_month) * (1 - 1e-12):
        return None

    def excess(months: float) -> float:
        return events_by(months, hazards, accrual_months=accrual_months, patients_per_month=patients_per_month) - events

    months = rising_root(excess, accrual_months / 2, accrual_months, least=0.0, most=_MOST_MONTHS)
    return months if months < _MOST_MONTHS else None


def accrual_for_events(
    events: float, hazards: Hazards, *, follow_up_months: float, patients_per_month: float
) -> float | None:
    """How long to accrue so that the events are expected `follow_up_months` after the last patient; none above 1,000
    years."""

    def excess(months: float) -> float:
        expected = events_by(
            months + follow_up_months, hazards, accrual_months=months, patients_per_month=patients_per_month
        )
        return expected - events

    guess = events / patients_per_month
    months = rising_root(excess, guess, guess * 1.1, least=0.0, most=_MOST_MONTHS)
    return months if months < _MOST_MONTHS else None
