"""What changed in the copies of trial records between two days, and since when it is known.

A registry overwrites status, enrolment and days of completion. Each version of a record counts from the day of the
first copy that holds it, never earlier: what a record said before its first copy is not known, and not guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from onepill.landscape.watch import Change, TrialState, field_changes


@dataclass(frozen=True)
class TrialVersion:
    """One version of a trial's record.

    Attributes:
        known_on: the day of the first copy that holds it.
        ended_on: the day of a whole copy that no longer holds the record; None while it stands or another followed.
        posted_on: the day of the publisher's last update in it; None where it tells none.
        read_as: the form it was read from. A poorer form leaves fields empty that the publisher did not empty.
    """

    state: TrialState
    known_on: date
    ended_on: date | None = None
    posted_on: date | None = None
    read_as: str = ""


@dataclass(frozen=True)
class DatedChange:
    """A change with the day from which it is known, and the day of the publisher's update that told it, if it did."""

    change: Change
    known_on: date
    posted_on: date | None = None


@dataclass(frozen=True)
class VersionDiff:
    """Changes of records, and how far back their copies reach.

    Attributes:
        changes: by record, in the order of the fields.
        known_at_start: records of which a copy was taken by the first day.
        known_later: records whose first copy came between the days; what they said before it is not known.
    """

    changes: tuple[DatedChange, ...]
    known_at_start: int
    known_later: int


def diff_versions(versions: Iterable[TrialVersion], since: date, until: date) -> VersionDiff:
    """What changed from the copies known on `since` to those known on `until`.

    A record without a copy by `since` is compared from its first copy on. A field counts as changed from the first day
    of the run of versions that agree with the last one. Versions known after `until` are not looked at.
    """
    by_record: dict[str, list[TrialVersion]] = defaultdict(list)
    for one in versions:
        if one.known_on <= until:
            by_record[one.state.record_id].append(one)
    changes: list[DatedChange] = []
    at_start = 0
    for record in sorted(by_record):
        known = sorted(by_record[record], key=lambda one: one.known_on)
        stood = _standing(known, since)
        at_start += stood is not None
        changes += _changes(known if stood is None else known[stood:], since, until)
    return VersionDiff(tuple(changes), at_start, len(by_record) - at_start)


def version_on(versions: Sequence[TrialVersion], day: date) -> TrialVersion | None:
    """The newest version of one record that was known by the day; None where there is none or the record had gone."""
    known = sorted(versions, key=lambda one: one.known_on)
    stood = _standing(known, day)
    return None if stood is None else known[stood]


def _standing(known: Sequence[TrialVersion], day: date) -> int | None:
    places = [place for place, one in enumerate(known) if one.known_on <= day]
    return None if not places or _has_gone(known[places[-1]], day) else places[-1]


def _has_gone(version: TrialVersion, day: date) -> bool:
    # A whole copy of an earlier day that lacks the record only shows that the record came after it.
    return version.ended_on is not None and version.known_on <= version.ended_on <= day


def _changes(known: Sequence[TrialVersion], since: date, until: date) -> list[DatedChange]:
    known = [one for one in known if not _has_gone(one, since)]
    if not known:
        return []
    first, last = known[0], known[-1]
    found = [_dated(change, known) for change in field_changes(first.state, last.state)]
    found = [one for one in found if one is not None]
    if _has_gone(last, until) and last.ended_on is not None:
        gone = Change(last.state.record_id, "gone", last.state.status, None, "minor", "published")
        found.append(DatedChange(gone, last.ended_on))
    return [one for one in found if one is not None]


def _dated(change: Change, known: Sequence[TrialVersion]) -> DatedChange | None:
    """The change with its day; None where only the form of the file explains an empty field."""
    place = len(known) - 1
    while place > 0 and getattr(known[place - 1].state, change.what) == change.after:
        place -= 1
    told, before = known[place], known[place - 1]
    if told.read_as != before.read_as and (change.before in ("", None) or change.after in ("", None)):
        return None
    return DatedChange(change, told.known_on, told.posted_on)
