"""Severities of changes, row by row of the published scheme, and what was known of overwritten fields."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.landscape import TrialState, diff_tags, diff_trials, explain, states_on, tag_agents
from tests.landscape.worlds import approved, ask, drug, seen, world

OLD = TrialState(
    "NCT1",
    status="RECRUITING",
    primary_endpoint="overall survival",
    phase="PHASE2",
    sponsor="X",
    title="A trial",
    enrolment=100,
    start=date(2020, 1, 1),
    completion=date(2024, 1, 1),
)


@pytest.mark.parametrize(
    ("change", "severity"),
    [
        ({"status": "TERMINATED"}, "critical"),
        ({"status": "SUSPENDED"}, "critical"),
        ({"status": "WITHDRAWN"}, "critical"),
        ({"why_stopped": "no money"}, "critical"),
        ({"primary_endpoint": "response rate"}, "critical"),
        ({"status": "COMPLETED"}, "notable"),
        ({"phase": "PHASE3"}, "notable"),
        ({"sponsor": "Y"}, "notable"),
        ({"results_posted": date(2024, 6, 1)}, "notable"),
        ({"enrolment": 120}, "notable"),
        ({"enrolment": 80}, "notable"),
        ({"enrolment": 119}, "minor"),
        ({"completion": date(2024, 1, 31)}, "notable"),
        ({"completion": date(2024, 1, 30)}, "minor"),
        ({"title": "The trial"}, "minor"),
    ],
)
def test_severity_of_a_change_by_the_scheme_of_biocatalystfeed_0_3_3(change: dict[str, Any], severity: str) -> None:
    (found,) = diff_trials([OLD], [replace(OLD, **change)])
    assert (found.what, found.severity, found.scheme) == (next(iter(change)), severity, "published")


def test_new_and_gone_trials_and_the_worst_first() -> None:
    new, stopped = replace(OLD, record_id="NCT2"), replace(OLD, status="TERMINATED", title="The trial")
    found = diff_trials([OLD, replace(OLD, record_id="NCT0")], [stopped, new])
    assert [(one.severity, one.subject, one.what) for one in found] == [
        ("critical", "NCT1", "status"),
        ("notable", "NCT2", "new"),
        ("minor", "NCT0", "gone"),
        ("minor", "NCT1", "title"),
    ]


@given(st.lists(st.sampled_from(["NCT1", "NCT2", "NCT3"]), unique=True))
def test_nothing_changes_between_a_day_and_itself(ids: list[str]) -> None:
    states = [replace(OLD, record_id=name) for name in ids]
    assert diff_trials(states, states) == ()


def test_the_first_approval_of_a_class_and_the_loss_of_the_lead_are_critical() -> None:
    day = date(2021, 7, 1)
    given_world = world(
        [drug("lead", "T"), drug("late", "T")],
        [seen("lead", "phase_3"), seen("late", "phase_3"), seen("new", "phase_1", day)],
        [approved("lead", day)],
    )
    before, after = (
        explain(given_world, tag_agents(given_world, ask(as_of=one), minimum_coverage=0))
        for one in (day - timedelta(1), day)
    )
    found = {(one.subject, one.what): one.severity for one in diff_tags(before, after)}
    assert found == {
        ("lead", "stage"): "critical",
        ("lead", "tag"): "notable",
        ("late", "tag"): "critical",
        ("new", "new"): "notable",
    }
    assert all(one.scheme == "own" for one in diff_tags(before, after))
    assert [one.what for one in diff_tags(after, before) if one.subject == "new"] == ["gone"]


def test_a_status_is_not_known_before_its_own_snapshot() -> None:
    stopped = replace(OLD, status="TERMINATED")
    snapshots = [(date(2022, 1, 1), OLD), (date(2023, 1, 1), stopped)]
    assert states_on(snapshots, date(2021, 12, 31)) == {}
    assert states_on(snapshots, date(2022, 12, 31)) == {"NCT1": OLD}
    assert states_on(reversed(snapshots), date(2023, 1, 1)) == {"NCT1": stopped}
