"""Plans for tests: short builders, and hypothesis strategies that use every word of `sim.plan`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from math import prod

import numpy as np
from hypothesis import strategies as st

from onepill.core.dates import NEVER
from onepill.core.distributions import Distribution, discrete, empirical, fixed, triangular, uniform
from onepill.sim.plan import (
    Activity,
    Contract,
    Cost,
    DayTable,
    Draw,
    Gate,
    Link,
    Market,
    Payment,
    Plan,
    Royalty,
    Sharing,
    SpanCap,
    WorkingDays,
)

AS_OF = date(2024, 8, 1).toordinal()
HORIZON_DAYS = 12_000
YEARS = 40
FIRST_DAY = AS_OF - 3_000
TABLE_DAYS = 12_000


def make_plan(*activities: Activity, rate_per_year: float = 0.1, **parts: object) -> Plan:
    """A plan with effective annual discounting by day and end-of-year discounting by year."""
    defaults: dict[str, object] = {"markets": (), "clocks": CLOCKS, "calendars": CALENDARS}
    return Plan(
        as_of=AS_OF,
        activities=activities,
        discount_by_day=(1 + rate_per_year) ** (-np.arange(HORIZON_DAYS) / 365.25),
        discount_by_year=(1 + rate_per_year) ** -np.arange(1.0, YEARS + 1),
        **(defaults | parts),
    )


def work(id_: str, *after: str | Link, days: float | Distribution = 100.0, **more: object) -> Activity:
    """An activity after the success of others."""
    links = tuple(Link(a) if isinstance(a, str) else a for a in after)
    spread = days if isinstance(days, Distribution) else fixed(days)
    return Activity(id_, after=links, duration=Draw(f"{id_}.duration", spread), **more)


def chance(id_: str, success: float, **more: object) -> Gate:
    return Gate(f"{id_}.success", (("succeeded", success), ("failed", 1 - success)), **more)


def cost(id_: str, amount: float | Distribution, **more: object) -> Cost:
    spread = amount if isinstance(amount, Distribution) else fixed(amount)
    return Cost(Draw(f"{id_}.cost", spread), id_, **more)


def make_market(id_: str, launch: Link, *, yearly_usd: float = 1e8, years_on_market: int = 8, **more: object) -> Market:
    """Sales of `yearly_usd` from launch to the end of the `years_on_market`-th year after, half of them cash."""
    sales = np.zeros((TABLE_DAYS, YEARS))
    days = np.arange(FIRST_DAY, FIRST_DAY + TABLE_DAYS)
    for k in range(YEARS):
        opens = max(date(2024 + k, 1, 1).toordinal(), AS_OF)
        closes = date(2025 + k, 1, 1).toordinal()
        share = np.clip(closes - np.maximum(days, opens), 0, None) / 365.25
        ended = days + years_on_market * 365.25 < opens
        sales[:, k] = np.where(ended, 0.0, yearly_usd * share)
    discounted = 0.5 * sales * 1.1 ** -(np.arange(YEARS) + 0.5)
    return Market(id_, launch, more.pop("scale", ()), FIRST_DAY, sales, 0.5 * sales, discounted, **more)


def shared(market: Market, rivals: tuple[Link, ...], days: tuple[int, ...]) -> Market:
    """The market with rivals who may come on these days: each year's sales are cut there by its days, and the share is
    one over a number of drugs, less for who comes late."""
    starts = [date(2024 + k, 1, 1).toordinal() for k in range(YEARS + 1)]
    spans = [
        (k, a, b) for k in range(YEARS) for a, b in pairwise(sorted({starts[k], starts[k + 1], *_inside(days, k)}))
    ]
    size = range(len(rivals) + 1)

    def cut(table: np.ndarray) -> np.ndarray:
        return np.stack([table[:, k] * (b - a) / (starts[k + 1] - starts[k]) for k, a, b in spans], axis=1)

    sharing = Sharing(
        rivals=rivals,
        days=np.array(days, dtype=np.int32),
        factors=np.array([[1 / (1 + 1.5 * before + after) for after in size] for before in size]),
        years=np.array([k for k, _, _ in spans], dtype=np.int32),
        steps=np.array([sum(day <= a for day in days) for _, a, _ in spans], dtype=np.int32),
        sales=cut(market.sales),
        cash=cut(market.cash),
        discounted=cut(market.discounted),
    )
    return replace(market, sharing=sharing)


def _inside(days: tuple[int, ...], year: int) -> list[int]:
    return [d for d in days if date(2024 + year, 1, 1).toordinal() < d < date(2025 + year, 1, 1).toordinal()]


def _weekdays() -> WorkingDays:
    days = np.arange(FIRST_DAY, FIRST_DAY + TABLE_DAYS + 3_000)
    is_working = (days + 6) % 7 < 5
    day_of = np.concatenate(([FIRST_DAY - 1], days[is_working])).astype(np.int32)
    return WorkingDays(FIRST_DAY, np.cumsum(is_working).astype(np.int32), day_of)


CALENDARS = {"week": _weekdays()}
CLOCKS = {"month": DayTable(FIRST_DAY, np.arange(FIRST_DAY + 30, FIRST_DAY + 30 + TABLE_DAYS, dtype=np.int32))}

SPREADS = st.sampled_from(
    [
        fixed(120.0),
        fixed(0.0),
        uniform(20.0, 400.0),
        triangular(50.0, 90.0, 600.0),
        discrete((30.0, 200.0, 310.0), (0.2, 0.5, 0.3)),
        empirical((0.1, 0.5, 0.9), (60.0, 140.0, 420.0)),
    ]
)
OUTCOMES = st.sampled_from(
    [
        (("succeeded", 0.6), ("failed", 0.4)),
        (("failed", 0.3), ("succeeded", 0.7)),
        (("succeeded", 0.5), ("failed", 0.2), ("again", 0.3)),
        (("succeeded", 1.0), ("failed", 0.0)),
    ]
)
RIVALS_DAYS = [AS_OF - 40, AS_OF + 90, AS_OF + 153, AS_OF + 400, AS_OF + 700, date(2027, 1, 1).toordinal()]
POWERS = st.sampled_from([(), (1.0, -0.4), (0.2, -0.5, 1.0)])
"""Of polynomials that a draw's value is put into."""
TIMINGS = st.sampled_from(["even", "start", "middle", "finish"])


