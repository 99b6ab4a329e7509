"""The flat arrays that the kernel of contracts reads and writes: one array of records a noun.

A record's `x_from` and `x_to` give the half-open range of its own entries in the array of x. A window's `since` and
`until` are positions in `Contract.whens`: -1 is from the first day, or to the end; `held` 1 cuts it where the contract
ends. Parties, markets and costs are positions too, -1 for nobody.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from onepill.sim.arrays import Array, Int, Real, Record, Records, build

__all__ = ["Array", "Int", "Real", "Record", "Records", "build"]

BLOCK_PATHS = 256
"""Paths that the kernel treats together, year by year: a row of them stays in the first cache, and a processor adds
several at once."""
EVEN, AT_START, AT_MIDDLE, AT_FINISH = 0, 1, 2, 3
TIMINGS = {"even": EVEN, "start": AT_START, "middle": AT_MIDDLE, "finish": AT_FINISH}
PAYMENT, FUNDING, SALES_MILESTONE, ROYALTY, PROFIT_SHARE, COST_SHARE, SUPPLY, LOAN = range(8)
PARTS = ("", "_bases", "_books", "_columns", "_dated", "_days", "_moves", "_sales", "_sharing", "_windows")
"""The files of the kernel of contracts; those of vehicles are compiled by themselves."""
LANES = 4
"""Counts are kept in turns: adding to the same place again and again would wait for the last."""
BELOW, ABOVE = 1, 2
"""What a year's income is on the columns of a block."""
HELD = 0
"""The position in `whens` of the day on which the contract ends."""


def _record(*, whole: str, real: str = "") -> np.dtype[Any]:
    fields = [(name, np.float64) for name in real.split()] + [(name, np.int32) for name in whole.split()]
    return np.dtype(fields, align=True)


WHEN = _record(whole="day activity event link_lag option lag")
"""The latest of a day (0: none), an activity's event (activity -1: none) and an option's exercise (-1: none, -2: the
end of the contract), plus a lag."""
PARTY = _record(whole="rates income kept", real="tax_share")
"""`rates` is a row of `Rates`; `income` and `kept` are rows of the books, -1 where none is kept."""
MOVE = _record(whole="market giver taker since until held back")
"""In the window `taker` has a market's profit and launch costs instead of `giver`; `back` 1: those of what the
programme does once it has come back."""
WATCH = _record(whole="party market moves_from moves_to")
"""A market that a party has to begin with and that may move on, by some of those moves: its first cash day is that on
which it stays."""
COST_MOVE = _record(whole="cost giver taker since until held back")
LEG = _record(
    whole="kind payer payee taxed since until members_from members_to tiers_from tiers_to caps_from caps_to cumulative "
    "every_year by base_row paid_row term_days ends_at_exclusivity repaid_on forgiven_on growth_from growth_days "
    "summed plain noted both_ways tax_rates",
    real="withholding amount share cap_usd threshold_usd step_down stack_rate stack_floor",
)
"""`members` are markets, or costs of a share in costs; `base_row` and `paid_row` are rows of `Scratch.paid`: of the
royalty that this one is paid on, and its own. `summed` is the list of rows (`Paths.begin`) with the sum of what it
counts of its markets, used where the window leaves all of it; `plain`: the leg has no term of its own in a market.
`noted`: a side's years are kept or taxed. `both_ways`: it may be owed by the payee. `growth` holds a loan's growth by
days elapsed. `term_days` is a royalty's term from the first sale, or how long after its day an instalment falls."""
TIER = _record(whole="", real="threshold_usd rate_step")
CAP = _record(whole="day", real="total_usd")
MARKET = _record(whole="costs_from costs_to", real="margin tax_share")
"""`margin` turns a row of `Paths.profit` into operating profit; `costs` are plan markets with their launch costs."""


class Calendar(NamedTuple):
    """The years of `Years`, and the year of each day from the plan's own on; the day after all has their number."""

    bounds: Array
    length_days: Array
    year_of_day: Array


class Rates(NamedTuple):
    """Discount factors, a row for each kind of party: `by_day` ends with a day that is worth nothing, `cumulative` has
    the sum of all days before."""

    by_year: Array
    by_day: Array
    cumulative: Array


