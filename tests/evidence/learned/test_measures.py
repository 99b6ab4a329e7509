"""Measures of probabilities, by hand and against a slow count."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.core.errors import InputError
from onepill.evidence.learned.measures import brier, calibration_error, clipped, gain, log_loss, measure, roc_auc
from onepill.evidence.learned.train import verdict_of

PAIRS = st.lists(st.tuples(st.integers(0, 1), st.floats(0.01, 0.99)), min_size=2, max_size=40).filter(
    lambda pairs: len({label for label, _ in pairs}) == 2
)


def test_four_trials_by_hand() -> None:
    labels, probs = np.array([1.0, 0.0, 1.0, 0.0]), np.array([0.8, 0.3, 0.4, 0.5])
    assert brier(labels, probs) == pytest.approx((0.04 + 0.09 + 0.36 + 0.25) / 4)
    assert log_loss(labels, probs) == pytest.approx(-np.log([0.8, 0.7, 0.4, 0.5]).mean())
    assert roc_auc(labels, probs) == 0.75  # 3 of 4 pairs are in the right order
    assert roc_auc(labels, np.array([0.5, 0.5, 0.8, 0.2])) == 0.875  # one pair is equal
    assert calibration_error(labels, probs) == pytest.approx(0)  # one bin: both means are 0.5


@settings(deadline=None, max_examples=50)
@given(PAIRS)
def test_the_area_is_the_share_of_pairs_in_the_right_order(pairs: list[tuple[int, float]]) -> None:
    won = [
        1.0 if p > q else 0.5 if p == q else 0.0 for happened, p in pairs if happened for not_, q in pairs if not not_
    ]
    labels, probs = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    assert roc_auc(labels, probs) == pytest.approx(np.mean(won))


def test_bins_hold_equal_numbers_and_the_error_is_their_weighted_gap() -> None:
    probs = np.repeat([0.1, 0.4, 0.6, 0.9], 25)
    labels = np.tile([1.0, 0.0, 0.0, 0.0, 1.0], 20)
    found = measure(labels, probs)
    assert [row.n for row in found.bins] == [20] * 5
    by_hand = sum(20 * abs(row.prob - row.share) for row in found.bins) / 100
    assert found.calibration_error.value == pytest.approx(by_hand)
    assert all(row.low <= row.share <= row.high for row in found.bins)


def test_limits_hold_the_value_and_right_probabilities_have_the_error_of_right_probabilities() -> None:
    draw = np.random.default_rng(7)
    probs = draw.uniform(0.1, 0.9, 2_000)
    labels = (draw.random(2_000) < probs).astype(float)
    found = measure(labels, probs)
    for each in (found.roc_auc, found.brier, found.log_loss, found.calibration_error):
        assert each.low <= each.value <= each.high
    assert found.calibration_error.value == pytest.approx(found.calibration_error_if_perfect, abs=0.015)
    assert found.brier.value == pytest.approx(np.mean(probs * (1 - probs)), abs=0.01)
    # A shift of all probabilities is an error of calibration, and of nothing that ranks.
    moved = measure(labels, probs + 0.08)
    assert moved.calibration_error.low > found.calibration_error_if_perfect
    assert moved.roc_auc.value == found.roc_auc.value


def test_a_sure_mistake_costs_much_and_not_without_limit() -> None:
    assert np.isfinite(log_loss(np.array([1.0]), clipped([0.0])))


def test_a_gain_is_measured_against_the_base_rate_trial_by_trial() -> None:
    draw = np.random.default_rng(3)
    truth = draw.choice([0.2, 0.8], 400)
    labels = (draw.random(400) < truth).astype(float)
    base = np.full(400, labels.mean())
    better, none = gain(labels, truth, base), gain(labels, base, base)
    assert verdict_of(better) == "better"
    assert (none.value, none.low, none.high) == (0.0, 0.0, 0.0)
    assert verdict_of(none) == "worse"
    assert verdict_of(gain(labels, 1 - truth, base)) == "worse"
    assert verdict_of(gain(labels[:6], truth[:6], base[:6])) in ("not_shown", "worse")


def test_labels_of_one_kind_are_refused() -> None:
    with pytest.raises(InputError, match="all 3 labels are 1"):
        measure([1, 1, 1], [0.2, 0.5, 0.7])
