"""A market's patients and competition: two ways to give them, and what is refused, with line and hint."""

from __future__ import annotations

import pytest

from onepill.model import load_programme
from tests.model.programmes import TEXT, errors_of, findings_of, line_of, spoilt
from tests.model.test_json_schema import wrong

PATIENTS = "    patients_per_year: 3_000\n"
SHARE = "    peak_share: {low: 0.1, mode: 0.2, high: 0.35, factors: {efficacy: 0.6}}\n"
FLOW = """    patients:
      population: 330_000_000
      incidence_per_100_000: {low: 2, mode: 3, high: 4, source: a registry}
      prevalence: {per_100_000: 10, treated_over_years: 3, assumption: as in a peer}
      diagnosed_share: 0.9
      line_share: 0.8
      biomarker_test_share: {low: 0.5, high: 0.8}
      biomarker_positive_share: 0.2
      eligible_share: 0.7
      treated_share: {alpha: 6, beta: 4}
      compliance_share: 0.8
"""
CLASS = """    competition:
      in_class: 2
      class_share: {low: 0.2, mode: 0.3, high: 0.5, factors: {efficacy: 0.6}}
      entrants:
        - {name: {en: a rival, zh: 对手}, day: 2028-06-30, prob: 0.6, source: {title: a registry}}
        - {delay: {low: 3 years, mode: 4 years, high: 6 years}, prob: 0.3, count: 2, assumption: two more in phase 2}
"""
SOUND = spoilt((PATIENTS, FLOW), (SHARE, CLASS))


def changed(old: str, new: str) -> str:
    assert SOUND.count(old) == 1, f"{old!r} stands {SOUND.count(old)} times"
    return SOUND.replace(old, new)


def test_patients_by_steps_and_a_share_by_class_are_sound() -> None:
    loaded = load_programme(SOUND)
    assert loaded.findings == ()
    assert wrong(SOUND) == []
    market = loaded.programme.markets["US"]
    assert market.patients is not None
    assert market.competition is not None
    assert (market.competition.others, market.competition.own_order) == (2, 3)
    assert market.patients_per_year is None


@pytest.mark.parametrize(
    ("given", "others", "order"),
    [("", 0, 1), ("in_class: 4", 4, 5), ("order: 3", 2, 3), ("in_class: 2, order: 3", 2, 3)],
)
def test_the_order_of_entry_follows_from_the_class_and_the_class_from_the_order(
    given: str, others: int, order: int
) -> None:
    text = spoilt((SHARE, f"    competition: {{class_share: 0.4{', ' + given if given else ''}}}\n"))
    competition = load_programme(text).programme.markets["US"].competition
    assert competition is not None
    assert (competition.others, competition.own_order) == (others, order)


def test_patients_given_twice_are_refused_at_each_place() -> None:
    text = spoilt((PATIENTS, FLOW + PATIENTS + "    eligible_share: 0.5\n"))
    assert errors_of(text) == [
        ("market.patients", line_of("    patients_per_year", text)),
        ("market.patients", line_of("    eligible_share: 0.5", text)),
    ]


def test_a_share_given_twice_is_refused_and_entrants_beside_a_peak_share_are_not() -> None:
    assert errors_of(spoilt((SHARE, CLASS + SHARE))) == [
        ("market.share", line_of(SHARE, spoilt((SHARE, CLASS + SHARE))))
    ]
    entrants = CLASS.replace("      class_share: {low: 0.2, mode: 0.3, high: 0.5, factors: {efficacy: 0.6}}\n", "")
    assert load_programme(spoilt((SHARE, entrants + SHARE))).findings == ()


@pytest.mark.parametrize(("left_out", "key"), [(PATIENTS, "patients_per_year"), (SHARE, "peak_share")])
def test_what_is_given_in_neither_way_is_missing(left_out: str, key: str) -> None:
    text = spoilt((left_out, ""))
    (found,) = findings_of(text)
    assert (found.code, found.path) == ("schema.missing", f"markets.US.{key}")
    assert found.line == line_of("markets:", text) + 1
    assert wrong(text) == ["$.markets.US"]


