"""Exclusive futures: the expected value of a plan without random amounts, against every future run one by one."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings

from onepill.core.errors import InputError
from onepill.sim import compile_plan, run, run_branches
from onepill.sim.plan import Activity, Contract, Gate, Link, Plan, Royalty
from onepill.workbench.deterministic import at_means
from tests.sim.plans import chance, cost, make_market, make_plan, plans, work

THREE_WAYS = Gate("decision", (("failed", 0.1), ("resubmit", 0.3), ("succeeded", 0.6)))


def every_future(plan: Plan) -> float:
    """A slow twin: the outcome of every gate is made certain in turn, and nothing is weighted within a future."""
    gates = [a for a in plan.activities if a.gate and a.outcome is None]
    total = 0.0
    for chosen in product(*(a.gate.outcomes for a in gates if a.gate)):
        weight, outcomes = 1.0, {}
        for activity, (name, prob) in zip(gates, chosen, strict=True):
            weight *= prob
            outcomes[activity.id] = name
        if weight > 0:
            total += weight * float(run(compile_plan(_certain(plan, outcomes)), draws=1, seed=0).npv_usd["owner"][0])
    return total


def _certain(plan: Plan, outcomes: dict[str, str]) -> Plan:
    def fixed(activity: Activity) -> Activity:
        if activity.gate is None or activity.id not in outcomes:
            return activity
        names = tuple((name, float(name == outcomes[activity.id])) for name, _ in activity.gate.outcomes)
        return replace(activity, gate=replace(activity.gate, outcomes=names))

    return replace(plan, activities=tuple(map(fixed, plan.activities)))


def test_each_way_on_counts_with_its_own_days() -> None:
    """10 at once with 0.6, and 10 after a further year with 0.3, at 10 % a year: by hand."""
    later = work("again", Link("review", "resubmit"), days=365.25 * 2)
    plan = make_plan(
        work("review", days=0, gate=THREE_WAYS),
        later,
        Activity("first", after=(Link("review"),)),
        Activity("approval", after=(Link("first"), Link("again")), any_of=True, costs=(cost("fee", 10.0),)),
    )
    found = run_branches(plan)
    days = 731  # 730.5, rounded half up
    assert found.npv_usd["owner"] == pytest.approx(-6.0 - 3.0 * 1.1 ** (-days / 365.25))
    assert found.branches == 3


def test_a_gate_that_is_not_come_to_is_not_told_apart() -> None:
    """Ten rounds, each after the one before failed to move: eleven futures and not a thousand."""
    rounds = [work("round_0", gate=Gate("r0", (("moved", 0.5), ("stayed", 0.5))))]
    for k in range(1, 10):
        after = Link(f"round_{k - 1}", "stayed")
        rounds.append(work(f"round_{k}", after, gate=Gate(f"r{k}", (("moved", 0.5), ("stayed", 0.5)))))
    paid = [Activity(f"paid_{k}", after=(Link(f"round_{k}", "moved"),), costs=(cost("fee", 1.0),)) for k in range(10)]
    found = run_branches(make_plan(*rounds, *paid, rate_per_year=0.0))
    assert found.branches == 11
    assert found.npv_usd["owner"] == pytest.approx(-(1 - 0.5**10))


def test_too_many_futures_are_refused() -> None:
    gates = [work(f"a{k}", gate=Gate(f"a{k}", (("one", 0.5), ("two", 0.5)))) for k in range(13)]
    with pytest.raises(InputError) as refused:
        run_branches(make_plan(*gates))
    assert refused.value.findings[0].code == "plan.branches"


def test_what_is_still_drawn_is_refused() -> None:
    from onepill.core.distributions import uniform

    with pytest.raises(ValueError, match="fixed"):
        run_branches(make_plan(work("a", days=uniform(1, 2)), work("b", days=uniform(1, 2))))


def test_a_linear_royalty_on_a_market_that_may_end_keeps_each_markets_own_chance() -> None:
    """The royalty of two markets with different chances is the sum of both, whether or not one of them may end."""
    plan = make_plan(
        work("a", gate=chance("a", 0.5)),
        work("b", gate=chance("b", 0.2)),
        work("c", days=2_000, gate=chance("c", 0.7)),
        markets=(
            make_market("one", Link("a")),
            make_market("two", Link("b"), ends_on=(Link("c", "failed"),)),
        ),
        contracts=(Contract("up", "owner", "other", (Royalty(("one", "two"), ((0.0, 0.1),)),)),),
        parties=("owner", "other"),
    )
    assert run_branches(plan).npv_usd["owner"] == pytest.approx(every_future(plan))


@settings(max_examples=60)
@given(plans())
def test_branches_give_the_value_of_every_future_weighted(plan: Plan) -> None:
    certain = at_means(plan)
    gates = [a for a in certain.activities if a.gate and a.outcome is None]
    streams = [a.gate.stream for a in gates if a.gate]
    random_caps = any(cap.prob < 1 for a in certain.activities for cap in a.span_caps)
    if random_caps or len(set(streams)) < len(streams) or len(gates) > 7:
        return
    assert run_branches(certain).npv_usd["owner"] == pytest.approx(every_future(certain), rel=1e-9, abs=1e-6)
