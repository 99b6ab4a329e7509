"""Where a rising function is zero, in few evaluations: each of them is a whole design."""

from __future__ import annotations

import math
from collections.abc import Callable

_NEAR = 1e-8
"""A secant step this small leaves an error of about its product with the step before it: below 1e-13."""
_TOLERANCE = 1e-13
_MOST_STEPS = 100


def rising_root(
    function: Callable[[float], float], first: float, second: float, *, least: float = -math.inf, most: float = math.inf
) -> float:
    """The root of a rising function, by secant steps that are kept between the signs seen so far.

    Args:
        function: continuous and rising; nearly straight for fast convergence.
        first: a guess.
        second: another guess.
        least: the root is sought from here on.
        most: and up to here.

    Returns:
        The root, or `least` or `most` where the function does not change sign before it. Where it jumps over zero, the
        place of the jump.
    """
    low, high = least, most
    before, now = first, second
    at_before = function(before)
    low, high = (before, high) if at_before < 0 else (low, before)
    for _ in range(_MOST_STEPS):
        at_now = function(now)
        low, high = (now, high) if at_now < 0 else (low, now)
        slope = (at_now - at_before) / (now - before)
        aim = now - at_now / slope if slope > 0 else math.inf
        step = abs(aim - now)
        if at_now == 0 or high - low < _TOLERANCE or (step < _NEAR and low <= aim <= high):
            return now if at_now == 0 else min(max(aim, low), high)
        before, at_before = now, at_now
        now = aim if low < aim < high else _within(low, high, now)
    return now


def _within(low: float, high: float, now: float) -> float:
    """A place between the signs: their middle, or a stride further where one of them is still unseen."""
    if math.isinf(low) or math.isinf(high):
        return now + max(1.0, abs(now)) * (1 if math.isinf(high) else -1)
    return (low + high) / 2