def test_a_class_without_its_share_gives_no_peak_share() -> None:
    text = spoilt((SHARE, "    competition: {in_class: 2}\n"))
    assert [code for code, _ in errors_of(text)] == ["schema.missing"]


MISTAKES = {
    "incidence twice": ("      population: 330", "      incidence: 9_900\n      population: 330", "patients.incidence"),
    "no population": ("      population: 330_000_000\n", "", "patients.population"),
    "pool twice": ("{per_100_000: 10,", "{per_100_000: 10, patients: 33_000,", "patients.pool"),
    "pool of nobody": ("{per_100_000: 10,", "{", "patients.pool"),
    "tested for nothing": ("      biomarker_positive_share: 0.2\n", "", "patients.biomarker"),
    "order beyond the class": ("in_class: 2", "in_class: 2\n      order: 4", "competition.order"),
    "order of the past": ("in_class: 2", "in_class: 2\n      order: 2", "competition.order"),
    "entrant without a day": ("day: 2028-06-30, ", "", "competition.entrant"),
    "entrant with two": ("day: 2028-06-30,", "day: 2028-06-30, delay: 3 years,", "competition.entrant"),
    "delay in working days": (
        "delay: {low: 3 years, mode: 4 years, high: 6 years}",
        "delay: 400 wd",
        "competition.entrant",
    ),
    "a crowd": (
        "prob: 0.3, count: 2",
        "prob: 0.3, count: 10}\n        - {day: 2029-01-01, count: 3",
        "competition.too_many",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_one_mistake_is_one_finding_with_its_code(name: str) -> None:
    old, new, code = MISTAKES[name]
    assert [found for found, _ in errors_of(changed(old, new))] == [code]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("diagnosed_share: 0.9", "diagnosed_share: 90", "value.share"),
        ("diagnosed_share: 0.9", "diagnosed: 0.9", "schema.unknown_key"),
        ("treated_over_years: 3", "treated_over_years: 0", "schema.range"),
        ("count: 2", "count: 0", "schema.range"),
        ("class_share: {low: 0.2", "class_share: {low: 0.4", "value.distribution"),
        ("in_class: 2", "in_class: -1", "schema.range"),
    ],
)
def test_a_wrong_value_is_refused_where_it_stands(old: str, new: str, code: str) -> None:
    text = changed(old, new)
    assert errors_of(text) == [(code, line_of(new, text))]


def test_nobody_enters_a_flow_of_shares_alone() -> None:
    text = spoilt((PATIENTS, "    patients: {treated_share: 0.5}\n"))
    assert errors_of(text) == [("patients.incidence", line_of("    patients:", text))]


def test_a_population_that_nothing_uses_is_told() -> None:
    text = spoilt((PATIENTS, "    patients: {incidence: 100, population: 5_000}\n"))
    assert [(f.code, f.severity) for f in load_programme(text).findings] == [("patients.population", "warning")]


def test_a_drug_on_the_market_may_be_the_first_of_several() -> None:
    launched = CLASS.replace("in_class: 2", "in_class: 2\n      order: 1")
    text = spoilt((SHARE, launched + "    launched: 2024-03-01\n"))
    assert load_programme(text).findings == ()


def test_a_scenario_may_change_a_step() -> None:
    text = SOUND.replace(
        "path: filings.EU.not_before, value: 2030-01-01", "path: markets.us.patients.line_share, value: 0.5"
    )
    share = load_programme(text, scenarios=["europe"]).programme.markets["US"].patients
    assert share is not None
    assert share.line_share is not None
    assert share.line_share.number == 0.5


def test_a_wrong_step_does_not_hide_a_mistake_elsewhere() -> None:
    text = changed("diagnosed_share: 0.9", "diagnosed_share: 90").replace("after: [phase_2]", "after: [phase_1]")
    assert {code for code, _ in errors_of(text)} == {"value.share", "reference.unknown"}
    assert "patients_per_year" not in TEXT.replace(PATIENTS, "")
