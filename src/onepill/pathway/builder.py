"""What a network is collected in while it is built, and where its parts belong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from onepill.calendars import calendar
from onepill.core.errors import Finding
from onepill.pathway.clocks import Days, Span
from onepill.pathway.inputs import NetworkInput, Text
from onepill.pathway.tables import ActivityInfo, ClockUse, FeeUse
from onepill.rulebook import Rulebook
from onepill.sim.plan import FINISHED, STARTED, SUCCEEDED, Activity, DayTable, Link, WorkingDays


@dataclass
class Builder:
    """Collects a network's parts while it is built."""

    given: NetworkInput
    rulebook: Rulebook
    span: Span
    activities: list[Activity] = field(default_factory=list)
    infos: list[ActivityInfo] = field(default_factory=list)
    clocks: dict[str, DayTable] = field(default_factory=dict)
    calendars: dict[str, WorkingDays] = field(default_factory=dict)
    uses: list[ClockUse] = field(default_factory=list)
    fees: list[FeeUse] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def add(self, activity: Activity, info: ActivityInfo) -> None:
        self.activities.append(activity)
        self.infos.append(info)

    def running(self, activity: Activity) -> Activity:
        """A step that takes time and whose prerequisites are all facts has begun on the last of their days."""
        facts = {a.id: a for a in self.activities if a.finished is not None}
        takes_time = activity.duration is not None or activity.clock is not None
        if not takes_time or not activity.after or any(link.activity not in facts for link in activity.after):
            return activity
        days = [_fact_day(facts[link.activity], link) for link in activity.after]
        return activity if None in days else replace(activity, started=max(day for day in days if day is not None))

    def calendar_name(self, jurisdiction: str) -> str:
        """The working days of a jurisdiction, put on file once."""
        if jurisdiction not in self.calendars:
            index = calendar(jurisdiction).working_index(self.span.days)
            index = index - index[0]
            working = [0, *_first_of_each(index)]
            self.calendars[jurisdiction] = WorkingDays(self.span.first, index, self.span.days[working])
        return jurisdiction

    def clock_name(self, key: str, table: DayTable) -> str:
        self.clocks.setdefault(key, table)
        return key


def _fact_day(fact: Activity, link: Link) -> int | None:
    """The day of a fact's event, None where another came of it."""
    if link.event == STARTED:
        return fact.started
    return fact.finished if link.event in (FINISHED, fact.outcome or SUCCEEDED) else None


def _first_of_each(index: Days) -> list[int]:
    return [int(i) + 1 for i in np.flatnonzero(np.diff(index) > 0)]


@dataclass(frozen=True)
class Place:
    """Where a procedure's activities belong: id prefix, value path, jurisdiction and the terms that hold.

    `splits_cycles` is True where the filing states the share of its first cycle, so that later cycles are activities of
    their own and no time of the first one may contain them.
    """

    prefix: str
    path: str
    group: str
    jurisdiction: str
    terms: frozenset[str]
    splits_cycles: bool = False


@dataclass(frozen=True)
class Facts:
    """Days of a procedure that already happened."""

    submitted: date | None = None
    accepted: date | None = None


NOTHING_HAPPENED = Facts()


@dataclass(frozen=True)
class Built:
    """The activities at a procedure's ends: its submission and its last steps as links."""

    submission: str
    ends: tuple[Link, ...]
    first: str


def text(en: str, zh: str) -> Text:
    return {"en": en, "zh": zh}


def labels(*parts: Mapping[str, str]) -> Text:
    """Texts side by side in each language."""
    return {lang: " · ".join(part.get(lang, "") for part in parts if part) for lang in ("en", "zh")}


def last_part(name: str) -> str:
    """The part of a dotted id after its last dot."""
    return name.rpartition(".")[2]
