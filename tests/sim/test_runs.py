"""The same answer: threads, chunks, more draws and unrelated activities change no bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.kernel import NumpyTwin, benchmark_plan
from onepill.core.distributions import lognormal, triangular, uniform
from onepill.sim import Results, compile_plan, run
from onepill.sim.plan import Contract, Draw, Link, Payment, Plan, Royalty
from tests.sim.plans import chance, cost, make_market, make_plan, work

DRAWS = 40_000
"""Five units in five lanes, the last one ragged."""


def rich_plan() -> Plan:
    """Factors, tables, tiers, an end, payments and a cap in one plan."""
    gate = chance("b", 0.6, loadings=(("x", 0.5),))
    tiers = Royalty(("one", "two"), ((0.0, 0.05), (2e7, 0.1)))
    draws = (Draw("one.share", lognormal(0.5, 2.0), (("x", -0.4),)), Draw("one.price", uniform(0.5, 1.5)))
    return make_plan(
        work("a", days=triangular(100, 300, 900), costs=(cost("a", lognormal(1e6, 4e6)),)),
        work("b", "a", days=lognormal(200, 600), gate=gate, costs=(cost("b", uniform(1e6, 9e6)),)),
        work("c", "a", days=700.0, gate=chance("c", 0.5)),
        work("d", Link("b"), Link("c", "failed"), any_of=True, days=uniform(10, 50)),
        markets=(
            make_market("one", Link("b"), scale=draws, ends_on=(Link("c", "finished", 900),)),
            make_market("two", Link("d")),
        ),
        contracts=(Contract("deal", "owner", "partner", (tiers,), (Payment(Link("b"), 1e6),)),),
        milestones=(("b", Link("b")), ("d", Link("d"))),
        parties=("owner", "partner"),
        factors=("x",),
    )


def assert_identical(a: Results, b: Results) -> None:
    for party in a.npv_usd:
        np.testing.assert_array_equal(a.npv_usd[party], b.npv_usd[party])
    np.testing.assert_array_equal(a.milestone_days, b.milestone_days)
    assert a.yearly_rows() == b.yearly_rows()
    assert a.milestone_probs == b.milestone_probs


@pytest.mark.parametrize("weighted", [False, True])
def test_threads_and_chunks_change_no_bit(weighted: bool) -> None:
    compiled = compile_plan(rich_plan())
    base = run(compiled, draws=DRAWS, seed=1, weighted=weighted)
    assert_identical(base, run(compiled, draws=DRAWS, seed=1, weighted=weighted, threads=2))
    assert_identical(base, run(compiled, draws=DRAWS, seed=1, weighted=weighted, threads=5, chunk=1))
    assert_identical(base, run(compiled, draws=DRAWS, seed=1, weighted=weighted, chunk=20_000))


def test_another_seed_changes_the_answer() -> None:
    compiled = compile_plan(rich_plan())
    a, b = (run(compiled, draws=1_000, seed=seed).npv_usd["owner"] for seed in (1, 2))
    assert np.count_nonzero(a != b) > 900


def test_more_draws_leave_the_first_paths_alone() -> None:
    compiled = compile_plan(rich_plan())
    few, many = run(compiled, draws=700, seed=3), run(compiled, draws=9_000, seed=3)
    np.testing.assert_array_equal(few.npv_usd["owner"], many.npv_usd["owner"][:700])


def test_an_unrelated_activity_shifts_no_draw() -> None:
    plan = rich_plan()
    extra = work("unrelated", days=uniform(5, 500), gate=chance("unrelated", 0.5))
    wider = replace(plan, activities=(extra, *plan.activities))
    a, b = run(compile_plan(plan), draws=3_000, seed=3), run(compile_plan(wider), draws=3_000, seed=3)
    np.testing.assert_array_equal(a.npv_usd["owner"], b.npv_usd["owner"])
    np.testing.assert_array_equal(a.milestone_days, b.milestone_days)


def test_reseed_draws_only_the_named_streams_anew() -> None:
    compiled = compile_plan(rich_plan())
    base = run(compiled, draws=2_000, seed=3)
    same = run(compiled, draws=2_000, seed=3, reseed=frozenset({"one.price"}), reseed_seed=3)
    other = run(compiled, draws=2_000, seed=3, reseed=frozenset({"one.price"}), reseed_seed=4)
    assert_identical(base, same)
    np.testing.assert_array_equal(base.milestone_days, other.milestone_days)
    assert np.any(base.npv_usd["owner"] != other.npv_usd["owner"])


def test_progress_counts_paths_to_the_end() -> None:
    seen: list[int] = []
    run(compile_plan(rich_plan()), draws=20_000, seed=1, chunk=8_000, progress=seen.append)
    assert seen == [8_192, 16_384, 20_000]


def test_trace_keeps_the_first_paths_of_any_number() -> None:
    compiled = compile_plan(rich_plan())
    whole = run(compiled, draws=2_000, seed=1, trace=2_000).trace
    part = run(compiled, draws=2_000, seed=1, trace=700).trace
    np.testing.assert_array_equal(part.finish, whole.finish[:, :700])
    assert run(compiled, draws=10, seed=1, trace=700).trace.start.shape == (4, 10)


def test_no_draws_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        run(compile_plan(rich_plan()), draws=0, seed=1)


@pytest.mark.parametrize("drop_failed", [False, True])
def test_benchmark_plan_equals_its_numpy_twin(drop_failed: bool) -> None:
    """Two lognormal lengths in ten thousand may round to another day; 1e-4 of the mean covers the tables' error."""
    plan = benchmark_plan()
    ours = run(compile_plan(plan), draws=30_000, seed=9)
    twin = NumpyTwin(plan, drop_failed=drop_failed)
    theirs = twin.run(paths=30_000, seed=9)
    assert ours.table_overflows == 0
    assert np.mean(ours.milestone_days != theirs.milestone_days) < 2e-4
    for i, party in enumerate(plan.parties):
        gap = ours.npv_usd[party] - theirs.npv_usd[i]
        assert np.abs(gap).mean() < 1e-4 * np.abs(theirs.npv_usd[i]).mean()
    royalty, _ = ours.yearly["licence", "partner"]
    np.testing.assert_allclose(royalty[:25], twin.royalty_usd / 30_000, rtol=1e-4)
