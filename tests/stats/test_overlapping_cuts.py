"""Pooling of margins: published values of its functions, laws, and a slow obvious twin."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import digamma, polygamma

from onepill.stats.overlapping_cuts import (
    Margin,
    expit,
    logit,
    logit_moments,
    pool_margins,
    spread_of_levels,
)

SPREAD = st.floats(0.001, 1.0)
MARGIN = st.builds(Margin, deviation=st.floats(-2, 2), variance=st.floats(0.001, 1.0), spread=SPREAD)


def even(size: int, overlap: float) -> list[list[float]]:
    return [[1.0 if i == j else overlap for j in range(size)] for i in range(size)]


@pytest.mark.parametrize(("won", "n"), [(0, 3), (3, 3), (1, 2), (24.6, 100), (426.1, 1732), (2294.9, 4414)])
def test_moments_are_scipys_digamma_and_trigamma(won: float, n: float) -> None:
    mean, variance = logit_moments(won, n)
    a, b = won + 0.5, n - won + 0.5
    assert mean == pytest.approx(digamma(a) - digamma(b), abs=1e-11)
    assert variance == pytest.approx(polygamma(1, a) + polygamma(1, b), abs=1e-11)


def test_moments_are_those_of_draws_from_the_beta_posterior() -> None:
    draws = np.random.default_rng(1).beta(9.5, 31.5, 400_000)
    logits = np.log(draws / (1 - draws))
    mean, variance = logit_moments(9, 40)
    assert mean == pytest.approx(logits.mean(), abs=4 * logits.std() / math.sqrt(400_000))
    assert variance == pytest.approx(logits.var(), rel=0.02), "four standard errors of a variance of 400,000 draws"


@pytest.mark.parametrize(("won", "n"), [(-1, 3), (4, 3), (1, 0), (float("nan"), 3)])
def test_impossible_counts_are_refused(won: float, n: float) -> None:
    with pytest.raises(ValueError, match="successes"):
        logit_moments(won, n)


@given(st.floats(-30, 30))
def test_expit_undoes_logit(x: float) -> None:
    assert 0 < expit(x) < 1 or abs(x) > 20
    if abs(x) < 15:
        assert logit(expit(x)) == pytest.approx(x, abs=1e-6)


@given(MARGIN)
def test_one_margin_is_shrunk_by_its_own_noise(margin: Margin) -> None:
    found = pool_margins([margin], [[1.0]])
    kept = margin.spread / (margin.spread + margin.variance)
    assert found.weights[0] == pytest.approx(kept)
    assert found.mean == pytest.approx(kept * margin.deviation)
    assert found.variance == pytest.approx(margin.spread * margin.variance / (margin.spread + margin.variance))


@given(MARGIN, MARGIN)
def test_separate_cuts_add_up_and_nested_cuts_count_once(one: Margin, other: Margin) -> None:
    apart = pool_margins([one, other], even(2, 0.0))
    assert apart.mean == pytest.approx(pool_margins([one], [[1]]).mean + pool_margins([other], [[1]]).mean)
    sharp = [Margin(m.deviation, 1e-12, m.spread) for m in (one, other)]
    if abs(one.spread - other.spread) > 0.01:
        wider = max(sharp, key=lambda m: m.spread)
        assert pool_margins(sharp, even(2, 1.0)).mean == pytest.approx(wider.deviation, abs=1e-6)


@settings(max_examples=200)
@given(st.lists(MARGIN, min_size=1, max_size=4), st.floats(0, 0.9))
def test_pooling_is_the_best_linear_predictor_of_the_slow_twin(margins: list[Margin], overlap: float) -> None:
    """Shake the weights: no other ones have a smaller expected square error under the same covariances."""
    size = len(margins)
    spreads = np.array([m.spread for m in margins])
    true = np.array(even(size, overlap)) * np.minimum.outer(spreads, spreads)
    noise = np.diag([m.variance for m in margins])
    found = pool_margins(margins, even(size, overlap))

    def error(weights: np.ndarray) -> float:
        known = float(spreads @ np.linalg.solve(true, spreads))
        return known - 2 * float(weights @ spreads) + float(weights @ (true + noise) @ weights)

    best = error(np.array(found.weights))
    assert found.variance == pytest.approx(max(best, 0), abs=1e-8)
    for step in np.random.default_rng(2).normal(0, 0.1, (20, size)):
        assert error(np.array(found.weights) + step) >= best - 1e-10


@given(st.lists(MARGIN, min_size=1, max_size=4), st.floats(0, 0.9), st.permutations(range(4)))
def test_the_order_of_cuts_does_not_matter(margins: list[Margin], overlap: float, order: list[int]) -> None:
    order = [i for i in order if i < len(margins)]
    one, other = (pool_margins(m, even(len(margins), overlap)) for m in (margins, [margins[i] for i in order]))
    assert one.mean == pytest.approx(other.mean, abs=1e-9)
    assert one.variance == pytest.approx(other.variance, abs=1e-9)


def test_a_cut_without_spread_counts_for_nothing() -> None:
    found = pool_margins([Margin(1.0, 0.1, 0.0), Margin(0.5, 0.1, 0.1)], even(2, 0.3))
    assert found.weights[0] == 0
    assert found.mean == pytest.approx(0.25)
    assert pool_margins([], np.zeros((0, 0))).mean == 0


def test_spread_is_found_again_in_simulated_levels() -> None:
    rng = np.random.default_rng(3)
    noise = rng.uniform(0.01, 0.05, 4_000)
    deviations = rng.normal(0, np.sqrt(0.16 + noise))
    found = spread_of_levels(list(deviations), list(noise), [0.0] * 4_000)
    assert math.sqrt(found) == pytest.approx(0.4, abs=0.02), "four standard errors of 4,000 levels"


def test_spread_is_the_mean_of_the_slow_twins_posterior() -> None:
    """The same posterior of the standard deviation, integrated by drawing from its prior."""
    deviations, noise, shares = [0.4, -0.1, 0.05], [0.02, 0.01, 0.09], [0.1, 0.5, 0.02]
    tau = np.abs(np.random.default_rng(4).normal(0, 0.5, 400_000))
    tau = tau[tau <= 2]
    likelihood = np.ones_like(tau)
    for d, v, s in zip(deviations, noise, shares, strict=True):
        total = tau**2 * (1 - s) ** 2 + v
        likelihood *= np.exp(-0.5 * d**2 / total) / np.sqrt(total)
    expected = float(np.sum(likelihood * tau**2) / np.sum(likelihood))
    assert spread_of_levels(deviations, noise, shares) == pytest.approx(expected, rel=0.02)


def test_spread_of_many_levels_of_pure_noise_is_small_and_of_no_level_none() -> None:
    quiet = np.random.default_rng(5).normal(0, 0.1, 400)
    assert spread_of_levels(list(quiet), [0.01] * 400, [0.0] * 400) < 0.003
    assert spread_of_levels([], [], []) == 0


def test_a_level_that_is_nearly_everybody_says_little_about_the_spread() -> None:
    """The level of all but a few lies near its reference whatever the spread is: the few alone set it."""
    few = spread_of_levels([0.6], [0.01], [0.03])
    both = spread_of_levels([0.6, -0.02], [0.01, 0.0001], [0.03, 0.97])
    assert both == pytest.approx(few, rel=0.05)
