"""What the watch operations answer."""

from __future__ import annotations

from typing import Any, Literal

from onepill.workbench.replies.landscape import Asked, AsOfMethod, MemberRow
from onepill.workbench.replies.parts import FindingRow, Iso, Reply, Text

Severity = Literal["critical", "notable", "minor"]


class WatchRow(Reply):
    """A watch: the filters and switches that differ from those of a plain `landscape`.

    `owner` is the account that saved it: null where this machine's user did, and for whom it is only kept.
    """

    name: str
    warehouse: str | None
    filters: dict[str, Any]
    owner: str | None
    programmes: list[str]
    accounts: list[str]


class WatchSaved(Reply):
    """A saved watch; `replaced` is the one of that name which stood before."""

    watch: WatchRow
    replaced: WatchRow | None
    findings: list[FindingRow]


class WatchList(Reply):
    """All watches by name; a kept text that is none is a finding."""

    watches: list[WatchRow]
    findings: list[FindingRow]


class WatchForgotten(Reply):
    name: str


class ChangeSource(Reply):
    """Where a change is told: the source's id and its publisher, and the address of the record, else of the source."""

    id: str
    title: Text
    publisher: str
    address: str


class ChangeRow(Reply):
    """A change. `record` is the record that tells it (`ctgov:NCT…`, empty where none alone does); `field` is what
    changed, or `new` or `gone`; `known_on` the day from which it is known; `posted_on` the day of the publisher's last
    update in the copy that tells it; `scheme` whose rule gave the severity.
    """

    severity: Severity
    kind: Literal["programme", "approval", "trial"]
    drugs: list[MemberRow]
    title: str
    record: str
    field: str
    before: str | int | None
    after: str | int | None
    known_on: Iso
    posted_on: Iso | None
    reason: Text
    scheme: Literal["published", "own"]
    evidence: list[str]
    source: ChangeSource | None


class TrialCopies(Reply):
    """On what the changes of trials rest: how many of the watch's trials had a copy by the first day, how many have
    their first one later, and how many none by the second day.
    """

    method: Literal["snapshot"]
    trials: int
    known_at_start: int
    known_later: int
    not_known: int


class LandscapeDiff(Asked):
    """What changed in a watch after `since` and up to `as_of`, the gravest first; `counts` and `shown` are of all."""

    watch: WatchRow
    since: Iso
    since_method: AsOfMethod
    trial_copies: TrialCopies
    counts: dict[Severity, int]
    shown: int
    changes: list[ChangeRow]
