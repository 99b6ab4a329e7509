"""Each of the 22 jurisdictions fills every part of a filing, or says that it was looked for and not found."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from onepill.calendars import JURISDICTIONS as CALENDARS
from onepill.rulebook import REQUIRED_TOPICS, Procedure, Rule, TopicCoverage, load_rulebook, terms_of
from onepill.rulebook.schema import Pack
from tests.rulebook.packaged import packaged
from tools.count_rulebook import BEGIN, END, counts

CURRENCIES = {
    "CN": "CNY",
    "HK": "HKD",
    "MO": "MOP",
    "CN-GBA": "CNY",
    "US": "USD",
    "EU": "EUR",
    "GB": "GBP",
    "CH": "CHF",
    "JP": "JPY",
    "KR": "KRW",
    "SG": "SGD",
    "MY": "MYR",
    "TH": "THB",
    "ID": "IDR",
    "VN": "VND",
    "PH": "PHP",
    "ASEAN": "USD",
    "AU": "AUD",
    "CA": "CAD",
    "SA": "SAR",
    "AE": "AED",
    "BR": "BRL",
}
JURISDICTIONS = tuple(CURRENCIES)
FOREIGN_FEES = {"sa.sfda.fee.trial": "the source gives dollars"}
LENGTHS = {"working_days", "calendar_days", "hours", "weeks", "months", "years"}
NO_APPROVAL = {
    "ASEAN": "a joint assessment; each member state approves",
    "CN-GBA": "early access at named institutions is no approval",
}
RELIANCE_ROUTES = {"abridged", "verification", "recognition", "reliance"}
LOOKED_SINCE = date(2026, 11, 21)


def coverage_of(jurisdiction: str) -> dict[str, TopicCoverage]:
    return {row.topic: row for row in load_rulebook().coverage() if row.jurisdiction == jurisdiction}


def all_packs() -> list[Pack]:
    return [pack.content for pack in packaged().values() if isinstance(pack.content, Pack)]


def packs_of(jurisdiction: str) -> list[Pack]:
    return [pack for pack in all_packs() if pack.jurisdiction == jurisdiction]


def clocks_of(jurisdiction: str) -> list[Rule]:
    """The rules that time the steps of a jurisdiction's procedures and have a value."""
    book = load_rulebook()
    names = {s.clock for p in book.procedures(jurisdiction) for s in p.steps if s.clock}
    return [rule for rule in map(book.rule, sorted(names)) if rule.absent is None]


def test_the_rulebook_has_the_22_jurisdictions_and_no_other() -> None:
    assert set(load_rulebook().jurisdictions) - {"WORLD"} == set(JURISDICTIONS)
    assert len(JURISDICTIONS) == 22


# Topics


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_every_required_topic_is_filled_or_recorded_absent(jurisdiction: str) -> None:
    rows = coverage_of(jurisdiction)
    assert [topic for topic in REQUIRED_TOPICS if topic not in rows or rows[topic].state == "missing"] == []
    assert [topic for topic, row in rows.items() if not row.checked and set(row.by_grade) != {"unverified"}] == []


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_what_is_absent_says_when_it_was_looked_for_and_what_was_found_instead(jurisdiction: str) -> None:
    book = load_rulebook()
    topics = [(a["topic"], a["checked"], a["note"]) for a in book.absent_topics if a["jurisdiction"] == jurisdiction]
    rules = [(r.id, r.absent.checked.isoformat(), r.absent.note) for r in book.rules(jurisdiction) if r.absent]
    for name, checked, note in topics + rules:
        assert date.fromisoformat(checked) >= LOOKED_SINCE, name
        assert note, name


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_a_topic_recorded_absent_as_a_whole_has_no_values(jurisdiction: str) -> None:
    """What was found since is taken off the list of absent topics."""
    absent = {a["topic"] for a in load_rulebook().absent_topics if a["jurisdiction"] == jurisdiction}
    assert {topic for topic in absent if coverage_of(jurisdiction)[topic].by_grade} == set()


def test_the_method_pages_counts_are_those_of_the_packs(repository: Path) -> None:
    page = (repository / "docs/methods/rulebook.md").read_text(encoding="utf-8")
    table = page.partition(BEGIN)[2].partition(END)[0].strip()
    assert table == counts(load_rulebook()), "run python tools/count_rulebook.py"


