"""Filings that are past, running, refused, or need a second cycle."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from onepill.calendars import due
from onepill.core.dates import NEVER
from onepill.core.distributions import fixed, uniform
from onepill.sim.plan import FAILED, FINISHED, SUCCEEDED, Draw
from tests.pathway.networks import AS_OF, filing, finish_days, milestone, network, simulate, stage, without_forecasts

TODAY = AS_OF.toordinal()
GATE = ((SUCCEEDED, 0.8), (FAILED, 0.2))
LAW = without_forecasts()


@pytest.mark.parametrize("name", ["cn", "us", "eu", "jp"])
def test_a_submission_is_no_approval(name: str) -> None:
    """The day of submission is a fact; the decision is still ahead and still a matter of chance."""
    submitted = AS_OF - timedelta(days=30)
    days = simulate(network(filing(name, submitted=submitted, success=GATE)), draws=4_096)
    assert set(days.days_of(f"{name}.filed").tolist()) == {submitted.toordinal()}
    approval = days.days_of(f"{name}.approval")
    happened = approval < NEVER
    assert approval[happened].min() >= TODAY
    assert happened.mean() == pytest.approx(0.8, abs=4 * (0.8 * 0.2 / 4_096) ** 0.5), "four standard errors of a share"


def test_the_clock_of_a_submitted_filing_runs_from_its_submission() -> None:
    submitted = AS_OF - timedelta(days=20)
    found = network(filing("us", submitted=submitted), rulebook=LAW)
    assert milestone(found, "us.approval") == date(2025, 10, 17), "ten months from 17 December 2024"


def test_an_acceptance_ends_the_formal_review_and_starts_the_next_clock() -> None:
    accepted = date(2024, 12, 16)
    found = network(filing("cn", submitted=date(2024, 12, 9), accepted=accepted), rulebook=LAW)
    assert finish_days(found, "cn.formal_review")[0] == accepted.toordinal()
    assert finish_days(found, "cn.technical_review")[0] == due("CN", accepted, 200, "wd").due.toordinal()


def test_an_acceptance_alone_says_that_the_filing_was_submitted() -> None:
    found = network(filing("cn", accepted=date(2024, 12, 16)), rulebook=LAW)
    assert milestone(found, "cn.filed") == date(2024, 12, 16)
    assert "cn.preparation" not in {activity.id for activity in found.fragment.activities}


def test_where_no_step_ends_with_acceptance_the_review_is_not_over() -> None:
    """Japan's procedure has no validation step: an acceptance must not be taken for the approval."""
    accepted = AS_OF - timedelta(days=10)
    found = network(filing("jp", submitted=accepted, accepted=accepted), rulebook=LAW)
    assert milestone(found, "jp.approval") == date(2025, 12, 27), "twelve months from 27 December 2024"


def test_what_is_left_of_a_running_review_depends_on_the_time_elapsed() -> None:
    """A review of 100 to 500 days, 300 elapsed since the submission: 0 to 200 days are left, 100 on average; the
    standard error over 4,096 draws is 200 / sqrt(12 * 4096) = 0.9 days."""
    review = Draw("filings.us.review", uniform(100, 500))
    found = network(filing("us", review=review, submitted=AS_OF - timedelta(days=300)))
    left = simulate(found, draws=4_096).days_of("us.approval") - TODAY
    assert left.min() >= 0
    assert left.max() <= 200
    assert left.mean() == pytest.approx(100, abs=4 * 0.9)


def test_a_review_that_should_be_over_ends_on_the_plans_day() -> None:
    review = Draw("filings.us.review", uniform(100, 200))
    found = network(filing("us", review=review, submitted=AS_OF - timedelta(days=700)))
    assert milestone(found, "us.approval") == AS_OF


def test_a_limit_that_has_passed_ends_on_the_plans_day() -> None:
    found = network(filing("us", submitted=AS_OF - timedelta(days=700)), rulebook=LAW)
    assert milestone(found, "us.approval") == AS_OF


def test_a_forecast_that_covers_the_filing_review_counts_from_the_submission() -> None:
    """NME times run from receipt: with the filing review over, what is left is given the days since receipt."""
    terms, submitted = frozenset({"nme"}), AS_OF - timedelta(days=200)
    running = filing("us", terms=terms, submitted=submitted, accepted=submitted + timedelta(days=60))
    days = simulate(network(running), draws=512).days_of("us.approval")
    ahead = simulate(network(filing("us", terms=terms)), draws=512).days_of("us.approval")
    assert days.min() >= TODAY
    assert np.median(ahead) - np.median(days) == pytest.approx(200, abs=25), "few reviews end within 200 days"


