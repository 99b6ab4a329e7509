"""Pairs of target and indication: how far anyone has got in each, and who."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from onepill.landscape.classes import classes_on
from onepill.landscape.columns import UNKNOWN
from onepill.landscape.crowding import Counted, count
from onepill.landscape.inputs import Question
from onepill.landscape.matrix import target_pairs
from onepill.landscape.programmes import excluded_drugs
from onepill.landscape.stages import LADDER, rank_of
from onepill.landscape.world import World


@dataclass(frozen=True)
class PairStand:
    """The furthest programme of a target in an indication.

    Attributes:
        drugs: how many drugs are at work in the pair, at any counted stage.
        reached: the day from which the stage counts. record_id: the record that shows it.
        by_phase_4: whether a phase-4 trial is what shows the approval.
    """

    target: str
    indication_id: str
    drugs: int
    drug_id: str
    stage: str
    reached: date
    record_id: str
    by_phase_4: bool = False


def pair_stands(world: World, question: Question, *, min_stage: str = "phase_2") -> tuple[PairStand, ...]:
    """Each pair in which a programme has reached the stage by the question's day, by target and indication.

    The question's filters on origin, modality and target apply; that on indication does not, so that a pair may be
    supported by what stands beside it.

    Args:
        min_stage: a name of the ladder.
    """
    counted = count(world, replace(question, targets=(), indications=()), unit="agent_indication")
    pairs, names = target_pairs(counted)
    if question.targets:
        pairs = pairs[np.isin(pairs[:, 1], [code for code, name in enumerate(names) if name in question.targets])]
    pairs = pairs[counted.programmes.indication[pairs[:, 0]] != UNKNOWN]
    width = max(1, len(world.indications))
    key = pairs[:, 1] * width + counted.programmes.indication[pairs[:, 0]]
    rank, reached = counted.programmes.rank[pairs[:, 0]], counted.programmes.reached[pairs[:, 0]]
    order = np.lexsort((pairs[:, 0], reached, -rank.astype(np.int64), key))
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    sizes = np.diff(starts, append=len(order))
    keep = rank[order[starts]] >= rank_of(min_stage)
    return tuple(
        _stand(counted, int(pairs[row, 0]), names[int(pairs[row, 1])], int(size))
        for row, size in zip(order[starts[keep]], sizes[keep], strict=True)
    )


def targets_by_drug(world: World, question: Question) -> dict[str, tuple[str, ...]]:
    """Targets of each drug as known on the question's day, in its groups; drugs of unknown targets are left out."""
    classes = classes_on(world, question)
    known = np.flatnonzero(classes.target_set != UNKNOWN)
    return {world.drugs[code]: classes.sets[int(classes.target_set[code])] for code in known.tolist()}


def drugs_shown(world: World, question: Question) -> set[str]:
    """Drugs of the question's modalities and origins that its switches do not leave out, with or without programmes."""
    classes = classes_on(world, question)
    keep = ~excluded_drugs(question.switches, classes)
    for wanted, codes, names in (
        (question.modalities, classes.modality, world.annotations.modality.names),
        (question.origins, classes.origin, world.annotations.origin.names),
    ):
        if wanted:
            keep &= np.isin(codes, [code for code, name in enumerate(names) if name in wanted])
    return {world.drugs[code] for code in np.flatnonzero(keep).tolist()}


def beside(conditions: Sequence[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """For each condition the others under the same heading.

    Args:
        conditions: id and the id of the heading right above it; one without a heading has no others beside it.
    """
    under: dict[str, list[str]] = {}
    for one, above in conditions:
        if above:
            under.setdefault(above, []).append(one)
    return {
        one: tuple(other for other in under.get(above, ()) if other not in (one, above)) for one, above in conditions
    }


def _stand(counted: Counted, row: int, target: str, drugs: int) -> PairStand:
    world, programmes = counted.world, counted.programmes
    drug, indication = int(programmes.drug[row]), int(programmes.indication[row])
    rank, reached = int(programmes.rank[row]), int(programmes.reached[row])
    event = _event(world, drug, indication, rank, reached)
    return PairStand(
        target=target,
        indication_id=world.indications[indication],
        drugs=drugs,
        drug_id=world.drugs[drug],
        stage=LADDER[rank],
        reached=date.fromordinal(reached),
        record_id=world.records[int(world.events.record[event])],
        by_phase_4=bool(world.events.post_marketing[event]),
    )


def _event(world: World, drug: int, indication: int, rank: int, reached: int) -> int:
    """The row of the event from which the programme's stage counts."""
    events, span = world.events, world.events_of(drug)
    shows = (events.indication[span] == indication) & (events.rank[span] == rank)
    shows &= (events.counted_from[span] == reached) & events.investigated[span]
    return int(span.start + np.flatnonzero(shows)[0])
