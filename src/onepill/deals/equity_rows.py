"""A vehicle and its funds as flat arrays, which their kernels read, and the room that one path takes."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from onepill.core.dates import NEVER

Array = npt.NDArray[Any]
Int = Any
Real = Any
"""Numbers inside a kernel, whose machine types the compiler infers."""

CONTRIBUTION, FURTHER_NEED, DISTRIBUTION, RETURNED_CASH, EXIT_PRICE, WARRANT_STRIKE, FLOWS_SOLD = range(7)
DRAW, FEE, PAID_OUT, CARRY, CLAWBACK = range(7, 12)
ITEMS = (
    "contribution",
    "further_need",
    "distribution",
    "returned_cash",
    "exit_price",
    "warrant_strike",
    "flows_sold",
    "draw",
    "management_fee",
    "paid_out",
    "carried_interest",
    "clawback",
)
"""What money moves for: between the vehicle and its holders, then between a fund and those behind it. `flows_sold` are
the vehicle's flows that the buyer has after an exit."""
PARTS = ("_equity", "_funds", "_payments", "_shares", "_tables", "_vehicle")
"""The files of the kernel."""
BLOCK_PATHS = 256
"""Paths that the kernel treats together, year by year."""
NO_ADJUSTMENT, WEIGHTED_AVERAGE, FULL_RATCHET = range(3)
ANTI_DILUTIONS = ("none", "weighted_average", "full_ratchet")


class VehicleRows(NamedTuple):
    """One vehicle. A holder is a position in the parties; a warrant's strike by share rises along the rows."""

    party: int
    outside: int
    stake_share: Array
    protected_until_usd: Array
    round_usd: Array
    pre_money_usd: Array
    anti_dilution: Array
    """int64 (rounds,): a position in `ANTI_DILUTIONS`."""
    tranche_round: Array
    """int64 (tranches,): each tranche's round; a round's tranches follow each other, its first one first."""
    tranche_share: Array
    class_holder: Array
    """(classes, parties): each class's shares by holder, rows that sum to 1."""
    warrant_share: Array
    strike_usd: Array
    warrant_holder: Array
    listing: Array
    exit_cost_share: Array
    preference_multiple: float
    participating: bool


class FundRows(NamedTuple):
    """The funds of a structure, a row each; `party`, `partners` and `manager` are positions in the parties."""

    party: Array
    partners: Array
    manager: Array
    fee_share_per_year: Array
    fee_years: Array
    hurdle_per_year: Array
    catch_up_share: Array
    carry_share: Array
    usd_per_unit: Array
    """(funds, years): what a unit of the fund's currency is worth."""
    units_per_usd: Array
    """The other way round."""


class Years(NamedTuple):
    """The calendar: `first_day` (years + 1,) starts with the valuation day, then each 1 January; discount factors, a
    row for each kind of party, by year (curves, years) and by day since the valuation day (curves, days)."""

    first_day: Array
    length: Array
    """Each year as a share of a whole one: below 1 for the first."""
    by_year: Array
    by_day: Array
    curve: Array
    """int64 (parties,): each party's row of factors."""


class Shares(NamedTuple):
    """One path's classes of shares, (classes,) each but `worth_usd` (1,), the equity at a common share's price, and
    `by_party` (parties,), each party's part of all shares."""

    share: Array
    by_party: Array
    preference_usd: Array
    payout_usd: Array
    converted: Array
    worth_usd: Array


class Sheet(NamedTuple):
    """Where one path's payments go, and sums over paths."""

    paid_usd: Array
    """(parties,): gross, as `got_usd`."""
    got_usd: Array
    npv_usd: Array
    first_day: Array
    """int32 (parties,): when money first comes in, NEVER where none does."""
    row: Array
    """int64 (parties,): the party's row of `yearly_usd`, -1 where none needs its years."""
    told: Array
    """int64 (rows,): the parties of these rows."""
    yearly_usd: Array
    """(2, rows, years): gross, paid and got."""
    items_usd: Array
    """(items, parties, years): net, summed over paths."""
    sold_usd: Array
    """(years,): flows that buyers have after exits, summed over paths."""
    fund_usd: Array
    """(funds, fund's items, years): what passes through funds, summed over paths."""
    paid_on: Array
    """int32 (tranches,): when each tranche is paid on this path, NEVER where it is not called."""
    order: Array
    """int64 (tranches,): by those days."""


PAID, GOT = 0, 1


class Stream(NamedTuple):
    """Yearly flows between the vehicle and all who share them alike, summed over a run of a path's years.

    Attributes:
        worth_usd: (curves,), present values, received by those who share positive.
        gross_usd: (2,), what they paid and got.
        first_year: int64 (2,), when first.
        to_buyer: (parties,), the shares in what is sold: all of it the outsiders'.
    """

    worth_usd: Array
    gross_usd: Array
    first_year: Array
    to_buyer: Array


