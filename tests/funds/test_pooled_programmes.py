"""Pooled programmes: the published illustration, simulation, limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.funds.pooled_programmes import LikeProgramme, Pool

CANCER_DRUG = LikeProgramme(200e6, 10, 0.05, 2e9, 10, 0.1)
"""200 million out of pocket, ten years, 5 %, 2 billion a year in years 11 to 20, at 10 %."""


def test_published_megafund_one_programme():
    """Fernandez, Stein and Lo 2012, Nature Biotechnology 30, 964: 12,289 million, 11.88 % a year, 423.5 %."""
    assert CANCER_DRUG.value_of_success_usd / 1e6 == pytest.approx(12_289, abs=0.5)
    assert CANCER_DRUG.expected_return_per_year == pytest.approx(0.1188, abs=5e-5)
    assert CANCER_DRUG.return_sd_per_year == pytest.approx(4.235, abs=5e-4)


def test_published_megafund_150_independent_programmes():
    """The same source: 30 billion, 34.58 %; Bloomberg on it: at least three 98 %, at least five 87 %
    (marketdesigner.blogspot.com, February 2021)."""
    pool = Pool(CANCER_DRUG, 150)
    assert pool.cost_usd == pytest.approx(30e9)
    assert pool.return_sd_per_year == pytest.approx(0.3458, abs=5e-5)
    published = {1: 0.99954, 2: 0.99595, 3: 0.98185, 5: 0.87441}
    for hits, prob in published.items():
        assert pool.at_least(hits) == pytest.approx(prob, abs=5e-6)


@pytest.mark.parametrize("rho", [0.05, 0.3, 0.8])
def test_correlated_programmes_are_what_a_simulation_counts(rho):
    pool, draws = Pool(CANCER_DRUG, 20, rho), 400_000
    rng = np.random.default_rng(5)
    factor, own = rng.standard_normal((draws, 1)), rng.standard_normal((draws, 20))
    hits = (np.sqrt(rho) * factor + np.sqrt(1 - rho) * own < -1.6448536269514722).sum(axis=1)
    counted = np.bincount(hits, minlength=21) / draws
    error = np.sqrt(pool.successes() * (1 - pool.successes()) / draws) + 1e-6
    assert (np.abs(counted - pool.successes()) < 5 * error).all()
    spread = pool.return_sd_per_year / pool.programme.return_sd_per_year * np.sqrt(0.05 * 0.95)
    assert hits.std() / 20 == pytest.approx(spread, rel=0.02)


@given(st.integers(1, 300), st.floats(0, 1), st.floats(0, 0.99))
@settings(deadline=None, max_examples=60)
def test_laws_of_a_pool(programmes, prob, rho):
    """Chances sum to 1, their mean is n p, correlation adds risk, and a pool is never riskier than one programme."""
    pool = Pool(replace(CANCER_DRUG, success_prob=prob), programmes, rho)
    chances = pool.successes()
    assert chances.sum() == pytest.approx(1, abs=1e-9)
    assert chances @ np.arange(programmes + 1) == pytest.approx(programmes * prob, abs=1e-6 * programmes)
    apart = replace(pool, factor_correlation=0.0)
    assert pool.return_sd_per_year >= apart.return_sd_per_year * (1 - 1e-6)
    assert pool.return_sd_per_year <= pool.programme.return_sd_per_year * (1 + 1e-9)
    assert pool.at_least(0) == pytest.approx(1)


def test_bad_pools_are_refused():
    for bad in ({"programmes": 0}, {"factor_correlation": 1.0}, {"factor_correlation": -0.1}):
        with pytest.raises(ValueError, match="pool"):
            Pool(CANCER_DRUG, **({"programmes": 10} | bad))
    with pytest.raises(ValueError, match="succeeds"):
        Pool(replace(CANCER_DRUG, success_prob=1.1), 10)


def test_income_without_discounting_is_its_sum():
    assert replace(CANCER_DRUG, discount_rate_per_year=0.0).value_of_success_usd == 20e9
