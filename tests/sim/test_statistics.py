"""Estimates, percentiles, paired differences, variance shares."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.core.dates import NEVER
from onepill.core.distributions import uniform
from onepill.sim import (
    compile_plan,
    estimate,
    paired_days,
    paired_value,
    percentiles,
    run,
    summarise_days,
    summarise_values,
    variance_share,
)
from onepill.sim.plan import Gate, Link, Plan
from tests.sim.plans import chance, cost, make_plan, work


def test_estimate_of_1_2_3_4() -> None:
    """Mean 2.5, sample standard deviation sqrt(5/3), over sqrt(4)."""
    found = estimate(np.array([1.0, 2.0, 3.0, 4.0]))
    assert found.mean == 2.5
    assert found.standard_error == pytest.approx(math.sqrt(5 / 3) / 2)


def test_one_path_has_no_standard_error() -> None:
    assert math.isnan(estimate(np.array([1.0])).standard_error)
    assert math.isnan(estimate(np.array([])).mean)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=60), st.sampled_from([0.05, 0.1, 0.5, 0.9, 1.0]))
def test_a_percentile_is_an_observed_value_that_its_share_does_not_exceed(values: list[float], prob: float) -> None:
    found = percentiles(np.array(values), probs=(prob,))[prob]
    assert found in values
    assert sum(v <= found for v in values) >= prob * len(values) - 1e-6
    assert sum(v < found for v in values) < prob * len(values)


def test_percentiles_of_a_hundred_are_whole_hundredths() -> None:
    values = np.arange(1.0, 101.0)[::-1]
    assert percentiles(values, probs=(0.05, 0.5, 0.95)) == {0.05: 5.0, 0.5: 50.0, 0.95: 95.0}


def test_value_summary() -> None:
    found = summarise_values(np.array([-1.0, 0.0, 1.0, 4.0]))
    assert found.prob_positive == 0.5
    assert found.sd == pytest.approx(np.std([-1, 0, 1, 4], ddof=1))


@given(st.lists(st.one_of(st.just(NEVER), st.integers(700_000, 760_000)), min_size=1, max_size=60))
def test_day_percentiles_equal_those_of_the_sorted_days(days: list[int]) -> None:
    found = summarise_days(np.array(days, dtype=np.int32))
    happens = sorted(day for day in days if day < NEVER)
    assert found.prob == pytest.approx(len(happens) / len(days))
    if not happens:
        assert found.mean is None
        assert set(found.percentiles.values()) == {None}
        return
    expected = percentiles(np.array(happens, dtype=float), probs=(0.1, 0.5, 0.9))
    assert found.percentiles == {prob: int(day) for prob, day in expected.items()}
    assert found.mean == pytest.approx(np.mean(happens))


def test_paired_days_are_taken_where_both_happen() -> None:
    slow, quick = (
        run(
            compile_plan(
                make_plan(work("a", days=days, gate=Gate("g", (("succeeded", p), ("failed", 1 - p)))), milestones=M)
            ),
            draws=5_000,
            seed=1,
        )
        for days, p in ((80, 0.5), (50, 0.7))
    )
    found = paired_days(quick, slow, milestone="a")
    assert found.mean == -30.0
    assert found.standard_error == 0.0


M = (("a", Link("a")),)


def test_paired_values_of_two_seeds_are_refused() -> None:
    compiled = compile_plan(make_plan(work("a"), milestones=M))
    with pytest.raises(ValueError, match="same seed"):
        paired_value(run(compiled, draws=9, seed=1), run(compiled, draws=9, seed=2), party="owner")


def test_a_paired_difference_has_less_error_than_two_runs() -> None:
    def plan(extra: float) -> Plan:
        return make_plan(work("a", costs=(cost("a", uniform(0, 1e6)), cost("b", extra))), milestones=M)

    dear, cheap = (run(compile_plan(plan(extra)), draws=2_000, seed=1) for extra in (100.0, 0.0))
    found = paired_value(dear, cheap, party="owner")
    assert found.mean == pytest.approx(-100.0, rel=0.02)
    assert found.standard_error < 0.01 * estimate(dear.npv_usd["owner"]).standard_error


def additive_plan() -> Plan:
    """Costs on the plan's day, uniform with widths 1, 2 and 3: variances in the proportion 1, 4, 9."""
    amounts = [cost(f"w{width}", uniform(0, 1e6 * width), timing="start") for width in (1, 2, 3)]
    return make_plan(work("a", costs=tuple(amounts)))


@pytest.mark.parametrize(
    ("streams", "share"),
    [
        (["w1.cost"], 1 / 14),
        (["w3.cost"], 9 / 14),
        (["w1.cost", "w2.cost"], 5 / 14),
        (["w1.cost", "w2.cost", "w3.cost"], 1),
    ],
)
def test_variance_share_of_a_sum_is_its_share_of_the_variance(streams: list[str], share: float) -> None:
    found = variance_share(compile_plan(additive_plan()), frozenset(streams), draws=40_000, seed=1)
    assert found.mean == pytest.approx(share, abs=4 * found.standard_error)
    assert found.standard_error < 0.02


def test_total_effect_shares_of_a_product_overlap() -> None:
    """A gate of 1/2 times an independent amount: total effects from the variances in closed form.

    V = E[x^2]/2 - E[x]^2/4 with E[x] = 1/2, E[x^2] = 1/3; knowing all but the gate leaves E[x^2]/4, knowing all but
    the amount leaves Var(x)/2.
    """
    plan = make_plan(
        work("g", days=0, gate=chance("g", 0.5)), work("a", "g", days=0, costs=(cost("a", uniform(0, 1)),))
    )
    compiled = compile_plan(plan)
    variance = 1 / 6 - 1 / 16
    for stream, left in (("g.success", 1 / 12), ("a.cost", 1 / 24)):
        found = variance_share(compiled, frozenset({stream}), draws=100_000, seed=2)
        assert found.mean == pytest.approx(left / variance, abs=4 * found.standard_error)


def test_streams_that_the_plan_does_not_draw_from_have_no_share() -> None:
    compiled = compile_plan(additive_plan())
    assert variance_share(compiled, frozenset({"elsewhere"}), draws=100, seed=1).mean == 0.0


def test_a_value_that_does_not_vary_has_no_shares() -> None:
    found = variance_share(compile_plan(make_plan(work("a"))), frozenset({"a"}), draws=100, seed=1)
    assert math.isnan(found.mean)
