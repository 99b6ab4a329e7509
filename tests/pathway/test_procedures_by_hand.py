"""Procedures counted by hand: clocks one after the other, clocks that stop, clocks anchored to an earlier day."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from onepill.calendars import due
from onepill.pathway import Network
from onepill.rulebook import load_rulebook
from tests.pathway.networks import filing, finish_days, milestone, network, stage, without_forecasts


def working_days(jurisdiction: str, start: date, *counts: int) -> date:
    """The end of clocks in working days, each from the end of the one before."""
    for count in counts:
        start = due(jurisdiction, start, count, "wd").due
    return start


def test_a_chinese_trial_application_accepted_on_2024_02_05_is_authorised_on_2024_05_08() -> None:
    """Formal review of 5 working days from 30 January 2024: 31 January, 1, 2, 4 (a make-up Sunday) and 5 February; the
    60 working days from that acceptance end on 8 May (counted by hand in test_rule_tables)."""
    start = date(2024, 1, 30)
    trial = stage("trial", kind="phase_1", regions=("CN",), not_before=start)
    found = network(trial, as_of=date(2024, 1, 2))
    assert milestone(found, "trial.cn.trial_authorisation", as_of=date(2024, 1, 2)) == date(2024, 5, 8)


CHANNEL = frozenset({"class_1_innovative", "national_key_support"})


def channel_trial(as_of: date) -> Network:
    trial = stage("trial", kind="phase_1", regions=("CN",), terms=CHANNEL)
    return network(trial, as_of=as_of, usd_per={"CNY": 0.14})


def test_a_return_from_the_30_day_channel_counts_60_days_from_the_same_acceptance() -> None:
    as_of, draws = date(2025, 10, 13), 4_096
    accepted = working_days("CN", as_of, 5)
    quick, returned = working_days("CN", accepted, 30), working_days("CN", accepted, 60)
    days = finish_days(channel_trial(as_of), "trial.cn.clinical_trial_authorisation.granted", draws=draws, as_of=as_of)
    assert set(days.tolist()) == {quick.toordinal(), returned.toordinal()}
    share = float(np.mean(days == returned.toordinal()))
    error = (1 / 16 * 15 / 16 / draws) ** 0.5
    assert abs(share - 1 / 16) < 4 * error, "four standard errors of a share of 4,096 draws"


def test_an_outcome_without_a_source_is_a_labelled_assumption() -> None:
    found = channel_trial(date(2025, 10, 13))
    assert [f.code for f in found.findings] == ["outcome.assumed"]
    assert "returned" in found.findings[0].message


def test_the_day_before_the_channel_is_announced_the_plan_has_60_days_only() -> None:
    as_of = date(2025, 9, 11)
    found = channel_trial(as_of)
    accepted = working_days("CN", as_of, 5)
    assert milestone(found, "trial.cn.trial_authorisation", as_of=as_of) == working_days("CN", accepted, 60)
    assert not found.findings


@pytest.mark.parametrize(("terms", "review"), [(frozenset(), 200), (frozenset({"priority"}), 130)])
def test_china_stops_its_clock_for_the_applicants_answer(terms: frozenset[str], review: int) -> None:
    """Formal review 5, technical review 200 (priority 130), the applicant's answer 80, decision 20, certificate 10
    working days, each from the end of the one before."""
    submitted = date(2025, 1, 6)
    found = network(filing("cn", terms=terms))
    assert milestone(found, "cn.filed") == submitted
    assert milestone(found, "cn.approval") == working_days("CN", submitted, 5, review, 80, 20, 10)


def test_the_clock_stop_is_the_applicants_time_and_not_the_agencys() -> None:
    found = network(filing("cn"))
    stop = finish_days(found, "cn.response")[0] - finish_days(found, "cn.technical_review")[0]
    start = date.fromordinal(int(finish_days(found, "cn.technical_review")[0]))
    assert stop == (due("CN", start, 80, "wd").due - start).days


def test_the_eu_clock_stops_twice_and_its_agency_days_sum_to_210() -> None:
    """From 6 January 2025: validation 17 days to 23 January, 120 days to 23 May, three months to 23 August, 60 days to
    22 October, one month to 22 November, 30 days to 22 December, the Commission's 67 days to 27 February 2026."""
    found = network(filing("eu"), rulebook=without_forecasts())
    steps = {
        "validation": date(2025, 1, 23),
        "first_assessment": date(2025, 5, 23),
        "first_response": date(2025, 8, 23),
        "second_assessment": date(2025, 10, 22),
        "second_response": date(2025, 11, 22),
        "opinion": date(2025, 12, 22),
        "decision": date(2026, 2, 27),
    }
    days = {name: date.fromordinal(int(finish_days(found, f"eu.{name}")[0])) for name in steps}
    assert days == steps
    assert milestone(found, "eu.approval") == date(2026, 2, 27)


def test_a_goal_from_receipt_is_anchored_to_the_submission_and_not_to_the_filing_day() -> None:
    """A US application outside the NME Program: ten months from receipt on 6 January 2025."""
    found = network(filing("us"), rulebook=without_forecasts())
    assert milestone(found, "us.approval") == date(2025, 11, 6)


def test_a_goal_under_the_nme_program_counts_from_the_filing_day() -> None:
    """Filing review of 60 days to 7 March 2025, then ten months."""
    found = network(filing("us", terms=frozenset({"nme"})), rulebook=without_forecasts())
    assert milestone(found, "us.approval") == date(2026, 1, 7)


def test_a_forecast_goes_before_the_limit_and_covers_its_steps() -> None:
    """Where agencies' times are on file, the EU's assessment is drawn and the clock stops inside it take no time."""
    found = network(filing("eu"))
    assert found.clocks
    used = {use.activity: use.used_as for use in found.clocks}
    assert used["eu.first_assessment"] == "forecast"
    opinion, assessment = (
        finish_days(found, "eu.opinion", draws=64),
        finish_days(found, "eu.first_assessment", draws=64),
    )
    assert np.array_equal(opinion, assessment)
    assert len(set(assessment.tolist())) > 30


def test_japan_waits_30_days_for_a_trial_and_60_for_its_price() -> None:
    """Trial notification: 30 days; price listing: 60 days from approval, then the launch."""
    trial = network(stage("trial", kind="phase_1", regions=("JP",)))
    assert milestone(trial, "trial.jp.trial_authorisation") == date(2025, 2, 5)
    lag = stage("x", 0).duration
    sold = network(filing("jp", approved=date(2025, 1, 6), launch_lag=lag))
    assert milestone(sold, "jp.launch") == date(2025, 3, 7)


def test_every_procedure_of_the_rulebook_can_be_built() -> None:
    """No step waits for one that is not there, and each grant comes in a future without chance."""
    for jurisdiction in ("CN", "US", "EU", "JP"):
        terms = [frozenset(), frozenset({"supplement"})]
        for some in terms:
            found = network(filing(jurisdiction.lower(), terms=some), rulebook=without_forecasts())
            assert milestone(found, f"{jurisdiction.lower()}.approval") is not None, (jurisdiction, some)
    assert {p.jurisdiction for p in load_rulebook().procedures()} >= {"CN", "US", "EU", "JP"}
