"""The kernel's chance against exact quantiles: what a table costs, and what no table may do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from onepill.core.distributions import (
    Distribution,
    beta,
    discrete,
    empirical,
    fixed,
    lognormal,
    pert,
    triangular,
    uniform,
)
from onepill.core.streams import uniforms
from onepill.sim import compile_plan, run
from onepill.sim.plan import Activity, Cost, Draw
from tests.sim.plans import make_plan

DRAWS = 60_000
CLOSED = (fixed(7.0), uniform(2.0, 9.0), triangular(1.0, 2.0, 9.0), triangular(1.0, 1.0, 4.0), uniform(3.0, 3.0))
TABLES = (pert(10.0, 20.0, 90.0), lognormal(50.0, 200.0), beta(0.7, 3.0), beta(5.0, 2.0, 10.0, 20.0))
STEPPED = (discrete((1.0, 5.0, 6.0), (0.25, 0.5, 0.25)), empirical((0.1, 0.4, 0.4, 0.9), (3.0, 4.0, 8.0, 9.0)))


def drawn(distribution: Distribution, *, loading: float = 0.0, **more: float) -> np.ndarray:
    """The values that the kernel draws: an income on the plan's day, whose discount factor is 1."""
    loadings = (("x", loading),) if loading else ()
    amount = Draw("amount", distribution, loadings, **more)
    plan = make_plan(Activity("a", costs=(Cost(amount, "a", "start", income=True),)), factors=("x",))
    return run(compile_plan(plan), draws=DRAWS, seed=4).npv_usd["owner"]


def exact(distribution: Distribution) -> np.ndarray:
    return distribution.quantile(uniforms(4, stream="amount", paths=np.arange(DRAWS)))


@pytest.mark.parametrize("distribution", CLOSED + STEPPED)
def test_closed_forms_and_steps_are_exact(distribution: Distribution) -> None:
    """1e-14 is the rounding of another order of the same operations."""
    np.testing.assert_allclose(drawn(distribution), exact(distribution), rtol=1e-14)


@pytest.mark.parametrize("distribution", TABLES)
def test_table_error_is_below_3e_5_of_the_value(distribution: Distribution) -> None:
    np.testing.assert_allclose(drawn(distribution), exact(distribution), rtol=3e-5)


@pytest.mark.parametrize("distribution", TABLES)
def test_table_holds_in_the_tails_to_one_in_a_billion(distribution: Distribution) -> None:
    from onepill.sim.quantiles import KNOTS_PER_OCTAVE, OCTAVES, dyadic_table

    table = dyadic_table(distribution)
    tail = 2.0 ** -(OCTAVES + 1) * 2.0 ** np.arange(OCTAVES)
    lower = table[: OCTAVES * KNOTS_PER_OCTAVE : KNOTS_PER_OCTAVE]
    np.testing.assert_allclose(lower, distribution.quantile(tail), rtol=1e-7)


@pytest.mark.parametrize("distribution", TABLES + CLOSED[1:4] + STEPPED)
def test_loaded_draws_keep_their_distribution(distribution: Distribution) -> None:
    """Kolmogorov's distance to the distribution stays below its bound of 1 in 10,000, 2.23 / sqrt(n)."""
    values = np.sort(drawn(distribution, loading=0.6))
    u = (np.arange(DRAWS) + 0.5) / DRAWS
    step = 2.23 / np.sqrt(DRAWS)
    assert np.all(values >= distribution.quantile(np.maximum(u - step, 1e-12)) - 1e-9)
    assert np.all(values <= distribution.quantile(np.minimum(u + step, 1 - 1e-12)) + 1e-9)


def test_loaded_table_error_is_that_of_its_knots_and_of_the_normals() -> None:
    """Lognormal: 1.4e-5 sigma from the draw's own normal, 2e-5 sigma^2 from knots 0.0125 apart (h^2 / 8)."""
    distribution = lognormal(50.0, 200.0)
    sigma = np.log(4.0) / (2 * 1.2815515655446004)
    own, common = (ndtri(uniforms(4, stream=name, paths=np.arange(DRAWS))) for name in ("amount", "factor.x"))
    expected = distribution.quantile(ndtr(0.8 * own + 0.6 * common))
    np.testing.assert_allclose(drawn(distribution, loading=0.6), expected, rtol=2.8e-5 * sigma + 2e-5 * sigma**2)


@pytest.mark.parametrize("distribution", [uniform(2.0, 9.0), triangular(1.0, 2.0, 9.0), pert(10.0, 20.0, 90.0)])
def test_loaded_table_error_of_a_bounded_draw_is_below_1e_5_of_its_range(distribution: Distribution) -> None:
    own, common = (ndtri(uniforms(4, stream=name, paths=np.arange(DRAWS))) for name in ("amount", "factor.x"))
    expected = distribution.quantile(ndtr(0.8 * own + 0.6 * common))
    spread = distribution.params[-1] - distribution.params[0]
    np.testing.assert_allclose(drawn(distribution, loading=0.6), expected, atol=1e-5 * spread, rtol=0)


def test_discrete_values_are_never_interpolated() -> None:
    for loading in (0.0, 0.5):
        assert set(drawn(STEPPED[0], loading=loading)) == {1.0, 5.0, 6.0}


def test_factor_and_cap_act_on_the_value() -> None:
    values = drawn(uniform(0.0, 10.0), factor=2.0, cap=12.0)
    np.testing.assert_allclose(values, np.minimum(2 * exact(uniform(0.0, 10.0)), 12.0), rtol=1e-14)
    assert drawn(fixed(9.0), cap=5.0)[0] == 5.0


def test_correlation_is_the_product_of_the_loadings() -> None:
    """Four standard errors of a correlation of about a half."""
    plan = make_plan(
        *(
            Activity(id_, costs=(Cost(Draw(id_, lognormal(1.0, 3.0), (("x", load),)), id_, "start", party=id_),))
            for id_, load in (("a", 0.9), ("b", -0.6), ("c", 0.0))
        ),
        parties=("a", "b", "c"),
        factors=("x",),
    )
    npv = run(compile_plan(plan), draws=DRAWS, seed=2).npv_usd
    normals = {id_: np.log(-npv[id_]) for id_ in "abc"}
    found = np.corrcoef([normals[id_] for id_ in "abc"])
    assert found[0, 1] == pytest.approx(-0.54, abs=4 * (1 - 0.54**2) / np.sqrt(DRAWS))
    assert found[0, 2] == pytest.approx(0.0, abs=4 / np.sqrt(DRAWS))


def test_draws_that_name_one_stream_share_their_uniform() -> None:
    plan = make_plan(
        *(Activity(i, costs=(Cost(Draw("same", uniform(1.0, 2.0)), i, "start", party=i),)) for i in ("a", "b")),
        parties=("a", "b"),
    )
    npv = run(compile_plan(plan), draws=100, seed=2).npv_usd
    np.testing.assert_array_equal(npv["a"], npv["b"])


@settings(max_examples=30, deadline=None, derandomize=True)
@given(low=st.floats(1.0, 50.0), ratio=st.floats(1.05, 20.0))
def test_lognormal_error_bound_holds_for_any_spread(low: float, ratio: float) -> None:
    """A line over 1/64 of an octave errs by h^2 / 8 times the second derivative: 1.31e-5 sigma + 1.89e-5 sigma^2."""
    distribution = lognormal(low, low * ratio)
    sigma = np.log(ratio) / (2 * 1.2815515655446004)
    np.testing.assert_allclose(drawn(distribution), exact(distribution), rtol=1.35e-5 * sigma + 1.95e-5 * sigma**2)