def test_an_approved_filing_is_a_fact() -> None:
    found = network(filing("us", submitted=date(2024, 1, 2), approved=date(2024, 11, 4)))
    assert milestone(found, "us.filed") == date(2024, 1, 2)
    assert milestone(found, "us.approval") == date(2024, 11, 4)


def test_a_refused_filing_is_never_approved_and_a_finding_says_so() -> None:
    refused = filing("us", submitted=date(2024, 1, 2), refused=date(2024, 11, 4), launch_lag=Draw("lag", fixed(30.0)))
    found = network(refused)
    assert milestone(found, "us.filed") == date(2024, 1, 2)
    assert milestone(found, "us.approval") is None
    assert milestone(found, "us.launch") is None
    assert [(f.code, f.path) for f in found.findings] == [("filing.refused", "filings.us.done.refused")]


@pytest.mark.parametrize("days", [{"submitted": date(2024, 1, 2)}, {}], ids=["submission known", "submission unknown"])
def test_work_can_wait_for_a_refusal(days: dict[str, date]) -> None:
    refused = filing("us", refused=date(2024, 11, 4), **days)
    after_refusal = stage("again", 40, after=(("us.decision", FAILED),))
    after_approval = stage("never", 40, after=(("us.approval", SUCCEEDED),))
    after_submission = stage("soon", 40, after=(("us.submission", FINISHED),))
    found = network(refused, after_refusal, after_approval, after_submission)
    assert finish_days(found, "again")[0] == TODAY + 40
    assert finish_days(found, "soon")[0] == TODAY + 40
    assert finish_days(found, "never")[0] == NEVER


@pytest.mark.parametrize("review", [None, Draw("filings.us.review", fixed(300.0))], ids=["law", "own review"])
def test_a_refusal_still_to_come_can_be_waited_for(review: Draw | None) -> None:
    """On each path either the approval or the refusal comes, on the day of the decision."""
    parts = filing("us", success=GATE, review=review), stage("again", 40, after=(("us.decision", FAILED),))
    found = network(*parts)
    days = simulate(found, draws=1_024)
    approved = days.days_of("us.approval") < NEVER
    again = days.trace.start[days.trace.activity_ids.index("again")] < NEVER
    assert np.array_equal(approved, ~again)


def test_the_first_cycle_share_moves_only_the_day() -> None:
    """Eventual approval of 0.8: the same paths are approved whether 0.5 or all of it comes in the first cycle; the
    second cycle is 300 days later."""
    cycle = Draw("filings.us.resubmission", fixed(300.0))
    split = ((SUCCEEDED, 0.4), ("resubmit", 0.4), (FAILED, 0.2))
    one = simulate(network(filing("us", success=GATE), rulebook=LAW), draws=4_096).days_of("us.approval")
    two = simulate(network(filing("us", success=split, resubmission=cycle), rulebook=LAW), draws=4_096)
    days = two.days_of("us.approval")
    assert np.array_equal(one < NEVER, days < NEVER)
    later = days[days < NEVER] - one[one < NEVER]
    assert set(later.tolist()) == {0, 300}
    assert np.mean(later == 300) == pytest.approx(0.5, abs=4 * (0.25 / (0.8 * 4_096)) ** 0.5), "four standard errors"


def test_preparation_starts_on_the_plans_day_at_the_earliest_and_delays_the_submission() -> None:
    prepared = filing("us", preparation=Draw("filings.us.preparation", fixed(90.0)), after=(("a", SUCCEEDED),))
    assert milestone(network(stage("a", 10), prepared), "us.filed") == AS_OF + timedelta(days=100)


def test_a_fee_falls_on_the_submission_and_one_without_exchange_rate_is_left_out_with_a_finding() -> None:
    with_rate = network(filing("cn"), usd_per={"CNY": 0.14})
    without = network(filing("cn"), usd_per={})
    assert [fee.activity for fee in with_rate.fees] == ["cn.submission"]
    assert float(simulate(with_rate).npv_usd["owner"][0]) == pytest.approx(-with_rate.fees[0].amount_usd)
    assert [f.code for f in without.findings] == ["fee.no_rate"]
    assert float(simulate(without).npv_usd["owner"][0]) == 0.0
