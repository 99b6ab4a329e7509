"""Gates on the way to a filing, counted by hand: paediatric plans, companion diagnostics, data that leave China."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.calendars import due
from onepill.core.distributions import fixed
from onepill.pathway import FilingInput, GateInput, Network, StageInput
from onepill.pathway.plan_gates import pivotal_stages
from onepill.rulebook import load_rulebook
from onepill.sim.plan import SUCCEEDED, Draw
from tests.pathway.networks import AS_OF, filing, network, simulate, stage

NEW = frozenset({"new_active_substance"})
IPSP_AGREED = date(2025, 10, 3)
"""2025-01-06 and 60, 90, 90 and 30 days: 7 March, 5 June, 3 September, 3 October."""
PIP_DECISION = date(2025, 9, 14)
"""2025-01-06 and 30, 60 days, 3 months, 60 and 10 days: 5 February, 6 April, 6 July, 4 and 14 September."""
PMA_DECISION = date(2025, 7, 5)
"""2025-01-06 and 180 days."""


def days(found: Network, milestone: str) -> date:
    return date.fromordinal(int(simulate(found).days_of(milestone)[0]))


def pivotal(length: float, **changes: object) -> StageInput:
    return stage("phase_3", length, kind="phase_3", **changes)


def after_pivotal(name: str, **changes: object) -> FilingInput:
    return filing(name, after=(("phase_3", SUCCEEDED),), **{"terms": NEW, **changes})


def reviewed(name: str, review_days: float, **changes: object) -> FilingInput:
    return filing(name, review=Draw("review", fixed(review_days)), **changes)


def states(found: Network) -> dict[tuple[str, str], str]:
    return {(gate.jurisdiction, gate.kind): gate.state for gate in found.gates}


# The paediatric plan of the United States


@pytest.mark.parametrize("length", [100, 269, 270, 271])
def test_a_us_filing_waits_for_the_agreed_paediatric_plan_and_for_the_readout(length: int) -> None:
    found = network(pivotal(length), after_pivotal("us"))
    assert days(found, "us.filed") == max(IPSP_AGREED, AS_OF + timedelta(days=length))


def test_the_plan_begins_when_the_pivotal_stage_is_ready_and_not_before() -> None:
    parts = (stage("phase_2", 50, kind="phase_2"), pivotal(10, after=(("phase_2", SUCCEEDED),)), after_pivotal("us"))
    assert days(network(*parts), "us.filed") == IPSP_AGREED + timedelta(days=50)


def test_of_two_pivotal_stages_the_first_that_is_ready_begins_the_plan() -> None:
    early = stage("phase_2", 50, kind="phase_2")
    second = stage("second", 10, kind="phase_3", after=(("phase_2", SUCCEEDED),))
    both = filing("us", after=(("phase_3", SUCCEEDED), ("second", SUCCEEDED)), terms=NEW)
    assert days(network(early, pivotal(10), second, both), "us.filed") == IPSP_AGREED


def test_the_steps_of_the_plan_add_up_to_the_laws_210_days_from_its_submission() -> None:
    rules = ("review", "response", "confirmation", "whole")
    book, day = load_rulebook(), date(2025, 1, 6)
    review, response, confirmation, whole = (
        book.rule(f"us.fda.paediatric_plan.{name}").on(day, day).value for name in rules
    )
    assert review + response + confirmation == whole == 210


@pytest.mark.parametrize(
    ("terms", "is_needed"),
    [
        ({"new_active_substance"}, True),
        ({"new_active_substance", "orphan"}, False),
        ({"new_active_substance", "orphan", "oncology"}, False),
        ({"new_active_substance", "orphan", "oncology", "paediatric_molecular_target"}, True),
        ({"new_active_substance", "orphan", "paediatric_molecular_target"}, False),
        (set(), False),
    ],
)
def test_orphans_are_exempt_unless_the_molecular_target_matters_to_children(terms: set[str], is_needed: bool) -> None:
    found = network(pivotal(100), after_pivotal("us", terms=frozenset(terms)))
    assert (("US", "paediatric_plan") in states(found)) is is_needed
    assert days(found, "us.filed") == (IPSP_AGREED if is_needed else AS_OF + timedelta(days=100))


def test_a_filing_that_is_submitted_has_passed_its_gates() -> None:
    found = network(pivotal(100), after_pivotal("us", submitted=AS_OF - timedelta(days=5)))
    assert states(found) == {}


def test_a_plan_that_is_agreed_takes_no_time() -> None:
    known = {("US", "paediatric_plan"): GateInput(is_met=True)}
    found = network(pivotal(100), after_pivotal("us"), gates=known)
    assert states(found) == {("US", "paediatric_plan"): "met"}
    assert days(found, "us.filed") == AS_OF + timedelta(days=100)


def test_the_files_own_time_goes_before_the_laws() -> None:
    known = {("US", "paediatric_plan"): GateInput(time=Draw("time", fixed(400.0)))}
    found = network(pivotal(100), after_pivotal("us"), gates=known)
    assert days(found, "us.filed") == AS_OF + timedelta(days=400)


def test_two_filings_on_one_pivotal_stage_share_one_plan() -> None:
    found = network(pivotal(100), after_pivotal("us"), after_pivotal("us_other"))
    assert [info.id for info in found.activities if info.id.endswith("paediatric_plan.review")] == [
        "us.paediatric_plan.review"
    ]
    assert days(found, "us_other.filed") == IPSP_AGREED
    assert [gate.filing for gate in found.gates] == ["us", "us_other"]


# The paediatric plan of the European Union


def test_an_eu_filing_waits_for_the_paediatric_committee_with_its_clock_stop() -> None:
    assert days(network(pivotal(30), after_pivotal("eu")), "eu.filed") == PIP_DECISION


def test_the_eu_plan_begins_when_phase_1_is_over() -> None:
    first = stage("phase_1", 31, kind="phase_1")
    parts = (first, pivotal(10, after=(("phase_1", SUCCEEDED),)), after_pivotal("eu"))
    begun, plain = days(network(*parts), "eu.filed"), days(network(pivotal(30), after_pivotal("eu")), "eu.filed")
    # 6 February: 8 March, 7 May, 7 August, 6 and 16 October.
    assert (plain, begun) == (PIP_DECISION, date(2025, 10, 16))


def test_a_class_waiver_frees_the_eu_filing_and_orphans_are_not_exempt() -> None:
    waived = after_pivotal("eu", terms=NEW | {"paediatric_class_waiver"})
    assert days(network(pivotal(30), waived), "eu.filed") == AS_OF + timedelta(days=30)
    orphan = after_pivotal("eu", terms=NEW | {"orphan"})
    assert days(network(pivotal(30), orphan), "eu.filed") == PIP_DECISION


def test_a_gate_without_a_sourced_time_stands_on_the_plan_without_one_and_says_so() -> None:
    found = network(pivotal(30), after_pivotal("gb"))
    assert states(found) == {("GB", "paediatric_plan"): "time_unknown"}
    assert days(found, "gb.filed") == AS_OF + timedelta(days=30)
    said = [finding for finding in found.findings if finding.code == "gate.time_unknown"]
    assert [(finding.path, finding.hint) for finding in said] == [
        ("gates.gb.paediatric_plan", "give gates.GB.paediatric_plan.time")
    ]


# The companion diagnostic


@pytest.mark.parametrize("review_days", [100, 179, 180, 181])
def test_a_us_approval_waits_for_the_test_that_is_applied_for_with_the_drug(review_days: int) -> None:
    found = network(reviewed("us", review_days, terms=frozenset({"biomarker"})))
    assert days(found, "us.filed") == AS_OF
    assert days(found, "us.approval") == max(PMA_DECISION, AS_OF + timedelta(days=review_days))


def test_without_a_biomarker_there_is_no_test_to_wait_for() -> None:
    found = network(reviewed("us", 100))
    assert days(found, "us.approval") == AS_OF + timedelta(days=100)


def test_a_second_cycle_waits_for_the_test_too() -> None:
    cycle = {"success": ((SUCCEEDED, 0.0), ("resubmit", 1.0)), "resubmission": Draw("second", fixed(30.0))}
    found = network(reviewed("us", 20, terms=frozenset({"biomarker"}), **cycle))
    assert days(found, "us.approval") == PMA_DECISION
    late = network(reviewed("us", 170, terms=frozenset({"biomarker"}), **cycle))
    assert days(late, "us.approval") == AS_OF + timedelta(days=200)


def test_in_china_the_launch_waits_for_90_working_days_and_the_approval_does_not() -> None:
    sold = reviewed("cn", 20, terms=frozenset({"biomarker"}), launch_lag=Draw("lag", fixed(0.0)))
    found = network(sold)
    assert days(found, "cn.approval") == AS_OF + timedelta(days=20)
    assert days(found, "cn.launch") == due("CN", AS_OF, 90, "wd").due


# Data that leave China


def test_a_filing_abroad_on_patients_in_china_waits_for_the_filed_contract() -> None:
    trial = pivotal(10, regions=("CN",), held=frozenset({"CN"}), started=AS_OF)
    found = network(trial, after_pivotal("us", terms=frozenset()), after_pivotal("cn", terms=frozenset()))
    assert states(found) == {("US", "data_export"): "planned"}
    assert days(found, "us.filed") == due("CN", AS_OF + timedelta(days=10), 15, "wd").due
    assert days(found, "cn.filed") == AS_OF + timedelta(days=10)


def test_patients_elsewhere_ask_for_no_contract() -> None:
    trial = pivotal(10, regions=("US",), held=frozenset({"US"}))
    assert states(network(trial, after_pivotal("us", terms=frozenset()))) == {}


# Dose optimisation


def test_a_comparison_of_doses_before_the_pivotal_stage_meets_the_gate_and_none_is_missing() -> None:
    oncology = after_pivotal("us", terms=frozenset({"oncology"}))
    assert states(network(pivotal(10), oncology)) == {("US", "dose_optimisation"): "missing"}
    doses = stage("doses", 10, kind="dose_optimisation")
    met = network(doses, pivotal(10, after=(("doses", SUCCEEDED),)), oncology)
    assert [(gate.state, gate.first) for gate in met.gates] == [("met", "doses")]
    beside = network(doses, pivotal(10), oncology)
    assert states(beside) == {("US", "dose_optimisation"): "missing"}


def test_the_trials_that_a_core_dossier_names_are_those_of_its_filings() -> None:
    trial, core = stage("phase_2", 10, kind="phase_2"), stage("dossiers.core", 5, kind="dossier", section="")
    core = replace(core, after=(("phase_2", SUCCEEDED),))
    one = filing("us", after=(("dossiers.core", SUCCEEDED),), terms=NEW)
    assert [found.id for found in pivotal_stages((trial, core), one)] == ["phase_2"]
    assert days(network(trial, core, one), "us.filed") == IPSP_AGREED


# Laws

LENGTHS = st.integers(0, 700)


@settings(max_examples=25)
@given(LENGTHS, LENGTHS, LENGTHS)
def test_a_shorter_gate_never_makes_a_milestone_later(pivotal_days: int, shorter: int, more: int) -> None:
    def milestones(gate_days: int) -> list[date]:
        own = Draw("time", fixed(float(gate_days)))
        known = {("US", kind): GateInput(time=own) for kind in ("paediatric_plan", "companion_diagnostic")}
        one = replace(after_pivotal("us"), terms=NEW | {"biomarker"}, review=Draw("review", fixed(200.0)))
        found = network(pivotal(pivotal_days), one, gates=known)
        return [days(found, f"us.{event}") for event in ("filed", "approval")]

    early, late = milestones(shorter), milestones(shorter + more)
    assert all(one <= other for one, other in zip(early, late, strict=True))
    assert early[0] >= AS_OF + timedelta(days=max(pivotal_days, shorter))
