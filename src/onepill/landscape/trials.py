"""Trials behind the programmes of a question: how many there are, and by groups of conditions such as causes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from onepill.landscape.columns import UNKNOWN
from onepill.landscape.crowding import count
from onepill.landscape.inputs import Question
from onepill.landscape.programmes import counted_events
from onepill.landscape.stages import APPROVAL
from onepill.landscape.world import World


@dataclass(frozen=True)
class TrialCounts:
    """Trials by group of their conditions.

    Attributes:
        by_group: a trial of conditions of two groups counts in both, one of two conditions of a group once.
        trials: all of the question. grouped: those with at least one group.
        without_condition: those of which no condition is known.
        ungrouped: trials by condition, of the conditions that belong to no group, the most frequent first.
    """

    by_group: dict[str, int]
    trials: int
    grouped: int
    without_condition: int
    ungrouped: dict[str, int]


def trials_by_group(world: World, question: Question, group_of: Mapping[str, str]) -> TrialCounts:
    """Count the trials of investigated drugs that were on record by the question's day, also those without a phase.

    Args:
        group_of: the group of a condition, by its id; a condition that is left out has none.
    """
    question = replace(question, min_stage="unknown")
    record, indication = _trial_conditions(world, question)
    names = sorted(set(group_of.values()))
    place = {name: code for code, name in enumerate(names)}
    groups = [place[group_of[one]] if one in group_of else UNKNOWN for one in world.indications]
    group = np.asarray([*groups, UNKNOWN], dtype=np.int64)[indication]
    pairs = np.unique(record[group != UNKNOWN].astype(np.int64) * max(1, len(names)) + group[group != UNKNOWN])
    per_group = np.bincount(pairs % max(1, len(names)), minlength=len(names))
    known = indication != UNKNOWN
    trials = len(np.unique(record))
    return TrialCounts(
        by_group={name: int(number) for name, number in zip(names, per_group, strict=True)},
        trials=trials,
        grouped=len(np.unique(pairs // max(1, len(names)))),
        without_condition=trials - len(np.unique(record[known])),
        ungrouped=_by_condition(world, record[known & (group == UNKNOWN)], indication[known & (group == UNKNOWN)]),
    )


def drugs_by_trial(world: World, question: Question) -> dict[str, tuple[str, ...]]:
    """The investigated drugs of each trial of the question's programmes, also of those without a phase; by record."""
    rows = _trial_events(world, replace(question, min_stage="unknown"))
    found: dict[str, dict[str, None]] = {}
    for record, drug in zip(world.events.record[rows].tolist(), world.events.drug[rows].tolist(), strict=True):
        found.setdefault(world.records[record], {})[world.drugs[drug]] = None
    return {record: tuple(drugs) for record, drugs in sorted(found.items())}


def _trial_conditions(world: World, question: Question) -> tuple[np.ndarray, np.ndarray]:
    """Record and condition (both as codes) of each trial of the question's programmes; shape (n,) each."""
    rows = _trial_events(world, question)
    return world.events.record[rows], world.events.indication[rows]


def _trial_events(world: World, question: Question) -> np.ndarray:
    """Numbers of the events of the question's programmes that are trials."""
    counted = count(world, question, unit="agent_indication")
    events, width = world.events, len(world.indications) + 1
    wanted = counted.programmes.drug.astype(np.int64) * width + counted.programmes.indication + 1
    rows = counted_events(world, question, counted.classes)
    is_trial = (events.rank[rows] < APPROVAL) | events.post_marketing[rows]
    return rows[is_trial & np.isin(events.programme[rows], wanted)]


def _by_condition(world: World, record: np.ndarray, indication: np.ndarray) -> dict[str, int]:
    width = len(world.indications)
    pairs = np.unique(record.astype(np.int64) * max(1, width) + indication)
    numbers = np.bincount(pairs % max(1, width), minlength=width)
    order = np.argsort(-numbers, kind="stable")
    return {world.indications[code]: int(numbers[code]) for code in order.tolist() if numbers[code]}
