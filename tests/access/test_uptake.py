"""The uptake curve against numerical integration."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.access.forecast import uptake_integral

SHAPES = st.sampled_from(["linear", "s_curve"])
PEAKS = st.floats(30, 4_000)


def uptake(day: float, *, days_to_peak: float, shape: str) -> float:
    """The share of the peak on a day, from the words of the method page."""
    x = min(max(day / days_to_peak, 0.0), 1.0)
    return x if shape == "linear" else 3 * x**2 - 2 * x**3


@given(shape=SHAPES, peak=PEAKS, days=st.floats(0, 8_000))
def test_the_integral_is_the_sum_of_the_curve(shape: str, peak: float, days: float) -> None:
    """Midpoint rule with 4,000 cells: its error is below cells^-2 times the curve's bend, so 1e-5 of the peak days."""
    edges = np.linspace(0, days, 4_001)
    middles, width = (edges[1:] + edges[:-1]) / 2, days / 4_000
    summed = width * sum(uptake(day, days_to_peak=peak, shape=shape) for day in middles)
    found = float(uptake_integral(np.array([days]), days_to_peak=peak, shape=shape)[0])
    assert found == pytest.approx(summed, abs=1e-5 * (days + 1))


@given(shape=SHAPES, peak=PEAKS)
def test_both_shapes_lose_half_of_the_way_up(shape: str, peak: float) -> None:
    at_peak = float(uptake_integral(np.array([peak]), days_to_peak=peak, shape=shape)[0])
    assert at_peak == pytest.approx(peak / 2)


@given(shape=SHAPES, peak=PEAKS, days=st.floats(0, 8_000), more=st.floats(0, 1_000))
def test_sold_peak_days_never_fall_and_never_exceed_the_days(shape: str, peak: float, days: float, more: float) -> None:
    early, late = uptake_integral(np.array([days, days + more]), days_to_peak=peak, shape=shape)
    assert 0 <= early <= days
    assert -1e-9 <= late - early <= more + 1e-9, "rounding of sums of thousands"


def test_nothing_is_sold_before_the_launch() -> None:
    assert float(uptake_integral(np.array([0.0]), days_to_peak=100, shape="s_curve")[0]) == 0
