"""The deterministic value of a programme: every draw at its mean, every gate as a probability, one exact number.

It is no simulated mean: a day at mean durations is not the mean day, and a value at mean inputs is not the mean value.
It is what a spreadsheet computes, and what the workbook recomputes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from onepill.core.distributions import Distribution, fixed
from onepill.reports.workbook.model import market_group
from onepill.sim import Expected, run_branches
from onepill.sim.compiler_cash import LAUNCH_COST
from onepill.sim.plan import Activity, Draw, Market, Money, Plan, without_parts, without_rivals
from onepill.sim.quantiles import probability_at
from onepill.workbench.results.simulate import OWNER

MIDPOINTS = 4_096
"""Even steps of probability over which a truncated distribution is averaged."""
DAY_DECIMALS = 6
"""Days are rounded here before they are rounded to whole days, so that a spreadsheet's last bit moves no day."""
DEVELOPMENT = "development"


@dataclass(frozen=True)
class Deterministic:
    """The owner's deterministic rNPV in US dollars, its parts, and the plan that gave it.

    `by_market` counts launch costs with their market and what belongs to none as `development` (contracts by their own
    id); `by_item` and `by_market` and the discounted rows of `yearly` (item -> cash, discounted, by calendar year from
    `years[0]`) each sum to `rnpv_usd`.
    """

    rnpv_usd: float
    by_market: dict[str, float]
    by_item: dict[str, float]
    yearly: dict[str, tuple[Money, Money]]
    years: tuple[int, ...]
    plan: Plan
    expected: Expected


def deterministic_value(plan: Plan) -> Deterministic:
    """The owner's value with every draw at its mean.

    A duration that runs has the mean of what it may still be, given the time elapsed. Gates and amounts lose what they
    load on common factors: chances multiply as they are stated.

    Raises:
        InputError: `plan.branches` where the plan has too many exclusive futures.
    """
    certain = at_means(plan)
    expected = run_branches(certain)
    yearly = {item: rows for (item, party), rows in expected.yearly.items() if party == OWNER}
    by_item = {item: float(discounted.sum()) for item, (_, discounted) in yearly.items()}
    return Deterministic(
        rnpv_usd=expected.npv_usd[OWNER],
        by_market=_by_market(plan, by_item),
        by_item=by_item,
        yearly=yearly,
        years=expected.years,
        plan=certain,
        expected=expected,
    )


def at_means(plan: Plan) -> Plan:
    """The plan with its draws fixed at their means and its common factors taken out.

    Rivals stand at the mean over whether and when they come: of a day at its mean nobody could take a part of a share.
    Parts of markets are left out: at the means of their draws they are nothing.
    """
    plan = without_parts(without_rivals(plan))
    return replace(
        plan,
        activities=tuple(_activity(activity, plan) for activity in plan.activities),
        markets=tuple(_market(market) for market in plan.markets),
        factors=(),
    )


def mean_given(distribution: Distribution, elapsed: float) -> float:
    """The mean of a distribution, given that the value exceeds `elapsed` (in its unit); at least `elapsed`."""
    survived = probability_at(distribution, elapsed) if elapsed > 0 else 0.0
    if survived <= 0.0 or distribution.is_fixed:
        return max(distribution.mean(), elapsed)
    if survived >= 1.0:
        return elapsed
    steps = (np.arange(MIDPOINTS) + 0.5) / MIDPOINTS
    return max(float(distribution.quantile(survived + steps * (1.0 - survived)).mean()), elapsed)


def elapsed_days(activity: Activity, plan: Plan) -> float:
    """Days, or working days of its calendar, that a running activity has taken by the plan's day."""
    if activity.started is None or activity.finished is not None or activity.started >= plan.as_of:
        return 0.0
    if activity.calendar is None:
        return float(plan.as_of - activity.started)
    days = plan.calendars[activity.calendar]
    at = np.clip(np.array([activity.started, plan.as_of]) - days.first_day, 0, len(days.index) - 1)
    begun, now = days.index[at]
    return float(now - begun)


def _activity(activity: Activity, plan: Plan) -> Activity:
    gate, duration = activity.gate, activity.duration
    if duration is not None:
        elapsed = elapsed_days(activity, plan)
        mean = mean_given(duration.distribution, elapsed / duration.factor if duration.factor else 0.0)
        duration = _at(duration, round(mean, DAY_DECIMALS))
    return replace(
        activity,
        gate=replace(gate, loadings=()) if gate else None,
        duration=duration,
        costs=tuple(replace(cost, amount=_at_mean(cost.amount)) for cost in activity.costs),
    )


def _market(market: Market) -> Market:
    cost = market.launch_cost
    scale = tuple(_at_mean(draw) for draw in market.scale)
    return replace(market, scale=scale, launch_cost=_at_mean(cost) if cost else None)


def _at_mean(draw: Draw) -> Draw:
    return _at(draw, draw.distribution.mean())


def _at(draw: Draw, value: float) -> Draw:
    return replace(draw, distribution=fixed(value), loadings=())


def _by_market(plan: Plan, by_item: dict[str, float]) -> dict[str, float]:
    names = {market.id: market_group(market) for market in plan.markets}
    names |= {group + LAUNCH_COST: group for group in names.values()}
    names |= {contract.id: contract.id for contract in plan.contracts}
    found = {DEVELOPMENT: 0.0} | dict.fromkeys((market_group(market) for market in plan.markets), 0.0)
    for item, value in by_item.items():
        group = names.get(item, DEVELOPMENT)
        found[group] = found.get(group, 0.0) + value
    return found
