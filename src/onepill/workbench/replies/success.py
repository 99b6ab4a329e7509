"""What `success` answers."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from onepill.workbench.replies.parts import Chance, FindingRow, Iso, Reply, SourceRow, Text


class CutRow(Reply):
    """A printed margin: `weight` is what of its deviation counts, `odds_ratio` what it comes to."""

    cut: str
    level: str
    place: str
    prob: Chance
    n: int
    reference_prob: Chance
    weight: float
    odds_ratio: float


class GatePart(Reply):
    """One gate of a stage before evidence about the drug."""

    transition: str
    prob: Chance
    low: Chance
    high: Chance
    n: int
    note: str | None
    cuts: list[CutRow]


class AdjustmentRow(Reply):
    """A factor at a stage; `odds_ratio` is its likelihood ratio of success, `prob_without` the chance without it."""

    factor: str
    name: Text
    group: str | None
    says: bool | None
    on: bool
    used: bool
    told_by: str | None
    reason: Text
    odds_ratio: float
    odds_ratio_low: float
    odds_ratio_high: float
    prob_without: Chance
    grade: str
    source: SourceRow
    fact_source: SourceRow | None
    note: Text


class OtherTable(Reply):
    """The same quantity in both tables, with the same cuts and evidence."""

    table: str
    quantity: str
    prob: Chance
    low: Chance
    high: Chance
    own_prob: Chance


class Overridden(Reply):
    """What would be predicted where the file states its own chance."""

    prob: Chance
    low: Chance
    high: Chance


class SuccessStage(Reply):
    """A stage or a filing that may fail; `base` is null where nothing predicts it, limits where there are none."""

    id: str
    kind: Literal["stage", "filing"]
    indication: str
    jurisdiction: str | None
    label: Text
    table: str | None
    quantity: str | None
    base: Chance | None
    base_low: Chance | None
    base_high: Chance | None
    adjustments: list[AdjustmentRow]
    prob: Chance
    low: Chance | None
    high: Chance | None
    n: int | None
    included: bool
    origin: str
    source_grade: str
    source: SourceRow | None
    gates: list[GatePart]
    overrides: Overridden | None
    other: OtherTable | None


class OverallRow(Reply):
    """The chance of one approval; nulls where it is no plain product of its gates."""

    filing: str
    jurisdiction: str
    gates: list[str]
    prob: Chance | None
    low: Chance | None
    high: Chance | None
    base: Chance | None
    other_prob: Chance | None
    other_low: Chance | None
    other_high: Chance | None


class FactorRow(Reply):
    """A factor that may be known: where it acts, what is known in each indication, and whether it counts."""

    factor: str
    name: Text
    acts_on: list[str]
    group: str | None
    default: str
    known: bool
    counts: bool
    grade: str
    source: SourceRow
    note: Text


class TableRow(Reply):
    key: str
    name: str
    window: str
    counting: str
    note: str


class SuccessReply(Reply):
    programme: str
    as_of: Iso
    seed: int
    draws: int = Field(description="draws of an interval of a product")
    table: str
    other_table: str
    tables: list[TableRow]
    profiles: dict[str, dict[str, str | None]]
    stages: list[SuccessStage]
    overall: list[OverallRow]
    factors: list[FactorRow]
    findings: list[FindingRow]