class CapTables(NamedTuple):
    """Who owns what after which rounds, a row for each order of rounds that any path has had; the first is before all.

    Attributes:
        share, by_party: (tables, classes) and (tables, parties).
        raised_usd: (tables,).
        after: int64 (tables, rounds), the table after one more round, -1 where that is not known yet.
        worked_usd: (tables, 2, years), surplus handed out and needs met by the holders, summed over paths.
        known: int64 (1,), how many rows there are.
    """

    share: Array
    by_party: Array
    raised_usd: Array
    after: Array
    worked_usd: Array
    known: Array


CAP_TABLES = 64
"""Room for as many; when it is full they are booked and found anew."""


class Chunk(NamedTuple):
    """What a stretch of paths brings: the vehicle's flows before its holders have them (paths, years), the days of its
    tranches and exits (rows, paths), what each exit is worth (no exit where that is not above 0), and the day on which
    the contract ends (paths,), NEVER where it does not."""

    flows_usd: Array
    tranche_day: Array
    exit_day: Array
    exit_value_usd: Array
    held_until: Array


class Desk(NamedTuple):
    """All that one path's work touches; what it leaves is in `sheet`."""

    vehicle: VehicleRows
    funds: FundRows
    chunk: Chunk
    years: Years
    held: Shares
    tables: CapTables
    stream: Stream
    sheet: Sheet
    till: Array
    """(2,): the vehicle's cash, and what its holders paid beyond its rounds, in US dollars."""


CASH, FURTHER = 0, 1


class Found(NamedTuple):
    """What is kept of each path, (parties, paths) unless it says otherwise.

    Attributes:
        npv_usd: present value of what the vehicle and the funds move.
        first_day: int32, NEVER where no money comes in.
        paid_usd, got_usd: gross, over all years.
        exit_at: int8 (paths,), the exit's position, -1 for none.
        further_need_usd: (paths,), what holders paid beyond the rounds.
        share_sum: (parties,), shares at the end, summed over paths.
        kept: int64 (kept,), the parties whose yearly flows are wanted.
        net_usd: (kept, paths, years).
    """

    npv_usd: Array
    first_day: Array
    paid_usd: Array
    got_usd: Array
    exit_at: Array
    further_need_usd: Array
    share_sum: Array
    kept: Array
    net_usd: Array


PER_PATH = ("npv_usd", "first_day", "paid_usd", "got_usd")
"""The parts of `Found` that are kept by party and path."""


def sheet_room(parties: int, years: int, *, told: list[int], funds: int, tranches: int) -> Sheet:
    """An empty sheet; `told` are the parties that need their years."""
    row = np.full(parties, -1, dtype=np.int64)
    row[told] = np.arange(len(told))
    paid, got, npv = np.zeros((3, parties))
    return Sheet(
        paid_usd=paid,
        got_usd=got,
        npv_usd=npv,
        first_day=np.full(parties, NEVER, dtype=np.int32),
        row=row,
        told=np.array(told, dtype=np.int64),
        yearly_usd=np.zeros((2, len(told), years)),
        items_usd=np.zeros((len(ITEMS), parties, years)),
        sold_usd=np.zeros(years),
        fund_usd=np.zeros((funds, CLAWBACK + 1 - DRAW, years)),
        paid_on=np.zeros(tranches, dtype=np.int32),
        order=np.zeros(tranches, dtype=np.int64),
    )


def stream_room(curves: int, parties: int, outside: int) -> Stream:
    """A stream without flows."""
    to_buyer = np.zeros(parties)
    to_buyer[outside] = 1.0
    return Stream(np.zeros(curves), np.zeros(2), np.zeros(2, dtype=np.int64), to_buyer)


def table_room(classes: int, parties: int, rounds: int, years: int) -> CapTables:
    """Room for cap tables, none of them known."""
    count = max(CAP_TABLES, rounds + 1)
    return CapTables(
        share=np.zeros((count, classes)),
        by_party=np.zeros((count, parties)),
        raised_usd=np.zeros(count),
        after=np.full((count, rounds), -1, dtype=np.int64),
        worked_usd=np.zeros((count, 2, years)),
        known=np.zeros(1, dtype=np.int64),
    )


def share_room(classes: int, parties: int) -> Shares:
    """Classes without shares."""
    share, preference, payout = np.zeros((3, classes))
    return Shares(share, np.zeros(parties), preference, payout, np.zeros(classes, dtype=np.bool_), np.zeros(1))
