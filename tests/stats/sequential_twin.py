"""The slow twins of group-sequential designs: trials played out step by step, and a plain trapezoid rule.

`simulated` knows nothing of subdensities: it adds independent increments, walks through the looks in order and counts.
`trapezoid` is the recursion of 1969 on an even grid of scores, as plainly as it can be written.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tests.stats.normals import cumulative

Floats = npt.NDArray[np.float64]


def paths(shares: Sequence[float], *, trials: int, seed: int) -> Floats:
    """Scores without effect at each look, shape (looks, trials): sums of independent increments."""
    random = np.random.default_rng(seed)
    steps = np.diff(np.asarray(shares), prepend=0.0)
    return np.cumsum(np.sqrt(steps)[:, None] * random.standard_normal((len(shares), trials)), axis=0)


def simulated(
    scores: Floats, shares: Sequence[float], lower_z: Sequence[float], upper_z: Sequence[float], *, drift: float
) -> tuple[list[int], list[int]]:
    """How many of the trials stop above and below at each look."""
    going = np.ones(scores.shape[1], dtype=bool)
    above, below = [], []
    for score, share, low, high in zip(scores, shares, lower_z, upper_z, strict=True):
        z = (score + drift * share) / math.sqrt(share)
        is_above, is_below = going & (z > high), going & (z < low)
        above.append(int(is_above.sum()))
        below.append(int(is_below.sum()))
        going &= ~(is_above | is_below)
    return above, below


def trapezoid(
    shares: Sequence[float], lower_z: Sequence[float], upper_z: Sequence[float], *, drift: float, points: int = 4001
) -> tuple[list[float], list[float]]:
    """The chance to stop above and below at each look, by the trapezoid rule under the drift itself."""
    scores, weights, last = np.zeros(1), np.ones(1), 0.0
    above, below = [], []
    for share, low, high in zip(shares, lower_z, upper_z, strict=True):
        step, root = share - last, math.sqrt(share)
        spread = math.sqrt(step)
        means = scores + drift * step
        above.append(float(weights @ cumulative((means - high * root) / spread)))
        below.append(float(weights @ cumulative((low * root - means) / spread)))
        left = max(low * root, drift * share - 9 * root)
        right = min(high * root, drift * share + 9 * root)
        grid = np.linspace(left, right, points)
        density = np.exp(-0.5 * ((grid[:, None] - means) / spread) ** 2) / (spread * math.sqrt(2 * math.pi))
        rule = np.full(points, grid[1] - grid[0])
        rule[[0, -1]] /= 2
        weights, scores, last = rule * (density @ weights), grid, share
    return above, below
