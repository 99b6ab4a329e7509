"""The competitors' way: on which day each agent was first known to have reached each stage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onepill.core.dates import iso
from onepill.landscape.columns import UNKNOWN
from onepill.landscape.crowding import count
from onepill.landscape.inputs import Question
from onepill.landscape.programmes import counted_events, named
from onepill.landscape.stages import LADDER
from onepill.landscape.world import World

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Milestone:
    """An agent reached a stage that it had not reached before: ISO day, and the records that show it."""

    stage: str
    day: str
    records: tuple[str, ...]


@dataclass(frozen=True)
class Way:
    """One agent's milestones, in order of day and stage."""

    drug_id: str
    milestones: tuple[Milestone, ...]


def timeline(world: World, question: Question, *, limit: int = 50) -> tuple[Way, ...]:
    """Ways of the shown agents, the furthest first and of those the earliest, at most `limit`.

    Where indications are asked for, only what happened in them counts.
    """
    counted = count(world, question, unit="agent")
    rows = counted_events(world, question, counted.classes)
    if question.indications:
        rows = rows[np.isin(world.events.indication[rows], named(world.indications, question.indications))]
    agents = counted.programmes
    order = np.lexsort((agents.drug, agents.reached, -agents.rank.astype(np.int64)))[:limit]
    return tuple(_way(world, int(drug), rows) for drug in agents.drug[order])


def _way(world: World, drug: int, counted: Rows) -> Way:
    events, span = world.events, world.events_of(drug)
    first, last = np.searchsorted(counted, np.asarray([span.start, span.stop], dtype=counted.dtype))
    own = counted[first:last]
    own = own[np.lexsort((events.rank[own], events.counted_from[own]))]
    milestones = (_milestone(world, own[events.rank[own] == rank], rank) for rank in _rises(events.rank[own]))
    return Way(world.drugs[drug], tuple(milestones))


def _milestone(world: World, rows: Rows, rank: int) -> Milestone:
    """The first day among events of one stage, with the records of that day."""
    days = world.events.counted_from[rows]
    codes = world.events.record[rows[days == days.min()]]
    records = tuple(dict.fromkeys(world.records[int(code)] for code in codes if code != UNKNOWN))
    return Milestone(LADDER[rank], iso(days.min()), records)


def _rises(ranks: npt.NDArray[np.int8]) -> list[int]:
    """The values that exceed everything before them, in order."""
    top = np.maximum.accumulate(ranks)
    return [int(rank) for rank in top[np.diff(top, prepend=-1) > 0]]
