"""Group-sequential designs against trials played out one by one, a plain trapezoid rule, and finer integration."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest

from onepill.stats.sequential import Design, boundary_at, design, ladder
from tests.stats.sequential_twin import paths, simulated, trapezoid

BOUNDS = (
    *("of", "pocock", "wt:0.25", "haybittle_peto"),
    *("ld_of", "ld_pocock", "hsd:-4", "hsd:1", "kim_demets:1", "kim_demets:3"),
)
SPACINGS = ((0.5, 1.0), (0.3, 0.6, 1.0), (0.25, 0.5, 0.75, 1.0), (0.1, 0.5, 0.9, 1.0), (0.2, 0.4, 0.6, 0.8, 1.0))
ERRORS = ((0.025, 0.9), (0.025, 0.8), (0.05, 0.95), (0.1, 0.6))
LOWER = ((None, False), ("hsd:-2", False), ("kim_demets:2", True))
STANDARD_ERRORS = 4


def grid() -> Iterator[Design]:
    """600 designs: every bound at every spacing with every error, without futility and with both kinds of it."""
    for bound, shares, (alpha, power), (futility, binding) in product(BOUNDS, SPACINGS, ERRORS, LOWER):
        yield design(shares, alpha=alpha, power=power, bound=bound, futility=futility, binding=binding)


def surprises(designs: list[Design], *, trials: int) -> list[str]:
    """Each look at which trials stop more or less often than the design says, by more than 4 standard errors."""
    found = []
    by_shares = defaultdict(list)
    for one in designs:
        by_shares[one.shares].append(one)
    for seed, (shares, group) in enumerate(by_shares.items(), start=1):
        scores = paths(shares, trials=trials, seed=seed)
        for one, effect in product(group, (0.0, 0.6, 1.0)):
            counted = simulated(scores, shares, one.lower_z, one.upper_z, drift=effect * one.drift)
            claimed = one.stop_probs(effect)
            for side, counts, chances in zip(("above", "below"), counted, claimed, strict=True):
                # One trial more or less is no surprise however rare it is.
                allowed = STANDARD_ERRORS * np.maximum(np.sqrt(trials * chances * (1 - chances)), 1.0)
                if not np.all(np.abs(np.asarray(counts) - trials * chances) <= allowed):
                    found.append(f"{one} at {effect} {side}: {counts} of {trials}, claimed {chances}")
    return found


def test_a_tenth_of_the_grid_agrees_with_simulated_trials() -> None:
    designs = list(grid())[::11]
    assert len(designs) >= 50
    assert surprises(designs, trials=40_000) == []


@pytest.mark.slow
def test_six_hundred_designs_agree_with_simulated_trials_within_four_standard_errors() -> None:
    designs = list(grid())
    assert len(designs) == 600
    assert surprises(designs, trials=200_000) == []


@pytest.mark.parametrize(
    "found",
    [
        design(5),
        design((0.1, 0.5, 0.9, 1.0), bound="ld_pocock", futility="hsd:1"),
        design(3, bound="pocock", sides=2),
        design((0.5, 0.6, 1.0), alpha=0.1, bound="kim_demets:2", futility="ld_of", binding=True),
    ],
    ids=lambda found: found.bound,
)
@pytest.mark.parametrize("effect", [0.0, 0.5, 1.0, 1.7])
def test_chances_to_stop_are_those_of_a_trapezoid_rule(found: Design, effect: float) -> None:
    above, below = trapezoid(found.shares, found.lower_z, found.upper_z, drift=effect * found.drift)
    upper, lower = found.stop_probs(effect)
    # The trapezoid rule with 4,001 points errs by some 1e-7 at the ends, where the density does not vanish.
    assert list(upper) == pytest.approx(above, abs=1e-6)
    assert list(lower) == pytest.approx(below, abs=1e-6)


def test_two_looks_are_a_single_integral() -> None:
    """P(no crossing, then a crossing) = the integral of phi(z) Phi((z sqrt(t) - b) / sqrt(1 - t)), to 1e-13."""
    from scipy.integrate import quad
    from scipy.special import ndtr

    share, first, second = 0.37, 2.4, 2.05
    found = boundary_at((share, 1.0), upper_z=(first, second), lower_z=(-0.4, -math.inf)).stop_probs(0.0)[0]
    wanted, _ = quad(
        lambda z: (
            math.exp(-z * z / 2) / math.sqrt(2 * math.pi) * ndtr((z * math.sqrt(share) - second) / math.sqrt(1 - share))
        ),
        -0.4,
        first,
        epsabs=1e-15,
        epsrel=1e-13,
    )
    assert found[1] == pytest.approx(wanted, abs=1e-13)


FINE = [
    *product(BOUNDS, SPACINGS, [None, "hsd:-2"]),
    *product(("of", "ld_pocock", "hsd:-4"), (tuple(k / 20 for k in range(1, 21)), (0.01, 0.5, 0.501, 1.0)), [None]),
]


def test_twice_the_nodes_change_no_bound_below_4_5_by_1e_9(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stated accuracy: bounds to 1e-9 and inflation to 1e-9, a thousand times better than what is asked for."""
    coarse = [design(shares, bound=bound, futility=futility) for bound, shares, futility in FINE]
    monkeypatch.setattr(ladder, "NODES_PER_SCALE", 2 * ladder.NODES_PER_SCALE)
    monkeypatch.setattr(ladder, "LEAST_NODES", 2 * ladder.LEAST_NODES)
    monkeypatch.setattr(ladder, "REACH", ladder.REACH + 1)
    for one, (bound, shares, futility) in zip(coarse, FINE, strict=True):
        fine = design(shares, bound=bound, futility=futility)
        assert fine.inflation == pytest.approx(one.inflation, abs=1e-9), one
        for z, finer in zip((*one.upper_z, *one.lower_z), (*fine.upper_z, *fine.lower_z), strict=True):
            assert z == finer or abs(z) > 4.5 or abs(z - finer) < 1e-9, one