@st.composite
def plans(draw: st.DrawFn, *, loaded: bool = False, rivals: bool = False) -> Plan:
    """Small plans in which anything may depend on anything before it; with `rivals` events take shares of sales."""
    count = draw(st.integers(2, 6))
    activities: list[Activity] = []
    for i in range(count):
        activities.append(_activity(draw, i, activities, loaded=loaded))
    whole = [_market(draw, i, activities, is_shared=rivals) for i in range(draw(st.integers(1, 2)))]
    markets = tuple(part for market in whole for part in _parts(draw, market))
    return make_plan(
        *activities,
        *(_choice(id_, loaded=loaded) for id_ in sorted({id_ for market in markets for id_ in market.variants})),
        markets=markets,
        parties=("owner", "partner"),
        contracts=(_contract(draw, activities, markets),),
        milestones=tuple((f"m{i}", _link(draw, activities)) for i in range(2)),
        factors=("x",) if loaded else (),
    )


def _link(draw: st.DrawFn, before: list[Activity]) -> Link:
    target = draw(st.sampled_from(before))
    names = [name for name, _ in target.gate.outcomes] if target.gate else ["succeeded"]
    event = draw(st.sampled_from(["started", "finished", "failed", *names, *names]))
    return Link(target.id, event, draw(st.sampled_from([0, 0, 40])))


def _activity(draw: st.DrawFn, i: int, before: list[Activity], *, loaded: bool) -> Activity:
    id_ = f"a{i}"
    loadings = (("x", draw(st.sampled_from([0.6, -0.5]))),) if loaded and draw(st.booleans()) else ()
    span: dict[str, object] = {}
    kind = draw(st.sampled_from(["none", "days", "days", "wd", "clock"]))
    if kind in ("days", "wd"):
        span["duration"] = Draw(f"{id_}.d", draw(SPREADS), cap=draw(st.sampled_from([np.inf, 250.0])))
        span["calendar"] = "week" if kind == "wd" else None
    elif kind == "clock":
        span["clock"] = "month"
    facts = draw(
        st.sampled_from([{}, {}, {}, {"started": AS_OF - 150}, {"started": AS_OF - 90, "finished": AS_OF - 5}])
    )
    few = st.integers(0, 2) if before else st.just(0)
    return Activity(
        id_,
        after=tuple(_link(draw, before) for _ in range(draw(few))),
        any_of=draw(st.booleans()),
        not_before=draw(st.sampled_from([None, AS_OF + 200])),
        gate=Gate(f"{id_}.g", draw(OUTCOMES), loadings) if draw(st.booleans()) else None,
        costs=tuple(
            Cost(
                Draw(f"{id_}.c{j}", draw(SPREADS), factor=1e5),
                id_,
                draw(TIMINGS),
                income=draw(st.booleans()),
                start_from=draw(st.sampled_from([0, AS_OF + 30])),
                start_until=draw(st.sampled_from([NEVER, AS_OF + 250])),
            )
            for j in range(draw(st.integers(0, 2)))
        ),
        span_caps=(SpanCap(_link(draw, before), 60, draw(st.sampled_from([1.0, 0.5])), f"{id_}.cap"),)
        if before and draw(st.integers(0, 3)) == 0
        else (),
        stops_on=(_link(draw, before),) if before and draw(st.integers(0, 3)) == 0 else (),
        **span,
        **facts,
    )


