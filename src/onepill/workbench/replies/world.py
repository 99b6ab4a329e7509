"""What `world` and `brief` answer."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from onepill.workbench.replies.parts import Chance, FindingRow, Iso, Reply, Text
from onepill.workbench.replies.programme import Estimate

Source = dict[str, Any]


class LawChange(Reply):
    """Something that happens to a rule on a day; `before` is the value on the eve of the version's start."""

    day: Iso
    change: Literal["announced", "begins", "ends"]
    rule: str
    name: Text
    jurisdiction: str
    topic: str
    variant: str | None
    variant_name: Text | None
    unit: str | None
    before: Any
    value: Any
    announced: Iso | None
    from_: Iso | None = Field(alias="from")
    until: Iso | None
    status: str
    source_grade: str
    source: Source | None


class Clock(Reply):
    """What a rule says on the day where no condition chooses otherwise."""

    rule: str
    name: Text
    jurisdiction: str
    topic: str
    nature: str | None
    value: Any
    unit: str | None
    announced: Iso | None
    from_: Iso | None = Field(alias="from")
    until: Iso | None
    attested: list[Iso]
    status: str
    source_grade: str
    source: Source | None
    ref: str | None
    start_unknown: bool
    variants: int


class Route(Reply):
    procedure: str
    name: Text
    jurisdiction: str
    topic: str
    steps: int


class JurisdictionRow(Reply):
    """Counts; `absent` are topics that were looked for and not found."""

    jurisdiction: str
    rules_in_force: int
    official: int
    absent: int
    routes: int
    changes_ahead: int
    next_change: Iso | None


class World(Reply):
    on: Iso
    known_on: Iso
    jurisdictions: list[JurisdictionRow]
    routes: list[Route]
    clocks: list[Clock]
    changes: list[LawChange]


class ValueChange(Reply):
    path: str
    before: Any
    after: Any


class SavedVersion(Reply):
    """A version of a document that was saved in the span, with the values that it changed."""

    document: str
    kind: str
    programme: str | None
    version: int
    saved_at: str
    saved_by: str
    reason: str
    changes: list[ValueChange]


class MovedDay(Reply):
    """Days later (above 0) or earlier, over the futures in which the milestone comes on both sides."""

    id: str
    days: Estimate
    prob: Estimate
    prob_after: Chance


class Moves(Reply):
    """Differences on the same draws."""

    rnpv_usd: Estimate
    milestones: list[MovedDay]


class MovedProgramme(Reply):
    """`moves` is all, the sum of three steps that follow one another: `time` is the inputs as they stood, as of the
    later day instead of the earlier one, under the rules known by the earlier one; `law` the rules that became known in
    between; `inputs` what was saved since, on the later day and under its rules.

    `slipped` milestones come, with the same inputs, later by more than half of the days that passed: nothing of what
    leads to them was saved as done. `problem` says why a programme could not be computed.
    """

    programme: str
    title: Text
    version_before: int | None
    version_after: int
    rnpv_usd: Estimate | None
    moves: Moves | None
    time: Moves | None
    law: Moves | None
    inputs: Moves | None
    slipped: int | None
    problem: str | None


class WatchChanges(Reply):
    """The differences of a watch, or why there are none to tell."""

    watch: str
    changes: list[dict[str, Any]]
    problem: str | None


class BriefDeal(Reply):
    deal_id: str
    announced_on: Iso
    licensor: str
    licensee: str
    asset: str
    stage: str
    structure: str
    upfront_usd: float | None
    total_usd: float | None
    source_grade: str
    source_title: str
    source_url: str


class Brief(Reply):
    since: Iso
    on: Iso
    draws: int
    seed: int
    law: list[LawChange]
    watches: list[WatchChanges]
    deals: list[BriefDeal]
    own: list[SavedVersion]
    programmes: list[MovedProgramme]
    findings: list[FindingRow]
