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


# The changes that the plan's users must not miss, each by its own day

CHANNEL = ("class_1_innovative", "national_key_support")
PILOT = ("class_1_innovative", "thirty_day_pilot_project")
PROVINCE = ("supplement_needs_inspection", "supplement_pilot_province")
CHANGES = [
    # China: the 30-working-day channel, and the pilot before it
    ("cn.nmpa.clinical_trial_application.review", CHANNEL, "2025-09-12", 60, 30),
    ("cn.nmpa.clinical_trial_application.review", (), "2025-09-12", 60, 60),
    ("cn.nmpa.clinical_trial_application.review", PILOT, "2024-08-02", 60, 30),
    ("cn.nmpa.clinical_trial_application.review", PILOT, "2025-09-12", 30, 60),
    # China: data protection and market exclusivity
    ("cn.data_protection.term", (), "2026-05-15", None, 6),
    ("cn.data_protection.term", ("improved_new_drug",), "2026-05-15", None, 4),
    ("cn.data_protection.term", ("first_generic_of_overseas_drug",), "2026-05-15", None, 3),
    ("cn.exclusivity.paediatric", (), "2026-05-15", None, 2),
    ("cn.exclusivity.rare_disease", (), "2026-05-15", None, 7),
    ("cn.nmpa.segmented_manufacture", (), "2026-05-15", None, 1),
    # China: the supplement pilots turn the branch of 200 into 60, and no other branch
    ("cn.nmpa.supplement.review", PROVINCE, "2024-02-29", 200, 60),
    ("cn.nmpa.supplement.review", (*PROVINCE, "imported"), "2025-11-07", 200, 60),
    ("cn.nmpa.supplement.review", ("supplement_needs_inspection",), "2024-02-29", 200, 200),
    ("cn.nmpa.supplement.review", ("supplement_pilot_province", "supplement_combined"), "2024-02-29", 80, 80),
    ("cn.nmpa.supplement.review", ("supplement_pilot_province",), "2024-02-29", 60, 60),
    # China: export certificates
    ("cn.export_certificate.issue", (), "2026-01-01", None, 20),
    ("cn.export_certificate.validity", (), "2026-01-01", 2, 3),
    # The United Kingdom's trial rules
    ("gb.mhra.trial.rfi", (), "2026-04-28", 14, 60),
    ("gb.mhra.trial.validation", (), "2026-04-28", None, 7),
    ("gb.mhra.trial.final_decision", (), "2026-04-28", None, 10),
    ("gb.mhra.trial.notifiable", (), "2026-04-28", None, True),
    ("gb.mhra.trial.initial_review", ("phase_1_healthy",), "2026-04-28", 30, 14),
    # The European Union's pilot of multinational trials
    ("eu.ctr.fast_pilot", (), "2026-01-30", None, 70),
    # Vouchers of the United States: lapse, new law, end
    ("us.fda.rare_paediatric_voucher", (), "2024-12-21", True, None),
    ("us.fda.rare_paediatric_voucher", (), "2026-02-03", None, True),
    ("us.fda.rare_paediatric_voucher", (), "2029-10-01", True, None),
    ("us.fda.national_priority_voucher", (), "2025-06-17", None, {"low": 1, "high": 2}),
    # BIOSECURE, tariffs
    ("us.tariff.section_232", (), "2026-09-29", None, 1.0),
    # Hong Kong's 1+
    ("hk.do.one_plus.first_product", (), "2023-12-07", None, "2023-12-07"),
    # Fee years
    ("us.fda.fee.application", (), "2024-10-01", 4048695, 4310002),
    ("us.fda.fee.application", (), "2025-10-01", 4310002, 4682003),
    ("us.fda.fee.program", (), "2024-10-01", 416429, 403889),
    ("us.fda.fee.program", (), "2025-10-01", 403889, 442213),
    ("gb.mhra.fee.major_application", (), "2025-04-01", 102028, 124194),
    ("gb.mhra.fee.trial", (), "2025-04-01", 3366, 4656),
    ("eu.ema.fee.marketing_authorisation", (), "2025-01-01", None, 865200),
    ("eu.ema.fee.scientific_advice", (), "2025-01-01", None, 98400),
    ("kr.mfds.fee.new_drug", (), "2025-01-01", 8830000, 410000000),
    ("jp.pmda.fee.new_drug", (), "2017-04-01", None, 37175900),
    # Korea's data protection by law, and the size of its reform
    ("kr.mfds.nda.total", (), "2025-01-01", 420, 295),
    # Beijing's targets
    ("cn.beijing.start_up_target", (), "2025-04-07", 28, 20),
]
PROPOSED = [
    ("eu.ema.centralised.assessment", 210, 180),
    ("eu.exclusivity.market", 10, 9),
]
FAR_AHEAD = date(2030, 1, 1)