def _market(draw: st.DrawFn, i: int, activities: list[Activity], *, is_shared: bool) -> Market:
    ends = (_link(draw, activities),) if draw(st.integers(0, 2)) == 0 else ()
    scale = (Draw(f"m{i}.s", uniform(0.5, 1.5), powers=draw(POWERS)),) if draw(st.booleans()) else ()
    launch_cost = Draw(f"m{i}.l", triangular(1e6, 2e6, 5e6)) if draw(st.booleans()) else None
    yearly = draw(st.sampled_from([1e7, 3e7]))
    launch = _link(draw, activities)
    made = make_market(f"market{i}", launch, yearly_usd=yearly, ends_on=ends, scale=scale, launch_cost=launch_cost)
    if not is_shared:
        return made
    rivals = tuple(_link(draw, activities) for _ in range(draw(st.integers(1, 3))))
    return shared(made, rivals, tuple(sorted(draw(st.sets(st.sampled_from(RIVALS_DAYS), min_size=1)))))


def _parts(draw: st.DrawFn, market: Market) -> tuple[Market, ...]:
    """The market, and a part that moves its sales and cash either way by less than they are."""
    if draw(st.booleans()):
        return (market,)
    scale = (*market.scale, Draw(f"{market.id}.x", uniform(0.0, 2.0), powers=(-0.9, 0.9)))
    part = replace(market, id=f"{market.id}~1", part_of=market.id, scale=scale, launch_cost=None)
    chosen = draw(st.sampled_from([(), (), ("v2",)]))
    return market, varied(part, chosen) if chosen else part


def varied(market: Market, chosen: tuple[str, ...]) -> Market:
    """The market with other tables for each outcome of the activities, whose names end in how many they have."""
    count = prod(int(id_[1:]) for id_ in chosen)
    factors = [0.3, -0.4, 0.1, 0.6, -0.2, 0.5][:count]

    def versions(table: np.ndarray) -> np.ndarray:
        return np.concatenate([factor * table for factor in factors])

    def stacked(part: Market | Sharing) -> dict[str, np.ndarray]:
        return {name: versions(getattr(part, name)) for name in ("sales", "cash", "discounted")}

    sharing = replace(market.sharing, **stacked(market.sharing)) if market.sharing else None
    return replace(market, sharing=sharing, variants=chosen, **stacked(market))


def _choice(id_: str, *, loaded: bool) -> Activity:
    probs = {"v2": (0.4, 0.6), "v3": (0.2, 0.5, 0.3)}[id_]
    outcomes = tuple((f"node_{i}", prob) for i, prob in enumerate(probs))
    return Activity(id_, gate=Gate(f"{id_}.g", outcomes, (("x", 0.5),) if loaded else ()))


def _contract(draw: st.DrawFn, activities: list[Activity], markets: tuple[Market, ...]) -> Contract:
    tiers = draw(st.sampled_from([((0.0, 0.05),), ((0.0, 0.05), (5e6, 0.1), (2e7, 0.02)), ((1e6, 0.08),)]))
    names = [m.id for m in markets if not m.part_of][: draw(st.integers(1, 2))]
    chosen = tuple(m.id for m in markets if (m.part_of or m.id) in names)
    payments = (Payment(_link(draw, activities), 3e6),) if draw(st.booleans()) else ()
    return Contract("deal", "owner", "partner", (Royalty(chosen, tiers),), payments)
