"""The flat arrays that the kernel reads and writes: one array of records a noun.

A record's `x_from` and `x_to` give the half-open range of its own entries in the array of x. A link is a position in
`Network.links`, a draw in `Chance.draws`, a row in `Lane.day_usd`. Arrays of records are few and their types fixed, so
that the kernel is compiled once and quickly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Row = Mapping[str, float]
Record = Any
"""One entry of an array of records, as the kernel sees it."""
Records = Any
"""An array of records."""
Int = Any
Real = Any
"""Numbers inside the kernel, whose machine types the compiler infers."""

STARTED_CODE, FINISHED_CODE, FAILED_CODE = -2, -1, 0
"""Event codes; every other outcome of an activity has a code from 1 on."""
NOT_STARTED = -1
"""The outcome of an activity that does not happen on a path."""
NO_SPAN, CALENDAR_DAYS, WORKING_DAYS, CLOCK = 0, 1, 2, 3
FIXED, UNIFORM, TRIANGULAR, DYADIC, NORMAL_SPACE, STEPS, LINES = 0, 1, 2, 3, 4, 5, 6
EVEN, AT_START, AT_MIDDLE, AT_FINISH = 0, 1, 2, 3

BLOCK_PATHS = 512
"""Paths that the kernel treats together: their state stays in the first caches."""


def _record(*, whole: str, real: str = "") -> np.dtype[Any]:
    fields = [(name, np.float64) for name in real.split()] + [(name, np.int32) for name in whole.split()]
    return np.dtype(fields, align=True)


LINK = _record(whole="activity event lag_days")
ACTIVITY = _record(
    whole="after_from after_to any_of not_before started finished outcome span duration table gate "
    "costs_from costs_to stops_from stops_to caps_from caps_to weight_set only_where"
)
"""Facts are NEVER (days) or NOT_STARTED (outcome) where there are none; `gate` and `only_where` (a link) are -1 where
there is none."""
CAP = _record(whole="link days stream", real="prob")
TABLE = _record(whole="first_day size offset inverse_size inverse_offset")
"""A clock's due days stand at `offset` of `days`; a calendar's working-day index too, and its inverse behind."""
DRAW = _record(
    whole="kind stream offset size loads_from loads_to powers_from powers_to",
    real="low high split rise fall scale cap own",
)
"""A fixed value stands in `low`; a triangle is `low + sqrt(u * rise)` below `split`, else
`high - sqrt((1 - u) * fall)`; a table gives `scale` times its value. `own` is the loading on the draw's own normal.
Where it has `powers`, the value is put into the polynomial with these coefficients, from the 0th power on."""
LOAD = _record(whole="factor", real="load")
GATE = _record(whole="stream edges_from edges_to loads_from loads_to weighted", real="fail_low fail_high own")
EDGE = _record(whole="code", real="upper upper_normal")
"""The upper end of an outcome's interval, as a uniform and as a normal."""
FACTOR = _record(whole="stream", real="frozen")
"""A common factor; `frozen` is NaN where it is drawn."""
COST = _record(whole="draw timing row party start_from start_until", real="sign")
MARKET = _record(
    whole="link scales_from scales_to launch_draw launch_row party first_day rows columns launched values_from "
    "values_to keeps_rows ends_from ends_to sales cash discounted weight_set years rivals_from rivals_to "
    "places first_place last_place spans years_spans steps_years shares whole days choices_from choices_to"
)
"""`launched` is the market's offset in `Lane.launched`; `sales`, `cash` and `discounted` are offsets of raw tables in
`yearly_usd`, -1 where the kernel does not need them; `whole` is the market before it whose launches, ends and scale a
part has, its own scale being what is drawn beside that one's (-1: it is no part). Tables have `days` rows, by launch
day, for each variant that the choices tell apart, and `rows` in all.

Rivals are links. With them a table has `columns` spans, each with what is left of its year from it on: their steps
stand at `spans`, the first span of each year at `years_spans`, the year of the first span from each step on at
`steps_years`; `places` is where the step of each day from `first_place` to `last_place` stands, `shares` where the
shares by rivals before and after the launch do."""
CHOICE = _record(whole="activity stride")
"""By how many rows of a table each outcome of an activity's gate lies behind the one before it."""
VALUE = _record(whole="party offset")
"""Where in `value_usd` a party's discounted value by launch day stands, for a scale of 1."""
ROYALTY = _record(whole="payer payee members_from members_to tiers_from tiers_to")
TIER = _record(whole="", real="threshold_usd rate_step")
PAYMENT = _record(whole="link payer payee payer_row payee_row weight_set", real="amount_usd")
MILESTONE = _record(whole="link weight_set")
WEIGHT_SET = _record(whole="gates_from gates_to", real="constant")
"""A product of success probabilities: the `constant` of gates without factors, times those of `set_gates`."""


