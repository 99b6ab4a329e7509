"""Exclusive futures: the expected value of a plan without random amounts, against every future run one by one."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.core.errors import InputError
from onepill.sim import compile_plan, run, run_branches
from onepill.sim.plan import Activity, Contract, Gate, Link, Plan, Royalty
from onepill.workbench.results.deterministic import at_means
from tests.sim.plans import chance, cost, make_market, make_plan, plans, work

THREE_WAYS = Gate("decision", (("failed", 0.1), ("resubmit", 0.3), ("succeeded", 0.6)))


def every_future(plan: Plan) -> float:
    """A slow twin: each outcome of every stream is made certain in turn, and nothing is weighted within a future."""
    gates = [a for a in plan.activities if a.gate and a.outcome is None]
    streams: dict[str, list[Activity]] = {}
    for activity in gates:
        streams.setdefault(activity.gate.stream if activity.gate else "", []).append(activity)
    total = 0.0
    for chosen in product(*(_outcomes(shared) for shared in streams.values())):
        weight, outcomes = 1.0, {}
        for prob, named in chosen:
            weight *= prob
            outcomes |= named
        if weight > 0:
            total += weight * float(run(compile_plan(_certain(plan, outcomes)), draws=1, seed=0).npv_usd["owner"][0])
    return total


def _outcomes(shared: list[Activity]) -> list[tuple[float, dict[str, str]]]:
    """What the gates of one stream do together, each with its chance: all of them look at one number from 0 to 1."""
    ends = {
        a.id: [(sum(p for _, p in a.gate.outcomes[: i + 1]), name) for i, (name, _) in enumerate(a.gate.outcomes)]
        for a in shared
        if a.gate
    }
    cuts = sorted({0.0, *(round(end, 12) for rows in ends.values() for end, _ in rows)})
    found = []
    for low, high in pairwise(cuts):
        at = (low + high) / 2
        found.append((high - low, {id_: next(name for end, name in rows if at < end) for id_, rows in ends.items()}))
    return found


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


def test_a_shared_stream_is_told_apart_where_one_of_its_gates_may_still_be_come_to() -> None:
    """The gate `late` lies behind `side`, which stands after the stream of `late` and `early` in the order of forks."""
    moved = lambda name, prob: Gate(name, (("moved", prob), ("stayed", 1 - prob)))  # noqa: E731 -- one line a gate
    plan = make_plan(
        work("first", gate=moved("first", 0.5)),
        work("early", Link("first", "moved"), gate=moved("shared", 0.3)),
        work("side", gate=moved("side", 0.6)),
        work("late", Link("side", "moved"), gate=moved("shared", 0.4)),
        work("after", Link("late", "moved"), gate=moved("after", 0.2)),
        Activity("fee_early", after=(Link("early", "moved"),), costs=(cost("fee_1", 100.0),)),
        Activity("fee_late", after=(Link("late", "stayed"),), costs=(cost("fee_2", 10.0),)),
        Activity("fee_after", after=(Link("after", "stayed"),), costs=(cost("fee_3", 1.0),)),
        rate_per_year=0.0,
    )
    by_hand = 100 * 0.5 * 0.3 + 10 * 0.6 * 0.6 + 1 * 0.6 * 0.4 * 0.8
    assert every_future(plan) == pytest.approx(-by_hand)
    assert run_branches(plan).npv_usd["owner"] == pytest.approx(-by_hand)


@settings(max_examples=60)
@given(plans(), st.integers(1, 7))
def test_branches_give_the_value_of_every_future_weighted(plan: Plan, streams: int) -> None:
    """With 7 streams no two gates share one."""
    certain = at_means(plan)
    gates = [a for a in certain.activities if a.gate and a.outcome is None]
    if any(cap.prob < 1 for a in certain.activities for cap in a.span_caps):
        return
    renamed = {a.id: replace(a.gate, stream=f"s{i % streams}") for i, a in enumerate(gates) if a.gate}
    activities = tuple(replace(a, gate=renamed.get(a.id, a.gate)) for a in certain.activities)
    shared = replace(certain, activities=activities)
    assert run_branches(shared).npv_usd["owner"] == pytest.approx(every_future(shared), rel=1e-9, abs=1e-6)
