"""How unevenly programmes are spread: top shares, HHI, effective number, Gini, share on crowded groups.

All functions take counts of shape (..., n_groups), such as one row a bootstrap sample, and fold the last axis. Counts
may be fractions, because a drug of n targets may count 1/n under each. A group without programmes is no group: it
counts in none of the measures, so that the answer does not depend on which empty groups happen to be listed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.float64]
_TIE = 1e-9
"""Counts closer than this to a threshold are on it: they are sums of thirds and the like."""


def shares(counts: Counts) -> Counts:
    """Each group's share of all, summing to 1; zero where there is nothing at all."""
    total = counts.sum(axis=-1, keepdims=True)
    part: Counts = np.divide(counts, total, out=np.zeros_like(counts, dtype=np.float64), where=total > 0)
    return part


def hhi(counts: Counts) -> Counts:
    """Herfindahl-Hirschman index: the sum of squared shares, from 1/groups (even) to 1 (one group holds all).

    Source: Hirschman AO (1964), American Economic Review 54:761.
    """
    index: Counts = np.square(shares(counts)).sum(axis=-1)
    return index


def effective_number(counts: Counts) -> Counts:
    """1/HHI: how many groups of equal size would be as concentrated; 0 where there is nothing."""
    index = hhi(counts)
    number: Counts = np.divide(1.0, index, out=np.zeros_like(index), where=index > 0)
    return number


def top_share(counts: Counts, *, k: int) -> Counts:
    """Share of the k largest groups, 0 to 1."""
    part = shares(counts)
    largest = part if part.shape[-1] <= k else np.partition(part, -k, axis=-1)[..., -k:]
    share: Counts = largest.sum(axis=-1)
    return share


def share_on_crowded(counts: Counts, *, at_least: float) -> Counts:
    """Share of programmes on groups that hold at least so many, 0 to 1."""
    share: Counts = np.where(counts >= at_least - _TIE, shares(counts), 0.0).sum(axis=-1)
    return share


def gini(counts: Counts) -> Counts:
    """Gini coefficient over groups with any programme, 0 (all equal) to 1 - 1/groups.

    Formula: the sum over groups in rising order of (2 i - n - 1) x_i, divided by n times the sum of x. Source: Sen A
    (1973), On Economic Inequality, chapter 2, in the ordered form.
    """
    ordered = np.sort(counts, axis=-1)
    groups = (counts > 0).sum(axis=-1)
    place = np.arange(1, counts.shape[-1] + 1)
    # Empty groups stand first and weigh nothing; ranks of the others start after them.
    empty = (counts.shape[-1] - groups)[..., np.newaxis]
    weight = 2 * (place - empty) - groups[..., np.newaxis] - 1
    scale = groups * counts.sum(axis=-1)
    coefficient: Counts = np.divide((weight * ordered).sum(axis=-1), scale, out=np.zeros(scale.shape), where=scale > 0)
    return coefficient
