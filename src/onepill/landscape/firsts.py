"""Who is first: the members of each tag, and the share of each among agents not yet approved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onepill.landscape.compare import tag_mix
from onepill.landscape.inputs import AsOfMethod, Measure, Question, Ties
from onepill.landscape.reasons import STAGE_NAMES
from onepill.landscape.stages import LADDER, rank_of
from onepill.landscape.tags import MINIMUM_COVERAGE, TAGS, Tag, Tags, tag_agents
from onepill.landscape.world import World


@dataclass(frozen=True)
class Firsts:
    """Agents by tag.

    Attributes:
        members: drug ids by tag, sorted; every tag is there, if only with none.
        mix: share of each tag among the agents not yet approved, with Wilson limits.
        kind: what is counted; numbers of another kind (a yearly flow, preclinical work included) are not comparable.
    """

    question: Question
    as_of_method: AsOfMethod
    members: dict[Tag, tuple[str, ...]]
    mix: dict[str, Measure]
    world_coverage: float
    kind: dict[str, str]

    @property
    def counts(self) -> dict[Tag, int]:
        """How many agents carry each tag."""
        return {tag: len(drugs) for tag, drugs in self.members.items()}


def firsts(
    world: World, question: Question, *, ties: Ties = "all_lead", minimum_coverage: float = MINIMUM_COVERAGE
) -> Firsts:
    """The shown agents by tag as of the question's day."""
    tags = tag_agents(world, question, ties=ties, minimum_coverage=minimum_coverage)
    method = world.as_of_method(question.as_of)
    return Firsts(question, method, members_by_tag(world, tags), tag_mix(tags), tags.coverage, kind_of_count(question))


def members_by_tag(world: World, tags: Tags) -> dict[Tag, tuple[str, ...]]:
    """Ids of the shown drugs by tag, sorted; every tag is there."""
    members: dict[Tag, tuple[str, ...]] = {}
    for code, tag in enumerate(TAGS):
        drugs = tags.agents.drug[tags.shown & (tags.tag == code)]
        members[tag] = tuple(world.drugs[int(drug)] for drug in np.sort(drugs))
    return members


def kind_of_count(question: Question) -> dict[str, str]:
    """What a count of the question's agents is, by language: a stock on a day, from a stage on."""
    stage_en, stage_zh = STAGE_NAMES[LADDER[rank_of(question.min_stage)]]
    return {
        "en": f"agents at {stage_en} or further, a stock on {question.as_of}",
        "zh": f"{question.as_of} 处于{stage_zh}及以上阶段的药物存量",
    }
