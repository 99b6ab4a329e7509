"""Plans that do not hold: every finding at once, each with its code and the id of its part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from onepill.core.distributions import fixed
from onepill.core.errors import InputError
from onepill.sim import compile_plan, run
from onepill.sim.plan import Activity, Contract, Cost, Draw, Gate, Link, Payment, Plan, Royalty, SpanCap
from tests.sim.plans import AS_OF, chance, cost, make_market, make_plan, shared, work

MARKET = make_market("m", Link("a"))
WRONG: dict[str, tuple[Plan, str]] = {
    "plan.duplicate_activity": (make_plan(work("a"), work("a")), "a"),
    "plan.duplicate_market": (make_plan(work("a"), markets=(MARKET, MARKET)), "m"),
    "plan.duplicate_milestone": (make_plan(work("a"), milestones=(("x", Link("a")), ("x", Link("a")))), "x"),
    "plan.unknown_activity": (make_plan(work("a", "b")), "a"),
    "plan.unknown_outcome": (make_plan(work("a"), work("b", Link("a", "approved"))), "b"),
    "plan.unknown_clock": (make_plan(Activity("a", clock="law")), "a"),
    "plan.unknown_calendar": (make_plan(work("a", calendar="moon")), "a"),
    "plan.unknown_factor": (make_plan(work("a", gate=chance("a", 0.5, loadings=(("x", 0.5),)))), "a"),
    "plan.unknown_party": (make_plan(work("a", costs=(cost("a", 1.0, party="nobody"),))), "a"),
    "plan.unknown_market": (
        make_plan(work("a"), contracts=(Contract("c", "owner", "owner", (Royalty(("m",), ((0.0, 0.1),)),)),)),
        "c",
    ),
    "plan.loadings": (
        make_plan(work("a", gate=chance("a", 0.5, loadings=(("x", 0.8), ("y", 0.61)))), factors=("x", "y")),
        "a",
    ),
    "plan.probabilities": (make_plan(work("a", gate=Gate("a", (("succeeded", 0.5), ("failed", 0.4))))), "a"),
    "plan.outcome_names": (make_plan(work("a", gate=Gate("a", (("started", 0.5), ("failed", 0.5))))), "a"),
    "plan.two_durations": (make_plan(work("a", clock="month")), "a"),
    "plan.no_duration": (make_plan(Activity("a", calendar="week")), "a"),
    "plan.fact_order": (make_plan(work("a", started=9, finished=8)), "a"),
    "plan.factor": (make_plan(work("a", costs=(Cost(Draw("a", fixed(1.0), factor=-1.0), "a"),))), "a"),
    "plan.only_where": (make_plan(work("b"), work("a", "b", only_where=Link("b"))), "a"),
    "plan.cap_stream": (make_plan(work("b"), work("a", span_caps=(SpanCap(Link("b"), 1, prob=0.5),))), "a"),
    "plan.table_shape": (make_plan(work("a"), markets=(replace(MARKET, cash=np.zeros((2, 2))),)), "m"),
    "plan.tiers": (
        make_plan(
            work("a"),
            markets=(MARKET,),
            contracts=(Contract("c", "owner", "owner", (Royalty(("m",), ((5.0, 0.1), (1.0, 0.2))),)),),
        ),
        "c",
    ),
    "plan.discount": (replace(make_plan(work("a")), discount_by_day=np.zeros(0)), ""),
    "plan.cycle": (make_plan(work("a", "c"), work("b", "a"), work("c", "b")), "a"),
}


@pytest.mark.parametrize("code", WRONG)
def test_a_wrong_plan_is_refused_with_its_code_and_part(code: str) -> None:
    plan, part = WRONG[code]
    with pytest.raises(InputError) as caught:
        compile_plan(plan)
    assert (code, part) in {(f.code, f.path) for f in caught.value.findings}


def test_a_cycle_is_named_along_its_way() -> None:
    with pytest.raises(InputError, match=r"a -> b -> c -> a|b -> c -> a -> b|c -> a -> b -> c"):
        compile_plan(WRONG["plan.cycle"][0])


def test_a_cycle_through_a_stop_is_found() -> None:
    plan = make_plan(work("a", stops_on=(Link("b", "failed"),)), work("b", stops_on=(Link("a", "failed"),)))
    with pytest.raises(InputError) as caught:
        compile_plan(plan)
    assert caught.value.findings[0].code == "plan.cycle"


def test_all_findings_come_at_once() -> None:
    plan = make_plan(work("a", "x", "y"), contracts=(Contract("c", "owner", "b", payments=(Payment(Link("z"), 1.0),)),))
    with pytest.raises(InputError) as caught:
        compile_plan(plan)
    assert [f.code for f in caught.value.findings] == [
        "plan.unknown_activity",
        "plan.unknown_activity",
        "plan.unknown_party",
        "plan.unknown_activity",
    ]
    assert "(and 3 more)" in str(caught.value)


def test_loadings_whose_squares_sum_to_one_are_allowed() -> None:
    gate = chance("a", 0.5, loadings=(("x", 0.8), ("y", 0.6)))
    assert compile_plan(make_plan(work("a", gate=gate), factors=("x", "y"))).streams[:2] == ("factor.x", "factor.y")


def test_activities_may_be_listed_before_what_they_wait_for() -> None:
    compiled = compile_plan(make_plan(work("c", "b"), work("b", "a"), work("a")))
    assert compiled.model.network.order.tolist() == [2, 1, 0]


@pytest.mark.parametrize("part", [{"years": np.zeros(3, dtype=np.int32)}, {"factors": np.ones((1, 1))}])
def test_tables_that_rivals_share_must_fit_together(part: dict[str, np.ndarray]) -> None:
    market = shared(MARKET, (Link("a"),), (AS_OF + 90,))
    assert market.sharing is not None
    wrong = replace(market, sharing=replace(market.sharing, **part))
    with pytest.raises(InputError) as caught:
        compile_plan(make_plan(work("a"), markets=(wrong,)))
    assert [(found.code, found.path) for found in caught.value.findings] == [("plan.table_shape", "m")]


def test_what_is_left_out_elsewhere_happens_where_its_event_does_and_keeps_its_own_day() -> None:
    plan = make_plan(work("a", gate=chance("a", 0.5)), Activity("b", not_before=AS_OF + 7, only_where=Link("a")))
    trace = run(compile_plan(plan), draws=200, seed=1, trace=200).trace
    succeeded = trace.outcome[0] == trace.outcome_names[0].index("succeeded")
    assert 50 < succeeded.sum() < 150
    assert (trace.start[1][succeeded] == AS_OF + 7).all()
    assert (trace.outcome[1][~succeeded] == -1).all()
