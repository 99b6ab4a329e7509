"""Predictive probability of responses: printed numbers, brute force, laws."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, betabinom

from onepill.stats.responses import Bounds, SingleArm, bounds, operating, predictive_prob


def test_lee_and_liu_2008_predictive_probability_after_16_of_23() -> None:
    arm = SingleArm(40, 0.6, 0.9, (0.6, 0.4))
    assert predictive_prob(arm, 16, 23) == pytest.approx(0.5655589, abs=5e-8)


def test_the_design_of_36_patients_with_continuous_looks() -> None:
    """Null rate 0.2, target 0.4, Beta(0.2, 0.8), futility below 0.001, from ten patients on: Lee and Liu's example."""
    arm = SingleArm(36, 0.2, 0.9, (0.2, 0.8))
    rows = bounds(arm, range(10, 36), no_go_below=0.001, go_above=1.0)
    null, target = operating(arm, rows, 0.2), operating(arm, rows, 0.4)
    assert (null.go_prob, target.go_prob) == (pytest.approx(0.088, abs=5e-4), pytest.approx(0.906, abs=5e-4))
    assert null.early_no_go_prob == pytest.approx(0.86, abs=5e-3)
    assert null.expected_patients == pytest.approx(27.67, abs=5e-3)
    assert rows[-1] == Bounds(36, 10, 11)


@given(st.integers(0, 12), st.integers(0, 8), st.floats(0.1, 0.9), st.floats(0.3, 3), st.floats(0.3, 3))
@settings(max_examples=40, deadline=None)
def test_agrees_with_summing_over_what_may_come(seen: int, more: int, null: float, a: float, b: float) -> None:
    responses = seen // 2
    total = seen + more
    arm = SingleArm(max(1, total), null, 0.8, (a, b))
    left = arm.patients - seen
    by_hand = sum(
        betabinom.pmf(k, left, a + responses, b + seen - responses)
        for k in range(left + 1)
        if beta.sf(null, a + responses + k, b + arm.patients - responses - k) > 0.8
    )
    assert predictive_prob(arm, responses, seen) == pytest.approx(by_hand, abs=1e-9)


def test_operating_characteristics_agree_with_every_course_of_a_small_trial() -> None:
    arm = SingleArm(8, 0.3, 0.8, (0.5, 0.5))
    rows = bounds(arm, (3, 5), no_go_below=0.1, go_above=0.95)
    rate, go, early, patients = 0.4, 0.0, 0.0, 0.0
    for course in itertools.product((0, 1), repeat=8):
        chance = rate ** sum(course) * (1 - rate) ** (8 - sum(course))
        for row in rows:
            count = sum(course[: row.patients])
            stops_no, stops_go = count <= (-1 if row.no_go is None else row.no_go), count >= (row.go or 99)
            if stops_no or stops_go:
                go += chance * stops_go
                early += chance * (stops_no and row.patients < 8)
                patients += chance * row.patients
                break
    found = operating(arm, rows, rate)
    assert (found.go_prob, found.early_no_go_prob) == (pytest.approx(go), pytest.approx(early))
    assert found.expected_patients == pytest.approx(patients)


@given(st.integers(1, 25), st.integers(1, 15), st.floats(0.1, 0.9))
@settings(max_examples=40, deadline=None)
def test_more_responses_never_lower_the_probability(seen: int, more: int, null: float) -> None:
    arm = SingleArm(seen + more, null, 0.9)
    probs = [predictive_prob(arm, responses, seen) for responses in range(seen + 1)]
    assert all(one <= after + 1e-12 for one, after in itertools.pairwise(probs))
    assert min(probs) >= 0
    assert max(probs) <= 1


def test_where_no_number_of_responses_is_enough_success_never_comes() -> None:
    arm = SingleArm(3, 0.9, 0.999)
    assert arm.least_responses() is None
    assert predictive_prob(arm, 2, 2) == 0
    assert bounds(arm, (), no_go_below=0.1, go_above=1.0) == (Bounds(3, 3, None),)
