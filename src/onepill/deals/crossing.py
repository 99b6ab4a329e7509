"""Where a function of one number changes its sign, without keeping what the function holds."""

from __future__ import annotations

from collections.abc import Callable

MOST_ROUNDS = 100
HALVINGS = 60


class _Lent:
    """A function that can be taken back: the search wraps it in a cycle that lives until the next full collection,
    and with it would live all the futures that the function evaluates."""

    def __init__(self, function: Callable[[float], float]) -> None:
        self.function: Callable[[float], float] | None = function

    def __call__(self, x: float) -> float:
        assert self.function is not None  # asked by the search alone
        return self.function(x)


def crossing(function: Callable[[float], float], low: float, high: float, *, xtol: float) -> float:
    """The root of a continuous function between two ends of different sign (Brent 1973, by scipy).

    Raises:
        ValueError: both ends have the same sign.
    """
    from scipy.optimize import brentq

    lent = _Lent(function)
    try:
        return float(brentq(lent, low, high, xtol=xtol, maxiter=MOST_ROUNDS))
    finally:
        lent.function = None


def rising_crossing(function: Callable[[float], float], low: float, high: float) -> float:
    """The root of a rising function that costs little, by halving: scipy would take longer to load than to search."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) < 0 else (low, middle)
    return (low + high) / 2
