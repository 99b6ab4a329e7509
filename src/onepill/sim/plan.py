"""The one intermediate form: engines return fragments of it, the workbench joins them, the kernel runs it.

Days are proleptic Gregorian ordinals (`date.toordinal()`), amounts are nominal US dollars, probabilities run from 0
to 1. A plan is plain data: everything that differs between two questions is in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from onepill.core.dates import NEVER
from onepill.core.distributions import Distribution

Days = npt.NDArray[np.int32]
Money = npt.NDArray[np.float64]
Timing = Literal["even", "start", "middle", "finish"]
STARTED, FINISHED, SUCCEEDED, FAILED = "started", "finished", "succeeded", "failed"


@dataclass(frozen=True)
class Link:
    """The day of one event of another activity, plus a lag in calendar days (may be negative).

    `event` is `started`, `finished`, or an outcome of that activity's gate. `succeeded` of an activity without a gate
    means `finished`; an event that does not happen on a path leaves the link unmet there.
    """

    activity: str
    event: str = SUCCEEDED
    lag_days: int = 0


@dataclass(frozen=True)
class Draw:
    """One random value: `min(factor * value, cap)`, the value being `quantile(u)` with u of its named stream or, where
    `powers` are given, the polynomial of that with these coefficients of its powers from the 0th on.

    Two draws that name the same stream share their uniform. `loadings` (factor name, loading) tie the draw to
    standard-normal common factors: z = sum(loading * factor) + sqrt(1 - sum(loading^2)) * own, u = Phi(z).
    """

    stream: str
    distribution: Distribution
    loadings: tuple[tuple[str, float], ...] = ()
    factor: float = 1.0
    cap: float = float("inf")
    powers: tuple[float, ...] = ()

    def at(self, value: float) -> float:
        """What is drawn where the distribution has this value."""
        return min(self.factor * polynomial(self.powers, value), self.cap)


def polynomial(powers: tuple[float, ...], value: float) -> float:
    """The sum of `powers[i] * value ** i` by Horner's rule; the value itself where there are no powers."""
    if not powers:
        return value
    found = 0.0
    for coefficient in reversed(powers):
        found = found * value + coefficient
    return found


@dataclass(frozen=True)
class Gate:
    """One uniform cut into intervals, one per outcome in the given order; probabilities sum to 1.

    The outcome named `failed` ends what follows; every other outcome can be linked to by name. In weighted runs only
    `failed` is turned into a weight: the others are drawn given that the gate did not fail.
    """

    stream: str
    outcomes: tuple[tuple[str, float], ...]
    loadings: tuple[tuple[str, float], ...] = ()

    def prob(self, outcome: str) -> float:
        return sum(prob for name, prob in self.outcomes if name == outcome)


@dataclass(frozen=True)
class Cost:
    """An outlay (a positive amount) or an income (`factor` below 0 is not used: set `income`) of an activity.

    `even` spreads it over the days from start to finish (on the start day where the two are equal); `middle` halves it
    where the number of days is odd. What falls before the plan's day is sunk and not counted. `item` names the row of
    the yearly cash, `party` who pays. It falls only where the activity starts from `start_from` to `start_until`, both
    included.
    """

    amount: Draw
    item: str
    timing: Timing = "even"
    party: str = "owner"
    income: bool = False
    start_from: int = 0
    start_until: int = NEVER


@dataclass(frozen=True)
class SpanCap:
    """The activity finishes at the latest `days` after the link's day (never before its own start).

    Where `prob` is below 1 the cap holds only on the paths whose uniform of `stream` is below it.
    """

    link: Link
    days: int
    prob: float = 1.0
    stream: str = ""


