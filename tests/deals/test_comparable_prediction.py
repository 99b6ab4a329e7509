"""The predictor of amounts: left-out errors by refitting, and the verdict on signal and on noise."""

from __future__ import annotations

import statistics
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.deals.comparable_prediction import (
    FEWEST_TO_LEARN,
    NESTED_UP_TO,
    PENALTIES,
    Predictor,
    Score,
    best_penalty,
    left_out_errors,
    left_out_medians,
    predict,
)
from onepill.deals.comparables import Deal
from tests.deals.announced import deal


def slow_ridge(design: np.ndarray, logs: np.ndarray, penalty: float, row: np.ndarray) -> float:
    """Ridge by least squares on rows added for the penalty; the intercept bears none."""
    n, width = design.shape
    told = np.column_stack([np.ones(n), design])
    shrinking = np.column_stack([np.zeros(width), np.sqrt(penalty) * np.eye(width)])
    both = np.vstack([told, shrinking])
    solved, *_ = np.linalg.lstsq(both, np.concatenate([logs, np.zeros(width)]), rcond=None)
    return float(solved[0] + row @ solved[1:])


def slow_penalty(design: np.ndarray, logs: np.ndarray) -> float:
    """Leave each out in turn, for each penalty."""
    n = len(logs)
    costs = [
        sum((logs[i] - slow_ridge(np.delete(design, i, 0), np.delete(logs, i), p, design[i])) ** 2 for i in range(n))
        for p in PENALTIES
    ]
    return PENALTIES[int(np.argmin(costs))]


def made(seed: int, n: int = 14) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    design = (random.random((n, 4)) < 0.4).astype(float)
    return design, design @ np.array([0.8, -0.5, 0.0, 0.3]) + random.normal(0, 0.4, n)


@given(st.integers(0, 40))
def test_the_penalty_is_the_one_that_refitting_without_each_case_finds(seed: int) -> None:
    design, logs = made(seed)
    assert best_penalty(design, logs) == slow_penalty(design, logs)


def test_left_out_errors_are_those_of_refitting_without_each_case() -> None:
    design, logs = made(3)
    slow = []
    for i in range(len(logs)):
        rest, others = np.delete(design, i, 0), np.delete(logs, i)
        slow.append(logs[i] - slow_ridge(rest, others, slow_penalty(rest, others), design[i]))
    assert left_out_errors(design, logs) == pytest.approx(slow)


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=30))
def test_left_out_medians_are_those_of_the_others(values: list[float]) -> None:
    slow = [statistics.median(values[:i] + values[i + 1 :]) for i in range(len(values))]
    assert left_out_medians(np.array(values)) == pytest.approx(slow)


def test_beyond_four_hundred_amounts_the_error_is_that_of_refitting_with_one_penalty() -> None:
    design, logs = made(5, n=NESTED_UP_TO + 1)
    penalty = best_penalty(design, logs)
    found = left_out_errors(design, logs)
    for i in (0, 17, NESTED_UP_TO):
        rest, others = np.delete(design, i, 0), np.delete(logs, i)
        assert found[i] == pytest.approx(logs[i] - slow_ridge(rest, others, penalty, design[i]))


def priced(by_stage: dict[str, float], *, noise: float, n: int = 60) -> list[Deal]:
    random = np.random.default_rng(7)
    stages = list(by_stage)
    return [
        deal(
            str(i),
            stage=stages[i % len(stages)],
            announced_on=date(2023 + i // 3 % 3, 1, 1 + i % 28),
            upfront_usd=float(10 ** (by_stage[stages[i % len(stages)]] + random.normal(0, noise))),
        )
        for i in range(n)
    ]


def test_where_the_stage_tells_the_price_the_predictor_beats_the_median() -> None:
    deals = priced({"preclinical": 7.0, "phase_2": 8.0, "approved": 9.0}, noise=0.1)
    found = predict(deals, "upfront_usd", {"stage": "approved", "year": 2024.0})
    assert found is not None
    assert found.is_better
    assert found.model.median_factor < 1.5 < found.median.median_factor
    assert found.predicted_usd == pytest.approx(1e9, rel=0.25), "of noise 0.1 and shrinkage"
    assert found.low_usd is not None
    assert found.high_usd is not None
    assert found.low_usd < found.predicted_usd < found.high_usd


def test_where_nothing_tells_the_price_the_predictor_says_so() -> None:
    found = predict(priced({"preclinical": 8.0, "phase_2": 8.0, "approved": 8.0}, noise=0.5), "upfront_usd")
    assert found is not None
    assert not found.is_better
    assert found.predicted_usd is None


def test_scores_of_the_median_are_those_made_by_hand() -> None:
    """Eleven deals of 10 MUSD and eleven of 1,000: without a deal the other price is the median."""
    deals = [deal(str(i), upfront_usd=1e7 if i % 2 else 1e9) for i in range(22)]
    found = predict(deals, "upfront_usd")
    assert found is not None
    assert found.median.median_factor == pytest.approx(100)
    assert found.median.within_2_share == 0


def test_where_all_features_are_alike_the_mean_of_the_others_predicts_and_its_errors_set_the_range() -> None:
    logs = np.linspace(6, 9, 31)
    deals = [deal(str(i), upfront_usd=float(10**one)) for i, one in enumerate(logs)]
    found = predict(deals, "upfront_usd", {"stage": "phase_2"})
    assert found is not None
    errors = np.array([one - np.delete(logs, i).mean() for i, one in enumerate(logs)])
    assert found.predicted_usd == pytest.approx(10**7.5)
    assert found.low_usd == pytest.approx(10 ** (7.5 + np.quantile(errors, 0.1)))
    assert found.high_usd == pytest.approx(10 ** (7.5 + np.quantile(errors, 0.9)))
    assert found.model.median_factor == pytest.approx(10 ** np.quantile(abs(errors), 0.5))
    assert found.model.p90_factor == pytest.approx(10 ** np.quantile(abs(errors), 0.9))
    assert found.model.within_2_share == pytest.approx((abs(errors) <= np.log10(2)).mean())


@pytest.mark.parametrize(("known", "is_fitted"), [(FEWEST_TO_LEARN - 1, False), (FEWEST_TO_LEARN, True)])
def test_nothing_is_fitted_to_fewer_than_twenty_known_amounts(known: int, is_fitted: bool) -> None:
    deals = [deal(str(i), upfront_usd=1e6 * (1 + i)) for i in range(known)]
    unknown = [deal("none"), deal("nothing", upfront_usd=0.0)]
    found = predict([*deals, *unknown], "upfront_usd")
    assert (found is not None) == is_fitted
    assert found is None or found.n == known


@pytest.mark.parametrize(("gain", "is_better"), [(0.15, False), (0.2, False), (0.21, True), (-0.5, False)])
def test_better_is_more_than_two_standard_errors(gain: float, is_better: bool) -> None:
    score = Score(2.0, 5.0, 0.5)
    assert Predictor("total_usd", 30, 1.0, score, score, gain, 0.1).is_better == is_better
