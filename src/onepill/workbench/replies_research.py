"""What the questions about the research behind the world's programmes answer."""

from __future__ import annotations

from typing import Literal

from onepill.workbench.replies_landscape import Asked
from onepill.workbench.reply_parts import Chance, Iso, Reply, Text


class CauseRow(Reply):
    """A cause of burden: `log_ratio` is the natural logarithm of its share of trials over its share of DALYs, with 95 %
    limits; 0 is in proportion. `n` pairs of trial and cause stand behind the shares. `unmeasured` says why a cause has
    no shares: its DALYs are blank, or no condition can be told to belong to it.
    """

    id: str
    cause: Text
    trials: int
    dalys: float | None
    trial_share: Chance | None
    daly_share: Chance | None
    trials_per_million_dalys: float | None
    log_ratio: float | None
    low: float | None
    high: float | None
    n: int
    unmeasured: Text | None


class ConditionCount(Reply):
    condition: str
    name: str
    trials: int


class BurdenCoverage(Reply):
    """`mapped_trials` have a cause; the others have no known condition, or only such as belong to no cause."""

    trials: int
    mapped_trials: int
    mapped_share: Chance
    trial_cause_pairs: int
    without_condition: int
    unmapped_conditions: list[ConditionCount]
    records: dict[str, int]


class BurdenSource(Reply):
    """The loaded table of burden, and the day from which it is known."""

    publisher: str
    licence: str
    address: str
    file: str
    known_on: Iso


class CauseMap(Reply):
    """How conditions were given causes."""

    title: str
    source_grade: str
    note: str


class BurdenReply(Asked):
    """Causes, the least researched for their burden first; those that cannot be measured last."""

    area: str
    year: int
    causes: list[CauseRow]
    coverage: BurdenCoverage
    burden: BurdenSource
    cause_map: CauseMap


class SupportRow(Reply):
    """One finding for the pair; `source` names the record, `known_on` the day from which it is known."""

    kind: Literal["approval", "trial", "drug_list", "knowledge_graph", "related_condition"]
    drug: str
    name: str
    statement: Text
    source: str
    known_on: Iso


class NeighbourRow(Reply):
    drug: str
    name: str
    indication: str
    indication_name: str
    stage: str


class FailureRow(Reply):
    """A drug on the target that is said to have failed; `here` tells whether in this very indication."""

    drug: str
    name: str
    here: bool
    year: int | None
    mode: str
    scope: str
    source: str
    known_on: Iso


class PairRow(Reply):
    """A pair: why it is thought to work, who is there already, who is near, and what failed.

    `drugs` are at work in the pair: `programmes` by trials and approvals, `listed` by the supports alone.
    """

    target: str
    indication: str
    indication_name: str
    kinds: list[str]
    supports: list[SupportRow]
    drugs: int
    programmes: list[NeighbourRow]
    listed: list[NeighbourRow]
    elsewhere: list[NeighbourRow]
    target_programmes: int
    indication_programmes: int
    approved_here: bool
    failed_here: bool
    failures: list[FailureRow]


class WhitespaceCoverage(Reply):
    """Supports by kind before pairs are chosen; `target_share` of all programmes have a known class: the others may
    stand in any of the pairs unseen.
    """

    supports: dict[str, int]
    failures: int
    target_share: Chance
    records: dict[str, int]


class WhitespaceReply(Asked):
    """Pairs in the order that `order` tells; `found` counts all."""

    order: Text
    at_most: int
    pairs: list[PairRow]
    found: int
    coverage: WhitespaceCoverage
