"""A rule as it was known on a plan's day, with its dates and source, for rows that cite it."""

from __future__ import annotations

from datetime import date
from typing import Any

from onepill.core.errors import InputError
from onepill.rulebook import Rulebook, RuleValue

Row = dict[str, Any]


def known_rule(rulebook: Rulebook, rule_id: str, day: date) -> RuleValue | None:
    """The rule on the day or, where it is announced but begins later, on its first day; None where neither is."""
    rule = rulebook.rule(rule_id)
    announced = [v for v in rule.versions if v.known_from <= day and v.status != "proposed"]
    if not announced:
        return None
    try:
        return rule.on(max([day, *(v.used_from for v in announced)]), day)
    except InputError:
        return None


def rule_row(rulebook: Rulebook, rule_id: str, day: date) -> Row | None:
    """The rule with its value, days, grade and source; what is absent says since when; None where nothing was known."""
    rule = rulebook.rule(rule_id)
    named = {"rule": rule_id, "name": dict(rule.name), "jurisdiction": rule.jurisdiction}
    if rule.absent is not None:
        return {**named, "absent": rule.absent.note, "checked": rule.absent.checked.isoformat()}
    found = known_rule(rulebook, rule_id, day)
    return None if found is None else {**named, **value_row(found)}


def value_row(found: RuleValue) -> Row:
    """A rule's value with the days on which it was announced, begins and ends; ISO days, null where unknown."""
    version = found.version
    return {
        "value": found.value,
        "unit": found.unit,
        "announced": _iso(version.announced),
        "from": _iso(version.first),
        "until": _iso(version.last),
        "attested": [day.isoformat() for day in version.attested],
        "status": version.status,
        "source_grade": version.source_grade,
        "source": version.source.as_row() if version.source else None,
        "ref": version.ref or None,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
