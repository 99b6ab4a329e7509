"""The critical path by hand."""

from __future__ import annotations

import numpy as np
import pytest

from onepill.core.distributions import discrete, uniform
from onepill.core.errors import InputError
from onepill.sim import compile_plan, critical_path, run
from onepill.sim.plan import Activity, Link, Plan, SpanCap
from tests.sim.plans import AS_OF, chance, make_plan, work

GOAL = (("goal", Link("goal")),)


def shares(plan: Plan, *, draws: int = 400) -> dict[str, tuple[float, float]]:
    trace = run(compile_plan(plan), draws=draws, seed=1, trace=draws).trace
    return {row.activity: (row.share, row.days) for row in critical_path(plan, trace, "goal")}


def test_the_longer_of_two_branches_binds() -> None:
    plan = make_plan(work("a", days=10), work("b", days=30), work("goal", "a", "b", days=5), milestones=GOAL)
    assert shares(plan) == {"goal": (1.0, 5.0), "b": (1.0, 30.0)}


def test_ties_go_to_the_first_listed_link() -> None:
    plan = make_plan(work("a", days=30), work("b", days=30), work("goal", "b", "a", days=5), milestones=GOAL)
    assert set(shares(plan)) == {"goal", "b"}


def test_a_branch_binds_on_its_share_of_the_paths() -> None:
    plan = make_plan(
        work("a", days=discrete((10, 50), (0.3, 0.7))),
        work("b", days=30),
        work("goal", "a", "b", days=5),
        milestones=GOAL,
    )
    trace = run(compile_plan(plan), draws=1_000, seed=1, trace=1_000).trace
    long = float(np.mean(trace.finish[0] == AS_OF + 50))
    found = {row.activity: row for row in critical_path(plan, trace, "goal")}
    assert found["a"].share == pytest.approx(long)
    assert found["a"].days == pytest.approx(50 * long)
    assert found["b"].share == pytest.approx(1 - long)


def test_only_paths_on_which_the_milestone_happens_count() -> None:
    plan = make_plan(work("a", days=10, gate=chance("a", 0.5)), work("goal", "a", days=uniform(1, 9)), milestones=GOAL)
    assert shares(plan)["a"] == (1.0, 10.0)


def test_a_milestone_that_never_happens_has_no_critical_path() -> None:
    plan = make_plan(work("a", gate=chance("a", 0.0)), work("goal", "a"), milestones=GOAL)
    assert shares(plan) == {}


def test_days_along_the_path_sum_to_the_time_taken() -> None:
    plan = make_plan(
        work("a", days=uniform(10, 90)),
        work("b", "a", days=uniform(10, 90)),
        work("c", "a", days=uniform(10, 90)),
        work("goal", "b", "c", days=uniform(1, 9)),
        milestones=GOAL,
    )
    trace = run(compile_plan(plan), draws=300, seed=1, trace=300).trace
    total = sum(row.days for row in critical_path(plan, trace, "goal"))
    assert total == pytest.approx((trace.finish[3] - AS_OF).mean(), rel=1e-12)


def test_what_is_done_binds_nothing_and_what_runs_binds_from_the_plans_day() -> None:
    plan = make_plan(
        work("done", started=AS_OF - 400, finished=AS_OF - 300),
        work("running", "done", days=100, started=AS_OF - 40),
        work("goal", "running", days=5),
        milestones=GOAL,
    )
    assert shares(plan) == {"goal": (1.0, 5.0), "running": (1.0, 60.0)}


def test_an_activity_entered_by_its_start_adds_no_days() -> None:
    plan = make_plan(
        work("a", days=20), work("b", "a", days=500), work("goal", Link("b", "started"), days=5), milestones=GOAL
    )
    assert shares(plan) == {"goal": (1.0, 5.0), "b": (1.0, 0.0), "a": (1.0, 20.0)}


def test_a_cap_that_binds_leads_to_its_own_event() -> None:
    capped = work("goal", "b", days=900, span_caps=(SpanCap(Link("a", "finished"), 70),))
    plan = make_plan(work("a", days=20), work("b", days=30), capped, milestones=GOAL)
    assert shares(plan) == {"a": (1.0, 20.0), "goal": (1.0, 60.0)}


def test_the_first_of_several_is_followed_under_any_of() -> None:
    plan = make_plan(
        work("a", days=20), work("b", days=30), work("goal", "b", "a", any_of=True, days=5), milestones=GOAL
    )
    assert set(shares(plan)) == {"goal", "a"}


def test_an_unknown_milestone_is_refused() -> None:
    plan = make_plan(Activity("goal"), milestones=GOAL)
    trace = run(compile_plan(plan), draws=1, seed=1, trace=1).trace
    with pytest.raises(InputError) as caught:
        critical_path(plan, trace, "elsewhere")
    assert caught.value.findings[0].code == "plan.unknown_milestone"
