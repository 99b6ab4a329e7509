"""The share of patients that one region needs, against simulation and at its limits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.stats import consistent_share, effect_kept_prob, same_direction_prob, same_direction_share

SHARES = st.floats(0.0, 0.9)
CHANCES = st.floats(0.55, 0.95)
POWERS = st.floats(0.5, 0.99)


def test_method_1_at_a_power_of_90_percent_asks_for_22_percent_of_the_patients() -> None:
    # By hand: z = 0.8416, u = 1.9600 + 1.2816; 0.7083 / (10.508 x 0.25 + 0.7083 x 0.75) = 0.2243.
    assert consistent_share(effect_kept=0.5, chance=0.8) == pytest.approx(0.2243, abs=5e-5)


def test_at_that_share_the_region_keeps_half_of_the_effect_in_four_of_five_simulated_trials() -> None:
    share = consistent_share(effect_kept=0.5, chance=0.8)
    draws, effect = 400_000, 1.9599640 + 1.2815516
    noise = np.random.default_rng(1).standard_normal((2, draws))
    region, rest = effect + noise[0] / np.sqrt(share), effect + noise[1] / np.sqrt(1 - share)
    kept = region >= 0.5 * (share * region + (1 - share) * rest)
    # Four standard errors of a share of 0.8 in 400,000 draws are 0.0025.
    assert float(kept.mean()) == pytest.approx(0.8, abs=0.0025)


@given(SHARES, CHANCES, POWERS)
def test_more_chance_or_a_larger_part_needs_more_patients_and_more_power_fewer(
    kept: float, chance: float, power: float
) -> None:
    share = consistent_share(effect_kept=kept, chance=chance, power=power)
    assert 0 < share <= 1
    assert consistent_share(effect_kept=kept, chance=min(chance + 0.04, 0.99), power=power) >= share
    assert consistent_share(effect_kept=kept + 0.05, chance=chance, power=power) >= share
    assert consistent_share(effect_kept=kept, chance=chance, power=min(power + 0.005, 0.995)) <= share


@pytest.mark.parametrize(
    "wrong",
    [
        {"effect_kept": 1.0, "chance": 0.8},
        {"effect_kept": -0.1, "chance": 0.8},
        {"effect_kept": 0.5, "chance": 0.5},
        {"effect_kept": 0.5, "chance": 0.8, "power": 1.0},
        {"effect_kept": 0.5, "chance": 0.8, "two_sided_error": 0.0},
    ],
)
def test_what_is_out_of_range_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="out of range"):
        consistent_share(**wrong)


@given(SHARES, CHANCES, POWERS)
def test_the_chance_of_the_share_is_the_chance_that_it_was_asked_for(kept: float, chance: float, power: float) -> None:
    share = consistent_share(effect_kept=kept, chance=chance, power=power)
    found = effect_kept_prob(share, effect_kept=kept, power=power)
    assert found == pytest.approx(chance, abs=1e-9) if share < 1 else found >= chance


def test_regions_point_the_same_way_as_often_as_in_simulated_trials() -> None:
    shares, draws, effect = (0.1, 0.3, 0.6), 400_000, 1.9599640 + 1.2815516
    noise = np.random.default_rng(2).standard_normal((3, draws))
    points = np.all(effect + noise / np.sqrt(np.asarray(shares))[:, None] > 0, axis=0)
    # Four standard errors of a share of 0.8 in 400,000 draws are 0.0025.
    assert same_direction_prob(shares) == pytest.approx(float(points.mean()), abs=0.0025)


@pytest.mark.parametrize("regions", [2, 3, 4])
def test_the_least_share_for_the_same_way_reaches_the_chance_and_less_does_not(regions: int) -> None:
    share = same_direction_share(regions, chance=0.8)
    assert share is not None
    assert 0 < share <= 1 / regions

    def chance(part: float) -> float:
        return same_direction_prob([part, *[(1 - part) / (regions - 1)] * (regions - 1)])

    assert chance(share) == pytest.approx(0.8, abs=1e-9)
    assert chance(share * 0.99) < 0.8


def test_many_regions_never_point_the_same_way_likely_enough() -> None:
    """Ten regions of a tenth each: Phi(3.2415 sqrt(0.1))^10 = 0.8473^10 = 0.19."""
    assert same_direction_prob([0.1] * 10) == pytest.approx(0.1907, abs=2e-3)
    assert same_direction_share(10, chance=0.8) is None


@pytest.mark.parametrize(
    "call",
    [
        lambda: effect_kept_prob(0.0, effect_kept=0.5),
        lambda: effect_kept_prob(0.2, effect_kept=1.0),
        lambda: effect_kept_prob(0.2, effect_kept=0.5, power=1.0),
        lambda: same_direction_prob([]),
        lambda: same_direction_prob([0.5, 0.6]),
        lambda: same_direction_share(1, chance=0.8),
        lambda: same_direction_share(3, chance=1.0),
    ],
)
def test_further_arguments_out_of_range_are_refused(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="out of range"):
        call()


def test_a_region_that_is_the_whole_trial_keeps_the_whole_effect() -> None:
    assert effect_kept_prob(1.0, effect_kept=0.9) == 1
