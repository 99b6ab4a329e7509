"""How much of each topic the rulebook covers, per jurisdiction, and on which sources it rests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from onepill.rulebook.lookup import Rule
from onepill.rulebook.nouns import REQUIRED_TOPICS, TOPICS

if TYPE_CHECKING:
    from onepill.rulebook.book import Rulebook

State = Literal["complete", "partial", "absent", "missing"]


@dataclass(frozen=True, slots=True)
class TopicCoverage:
    """One topic of one jurisdiction.

    `complete`: every rule has a sourced value; `partial`: some are unverified or absent; `absent`: looked for and not
    found; `missing`: nobody looked, which no packaged jurisdiction may have. `checked` is the latest day on
    which a source was retrieved or looked for, empty where nothing says. `by_grade` counts values.
    """

    jurisdiction: str
    topic: str
    state: State
    checked: str
    rules: int
    procedures: int
    by_grade: dict[str, int]
    note: str = ""


def coverage(rulebook: Rulebook) -> tuple[TopicCoverage, ...]:
    """Every required topic of every jurisdiction with a calendar, and every further topic that has entries."""
    return tuple(
        found
        for jurisdiction in rulebook.jurisdictions
        for found in _jurisdiction_coverage(rulebook, jurisdiction)
        if found.state != "missing" or found.topic in _required(rulebook, jurisdiction)
    )


def _required(rulebook: Rulebook, jurisdiction: str) -> tuple[str, ...]:
    """A jurisdiction without procedures (the founding figures) owes no topics."""
    return REQUIRED_TOPICS if rulebook.procedures(jurisdiction) else ()


def _jurisdiction_coverage(rulebook: Rulebook, jurisdiction: str) -> Iterable[TopicCoverage]:
    rules, procedures = rulebook.rules(jurisdiction), rulebook.procedures(jurisdiction)
    for topic in TOPICS:
        count = sum(procedure.topic == topic for procedure in procedures)
        yield _topic(rulebook, jurisdiction, topic, [rule for rule in rules if rule.topic == topic], count)


def _topic(rulebook: Rulebook, jurisdiction: str, topic: str, rules: list[Rule], procedures: int) -> TopicCoverage:
    grades = Counter(version.source_grade for rule in rules for version in rule.all_versions())
    absences = [a for a in rulebook.absent_topics if (a["jurisdiction"], a["topic"]) == (jurisdiction, topic)]
    days = [source.retrieved for rule in rules for version in rule.all_versions() for source in version.sources]
    days += [rule.absent.checked.isoformat() for rule in rules if rule.absent] + [a["checked"] for a in absences]
    state = _state(rules, has_values=bool(grades), unverified=grades["unverified"], recorded_absent=bool(absences))
    notes = "; ".join(a["note"] for a in absences)
    return TopicCoverage(
        jurisdiction, topic, state, max(days, default=""), len(rules), procedures, dict(sorted(grades.items())), notes
    )


def _state(rules: list[Rule], *, has_values: bool, unverified: int, recorded_absent: bool) -> State:
    if has_values:
        return "partial" if unverified or recorded_absent or any(rule.absent for rule in rules) else "complete"
    return "absent" if recorded_absent or rules else "missing"
