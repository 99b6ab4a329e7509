"""What changed between two days, and how much it matters.

Severities of changes to trials follow the published scheme of biocatalystfeed 0.3.3 (PyPI). Changes of programmes and
tags are not in that scheme; their severity is this project's own choice, and each change says which it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Literal

from onepill.landscape.reasons import Reason
from onepill.landscape.stages import LADDER

Severity = Literal["critical", "notable", "minor"]
SEVERITIES: tuple[Severity, ...] = ("critical", "notable", "minor")
Scheme = Literal["published", "own"]

STOPPED = frozenset({"TERMINATED", "SUSPENDED", "WITHDRAWN"})
ENROLMENT_CHANGE = 0.20
DATE_MOVE_DAYS = 30


@dataclass(frozen=True)
class TrialState:
    """What a registry said of a trial on a day; empty and None where it said nothing."""

    record_id: str
    status: str = ""
    why_stopped: str = ""
    primary_endpoint: str = ""
    phase: str = ""
    sponsor: str = ""
    title: str = ""
    enrolment: int | None = None
    start: date | None = None
    primary_completion: date | None = None
    completion: date | None = None
    results_posted: date | None = None


@dataclass(frozen=True)
class Change:
    """One difference.

    Attributes:
        subject: the trial's id, or the drug (and indication).
        what: the field that changed, or `new` or `gone`.
        scheme: whose rule gave the severity.
    """

    subject: str
    what: str
    before: Any
    after: Any
    severity: Severity
    scheme: Scheme


def diff_trials(before: Sequence[TrialState], after: Sequence[TrialState]) -> tuple[Change, ...]:
    """Changes of trials, worst first, then by id and field.

    A trial that is gone is minor by the scheme's last rule ("the rest"); the publisher removed it, or the load broke.
    """
    old, new = ({one.record_id: one for one in states} for states in (before, after))
    changes = [Change(key, "new", None, new[key].status, "notable", "published") for key in new.keys() - old.keys()]
    changes += [Change(key, "gone", old[key].status, None, "minor", "published") for key in old.keys() - new.keys()]
    for key in old.keys() & new.keys():
        changes += field_changes(old[key], new[key])
    return _sorted(changes)


def diff_tags(before: Sequence[Reason], after: Sequence[Reason]) -> tuple[Change, ...]:
    """Changes of programmes: new and gone ones, stages, tags.

    Critical: a class has its first approval (also by an agent that is new), or an agent is no longer first. Notable:
    other changes of tag or stage, and other new agents. Minor: an agent is no longer counted.
    """
    old, new = ({(one.drug_id, one.indication_id): one for one in reasons} for reasons in (before, after))
    changes = [_new(_subject(key), new[key]) for key in new.keys() - old.keys()]
    changes += [Change(_subject(key), "gone", old[key].tag, None, "minor", "own") for key in old.keys() - new.keys()]
    for key in old.keys() & new.keys():
        changes += _programme_changes(_subject(key), old[key], new[key])
    return _sorted(changes)


def field_changes(old: TrialState, new: TrialState) -> list[Change]:
    """Changes of the fields of one trial, in the order of the fields."""
    names = [field.name for field in fields(TrialState) if getattr(old, field.name) != getattr(new, field.name)]
    return [
        Change(old.record_id, name, getattr(old, name), getattr(new, name), trial_severity(name, old, new), "published")
        for name in names
    ]


def trial_severity(name: str, old: TrialState, new: TrialState) -> Severity:
    """How much the change of one field of a trial matters, by the published scheme."""
    before, after = getattr(old, name), getattr(new, name)
    rule: Callable[[Any, Any], Severity] = _RULES.get(name, lambda *_: "minor")
    return rule(before, after)


def _status(_: str, after: str) -> Severity:
    return "critical" if after.upper() in STOPPED else "notable"


def _why_stopped(_: str, after: str) -> Severity:
    return "critical" if after else "minor"


def _enrolment(before: int | None, after: int | None) -> Severity:
    if not before or after is None:
        return "minor"
    return "notable" if abs(after - before) >= ENROLMENT_CHANGE * before else "minor"


def _day(before: date | None, after: date | None) -> Severity:
    if before is None or after is None:
        return "minor"
    return "notable" if abs((after - before).days) >= DATE_MOVE_DAYS else "minor"


def _results(_: date | None, after: date | None) -> Severity:
    return "notable" if after else "minor"


def _notable(*_: Any) -> Severity:
    return "notable"


_RULES: Mapping[str, Callable[[Any, Any], Severity]] = {
    "status": _status,
    "why_stopped": _why_stopped,
    # A first statement of an endpoint rewrites nothing.
    "primary_endpoint": lambda before, _: "critical" if before else "notable",
    "phase": _notable,
    "sponsor": _notable,
    "enrolment": _enrolment,
    "start": _day,
    "primary_completion": _day,
    "completion": _day,
    "results_posted": _results,
}


def _new(subject: str, agent: Reason) -> Change:
    return Change(subject, "new", None, agent.tag, "critical" if agent.opens_class else "notable", "own")


def _programme_changes(subject: str, old: Reason, new: Reason) -> list[Change]:
    changes = []
    if old.stage != new.stage:
        opened: Severity = "critical" if new.opens_class and not old.opens_class else "notable"
        changes.append(Change(subject, "stage", old.stage, new.stage, opened, "own"))
    if old.tag != new.tag:
        lost = old.tag == "first_in_class" and LADDER.index(new.stage) < LADDER.index("approval")
        changes.append(Change(subject, "tag", old.tag, new.tag, "critical" if lost else "notable", "own"))
    return changes


def _subject(key: tuple[str, str]) -> str:
    return " in ".join(part for part in key if part)


def _sorted(changes: list[Change]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda one: (SEVERITIES.index(one.severity), one.subject, one.what)))
