"""White space: pairs of target and indication with support and few programmes, each with its evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt

from onepill.landscape.columns import UNKNOWN
from onepill.landscape.crowding import Counted, count
from onepill.landscape.inputs import Question
from onepill.landscape.matrix import target_pairs
from onepill.landscape.stages import LADDER
from onepill.landscape.world import World

Rows = npt.NDArray[np.int64]
NO_ROWS: Rows = np.zeros(0, dtype=np.int64)
SupportKind = Literal[
    "approval", "trial", "drug_list", "knowledge_graph", "related_condition",
    "genetic", "clinical", "somatic", "expression", "animal_model", "literature",
]  # fmt: skip
"""The first five come from what is loaded: a drug approved in the pair, one in a later trial, a list of drugs with
their conditions, a knowledge graph, and a late drug on the target in a condition beside."""


@dataclass(frozen=True)
class Support:
    """One finding that speaks for a target in an indication.

    Attributes:
        statement: what was found, by language, `en` and `zh`.
        source: where it stands, with its address or id. known_on: the day it was published.
        drug_id: the drug that it is about; empty where it is about none.
        in_pair: whether that drug is itself at work in the pair, and counts among its programmes.
        approved: whether the finding says that the drug is or was approved in the pair.
    """

    target: str
    indication_id: str
    kind: SupportKind
    statement: dict[str, str]
    source: str
    known_on: date
    drug_id: str = ""
    in_pair: bool = False
    approved: bool = False


@dataclass(frozen=True)
class Failure:
    """A drug on the target that is said to have failed.

    Attributes:
        indication_id: where it failed; empty where that was not told or is no condition.
        year: of the failure; None where not told. mode, scope: why and what failed, in the source's words.
    """

    target: str
    indication_id: str
    drug_id: str
    year: int | None
    mode: str
    scope: str
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
        programmes: what is at work in the pair already, by trials and approvals.
        listed: further drugs at work in the pair by what their supports say, of which no trial or approval is loaded.
        failures: drugs on the target that failed in the pair, or in a condition that was not told.
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
    listed: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()

    @property
    def drugs(self) -> int:
        """Distinct drugs at work in the pair."""
        return len({one.drug_id for one in self.programmes} | {*self.listed})

    @property
    def approved_here(self) -> bool:
        """Whether a drug of the pair is approved in it, by its programmes or by what its supports say."""
        by_support = any(one.in_pair and one.approved for one in self.supports)
        return by_support or any(one.stage == "approval" for one in self.programmes)

    @property
    def failed_here(self) -> bool:
        """Whether a drug on the target is said to have failed in this very indication."""
        return any(one.indication_id == self.indication_id for one in self.failures)


def white_space(
    world: World,
    question: Question,
    supports: Sequence[Support],
    *,
    failures: Sequence[Failure] = (),
    at_most: int = 2,
) -> tuple[WhiteSpace, ...]:
    """Supported pairs with at most so many drugs as of the question's day.

    Order, from the first: nothing failed in the pair, nothing is approved in it, more kinds of support, fewer drugs in
    the pair, the target further elsewhere, fewer programmes in the indication, then names. Each of these is shown;
    none is weighed against another.

    Args:
        supports: findings; those published after the day are not seen. Targets are named as in the question's groups.
        failures: the same holds for them; a failure alone makes no pair.
        at_most: drugs in the pair, at or above 0.
    """
    counted = count(world, question, unit="agent_indication")
    groups, wanted = question.switches.target_groups, _Wanted(question)
    by_pair: dict[tuple[str, str], list[Support]] = defaultdict(list)
    for support in supports:
        target = groups.get(support.target, support.target)
        if support.known_on <= question.as_of and wanted.takes(target, support.indication_id):
            by_pair[target, support.indication_id].append(support)
    failed: dict[str, list[Failure]] = defaultdict(list)
    for one in failures:
        if one.known_on <= question.as_of:
            failed[groups.get(one.target, one.target)].append(one)
    index = _Index(world, counted, failed)
    spaces = (
        index.space(target, indication, rows)
        for (target, indication), rows in by_pair.items()
        if index.drugs(target, indication, rows) <= at_most
    )
    return tuple(sorted(spaces, key=_order))


@dataclass(frozen=True)
class _Wanted:
    question: Question

    def takes(self, target: str, indication: str) -> bool:
        targets, indications = self.question.targets, self.question.indications
        return (not targets or target in targets) and (not indications or indication in indications)


class _Index:
    """The counted programmes by target and by indication; the filters on origin and modality are not applied."""

    def __init__(self, world: World, counted: Counted, failed: Mapping[str, list[Failure]]) -> None:
        self.world, self.programmes, self.failed = world, counted.everywhere, failed
        pairs, names = target_pairs(replace(counted, programmes=counted.everywhere))
        rank = self.programmes.rank[pairs[:, 0]].astype(np.int64)
        # Each target's programmes stand together, the furthest first.
        pairs = pairs[np.lexsort((pairs[:, 0], -rank, pairs[:, 1]))]
        ends = np.searchsorted(pairs[:, 1], np.arange(len(names)), side="right")
        self.rows = dict(zip(names, np.split(pairs[:, 0], ends[:-1]), strict=True)) if names else {}
        self.place = {name: code for code, name in enumerate(world.indications)}
        known = self.programmes.indication[self.programmes.indication != UNKNOWN]
        self.in_indication = np.bincount(known, minlength=len(world.indications))
        classed = counted.classes.class_code[self.programmes.drug] != UNKNOWN
        self.coverage = float(np.mean(classed)) if len(classed) else 0.0

    def drugs(self, target: str, indication: str, supports: list[Support]) -> int:
        """Distinct drugs at work in the pair."""
        here, _ = self._sides(target, indication)
        return len(self._names(here) | {one.drug_id for one in supports if one.in_pair})

    def space(self, target: str, indication: str, supports: list[Support]) -> WhiteSpace:
        here, others = self._sides(target, indication)
        listed = {one.drug_id for one in supports if one.in_pair} - self._names(here)
        code = self.place.get(indication, UNKNOWN)
        return WhiteSpace(
            target=target,
            indication_id=indication,
            kinds=tuple(sorted({support.kind for support in supports})),
            supports=tuple(sorted(supports, key=lambda one: (one.kind, one.known_on, one.source))),
            programmes=tuple(self._neighbour(row) for row in sorted(here.tolist())),
            elsewhere=tuple(self._neighbour(row) for row in others[:5].tolist()),
            target_programmes=len(here) + len(others),
            indication_programmes=0 if code == UNKNOWN else int(self.in_indication[code]),
            target_coverage=self.coverage,
            listed=tuple(sorted(listed)),
            failures=self._failures(target, indication),
        )

    def _sides(self, target: str, indication: str) -> tuple[Rows, Rows]:
        """Programmes on the target in the indication, and elsewhere, the furthest first."""
        rows = self.rows.get(target, NO_ROWS)
        is_here = self.programmes.indication[rows] == self.place.get(indication, UNKNOWN - 1)
        return rows[is_here], rows[~is_here]

    def _names(self, rows: Rows) -> set[str]:
        return {self.world.drugs[code] for code in self.programmes.drug[rows].tolist()}

    def _failures(self, target: str, indication: str) -> tuple[Failure, ...]:
        found = [one for one in self.failed.get(target, ()) if one.indication_id in ("", indication)]
        return tuple(sorted(found, key=lambda one: (not one.indication_id, one.year or 0, one.drug_id, one.source)))

    def _neighbour(self, row: int) -> Neighbour:
        indication = int(self.programmes.indication[row])
        name = "" if indication == UNKNOWN else self.world.indications[indication]
        stage = LADDER[int(self.programmes.rank[row])]
        return Neighbour(self.world.drugs[int(self.programmes.drug[row])], name, stage)


def _order(space: WhiteSpace) -> tuple[bool, bool, int, int, int, int, str, str]:
    further = max((LADDER.index(one.stage) for one in space.elsewhere), default=-1)
    crowd = (-len(space.kinds), space.drugs, -further, space.indication_programmes)
    return (space.failed_here, space.approved_here, *crowd, space.target, space.indication_id)
