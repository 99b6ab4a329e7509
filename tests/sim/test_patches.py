"""Frozen streams and changed gates: the same as a plan written that way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from onepill.core.distributions import fixed, lognormal, uniform
from onepill.core.errors import InputError
from onepill.sim import CompiledPlan, compile_plan, run
from onepill.sim.plan import Draw, Gate, Link, SpanCap
from tests.sim.plans import make_market, make_plan, work
from tests.sim.test_runs import assert_identical, rich_plan


def owner(compiled: CompiledPlan) -> np.ndarray:
    return run(compiled, draws=2_000, seed=6).npv_usd["owner"]


def with_spread(spread: object) -> CompiledPlan:
    share = Draw("share", spread, factor=2.0, cap=3.0)  # type: ignore[arg-type]
    return compile_plan(make_plan(work("a"), markets=(make_market("m", Link("a"), scale=(share,)),)))


@pytest.mark.parametrize("value", [0.7, 9.0])
def test_freezing_a_value_equals_a_fixed_distribution(value: float) -> None:
    np.testing.assert_array_equal(
        owner(with_spread(lognormal(1, 2)).freeze("share", value=value)), owner(with_spread(fixed(value)))
    )


def test_freezing_a_quantile_takes_the_draws_own_quantile() -> None:
    frozen = with_spread(uniform(0, 1)).freeze("share", quantile=0.25)
    np.testing.assert_array_equal(owner(frozen), owner(with_spread(fixed(0.25))))


def test_a_patch_leaves_the_original_alone() -> None:
    compiled = compile_plan(rich_plan())
    before = run(compiled, draws=500, seed=1)
    compiled.freeze("one.price", value=1.0)
    compiled.freeze("b.success", quantile=0.1)
    compiled.with_gate("c.success", (("succeeded", 1.0), ("failed", 0.0)))
    assert_identical(before, run(compiled, draws=500, seed=1))


@pytest.mark.parametrize(("quantile", "outcome"), [(0.1, 1), (0.5, 2), (0.9, 0)])
def test_freezing_a_gate_fixes_its_outcome(quantile: float, outcome: int) -> None:
    gate = Gate("g", (("approved", 0.4), ("again", 0.4), ("failed", 0.2)))
    compiled = compile_plan(make_plan(work("a", gate=gate))).freeze("g", quantile=quantile)
    assert set(run(compiled, draws=300, seed=1, trace=300).trace.outcome[0]) == {outcome}


def test_freezing_a_cap_decides_whether_it_holds() -> None:
    plan = make_plan(work("a"), work("b", span_caps=(SpanCap(Link("a", "started"), 5, 0.3, "luck"),)))
    for quantile, finish in ((0.29, 5), (0.3, 100)):
        trace = run(compile_plan(plan).freeze("luck", quantile=quantile), draws=9, seed=1, trace=9).trace
        assert set(trace.finish[1] - trace.start[1]) == {finish}


def test_freezing_a_common_factor_leaves_only_the_draws_own_part() -> None:
    """With the factor at its median, log values spread by sqrt(1 - 0.8^2); four standard errors of a spread."""
    share = Draw("share", lognormal(1.0, 2.0), (("x", 0.8),))
    plan = make_plan(work("a"), markets=(make_market("m", Link("a"), scale=(share,)),), factors=("x",))
    free, frozen = (np.log(owner(c)) for c in (compile_plan(plan), compile_plan(plan).freeze("factor.x", quantile=0.5)))
    assert frozen.std() == pytest.approx(0.6 * free.std(), rel=4 * np.sqrt(2 / 2_000))


def test_a_changed_gate_equals_a_plan_with_that_gate() -> None:
    plan = rich_plan()
    new = (("succeeded", 0.9), ("failed", 0.1))
    patched = compile_plan(plan).with_gate("b.success", new)
    activities = tuple(
        replace(a, gate=replace(a.gate, outcomes=new)) if a.id == "b" and a.gate else a for a in plan.activities
    )
    written = compile_plan(replace(plan, activities=activities))
    for weighted in (False, True):
        ours, theirs = (run(c, draws=2_000, seed=6, weighted=weighted) for c in (patched, written))
        assert_identical(ours, theirs)


def test_an_outcome_left_out_gets_no_chance() -> None:
    gate = Gate("g", (("approved", 0.4), ("again", 0.4), ("failed", 0.2)))
    compiled = compile_plan(make_plan(work("a", gate=gate))).with_gate("g", (("approved", 1.0),))
    assert set(run(compiled, draws=300, seed=1, trace=300).trace.outcome[0]) == {1}


@pytest.mark.parametrize(
    ("patch", "code"),
    [
        (lambda c: c.freeze("nothing", value=1.0), "plan.unknown_stream"),
        (lambda c: c.freeze("b.success"), "plan.freeze"),
        (lambda c: c.freeze("b.success", value=1.0, quantile=0.5), "plan.freeze"),
        (lambda c: c.with_gate("nothing", (("succeeded", 1.0),)), "plan.unknown_stream"),
        (lambda c: c.with_gate("b.success", (("postponed", 1.0),)), "plan.unknown_outcome"),
        (lambda c: c.with_gate("b.success", (("succeeded", 0.9),)), "plan.probabilities"),
    ],
)
def test_a_patch_that_fits_nothing_is_refused(patch: object, code: str) -> None:
    with pytest.raises(InputError) as caught:
        patch(compile_plan(rich_plan()))  # type: ignore[operator]
    assert caught.value.findings[0].code == code


def test_a_polynomial_of_a_draw_is_fixed_at_its_polynomial_too():
    powers, spread = (0.5, -1.0, 2.0), uniform(0.2, 0.8)
    parts = tuple(
        make_market(f"m{i}", Link("a"), scale=(Draw("x", spread, factor=3.0, powers=p, cap=2.0),), party=f"p{i}")
        for i, p in enumerate([(), powers])
    )
    plan = make_plan(work("a"), markets=parts, parties=("owner", "p0", "p1"))
    plain, put = (
        run(compile_plan(plan).freeze("x", quantile=0.25), draws=1, seed=1).npv_usd[p][0] for p in ("p0", "p1")
    )
    x = 0.35
    assert put / plain == pytest.approx(min(3 * (0.5 - x + 2 * x**2), 2.0) / (3 * x), rel=1e-12)
    drawn = run(compile_plan(plan), draws=20_000, seed=1).npv_usd
    one = plain / (3 * x)
    seen = np.clip(drawn["p0"] / one / 3, 0.0, 1.0)
    assert drawn["p1"] / one == pytest.approx(np.minimum(3 * (0.5 - seen + 2 * seen**2), 2.0), rel=1e-9)
