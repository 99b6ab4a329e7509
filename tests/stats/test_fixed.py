"""Sizes and powers of designs with one look: published numbers, simulated trials, and laws."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.core.errors import MissingExtra
from onepill.stats import fixed
from onepill.stats.endpoints import Endpoint, Means, Rates, TimeToEvent

ALPHAS, POWERS, RATIOS = st.floats(0.001, 0.2), st.floats(0.3, 0.99), st.floats(0.25, 4)


@pytest.mark.parametrize(
    ("endpoint", "power", "amount"),
    [
        (Means(2.5, 8.0), 0.8, 323.42),
        (Rates(0.4, 0.2), 0.9, 216.47),
        (Rates(0.2, 0.4), 0.9, 216.47),
        (TimeToEvent(0.7), 0.9, 330.378),
    ],
    ids=str,
)
def test_totals_that_rpact_prints(endpoint: Endpoint, power: float, amount: float) -> None:
    digits = 2 if amount < 330 else 3
    assert endpoint.needed(alpha=0.025, power=power) == pytest.approx(amount, abs=0.5001 * 10.0**-digits)


def test_means_agree_with_the_non_central_t_of_scipy() -> None:
    from scipy.stats import nct, t

    arm = fixed.patients_for_means(2.5, 8.0, alpha=0.025, power=0.8) / 2
    freedom, shift = 2 * arm - 2, 2.5 / 8.0 * math.sqrt(arm / 2)
    assert nct.sf(t.isf(0.025, freedom), freedom, shift) == pytest.approx(0.8, abs=1e-8)


def test_a_difference_too_large_for_any_size_still_needs_two_patients_an_arm() -> None:
    assert fixed.patients_for_means(50.0, 1.0, alpha=0.025, power=0.9) == 4
    assert fixed.patients_for_means(50.0, 1.0, alpha=0.025, power=0.9, ratio=3) == 8


def test_large_trials_by_the_normal_formula_join_those_by_the_t_test() -> None:
    """At the seam of 100,000 patients the t test needs some two patients more: half a squared quantile."""
    for effect, more in ((0.0206, 1.92), (0.0204, 0.0)):
        by_normal = 4 * ((1.959963984540054 + 1.2815515655446004) / effect) ** 2
        assert (by_normal < 100_000) == (more > 0)
        found = fixed.patients_for_means(effect, 1.0, alpha=0.025, power=0.9)
        assert found - by_normal == pytest.approx(more, abs=0.05)
        assert fixed.power_for_means(found, effect, 1.0, alpha=0.025) == pytest.approx(0.9, abs=1e-6)


def test_rates_against_simulated_trials() -> None:
    """The formula is of the normal approximation: at 0.6 against 0.4 it errs by less than a point."""
    arm = math.ceil(fixed.patients_for_rates(0.6, 0.4, alpha=0.025, power=0.9) / 2)
    random = np.random.default_rng(1)
    treated, control = random.binomial(arm, 0.6, 200_000) / arm, random.binomial(arm, 0.4, 200_000) / arm
    pooled = (treated + control) / 2
    z = (treated - control) / np.sqrt(2 * pooled * (1 - pooled) / arm)
    assert np.mean(z > 1.959964) == pytest.approx(0.9, abs=0.01)


def test_non_inferior_rates_by_hand_blackwelder_1982() -> None:
    # (1.644854 + 0.841621)^2 x 2 x 0.85 x 0.15 / 0.1^2 = 157.66 an arm.
    total = fixed.patients_for_rates(0.85, 0.85, alpha=0.05, power=0.8, margin=0.1)
    assert total == pytest.approx(2 * 157.66, abs=0.01)


def test_non_inferior_rates_against_simulated_trials() -> None:
    arm = math.ceil(fixed.patients_for_rates(0.7, 0.68, alpha=0.025, power=0.8, margin=0.08) / 2)
    random = np.random.default_rng(2)
    treated, control = random.binomial(arm, 0.7, 200_000) / arm, random.binomial(arm, 0.68, 200_000) / arm
    error = np.sqrt((treated * (1 - treated) + control * (1 - control)) / arm)
    assert np.mean((treated - control + 0.08) / error > 1.959964) == pytest.approx(0.8, abs=0.01)


def test_the_way_a_margin_lies_depends_on_what_is_better() -> None:
    higher = fixed.patients_for_rates(0.3, 0.28, alpha=0.025, power=0.9, margin=0.1)
    lower = fixed.patients_for_rates(0.28, 0.3, alpha=0.025, power=0.9, margin=0.1, higher_is_better=False)
    assert lower == pytest.approx(higher, rel=0.001)
    assert fixed.patients_for_rates(0.28, 0.3, alpha=0.025, power=0.9, margin=0.1) > 2 * higher


def test_non_inferiority_is_superiority_over_a_shifted_control() -> None:
    shifted = fixed.patients_for_means(3.0, 8.0, alpha=0.025, power=0.9)
    assert fixed.patients_for_means(1.0, 8.0, alpha=0.025, power=0.9, margin=2.0) == pytest.approx(shifted)
    events = fixed.events_for_hazards(0.8, alpha=0.025, power=0.9)
    assert fixed.events_for_hazards(1.0, alpha=0.025, power=0.9, margin_ratio=1.25) == pytest.approx(events)


def endpoints(ratio: float) -> list[Endpoint]:
    return [
        Means(1.5, 4.0, ratio),
        Means(0.5, 4.0, ratio, 1.0),
        Rates(0.45, 0.25, ratio),
        Rates(0.4, 0.42, ratio, 0.15),
        TimeToEvent(0.65, ratio),
        TimeToEvent(0.95, ratio, 1.3),
    ]


@given(ALPHAS, POWERS, RATIOS)
def test_power_of_the_size_is_the_power_that_the_size_was_asked_for(alpha: float, power: float, ratio: float) -> None:
    if power <= alpha + 0.05:
        return
    for endpoint in endpoints(ratio):
        amount = endpoint.needed(alpha=alpha, power=power)
        least = 2.0 * (1 + max(ratio, 1 / ratio))
        if amount > least:
            assert endpoint.power(amount, alpha=alpha) == pytest.approx(power, abs=1e-6), endpoint


@given(ALPHAS, st.floats(0.3, 0.9), RATIOS)
def test_more_power_a_smaller_error_or_unequal_arms_need_more(alpha: float, power: float, ratio: float) -> None:
    for even, uneven in zip(endpoints(1.0), endpoints(ratio), strict=True):
        amount = uneven.needed(alpha=alpha, power=power)
        assert amount <= uneven.needed(alpha=alpha, power=power + 0.05) + 1e-6
        assert amount <= uneven.needed(alpha=alpha / 2, power=power) + 1e-6
        if not isinstance(even, Rates):
            assert even.needed(alpha=alpha, power=power) <= amount + 1e-6


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fixed.patients_for_means(1.0, -2.0, alpha=0.025, power=0.9), "standard deviation is above 0"),
        (lambda: fixed.patients_for_means(0.0, 2.0, alpha=0.025, power=0.9), "benefit of 0"),
        (lambda: fixed.patients_for_means(-3.0, 2.0, alpha=0.025, power=0.9, margin=2.0), "benefit of -3"),
        (lambda: fixed.power_for_means(3.0, 1.0, 2.0, alpha=0.025), "fewer than two"),
        (lambda: fixed.patients_for_rates(0.0, 0.2, alpha=0.025, power=0.9), "between 0 and 1"),
        (lambda: fixed.patients_for_rates(0.2, 0.2, alpha=0.025, power=0.9), "benefit of 0"),
        (lambda: fixed.power_for_rates(0.0, 0.4, 0.2, alpha=0.025), "patients is above 0"),
        (lambda: fixed.events_for_hazards(1.0, alpha=0.025, power=0.9), "no effect"),
        (lambda: fixed.events_for_hazards(-0.7, alpha=0.025, power=0.9), "hazard ratio is above 0"),
        (lambda: fixed.power_for_hazards(-1.0, 0.7, alpha=0.025), "events is above 0"),
    ],
)
def test_what_makes_no_sense_is_refused(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_without_statsmodels_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "statsmodels.stats.power", None)
    with pytest.raises(MissingExtra, match=r"onepill\[evidence\]"):
        fixed.patients_for_means(2.5, 8.0, alpha=0.025, power=0.8)
