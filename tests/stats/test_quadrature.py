"""Few values that stand for a distribution."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.core.distributions import Distribution, discrete, fixed, lognormal, pert, triangular, uniform
from onepill.stats.quadrature import POINTS, gauss_nodes


@pytest.mark.parametrize(
    ("count", "values", "weights"),
    [
        (2, [-0.577350269, 0.577350269], [1.0, 1.0]),
        (3, [-0.774596669, 0.0, 0.774596669], [0.555555556, 0.888888889, 0.555555556]),
        (
            5,
            [-0.906179846, -0.538469310, 0.0, 0.538469310, 0.906179846],
            [0.236926885, 0.478628670, 0.568888889, 0.478628670, 0.236926885],
        ),
    ],
)
def test_a_uniform_one_has_the_published_nodes_of_gauss_and_legendre(
    count: int, values: list[float], weights: list[float]
) -> None:
    """Abramowitz and Stegun 1964, table 25.4; the slices of equal probability cost 1e-6."""
    found, probs = gauss_nodes(uniform(-1.0, 1.0), count)
    np.testing.assert_allclose(found, values, atol=1e-6)
    np.testing.assert_allclose(2 * np.array(probs), weights, atol=1e-6)


SPREADS = st.sampled_from([uniform(-0.03, 0.05), triangular(2, 3, 7), pert(1, 2, 9), lognormal(2, 6)])


@given(SPREADS, st.integers(2, 6))
def test_nodes_keep_the_moments(law: Distribution, count: int) -> None:
    values, probs = map(np.array, gauss_nodes(law, count))
    assert probs @ values == pytest.approx(law.mean(), rel=1e-12)
    points = law.quantile((np.arange(POINTS) + 0.5) / POINTS)
    shifted = points + law.mean() - points.mean()
    for power in range(2, 2 * count):
        assert probs @ values**power == pytest.approx(float(np.mean(shifted**power)), rel=1e-6), power
    assert (probs > 0).all()
    assert (np.diff(values) > 0).all()
    assert values[0] > points[0]
    assert values[-1] < points[-1] + abs(law.mean() - points.mean())


def test_few_values_are_themselves() -> None:
    assert gauss_nodes(discrete((0.4, 0.8), (0.25, 0.75)), 3) == ((0.4, 0.8), (0.25, 0.75))
    assert gauss_nodes(discrete((0.4, 0.4, 0.8), (0.25, 0.5, 0.25)), 2) == ((0.4, 0.8), (0.75, 0.25))
    assert gauss_nodes(fixed(3.0), 4) == ((3.0,), (1.0,))
    values, probs = gauss_nodes(discrete((1.0, 2.0, 3.0), (0.25, 0.5, 0.25)), 2)
    assert np.dot(values, probs) == pytest.approx(2.0)
    assert np.dot(np.square(values), probs) == pytest.approx(4.5)
