"""Agents with their world-wide tags, shown for the conditions that are asked for.

A tag compares a drug with its class in all indications, as the published definition does: many approvals name no
condition, and within one condition a class would seem new that is long approved.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from onepill.landscape import Question, Tags, World, tag_agents
from onepill.landscape.columns import UNKNOWN
from onepill.landscape.crowding import Counted, Coverage, count, coverage_of
from onepill.landscape.stages import LADDER


@dataclass(frozen=True, eq=False)
class Tagged:
    """Tags of all agents, of which those are shown that have a programme in the question's conditions."""

    world: World
    question: Question
    tags: Tags
    known_count: Counted | None = field(default=None, repr=False)

    @cached_property
    def counted(self) -> Counted:
        """The programmes (agent and indication) of the question, counted when they are first asked for."""
        return self.known_count or count(self.world, self.question, unit="agent_indication")

    @cached_property
    def place(self) -> dict[str, int]:
        """Code of each drug by its id."""
        return {name: code for code, name in enumerate(self.world.drugs)}

    @property
    def coverage(self) -> Coverage:
        """Of the programmes of the question."""
        return coverage_of(self.counted.programmes, self.counted.classes)


def tagged(world: World, question: Question, *, minimum_coverage: float) -> Tagged:
    """Tag all agents and show those of the question.

    Args:
        minimum_coverage: share of agents of known class, 0 to 1, below which nobody is called first-in-class.
    """
    tags = tag_agents(world, replace(question, indications=()), minimum_coverage=minimum_coverage)
    if not question.indications:
        return Tagged(world, question, tags)
    counted = count(world, question, unit="agent_indication")
    shown = tags.shown & np.isin(tags.agents.drug, counted.programmes.drug)
    return Tagged(world, question, replace(tags, shown=shown), counted)


def stage_in_indication(found: Tagged, drug_id: str) -> str:
    """How far the drug got in the conditions asked for; empty where none was asked for."""
    if not found.question.indications:
        return ""
    programmes = found.counted.programmes
    return LADDER[int(programmes.rank[programmes.drug == found.place[drug_id]].max())]


def sponsors_of(found: Tagged, drug_id: str) -> tuple[str, ...]:
    """All sponsors of the drug known by the day, sorted by id."""
    events, span = found.world.events, found.world.events_of(found.place[drug_id])
    known = (events.counted_from[span] <= found.question.as_of.toordinal()) & events.investigated[span]
    codes = np.unique(events.sponsor[span][known])
    return tuple(found.world.sponsors[int(code)] for code in codes if code != UNKNOWN)


def origin_of(found: Tagged, drug_id: str) -> str:
    """Country of origin as known on the day; empty where it is not."""
    code = int(found.tags.classes.origin[found.place[drug_id]])
    return "" if code == UNKNOWN else found.world.annotations.origin.names[code]
