"""A small programme with a market abroad that is licensed and one at home that is kept, and a licence of it."""

from __future__ import annotations

from datetime import date

import numpy as np

from onepill.core.distributions import Distribution, fixed, uniform
from onepill.deals import TERMINATION, Bases, Case, Timeline, Years
from onepill.deals.inputs import Discounts, Grant, MarketTerms, Party, Payment, Royalty, Structure, When
from onepill.sim import compile_plan
from onepill.sim.futures import Futures, futures
from onepill.sim.plan import Activity, Cost, Draw, Gate, Link, Market, Money, Plan

AS_OF = date(2025, 1, 1)
YEARS = 20
OWNER, PARTNER = "owner", "partner"
TERMS = (MarketTerms("abroad", 0.1, 0.2, 0.25), MarketTerms("home", 0.1, 0.2, 0.25))


def draw(name: str, distribution: Distribution) -> Draw:
    return Draw(name, distribution)


def cost(name: str, usd: Distribution, item: str = "development", timing: str = "even") -> Cost:
    return Cost(draw(name, usd), item, timing=timing)  # type: ignore[arg-type]  # one of the plan's own words


def work(name: str, after: str, low: float, high: float, prob: float, *costs: Cost) -> Activity:
    """Work that succeeds with `prob`; without a gate where that is 1."""
    gate = Gate(f"{name}.gate", (("failed", 1 - prob), ("succeeded", prob))) if prob < 1 else None
    links = (Link(after),) if after else ()
    return Activity(name, links, duration=draw(f"{name}.days", uniform(low, high)), gate=gate, costs=costs)


def sales_table() -> Money:
    """100 million dollars a year from the launch day on, by days, until the end of 2040."""
    starts = np.array([date(AS_OF.year + k, 1, 1).toordinal() for k in range(YEARS + 1)])
    last = date(2041, 1, 1).toordinal()
    launch = np.arange(starts[0], starts[-1])[:, None]
    days = np.clip(np.minimum(starts[1:], last) - np.maximum(starts[:-1], launch), 0, None)
    return np.asarray(100e6 * days / np.diff(starts), dtype=np.float64)


def market(name: str, launch: str, ends_on: tuple[Link, ...] = ()) -> Market:
    sales = sales_table()
    return Market(
        id=name,
        launch=Link(launch),
        scale=(draw(f"{name}.scale", uniform(0.5, 1.5)),),
        first_day=AS_OF.toordinal(),
        sales=sales,
        cash=0.5 * sales,
        discounted=0.5 * sales,
        launch_cost=draw(f"{name}.launch_cost", fixed(5e6)),
        ends_on=ends_on,
    )


def programme(*, trial_prob: float = 0.6, refusal_prob: float = 0.1, ends: bool = False) -> Plan:
    """A trial abroad, a filing, a decision and a launch; at home a trial of its own."""
    years = np.arange(YEARS, dtype=np.float64)
    days = np.arange((date(AS_OF.year + YEARS, 1, 1) - AS_OF).days) / 365.25
    ends_on = (Link("abroad.study", "failed"),) if ends else ()
    activities = (
        work("abroad.trial", "", 700, 1500, trial_prob, cost("abroad.trial.cost", uniform(20e6, 40e6))),
        work("abroad.filing", "abroad.trial", 200, 400, 1.0, cost("fees", fixed(2e6), "fees", "start")),
        work("abroad.decision", "abroad.filing", 100, 300, 1 - refusal_prob, cost("m", fixed(1e6), "filing", "middle")),
        work("abroad.launch", "abroad.decision", 30, 90, 1.0, cost("f", fixed(1e6), "filing", "finish")),
        work("abroad.study", "abroad.launch", 500, 900, 0.5, cost("study", fixed(9e6))),
        work("home.trial", "", 300, 900, 0.7, cost("home.trial.cost", fixed(8e6))),
        work("home.launch", "home.trial", 200, 300, 1.0),
    )
    return Plan(
        as_of=AS_OF.toordinal(),
        activities=activities,
        markets=(market("abroad", "abroad.launch", ends_on), market("home", "home.launch")),
        discount_by_day=1.1**-days,
        discount_by_year=1.1**-years,
    )


def drawn(plan: Plan, *, draws: int = 2_000, seed: int = 7, first: int = 0) -> Futures:
    return futures(compile_plan(plan), draws=draws, seed=seed, first=first)


def bases(found: Futures) -> Bases:
    return Bases(Timeline.of(found), TERMS, Years.of(found.plan))


def contract(
    plan: Plan, *, upfront: float = 10e6, milestone: float = 20e6, royalty: float = 0.1, fee: float = 0.0
) -> Structure:
    """The partner runs and pays all abroad; the fee falls due on the day on which it leaves."""
    between = {"payer": PARTNER, "payee": OWNER}
    legs = (
        Payment("upfront", "upfront", **between, amount_usd=upfront),
        Payment(
            "milestone", "milestone", **between, amount_usd=milestone, when=When(link=Link("abroad.trial", "succeeded"))
        ),
        Royalty("royalty", "royalty", **between, markets=("abroad",), tiers=((0.0, royalty),)),
        Payment("fee", "break_fee", **between, amount_usd=fee, when=When(option=TERMINATION)),
    )
    abroad = tuple(a.id for a in plan.activities if a.id.startswith("abroad"))
    return Structure(
        id="licence",
        kind="licence",
        owner=OWNER,
        signed=plan.as_of,
        parties=(Party(OWNER, 0.1), Party(PARTNER, 0.1)),
        grants=(Grant("abroad", PARTNER, markets=("abroad",), activities=abroad),),
        legs=legs,
    )


def case(plan: Plan, structure: Structure) -> Case:
    at = Discounts(by_year=plan.discount_by_year, by_day=plan.discount_by_day)
    return Case(structure, {OWNER: at, PARTNER: at})
