"""Printed examples of the value of information."""

from __future__ import annotations

import pytest

from onepill.evidence.lean import LeanPlan, plan_proof_of_concept
from onepill.evidence.lean_inputs import Experiment, HiddenState, LeanProblem

WET_DOLLARS, DRY_DOLLARS = 600_000.0, -200_000.0


def wildcat(*, positive_wet: float, positive_dry: float) -> LeanPlan:
    """The partners' site: wet with probability 0.4, worth 600,000 dollars, else a loss of 200,000; the test is free."""
    states = (HiddenState({"site": "wet"}, 0.4, WET_DOLLARS), HiddenState({"site": "dry"}, 0.6, DRY_DOLLARS))
    test = Experiment("seismic", 0.0, 1.0, (positive_wet, positive_dry))
    return plan_proof_of_concept(LeanProblem(states, (test,)))


def test_samuelson_marks_managerial_economics_7th_chapter_13_a_perfect_test_is_worth_120000() -> None:
    plan = wildcat(positive_wet=1.0, positive_dry=0.0)
    assert plan.prior_usd == pytest.approx(120_000)
    assert plan.information_usd == pytest.approx(120_000)  # "(.6)(200,000) = $120,000 … the EVI"
    assert plan.perfect_information_usd == pytest.approx(120_000)


def test_samuelson_marks_managerial_economics_7th_table_13_1_an_imperfect_test() -> None:
    """Of 40 wet sites 30 tested good, of 60 dry ones 20: after a good test, half the time, oil has a chance of .6 and
    drilling is expected to bring 280,000; after a bad one .2, and they do not drill."""
    plan = wildcat(positive_wet=30 / 40, positive_dry=20 / 60)
    good, bad = (branch.node for branch in plan.tree.branches)
    assert plan.tree.branches[0].results == {"seismic": True}
    assert (good.prob, bad.prob) == (pytest.approx(0.5), pytest.approx(0.5))
    assert (good.worth_prob, bad.worth_prob) == (pytest.approx(0.6), pytest.approx(0.2))
    assert good.value_usd == pytest.approx(280_000)
    assert (good.decision, bad.decision) == ("go", "no_go")
    assert plan.averages.value_usd == pytest.approx(0.5 * 280_000)


def test_samuelson_marks_managerial_economics_7th_page_551_a_test_that_changes_no_decision_is_worth_nothing() -> None:
    """Good for .1 wet and .1 dry, bad for .3 and .5: they drill either way and earn 120,000, as without the test."""
    plan = wildcat(positive_wet=0.1 / 0.4, positive_dry=0.1 / 0.6)
    assert plan.averages.value_usd == pytest.approx(120_000)
    assert plan.information_usd == 0
    assert plan.sample_information_usd == pytest.approx(0, abs=1e-6)
    assert plan.tree.decision == "go"


def test_ragsdale_chapter_15_mobile_oil_drill_sell_or_test_first() -> None:
    """Oil .25: 800 less 100 of drilling; the rights sell for 90; a survey for 30 is favourable for .6 of oil and
    unfavourable for .8 of none (thousands of dollars). The exercise prints oil .5 after a favourable survey, else
    .14285; a worked tree of the same figures (docstoc 17813422) favourable .3 and the ends below."""
    states = (HiddenState({"oil": "yes"}, 0.25, 700e3, 90e3), HiddenState({"oil": "no"}, 0.75, -100e3, 90e3))
    survey = Experiment("survey", 30e3, 1.0, (0.6, 0.2))
    plan = plan_proof_of_concept(LeanProblem(states, (survey,)))
    favourable, unfavourable = (branch.node for branch in plan.tree.branches)
    assert favourable.prob == pytest.approx(0.3)
    assert favourable.worth_prob == pytest.approx(0.5)
    assert unfavourable.worth_prob == pytest.approx(0.14285, abs=1e-5)
    assert (favourable.decision, unfavourable.decision) == ("go", "no_go")
    # the printed tree's ends after the survey: 670, -130 and 60; without it 700, -100 and 90
    assert plan.averages.value_usd == pytest.approx(1e3 * (0.3 * (0.5 * 670 - 0.5 * 130) + 0.7 * 60))
    assert plan.prior_usd == pytest.approx(1e3 * (0.25 * 700 - 0.75 * 100))