# Agency, calendar, clocks


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_every_jurisdiction_names_its_agency_in_both_languages_and_a_known_calendar(jurisdiction: str) -> None:
    (agency,) = (pack.agency for pack in packs_of(jurisdiction) if pack.agency)
    assert {"en", "zh"} <= set(agency.name)
    calendars = {pack.calendar for pack in packs_of(jurisdiction)}
    assert len(calendars) == 1
    assert calendars <= set(CALENDARS)


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_every_clock_says_which_days_it_counts_and_from_when(jurisdiction: str) -> None:
    clocks = clocks_of(jurisdiction)
    assert clocks or jurisdiction in NO_APPROVAL
    for rule in clocks:
        assert rule.unit in LENGTHS, rule.id
        assert rule.nature, rule.id
        assert rule.starts, rule.id
        assert rule.calendar, rule.id


def test_every_name_that_people_read_is_in_english_and_chinese() -> None:
    book = load_rulebook()
    named = [(r.id, r.name) for r in book.rules()] + [(p.id, p.name) for p in book.procedures()]
    named += [(f"{p.id}.{s.id}", s.name) for p in book.procedures() for s in p.steps]
    named += [(m.id, m.name) for policy in book.policies() for m in policy.measures]
    assert len(named) > 1_000
    assert [name for name, texts in named if not (texts.get("en") and texts.get("zh"))] == []


# Routes


def procedures_granting(jurisdiction: str, *milestones: str) -> list[Procedure]:
    return [p for p in load_rulebook().procedures(jurisdiction) if p.grants in milestones]


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_a_trial_is_authorised_by_a_procedure_or_the_topic_is_not_complete(jurisdiction: str) -> None:
    has_procedure = bool(procedures_granting(jurisdiction, "trial_authorisation"))
    assert has_procedure or coverage_of(jurisdiction)["trial_authorisation"].state in ("absent", "partial")


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_every_jurisdiction_has_a_route_to_approval_or_says_why_not(jurisdiction: str) -> None:
    assert bool(procedures_granting(jurisdiction, "approval")) != (jurisdiction in NO_APPROVAL)


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_a_route_that_is_not_the_standard_one_states_its_conditions(jurisdiction: str) -> None:
    """Eligibility is a condition over declared words, or the reference approvals that a reliance route counts."""
    book = load_rulebook()
    for procedure in book.procedures(jurisdiction):
        if procedure.route != "standard":
            assert procedure.needed_when or procedure.relies_on, procedure.id
    whens = [p.needed_when for p in book.procedures(jurisdiction)]
    whens += [v.when for rule in book.rules(jurisdiction) for v in rule.variants]
    words = frozenset().union(*map(terms_of, whens))
    assert [word for word in words if book.term(word, jurisdiction) is None] == []


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_a_reliance_route_says_which_approvals_count_and_who_says_so(jurisdiction: str) -> None:
    known = set(JURISDICTIONS) | {"ANY", "WHO", "NZ"} | {"AT", "BE", "DE", "DK", "FR", "IE", "IT", "NL", "SE"}
    for procedure in load_rulebook().procedures(jurisdiction):
        if procedure.route not in RELIANCE_ROUTES:
            continue
        relies_on = procedure.relies_on
        assert relies_on is not None, procedure.id
        assert set(relies_on.references) <= known, procedure.id
        assert 1 <= relies_on.at_least <= max(1, len(relies_on.references)) or relies_on.references == ("ANY",)
        assert relies_on.source or relies_on.source_grade == "unverified", procedure.id


# Fees


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_a_fee_is_in_the_jurisdictions_currency_and_has_its_year(jurisdiction: str) -> None:
    for rule in load_rulebook().rules(jurisdiction):
        if rule.topic != "fees" or rule.absent or rule.unit in ("share", "flag", "text", "day"):
            continue
        assert rule.unit == CURRENCIES[jurisdiction] or rule.id in FOREIGN_FEES, rule.id
        for version in rule.all_versions():
            assert version.first or version.attested, rule.id
