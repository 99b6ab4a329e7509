"""Quantiles of durations of which some are not over yet."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_TIE = 1e-12
"""Survival values closer than this to a level are on it: they are sums of rounded fractions."""


def quantiles_from_survival(
    times: npt.ArrayLike, survival: npt.ArrayLike, probs: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Read quantiles off a survival step function, such as a Kaplan-Meier estimate.

    The quantile at `p` is the smallest time at which survival has fallen to `1 - p` or below. Limits of a
    quantile are read the same way off the limits of the survival function (Brookmeyer and Crowley 1982).

    Args:
        times: times of the steps, rising, shape (n,), any unit.
        survival: share not yet over just after each time, from 1 down to 0, never rising, shape (n,).
        probs: cumulative probabilities, each within 0 and 1, shape (k,).

    Returns:
        Quantiles in the unit of `times`, shape (k,); NaN where survival never falls that far.

    Raises:
        ValueError: shapes differ, times fall, survival rises, or a value lies outside 0 to 1.
    """
    steps, alive = np.asarray(times, dtype=np.float64), np.asarray(survival, dtype=np.float64)
    levels = 1 - np.asarray(probs, dtype=np.float64)
    _check_steps(steps, alive)
    if np.any((levels < 0) | (levels > 1)):
        raise ValueError("probabilities must lie within 0 and 1")
    # Survival falls, so its negative rises and the first step at or below a level is found by bisection.
    first = np.searchsorted(-alive, -levels - _TIE, side="left")
    reached = first < steps.size
    return np.where(reached, steps[np.minimum(first, steps.size - 1)], np.nan)


def _check_steps(steps: npt.NDArray[np.float64], alive: npt.NDArray[np.float64]) -> None:
    if steps.ndim != 1 or steps.shape != alive.shape or not steps.size:
        raise ValueError(f"one survival value a time, at least one; shapes {steps.shape} and {alive.shape}")
    if np.any(np.diff(steps) < 0):
        raise ValueError("times must rise")
    if np.any(np.diff(alive) > _TIE) or np.any((alive < -_TIE) | (alive > 1 + _TIE)):
        raise ValueError("survival must fall, within 0 and 1")
