"""The answer to "who else is there?": every shown programme with its class, stage, tag, reason and evidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onepill.landscape.columns import UNKNOWN, Codes
from onepill.landscape.crowding import Coverage, coverage_of
from onepill.landscape.inputs import AsOfMethod, Question, Ties
from onepill.landscape.reasons import Reason, explain
from onepill.landscape.tags import MINIMUM_COVERAGE, Tag, tag_agents, tag_counts
from onepill.landscape.world import World


@dataclass(frozen=True)
class ProgrammeRow:
    """One agent (or one agent in one indication).

    Attributes:
        sponsors: all sponsors known by the day, sorted. origin: empty where unknown.
        reason: tag, class, stage, days, sentence and record ids.
    """

    drug_id: str
    sponsors: tuple[str, ...]
    origin: str
    reason: Reason


@dataclass(frozen=True)
class Landscape:
    """The programmes of a question as of its day.

    Attributes:
        tag_counts: of all shown agents, also of those that `limit` cut off.
        withheld: first-in-class tags not given because the world's coverage is below the minimum.
        coverage: of the shown agents.
        world_coverage: share of all agents whose class is known, on which tags rest.
    """

    question: Question
    as_of_method: AsOfMethod
    ties: Ties
    programmes: tuple[ProgrammeRow, ...]
    tag_counts: dict[Tag, int]
    withheld: int
    coverage: Coverage
    world_coverage: float


def landscape(
    world: World,
    question: Question,
    *,
    ties: Ties = "all_lead",
    within_indication: bool = False,
    minimum_coverage: float = MINIMUM_COVERAGE,
    limit: int | None = 200,
) -> Landscape:
    """Who else is there, as of the question's day, and who is first.

    Args:
        limit: at most so many programmes in full; None gives all.
    """
    tags = tag_agents(
        world, question, ties=ties, within_indication=within_indication, minimum_coverage=minimum_coverage
    )
    reasons = explain(world, tags, limit=limit)
    place = {name: code for code, name in enumerate(world.drugs)} if reasons else {}
    return Landscape(
        question=question,
        as_of_method=world.as_of_method(question.as_of),
        ties=ties,
        programmes=tuple(_row(world, question, place[one.drug_id], tags.classes.origin, one) for one in reasons),
        tag_counts=tag_counts(tags),
        withheld=int(np.count_nonzero(tags.withheld & tags.shown)),
        coverage=coverage_of(tags.agents.take(tags.shown), tags.classes),
        world_coverage=tags.coverage,
    )


def _row(world: World, question: Question, drug: int, origins: Codes, reason: Reason) -> ProgrammeRow:
    events, span = world.events, world.events_of(drug)
    known = (events.counted_from[span] <= question.as_of.toordinal()) & events.investigated[span]
    if reason.indication_id:
        known &= events.indication[span] == world.indications.index(reason.indication_id)
    sponsors = sorted({world.sponsors[int(code)] for code in events.sponsor[span][known] if code != UNKNOWN})
    origin = int(origins[drug])
    name = "" if origin == UNKNOWN else world.annotations.origin.names[origin]
    return ProgrammeRow(reason.drug_id, tuple(sponsors), name, reason)
