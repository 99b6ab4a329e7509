"""Published numbers."""

from __future__ import annotations

import numpy as np
import pytest

from onepill.sim import Results, compile_plan, run
from onepill.sim.plan import Activity, Link, Market, Plan
from tests.sim.plans import AS_OF, chance, cost, work

PAUL_STAGES = (
    # stage, p(TS), cost per work in progress in million US dollars, years
    ("target_to_hit", 0.80, 1.0, 1.0),
    ("hit_to_lead", 0.75, 2.5, 1.5),
    ("lead_optimisation", 0.85, 10.0, 2.0),
    ("preclinical", 0.69, 5.0, 1.0),
    ("phase_1", 0.54, 15.0, 1.5),
    ("phase_2", 0.34, 40.0, 2.5),
    ("phase_3", 0.70, 150.0, 2.5),
    ("submission", 0.91, 40.0, 1.5),
)
COST_OF_CAPITAL = 0.11


def paul_plan() -> Plan:
    """Paul's chain of stages, each paid at its middle; a market of one dollar on launch day gives its discount."""
    activities: list[Activity] = []
    for stage, success, million_usd, years in PAUL_STAGES:
        spending = cost(stage, million_usd, timing="middle")
        before = [Link(activities[-1].id)] if activities else []
        gate = chance(stage, success)
        activities.append(work(stage, *before, days=years * 365.25, gate=gate, costs=(spending,)))
    days = np.arange(6_000)
    factor = (1 + COST_OF_CAPITAL) ** (-days / 365.25)
    launched = factor[:, None]
    market = Market("launch", Link("submission"), (), AS_OF, launched, launched, launched, party="launch")
    return Plan(
        as_of=AS_OF,
        activities=tuple(activities),
        markets=(market,),
        discount_by_day=factor,
        discount_by_year=np.ones(1),
        milestones=(("launch", Link("submission")), ("phase_1", Link("phase_1", "started"))),
        parties=("owner", "launch"),
    )


@pytest.fixture(scope="module")
def paul() -> Results:
    """Durations are fixed, so that weighting leaves no chance at all: one path is exact."""
    return run(compile_plan(paul_plan()), draws=1, seed=1, weighted=True)


def undiscounted(results: Results) -> float:
    return sum(cash.sum() for (_, party), (cash, _) in results.yearly.items() if party == "owner")


def test_paul_2010_figure_2_out_of_pocket_cost_per_launch_is_873_million(paul: Results) -> None:
    assert round(-undiscounted(paul) / paul.milestone_probs["launch"]) == 873


def test_paul_2010_figure_2_capitalised_cost_per_launch_is_1778_million(paul: Results) -> None:
    """Costs at the middle of their stage, carried to the launch at 11 % a year."""
    cost_at_launch = -paul.npv_usd["owner"].mean() / paul.npv_usd["launch"].mean()
    assert round(cost_at_launch) == 1778


def test_paul_2010_probability_of_launch_from_phase_1_is_11_7_percent(paul: Results) -> None:
    share = paul.milestone_probs["launch"] / paul.milestone_probs["phase_1"]
    assert round(100 * share, 1) == 11.7


def test_paul_2010_time_from_target_to_launch_is_13_5_years(paul: Results) -> None:
    days = int(paul.days_of("launch")[0]) - AS_OF
    assert round(days / 365.25, 1) == 13.5


def test_paul_2010_drawn_failures_agree_with_weighted_ones() -> None:
    """Three standard errors of the simulated mean; the weighted one has none here."""
    compiled = compile_plan(paul_plan())
    drawn = run(compiled, draws=400_000, seed=5).npv_usd["owner"]
    exact = run(compiled, draws=1, seed=5, weighted=True).npv_usd["owner"][0]
    assert drawn.mean() == pytest.approx(exact, abs=3 * drawn.std() / np.sqrt(drawn.size))


def test_notes_valuation_royalty_of_3_percent_on_1000_for_9_years_is_worth_172_7707() -> None:
    """The accelerated royalty example: end-of-year payments at 10 %."""
    from onepill.sim.plan import Contract, Royalty

    sales = np.full((1, 9), 1000.0)
    market = Market("m", Link("launch"), (), AS_OF, sales, 0 * sales, 0 * sales)
    for tiers in (((0.0, 0.03),), ((0.0, 0.03), (1e9, 0.5))):
        plan = Plan(
            as_of=AS_OF,
            activities=(Activity("launch"),),
            markets=(market,),
            discount_by_day=np.ones(10),
            discount_by_year=1.1 ** -np.arange(1.0, 10.0),
            contracts=(Contract("licence", "owner", "partner", (Royalty(("m",), tiers),)),),
            parties=("owner", "partner"),
        )
        value = run(compile_plan(plan), draws=1, seed=1).npv_usd["partner"][0]
        assert round(value, 4) == 172.7707
