"""Tables that stand in for quantile functions: dense where the value of a path is sensitive, exact at their knots.

A dyadic table is laid over `u`: every octave of the nearer tail's probability, from one half down to 2**-31, has the
same number of evenly spaced knots, so that the bits of a float64 are the index. A normal-space table is laid over z
for draws that load on common factors. Between knots both are straight lines; `docs/methods/simulation.md` states the
error, and tests hold it.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from onepill.core.distributions import Distribution, lognormal_moments
from onepill.core.normal import ndtr, ndtri

Floats = npt.NDArray[np.float64]

OCTAVES = 30
KNOT_BITS = 6
KNOTS_PER_OCTAVE = 2**KNOT_BITS
SIDE_KNOTS = OCTAVES * KNOTS_PER_OCTAVE + 2
"""Knots of one side: every octave's, the end of the last octave, and one to lean on."""
SMALLEST_TAIL = 2.0 ** -(OCTAVES + 1)
Z_KNOTS = 1025
Z_LIMIT = 6.4
PHI_KNOTS = 8193
PHI_LIMIT = 8.0
_NODES = 9
_COSTLY = ("pert", "beta")


@lru_cache(maxsize=1)
def normal_table() -> Floats:
    """The dyadic table of the standard normal quantile."""
    tail = _tails(KNOTS_PER_OCTAVE)
    below = ndtri(tail)
    return np.concatenate((below, below[-1:], -below, -below[-1:]))


@lru_cache(maxsize=1)
def phi_table() -> Floats:
    """The standard normal distribution function on even knots from -PHI_LIMIT to PHI_LIMIT, and one to lean on."""
    values = ndtr(np.linspace(-PHI_LIMIT, PHI_LIMIT, PHI_KNOTS))
    return np.concatenate((values, values[-1:]))


@lru_cache(maxsize=512)
def dyadic_table(distribution: Distribution, survived_prob: float = 0.0) -> Floats:
    """The quantile given that the value exceeds its own `survived_prob` quantile, lower side first, 2 * SIDE_KNOTS."""
    if distribution.kind == "lognormal" and survived_prob == 0.0:
        return _lognormal_at(distribution, normal_table())
    costly = distribution.kind in _COSTLY and survived_prob == 0.0
    tail = _tails(_NODES - 1 if costly else KNOTS_PER_OCTAVE)
    sides = [_given(distribution, u, survived_prob) for u in (tail, 1.0 - tail)]
    if costly:
        sides = [_refine(side) for side in sides]
    return np.concatenate([np.append(side, side[-1]) for side in sides])


@lru_cache(maxsize=512)
def normal_space_table(distribution: Distribution, survived_prob: float = 0.0) -> Floats:
    """The same quantile at Phi(z) on Z_KNOTS even knots from -Z_LIMIT to Z_LIMIT, and one to lean on."""
    z = np.linspace(-Z_LIMIT, Z_LIMIT, Z_KNOTS)
    if distribution.kind == "lognormal" and survived_prob == 0.0:
        values = _lognormal_at(distribution, z)
    else:
        values = _given(distribution, ndtr(z), survived_prob)
    return np.append(values, values[-1])


def probability_at(distribution: Distribution, value: float) -> float:
    """The probability of a value of at most `value`, by bisection of the quantile function."""
    low, high = 0.0, 1.0
    for _ in range(64):
        middle = (low + high) / 2
        if float(distribution.quantile(middle)) <= value:
            low = middle
        else:
            high = middle
    return 0.0 if high < 1e-15 else 1.0 if low > 1 - 1e-15 else low


def _tails(per_octave: int) -> Floats:
    """Tail probabilities from 2**-31 to one half, `per_octave` even steps in each octave."""
    octave = SMALLEST_TAIL * 2.0 ** np.arange(OCTAVES)
    knots = octave[:, None] * (1.0 + np.arange(per_octave) / per_octave)
    return np.append(knots.ravel(), 0.5)


def _given(distribution: Distribution, u: Floats, survived_prob: float) -> Floats:
    return distribution.quantile(survived_prob + u * (1.0 - survived_prob))


def _lognormal_at(distribution: Distribution, z: Floats) -> Floats:
    """Values at standard normal z, without the way there and back through probabilities."""
    mean, spread = lognormal_moments(*distribution.params)
    return np.asarray(np.exp(mean + spread * z), dtype=np.float64)


def _refine(coarse: Floats) -> Floats:
    """Fill each octave by the polynomial through its nine nodes: inverse beta functions are dear to evaluate."""
    ends = coarse[_NODES - 1 :: _NODES - 1]
    nodes = np.column_stack((coarse[:-1].reshape(OCTAVES, _NODES - 1), ends))
    return np.append((nodes @ _lagrange()).ravel(), coarse[-1])


@lru_cache(maxsize=1)
def _lagrange() -> Floats:
    """Weights of nine even nodes on [0, 1] at the knots of an octave, shape (9, KNOTS_PER_OCTAVE)."""
    nodes = np.arange(_NODES) / (_NODES - 1)
    at = np.arange(KNOTS_PER_OCTAVE) / KNOTS_PER_OCTAVE
    weights = np.ones((_NODES, KNOTS_PER_OCTAVE))
    for i, node in enumerate(nodes):
        for other in np.delete(nodes, i):
            weights[i] *= (at - other) / (node - other)
    return weights
