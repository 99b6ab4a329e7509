"""The day before and the day of every change, for every rule of every pack."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from onepill.core.errors import InputError
from onepill.rulebook import Rule, load_rulebook

RULES = [rule for rule in load_rulebook().rules() if rule.absent is None]
DAY = timedelta(days=1)


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_a_rule_changes_on_its_days_and_on_no_other(rule: Rule) -> None:
    """At each turn of the timeline the day before differs, and each turn is a day that the pack states."""
    timeline = rule.timeline()
    turns = [date.fromordinal(first) for first, _ in timeline if first is not None]
    for day in turns:
        assert rule_text(rule, day - DAY) != rule_text(rule, day)
    known = {version.used_from for version in rule.all_versions()}
    ends = {version.last + DAY for version in rule.all_versions() if version.last}
    assert set(turns) <= known | ends


def rule_text(rule: Rule, day: date) -> object:
    """What is said, and by which version: two versions of one value still differ."""
    try:
        found = rule.on(day)
    except InputError:
        return None
    return found.version, found.start_unknown


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_every_version_in_force_is_said_on_its_first_day_and_not_the_day_before(rule: Rule) -> None:
    for version in (v for v in rule.versions if v.status == "in_force"):
        found = rule.on(version.used_from)
        assert found.version == version
        try:
            before = rule.on(version.used_from - DAY)
        except InputError:
            continue
        assert before.version != version or before.start_unknown
