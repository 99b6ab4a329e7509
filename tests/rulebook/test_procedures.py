"""Procedures: an order that can be walked, and China's trial authorisation with its return from 30 to 60 days."""

from __future__ import annotations

import pytest

from onepill.rulebook import Procedure, load_rulebook

PROCEDURES = load_rulebook().procedures()


@pytest.mark.parametrize("procedure", PROCEDURES, ids=[procedure.id for procedure in PROCEDURES])
def test_a_procedure_begins_and_every_step_comes_after_earlier_ones(procedure: Procedure) -> None:
    seen: set[str] = set()
    assert procedure.steps[0].after == ()
    for step in procedure.steps:
        named = {name.partition(":")[0] for entry in step.after for name in entry}
        assert named <= seen, step.id
        seen.add(step.id)


@pytest.mark.parametrize("jurisdiction", ["CN", "US", "EU", "JP"])
def test_every_jurisdiction_grants_trials_and_approval(jurisdiction: str) -> None:
    grants = {procedure.grants for procedure in load_rulebook().procedures(jurisdiction)}
    assert {"trial_authorisation", "approval"} <= grants


def test_every_forecast_covers_steps_of_its_own_procedure() -> None:
    book, forecasts = load_rulebook(), 0
    for procedure in book.procedures():
        ids = {step.id for step in procedure.steps}
        for step in procedure.steps:
            assert set(step.covers) <= ids
            if step.forecast:
                assert book.rule(step.forecast).topic == "performance"
                forecasts += 1
    assert forecasts


def test_china_returns_an_application_within_the_limit_from_the_same_acceptance_day() -> None:
    steps = {step.id: step for step in load_rulebook().procedure("cn.nmpa.clinical_trial_authorisation").steps}
    channel, returned = steps["channel_review"], steps["returned_review"]
    assert channel.instead_of == "review"
    assert [(outcome.id, outcome.prob_rule) for outcome in channel.outcomes] == [
        ("succeeded", None),
        ("returned", None),
    ]
    assert returned.after == (("channel_review:returned",),)
    assert returned.anchor == "channel_review"
    assert steps["channel_authorisation"].after == (("channel_review:succeeded", "returned_review"),)


def test_china_stops_the_clock_between_review_and_decision() -> None:
    steps = load_rulebook().procedure("cn.nmpa.marketing_authorisation").steps
    order = [(step.id, step.by, step.stop) for step in steps if step.clock and not step.optional]
    assert order[1:4] == [
        ("technical_review", "agency", False),
        ("response", "applicant", True),
        ("decision", "agency", False),
    ]


def test_one_step_decides_each_procedure_that_grants_approval() -> None:
    for procedure in PROCEDURES:
        if procedure.grants == "approval":
            assert sum(step.gate == "approval" for step in procedure.steps) == 1, procedure.id
