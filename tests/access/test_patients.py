"""Patients on the drug, by hand and against a slow twin that counts day by day."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.access import patients_treated
from tests.access.test_market import market


def test_a_year_at_the_peak_treats_the_peak_and_a_straight_way_up_to_it_half() -> None:
    """Linear over two years: the first 730.5 days treat 2 x 1,000 / 2, each year after them 1,000."""
    given_ = replace(market(), peak_patients_per_year=1_000.0, shape="linear", years_to_peak=2.0)
    assert patients_treated(given_, 0, first=0, end=730.5) == pytest.approx(1_000)
    assert patients_treated(given_, 0, first=0, end=3 * 365.25) == pytest.approx(2_000)
    assert patients_treated(given_, 0, first=730.5, end=3 * 365.25) == pytest.approx(1_000)


def test_a_market_that_ends_by_its_launch_treats_nobody() -> None:
    given_ = replace(market(), peak_patients_per_year=1_000.0)
    assert patients_treated(given_, 500, first=0, end=500) == 0
    assert patients_treated(given_, 500, first=0, end=400) == 0


@settings(max_examples=40, deadline=None)
@given(
    launch=st.integers(-800, 2_000),
    end=st.integers(1, 3_000),
    shape=st.sampled_from(["linear", "s_curve"]),
    years=st.floats(0.5, 6),
)
def test_the_sum_of_days_gives_the_same(launch: int, end: int, shape: str, years: float) -> None:
    """The twin adds each day's uptake at noon; the curve bends once, so that a day is off by less than a peak day."""
    given_ = replace(market(), peak_patients_per_year=365.25, shape=shape, years_to_peak=years)
    total = 0.0
    for day in range(max(launch, 0), end):
        x = min((day + 0.5 - launch) / (years * 365.25), 1.0)
        total += x if shape == "linear" else 3 * x**2 - 2 * x**3
    assert patients_treated(given_, launch, first=0, end=end) == pytest.approx(total, abs=0.02)
