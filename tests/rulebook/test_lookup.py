"""Look-up by day: the day before and the day of each change, what was known, and what nobody established."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.core.errors import InputError
from onepill.rulebook import Absence, Rule, Variant, Version, load_rulebook

CHANNEL = frozenset(("class_1_innovative", "global_synchronous"))
DAY = timedelta(days=1)
DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))


def version(value: object, first: str | None = None, **given: object) -> Version:
    days = {key: date.fromisoformat(str(given[key])) if given.get(key) else None for key in ("last", "announced")}
    attested = tuple(date.fromisoformat(day) for day in given.get("attested", ()))  # type: ignore[attr-defined]
    status = given.get("status", "in_force")
    start = date.fromisoformat(first) if first else None
    return Version(value, start, attested, days["last"], days["announced"], status, "official")  # type: ignore[arg-type]


def rule(*versions: Version, variants: tuple[Variant, ...] = (), absent: Absence | None = None) -> Rule:
    return Rule(
        id="xx.clock",
        jurisdiction="XX",
        calendar="",
        topic="review",
        name={},
        unit="working_days",
        nature="limit",
        starts="",
        counts_start_day=False,
        roll="none",
        stops=(),
        facts=(),
        versions=versions,
        variants=variants,
        beside=(),
        absent=absent,
        note="",
    )


# The law as published


@pytest.mark.parametrize(("day", "days"), [("2025-09-11", 60), ("2025-09-12", 30)])
def test_china_trial_channel_begins_on_the_day_of_nmpa_announcement_2025_no_86(day: str, days: int) -> None:
    found = (
        load_rulebook()
        .rule("cn.nmpa.clinical_trial_application.review")
        .on(date.fromisoformat(day), conditions=CHANNEL)
    )
    assert (found.value, found.unit) == (days, "working_days")


def test_china_trial_channel_is_unknown_to_a_plan_of_the_day_before_its_announcement() -> None:
    clock = load_rulebook().rule("cn.nmpa.clinical_trial_application.review")
    later = date(2026, 3, 2)
    assert clock.on(later, known_on=date(2025, 9, 11), conditions=CHANNEL).value == 60
    assert clock.on(later, known_on=date(2025, 9, 12), conditions=CHANNEL).value == 30


def test_china_trial_application_outside_the_channel_keeps_60_days_of_drr_article_96() -> None:
    clock = load_rulebook().rule("cn.nmpa.clinical_trial_application.review")
    assert clock.on(date(2026, 3, 2), conditions=frozenset(("class_1_innovative",))).value == 60


@pytest.mark.parametrize(
    ("terms", "days"),
    [((), 200), (("priority",), 130), (("overseas_urgent_rare",), 70), (("priority", "overseas_urgent_rare"), 70)],
)
def test_china_review_limits_of_drr_article_96_2(terms: tuple[str, ...], days: int) -> None:
    clock = load_rulebook().rule("cn.nmpa.marketing_authorisation.review")
    assert clock.on(date(2024, 8, 1), conditions=frozenset(terms)).value == days


@pytest.mark.parametrize(
    ("terms", "cny"),
    [
        ((), 432_000),
        (("imported",), 593_900),
        (("class_3_or_4_generic",), 183_600),
        (("class_3_or_4_generic", "needs_clinical_trial"), 318_000),
        (("class_3_or_4_generic", "imported"), 367_600),
        (("class_3_or_4_generic", "imported", "needs_clinical_trial"), 502_000),
    ],
)
def test_china_marketing_fees_of_mrpharma_2021_08_18(terms: tuple[str, ...], cny: int) -> None:
    fee = load_rulebook().rule("cn.nmpa.fee.marketing").on(date(2021, 8, 18), conditions=frozenset(terms))
    assert (fee.value, fee.unit) == (cny, "CNY")


@pytest.mark.parametrize(
    ("terms", "days"),
    [
        ((), 60),
        (("supplement_combined",), 80),
        (("supplement_needs_inspection",), 200),
        (("supplement_needs_inspection", "supplement_pilot_province"), 60),
        (("supplement_needs_inspection", "supplement_pilot_province", "imported"), 200),
    ],
)
def test_china_supplement_branches_of_drr_article_96_4_and_the_pilot_of_2024(terms: tuple[str, ...], days: int) -> None:
    clock = load_rulebook().rule("cn.nmpa.supplement.review")
    assert clock.on(date(2024, 8, 1), conditions=frozenset(terms)).value == days


@pytest.mark.parametrize(
    ("day", "days"), [("2022-10-13", 80), ("2022-10-14", 160), ("2022-12-31", 160), ("2023-01-01", 80)]
)
def test_china_deficiency_answers_doubled_by_nmpa_announcement_2022_no_86(day: str, days: int) -> None:
    assert load_rulebook().rule("cn.nmpa.deficiency_response").on(date.fromisoformat(day)).value == days


@pytest.mark.parametrize(("day", "years"), [("2026-05-15", 6)])
def test_china_data_protection_begins_on_2026_05_15(day: str, years: int) -> None:
    protection = load_rulebook().rule("cn.data_protection.term")
    assert protection.on(date.fromisoformat(day)).value == years
    with pytest.raises(InputError, match="has no value on 2026-05-14"):
        protection.on(date.fromisoformat(day) - DAY)


def test_shanghai_support_of_2021_ends_before_the_measures_of_2024_begin() -> None:
    support = load_rulebook().rule("cn.shanghai.2021.phase_3_subsidy")
    assert support.on(date(2024, 5, 31)).value == 30_000_000
    with pytest.raises(InputError):
        support.on(date(2024, 6, 1))


# How versions are chosen


def test_the_day_before_the_first_day_has_no_value_and_says_when_it_starts() -> None:
    with pytest.raises(InputError) as caught:
        rule(version(60, "2020-07-01")).on(date(2020, 6, 30))
    finding = caught.value.findings[0]
    assert finding.code == "rule.no_value"
    assert "2020-07-01" in finding.hint
    assert finding.value == "2020-06-30"


def test_the_last_day_still_counts_and_the_next_does_not() -> None:
    clock = rule(version(60, "2020-07-01", last="2022-12-31"))
    assert clock.on(date(2022, 12, 31)).value == 60
    with pytest.raises(InputError):
        clock.on(date(2023, 1, 1))


def test_an_unestablished_start_is_flagged_before_the_first_attested_day_and_not_on_it() -> None:
    clock = rule(version(210, attested=["2026-04-10", "2027-01-01"]))
    assert clock.on(date(2026, 4, 9)).start_unknown
    assert not clock.on(date(2026, 4, 10)).start_unknown


def test_an_unestablished_start_never_reaches_back_past_an_earlier_version() -> None:
    clock = rule(version(100, "2020-01-01", last="2021-12-31"), version(90, attested=["2024-01-01"]))
    assert clock.on(date(2021, 6, 1)).value == 100
    assert clock.on(date(2022, 6, 1)).value == 90
    assert clock.on(date(2022, 6, 1)).start_unknown
    with pytest.raises(InputError):
        clock.on(date(2019, 12, 31))


def test_what_is_attested_only_after_the_plans_day_is_flagged_and_not_lost() -> None:
    found = rule(version(210, attested=["2026-04-10"])).on(date(2026, 9, 1), known_on=date(2024, 8, 1))
    assert (found.value, found.start_unknown) == (210, True)


def test_an_established_value_goes_before_a_variant_whose_start_nobody_established() -> None:
    fast = Variant("fast", "fast", (version(30, attested=["2024-01-01"]),))
    clock = rule(version(60, "2020-07-01"), variants=(fast,))
    assert clock.on(date(2023, 12, 31), conditions=frozenset(("fast",))).value == 60
    assert clock.on(date(2024, 1, 1), conditions=frozenset(("fast",))).value == 30


def test_a_proposal_is_used_only_where_it_is_asked_for() -> None:
    clock = rule(version(210, "2005-11-20"), version(180, "2028-01-01", announced="2025-12-11", status="proposed"))
    day = date(2028, 6, 1)
    assert clock.on(day).value == 210
    assert clock.on(day, statuses=frozenset(("in_force", "announced", "proposed"))).value == 180


def test_the_first_matching_variant_wins() -> None:
    variants = (
        Variant("rare", {"all": ["rare"]}, (version(70, "2020-07-01"),)),
        Variant("priority", {"all": ["priority"]}, (version(130, "2020-07-01"),)),
    )
    clock = rule(version(200, "2020-07-01"), variants=variants)
    assert clock.on(date(2024, 1, 1), conditions=frozenset(("priority", "rare"))).variant == "rare"


def test_an_absent_rule_says_that_it_was_looked_for() -> None:
    with pytest.raises(InputError) as caught:
        rule(absent=Absence(date(2026, 11, 21), "no public table")).on(date(2026, 1, 1))
    assert "looked for on 2026-11-21" in caught.value.findings[0].hint


def test_an_unknown_id_names_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        load_rulebook().rule("cn.nmpa.clinical_trial_aplication.review")
    assert caught.value.findings[0].code == "rule.unknown"
    assert "cn.nmpa.clinical_trial_application.review" in caught.value.findings[0].hint


# Laws


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Rules with established and unestablished starts, ends, announcements and a variant."""

    def versions(base: int) -> tuple[Version, ...]:
        days = sorted(draw(st.sets(DAYS, max_size=4)))
        return tuple(_drawn(draw, base + i, day) for i, day in enumerate(days))

    return rule(*versions(0), variants=(Variant("fast", "fast", versions(100)),))


