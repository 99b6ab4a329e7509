"""The chance of success of a trial given what is known about the effect, before it starts and at an interim look.

Effects are drifts here: the expected z statistic at full information. Everything else about the endpoint has been
taken into account by then. Success is a z statistic beyond the upper bound.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from onepill.stats.sequential.boundary import Boundary
from onepill.stats.sequential.ladder import Rung, climb

Floats = npt.NDArray[np.float64]
_REACH = 8.5
"""Standard deviations of a prior that are integrated over; 2e-17 lies beyond on each side."""
_NODES = 16
"""Gauss-Legendre nodes a panel, which is at most one standard deviation and one unit of the z scale wide."""
_MOST_PANELS = 400
_WEIGHTS_NEAR = 1e-6


@dataclass(frozen=True)
class NormalPrior:
    """The drift is normal with this mean and standard deviation, above 0."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        if not (self.sd > 0 and math.isfinite(self.sd) and math.isfinite(self.mean)):
            raise ValueError(f"a prior has a finite mean and a standard deviation above 0, not {self.mean}, {self.sd}")

    def points(self) -> tuple[Floats, Floats]:
        """Drifts and weights of a quadrature, exact to 1e-12 for functions as smooth as a power curve.

        Beyond 400 panels (a standard deviation of 23 on the z scale) panels widen and the accuracy falls.
        """
        panels = min(_MOST_PANELS, math.ceil(2 * _REACH * max(1.0, self.sd)))
        edges = np.linspace(-_REACH, _REACH, panels + 1)
        places, weights = np.polynomial.legendre.leggauss(_NODES)
        half = (edges[1] - edges[0]) / 2
        u = (edges[:-1, None] + half * (1 + places)).ravel()
        mass = np.tile(weights * half, panels) * np.exp(-0.5 * u * u) / math.sqrt(2 * math.pi)
        return self.mean + self.sd * u, mass / mass.sum()

    def prob_above(self, drift: float) -> float:
        return float(ndtr((self.mean - drift) / self.sd))

    def at_look(self, share: float, z: float) -> NormalPrior:
        """The posterior after a statistic `z` at information `share`; its score is N(drift * share, share)."""
        variance = self.sd * self.sd
        if self.sd <= 1:  # whose variance may vanish, while that of a wide one may overflow
            growth = 1 + variance * share
            return NormalPrior((self.mean + variance * z * math.sqrt(share)) / growth, self.sd / math.sqrt(growth))
        precision = 1 / variance + share
        return NormalPrior((self.mean / variance + z * math.sqrt(share)) / precision, precision**-0.5)


@dataclass(frozen=True)
class PointsPrior:
    """The drift is one of a few, each with its weight; weights sum to 1."""

    drifts: tuple[float, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.drifts) != len(self.weights) or not self.drifts:
            raise ValueError("a prior has one weight for each effect, at least one")
        if not all(map(math.isfinite, self.drifts)) or not all(weight >= 0 for weight in self.weights):
            raise ValueError("effects of a prior are finite and their weights not below 0")
        if not abs(math.fsum(self.weights) - 1) < _WEIGHTS_NEAR:
            raise ValueError(f"weights of a prior sum to 1, not to {math.fsum(self.weights):g}")

    def points(self) -> tuple[Floats, Floats]:
        return np.asarray(self.drifts), np.asarray(self.weights)

    def prob_above(self, drift: float) -> float:
        pairs = zip(self.drifts, self.weights, strict=True)
        return math.fsum(weight for effect, weight in pairs if effect > drift)

    def at_look(self, share: float, z: float) -> PointsPrior:
        """The weights after a statistic `z` at information `share`."""
        drifts, weights = self.points()
        exponent = drifts * (z * math.sqrt(share) - 0.5 * drifts * share)
        after = weights * np.exp(exponent - exponent[weights > 0].max())
        return PointsPrior(self.drifts, tuple((after / after.sum()).tolist()))


Prior = NormalPrior | PointsPrior


def assurance_of_test(prior: Prior, *, critical_z: float) -> float:
    """The chance that a test with one look succeeds, over what is known about its drift.

    For a normal prior in closed form, Phi((mean - critical_z) / sqrt(1 + sd^2)): the statistic is normal around a
    normal drift (Spiegelhalter DJ, Freedman LS 1986, Statistics in Medicine 5:1-13; O'Hagan A, Stevens JW 2001, Medical
    Decision Making 21:219-230).
    """
    if isinstance(prior, NormalPrior):
        return float(ndtr((prior.mean - critical_z) / math.hypot(1.0, prior.sd)))
    drifts, weights = prior.points()
    return float(weights @ ndtr(drifts - critical_z))


def assurance_by_look(prior: Prior, boundary: Boundary) -> tuple[Floats, Floats]:
    """The chance to stop above and below at each look, over what is known about the drift; shape (looks,) each."""
    drifts, weights = prior.points()
    upper, lower = boundary.stop_probs(drifts)
    return weights @ upper, weights @ lower


def rest_of_trial(boundary: Boundary, look: int, z: float) -> Callable[[npt.ArrayLike], Floats]:
    """The chance of success at a later look, as a function of the drift, where the statistic at a look is known.

    Args:
        boundary: bounds of the whole trial.
        look: the look that has been made, from 1; not the last.
        z: its statistic. A trial that should have stopped is taken to go on.

    Returns:
        The conditional power of drifts: a number for a number, else shape (m,).

    Raises:
        ValueError: there is no later look.
    """
    if not 1 <= look < len(boundary.shares):
        raise ValueError(f"looks 1 to {len(boundary.shares) - 1} have a later one, not {look}")
    share = boundary.shares[look - 1]
    score = z * math.sqrt(share)
    rung = Rung(share, np.asarray([score]), np.ones(1))
    rungs = [rung]
    for later in range(look, len(boundary.shares) - 1):
        rung = climb(
            rung,
            boundary.shares[later],
            lower=boundary.lower_z[later],
            upper=boundary.upper_z[later],
            next_share=boundary.shares[later + 1],
        )
        rungs.append(rung)
    rest = Boundary(boundary.shares[look:], boundary.lower_z[look:], boundary.upper_z[look:], tuple(rungs))

    def conditional_power(drift: npt.ArrayLike) -> Floats:
        drifts = np.asarray(drift, dtype=np.float64)
        # Rungs carry the likelihood of the score from the start on; what was seen counts once for all drifts.
        seen = np.exp(drifts * (score - 0.5 * drifts * share))
        return np.asarray(rest.stop_probs(drifts)[0].sum(axis=-1) / seen)

    return conditional_power


def predictive_power(boundary: Boundary, look: int, z: float, prior: Prior | None = None) -> float:
    """Conditional power averaged over what is known about the drift after the look.

    Args:
        boundary: bounds of the whole trial.
        look: the look that has been made, from 1.
        z: its statistic.
        prior: what was known before the trial; none takes every drift as equally likely.

    Source: Spiegelhalter DJ, Freedman LS, Blackburn PR (1986), Controlled Clinical Trials 7:8-17.
    """
    share = boundary.shares[look - 1]
    after = NormalPrior(z / math.sqrt(share), share**-0.5) if prior is None else prior.at_look(share, z)
    drifts, weights = after.points()
    return float(weights @ rest_of_trial(boundary, look, z)(drifts))
