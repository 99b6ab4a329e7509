"""Days by hand: starts, clocks, caps, stops, facts and running work."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from onepill.core.dates import NEVER
from onepill.core.distributions import discrete, empirical, fixed, lognormal, triangular, uniform
from onepill.core.streams import uniforms
from onepill.sim import Results, compile_plan, run
from onepill.sim.plan import Activity, DayTable, Draw, Gate, Link, SpanCap, WorkingDays
from tests.sim.plans import AS_OF, chance, cost, make_plan, work

DRAWS = 20_000


def simulate(*activities: Activity, draws: int = 4, **parts: object) -> Results:
    return run(compile_plan(make_plan(*activities, **parts)), draws=draws, seed=1, trace=draws)


def days(results: Results, id_: str) -> tuple[int, int]:
    """Start and finish on the first path, counted from the plan's day."""
    i = results.trace.activity_ids.index(id_)
    return int(results.trace.start[i, 0]) - AS_OF, int(results.trace.finish[i, 0]) - AS_OF


def outcomes(results: Results, id_: str) -> list[str]:
    i = results.trace.activity_ids.index(id_)
    names = results.trace.outcome_names[i]
    return ["" if code < 0 else names[code] for code in results.trace.outcome[i]]


def test_an_activity_starts_on_the_latest_of_its_links() -> None:
    results = simulate(work("a", days=10), work("b", days=30), work("c", "a", Link("b", "started", 45), days=5))
    assert days(results, "c") == (45, 50)


def test_any_of_starts_on_the_earliest_link_that_happens() -> None:
    sure, never = work("slow", days=30), work("quick", days=10, gate=chance("quick", 0.0))
    results = simulate(sure, never, work("c", "slow", "quick", any_of=True, days=5))
    assert days(results, "c") == (30, 35)
    results = simulate(sure, work("quick", days=10), work("c", "slow", "quick", any_of=True, days=5))
    assert days(results, "c") == (10, 15)


def test_not_before_holds_a_start_back() -> None:
    results = simulate(work("a", days=10), work("b", "a", days=5, not_before=AS_OF + 60))
    assert days(results, "b") == (60, 65)
    assert days(simulate(work("a", days=5, not_before=AS_OF + 9)), "a") == (9, 14)


def test_a_lag_moves_the_day_either_way() -> None:
    results = simulate(work("a", days=10), work("b", Link("a", lag_days=-4), days=5))
    assert days(results, "b") == (6, 11)


def test_a_duration_is_rounded_to_whole_days() -> None:
    assert days(simulate(work("a", days=10.49)), "a")[1] == 10
    assert days(simulate(work("a", days=10.5)), "a")[1] == 11


def test_working_days_count_from_the_day_after_the_start() -> None:
    """Thursday 2024-08-01 plus two working days of a Monday-to-Friday week is Monday 2024-08-05."""
    spread = Draw("a", fixed(2.0))
    results = simulate(Activity("a", duration=spread, calendar="week"))
    assert date.fromordinal(AS_OF + days(results, "a")[1]) == date(2024, 8, 5)
    assert days(simulate(Activity("a", duration=Draw("a", fixed(0.0)), calendar="week")), "a") == (0, 0)


def test_no_working_days_from_a_saturday_end_on_that_saturday() -> None:
    saturday = date(2024, 8, 3).toordinal()
    idle = Activity("a", duration=Draw("a", fixed(0.0)), calendar="week", not_before=saturday)
    assert days(simulate(idle), "a") == (2, 2)


def test_a_clock_is_looked_up_by_its_start_day() -> None:
    table = DayTable(AS_OF, np.array([AS_OF + 7, AS_OF + 9, AS_OF + 9], dtype=np.int32))
    results = simulate(
        work("a", days=1),
        Activity("b", after=(Link("a"),), clock="law"),
        Activity("c", clock="law"),
        clocks={"law": table},
    )
    assert days(results, "b") == (1, 9)
    assert days(results, "c") == (0, 7)
    assert results.table_overflows == 0


@pytest.mark.parametrize(("delay", "count"), [(2, 0), (3, 4)])
def test_a_look_up_beyond_a_clock_is_counted_on_every_path(delay: int, count: int) -> None:
    table = DayTable(AS_OF, np.array([AS_OF + 7, AS_OF + 9, AS_OF + 9], dtype=np.int32))
    late = Activity("b", after=(Link("a"),), clock="law")
    results = simulate(work("a", days=delay), late, clocks={"law": table})
    assert results.table_overflows == count
    assert results.overflows == ({"clock law": count} if count else {})


def test_a_look_up_beyond_a_calendar_is_counted() -> None:
    short = WorkingDays(AS_OF, np.array([1, 2], np.int32), np.array([AS_OF - 1, AS_OF, AS_OF + 1], np.int32))
    results = simulate(
        Activity("a", duration=Draw("a", fixed(9.0)), calendar="short"), calendars={"short": short}, draws=3
    )
    assert results.overflows == {"calendar short": 3}


def test_a_span_cap_brings_the_finish_forward_but_never_before_the_start() -> None:
    first = work("a", days=50)
    cap = SpanCap(Link("a", "started"), 80)
    assert days(simulate(first, work("b", "a", days=90, span_caps=(cap,))), "b") == (50, 80)
    assert days(simulate(first, work("b", "a", days=10, span_caps=(cap,))), "b") == (50, 60)
    tight = SpanCap(Link("a", "started"), 20)
    assert days(simulate(first, work("b", "a", days=90, span_caps=(tight,))), "b") == (50, 50)