def _drawn(draw: st.DrawFn, value: int, day: date) -> Version:
    known = draw(st.none() | st.integers(0, 900))
    last = draw(st.none() | st.integers(0, 900))
    first, attested = (day, ()) if draw(st.booleans()) else (None, (day,))
    announced = None if known is None else day - DAY * known
    status = draw(st.sampled_from(("in_force", "announced", "proposed")))
    return Version(value, first, attested, None if last is None else day + DAY * last, announced, status, "official")


@given(rules(), DAYS, st.none() | DAYS, st.sampled_from((frozenset(), frozenset(("fast",)))))
def test_the_timeline_says_on_every_day_what_the_look_up_says(
    clock: Rule, day: date, known_on: date | None, terms: frozenset[str]
) -> None:
    said = None
    for first, found in clock.timeline(known_on, terms):
        if first is None or first <= day.toordinal():
            said = found
    try:
        expected = clock.on(day, known_on, terms)
    except InputError:
        expected = None
    assert said == expected


@given(rules(), DAYS, DAYS)
def test_nothing_announced_after_the_plans_day_is_ever_used(clock: Rule, day: date, known_on: date) -> None:
    for _, found in clock.timeline(known_on, frozenset(("fast",))):
        if found is not None and found.version.announced is not None:
            assert found.version.announced <= known_on


@given(rules(), DAYS)
def test_a_value_without_a_flag_has_begun_and_is_not_over(clock: Rule, day: date) -> None:
    try:
        found = clock.on(day)
    except InputError:
        return
    begun = found.version.used_from <= day
    assert begun is not found.start_unknown
    assert found.version.last is None or day <= found.version.last
    assert found.version.status != "proposed"
