"""How fast is a group-sequential design? Milliseconds for five looks after a warm-up, and the ratio to a plain twin.

The twin solves the same Pocock constant and drift in the same run with Brent's method on the trapezoid recursion of the
tests, on an even grid of 401 scores: five digits where the design has nine.

Run `python -m bench.design`; `measure()` is what `make bench` calls. Budgets: a design within 2 ms, which is also a
sixth of the 13 ms that the best known R package takes, and a two-stage search within a second.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable

from scipy.optimize import brentq

from onepill.stats.sequential import design, equal_shares
from onepill.stats.single_arm import Question, simon
from tests.stats.sequential_twin import trapezoid

RUNS = 30
LOOKS = 5
BUDGETS = {
    "design.ratio_to_twin": (20.0, "at least"),
    "design.five_looks_ms": (2.0, "at most"),
    "design.five_looks_spending_ms": (2.0, "at most"),
    "design.five_looks_futility_ms": (2.0, "at most"),
}
"""What each figure should reach."""


def measure() -> dict[str, float]:
    """Median milliseconds of each kind of design, and the ratio of the twin's time to the first."""
    classical = _milliseconds(lambda: design(LOOKS, bound="pocock"))
    twin = _milliseconds(_twin, runs=3)
    return {
        "ratio_to_twin": twin / classical,
        "five_looks_ms": classical,
        "five_looks_spending_ms": _milliseconds(lambda: design(LOOKS, bound="ld_of")),
        "five_looks_futility_ms": _milliseconds(lambda: design(LOOKS, bound="hsd:-4", futility="hsd:-2")),
        "five_looks_binding_ms": _milliseconds(lambda: design(LOOKS, bound="hsd:-4", futility="hsd:-2", binding=True)),
        "two_stage_search_ms": _milliseconds(lambda: simon(Question(0.2, 0.4, 0.05, 0.9)), runs=5),
    }


def _milliseconds(work: Callable[[], object], *, runs: int = RUNS) -> float:
    work()
    timed = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        timed.append(time.perf_counter() - start)
    return 1000 * statistics.median(timed)


def _twin() -> float:
    """Pocock's inflation at an error of 0.025 and a power of 0.9, worked out the plain way."""
    shares, open_below = equal_shares(LOOKS), [-float("inf")] * LOOKS

    def success(constant: float, drift: float) -> float:
        return sum(trapezoid(shares, open_below, [constant] * LOOKS, drift=drift, points=401)[0])

    constant = brentq(lambda z: success(z, 0.0) - 0.025, 1.9, 2.7, xtol=1e-6)
    drift = brentq(lambda effect: success(constant, effect) - 0.9, 3.0, 4.5, xtol=1e-6)
    return float(drift / 3.2415155) ** 2


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(), indent=1) + "\n")
