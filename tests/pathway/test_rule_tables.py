"""Each rule's table on the day before and the day of each change of the law, against single due days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations

import pytest

from onepill.calendars import FIRST_DAY, due
from onepill.pathway.clocks import UNITS, Span, rule_table
from onepill.rulebook import Rule, load_rulebook
from onepill.rulebook.conditions import matches, terms_of

BOOK = load_rulebook()
HINDSIGHT = date(2026, 11, 21)
NO_TERMS: frozenset[str] = frozenset()


def is_clock(rule: Rule) -> bool:
    """A rule that is the law at some time, in time units, and counted in a calendar."""
    numbers = [version.value for version in rule.all_versions() if version.status != "proposed"]
    if rule.unit not in UNITS or rule.absent or not rule.calendar:
        return False
    return bool(numbers) and all(type(n) in (int, float) for n in numbers)


CLOCKS = [rule for rule in BOOK.rules() if is_clock(rule)]
USED = {step.clock for procedure in BOOK.procedures() for step in procedure.steps if step.clock}


def term_sets(rule: Rule) -> Iterator[frozenset[str]]:
    """No condition at all, and for each variant the fewest conditions under which it holds."""
    yield NO_TERMS
    for variant in rule.variants:
        words = sorted(terms_of(variant.when))
        sets = (frozenset(some) for n in range(len(words) + 1) for some in combinations(words, n))
        yield next(found for found in sets if matches(variant.when, found))


def change_days(rule: Rule) -> list[date]:
    """The days on which a version begins or has just ended, as far as the calendars reach."""
    ends = [version.last + timedelta(days=1) for version in rule.all_versions() if version.last]
    days = {*(version.used_from for version in rule.all_versions()), *ends}
    return sorted(day for day in days if day > FIRST_DAY + timedelta(days=2))


def count_on(rule: Rule, day: date, *, known_on: date, terms: frozenset[str]) -> int | None:
    """What the rule says on a day; before its first day what it says then; after a lapse what it said last."""
    pieces = [(first or 1, found) for first, found in rule.timeline(known_on, terms) if found is not None]
    reached = [found for first, found in pieces if first <= day.toordinal()]
    chosen = reached[-1] if reached else pieces[0][1] if pieces else None
    return None if chosen is None else round(chosen.value)


def expected(rule: Rule, day: date, count: int) -> int:
    answer = due(rule.calendar, day, count, UNITS[rule.unit], inclusive=rule.counts_start_day, roll=rule.roll)
    return answer.due.toordinal()


def test_every_clock_of_a_procedure_is_walked_here() -> None:
    assert {rule.id for rule in CLOCKS} >= USED - {rule.id for rule in BOOK.rules() if rule.absent}


@pytest.mark.parametrize("rule", [rule for rule in CLOCKS if len(change_days(rule)) > 0], ids=lambda rule: rule.id)
def test_the_day_before_and_the_day_of_each_change(rule: Rule) -> None:
    announcements = {version.announced or version.used_from for version in rule.all_versions()}
    checked = 0
    for known_on in sorted(announcements | {day - timedelta(days=1) for day in announcements} | {HINDSIGHT}):
        for terms in term_sets(rule):
            checked += check_table(rule, known_on=known_on, terms=terms)
    assert checked >= 3, "no change of this rule was looked at"


def check_table(rule: Rule, *, known_on: date, terms: frozenset[str]) -> int:
    """Compare the table around each change; returns how many days were compared."""
    if not any(found is not None for _, found in rule.timeline(known_on, terms)):
        return 0
    checked = 0
    for change in change_days(rule):
        span = Span(change.toordinal() - 1, change.toordinal() + 1)
        table = rule_table(rule, jurisdiction=rule.calendar, span=span, known_on=known_on, terms=terms)
        for offset in (-1, 0, 1):
            day = change + timedelta(days=offset)
            count = count_on(rule, day, known_on=known_on, terms=terms)
            assert count is not None
            assert table.finish[day.toordinal() - span.first] == expected(rule, day, count), (day, known_on, terms)
            checked += 1
    return checked


def table_day(rule_id: str, day: date, *, known_on: date, terms: frozenset[str] = NO_TERMS) -> date:
    rule, span = BOOK.rule(rule_id), Span(day.toordinal(), day.toordinal())
    table = rule_table(rule, jurisdiction=rule.calendar, span=span, known_on=known_on, terms=terms)
    return date.fromordinal(int(table.finish[0]))


CTA = "cn.nmpa.clinical_trial_application.review"
CHANNEL = frozenset({"class_1_innovative", "national_key_support"})


def test_sixty_working_days_across_chinese_new_year_2024_with_make_up_days() -> None:
    """Counted by hand from the State Council's notice for 2024 (off: 10-17 February, 4-6 April, 1-5 May; worked: 4 and
    18 February, 7 and 28 April, 11 May): 6-9 February are 4, 18-23 February 10, 29 March 35, 3 April 38, 7 April 39,
    26 April 54, 28 April 55, 30 April 57, 6, 7 and 8 May 60."""
    assert table_day(CTA, date(2024, 2, 5), known_on=date(2024, 2, 5)) == date(2024, 5, 8)


def test_the_thirty_day_channel_begins_on_2025_09_12() -> None:
    """60 working days from 11 September 2025, and 30 from 12 September (National Day 1-8 October off, 28 September and
    11 October worked): 15-19 September 5, 28 September 11, 30 September 13, 9-11 October 16, 24 October 26, 30 October
    30."""
    known = date(2025, 9, 12)
    assert table_day(CTA, date(2025, 9, 12), known_on=known, terms=CHANNEL) == date(2025, 10, 30)
    before = table_day(CTA, date(2025, 9, 11), known_on=known, terms=CHANNEL)
    assert before == due("CN", date(2025, 9, 11), 60, "wd").due


@pytest.mark.parametrize("start", [date(2025, 9, 12), date(2026, 3, 2), date(2030, 1, 7)])
def test_a_plan_of_august_2024_does_not_know_the_law_of_september_2025(start: date) -> None:
    sixty = due("CN", start, 60, "wd").due
    assert table_day(CTA, start, known_on=date(2024, 8, 1), terms=CHANNEL) == sixty
    assert table_day(CTA, start, known_on=date(2025, 9, 11), terms=CHANNEL) == sixty
    assert table_day(CTA, start, known_on=date(2025, 9, 12), terms=CHANNEL) == due("CN", start, 30, "wd").due
