"""The distributions that a value may have, each by its quantile function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import Literal

import numpy as np
import numpy.typing as npt

Kind = Literal["fixed", "uniform", "triangular", "pert", "lognormal", "beta", "discrete", "empirical"]
Floats = npt.NDArray[np.float64]
_Z90 = 1.2815515655446004
"""The 90 % point of the standard normal distribution."""


@dataclass(frozen=True)
class Distribution:
    """A distribution of one value; `params` in the order of the constructor of the same name, in the value's unit."""

    kind: Kind
    params: tuple[float, ...]

    @property
    def is_fixed(self) -> bool:
        return self.kind == "fixed"

    def quantile(self, u: npt.ArrayLike) -> Floats:
        """The value at cumulative probability `u` (0 < u < 1), same shape as `u`."""
        return _QUANTILES[self.kind](np.asarray(u, dtype=np.float64), *self.params)

    def mean(self) -> float:
        """The expected value (closed form where there is one, exact sums otherwise)."""
        return _MEANS[self.kind](*self.params)

    def scaled(self, factor: float) -> Distribution:
        """The distribution of `factor` times the value, `factor` above 0."""
        if factor <= 0:
            raise ValueError(f"a scale must be positive, not {factor}")
        keep = _SHAPE_PARAMS.get(self.kind, 0)
        if self.kind in ("discrete", "empirical"):
            half = len(self.params) // 2
            values, probs = (self.params[:half], self.params[half:])
            return Distribution(self.kind, (*(v * factor for v in values), *probs))
        return Distribution(self.kind, (*self.params[:keep], *(p * factor for p in self.params[keep:])))


def fixed(value: float) -> Distribution:
    _finite(value)
    return Distribution("fixed", (float(value),))


def uniform(low: float, high: float) -> Distribution:
    _ordered(low, high)
    return Distribution("uniform", (float(low), float(high)))


def triangular(low: float, mode: float, high: float) -> Distribution:
    _ordered(low, mode, high)
    return Distribution("triangular", (float(low), float(mode), float(high)))


def pert(low: float, mode: float, high: float) -> Distribution:
    """Beta-PERT with weight 4 on the mode (Malcolm, Roseboom, Clark and Fazar 1959)."""
    _ordered(low, mode, high)
    return Distribution("pert", (float(low), float(mode), float(high)))


def lognormal(p10: float, p90: float) -> Distribution:
    """Lognormal by its 10 % and 90 % points, both above 0."""
    if p10 <= 0:
        raise ValueError(f"p10 must be above 0, not {p10}")
    _ordered(p10, p90)
    return Distribution("lognormal", (float(p10), float(p90)))


def beta(alpha: float, beta_: float, low: float = 0.0, high: float = 1.0) -> Distribution:
    """Beta with the two shape parameters, stretched from 0 and 1 to `low` and `high`."""
    _finite(alpha, beta_)
    if alpha <= 0 or beta_ <= 0:
        raise ValueError("alpha and beta must be above 0")
    _ordered(low, high)
    return Distribution("beta", (float(alpha), float(beta_), float(low), float(high)))


def discrete(values: tuple[float, ...], probs: tuple[float, ...]) -> Distribution:
    """One of `values`, each with its probability; probabilities sum to 1."""
    if len(values) != len(probs) or not values:
        raise ValueError("as many probabilities as values, at least one")
    _finite(*values, *probs)
    if min(probs) < 0 or abs(sum(probs) - 1.0) > 1e-9:
        raise ValueError(f"probabilities must sum to 1, not {sum(probs):g}")
    order = sorted(range(len(values)), key=lambda i: values[i])
    return Distribution("discrete", (*(float(values[i]) for i in order), *(float(probs[i]) for i in order)))


def empirical(probs: tuple[float, ...], values: tuple[float, ...]) -> Distribution:
    """Straight lines between observed quantiles, `probs` from 0 to 1; flat beyond the first and the last."""
    if len(values) != len(probs) or len(values) < 2:
        raise ValueError("as many quantiles as probabilities, at least two")
    _ordered(*values)
    _ordered(0, *probs, 1)
    return Distribution("empirical", (*map(float, values), *map(float, probs)))


