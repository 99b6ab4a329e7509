"""Events over calendar time and the calendars of looks: a published example, simulated patients, and laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.stats.accrual import (
    Hazards,
    accrual_for_events,
    events_by,
    hazard_of_median,
    hazard_of_yearly_prob,
    months_to_events,
    most_events,
)
from onepill.stats.calendar import Accrual, event_calendar, patient_calendar

SAS_HAZARDS = Hazards(control_per_month=0.03466, treated_per_month=0.01733)
SAS_EVENTS = [22.26962, 44.53924, 66.80886, 89.07847]


def test_calendar_of_sas_proc_seqdesign_example_14() -> None:
    """15 patients a week for 18 weeks; months and weeks are alike to a hazard."""
    found = event_calendar(SAS_EVENTS, Accrual(15, months=18), SAS_HAZARDS)
    assert found is not None
    assert found.patients == 270
    assert found.months == pytest.approx((11.2631, 16.2875, 20.4926, 25.13323), abs=6e-5)
    assert found.entered == pytest.approx((168.95, 244.31, 270, 270), abs=5e-3)


def test_the_accrual_of_that_example_follows_from_its_follow_up() -> None:
    found = event_calendar(SAS_EVENTS, Accrual(15, follow_up_months=7.133226), SAS_HAZARDS)
    assert found is not None
    assert found.accrual_months == pytest.approx(18, abs=1e-5)


def test_events_are_those_of_simulated_patients() -> None:
    hazards = Hazards(0.06, 0.04, 0.01, ratio=2.0)
    random, trials, rate, accrual = np.random.default_rng(1), 400_000, 25.0, 20.0
    entry = random.uniform(0, accrual, trials)
    is_treated = random.uniform(size=trials) < 2 / 3
    event = random.exponential(1 / np.where(is_treated, 0.04, 0.06))
    dropout = random.exponential(1 / 0.01, trials)
    for months in (6.0, 20.0, 34.0):
        share = np.mean((event < dropout) & (entry + event <= months))
        allowed = 4 * math.sqrt(share * (1 - share) / trials)
        expected = events_by(months, hazards, accrual_months=accrual, patients_per_month=rate) / (rate * accrual)
        assert expected == pytest.approx(share, abs=allowed)


HAZARDS = st.builds(Hazards, st.floats(0.005, 0.3), st.floats(0.005, 0.3), st.floats(0, 0.05), st.floats(0.25, 4))


@given(HAZARDS, st.floats(1, 60), st.floats(1, 100), st.floats(0.05, 0.95))
def test_the_month_of_so_many_events_has_so_many_events(
    hazards: Hazards, accrual: float, rate: float, part: float
) -> None:
    events = part * most_events(hazards, rate * accrual)
    months = months_to_events(events, hazards, accrual_months=accrual, patients_per_month=rate)
    assert months is not None
    found = events_by(months, hazards, accrual_months=accrual, patients_per_month=rate)
    assert found == pytest.approx(events, rel=1e-9)


@given(HAZARDS, st.floats(0, 36), st.floats(1, 100), st.floats(5, 500))
def test_the_accrual_for_so_many_events_brings_them_at_the_end_of_follow_up(
    hazards: Hazards, follow_up: float, rate: float, events: float
) -> None:
    accrual = accrual_for_events(events, hazards, follow_up_months=follow_up, patients_per_month=rate)
    assert accrual is not None
    found = events_by(accrual + follow_up, hazards, accrual_months=accrual, patients_per_month=rate)
    assert found == pytest.approx(events, rel=1e-9)


def test_events_that_never_come_have_no_month() -> None:
    hazards = Hazards(0.05, 0.05, 0.05)
    assert most_events(hazards, 100) == pytest.approx(50)
    assert months_to_events(50.1, hazards, accrual_months=10, patients_per_month=10) is None
    assert months_to_events(49.9, hazards, accrual_months=10, patients_per_month=10) is not None
    assert event_calendar([10, 60], Accrual(10, months=10), hazards).months[1] is None  # type: ignore[union-attr]
    rare = Hazards(1e-9, 1e-9)
    assert event_calendar([500], Accrual(1, follow_up_months=1), rare) is None


def test_patients_are_known_a_while_after_they_entered() -> None:
    found = patient_calendar([50, 100], Accrual(10, follow_up_months=6), known_share=0.8)
    assert found.patients == 125
    assert found.accrual_months == 12.5
    assert found.months == (12.25, 18.5)
    assert found.entered == (122.5, 125)


def test_hazards_of_a_median_and_of_a_yearly_share() -> None:
    assert math.exp(-hazard_of_median(12) * 12) == pytest.approx(0.5)
    assert 1 - math.exp(-hazard_of_yearly_prob(0.1) * 12) == pytest.approx(0.1)
    assert hazard_of_yearly_prob(0) == 0
