"""White space: pairs of target and indication with support and few programmes, each with its evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from onepill.landscape.columns import UNKNOWN
from onepill.landscape.crowding import Counted, count
from onepill.landscape.inputs import Question
from onepill.landscape.stages import LADDER
from onepill.landscape.world import World

SupportKind = Literal["genetic", "clinical", "somatic", "expression", "animal_model", "literature"]


@dataclass(frozen=True)
class Support:
    """One finding that speaks for a target in an indication.

    Attributes:
        statement: what was found, by language, `en` and `zh`.
        source: where it stands, with its address or id. known_on: the day it was published.
    """

    target: str
    indication_id: str
    kind: SupportKind
    statement: dict[str, str]
    source: str
    known_on: date


@dataclass(frozen=True)
class Neighbour:
    """A programme that a white space is seen against: on the same target elsewhere, or in the pair itself."""

    drug_id: str
    indication_id: str
    stage: str


@dataclass(frozen=True)
class WhiteSpace:
    """A pair with support and few programmes.

    Attributes:
        kinds: kinds of support, sorted; independent kinds are worth more than repeats of one.
        supports: every finding behind it, never summed to a score.
        programmes: what is at work in the pair already.
        elsewhere: the furthest programmes on the target in other indications, at most five.
        target_programmes: how many work on the target anywhere. indication_programmes: in the indication, on anything.
        target_coverage: share of the world's programmes whose class is known; the others may be in this pair unseen.
    """

    target: str
    indication_id: str
    kinds: tuple[str, ...]
    supports: tuple[Support, ...]
    programmes: tuple[Neighbour, ...]
    elsewhere: tuple[Neighbour, ...]
    target_programmes: int
    indication_programmes: int
    target_coverage: float


def white_space(
    world: World, question: Question, supports: Sequence[Support], *, at_most: int = 2
) -> tuple[WhiteSpace, ...]:
    """Supported pairs with at most so many programmes as of the question's day.

    Order, from the first: more kinds of support, fewer programmes in the pair, the target further elsewhere, fewer
    programmes in the indication, then names. Each of these is shown; none is weighed against another.

    Args:
        supports: findings; those published after the day are not seen. Targets are named as in the question's groups.
        at_most: programmes in the pair, at or above 0.
    """
    counted = count(world, question, unit="agent_indication")
    groups, wanted = question.switches.target_groups, _Wanted(question)
    by_pair: dict[tuple[str, str], list[Support]] = defaultdict(list)
    for support in supports:
        target = groups.get(support.target, support.target)
        if support.known_on <= question.as_of and wanted.takes(target, support.indication_id):
            by_pair[target, support.indication_id].append(support)
    index = _Index(world, counted)
    spaces = (index.space(target, indication, rows) for (target, indication), rows in by_pair.items())
    return tuple(sorted((space for space in spaces if len(space.programmes) <= at_most), key=_order))


@dataclass(frozen=True)
class _Wanted:
    question: Question

    def takes(self, target: str, indication: str) -> bool:
        targets, indications = self.question.targets, self.question.indications
        return (not targets or target in targets) and (not indications or indication in indications)


class _Index:
    """The counted programmes by target and by indication; the filters on origin and modality are not applied."""

    def __init__(self, world: World, counted: Counted) -> None:
        self.world, self.programmes, classes = world, counted.everywhere, counted.classes
        self.by_target: dict[str, set[int]] = defaultdict(set)
        for code, names in enumerate(classes.sets):
            drugs = classes.target_set[self.programmes.drug] == code
            for name in names:
                self.by_target[name].update(np.flatnonzero(drugs).tolist())
        self.place = {name: code for code, name in enumerate(world.indications)}
        known = classes.class_code[self.programmes.drug] != UNKNOWN
        self.coverage = float(np.mean(known)) if len(known) else 0.0

    def space(self, target: str, indication: str, supports: list[Support]) -> WhiteSpace:
        rows = sorted(self.by_target.get(target, ()))
        code = self.place.get(indication, -2)
        here = [row for row in rows if self.programmes.indication[row] == code]
        others = [row for row in rows if self.programmes.indication[row] != code]
        others.sort(key=lambda row: (-int(self.programmes.rank[row]), row))
        return WhiteSpace(
            target=target,
            indication_id=indication,
            kinds=tuple(sorted({support.kind for support in supports})),
            supports=tuple(sorted(supports, key=lambda one: (one.kind, one.known_on, one.source))),
            programmes=tuple(self._neighbour(row) for row in here),
            elsewhere=tuple(self._neighbour(row) for row in others[:5]),
            target_programmes=len(rows),
            indication_programmes=int(np.count_nonzero(self.programmes.indication == code)),
            target_coverage=self.coverage,
        )

    def _neighbour(self, row: int) -> Neighbour:
        indication = int(self.programmes.indication[row])
        name = "" if indication == UNKNOWN else self.world.indications[indication]
        stage = LADDER[int(self.programmes.rank[row])]
        return Neighbour(self.world.drugs[int(self.programmes.drug[row])], name, stage)


def _order(space: WhiteSpace) -> tuple[int, int, int, int, str, str]:
    further = max((LADDER.index(one.stage) for one in space.elsewhere), default=-1)
    crowd = (-len(space.kinds), len(space.programmes), -further, space.indication_programmes)
    return (*crowd, space.target, space.indication_id)
