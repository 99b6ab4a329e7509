"""The size of phase II with its threshold: drugdevelopR's printed case, simulated programmes, laws."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtri

from onepill.evidence.phase_sizes import PhaseTerms, TrueEffects, best_plan, utilities, value_plan

TERMS = PhaseTerms(
    alpha=0.025,
    power=0.9,
    event_probs=(0.7, 0.7),
    patient_costs=(0.75, 1.0),
    fixed_costs=(100.0, 150.0),
    classes=(1.0, 0.95, 0.85),
    gains=(1_000.0, 3_000.0, 5_000.0),
)
FIXED = TrueEffects((0.8,), (1.0,))
LIMITS = [k / 100 for k in range(71, 96)]


def test_drug_develop_r_fixed_case_240_and_780_patients_threshold_88_utility_352_go_73() -> None:
    plan = value_plan(FIXED, TERMS, events=168, threshold=0.88)
    assert (plan.phase_2_patients, plan.phase_3_patients) == (240, 780)
    assert round(plan.utility) == 352
    assert round(plan.go_prob, 2) == 0.73


def test_the_best_of_its_grid_is_worth_no_less() -> None:
    best = best_plan(FIXED, TERMS, events=range(10, 401, 2), thresholds=LIMITS)
    assert best.utility >= value_plan(FIXED, TERMS, events=168, threshold=0.88).utility - 1e-9
    assert best.utility == pytest.approx(351.7, abs=0.5)


def test_the_optimum_is_flat() -> None:
    worth = utilities(FIXED, TERMS, events=(150, 168, 186), threshold=0.88)
    assert max(worth) - min(worth) < 0.02 * max(worth)


@pytest.mark.parametrize(("ratio", "events", "threshold"), [(0.8, 100, 0.85), (0.65, 60, 0.8), (1.0, 150, 0.9)])
def test_agrees_with_simulated_programmes(ratio: float, events: int, threshold: float) -> None:
    plan = value_plan(TrueEffects((ratio,), (1.0,)), TERMS, events=events, threshold=threshold)
    rng, n = np.random.default_rng(3), 1_000_000
    effect = -math.log(ratio)
    first = effect + 2 / math.sqrt(events) * rng.normal(size=n)
    go = first > -math.log(threshold)
    z_sum = float(ndtri(0.9) - ndtri(0.025))
    error = first / z_sum
    upper = effect + error * rng.normal(size=n) + ndtri(0.025) * error  # the limit nearer to no effect
    needed = np.where(go, 4 / error**2, 0.0)
    assert plan.go_prob == pytest.approx(go.mean(), abs=0.002)
    assert plan.phase_3_events == pytest.approx(needed.mean(), abs=1 + 4 * needed.std() / math.sqrt(n))
    steps = [-math.log(step) for step in TERMS.classes] + [math.inf]
    for chance, low, high in zip(plan.class_probs, steps, steps[1:], strict=False):
        assert chance == pytest.approx((go & (upper > low) & (upper <= high)).mean(), abs=0.002)


def test_several_true_effects_are_averaged() -> None:
    both = value_plan(TrueEffects((0.7, 1.0), (0.25, 0.75)), TERMS, events=100, threshold=0.85)
    one, other = (value_plan(TrueEffects((r,), (1.0,)), TERMS, events=100, threshold=0.85) for r in (0.7, 1.0))
    assert both.go_prob == pytest.approx(0.25 * one.go_prob + 0.75 * other.go_prob)
    assert both.success_prob == pytest.approx(0.25 * one.success_prob + 0.75 * other.success_prob)
    assert other.go_prob == pytest.approx(other.no_effect_go_prob)


def test_a_stricter_threshold_goes_less_and_needs_less() -> None:
    plans = [value_plan(FIXED, TERMS, events=120, threshold=limit) for limit in (0.75, 0.85, 0.95)]
    assert [plan.go_prob for plan in plans] == sorted(plan.go_prob for plan in plans)
    assert [plan.phase_3_events for plan in plans] == sorted(plan.phase_3_events for plan in plans)


def test_a_greater_gain_is_never_worth_less() -> None:
    more = replace(TERMS, gains=(2_000.0, 3_000.0, 5_000.0))
    plan, greater = (value_plan(FIXED, terms, events=120, threshold=0.85) for terms in (TERMS, more))
    assert greater.utility == pytest.approx(plan.utility + 1_000 * plan.class_probs[0])
