"""Conditional expectation: exact where it must be, and drawn where a failure changes more than a chance."""

from __future__ import annotations

import numpy as np
import pytest

from onepill.core.distributions import triangular, uniform
from onepill.sim import Results, compile_plan, run
from onepill.sim.plan import Contract, Draw, Gate, Link, Plan, Royalty, SpanCap
from tests.sim.plans import chance, cost, make_market, make_plan, work
from tests.sim.test_runs import rich_plan


def weighted(plan: Plan, *, draws: int = 10) -> Results:
    return run(compile_plan(plan), draws=draws, seed=1, weighted=True)


def test_a_shared_gate_counts_once() -> None:
    """Two branches of one gate meet again: 0.5 x 0.8 x 0.9, not 0.5 twice."""
    plan = make_plan(
        work("root", gate=chance("root", 0.5)),
        work("a", "root", gate=chance("a", 0.8)),
        work("b", "root", gate=chance("b", 0.9)),
        work("join", "a", "b"),
        milestones=(("join", Link("join")), ("a", Link("a")), ("b starts", Link("b", "started"))),
    )
    results = weighted(plan)
    assert results.milestone_probs == pytest.approx({"join": 0.36, "a": 0.4, "b starts": 0.5})
    assert results.drawn_gates == ()


def test_a_cost_weighs_by_the_chance_that_its_work_starts() -> None:
    plan = make_plan(
        work("a", days=10, gate=chance("a", 0.25)),
        work("b", "a", days=10, gate=chance("b", 0.5), costs=(cost("b", 100.0),)),
        rate_per_year=0.0,
    )
    np.testing.assert_allclose(weighted(plan).npv_usd["owner"], -25.0, rtol=1e-12)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_other_outcomes_are_drawn_given_that_the_gate_does_not_fail(place: int) -> None:
    """Wherever the failing interval lies; four standard errors of a share of 0.375 among 20,000 paths."""
    outcomes = [("approved", 0.5), ("again", 0.3)]
    outcomes.insert(place, ("failed", 0.2))
    milestones = (("yes", Link("a", "approved")), ("again", Link("a", "again")))
    plan = make_plan(work("a", gate=Gate("a", tuple(outcomes))), milestones=milestones)
    results = weighted(plan, draws=20_000)
    assert sum(results.milestone_probs.values()) == pytest.approx(0.8, rel=1e-12)
    share = np.sqrt(0.375 * 0.625 / 20_000)
    assert results.milestone_probs["again"] == pytest.approx(0.3, abs=4 * 0.8 * share)


def test_factored_gates_weigh_by_their_chance_given_the_factor() -> None:
    """P(both) for two gates of 0.5 with correlation 0.5 is 1/4 + asin(0.5) / (2 pi) = 1/3 (Sheppard)."""
    gates = {id_: chance(id_, 0.5, loadings=(("x", np.sqrt(0.5)),)) for id_ in ("a", "b")}
    plan = make_plan(
        work("a", gate=gates["a"]),
        work("b", "a", gate=gates["b"]),
        milestones=(("b", Link("b")),),
        factors=("x",),
    )
    results = weighted(plan, draws=200_000)
    weights_sd = 0.3
    assert results.milestone_probs["b"] == pytest.approx(1 / 3, abs=4 * weights_sd / np.sqrt(200_000))


REASONS = {
    "any_of": make_plan(
        work("a", gate=chance("a", 0.5)), work("b", gate=chance("b", 0.5)), work("c", "a", "b", any_of=True)
    ),
    "work after a failure": make_plan(work("a", gate=chance("a", 0.5)), work("b", Link("a", "failed"))),
    "stops_on": make_plan(work("a", gate=chance("a", 0.5)), work("b", days=900, stops_on=(Link("a"),))),
    "span cap": make_plan(work("a", gate=chance("a", 0.5)), work("b", span_caps=(SpanCap(Link("a"), 5),))),
    "ends_on": make_plan(
        work("a", gate=chance("a", 0.5)), work("b"), markets=(make_market("m", Link("b"), ends_on=(Link("a"),)),)
    ),
    "shared stream": make_plan(
        work("a", gate=Gate("s", (("succeeded", 0.5), ("failed", 0.5))), days=9),
        work("b"),
        markets=(make_market("m", Link("b"), scale=(Draw("s", uniform(1, 2)),)),),
    ),
    "royalty tiers over several markets": make_plan(
        work("a", gate=chance("a", 0.5)),
        work("b"),
        markets=(make_market("m", Link("a")), make_market("n", Link("b"))),
        contracts=(Contract("c", "owner", "partner", (Royalty(("m", "n"), ((0.0, 0.1), (1e8, 0.2))),)),),
        parties=("owner", "partner"),
    ),
}


@pytest.mark.parametrize("reason", REASONS)
def test_gates_that_change_more_than_a_chance_stay_drawn(reason: str) -> None:
    assert ("a", reason) in weighted(REASONS[reason]).drawn_gates
    assert ("a", reason) not in run(compile_plan(REASONS[reason]), draws=10, seed=1).drawn_gates


def test_a_common_gate_is_weighted_under_any_of_and_tiers() -> None:
    plan = make_plan(
        work("root", gate=chance("root", 0.5)),
        work("a", "root"),
        work("b", "root"),
        work("c", "a", "b", any_of=True),
        markets=(make_market("m", Link("a")), make_market("n", Link("b"))),
        contracts=(Contract("c", "owner", "partner", (Royalty(("m", "n"), ((0.0, 0.1), (1e8, 0.2))),)),),
        parties=("owner", "partner"),
    )
    assert weighted(plan).drawn_gates == ()


def test_weighting_reduces_the_error_of_the_mean() -> None:
    stages = [work("s0", days=triangular(100, 200, 500), gate=chance("s0", 0.4), costs=(cost("s0", 1e6),))]
    for i in range(1, 4):
        stages.append(work(f"s{i}", f"s{i - 1}", days=triangular(100, 200, 500), gate=chance(f"s{i}", 0.4)))
    plan = make_plan(*stages, markets=(make_market("m", Link("s3")),))
    compiled = compile_plan(plan)
    drawn = run(compiled, draws=20_000, seed=1).npv_usd["owner"]
    calm = run(compiled, draws=20_000, seed=1, weighted=True).npv_usd["owner"]
    assert calm.std() < drawn.std() / 4


def test_weighted_mean_of_a_rich_plan_is_within_three_standard_errors() -> None:
    compiled = compile_plan(rich_plan())
    drawn, calm = (run(compiled, draws=200_000, seed=21, weighted=w).npv_usd for w in (False, True))
    for party in ("owner", "partner"):
        error = np.hypot(drawn[party].std(), calm[party].std()) / np.sqrt(200_000)
        assert abs(drawn[party].mean() - calm[party].mean()) < 3 * error
