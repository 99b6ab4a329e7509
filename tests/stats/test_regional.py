"""The share of patients that one region needs, against simulation and at its limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.stats import consistent_share

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
