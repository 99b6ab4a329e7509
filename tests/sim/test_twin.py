"""The kernel against its slow twin, path by path."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from onepill.core.dates import NEVER
from onepill.sim import Results, compile_plan, run
from onepill.sim.plan import Plan
from tests.sim.plans import plans
from tests.sim.twin import Path, twin_path

PATHS = 300
"""More than one block, so that the second block's start and the ragged end are covered."""


def assert_same(plan: Plan, results: Results, path: int, expected: Path, *, relative: float) -> None:
    trace = results.trace
    for i, activity in enumerate(plan.activities):
        assert trace.start[i, path] == expected.start.get(activity.id, NEVER)
        assert trace.finish[i, path] == expected.finish.get(activity.id, NEVER)
        code = int(trace.outcome[i, path])
        name = None if code < 0 else trace.outcome_names[i][code]
        assert name == expected.outcome.get(activity.id)
    for id_, day in expected.milestone_days.items():
        assert min(results.days_of(id_)[path], NEVER) == min(day, NEVER)
    for party, value in expected.npv_usd.items():
        assert results.npv_usd[party][path] == pytest.approx(value, rel=relative, abs=1e-3)


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(plan=plans())
def test_every_path_equals_the_slow_twin(plan: Plan) -> None:
    """1e-9 leaves room for sums in another order; 0.001 US dollars for sums that cancel to nothing."""
    results = run(compile_plan(plan), draws=PATHS, seed=7, trace=PATHS)
    for path in (0, 1, 2, 3, 4, 5, 255, 256, 299):
        assert_same(plan, results, path, twin_path(plan, seed=7, path=path), relative=1e-9)
    assert results.table_overflows == 0


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(plan=plans(rivals=True))
def test_every_path_of_markets_that_rivals_share_equals_the_slow_twin(plan: Plan) -> None:
    results = run(compile_plan(plan), draws=PATHS, seed=7, trace=PATHS)
    for path in (0, 1, 2, 3, 255, 256, 299):
        assert_same(plan, results, path, twin_path(plan, seed=7, path=path), relative=1e-9)
    weighted = run(compile_plan(plan), draws=20_000, seed=11, weighted=True)
    drawn = run(compile_plan(plan), draws=20_000, seed=12).npv_usd["owner"]
    error = float(np.hypot(weighted.npv_usd["owner"].std(), drawn.std())) / np.sqrt(drawn.size)
    assert abs(weighted.npv_usd["owner"].mean() - drawn.mean()) <= 4.5 * error + 1e-6
    for party, values in results.npv_usd.items():
        rows = [row.discounted_usd for row in results.yearly_rows() if row.party == party]
        assert sum(rows) == pytest.approx(values.mean(), rel=1e-9, abs=1e-9 * sum(map(abs, rows)) + 1e-9)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(plan=plans(loaded=True))
def test_gates_on_common_factors_equal_the_slow_twin(plan: Plan) -> None:
    """Normals come from tables with an error of 2e-5, which on these paths flips no outcome."""
    results = run(compile_plan(plan), draws=PATHS, seed=7, trace=PATHS)
    for path in (0, 1, 2, 255, 299):
        assert_same(plan, results, path, twin_path(plan, seed=7, path=path), relative=1e-9)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(plan=plans())
def test_yearly_rows_of_a_party_sum_to_its_mean_value(plan: Plan) -> None:
    for weighted in (False, True):
        results = run(compile_plan(plan), draws=PATHS, seed=3, weighted=weighted)
        for party, values in results.npv_usd.items():
            rows = [row for row in results.yearly_rows() if row.party == party]
            gross = sum(abs(row.discounted_usd) for row in rows)
            total = sum(row.discounted_usd for row in rows)
            assert total == pytest.approx(values.mean(), rel=1e-9, abs=1e-9 * gross + 1e-9)
            assert sum(results.by_market(party).values()) == pytest.approx(total, abs=1e-9 * gross + 1e-9)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(plan=plans(loaded=True))
def test_weighted_mean_equals_simulated_mean(plan: Plan) -> None:
    """Six comparisons on each of many plans: 4.5 standard errors keep a chance failure below one in a thousand runs."""
    compiled = compile_plan(plan)
    simulated = run(compiled, draws=20_000, seed=11)
    weighted = run(compiled, draws=20_000, seed=12, weighted=True)
    assert weighted.excludes == ()
    for party in plan.parties:
        a, b = simulated.npv_usd[party], weighted.npv_usd[party]
        error = float(np.hypot(a.std(), b.std())) / np.sqrt(a.size)
        assert abs(a.mean() - b.mean()) <= 4.5 * error + 1e-6
    for id_, prob in simulated.milestone_probs.items():
        error = np.sqrt(prob * (1 - prob) * 2 / simulated.draws)
        assert weighted.milestone_probs[id_] == pytest.approx(prob, abs=4.5 * error + 1e-3)