def said_on(rule_id: str, day: date, conditions: tuple[str, ...]) -> object:
    """The established value of that day; None where there is none."""
    try:
        found = load_rulebook().rule(rule_id).on(day, conditions=frozenset(conditions))
    except InputError:
        return None
    assert found.version.status == "in_force"
    return None if found.start_unknown else found.value


@pytest.mark.parametrize(("rule_id", "conditions", "day", "before", "after"), CHANGES)
def test_the_day_before_and_the_day_of(
    rule_id: str, conditions: tuple[str, ...], day: str, before: object, after: object
) -> None:
    first = date.fromisoformat(day)
    assert said_on(rule_id, first - DAY, conditions) == before
    assert said_on(rule_id, first, conditions) == after


@pytest.mark.parametrize(("rule_id", "law", "proposal"), PROPOSED)
def test_the_eu_package_is_a_proposal_that_no_plan_uses_unasked(rule_id: str, law: int, proposal: int) -> None:
    """Asked for, it holds from its attested day on, and nobody knew it before it was announced."""
    rule = load_rulebook().rule(rule_id)
    asked = frozenset({"in_force", "announced", "proposed"})
    assert rule.on(FAR_AHEAD).value == law
    assert rule.on(FAR_AHEAD, statuses=asked).value == proposal
    assert rule.on(FAR_AHEAD, known_on=date(2026, 3, 5), statuses=asked).value == law
    assert rule.on(FAR_AHEAD, known_on=date(2026, 3, 6), statuses=asked).value == proposal
    (version,) = (v for v in rule.versions if v.status == "proposed")
    assert version.first is None  # no day of application: 24 months after an entry into force that has not happened


def test_a_plan_of_the_day_before_its_announcement_does_not_know_the_thirty_day_channel() -> None:
    rule, day = load_rulebook().rule("cn.nmpa.clinical_trial_application.review"), date(2026, 6, 1)
    assert rule.on(day, known_on=date(2025, 9, 11), conditions=frozenset(CHANNEL)).value == 60
    assert rule.on(day, known_on=date(2025, 9, 12), conditions=frozenset(CHANNEL)).value == 30


def test_a_fee_of_an_authority_in_force_begins_with_its_fee_year() -> None:
    """Fee years begin on 1 October in the United States, on 1 April in the United Kingdom, Japan and Canada."""
    starts = {"US": (10, 1), "GB": (4, 1), "JP": (4, 1), "CA": (4, 1)}
    checked = 0
    for jurisdiction, (month, day) in starts.items():
        for rule in load_rulebook().rules(jurisdiction):
            for version in rule.all_versions():
                if rule.topic == "fees" and version.first and rule.unit in ("USD", "GBP", "JPY", "CAD"):
                    assert (version.first.month, version.first.day) == (month, day), rule.id
                    checked += 1
    assert checked > 40


@pytest.mark.parametrize(
    ("rule_id", "days"),
    [
        ("gb.mhra.trial.validation", 7),
        ("gb.mhra.trial.initial_review", 30),
        ("gb.mhra.trial.rfi", 60),
        ("gb.mhra.trial.final_decision", 10),
    ],
)
def test_the_periods_of_uk_si_2025_538_begin_with_their_first_day(rule_id: str, days: int) -> None:
    """Regulations 16(8), 18(4), 18A(2) and 18B(4): "within the period of ... days beginning with the day"."""
    rule = load_rulebook().rule(rule_id)
    assert rule.on(date(2026, 4, 28)).value == days
    assert rule.counts_start_day


@pytest.mark.parametrize(
    ("conditions", "day", "fee"),
    [
        ((), "2022-03-31", 437_884),
        ((), "2022-04-01", 475_481),
        (("small_business",), "2022-04-01", 237_740.5),
        (("small_business", "first_submission"), "2022-04-01", 0),
        (("first_submission",), "2022-04-01", 475_481),
    ],
)
def test_canada_remits_half_of_the_fee_to_a_small_business_and_all_of_its_first(
    conditions: tuple[str, ...], day: str, fee: float
) -> None:
    """SOR/2019-124, schedule 1, item 1, and sections 16 and 17."""
    rule = load_rulebook().rule("ca.hc.fee.new_active_substance")
    assert rule.on(date.fromisoformat(day), conditions=frozenset(conditions)).value == fee