@dataclass(frozen=True)
class Activity:
    """A piece of work with the events started, finished and its gate's outcomes.

    It starts on the latest day of its links (the earliest where `any_of`), not before `not_before`; without links it
    starts on `not_before`. It takes one of: `duration` in calendar days (rounded to whole days); `duration` in working
    days of `calendar`; the day -> day table `clock`; nothing at all (a milestone in its own right).
    `started`, `finished` and `outcome` are facts and are never drawn. Where only `started` is a fact, the remaining
    time is drawn given the time elapsed, and never ends before the plan's day. `stops_on` ends it on the earliest of
    these events, its even costs pro rata, its later lump costs saved, and its outcome then being `failed`; it does not
    start at all where such an event comes by its start. One without links may be left out but `only_where` an event
    happens, whatever its day: what others do that concerns nobody elsewhere.
    """

    id: str
    after: tuple[Link, ...] = ()
    any_of: bool = False
    not_before: int | None = None
    duration: Draw | None = None
    calendar: str | None = None
    clock: str | None = None
    gate: Gate | None = None
    costs: tuple[Cost, ...] = ()
    span_caps: tuple[SpanCap, ...] = ()
    stops_on: tuple[Link, ...] = ()
    started: int | None = None
    finished: int | None = None
    outcome: str | None = None
    only_where: Link | None = None


@dataclass(frozen=True)
class DayTable:
    """A clock: `finish[i]` is the due day of a clock that starts on `first_day + i`."""

    first_day: int
    finish: Days


@dataclass(frozen=True)
class WorkingDays:
    """A calendar: `index[i]` counts the working days up to and including `first_day + i`; `day_of[k]` is the day of the
    k-th of them (so `day_of[index[i] + n]` is the n-th working day after day i)."""

    first_day: int
    index: Days
    day_of: Days


@dataclass(frozen=True)
class Sharing:
    """What rivals who come later leave of a market: tables cut where their share can change, and the share itself.

    `rivals` are the events of their coming, `days` (ordinals, rising) those on which they may come; one that comes on
    another day counts from the next of them, and after the last one never. A column of `sales`, `cash` and `discounted`
    holds what is sold in a span of days, booked in the calendar year `years[c]` (0 is the plan's own), `steps[c]` of
    the `days` having come. It is multiplied by `factors[before, after]`, with the rivals who came by the launch, and
    those who came after it and by the span. Columns rise by year, then by step.
    """

    rivals: tuple[Link, ...]
    days: Days
    factors: Money
    years: Days
    steps: Days
    sales: Money
    cash: Money
    discounted: Money


@dataclass(frozen=True)
class Market:
    """Cash of one market once launched: `scale` times a table row.

    The tables have a row for each launch day from `first_day` on and a column for each calendar year from the plan's
    own year on, in US dollars for a scale of 1. `sales` is net sales, `cash` what stays after the market's costs and
    tax, `discounted` that cash on the plan's day. Rows hold nothing before the plan's day. `ends_on` ends the market
    on the earliest of these events (the year of the event pro rata by days); one that ends by its launch never was.
    `group` names the programme's market where this is one payer state or one part of it, and nothing is computed from
    it. `part_of` is the id of the plan's market that this is a part of: what an uncertain input moves in the same
    launches. Parts add up with it, sales with sales and cash with cash (both of any sign, on the part's own scale,
    which may be negative too), and their cash is told under its id.

    `variants` are activities whose gates choose one of several versions of the tables: these have the rows of all
    launch days for each combination of outcomes, that of the last activity running fastest.

    Where `sharing` is given, its tables are what the market earns; `sales`, `cash` and `discounted` are then their
    means over whether and when rivals come, for whoever does not simulate.
    """

    id: str
    launch: Link
    scale: tuple[Draw, ...]
    first_day: int
    sales: Money
    cash: Money
    discounted: Money
    launch_cost: Draw | None = None
    ends_on: tuple[Link, ...] = ()
    party: str = "owner"
    group: str = ""
    sharing: Sharing | None = None
    part_of: str = ""
    variants: tuple[str, ...] = ()


