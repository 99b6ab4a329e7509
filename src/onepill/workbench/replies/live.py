"""What a programme that is being edited answers."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from onepill.workbench.replies.parts import Chance, FindingRow, Iso, Reply, SourceRow, Text


class Estimated(Reply):
    """A mean over the futures with its simulation error, in the unit of its field."""

    mean: float
    standard_error: float = Field(ge=0)


class LiveMilestone(Reply):
    """A milestone; `p50` over the futures in which it comes, null where it never does."""

    id: str
    label: Text
    jurisdiction: str
    kind: str
    is_fact: bool
    prob: Chance
    p50: Iso | None


class LiveState(Reply):
    """Value in US dollars, share of futures that earn money, days and chances."""

    rnpv_usd: Estimated
    earns_share: Chance
    milestones: list[LiveMilestone]


class MovedMilestone(Reply):
    """Later (positive) or earlier in days where it comes in both, and the change of its chance; paired."""

    id: str
    days: Estimated | None
    prob: Estimated


class Moved(Reply):
    rnpv_usd: Estimated
    earns_share: Estimated
    milestones: list[MovedMilestone]


class LiveChange(Reply):
    """A value that is changed; `value` is what a scenario would hold."""

    path: str
    before: str | None
    text: str
    value: Any


class LiveChoice(Reply):
    """A word that may stand at an input, with its name where the rulebook or the file gives one."""

    code: str
    name: Text | None


class LiveInput(Reply):
    """An input as a page shows it; `text` is what may be typed instead, null where the file does not hold it.

    `may_source` is false where the file has no place for where the value comes from; `explained_by` is the path that
    `explain` knows it by, null for a word. `choices` are the words that may stand there, none where they are free, and
    `shape` is the kind of a distribution.
    """

    path: str
    text: str | None
    shown: str
    unit: str
    before: str | None
    origin: Literal["user", "rule", "base_rate", "registry", "derived", "assumption"]
    source_grade: Literal["official", "secondary", "derived", "unverified"]
    source: SourceRow | None
    note: str | None
    may_change: bool
    may_source: bool
    explained_by: str | None
    choices: list[LiveChoice]
    shape: str | None


class LiveReply(Reply):
    """The saved state, the changed one and the paired difference; null where nothing is changed.

    `findings` are errors of changes that are left out of the answer, `titles` what the file calls its stages and
    filings, by their paths.
    """

    id: str
    title: Text
    titles: dict[str, Text]
    version: int = Field(ge=1)
    newest_version: int = Field(ge=1)
    scenario: str | None
    scenarios: list[str]
    as_of: Iso
    draws: int
    seed: int
    base: LiveState
    now: LiveState
    moved: Moved | None
    changes: list[LiveChange]
    findings: list[FindingRow]
    inputs: list[LiveInput]
    passport: dict[str, Any] | None
    text: str | None
