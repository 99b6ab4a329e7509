"""What the landscape operations answer."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from onepill.workbench.replies.parts import Chance, FindingRow, Iso, Reply, Text

AsOfMethod = Literal["snapshot", "reconstructed"]


class MeasureRow(Reply):
    """A number beside its 95 % limits; all null where it is not defined. `n` is what stands behind it."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    unit: str
    interval: str
    meaning: Text | None


class CoverageRow(Reply):
    """What the answer rests on.

    Shares are of the programmes shown; `world_class_share` of all agents of the world, on which tags rest. `texts`
    counts distinct texts by what became of them, `records` the trials and approvals that were used or left out.
    """

    programmes: int
    target_share: Chance
    class_share: Chance
    indication_share: Chance
    origin_share: Chance
    world_class_share: Chance | None
    texts: dict[str, dict[str, int]]
    records: dict[str, int]


class SourceAge(Reply):
    """A source and the day that it shows: as its file states (`snapshot_day`), else that of loading (`loaded_day`)."""

    source: str
    day: Iso
    age_days: int
    age_from: Literal["snapshot_day", "loaded_day"]


class DataAge(Reply):
    """The newest day that the data show, and how many days before the day asked that is; below 0 the data are newer."""

    day: Iso
    age_days: int
    sources: list[SourceAge]


class Asked(Reply):
    """What every answer states: the day, the age of the data, how the past was told, what was known of drugs, and the
    assumptions.
    """

    warehouse: str
    generation: int
    as_of: Iso
    as_of_method: AsOfMethod
    data: DataAge
    annotations: Literal["as_known", "hindsight"]
    assumptions: list[Text]
    findings: list[FindingRow]


class ProgrammeRow(Reply):
    """An agent: `class` is target, mechanism and modality, empty where unknown; `stage` is the furthest anywhere,
    `stage_in_indication` that in the conditions asked for (empty where none was); `evidence` are ids of records.
    """

    drug: str
    name: str
    class_: str = Field(alias="class")
    stage: str
    stage_in_indication: str
    first_seen: Iso
    reached: Iso
    sponsors: list[str]
    origin: str
    tag: str
    tag_reason: Text
    evidence: list[str]


class LandscapeReply(Asked):
    """Who else is there; `programmes` are at most as many as were asked for, `shown` counts all."""

    programmes: list[ProgrammeRow]
    shown: int
    tag_counts: dict[str, int]
    tags_withheld: int
    coverage: CoverageRow


class MemberRow(Reply):
    drug: str
    name: str


class FirstRow(MemberRow):
    """A drug of a tag, with its class, and the stage that it reached on a day."""

    class_: str = Field(alias="class")
    stage: str
    reached: Iso


class TagGroup(Reply):
    count: int
    members: list[FirstRow]


class FirstsReply(Asked):
    """Agents by tag, and the share of each tag among agents not yet approved; `kind` says what is counted."""

    kind: Text
    first_in_class: TagGroup
    fast_follower: TagGroup
    me_too: TagGroup
    unknown: TagGroup
    combination: TagGroup
    approved: TagGroup
    shares: dict[str, MeasureRow]
    coverage: CoverageRow


class StageWeightsRow(Reply):
    """What a programme at a stage counts in `phase_weighted_programmes`: its published chance of approval."""

    by_stage: dict[str, Chance]
    source: str


class CrowdingReply(Asked):
    unit: str
    measures: dict[str, MeasureRow]
    stage_weights: StageWeightsRow
    coverage: CoverageRow


class CellRow(Reply):
    row: str
    column: str
    row_name: str
    column_name: str
    programmes: int
    by_stage: dict[str, int]


class MatrixReply(Asked):
    """Filled cells, the fullest first; `unplaced` programmes have an unknown row or column."""

    rows: str
    columns: str
    cells: list[CellRow]
    filled: int
    programmes: int
    unplaced: int


class EntrantsReply(Asked):
    """Agents by origin (`?` where unknown) and year: `counts[i][j]` is of `origins[i]` in `years[j]`."""

    origins: list[str]
    years: list[int]
    counts: list[list[int]]


class CompareReply(Asked):
    """Ratios of the origin's numbers to the rest's, and the crowding of each side."""

    origin: str
    versus: str
    ratios: dict[str, MeasureRow]
    sides: dict[str, dict[str, MeasureRow]]
    unknown_origin: int
    coverage: CoverageRow
