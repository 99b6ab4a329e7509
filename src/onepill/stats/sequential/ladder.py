"""Where an unfinished trial's statistic stands at each look: recursive numerical integration, one rung a look.

The statistic at information share t is normal, and increments of its score z * sqrt(t) are independent (Armitage,
McPherson and Rowe 1969, JRSS A 132:235-244). A rung holds the subdensity of z among trials that have not stopped,
under no effect, at the nodes of a Gauss-Legendre rule. Any other effect is a factor on it, exp(drift * score -
drift^2 t / 2), so that one ladder answers for all effects.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

Floats = npt.NDArray[np.float64]

REACH = 7.5
"""Standard deviations around a mean that are integrated over; 3e-14 lies beyond on each side."""
MOST_DRIFT = 16.0
"""Where a look has no upper bound, the integral reaches as far as drifts from 0 to this one need."""
NODES_PER_SCALE = 2.0
LEAST_NODES = 16
MOST_NODES_A_PANEL = 192
"""Nodes for each width of the narrowest curve on the interval: errors of 1e-13 on a grid of designs (the tests')."""
LEAST_STEP = 0.001
"""The smallest step of information: nearer looks would need more nodes than they are worth."""
_LEAST_PROB = 1e-100
_ROOT_TWO_PI = math.sqrt(2 * math.pi)
_NEAR = 1e-7
"""Newton's method squares its error: after a step this small 1e-14 is left."""
_MOST_STEPS = 60


@dataclass(frozen=True, slots=True)
class Rung:
    """Trials still going after a look: at information `share` the score is `score` (n,) with weight `mass` (n,)."""

    share: float
    score: Floats
    mass: Floats


START = Rung(0.0, np.zeros(1), np.ones(1))
"""Before the first look every trial is going, with nothing seen."""


def tail_prob(rung: Rung, share: float, z: float, *, drift: float = 0.0, side: int = 1) -> float:
    """The chance to go on from `rung` and be beyond `z` at the next look.

    Args:
        rung: trials still going.
        share: information share of the next look, above that of `rung`.
        z: a bound on the scale of the standardised statistic.
        drift: expected statistic at full information.
        side: 1 for above `z`, -1 for below.
    """
    step = share - rung.share
    ahead = (rung.score + drift * step - z * math.sqrt(share)) / math.sqrt(step)
    return float(_weights(rung, drift) @ ndtr(side * ahead))


def tail_point(rung: Rung, share: float, prob: float, *, drift: float = 0.0, side: int = 1) -> float:
    """The bound beyond which a trial still going is with chance `prob` at the next look.

    Newton's method on the logarithm of the tail from the outside: subdensities of such trials are log-concave, and so
    are their tails (Prekopa 1973), so that each step stays outside and convergence is certain.

    Returns:
        The bound; infinite outwards where `prob` is below 1e-100, inwards where fewer trials than `prob` are going.
    """
    if prob < _LEAST_PROB:
        return side * math.inf
    weights, step, root = _weights(rung, drift), share - rung.share, math.sqrt(share)
    going = float(weights.sum())
    if prob >= going * (1 - 1e-12):
        return -side * math.inf
    means, spread = side * (rung.score + drift * step), math.sqrt(step)
    # Further out than if no trial had stopped, and than if all that go on stood where the furthest does, it is not.
    unstopped = side * drift * root - float(ndtri(prob))
    z = min(unstopped, (float(means.max()) - spread * float(ndtri(prob / going))) / root)
    for _ in range(_MOST_STEPS):
        ahead = (means - z * root) / spread
        tail = float(weights @ ndtr(ahead))
        slope = float(weights @ np.exp(-0.5 * ahead * ahead)) * root / (spread * _ROOT_TWO_PI)
        move = math.log(tail / prob) * tail / slope
        z += move
        if abs(move) < _NEAR:
            break
    return side * z


def climb(rung: Rung, share: float, *, lower: float, upper: float, next_share: float) -> Rung:
    """Trials still going after the look at `share`, where those outside `lower` to `upper` stop.

    Args:
        rung: trials going before the look.
        share: information share of the look.
        lower: lower bound on the z scale, minus infinity where there is none.
        upper: upper bound on the z scale, infinite where there is none.
        next_share: information share of the look after it; it says how fine the nodes must be.
    """
    step, root = share - rung.share, math.sqrt(share)
    # Without a lower bound nothing depends on what is far below; with one, every trial that stops there is counted.
    low = max(lower, -REACH - (MOST_DRIFT * root if math.isfinite(lower) else 0.0))
    high = min(upper, REACH + MOST_DRIFT * root)
    if low >= high:
        return Rung(share, np.empty(0), np.empty(0))
    scale = min(1.0, math.sqrt(step / share), math.sqrt((next_share - share) / share))
    z, weights = _nodes(low, high, scale)
    score, spread = z * root, math.sqrt(step)
    ahead = score[:, None] / spread - rung.score / spread
    ahead *= ahead
    ahead *= -0.5
    density = np.exp(ahead, out=ahead) @ rung.mass
    return Rung(share, score, weights * density * (root / (spread * _ROOT_TWO_PI)))


def _weights(rung: Rung, drift: float) -> Floats:
    """The mass under `drift`: the likelihood ratio against no effect, from the score alone."""
    return rung.mass * np.exp(drift * rung.score - 0.5 * drift * drift * rung.share) if drift else rung.mass


def _nodes(low: float, high: float, scale: float) -> tuple[Floats, Floats]:
    """Nodes and weights on `low` to `high` for curves no narrower than `scale`; long intervals are cut into panels."""
    count = LEAST_NODES + math.ceil(NODES_PER_SCALE * (high - low) / scale)
    panels = math.ceil(count / MOST_NODES_A_PANEL)
    nodes, weights = _rule(8 * math.ceil(count / panels / 8))
    half = (high - low) / panels / 2
    if panels == 1:
        return low + half * (1 + nodes), half * weights
    starts = low + 2 * half * np.arange(panels)
    return (starts[:, None] + half * (1 + nodes)).ravel(), np.tile(half * weights, panels)


@lru_cache(maxsize=64)
def _rule(count: int) -> tuple[Floats, Floats]:
    """Gauss-Legendre nodes and weights on -1 to 1."""
    return np.polynomial.legendre.leggauss(count)
