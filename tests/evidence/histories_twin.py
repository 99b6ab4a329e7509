"""Transitions told pair by pair, slowly and plainly, and worlds for the engine to count."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from onepill.evidence import ApprovalDays, Histories, PhaseEvidence, histories_on

Sign = tuple[int, int, int, int]
"""Drug, condition, phase (0 to 2), day."""
Approval = tuple[int, int, int]
"""Drug, condition or -1, day."""


def histories(signs: list[Sign], approvals: list[Approval] = (), *, on: int, above: dict = {}) -> Histories:  # type: ignore[assignment,type-arg]  # noqa: B006 (never changed)
    one = np.asarray(signs, dtype=np.int32).reshape(-1, 4)
    two = np.asarray(approvals, dtype=np.int32).reshape(-1, 3)
    evidence = PhaseEvidence(one[:, 0], one[:, 1], one[:, 2].astype(np.int8), one[:, 3])
    return histories_on(evidence, ApprovalDays(two[:, 0], two[:, 1], two[:, 2]), on=on, above=above)


@dataclass
class Path:
    """A pair's days by phase; 3 is approval."""

    days: dict[int, int] = field(default_factory=dict)
    last: int = 0

    def see(self, phase: int, day: int) -> None:
        self.days[phase] = min(day, self.days.get(phase, day))

    def reached(self, phase: int) -> int | None:
        return min((day for one, day in self.days.items() if one >= phase), default=None)

    def top(self, day: int) -> int:
        return max((phase for phase, since in self.days.items() if since <= day), default=-1)


def paths(signs: list[Sign], approvals: list[Approval], *, on: int) -> dict[tuple[int, int], Path]:
    """All pairs on a day. Conditions are unrelated."""
    found: dict[tuple[int, int], Path] = defaultdict(Path)
    for drug, condition, phase, day in signs:
        if day <= on:
            path = found[drug, condition]
            path.see(phase, day)
            path.last = max(path.last, day)
    for drug, condition, day in sorted(approvals, key=lambda row: (row[2], row[0], row[1])):
        if day > on:
            continue
        known = {key: path for key, path in sorted(found.items()) if key[0] == drug and path.top(day) >= 0}
        if condition >= 0 and (drug, condition) in known:
            known[drug, condition].see(3, day)
        elif condition < 0:
            best = [(-path.top(day), path.days[path.top(day)], key) for key, path in known.items() if path.top(day) > 0]
            if best:
                found[min(best)[2]].see(3, day)
    return found


def followed_slowly(found: dict[tuple[int, int], Path], begin: int, end: int, *, on: int) -> list[tuple[int, bool]]:
    rows = []
    for path in found.values():
        entered, later, reached = path.days.get(begin), path.reached(begin + 1), path.reached(end)
        if entered is not None and (later is None or entered < later):
            rows.append(((on if reached is None else reached) - entered, reached is not None))
    return rows


def path_counts(
    found: dict[tuple[int, int], Path], begin: int, end: int, *, on: int, wait: tuple[int, ...]
) -> tuple[int, int, int]:
    """Advanced, given up, running."""
    counts = [0, 0, 0]
    for path in found.values():
        top = path.top(on)
        if top >= end:
            counts[0] += 1
        elif top >= begin:
            counts[2 if on - path.last <= wait[top] else 1] += 1
    return counts[0], counts[1], counts[2]


def phase_counts(
    found: dict[tuple[int, int], Path], begin: int, *, on: int, wait: tuple[int, ...], window: tuple[int, int]
) -> tuple[int, int, int]:
    """Advanced and given up in the window, running."""
    counts = [0, 0, 0]
    for path in found.values():
        entered, reached = path.days.get(begin), path.reached(begin + 1)
        if entered is None or (reached is not None and reached <= entered):
            continue
        stopped = path.last + wait[begin]
        if reached is not None:
            counts[0] += window[0] <= reached <= window[1]
        elif on - path.last <= wait[begin]:
            counts[2] += 1
        else:
            counts[1] += window[0] <= stopped <= window[1]
    return counts[0], counts[1], counts[2]
