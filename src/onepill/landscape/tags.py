"""Who is first: first-in-class, fast-follower or me-too, against the whole world on a day.

The definition is that of the studies of China's pipeline in Nature Reviews Drug Discovery (d41573-022-00058-6 and its
2024 follow-up): novel class and no agent of it at a higher stage anywhere; novel but not leading; a class that has an
approved drug.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from onepill.core.dates import NEVER
from onepill.landscape.classes import DrugClasses, classes_on
from onepill.landscape.columns import UNKNOWN, Codes, Flags
from onepill.landscape.inputs import Question, Ties
from onepill.landscape.programmes import Programmes, programmes_on, shown
from onepill.landscape.stages import APPROVAL
from onepill.landscape.world import World

Tag = Literal["first_in_class", "fast_follower", "me_too", "combination", "unknown", "approved"]
TAGS: tuple[Tag, ...] = ("first_in_class", "fast_follower", "me_too", "combination", "unknown", "approved")
FIRST, FOLLOWER, ME_TOO, COMBINATION, NOT_KNOWN, APPROVED = range(len(TAGS))

MINIMUM_COVERAGE = 0.80
"""Below this share of agents with a known class nobody is called first. The published counts of agents with one of the
three tags were 1,814 of 2,251 (81 %) in July 2021 and 3,692 of 4,391 (84 %) in January 2024 (same studies), so that
fewer known classes than 80 % would make the tag less sure than in the studies that define it."""


@dataclass(frozen=True, eq=False)
class ClassStand:
    """Where each class stands on the day; columns of shape (n_classes,).

    Attributes:
        rank: the highest stage of any agent of the class anywhere; -1 where no agent is seen.
        first_reached: ordinal of the day from which the first agent was at that stage.
        first_approval: ordinal of the class's first approval; `NEVER` while it has none.
        agents, leaders: how many agents it has, and how many of them are at the highest stage.
    """

    rank: npt.NDArray[np.int8]
    first_reached: npt.NDArray[np.int32]
    first_approval: npt.NDArray[np.int32]
    agents: npt.NDArray[np.int64]
    leaders: npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Tags:
    """Each agent of the world with its tag; columns of shape (n_agents,).

    Attributes:
        agents: one row an agent (or an agent in one indication, if the question was within indications).
        tag: place in `TAGS`. seat: the agent's place in `stand`, -1 where its class is unknown.
        opens_class: an approved agent that was the first approved of its class.
        coverage: share of the agents whose class is known.
        withheld: first-in-class tags that were not given because coverage is below the minimum.
    """

    question: Question
    ties: Ties
    agents: Programmes
    classes: DrugClasses
    tag: npt.NDArray[np.int8]
    seat: Codes
    stand: ClassStand
    opens_class: Flags
    shown: Flags
    coverage: float
    minimum_coverage: float
    withheld: Flags
    within_indication: bool


def tag_agents(
    world: World,
    question: Question,
    *,
    ties: Ties = "all_lead",
    within_indication: bool = False,
    minimum_coverage: float = MINIMUM_COVERAGE,
) -> Tags:
    """Tag every agent as of the question's day.

    Filters of the question decide which agents are shown, never who leads. Switches change the world itself: without
    academic programmes an academic leader is not seen.

    Args:
        ties: several agents at the class's highest stage all lead, as the published words say ("no agent is at a higher
            stage"), or only those that reached it first.
        within_indication: compare with agents of the class in the same indication alone; agents whose indication is
            unmapped are then unknown.
        minimum_coverage: share of agents of known class, 0 to 1, below which nobody is called first-in-class.
    """
    classes = classes_on(world, question)
    agents = programmes_on(world, question, classes, unit="agent_indication" if within_indication else "agent")
    code = classes.class_code[agents.drug]
    coverage = float(np.mean(code != UNKNOWN)) if len(code) else 0.0
    seat = _seats(code, agents.indication, within_indication=within_indication)
    stand = class_stand(agents, seat)
    tag = _choose(agents, seat, stand, classes.fixed_combination[agents.drug], ties)
    withheld = (tag == FIRST) & (coverage < minimum_coverage)
    return Tags(
        question=question,
        ties=ties,
        agents=agents,
        classes=classes,
        tag=np.where(withheld, NOT_KNOWN, tag).astype(np.int8),
        seat=seat,
        stand=stand,
        opens_class=(tag == APPROVED) & _seated(agents.reached == _of(stand.first_approval, seat), seat),
        shown=shown(agents, world, question, classes),
        coverage=coverage,
        minimum_coverage=minimum_coverage,
        withheld=withheld,
        within_indication=within_indication,
    )


def _seats(code: Codes, indication: Codes, *, within_indication: bool) -> Codes:
    """Which group of competitors each agent belongs to, numbered from 0; -1 where it is unknown."""
    if not within_indication:
        return code
    seat = np.full(len(code), UNKNOWN, dtype=np.int32)
    known = (code != UNKNOWN) & (indication != UNKNOWN)
    if known.any():
        pair = code[known].astype(np.int64) * (int(indication.max()) + 1) + indication[known]
        seat[known] = np.unique(pair, return_inverse=True)[1]
    return seat


def class_stand(agents: Programmes, seat: Codes) -> ClassStand:
    """The highest stage, the first approval and the number of agents of each class."""
    seated = seat != UNKNOWN
    place, n = seat[seated], int(seat.max(initial=-1)) + 1
    rank, reached = agents.rank[seated], agents.reached[seated]
    top = np.full(n, -1, dtype=np.int8)
    np.maximum.at(top, place, rank)
    leads = rank == top[place]
    first_reached, first_approval = np.full(n, NEVER, dtype=np.int32), np.full(n, NEVER, dtype=np.int32)
    np.minimum.at(first_reached, place[leads], reached[leads])
    approved = rank == APPROVAL
    np.minimum.at(first_approval, place[approved], reached[approved])
    return ClassStand(
        rank=top,
        first_reached=first_reached,
        first_approval=first_approval,
        agents=np.bincount(place, minlength=n),
        leaders=np.bincount(place[leads], minlength=n),
    )


def _choose(
    agents: Programmes, seat: Codes, stand: ClassStand, fixed_combination: Flags, ties: Ties
) -> npt.NDArray[np.int8]:
    """The tag of each agent, before coverage is looked at."""
    leads = agents.rank == _of(stand.rank, seat)
    if ties == "earliest_leads":
        leads = leads & (agents.reached == _of(stand.first_reached, seat))
    novel = _of(stand.first_approval, seat) == NEVER
    # The first condition that holds decides, so that a combination is never counted as a novel class of its own.
    cases = [fixed_combination, agents.rank == APPROVAL, seat == UNKNOWN, ~novel, leads]
    picked = np.select(cases, [COMBINATION, APPROVED, NOT_KNOWN, ME_TOO, FIRST], FOLLOWER)
    return picked.astype(np.int8)


def _of(column: npt.NDArray[np.generic], seat: Codes) -> npt.NDArray[np.generic]:
    """The class's value for each agent; agents without a class get one that no caller uses."""
    return np.append(column, column.dtype.type(-1))[seat]


def _seated(flags: npt.NDArray[np.bool_], seat: Codes) -> Flags:
    seated: Flags = flags & (seat != UNKNOWN)
    return seated


def tag_counts(tags: Tags) -> dict[Tag, int]:
    """How many of the shown agents carry each tag."""
    counts = np.bincount(tags.tag[tags.shown], minlength=len(TAGS))
    return {name: int(count) for name, count in zip(TAGS, counts, strict=True)}
