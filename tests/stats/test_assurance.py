"""Assurance, conditional and predictive power: printed numbers, simulated trials, closed forms and laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from onepill.stats.assurance import (
    NormalPrior,
    PointsPrior,
    assurance_by_look,
    assurance_of_test,
    predictive_power,
    rest_of_trial,
)
from onepill.stats.sequential import Boundary, boundary_at, design

CRITICAL = float(-ndtri(0.025))
PRIORS = st.builds(NormalPrior, st.floats(-3, 6), st.floats(0.05, 6))


def plain(shares: tuple[float, ...]) -> Boundary:
    """Success at the end only."""
    return boundary_at(shares, upper_z=[*[math.inf] * (len(shares) - 1), CRITICAL])


def test_o_hagan_and_stevens_2001_cost_effectiveness_with_285_patients_an_arm() -> None:
    """Their example: 28,800 expected net benefit, SD 4.04 of effect and 8,700 of cost, at 20,000 a unit of effect."""
    worth = 20_000
    sampling = (2 * (worth * 4.04) ** 2 + 2 * 8_700**2) / 285
    prior = worth**2 * 2 + 2e7
    known = NormalPrior((worth * 1.5 - 1_200) / sampling**0.5, math.sqrt(prior / sampling))
    assert assurance_of_test(known, critical_z=CRITICAL) == pytest.approx(0.7003, abs=5e-5)


def test_gs_design_probability_of_success_of_a_two_look_design() -> None:
    """gsDesign's gsPOS, two looks, one-sided, defaults otherwise; its printed weights sum to 0.9312636."""
    effects = np.asarray([-1.5, -0.75, 0, 0.75, 1.5])
    weights = np.asarray([0.064758798, 0.301137432, 0.199471140, 0.301137432, 0.064758798])
    found = design(2, bound="hsd:-4")
    drifts = effects * math.sqrt(found.inflation)
    prior = PointsPrior(tuple(drifts.tolist()), tuple((weights / weights.sum()).tolist()))
    chance = assurance_by_look(prior, found.boundary)[0].sum() * weights.sum()
    assert chance == pytest.approx(0.060780136, abs=1e-8)


@given(PRIORS)
@settings(max_examples=40, deadline=None)
def test_quadrature_agrees_with_the_closed_form_of_one_look(prior: NormalPrior) -> None:
    by_look = assurance_by_look(prior, design(1).boundary)[0].sum()
    assert by_look == pytest.approx(assurance_of_test(prior, critical_z=CRITICAL), abs=1e-11)


@given(st.floats(-2, 3), st.floats(0.1, 0.9), st.floats(-1, 5), st.floats(0.1, 3))
@settings(max_examples=40, deadline=None)
def test_conditional_and_predictive_power_agree_with_their_closed_forms(
    z: float, share: float, drift: float, sd: float
) -> None:
    boundary = plain((share, 1.0))
    left = 1 - share
    ahead = (z * math.sqrt(share) + drift * left - CRITICAL) / math.sqrt(left)
    assert rest_of_trial(boundary, 1, z)(drift) == pytest.approx(ndtr(ahead), abs=1e-12)
    flat = ndtr((z - CRITICAL * math.sqrt(share)) / math.sqrt(left))
    assert predictive_power(boundary, 1, z) == pytest.approx(flat, abs=1e-10)
    after = NormalPrior(drift, sd).at_look(share, z)
    spread = math.sqrt(left + (left * after.sd) ** 2)
    known = ndtr((z * math.sqrt(share) + after.mean * left - CRITICAL) / spread)
    assert predictive_power(boundary, 1, z, NormalPrior(drift, sd)) == pytest.approx(known, abs=1e-10)


@pytest.mark.parametrize("z", [-0.5, 1.0, 2.2])
def test_conditional_power_averaged_over_what_the_look_may_show_is_the_power(z: float) -> None:
    """A slow twin: trials that go on from this very statistic."""
    found = design([0.4, 0.7, 1.0], bound="hsd:-4", futility="hsd:-2")
    boundary, drift = found.boundary, 2.5
    rng = np.random.default_rng(7)
    score = np.full(400_000, z * math.sqrt(0.4))
    success, going, before = np.zeros(score.size, dtype=bool), np.ones(score.size, dtype=bool), 0.4
    for look in (1, 2):
        step = boundary.shares[look] - before
        score += drift * step + math.sqrt(step) * rng.normal(size=score.size)
        now = score / math.sqrt(boundary.shares[look])
        success |= going & (now >= boundary.upper_z[look])
        going &= (now < boundary.upper_z[look]) & (now > boundary.lower_z[look])
        before = boundary.shares[look]
    error = 4 * math.sqrt(0.25 / score.size)
    assert rest_of_trial(boundary, 1, z)(drift) == pytest.approx(success.mean(), abs=error)


def test_assurance_of_a_sequential_design_agrees_with_simulated_trials() -> None:
    found = design(3, bound="ld_of")
    prior = NormalPrior(2.0, 1.5)
    rng = np.random.default_rng(11)
    drifts = prior.mean + prior.sd * rng.normal(size=400_000)
    score, success = np.zeros(drifts.size), np.zeros(drifts.size, dtype=bool)
    for share, upper in zip(found.shares, found.upper_z, strict=True):
        score += drifts / 3 + rng.normal(size=drifts.size) / math.sqrt(3)
        success |= score / math.sqrt(share) >= upper
    chance = assurance_by_look(prior, found.boundary)[0].sum()
    assert chance == pytest.approx(success.mean(), abs=4 * math.sqrt(0.25 / drifts.size))


@given(PRIORS, st.floats(0.1, 3))
@settings(max_examples=40, deadline=None)
def test_assurance_rises_with_the_mean_and_stays_below_its_ceiling(prior: NormalPrior, more: float) -> None:
    chance = assurance_of_test(prior, critical_z=CRITICAL)
    assert chance < assurance_of_test(NormalPrior(prior.mean + more, prior.sd), critical_z=CRITICAL)
    assert chance <= prior.prob_above(0) + 0.025 + 1e-12


def test_points_are_weighed_by_what_the_look_has_shown() -> None:
    prior = PointsPrior((0.0, 3.0), (0.5, 0.5))
    share, z = 0.5, 1.0
    likelihood = [math.exp(-0.5 * (z - drift * math.sqrt(share)) ** 2) for drift in prior.drifts]
    after = prior.at_look(share, z)
    assert after.weights == pytest.approx([one / sum(likelihood) for one in likelihood])


@pytest.mark.parametrize(("drifts", "weights"), [((0.0,), (0.9,)), ((0.0, 1.0), (1.5, -0.5)), ((), ()), ((0.0,), ())])
def test_weights_that_are_none_are_refused(drifts: tuple[float, ...], weights: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="weight"):
        PointsPrior(drifts, weights)


def test_a_standard_deviation_of_0_and_a_look_after_the_last_are_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        NormalPrior(1.0, 0.0)
    with pytest.raises(ValueError, match="later one"):
        rest_of_trial(design(2).boundary, 2, 1.0)


@pytest.mark.parametrize("sd", [5e-324, 1e-200, 1e-3, 0.999, 1.001, 1e3, 1e200])
def test_a_posterior_of_a_prior_however_narrow_or_wide_lies_between_prior_and_data(sd: float) -> None:
    found = NormalPrior(2.0, sd).at_look(0.5, 0.7)
    data = 0.7 / math.sqrt(0.5)
    assert min(2.0, data) - 1e-12 <= found.mean <= max(2.0, data) + 1e-12
    assert 0 < found.sd <= min(sd, 0.5**-0.5) * (1 + 1e-12)