class Paths(NamedTuple):
    """A stretch of paths: events, and what there is to share.

    A market has a row for each path on which it is launched, in the order of the paths, and so has each sum of markets
    that legs count. A fall is what a cost comes to on a path: an amount a day on counted days; a plan market's launch
    cost falls on one day. `begin` and `fall_begin` say where the rows and falls of each block of paths begin.
    """

    start: Array  # [activity, path]
    finish: Array
    outcome: Array
    begin: Array  # [market or sum, block + 1]: positions of rows
    path: Array  # [row]
    launch: Array  # [row]
    end: Array
    sales: Array  # by block of paths, of each market and sum there [year, row of the block], one after the other
    peak_usd: Array  # [row]: the largest year of `sales`
    total_usd: Array
    protected: Array  # as `sales`, and so is `profit`
    profit: Array
    worth_usd: Array  # [row of rates or none, row of a market]: of all its profit
    gain_day: Array  # [row of a market]: its first day in a year with profit above nothing, NEVER without one
    block_profit: Array  # [market, block, year]: the profit of all its rows
    fall_begin: Array  # [cost or plan market, block + 1]
    fall_path: Array  # [fall]
    fall_since: Array
    fall_until: Array
    fall_usd: Array  # [fall]: a day
    held: Array  # [path]
    taken: Array  # [option, path]


class Contract(NamedTuple):
    """A structure. The first whens are `HELD` and those of the options. `is_taxed`: taxes on income are paid, on that
    of `Books.income` too; else income is noted there."""

    tax: Int
    is_taxed: bool
    whens: Records
    parties: Records
    markets: Records
    market_members: Array
    moves: Records
    watches: Records
    cost_moves: Records
    legs: Records
    members: Array
    tiers: Records
    caps: Records
    growth: Array


class Books(NamedTuple):
    """What is kept: by path, and in sums by year."""

    npv_usd: Array  # [party, path]
    first_cash_day: Array
    yearly_usd: Array  # [kept party, year, path]
    income_begin: Array  # [block + 1]: positions of columns, each block's noted after the one before
    income_path: Array  # [column]: paths on which any taxed party has income that no leg brings
    income_usd: Array  # [taxed party, ...]: by block [year, column], one after the other
    income_sign: Array  # [taxed party, block, year]: `ABOVE` nothing on any column, else `BELOW` it on any, else 0
    leg_usd: Array  # [leg, year]
    withheld_usd: Array
    profit_usd: Array  # [move, year]
    launch_cost_usd: Array
    cost_usd: Array  # [cost move, year]
    tax_usd: Array  # [taxed party, year]


class Scratch(NamedTuple):
    """What one block takes. A column is a row of a market, or a path, of the block."""

    day: Array  # [when, slot]
    option_day: Array  # [option, slot]
    opens: Array  # [slot]: the window of a move
    closes: Array
    listed: Array  # slots, or columns
    counts: Array  # [lane, year or none]: integers
    slot: Array  # [column]
    since: Array  # [column]: the window, and the days between which the market is sold in the plan's years
    until: Array
    launch: Array
    end: Array
    from_day: Array  # [column]: the first day that counts
    weight: Array  # [column]: 1 where any day counts, else 0
    share: Array  # [column]: of a year's days that are sold
    base: Array  # [column]: a year's sales that count
    due: Array
    withheld: Array
    given: Array  # [column]: present values to the payer, the payee and the authorities
    got: Array
    taken: Array
    total: Array  # [column]: a royalty's sums so far
    before: Array
    capped: Array
    is_open: Array
    paid_on: Array  # [column]: first days on which the payee is paid, or the payer
    back_on: Array
    ahead: Array  # [slot]: days after the plan's
    year: Array  # [slot]: the year of a payment, or none
    stand: Array  # [slot]: where in `income` it stands: those of `Books.income_path` first
    income_at: Array  # [column]: the same
    width: Array  # [2]: the first stand after all of these, and how many of them stand out of turn
    paid_in: Array  # [year or none]: whether a payment falls in it
    place: Array  # [slot]: a position in `listed`
    years: Array  # [column, year]: rows of their own
    columns: Array  # [year, slot]
    partly: Array  # [year]: days that falls have in years of which they fill a part
    fully: Array  # [year]
    income: Array  # [taxed party, year or none, stand]
    noted: Array  # [taxed party, year or none]: the first stand from which on there is none
    earned: Array  # [taxed party, year or none]: and from which on it is nowhere above nothing
    kept: Array  # [kept party, year or none, slot]
    paid: Array  # [royalty that is a base, year, slot]


def source_digest() -> int:
    """A number that changes with any source file of this kernel; see `sim.jit.source_digest`."""
    from onepill.sim.jit import digest_of

    here = Path(__file__).parent
    return digest_of([*(here / f"kernel{part}.py" for part in PARTS), here / "arrays.py"])
