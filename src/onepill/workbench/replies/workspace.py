"""What the operations on the workspace answer."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from onepill.workbench.replies.parts import Chance, FindingRow, Iso, Reply, Text
from onepill.workbench.replies.programme import Estimate, ScenarioReply

Moment = str
Tier = Literal["public", "internal", "confidential", "strictly"]


class VersionRow(Reply):
    """A saved version without its text; `parent_version` is the one that was edited."""

    version: int = Field(ge=1)
    text_hash: str
    saved_at: Moment
    saved_by: str
    reason: str
    parent_version: int | None
    scenario: str | None


class NextMilestone(Reply):
    id: str
    label: Text
    jurisdiction: str
    p50: Iso | None
    prob: Chance


class Outlook(Reply):
    """A kept passport in a line; `stage` is the one that ends first among those not done."""

    draws: int
    stage: str | None
    stage_label: Text | None
    next_milestone: NextMilestone | None
    next_approval: dict[str, Any] | None
    launch_prob: Chance | None
    rnpv_usd: dict[str, Any]


class ProgrammeRow(Reply):
    id: str
    title: Text
    as_of: Iso
    tier: Tier
    created_at: Moment
    created_by: str
    newest: VersionRow
    scenarios: list[str]
    competitors_version: int | None
    outlook: Outlook | None


class ProgrammeList(Reply):
    """The programmes of the workspace by id; `withheld` others are not for the person who asks."""

    programmes: list[ProgrammeRow]
    withheld: int = Field(default=0, ge=0)


class TableRow(Reply):
    version: int
    text: str
    file: str


class ProgrammeShown(Reply):
    """A programme as it was saved, with its competitor table; `withheld` are the paths above the reader's tier.

    `titles` are what the file calls its stages and filings, by their paths.
    """

    id: str
    title: Text
    titles: dict[str, Text]
    as_of: Iso
    tier: Tier
    version: VersionRow
    newest_version: int
    text: str
    file: str
    scenarios: list[str]
    competitors: TableRow | None
    withheld: list[str] = Field(default=[])


class Saved(Reply):
    """What was saved, and what was noticed about it (no errors)."""

    id: str
    version: VersionRow
    findings: list[FindingRow]


class ChangeRow(Reply):
    """A value that differs; null where it is not there."""

    path: str
    before: Any
    after: Any


class HistoryRow(VersionRow):
    changes: list[ChangeRow]


class History(Reply):
    """Versions, the newest first, with what each changed; `count` is how many there are."""

    id: str
    count: int
    versions: list[HistoryRow]


class Side(ScenarioReply):
    """One side of a comparison against the base, on the same futures; differences are paired."""

    kind: Literal["version", "scenario", "text"]
    values: list[ChangeRow]


class CompareBase(Reply):
    version: int
    rnpv_usd: Estimate
    milestones: list[dict[str, Any]]


class Comparison(Reply):
    """What each side moves."""

    id: str
    draws: int
    seed: int
    base: CompareBase
    sides: list[Side]


class JobRow(Reply):
    """A job; `done` of `total` futures are drawn, `answer` is null unless asked for."""

    id: str
    operation: str
    programme: str | None
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    done: int
    total: int
    step: str
    run_key: str | None
    error: dict[str, Any] | None
    created_by: str
    created_at: Moment
    finished_at: Moment | None
    heartbeat_at: Moment | None
    attempts: int


class JobShown(JobRow):
    answer: Any


class JobList(Reply):
    jobs: list[JobRow]
    withheld: int = Field(default=0, ge=0)


class BackedUp(Reply):
    """The file that was written."""

    file: str
    bytes: int
    documents: int


class RestoredFile(Reply):
    """What stands now, and the backup of what stood before, which undoes it."""

    file: str
    undo: str
    documents: int
