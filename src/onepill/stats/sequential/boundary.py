"""Bounds at every look with the ladder between them: the chance to stop at each look, under any effect."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from onepill.stats.sequential.ladder import START, Floats, Rung, climb, tail_prob

UpperAt = Callable[[int, Rung], float]
LowerAt = Callable[[int, Rung, float], float]
NO_LOWER = -math.inf


@dataclass(frozen=True)
class Boundary:
    """Looks at information `shares` with bounds on the z scale; `rungs` are what is going before each look."""

    shares: tuple[float, ...]
    lower_z: tuple[float, ...]
    upper_z: tuple[float, ...]
    rungs: tuple[Rung, ...]

    def stop_probs(self, drift: npt.ArrayLike) -> tuple[Floats, Floats]:
        """The chance to stop above the upper, and below the lower bound of each look.

        Args:
            drift: expected statistic at full information: a number, or shape (m,).

        Returns:
            Two arrays, shape (m, looks), or (looks,) for a number. Where a look has no upper bound, drifts above 16
            lose some of what goes on there; where it has no lower bound, drifts below 0 lose what stops below later.
        """
        drifts = np.asarray(drift, dtype=np.float64)
        nodes = self._nodes
        effect = drifts[..., None]
        mass = nodes.mass * np.exp(effect * (nodes.score - 0.5 * effect * nodes.share))
        moved = nodes.score + effect * nodes.step
        upper = np.add.reduceat(mass * ndtr((moved - nodes.upper) / nodes.spread), nodes.starts, axis=-1)
        if not self._has_lower:
            return upper, np.zeros_like(upper)
        lower = np.add.reduceat(mass * ndtr((nodes.lower - moved) / nodes.spread), nodes.starts, axis=-1)
        return upper, lower

    def null_error(self) -> float:
        """The chance to stop above the upper bound of some look without any effect."""
        looks = zip(self.rungs, self.shares, self.upper_z, strict=True)
        return sum(tail_prob(rung, share, z) for rung, share, z in looks)

    @cached_property
    def _has_lower(self) -> bool:
        return max(self.lower_z) > NO_LOWER

    @cached_property
    def _nodes(self) -> _Nodes:
        return _Nodes.of(self)


@dataclass(frozen=True)
class _Nodes:
    """All rungs laid end to end: each node with the step to its next look, and the scores at which that look stops."""

    score: Floats
    mass: Floats
    share: Floats
    step: Floats
    spread: Floats
    upper: Floats
    lower: Floats
    starts: npt.NDArray[np.intp]

    @classmethod
    def of(cls, boundary: Boundary) -> _Nodes:
        # A rung on which nothing is left keeps one node without mass, so that each look has its own sum.
        rungs = [rung if rung.score.size else Rung(rung.share, *np.zeros((2, 1))) for rung in boundary.rungs]
        counts = [rung.score.size for rung in rungs]
        shares = np.asarray(boundary.shares)
        before = np.asarray([rung.share for rung in rungs])
        roots = np.sqrt(shares)
        steps = shares - before
        columns = (before, steps, np.sqrt(steps), boundary.upper_z * roots, boundary.lower_z * roots)
        share, step, spread, upper, lower = (np.repeat(column, counts) for column in columns)
        return cls(
            np.concatenate([rung.score for rung in rungs]),
            np.concatenate([rung.mass for rung in rungs]),
            share,
            step,
            spread,
            upper,
            lower,
            starts=np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.intp),
        )


def walk(shares: tuple[float, ...], upper_at: UpperAt, lower_at: LowerAt) -> Boundary:
    """Climb look by look, asking for the bounds of each with what is still going before it."""
    rung, rungs, lowers, uppers = START, [], [], []
    for look, share in enumerate(shares):
        upper = upper_at(look, rung)
        lower = min(lower_at(look, rung, upper), upper)
        rungs.append(rung)
        lowers.append(lower)
        uppers.append(upper)
        if look + 1 < len(shares):
            rung = climb(rung, share, lower=lower, upper=upper, next_share=shares[look + 1])
    return Boundary(shares, tuple(lowers), tuple(uppers), tuple(rungs))


def no_lower(look: int, rung: Rung, upper: float) -> float:
    """No trial stops below."""
    return NO_LOWER


def mirrored(look: int, rung: Rung, upper: float) -> float:
    """The other side of a symmetric two-sided test."""
    return -upper


def boundary_at(
    shares: Sequence[float], *, upper_z: Sequence[float], lower_z: Sequence[float] | None = None
) -> Boundary:
    """Bounds that are given, on the z scale, at rising information shares; infinite where there is none.

    Raises:
        ValueError: there are no looks, shares do not rise, numbers differ, or a lower bound is above the upper one.
    """
    lower = [NO_LOWER] * len(shares) if lower_z is None else list(lower_z)
    rise = all(before < after for before, after in zip([0.0, *shares], shares, strict=False))
    if not shares or not rise or not len(shares) == len(lower) == len(upper_z):
        raise ValueError(f"looks at {list(shares)} must rise and need as many bounds")
    if any(low > high for low, high in zip(lower, upper_z, strict=True)):
        raise ValueError("lower bounds must not be above upper bounds")
    return walk(tuple(shares), lambda look, rung: upper_z[look], lambda look, rung, upper: lower[look])