def test_a_random_cap_holds_on_the_paths_below_its_probability() -> None:
    cap = SpanCap(Link("a", "started"), 10, prob=0.3, stream="luck")
    results = simulate(work("a", days=0), work("b", "a", days=40, span_caps=(cap,)), draws=500)
    lucky = uniforms(1, stream="luck", paths=np.arange(500)) < 0.3
    np.testing.assert_array_equal(results.trace.finish[1] - AS_OF, np.where(lucky, 10, 40))


def test_an_event_stops_work_at_once() -> None:
    stopper = work("a", days=30, gate=chance("a", 0.0))
    sibling = work("b", days=100, stops_on=(Link("a", "failed"),), costs=(cost("b", 1000.0),))
    results = simulate(stopper, sibling, rate_per_year=0.0)
    assert days(results, "b") == (0, 30)
    assert set(outcomes(results, "b")) == {"failed"}
    assert results.npv_usd["owner"][0] == pytest.approx(-300.0, rel=1e-12)


def test_work_does_not_start_where_the_stopping_event_comes_by_its_start() -> None:
    stopper = work("a", days=30, gate=chance("a", 0.0))
    for wait, started in ((29, "failed"), (30, "")):
        late = work("b", Link("c"), days=9, stops_on=(Link("a", "failed"),))
        results = simulate(stopper, work("c", days=wait), late)
        assert set(outcomes(results, "b")) == {started}


def test_work_that_finishes_on_the_day_of_the_event_is_not_stopped() -> None:
    stopper = work("a", days=30, gate=chance("a", 0.0))
    results = simulate(stopper, work("b", days=30, stops_on=(Link("a", "failed"),)))
    assert set(outcomes(results, "b")) == {"succeeded"}


def test_facts_are_never_drawn() -> None:
    done = work("a", days=uniform(5, 500), gate=chance("a", 0.0), started=AS_OF - 9, finished=AS_OF - 3)
    results = simulate(done, work("b", Link("a", "finished"), days=1, not_before=AS_OF))
    assert days(results, "a") == (-9, -3)
    assert set(outcomes(results, "a")) == {"failed"}
    known = work("a", days=9, gate=chance("a", 0.0), outcome="succeeded")
    assert set(outcomes(simulate(known), "a")) == {"succeeded"}


@pytest.mark.parametrize(
    "spread",
    [
        uniform(100, 900),
        triangular(50, 100, 900),
        lognormal(150, 600),
        discrete((100, 260, 400), (0.5, 0.3, 0.2)),
        empirical((0.1, 0.5, 0.9), (100, 300, 800)),
    ],
)
def test_running_work_takes_the_time_of_those_that_lasted_longer(spread: object) -> None:
    """Against the drawn durations above the elapsed time; 1 day and five standard errors of a mean."""
    elapsed = 250
    results = simulate(work("a", days=spread, started=AS_OF - elapsed), draws=DRAWS)
    rest = results.trace.finish[0] - results.trace.start[0]
    u = (np.arange(400_000) + 0.5) / 400_000
    longer = spread.quantile(u)  # type: ignore[attr-defined]
    longer = longer[longer > elapsed]
    assert rest.min() >= elapsed
    assert rest.mean() == pytest.approx(longer.mean(), abs=1 + 5 * longer.std() / np.sqrt(DRAWS))
    np.testing.assert_allclose(np.quantile(rest, 0.9), np.quantile(longer, 0.9), rtol=0.03)


def test_running_work_beyond_its_longest_time_ends_on_the_plans_day() -> None:
    results = simulate(work("a", days=uniform(10, 20), started=AS_OF - 25))
    assert days(results, "a") == (-25, 0)


def test_a_fixed_duration_that_still_runs_ends_when_it_was_due() -> None:
    assert days(simulate(work("a", days=40.0, started=AS_OF - 25)), "a") == (-25, 15)


def test_outcomes_of_one_uniform_come_in_their_order_and_proportion() -> None:
    gate = Gate("g", (("approved", 0.5), ("complete_response", 0.3), ("failed", 0.2)))
    results = simulate(work("a", days=1, gate=gate), draws=DRAWS)
    u = uniforms(1, stream="g", paths=np.arange(DRAWS))
    expected = np.where(u < 0.5, "approved", np.where(u < 0.8, "complete_response", "failed"))
    assert outcomes(results, "a") == expected.tolist()


def test_exclusive_outcomes_lead_to_exclusive_branches() -> None:
    gate = Gate("g", (("approved", 0.5), ("complete_response", 0.3), ("failed", 0.2)))
    again = work("again", Link("a", "complete_response"), days=180)
    approval = work("approval", Link("a", "approved"), Link("again"), any_of=True, days=0)
    results = simulate(work("a", days=10, gate=gate), again, approval, draws=DRAWS)
    finish = np.sort(np.unique(results.trace.finish[2]))
    assert finish.tolist() == [AS_OF + 10, AS_OF + 190, NEVER]
    assert np.mean(results.trace.finish[2] == AS_OF + 190) == pytest.approx(0.3, abs=0.015)


def test_factored_gates_fail_together() -> None:
    """P(both fail) for loadings of 1: the smaller of the two chances; six standard errors."""
    gates = [chance(id_, 0.7, loadings=(("x", 1.0),)) for id_ in ("a", "b")]
    results = simulate(work("a", days=1, gate=gates[0]), work("b", days=1, gate=gates[1]), draws=DRAWS, factors=("x",))
    failed = results.trace.outcome == 0
    assert failed[0].mean() == pytest.approx(0.3, abs=6 * np.sqrt(0.21 / DRAWS))
    np.testing.assert_array_equal(failed[0], failed[1])
