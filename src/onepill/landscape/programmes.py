"""Programmes on a day: for each drug and indication, how far it had got by then and since when it was known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onepill.core.dates import NEVER, years_to_days
from onepill.landscape.classes import DrugClasses
from onepill.landscape.columns import UNKNOWN, Codes, Flags
from onepill.landscape.inputs import Question, Switches, Unit
from onepill.landscape.stages import APPROVAL, rank_of
from onepill.landscape.world import World

Ordinals = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Programmes:
    """One row a programme, each column of shape (n,), sorted by drug and indication.

    Attributes:
        indication: -1 where the condition is unmapped, and in every row where the unit is the agent.
        rank: the highest stage reached.
        first_seen: ordinal of the day from which the first counted evidence counts.
        reached: ordinal of the day from which the highest stage counts.
        last_seen: ordinal of the newest evidence.
        evidence: how many records stand behind it.
    """

    drug: Codes
    indication: Codes
    rank: npt.NDArray[np.int8]
    first_seen: Ordinals
    reached: Ordinals
    last_seen: Ordinals
    evidence: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.drug)

    def take(self, rows: Flags | npt.NDArray[np.int64]) -> Programmes:
        """Some of the rows, by mask or by number."""
        return Programmes(**{name: column[rows] for name, column in vars(self).items()})


def programmes_on(world: World, question: Question, classes: DrugClasses, *, unit: Unit) -> Programmes:
    """All programmes of the world that the switches count, by the question's day; filters are not applied.

    Args:
        classes: what is known of the drugs on that day (`classes.classes_on`).
        unit: an agent is one row for all its indications.
    """
    rows = counted_events(world, question, classes)
    events = world.events
    key = events.drug[rows].astype(np.int64) if unit == "agent" else events.programme[rows]
    found = _fold(key, events.rank[rows], events.counted_from[rows])
    starts = found.pop("starts")
    indication = np.full(len(starts), UNKNOWN, np.int32) if unit == "agent" else events.indication[rows][starts]
    programmes = Programmes(drug=events.drug[rows][starts], indication=indication, **found)  # type: ignore[arg-type]
    return programmes.take(_recent(programmes, question) & _going_on(programmes, world, question))


def counted_events(world: World, question: Question, classes: DrugClasses) -> npt.NDArray[np.int64]:
    """Numbers of the events that a question sees: known by its day, investigated, switched on, far enough."""
    events, switches = world.events, question.switches
    keep = events.investigated & (events.counted_from <= question.as_of.toordinal())
    keep &= events.rank >= rank_of(question.min_stage)
    for off, flag in _switched_off(switches, world):
        if off:
            keep &= ~flag
    excluded = excluded_drugs(switches, classes)
    return np.flatnonzero(keep & ~excluded[events.drug]) if excluded.any() else np.flatnonzero(keep)


def _switched_off(switches: Switches, world: World) -> tuple[tuple[bool, Flags], ...]:
    events = world.events
    return (
        (not switches.academic, events.academic),
        (not switches.combination_arms, events.combination),
        (not switches.phase_4_is_approval, events.post_marketing),
    )


def excluded_drugs(switches: Switches, classes: DrugClasses) -> Flags:
    """Drugs that the switches leave out altogether, shape (n_drugs,)."""
    excluded = np.zeros(len(classes.class_code), dtype=np.bool_)
    if not switches.cell_therapies:
        excluded |= classes.cell_therapy
    if not switches.biosimilars:
        excluded |= classes.biosimilar
    return excluded


def _fold(key: npt.NDArray[np.int64], rank: npt.NDArray[np.int8], day: Ordinals) -> dict[str, npt.NDArray[np.generic]]:
    """Rows of equal key, which stand together, folded into one."""
    starts = np.flatnonzero(np.diff(key, prepend=-1)) if len(key) else np.zeros(0, np.int64)
    if not len(starts):
        empty = np.zeros(0, np.int32)
        days = {"first_seen": empty, "reached": empty, "last_seen": empty}
        return {"starts": starts, "rank": np.zeros(0, np.int8), "evidence": np.zeros(0, np.int64), **days}
    lengths = np.diff(starts, append=len(key))
    top = np.maximum.reduceat(rank, starts)
    at_top = np.where(rank == np.repeat(top, lengths), day, NEVER)
    return {
        "starts": starts,
        "rank": top,
        "first_seen": np.minimum.reduceat(day, starts),
        "reached": np.minimum.reduceat(at_top, starts).astype(np.int32),
        "last_seen": np.maximum.reduceat(day, starts),
        "evidence": lengths,
    }


def by_agent(programmes: Programmes) -> Programmes:
    """One row an agent of its programmes: the earliest first day, and the furthest stage with its earliest day."""
    drug = programmes.drug
    if not len(drug):
        return programmes
    starts = np.flatnonzero(np.diff(drug, prepend=-1))
    lengths = np.diff(starts, append=len(drug))
    top = np.maximum.reduceat(programmes.rank, starts)
    at_top = np.where(programmes.rank == np.repeat(top, lengths), programmes.reached, np.int32(NEVER))
    return Programmes(
        drug=drug[starts],
        indication=np.full(len(starts), UNKNOWN, np.int32),
        rank=top,
        first_seen=np.minimum.reduceat(programmes.first_seen, starts),
        reached=np.minimum.reduceat(at_top, starts),
        last_seen=np.maximum.reduceat(programmes.last_seen, starts),
        evidence=np.add.reduceat(programmes.evidence, starts),
    )


def _recent(programmes: Programmes, question: Question) -> Flags:
    years = question.switches.seen_within_years
    if years is None:
        return np.ones(len(programmes), dtype=np.bool_)
    return programmes.last_seen > question.as_of.toordinal() - years_to_days(years)


def _going_on(programmes: Programmes, world: World, question: Question) -> Flags:
    """Not said to be given up, or with evidence that counts after that was said; approved ones always stay."""
    given_up = world.discontinuations.given_up_on(question.as_of.toordinal(), len(world.drugs))[programmes.drug]
    stays: Flags = (given_up < programmes.last_seen) | (given_up == 0) | (programmes.rank == APPROVAL)
    return stays | question.switches.discontinued


def shown(programmes: Programmes, world: World, question: Question, classes: DrugClasses) -> Flags:
    """Which programmes pass the question's filters; the rest of the world still decides who leads."""
    keep = np.ones(len(programmes), dtype=np.bool_)
    if question.indications:
        keep &= _in(programmes.indication, world.indications, question.indications)
    if question.modalities:
        keep &= _in(classes.modality[programmes.drug], world.annotations.modality.names, question.modalities)
    if question.origins:
        keep &= _in(classes.origin[programmes.drug], world.annotations.origin.names, question.origins)
    if question.not_origins:
        origin = classes.origin[programmes.drug]
        keep &= (origin != UNKNOWN) & ~_in(origin, world.annotations.origin.names, question.not_origins)
    if question.targets:
        keep &= classes.hits(question.targets)[programmes.drug]
    return keep


def _in(codes: Codes, names: tuple[str, ...], wanted: tuple[str, ...]) -> Flags:
    return np.isin(codes, named(names, wanted))


def named(names: tuple[str, ...], wanted: tuple[str, ...]) -> list[int]:
    """Codes of the wanted names; a name that the vocabulary lacks has none."""
    place = set(wanted)
    return [code for code, name in enumerate(names) if name in place]
