"""Few values that stand for a distribution: the nodes and weights of its own Gaussian quadrature."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from onepill.core.distributions import Distribution

Floats = npt.NDArray[np.float64]
POINTS = 4_096
"""Equally likely values that a smooth distribution is taken as."""


def gauss_nodes(distribution: Distribution, count: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Values, rising, and their probabilities, which keep the mean and the first `2 * count - 1` moments.

    They are the zeros of the distribution's own orthogonal polynomial of that degree (Golub and Welsch 1969,
    doi:10.1090/S0025-5718-69-99647-1): the eigenvalues of its recurrence. A smooth distribution is taken at the middles
    of `POINTS` slices of equal probability. One of at most `count` values is itself.

    Args:
        count: how many values, 1 or more.

    Returns:
        (values, probabilities), fewer than `count` where the distribution has fewer values.
    """
    values, probs = _as_points(distribution)
    if values.size <= count:
        return tuple(values.tolist()), tuple(probs.tolist())
    centre, width = float(probs @ values), float(np.sqrt(probs @ (values - probs @ values) ** 2))
    if width == 0.0:
        return (distribution.mean(),), (1.0,)
    nodes, vectors = np.linalg.eigh(_recurrence((values - centre) / width, probs, count))
    weights: Floats = vectors[0] ** 2 / np.sum(vectors[0] ** 2)
    found: Floats = nodes * width + centre
    found += distribution.mean() - weights @ found
    return tuple(found.tolist()), tuple(weights.tolist())


def _as_points(distribution: Distribution) -> tuple[Floats, Floats]:
    """The distribution's own values where it has few, else equally likely ones; values that differ, rising."""
    if distribution.kind == "discrete":
        half = len(distribution.params) // 2
        values, probs = (np.array(part) for part in (distribution.params[:half], distribution.params[half:]))
        known, place = np.unique(values.astype(np.float64), return_inverse=True)
        together = np.bincount(place, weights=probs).astype(np.float64)
        return known[together > 0], together[together > 0]
    if distribution.is_fixed:
        return np.array([distribution.mean()]), np.ones(1)
    return distribution.quantile((np.arange(POINTS) + 0.5) / POINTS), np.full(POINTS, 1 / POINTS)


def _recurrence(values: Floats, probs: Floats, count: int) -> Floats:
    """The Jacobi matrix of a distribution's orthonormal polynomials, shape (count, count), by Stieltjes' procedure."""
    matrix = np.zeros((count, count))
    before, now, step = np.zeros_like(values), np.ones_like(values), 0.0
    for i in range(count):
        matrix[i, i] = probs @ (values * now**2)
        ahead = (values - matrix[i, i]) * now - step * before
        step = float(np.sqrt(probs @ ahead**2))
        if i + 1 < count:
            matrix[i, i + 1] = matrix[i + 1, i] = step
            before, now = now, ahead / step
    return matrix
