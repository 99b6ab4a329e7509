"""Which version of a rule is the law on a day, given what was announced by then?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from onepill.core.errors import InputError
from onepill.rulebook.conditions import matches
from onepill.rulebook.nouns import Absence, Nature, RuleValue, Variant, Version

DEFAULT_STATUSES = frozenset(("in_force", "announced"))
_DAY = timedelta(days=1)
Segment = tuple[int | None, RuleValue | None]
"""First day (ordinal, None for the beginning of time) of a stretch, and the value on it (None where there is none)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A dated value with its sources.

    `versions` hold where no variant does; `beside` are conflicting counts of other bodies, shown and never used.
    Looked up, it knows nothing that was announced after `known_until`, whatever day is asked as (None: no limit).
    """

    id: str
    jurisdiction: str
    calendar: str
    topic: str
    name: Mapping[str, str]
    unit: str
    nature: Nature | None
    starts: str
    counts_start_day: bool
    roll: str
    stops: tuple[str, ...]
    facts: tuple[str, ...]
    versions: tuple[Version, ...]
    variants: tuple[Variant, ...]
    beside: tuple[Version, ...]
    absent: Absence | None
    note: str
    known_until: date | None = None

    @property
    def kind(self) -> str:
        return "rule"

    def on(
        self,
        day: date,
        known_on: date | None = None,
        conditions: frozenset[str] = frozenset(),
        statuses: frozenset[str] = DEFAULT_STATUSES,
    ) -> RuleValue:
        """The value on `day` among the versions announced by `known_on` (None: with hindsight).

        An established value (own versions included) goes before one whose start no source establishes; that one is
        returned with `start_unknown`. Proposed versions are used only where `statuses` asks for them.

        Raises:
            InputError: `rule.no_value`.
        """
        found = self._find(day, known_on, conditions, statuses)
        if found is None:
            raise self._no_value(day, known_on)
        return found

    def timeline(
        self,
        known_on: date | None = None,
        conditions: frozenset[str] = frozenset(),
        statuses: frozenset[str] = DEFAULT_STATUSES,
    ) -> tuple[Segment, ...]:
        """The law as stretches of constant value, earliest first; `on` gives the same on every day.

        The first stretch begins with the first day that has a value, None where that is the beginning of time.
        """
        days = sorted({day for v in self.all_versions() for day in _turns(v)})
        segments: list[Segment] = [(None, self._find(date.min, known_on, conditions, statuses))]
        for day in days:
            value = self._find(day, known_on, conditions, statuses)
            if value != segments[-1][1]:
                segments.append((day.toordinal(), value))
        return tuple(segments if segments[0][1] is not None else segments[1:])

    def all_versions(self) -> Iterable[Version]:
        """Own versions, then those of the variants."""
        yield from self.versions
        for variant in self.variants:
            yield from variant.versions

    def _find(
        self, day: date, known_on: date | None, conditions: frozenset[str], statuses: frozenset[str]
    ) -> RuleValue | None:
        known_on = _earlier(known_on, self.known_until)
        lists = [(v.id, v.versions) for v in self.variants if matches(v.when, conditions)]
        lists.append(("", self.versions))
        usable = [(name, [v for v in versions if v.status in statuses]) for name, versions in lists]
        for name, versions in usable:
            version = _in_force(versions, day, known_on)
            if version is not None:
                return RuleValue(version.value, self.unit, version, name, False, self.id)
        for name, versions in usable:
            version = _perhaps_in_force(versions, day, known_on)
            if version is not None:
                return RuleValue(version.value, self.unit, version, name, True, self.id)
        return None

    def _no_value(self, day: date, known_on: date | None) -> InputError:
        if self.absent is not None:
            hint = f"looked for on {self.absent.checked} and not found: {self.absent.note}"
        else:
            starts = [v.used_from for v in self.all_versions()]
            hint = f"its first value is of {min(starts)}; ask for a later day" if starts else "the rule has no value"
        asked = f" among what was announced by {known_on}" if known_on else ""
        message = f"{self.id} has no value on {day}{asked}"
        return InputError.single("rule.no_value", message, hint=hint, path=self.id, value=day.isoformat())


def _turns(version: Version) -> Iterable[date]:
    yield version.used_from
    if version.last is not None:
        yield version.last + _DAY


def _in_force(versions: list[Version], day: date, known_on: date | None) -> Version | None:
    """The latest version that has begun, is not over, and was known."""
    begun = [v for v in versions if v.used_from <= day and _lasts(v, day) and _known(v, known_on)]
    return max(begun, key=lambda v: v.used_from, default=None)


def _perhaps_in_force(versions: list[Version], day: date, known_on: date | None) -> Version | None:
    """The next version where its start, or when it became known, is not established."""
    heard = [v for v in versions if _lasts(v, day) and (v.announced is None or _known(v, known_on))]
    upcoming = [v for v in heard if v.first is None or v.first > day]
    following = min(upcoming, key=lambda v: v.used_from, default=None)
    return following if following is not None and following.first is None else None


def _earlier(one: date | None, other: date | None) -> date | None:
    """The earlier day; None stands for the end of time."""
    return min((day for day in (one, other) if day is not None), default=None)


def _lasts(version: Version, day: date) -> bool:
    return version.last is None or day <= version.last


def _known(version: Version, known_on: date | None) -> bool:
    """An unknown day of announcement counts as the day from which the version is used."""
    return known_on is None or version.known_from <= known_on
