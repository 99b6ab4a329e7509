"""What the page of pictures answers: one document that the pictures and their tables are drawn from."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from onepill.workbench.replies.landscape import Asked, CoverageRow, MeasureRow, ProgrammeRow
from onepill.workbench.replies.parts import Chance, Iso, Reply, Text
from onepill.workbench.replies.research import CauseRow

Role = Literal["trials", "approvals", "drugs", "conditions", "burden"]


class AxisRow(Reply):
    """A row or column of the heat map: `programmes` is the sum of its cells, of which each drug of several targets
    gives one to each target.
    """

    id: str
    name: str
    programmes: int


class HeatCell(Reply):
    row: str
    column: str
    programmes: int
    by_stage: dict[str, int]


class HeatMap(Reply):
    """The fullest rows and columns; what they leave out is gathered under the id `others`, where there is any."""

    rows: list[AxisRow]
    columns: list[AxisRow]
    cells: list[HeatCell]
    other_rows: int
    other_columns: int
    filled: int
    programmes: int
    unplaced: int


class PassedStage(Reply):
    """The first day that an agent was known at a stage; `is_listed` where only a list without days tells it, so that
    the day is the list's own.
    """

    stage: str
    stage_name: Text
    day: Iso
    is_listed: bool
    records: list[str]


class WayRow(Reply):
    drug: str
    name: str
    origin: str
    is_own: bool
    milestones: list[PassedStage] = Field(min_length=1)


class Timeline(Reply):
    """Ways of the furthest agents, and of those the earliest; `agents` counts all of the question.

    `within_conditions`: only what names the conditions asked for counts; an approval without any does not.
    """

    as_of: Iso
    ways: list[WayRow]
    agents: int
    within_conditions: bool


class TrendRow(Reply):
    """The measures as they were known on a day; `target_share` of the programmes had a known target then."""

    day: Iso
    measures: dict[str, MeasureRow]
    target_share: Chance


class ListDay(Reply):
    """A list of drugs that is known from a day on: numbers before and after it do not compare."""

    day: Iso
    source: str


class Trend(Reply):
    days: list[TrendRow]
    lists: list[ListDay]


class EntrantsByOrigin(Reply):
    """Agents by origin (`?` where unknown) and year; the last year ends on the day asked for."""

    as_of: Iso
    origins: list[str]
    years: list[int]
    counts: list[list[int]]
    lists: list[ListDay]


class OriginAgainstRest(Reply):
    origin: str
    ratios: dict[str, MeasureRow]
    unknown_origin: int


class BurdenPicture(Reply):
    """Trials by cause beside DALYs, as `landscape burden` answers; `mapped_share` of the trials have a cause."""

    causes: list[CauseRow]
    year: int
    area: str
    known_on: Iso
    trials: int
    mapped_share: Chance


class LoadedFile(Reply):
    """One load of a source that the answer rests on."""

    file: str
    sha256: str
    rows_loaded: int
    rows_quarantined: int
    snapshot_day: Iso | None
    loaded_day: Iso


class LoadedSourceRow(Reply):
    """A source with its loads since its last full one.

    `shown_day` is the newest day that the loads show, the day of loading where they tell none; `age_days` counts from
    it to the day asked for, below zero where the load is newer. `roles` say what its rows are used for.
    """

    source: str
    title: Text
    publisher: str
    licence: str
    address: str
    roles: list[Role]
    records: int
    first_day: Iso | None
    last_day: Iso | None
    shown_day: Iso
    age_days: int
    files: list[LoadedFile]


class LandscapePage(Asked):
    """All that the page shows; null stands for a picture that cannot be drawn.

    `timeline` is null where no filter narrows the world, `burden` where `burden_absent` says why: none is loaded, or
    what is loaded was published after the day.
    """

    schema_version: int
    engine_version: str
    filters: dict[str, Any]
    programmes: list[ProgrammeRow]
    shown: int
    tag_counts: dict[str, int]
    tags_withheld: int
    tag_shares: dict[str, MeasureRow]
    coverage: CoverageRow
    measures: dict[str, MeasureRow]
    heat_map: HeatMap
    timeline: Timeline | None
    trend: Trend
    entrants: EntrantsByOrigin
    compare: OriginAgainstRest
    burden: BurdenPicture | None
    burden_absent: Literal["not_loaded", "published_later"] | None
    sources: list[LoadedSourceRow]
