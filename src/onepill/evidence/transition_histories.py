"""When each drug-indication pair was first seen in each phase, and which pair an approval belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.int32]
Codes = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

PHASES = ("phase_1", "phase_2", "phase_3", "approval")
APPROVED = PHASES.index("approval")
FURTHEST_UNNAMED = PHASES.index("phase_2")
"""An approval that names no condition is given to a pair that was at least here."""
NEVER = int(np.iinfo(np.int32).max)
"""The day of what was not seen by the day asked for."""
UNNAMED = -1
"""The condition of an approval that names none."""


@dataclass(frozen=True, eq=False)
class PhaseEvidence:
    """One dated sign a row that a pair is in a clinical phase; columns of shape (n,), in any order.

    Attributes:
        drug, condition: codes, 0 or more. phase: index into `PHASES`, below `APPROVED`.
        day: ordinal from which it counts.
    """

    drug: Codes
    condition: Codes
    phase: npt.NDArray[np.int8]
    day: Days


@dataclass(frozen=True, eq=False)
class ApprovalDays:
    """Dated approvals; columns of shape (n,), in any order.

    Attributes:
        condition: code, or `UNNAMED`.
    """

    drug: Codes
    condition: Codes
    day: Days


@dataclass(frozen=True, eq=False)
class Histories:
    """Pairs as seen on a day, sorted by drug and condition; columns of shape (n_pairs,).

    Attributes:
        on: the day; nothing later is in it.
        first: ordinal of the first evidence in each of `PHASES`, `NEVER` where there is none, shape (n_pairs, 4).
        last: ordinal of the newest evidence of a clinical phase.
        approvals: how many approvals were placed, and how many not, by reason.
    """

    on: int
    drug: Codes
    condition: Codes
    first: Days
    last: Days
    approvals: Mapping[str, int]

    def only(self, where: Flags) -> Histories:
        """The pairs that are chosen, shape of `where` (n_pairs,)."""
        return Histories(
            self.on, self.drug[where], self.condition[where], self.first[where], self.last[where], self.approvals
        )

    @cached_property
    def reached(self) -> Days:
        """First evidence in each phase *or a later one*, shape (n_pairs, 4)."""
        return np.minimum.accumulate(self.first[:, ::-1], axis=1)[:, ::-1]

    @cached_property
    def begun(self) -> Days:
        """First evidence in any clinical phase."""
        return np.minimum(np.minimum(self.first[:, 0], self.first[:, 1]), self.first[:, 2])

    @cached_property
    def furthest(self) -> npt.NDArray[np.int64]:
        """Index of the last phase in which there is evidence."""
        return np.asarray(APPROVED - np.argmax(self.first[:, ::-1] != NEVER, axis=1))


def histories_on(
    evidence: PhaseEvidence,
    approvals: ApprovalDays,
    *,
    on: int,
    above: Mapping[int, frozenset[int]] | None = None,
) -> Histories:
    """The history of every pair with evidence of a clinical phase by the day.

    An approval belongs to the pair of its drug with the condition that it names; else to the furthest pair whose
    condition lies above or below; where it names none, to the drug's furthest pair of phase 2 or later. A pair counts
    only if it was seen by the day of the approval. What cannot be placed is counted by reason.

    Args:
        on: ordinal of the day; evidence and approvals after it are not used.
        above: for a condition the codes of all conditions above it.
    """
    seen = evidence.day <= on
    drug, condition = evidence.drug[seen].astype(np.int64), evidence.condition[seen]
    width = int(condition.max(initial=0)) + 1
    keys, pair = np.unique(drug * width + condition, return_inverse=True)
    first = np.full((keys.size, len(PHASES)), NEVER, dtype=np.int32)
    np.minimum.at(first, (pair, evidence.phase[seen]), evidence.day[seen])
    last = np.zeros(keys.size, dtype=np.int32)
    np.maximum.at(last, pair, evidence.day[seen])
    drugs, conditions = (keys // width).astype(np.int32), (keys % width).astype(np.int32)
    counts = _place_approvals(first, drugs, conditions, approvals, on=on, above=above or {})
    return Histories(on, drugs, conditions, first, last, counts)


def _place_approvals(
    first: Days,
    drugs: Codes,
    conditions: Codes,
    approvals: ApprovalDays,
    *,
    on: int,
    above: Mapping[int, frozenset[int]],
) -> dict[str, int]:
    """Enter approvals into `first`, the earliest first, so that a later one of no name follows an earlier one."""
    counts = dict.fromkeys(("placed", "without_history", "of_another_condition", "unnamed_without_phase_2"), 0)
    order = np.lexsort((approvals.condition, approvals.drug, approvals.day))
    starts = np.searchsorted(drugs, approvals.drug, side="left")
    ends = np.searchsorted(drugs, approvals.drug, side="right")
    for row in order[approvals.day[order] <= on].tolist():
        day, named = int(approvals.day[row]), int(approvals.condition[row])
        span = slice(int(starts[row]), int(ends[row]))
        known = np.flatnonzero(first[span].min(axis=1) <= day) + span.start
        if not known.size:
            counts["without_history"] += 1
            continue
        pair = _pair_of(first, conditions, known, named=named, day=day, above=above)
        if pair is None:
            counts["unnamed_without_phase_2" if named == UNNAMED else "of_another_condition"] += 1
            continue
        counts["placed"] += 1
        first[pair, APPROVED] = min(int(first[pair, APPROVED]), day)
    return counts


def _pair_of(
    first: Days,
    conditions: Codes,
    known: npt.NDArray[np.int64],
    *,
    named: int,
    day: int,
    above: Mapping[int, frozenset[int]],
) -> int | None:
    """The pair among those known on its day that an approval belongs to."""
    if named == UNNAMED:
        return _furthest(first, known.tolist(), day, at_least=FURTHEST_UNNAMED)
    same = known[conditions[known] == named]
    if same.size:
        return int(same[0])
    none: frozenset[int] = frozenset()
    over = above.get(named, none)
    kin = [one for one in known.tolist() if (c := int(conditions[one])) in over or named in above.get(c, none)]
    return _furthest(first, kin, day, at_least=0)


def _furthest(first: Days, pairs: list[int], day: int, *, at_least: int) -> int | None:
    """The pair with the highest phase on the day; of several the one that was there first, then the first by code.

    What is seen only after the day is left out, so that an approval never changes its pair as time goes on.
    """
    ranked = [(-phase, since, pair) for pair in pairs for phase, since in [_top(first[pair], day)] if phase >= at_least]
    return min(ranked)[2] if ranked else None


def _top(row: Days, day: int) -> tuple[int, int]:
    phase = max(place for place in range(len(PHASES)) if row[place] <= day)
    return phase, int(row[phase])
