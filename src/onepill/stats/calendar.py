"""When is each look? From the information it needs, the accrual, and how long patients are followed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from onepill.stats.accrual import Hazards, accrual_for_events, months_to_events


@dataclass(frozen=True)
class Accrual:
    """Patients enter evenly; `dropout_per_month` is the hazard of leaving before the endpoint is known.

    Of time to event, either `months` or `follow_up_months` (after the last patient) is left open and worked out. Of
    other endpoints, each is known `follow_up_months` after a patient entered.
    """

    patients_per_month: float
    months: float | None = None
    follow_up_months: float | None = None
    dropout_per_month: float = 0.0


@dataclass(frozen=True)
class Calendar:
    """Patients in all, how long they enter, and for each look its month and the patients entered by then.

    A look's month is None where its events never come.
    """

    patients: float
    accrual_months: float
    months: tuple[float | None, ...]
    entered: tuple[float, ...]


def patient_calendar(needed: Sequence[float], accrual: Accrual, *, known_share: float) -> Calendar:
    """Looks when so many patients have their endpoint.

    Args:
        needed: patients with a known endpoint at each look, rising; the last is the trial's size.
        accrual: how they enter, with `follow_up_months`.
        known_share: the share of patients whose endpoint is known in the end, above 0 up to 1.
    """
    rate, wait = accrual.patients_per_month, accrual.follow_up_months or 0.0
    patients = needed[-1] / known_share
    months = [count / known_share / rate + wait for count in needed]
    return Calendar(patients, patients / rate, tuple(months), tuple(min(patients, rate * month) for month in months))


def event_calendar(needed: Sequence[float], accrual: Accrual, hazards: Hazards) -> Calendar | None:
    """Looks when so many events have come; None where the accrual does not bring them.

    Args:
        needed: events at each look, rising; the last is the trial's size.
        accrual: how patients enter, with either `months` or `follow_up_months`.
        hazards: of both arms under the effect that is assumed.
    """
    rate, entering = accrual.patients_per_month, accrual.months
    if entering is None:
        follow_up = accrual.follow_up_months or 0.0
        entering = accrual_for_events(needed[-1], hazards, follow_up_months=follow_up, patients_per_month=rate)
    if entering is None:
        return None
    months = [months_to_events(count, hazards, accrual_months=entering, patients_per_month=rate) for count in needed]
    entered = [rate * (entering if month is None else min(entering, month)) for month in months]
    return Calendar(rate * entering, entering, tuple(months), tuple(entered))
