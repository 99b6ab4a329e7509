"""Distributions against published moments, against scipy's own, and by their laws."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from onepill.core import distributions as dist
from onepill.core.distributions import Distribution

NUMBERS = st.floats(0, 1e6).map(lambda x: round(x, 6))
POSITIVE = st.floats(1e-3, 1e6)
SHAPES = st.floats(0.3, 30)
CHANCES = st.floats(1e-6, 1 - 1e-6)


@st.composite
def continuous(draw: st.DrawFn) -> Distribution:
    """Any distribution with a density, wide enough that its ends are apart in floating point."""
    low, mode, high = sorted(draw(st.tuples(NUMBERS, NUMBERS, NUMBERS)))
    high = max(high, low + 1.0)
    p10 = draw(POSITIVE)
    makers = {
        "uniform": lambda: dist.uniform(low, high),
        "triangular": lambda: dist.triangular(low, mode, high),
        "pert": lambda: dist.pert(low, mode, high),
        "beta": lambda: dist.beta(draw(SHAPES), draw(SHAPES), low, high),
        "lognormal": lambda: dist.lognormal(p10, p10 * draw(st.floats(1.01, 50))),
    }
    return makers[draw(st.sampled_from(sorted(makers)))]()


@st.composite
def stepped(draw: st.DrawFn) -> Distribution:
    """A fixed, a discrete or an empirical distribution."""
    values = sorted(draw(st.lists(NUMBERS, min_size=2, max_size=6)))
    weights = draw(st.lists(st.integers(1, 9), min_size=len(values), max_size=len(values)))
    probs = np.cumsum(weights) / (sum(weights) + 1)
    makers = {
        "fixed": lambda: dist.fixed(values[0]),
        "discrete": lambda: dist.discrete(tuple(values), tuple(w / sum(weights) for w in weights)),
        "empirical": lambda: dist.empirical(tuple(probs), tuple(values)),
    }
    return makers[draw(st.sampled_from(sorted(makers)))]()


def variance(found: Distribution) -> float:
    """By integration over the cumulative probability."""
    square, _ = integrate.quad(lambda u: float(found.quantile(u)) ** 2, 0, 1, limit=400)
    return float(square - found.mean() ** 2)


def scipy_twin(found: Distribution) -> stats.distributions.rv_frozen:
    p = found.params
    if found.kind == "uniform":
        return stats.uniform(p[0], p[1] - p[0])
    if found.kind == "triangular":
        return stats.triang((p[1] - p[0]) / (p[2] - p[0]), p[0], p[2] - p[0])
    if found.kind == "pert":
        a = 1 + 4 * (p[1] - p[0]) / (p[2] - p[0])
        return stats.beta(a, 6 - a, p[0], p[2] - p[0])
    if found.kind == "beta":
        return stats.beta(p[0], p[1], p[2], p[3] - p[2])
    sigma = np.log(p[1] / p[0]) / (2 * stats.norm.ppf(0.9))
    return stats.lognorm(sigma, scale=np.sqrt(p[0] * p[1]))


def test_pert_mean_of_malcolm_roseboom_clark_and_fazar_1959() -> None:
    assert dist.pert(12, 18, 30).mean() == pytest.approx((12 + 4 * 18 + 30) / 6, rel=1e-15)


def test_pert_variance_is_a_seventh_of_the_product_of_the_sides_since_its_shapes_sum_to_6() -> None:
    # mean 19: (19 - 12)(30 - 19) / 7 = 11; the tolerance is that of the quadrature.
    assert variance(dist.pert(12, 18, 30)) == pytest.approx(11, rel=1e-6)


def test_symmetric_pert_has_the_mode_as_its_median() -> None:
    assert float(dist.pert(0, 5, 10).quantile(0.5)) == pytest.approx(5, rel=1e-12)


@pytest.mark.parametrize(
    ("points", "printed", "digits"), [((0, 0.8, 1), 0.047, 3), ((4, 5, 12), 3.167, 3), ((2, 5, 8), 1.5, 9)]
)
def test_triangular_variance_as_printed_in_the_stdlib_js_manual(
    points: tuple[float, float, float], printed: float, digits: int
) -> None:
    assert round(variance(dist.triangular(*points)), digits) == printed


def test_lognormal_has_its_points_and_its_median_between_them() -> None:
    found = dist.lognormal(10, 40)
    assert found.quantile([0.1, 0.5, 0.9]) == pytest.approx([10, 20, 40], rel=1e-12)
    # The 90 % point of the normal distribution is 1.2816 in NIST's table 1.3.6.7.1.
    sigma = np.log(4) / (2 * 1.2816)
    assert found.mean() == pytest.approx(20 * np.exp(sigma**2 / 2), rel=1e-4)


def test_beta_moments_of_nist_handbook_1_3_6_6_17() -> None:
    found = dist.beta(2, 3)
    assert found.mean() == pytest.approx(0.4, rel=1e-15)
    assert variance(found) == pytest.approx(2 * 3 / (5**2 * 6), rel=1e-8)
    assert dist.beta(2, 3, 10, 20).mean() == pytest.approx(14, rel=1e-15)


def test_beta_of_one_and_one_is_uniform() -> None:
    u = np.linspace(0.01, 0.99, 9)
    assert dist.beta(1, 1, 5, 7).quantile(u) == pytest.approx(dist.uniform(5, 7).quantile(u), rel=1e-12)


def test_discrete_values_hold_exactly_their_share_of_the_unit_interval() -> None:
    found = dist.discrete((30.0, 10.0, 20.0), (0.5, 0.2, 0.3))
    u = np.array([1e-9, 0.1999999, 0.2000001, 0.4999999, 0.5000001, 1 - 1e-9])
    assert found.quantile(u).tolist() == [10, 10, 20, 20, 30, 30]
    assert found.mean() == pytest.approx(23, rel=1e-15)


def test_a_value_of_no_chance_is_never_drawn() -> None:
    found = dist.discrete((1.0, 2.0, 3.0), (0.0, 1.0, 0.0))
    assert set(found.quantile(np.linspace(1e-12, 1 - 1e-12, 1001))) == {2.0}


def test_empirical_is_straight_between_quantiles_and_flat_beyond_them() -> None:
    found = dist.empirical((0.1, 0.5, 0.9), (100.0, 200.0, 600.0))
    assert found.quantile([0.01, 0.1, 0.3, 0.7, 0.9, 0.99]).tolist() == pytest.approx([100, 100, 150, 400, 600, 600])
    # 0.1 x 100 below, 0.4 x 150 and 0.4 x 400 between, 0.1 x 600 above.
    assert found.mean() == pytest.approx(10 + 60 + 160 + 60, rel=1e-15)


@pytest.mark.parametrize(
    "make",
    [
        lambda: dist.uniform(2, 1),
        lambda: dist.triangular(1, 3, 2),
        lambda: dist.pert(2, 1, 3),
        lambda: dist.lognormal(0, 1),
        lambda: dist.lognormal(2, 1),
        lambda: dist.beta(0, 1),
        lambda: dist.beta(1, 1, 2, 1),
        lambda: dist.discrete((), ()),
        lambda: dist.discrete((1.0,), (0.5, 0.5)),
        lambda: dist.discrete((1.0, 2.0), (0.6, 0.6)),
        lambda: dist.discrete((1.0, 2.0), (1.5, -0.5)),
        lambda: dist.empirical((0.5,), (1.0,)),
        lambda: dist.empirical((0.1, 1.1), (1.0, 2.0)),
        lambda: dist.empirical((0.9, 0.1), (1.0, 2.0)),
        lambda: dist.fixed(float("nan")),
        lambda: dist.uniform(0, float("inf")),
        lambda: dist.triangular(0, float("nan"), 1),
        lambda: dist.fixed(1.0).scaled(0),
    ],
)
def test_what_is_no_distribution_is_refused(make: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        make()  # type: ignore[operator]  # each parameter is a function


@given(continuous(), st.lists(CHANCES, min_size=1, max_size=5))
def test_quantiles_agree_with_scipy(found: Distribution, u: list[float]) -> None:
    span = max(abs(float(x)) for x in found.quantile([1e-6, 1 - 1e-6]))
    # Both invert the same function; what differs is rounding, on the scale of the largest value.
    assert found.quantile(u) == pytest.approx(scipy_twin(found).ppf(u), rel=1e-7, abs=1e-9 * max(span, 1))


@given(continuous())
def test_mean_agrees_with_scipy(found: Distribution) -> None:
    assert found.mean() == pytest.approx(float(scipy_twin(found).mean()), rel=1e-9)


@given(st.one_of(continuous(), stepped()))
def test_mean_is_the_integral_of_the_quantile_function(found: Distribution) -> None:
    edges = np.cumsum(found.params[len(found.params) // 2 :]) if found.kind == "discrete" else found.params
    inside = sorted({float(x) for x in edges if 0 < x < 1}) if found.kind in ("discrete", "empirical") else [0.5]
    parts = [0.0, *inside, 1.0]
    area = sum(integrate.quad(lambda u: float(found.quantile(u)), a, b, limit=200)[0] for a, b in pairwise(parts))
    # The quadrature misses some of a lognormal's far tail, which diverges slowly at the end.
    assert area == pytest.approx(found.mean(), rel=1e-4, abs=1e-6)


@given(st.one_of(continuous(), stepped()), st.lists(CHANCES, min_size=2, max_size=8))
def test_quantiles_rise_and_keep_their_shape(found: Distribution, u: list[float]) -> None:
    rising = found.quantile(sorted(u))
    assert rising.shape == (len(u),)
    # betaincinv is monotone only within rounding.
    assert np.all(np.diff(rising) >= -1e-9 * np.abs(rising[1:]))


@given(continuous(), CHANCES)
def test_bounded_distributions_stay_within_their_ends(found: Distribution, u: float) -> None:
    ends = {"uniform": (0, 1), "triangular": (0, 2), "pert": (0, 2), "beta": (2, 3)}.get(found.kind)
    if ends is None:
        assert float(found.quantile(u)) > 0
    else:
        low, high = (found.params[i] for i in ends)
        slack = 1e-9 * max(high, 1)
        assert low - slack <= float(found.quantile(u)) <= high + slack


@given(st.one_of(continuous(), stepped()), st.floats(0.01, 100), CHANCES)
def test_scaling_multiplies_every_quantile_and_the_mean(found: Distribution, factor: float, u: float) -> None:
    scaled = found.scaled(factor)
    assert float(scaled.quantile(u)) == pytest.approx(factor * float(found.quantile(u)), rel=1e-6, abs=1e-9)
    assert scaled.mean() == pytest.approx(factor * found.mean(), rel=1e-9)


@pytest.mark.parametrize("make", [dist.triangular, dist.pert])
def test_a_distribution_without_width_is_its_value(make: object) -> None:
    found = make(7, 7, 7)  # type: ignore[operator]
    assert found.quantile([0.1, 0.9]).tolist() == [7, 7]
    assert found.mean() == 7
    assert not found.is_fixed
    assert dist.fixed(7).is_fixed
