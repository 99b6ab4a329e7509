"""Published numbers that payer paths rest on, as the rulebook holds them."""

from __future__ import annotations

from datetime import date

import pytest

from onepill.rulebook import load_rulebook
from onepill.workbench.plan.payer_medicare import statutory_cut
from onepill.workbench.plan.payer_paths import renewal_ages


@pytest.mark.parametrize(
    ("rule", "day", "value"),
    [
        ("cn.nrdl.price_cut", date(2024, 8, 1), 0.617),  # round of 2023: 61.7 % (NHSA, as told by flcube)
        ("cn.nrdl.price_cut", date(2024, 11, 28), 0.63),  # round of 2024: 63 % (BaiPharm)
        ("cn.nrdl.price_cut", date(2024, 11, 27), 0.617),  # and not a day earlier
        ("cn.nrdl.negotiation_success", date(2024, 8, 1), 0.846),
        ("cn.nrdl.negotiation_success", date(2025, 1, 1), 0.76),  # 89 of 117
        ("cn.nrdl.invited_share", date(2025, 6, 1), 0.47),  # 117 of 249 (IQVIA at ISPOR 2025)
        ("cn.vbp.price_cut", date(2019, 1, 1), 0.52),  # pilot of 4+7 cities
        ("cn.vbp.price_cut", date(2020, 2, 1), 0.53),  # second round
        ("cn.vbp.price_cut", date(2021, 7, 1), 0.56),  # fifth round
        ("cn.vbp.price_cut", date(2022, 8, 1), 0.48),  # seventh round
        ("cn.vbp.price_cut", date(2024, 8, 1), 0.57),  # the rounds of 2023
        ("us.medicare_negotiation.ceiling_share", date(2023, 1, 1), 0.75),
        ("us.medicare_negotiation.ceiling_share.extended", date(2023, 1, 1), 0.65),
        ("us.medicare_negotiation.ceiling_share.long", date(2023, 1, 1), 0.40),
        ("us.medicare_negotiation.net_cut", date(2024, 8, 15), 0.22),
        ("us.medicare_negotiation.net_cut", date(2026, 1, 1), 0.44),
    ],
)
def test_the_rulebook_holds_the_published_number_from_its_day_on(rule: str, day: date, value: float) -> None:
    assert load_rulebook().rule(rule).on(day, day).value == pytest.approx(value)


@pytest.mark.parametrize(
    ("rule", "means"),
    [("cn.nrdl.price_cut", "cn.nrdl.price_cut.round_range"), ("cn.vbp.price_cut", "cn.vbp.price_cut.round_range")],
)
def test_the_range_of_the_rounds_is_that_of_their_means(rule: str, means: str) -> None:
    rounds = [version.value for version in load_rulebook().rule(rule).versions]
    told = load_rulebook().rule(means).on(date(2026, 11, 22)).value
    assert (told["minimum"], told["maximum"]) == (min(rounds), max(rounds))


def test_the_range_of_japans_repricings_of_2018_is_that_of_the_nine_told() -> None:
    cuts = (15.0, 14.4, 23.6, 7.1, 23.2, 17.7, 13.3, 26.2, 18.4)
    told = load_rulebook().rule("jp.nhi.market_expansion_cut.drugs_2018").on(date(2026, 11, 22)).value
    assert [told[name] for name in ("minimum", "median", "maximum")] == [x / 100 for x in (7.1, 17.7, 26.2)]
    assert told["mean"] == pytest.approx(sum(cuts) / 900, abs=5e-5)


def test_what_was_published_later_is_not_known_on_the_plans_day() -> None:
    rule = load_rulebook().rule("us.medicare_negotiation.net_cut")
    with pytest.raises(Exception, match="no value"):
        rule.on(date(2024, 8, 1), date(2024, 8, 1))


def test_joint_clinical_assessments_begin_on_12_january_2025() -> None:
    rule = load_rulebook().rule("eu.hta.joint_clinical_assessment")
    with pytest.raises(Exception, match="no value"):
        rule.on(date(2025, 1, 11))
    assert "cancer" in rule.on(date(2025, 1, 12)).value
    assert "orphan" in rule.on(date(2028, 1, 13)).value


def test_the_ceiling_alone_forces_the_law_s_cuts() -> None:
    """75, 65 and 40 % of a list price that the net price is 7 % below, and no cut where rebates go further."""
    assert statutory_cut(0.75, 0.07) == pytest.approx(1 - 0.75 / 0.93)
    assert statutory_cut(0.40, 0.0) == pytest.approx(0.6)
    assert statutory_cut(0.75, 0.49) == 0.0


def test_renewals_cut_every_two_years_half_after_four_and_never_from_eight_on() -> None:
    """The renewal rules of 2023: two-year agreements, cuts halved after four years, the regular list after eight."""
    ages = renewal_ages(0.1, every_years=2, halved_after_years=4.0, until_years=8.0)
    assert [(a.after_years, a.factor) for a in ages] == [
        (2.0, pytest.approx(0.9)), (4.0, pytest.approx(0.9 * 0.95)), (6.0, pytest.approx(0.9 * 0.95**2)),
    ]  # fmt: skip