def _finite(*values: float) -> None:
    if not all(map(isfinite, values)):
        raise ValueError(f"values must be finite numbers: {', '.join(f'{v:g}' for v in values)}")


def _ordered(*values: float) -> None:
    _finite(*values)
    if any(b < a for a, b in pairwise(values)):
        raise ValueError(f"values must rise: {', '.join(f'{v:g}' for v in values)}")


def _q_fixed(u: Floats, value: float) -> Floats:
    return np.full(u.shape, value)


def _q_uniform(u: Floats, low: float, high: float) -> Floats:
    return low + u * (high - low)


def _q_triangular(u: Floats, low: float, mode: float, high: float) -> Floats:
    if high == low:
        return np.full(u.shape, low)
    split = (mode - low) / (high - low)
    left = low + np.sqrt(u * (high - low) * (mode - low))
    right = high - np.sqrt((1 - u) * (high - low) * (high - mode))
    return np.where(u < split, left, right)


def _q_pert(u: Floats, low: float, mode: float, high: float) -> Floats:
    if high == low:
        return np.full(u.shape, low)
    a = 1 + 4 * (mode - low) / (high - low)
    return _q_beta(u, a, 6 - a, low, high)


def _q_lognormal(u: Floats, p10: float, p90: float) -> Floats:
    from onepill.core.normal import ndtri

    mu, sigma = lognormal_moments(p10, p90)
    return np.asarray(np.exp(mu + sigma * ndtri(u)), dtype=np.float64)


def _q_beta(u: Floats, alpha: float, beta_: float, low: float, high: float) -> Floats:
    from scipy.special import betaincinv

    return np.asarray(low + (high - low) * betaincinv(alpha, beta_, u), dtype=np.float64)


def _q_discrete(u: Floats, *params: float) -> Floats:
    half = len(params) // 2
    edges = np.cumsum(params[half:])
    index = np.searchsorted(edges, u, side="right").clip(0, half - 1)
    return np.asarray(np.asarray(params[:half])[index], dtype=np.float64)


def _q_empirical(u: Floats, *params: float) -> Floats:
    half = len(params) // 2
    return np.asarray(np.interp(u, params[half:], params[:half]), dtype=np.float64)


def lognormal_moments(p10: float, p90: float) -> tuple[float, float]:
    """Mean and standard deviation of the logarithm, from the 10 % and 90 % points."""
    low, high = float(np.log(p10)), float(np.log(p90))
    return (low + high) / 2, (high - low) / (2 * _Z90)


def _m_lognormal(p10: float, p90: float) -> float:
    mu, sigma = lognormal_moments(p10, p90)
    return float(np.exp(mu + sigma**2 / 2))


def _m_beta(alpha: float, beta_: float, low: float, high: float) -> float:
    return low + (high - low) * alpha / (alpha + beta_)


def _m_discrete(*params: float) -> float:
    half = len(params) // 2
    return float(np.dot(params[:half], params[half:]))


def _m_empirical(*params: float) -> float:
    half = len(params) // 2
    values, probs = np.asarray(params[:half]), np.asarray(params[half:])
    inner = float(np.sum(np.diff(probs) * (values[1:] + values[:-1]) / 2))
    return inner + float(probs[0] * values[0] + (1 - probs[-1]) * values[-1])


_SHAPE_PARAMS: dict[Kind, int] = {"beta": 2}
"""How many leading parameters are shapes, which a change of scale leaves alone."""
_QUANTILES: dict[Kind, Callable[..., Floats]] = {
    "fixed": _q_fixed,
    "uniform": _q_uniform,
    "triangular": _q_triangular,
    "pert": _q_pert,
    "lognormal": _q_lognormal,
    "beta": _q_beta,
    "discrete": _q_discrete,
    "empirical": _q_empirical,
}
_MEANS: dict[Kind, Callable[..., float]] = {
    "fixed": lambda value: value,
    "uniform": lambda low, high: (low + high) / 2,
    "triangular": lambda low, mode, high: (low + mode + high) / 3,
    "pert": lambda low, mode, high: (low + 4 * mode + high) / 6,
    "lognormal": _m_lognormal,
    "beta": _m_beta,
    "discrete": _m_discrete,
    "empirical": _m_empirical,
}
