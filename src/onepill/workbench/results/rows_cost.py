"""What one new launch costs, counted as Paul and others did in 2010."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from onepill.sim import Results, compile_plan, run
from onepill.sim.compiler_cash import LAUNCH_COST
from onepill.sim.plan import FINISHED, SUCCEEDED, Activity, Link, Market, Plan
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.results.simulate import OWNER, Runs

Row = dict[str, Any]
PROBE = "first_new_launch"


def cost_per_launch(base: Assembled, runs: Runs) -> Row | None:
    """What a new launch costs: expected outlays over the chance of at least one new launch (null where there is none).

    `capitalised` divides the discounted outlays by the expected discount factor of the first new launch. Both come from
    a run that weighs by the chance of success instead of drawing it, so that a plan with fixed durations and one launch
    is exact. Source of the method: Paul SM et al. (2010), Nature Reviews Drug Discovery 9:203-214.
    """
    launches = new_launches(base.plan)
    if not launches:
        return None
    probed = run(
        compile_plan(_probed(base.plan, launches)), draws=runs.drawn.draws, seed=runs.drawn.seed, weighted=True
    )
    chance, factor = (float(rows.sum()) for rows in probed.yearly[PROBE, OWNER])
    if chance <= 0:
        return None
    nominal, present = _outlays(probed)
    return {"out_of_pocket": round(nominal / chance), "capitalised": round(present / factor)}


def new_launches(plan: Plan) -> tuple[str, ...]:
    """The launches that are still ahead."""
    facts = {activity.id for activity in plan.activities if activity.finished is not None}
    links = (link for name, link in plan.milestones if name.endswith(".launch"))
    return tuple(link.activity for link in links if link.activity not in facts)


def without_costs(activity: Activity, items: set[str]) -> Activity:
    """The activity without the costs of some items, such as the launch cost of a market with a payer path."""
    if not any(cost.item in items for cost in activity.costs):
        return activity
    return replace(activity, costs=tuple(cost for cost in activity.costs if cost.item not in items))


def _probed(plan: Plan, launches: tuple[str, ...]) -> Plan:
    """The development of the plan, and one dollar on the day of its first new launch instead of its markets."""
    links = tuple(Link(name, SUCCEEDED) for name in launches)
    first = Activity(PROBE, after=links, any_of=len(links) > 1)
    dollar = np.ones((plan.discount_by_day.size, 1))
    nothing, discounted = np.zeros_like(dollar), plan.discount_by_day[:, None]
    market = Market(PROBE, Link(PROBE, FINISHED), (), plan.as_of, nothing, dollar, discounted)
    launched = {(sold.group or sold.id) + LAUNCH_COST for sold in plan.markets}
    activities = (*(without_costs(activity, launched) for activity in plan.activities), first)
    return replace(plan, activities=activities, markets=(market,), contracts=())


def _outlays(probed: Results) -> tuple[float, float]:
    """Expected outlays, nominal and discounted, in US dollars."""
    rows = [cash for (item, party), cash in probed.yearly.items() if party == OWNER and item != PROBE]
    return -float(sum(nominal.sum() for nominal, _ in rows)), -float(sum(present.sum() for _, present in rows))
