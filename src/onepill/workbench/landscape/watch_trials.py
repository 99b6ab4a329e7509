"""Trials of a watch between two days: new ones, posted results, and what their records say otherwise than before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from onepill.landscape import Question, diff_versions
from onepill.landscape.versions import DatedChange, TrialVersion, version_on
from onepill.landscape.watch import Change
from onepill.registries import TABLES
from onepill.workbench.landscape.corrections import kept_corrections
from onepill.workbench.landscape.data_age import shown_day
from onepill.workbench.landscape.links import book_key, read_links
from onepill.workbench.landscape.names import Names, books_of
from onepill.workbench.landscape.trial_versions import Key, TrialCopy, gone_trials, trial_copies
from onepill.workbench.landscape.watch_told import Told

if TYPE_CHECKING:
    from pathlib import Path

    from onepill.store.warehouse import Reader
    from onepill.workbench.landscape.watch_programmes import Events
    from onepill.workbench.landscape.world import LoadedWorld

Row = dict[str, Any]


@dataclass(frozen=True)
class WatchedTrials:
    """Changes of trials, and what they rest on.

    Attributes:
        known_at_start, known_later: trials with a copy by the first day, and with their first one between the days.
        trials: all of the watch that were posted by the second day.
        load_days: for each register of the watch's trials the days that its loads show, up to the second day, in order.
    """

    told: tuple[Told, ...]
    trials: int
    known_at_start: int
    known_later: int
    load_days: Mapping[str, Sequence[date]]

    def counts(self) -> Row:
        return {
            "method": "snapshot",
            "trials": self.trials,
            "known_at_start": self.known_at_start,
            "known_later": self.known_later,
            "not_known": self.trials - self.known_at_start - self.known_later,
        }


def watched_trials(
    loaded: LoadedWorld, question: Question, since: date, drugs: frozenset[str], events: Events
) -> WatchedTrials:
    """What became of the trials of the watch's drugs after `since` and up to the question's day.

    Args:
        drugs: ids of the drugs that were in the watch on either day.
        events: the watch's records that stand, each with its drugs.
    """
    from onepill.store.warehouse import open_reader

    until = question.as_of
    with open_reader(loaded.root, TABLES) as reader:
        of_record = {**_gone(reader, loaded.root, question, drugs), **events}
        copies = trial_copies(reader, [_key(record) for record in of_record])
        days = _load_days(reader, {source for source, _ in copies}, until)
    named = {f"{source}:{record}": found for (source, record), found in copies.items()}
    posted = {record: found for record, found in named.items() if _is_public(found, until)}
    found = diff_versions([copy.version for every in posted.values() for copy in every], since, until)
    changes = [*found.changes, *(one for every in posted.values() for one in _posted(every, since, until))]
    told = tuple(_told(one, of_record, posted[one.change.subject], until) for one in changes)
    return WatchedTrials(told, len(posted), found.known_at_start, found.known_later, days)


def _key(record: str) -> Key:
    source, _, record_id = record.partition(":")
    return source, record_id


def _is_public(copies: Sequence[TrialCopy], until: date) -> bool:
    """Whether the trial was posted, or a copy of it was taken, by the day."""
    day = _first_posted(copies)
    return (day is not None and day <= until) or any(copy.version.known_on <= until for copy in copies)


def _told(dated: DatedChange, drugs: Mapping[str, frozenset[str]], copies: Sequence[TrialCopy], until: date) -> Told:
    record = dated.change.subject
    told_by = _copy_on(copies, until)
    return Told(
        "trial", dated, tuple(sorted(drugs[record])), record, (record,), told_by.version.state.title, told_by.url
    )


def _copy_on(copies: Sequence[TrialCopy], day: date) -> TrialCopy:
    """The newest copy known by the day; where there is none the first, of which title and address are used alone."""
    known = [copy for copy in copies if copy.version.known_on <= day]
    return max(known, key=lambda copy: copy.version.known_on) if known else copies[0]


def _posted(copies: Sequence[TrialCopy], since: date, until: date) -> Iterator[DatedChange]:
    """What counts from its day of posting, which one copy of any day is enough to know: new trials and results."""
    record, posted, results = copies[0].version.state.record_id, _first_posted(copies), _results_posted(copies)
    if posted and since < posted <= until:
        known: TrialVersion | None = version_on([copy.version for copy in copies], until)
        # A status is not read from a copy of a later day.
        status = known.state.status if known else None
        yield _dated(Change(record, "new", None, status, "notable", "published"), posted)
    if results and since < results <= until:
        yield _dated(Change(record, "results_posted", None, results, "notable", "published"), results)


def _first_posted(copies: Sequence[TrialCopy]) -> date | None:
    return next((copy.first_posted for copy in copies if copy.first_posted), None)


def _results_posted(copies: Sequence[TrialCopy]) -> date | None:
    return next((copy.results_posted for copy in copies if copy.results_posted), None)


def _dated(change: Change, day: date) -> DatedChange:
    return DatedChange(change, day, day)


def _gone(reader: Reader, root: Path, question: Question, drugs: frozenset[str]) -> dict[str, frozenset[str]]:
    """Records of the watch's drugs that no longer stand: the world is made of those that do."""
    named, conditions = gone_trials(reader)
    if not named:
        return {}
    kept = kept_corrections(root)
    links = read_links(root, book_key(reader.generation, kept.mark))
    names = Names(books_of(reader, kept.corrections), kept=links)
    wanted = set(question.indications)
    found = {}
    for key, texts in named.items():
        of = drugs.intersection(one for text in texts for one in names.drug_ids(text))
        about = {one for text in conditions.get(key, ()) for one in names.condition_ids(text)}
        if of and (not wanted or wanted & about):
            found[":".join(key)] = frozenset(of)
    return found


def _load_days(reader: Reader, sources: set[str], until: date) -> dict[str, list[date]]:
    """The days that the loads of each source show, up to a day and in order."""
    states = reader.generation.sources
    found = {name: sorted(shown_day(load) for load in states[name].loads) for name in sources if name in states}
    return {name: [day for day in days if day <= until] for name, days in found.items()}