def build(dtype: np.dtype[Any], rows: Iterable[Row]) -> Array:
    """Records from mappings; a field that a row leaves out is 0."""
    names = dtype.names or ()
    return np.array([tuple(row.get(name, 0) for name in names) for row in rows], dtype=dtype)


class Network(NamedTuple):
    """Activities and their days; `order` lists activities with predecessors first."""

    as_of: Int  # int64
    order: Array
    activities: Records
    links: Records
    caps: Records
    tables: Records
    days: Array


class Chance(NamedTuple):
    """Everything that is drawn. `keys`, by stream, are the run's own."""

    keys: Array  # uint64
    draws: Records
    gates: Records
    edges: Records
    loads: Records
    factors: Records
    knots: Array
    normal_knots: Array
    phi_knots: Array
    powers: Array
    sets: Records
    set_gates: Array


class Cash(NamedTuple):
    """Everything that is paid."""

    costs: Records
    markets: Records
    choices: Records
    values: Records
    value_usd: Array
    yearly_usd: Array
    royalties: Records
    members: Array
    tiers: Records
    payments: Records
    milestones: Records
    places: Array  # int32: how many of a market's rivals' days have come, by day
    first_span: Array  # int32: of each year, and the one after the last
    span_step: Array  # int32
    step_year: Array  # int32
    shares: Array


class Calendar(NamedTuple):
    """Discount factors and years; day 0 is the plan's day."""

    by_day: Array
    cumulative: Array  # one longer: the sum of all factors before
    by_year: Array
    year_of_day: Array
    year_start: Array  # one longer than there are years; year 0 starts on day 0


class Model(NamedTuple):
    """Everything that the kernel reads."""

    network: Network
    chance: Chance
    cash: Cash
    calendar: Calendar


class Outputs(NamedTuple):
    """What is kept per path."""

    npv_usd: Array  # [party, path]
    milestone_day: Array  # [milestone, path]
    start: Array  # [activity, traced path]
    finish: Array
    outcome: Array  # int8
    cost_usd: Array  # [cost, traced path]: what is paid in all
    scale: Array  # [market, traced path]
    launch_cost_usd: Array


class Lane(NamedTuple):
    """Sums over the paths of one lane."""

    day_usd: Array  # [row, day]: differences of daily cash
    launched: Array  # summed scale by launch day, all markets
    royalty_usd: Array  # [royalty, year]
    ended_usd: Array  # [market, year]: cash of launches that an event cuts short, and what rivals take of the others
    ended_discounted_usd: Array
    milestone_weight: Array
    overflows: Array  # int64: tables, markets, discount


class State(NamedTuple):
    """Where the paths of a block stand; entries mean something only on live slots."""

    start: Array  # [activity, slot]
    finish: Array
    outcome: Array  # int8
    live: Array  # [activity, position]: the slots on which it starts
    live_count: Array  # int64


class Buffers(NamedTuple):
    """Scratch rows of one block, by slot or by position in a list of slots."""

    slots: Array  # 0, 1, 2, ...
    listed: Array
    day: Array
    planned: Array  # finish before a stop
    place: Array  # int64: knots
    uniform: Array
    value: Array
    factor: Array  # [factor, slot]
    weight: Array  # [set, slot]


class Launches(NamedTuple):
    """The launches of a block, and scratch by year."""

    row: Array  # [market, slot], -1 where not launched
    scale: Array
    end_year: Array
    end_share: Array
    product: Array
    year_usd: Array  # [position, year]
    came: Array  # int32: the steps at which rivals came after one launch, rising
    came_count: Array  # int64, of one number: how many of them hold for the launch at hand
    share: Array  # one longer: the share before each of them, and after the last
