"""What another draw of as many programmes would have given: resampled counts and their limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onepill.core.streams import stream_key
from onepill.landscape.columns import UNKNOWN
from onepill.landscape.inputs import Measure

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Membership:
    """Which programmes count under which group, folded into kinds of programmes with the same groups.

    Attributes:
        programmes: how many programmes are of each kind, shape (n_kinds,).
        kind, group, weight: one row a pair of kind and group, sorted by group; shape (n_pairs,). A programme of n
            groups weighs 1/n in each, or 1.
        groups: how many groups there are.
    """

    programmes: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int64]
    group: npt.NDArray[np.int64]
    weight: Array
    groups: int

    @property
    def n(self) -> int:
        """Programmes with at least one group."""
        return int(self.programmes.sum())

    def counts(self) -> Array:
        """Programmes by group, shape (n_groups,)."""
        return self.counts_of(self.programmes)

    def counts_of(self, programmes: npt.NDArray[np.int64]) -> Array:
        """Programmes by group for given numbers by kind, shape (..., n_kinds) to (..., n_groups)."""
        if not len(self.kind):
            return np.zeros((*programmes.shape[:-1], self.groups))
        if len(self.kind) == self.groups == len(self.programmes):
            return programmes[..., self.kind] * self.weight
        starts = np.flatnonzero(np.diff(self.group, prepend=-1))
        return np.add.reduceat(programmes[..., self.kind] * self.weight, starts, axis=-1)


def membership(codes: npt.NDArray[np.integer], sets: tuple[tuple[str, ...], ...] | None, *, split: bool) -> Membership:
    """Fold programmes into kinds.

    Args:
        codes: the set (or, without `sets`, the group) of each programme, shape (n,); -1 is left out.
        sets: names of the groups in each set; None where every code is a group of its own.
        split: a programme of n groups counts 1/n in each, else 1 in each.
    """
    numbers = np.bincount(codes[codes != UNKNOWN])
    present = np.flatnonzero(numbers)
    programmes = numbers[present]
    members = [(str(code),) for code in present] if sets is None else [sets[code] for code in present]
    place = {name: code for code, name in enumerate(sorted({name for names in members for name in names}))}
    pairs = [
        (place[name], kind, 1 / len(names) if split else 1.0) for kind, names in enumerate(members) for name in names
    ]
    table = np.asarray(sorted(pairs), dtype=np.float64).reshape(-1, 3)
    return Membership(programmes, table[:, 1].astype(np.int64), table[:, 0].astype(np.int64), table[:, 2], len(place))


def resample(membership: Membership, *, seed: int, stream: str, samples: int) -> Array:
    """Counts by group of `samples` draws of as many programmes with replacement, shape (samples, n_groups).

    The generator is numpy's Philox, keyed by seed and stream name, so that no measure shifts another's draws.
    """
    if not membership.n:
        return np.zeros((samples, membership.groups))
    generator = np.random.Generator(np.random.Philox(key=stream_key(seed, stream)))
    prob = membership.programmes / membership.n
    return membership.counts_of(generator.multinomial(membership.n, prob, size=samples))


def bootstrap_measure(
    fold: Callable[[Array], Array], counts: Array, draws: Array, *, n: int, unit: str, bounds: tuple[float, float]
) -> Measure:
    """A measure of counts with its 95 % limits.

    Resampling piles programmes up: even where all groups are equal a sample is not, so that percentiles of HHI or Gini
    lie wholly above the value they should enclose. The percentiles are therefore moved by the bootstrap's own estimate
    of that bias, mean(samples) - value (Efron and Tibshirani 1993, chapter 10), then kept within the measure's bounds
    and around its value.

    Args:
        fold: counts of shape (..., n_groups) to the measure, shape (...).
        counts: shape (n_groups,). draws: shape (samples, n_groups).
        bounds: the least and the greatest that the measure can be.
    """
    if not n:
        return Measure(None, None, None, 0, unit, "bootstrap")
    value, sampled = float(fold(counts)), fold(draws)
    low, high = np.percentile(sampled, [2.5, 97.5]) - (sampled.mean() - value)
    low, high = np.clip([low, high], *bounds)
    return Measure(value, min(float(low), value), max(float(high), value), n, unit, "bootstrap")