@dataclass(frozen=True)
class Royalty:
    """Yearly royalty on the summed net sales of `markets`: each slice above a threshold (US dollars a year) bears its
    own rate. Paid at the discount factor of its year."""

    markets: tuple[str, ...]
    tiers: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Payment:
    """A fixed amount in US dollars on the day of an event (upfront, development or regulatory milestone)."""

    link: Link
    amount_usd: float


@dataclass(frozen=True)
class Contract:
    """What `payer` owes `payee`."""

    id: str
    payer: str
    payee: str
    royalties: tuple[Royalty, ...] = ()
    payments: tuple[Payment, ...] = ()


@dataclass(frozen=True)
class Plan:
    """A whole programme, ready to compile.

    `as_of` is the valuation day, `discount_by_day[i]` the discount factor of day `as_of + i`, `discount_by_year[k]` the
    one of a cash flow of calendar year `as_of.year + k`. `factors` names the common standard-normal factors.
    `milestones` are (id, event). `parties[0]` is whose value is reported.
    """

    as_of: int
    activities: tuple[Activity, ...]
    markets: tuple[Market, ...]
    discount_by_day: Money
    discount_by_year: Money
    milestones: tuple[tuple[str, Link], ...] = ()
    contracts: tuple[Contract, ...] = ()
    clocks: dict[str, DayTable] = field(default_factory=dict)
    calendars: dict[str, WorkingDays] = field(default_factory=dict)
    factors: tuple[str, ...] = ()
    parties: tuple[str, ...] = ("owner",)


@dataclass(frozen=True)
class Fragment:
    """A part of a plan, as an engine returns it."""

    activities: tuple[Activity, ...] = ()
    milestones: tuple[tuple[str, Link], ...] = ()
    clocks: dict[str, DayTable] = field(default_factory=dict)
    calendars: dict[str, WorkingDays] = field(default_factory=dict)
    markets: tuple[Market, ...] = ()


def without_rivals(plan: Plan) -> Plan:
    """The plan with its markets at their means over whether and when rivals come, whom it does not draw any more."""
    drawn = {link.activity for market in plan.markets if market.sharing for link in market.sharing.rivals}
    markets = tuple(replace(market, sharing=None) for market in plan.markets)
    return replace(plan, activities=tuple(a for a in plan.activities if a.id not in drawn), markets=markets)


def without_parts(plan: Plan) -> Plan:
    """The plan with its markets at the means of what parts are drawn from, where all parts together are nothing."""
    parts = {market.id for market in plan.markets if market.part_of}
    chosen = {id_ for market in plan.markets if market.part_of for id_ in market.variants}
    contracts = tuple(replace(contract, royalties=_on_whole(contract, parts)) for contract in plan.contracts)
    activities = tuple(activity for activity in plan.activities if activity.id not in chosen)
    whole = tuple(market for market in plan.markets if not market.part_of)
    return replace(plan, activities=activities, markets=whole, contracts=contracts)


def variant_sizes(plan: Plan, market: Market) -> tuple[int, ...]:
    """How many outcomes each of the activities has that choose a market's tables."""
    gates = {activity.id: activity.gate for activity in plan.activities if activity.id in market.variants}
    found = (gates[id_] for id_ in market.variants)
    return tuple(len(gate.outcomes) if gate else 1 for gate in found)


def _on_whole(contract: Contract, parts: set[str]) -> tuple[Royalty, ...]:
    return tuple(replace(r, markets=tuple(id_ for id_ in r.markets if id_ not in parts)) for r in contract.royalties)


def join(fragments: Iterable[Fragment], *, base: Plan) -> Plan:
    """The base plan with the fragments' parts added in order."""
    plan = base
    for part in fragments:
        plan = replace(
            plan,
            activities=plan.activities + part.activities,
            milestones=plan.milestones + part.milestones,
            markets=plan.markets + part.markets,
            clocks={**plan.clocks, **part.clocks},
            calendars={**plan.calendars, **part.calendars},
        )
    return plan
