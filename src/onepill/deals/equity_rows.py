"""A vehicle and its funds as flat arrays, which their kernels read, and the room that their work takes."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

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
PARTS = ("_calls", "_equity", "_funds", "_payments", "_prices", "_shares", "_tables", "_till", "_vehicle")
"""The files of the kernel."""
BATCH_PATHS, BLOCK_PATHS = 2_048, 256
"""Paths that are sorted, so that those of a block have had the same rounds and left by the same exit, and paths that
are treated together, year by year."""
NO_ADJUSTMENT, WEIGHTED_AVERAGE, FULL_RATCHET = range(3)
LANES = 32
"""Blocks are filled up to a multiple: so many numbers the compiler takes at a time."""
ANTI_DILUTIONS = ("none", "weighted_average", "full_ratchet")


class VehicleRows(NamedTuple):
    """One vehicle. A holder is a position in the parties; a warrant's strike by share rises along the rows."""

    party: int
    outside: int
    stake_share: Array
    protected_until_usd: Array
    round_usd: Array
    pre_money_usd: Array
    round_first: Array
    """int64 (rounds,): each round's first tranche."""
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
    year_of_day: Array
    """int16, by days since the valuation day: it is looked up at random, and small it stays near."""
    by_year: Array
    by_day: Array
    curve: Array
    """int64 (parties,): each party's row of factors."""


class Chunk(NamedTuple):
    """What a stretch of paths brings: the vehicle's flows before its holders have them (years, paths), the days of its
    tranches and exits (rows, paths), what each exit is worth (no exit where that is not above 0), and the day on which
    the contract ends (paths,), NEVER where it does not."""

    flows_usd: Array
    tranche_day: Array
    exit_day: Array
    exit_value_usd: Array
    held_until: Array


class CapTables(NamedTuple):
    """What a vehicle has come to, a row for each order of rounds, and set of tranches, that any path has had; the first
    is before all.

    Attributes:
        share, preference_usd: (tables, classes).
        by_party: (tables, parties), each party's part of all shares.
        raised_usd: (tables,), by rounds sold.
        after: int64 (tables, rounds + tranches), the table after one more round, or one more tranche of a round that
            has been sold, -1 where that is not known yet.
        rounds: int64 (tables,), how many have been sold.
        sold, stood: int64 (tables, rounds), and one more: the rounds in their order, and the tables before and after
            each.
        called: int64 (tables, tranches), 1 where one is paid.
        known: int64 (1,), how many rows there are.
        met, met_table: int64 (places,), what paths call that has been met, as one number (`Batch.calls`; -1 for none),
            at the place that the number leads to, and the table it comes to.
    """

    share: Array
    preference_usd: Array
    by_party: Array
    raised_usd: Array
    after: Array
    rounds: Array
    sold: Array
    stood: Array
    called: Array
    known: Array
    met: Array
    met_table: Array


CAP_TABLES = 128
"""Room for as many; when it is full they are found anew."""
MET, MOST_BITS, SPREAD = 256, 62, 2_654_435_761
"""Places for what paths call, a power of two; bits of a number; what spreads numbers over the places (Knuth's)."""


class Batch(NamedTuple):
    """What is known of a batch's paths before they are sorted, int64 (slots,) but the days of tranches.

    Attributes:
        at_work, last_need: the last year with a flow, and with one below 0, -1 without any.
        exit, sold_on: which exit comes, -1 for none, and its day.
        before: the day from which on no tranche is called.
        opened: when the round was sold of which tranches are being called.
        paid_on: (tranches, slots), NEVER where one is not called.
        calls: which tranches are called, and in which order, as one number.
        table: the row of `CapTables` in the end; then with the exit, as one number.
        last: the last year in which the vehicle is its holders'.
        key, order: table, exit and last year as one number, and the slots in its order.
        counts: how many have a key.
        queue: (rounds,), one path's rounds by their days.
    """

    at_work: Array
    last_need: Array
    exit: Array
    sold_on: Array
    before: Array
    opened: Array
    paid_on: Array
    calls: Array
    table: Array
    last: Array
    key: Array
    order: Array
    counts: Array
    queue: Array


class Block(NamedTuple):
    """What a block's paths come to, numbers all, (slots,) unless it says otherwise.

    Attributes:
        flow_usd: (years, slots), what the holders have of the vehicle's flows.
        raised_usd, met_usd: (years, slots), what tranches bring, and needs that holders meet, at or below 0.
        since: (rounds + 2, slots), the year from which on each table of the path stands; the last is after all years.
        cash_usd, further_usd: the till, and what holders have paid beyond the rounds.
        income_usd, outlay_usd, net_usd: a year's payments that many share, at or above 0, at or below 0, and both.
        worth_usd: (curves, slots), present values of a run of years of such payments.
        gross_usd, first: (2, slots), what they come to, outlays and income, and their first days.
        day, year, factor: of what is paid at the exit, or where the till is emptied; factors (curves, slots).
        pot_usd, worth_all_usd, common_usd, least_usd, used: how a price is split (see `kernel_prices`).
        usd: what one has of it.
        npv_usd, paid_usd, got_usd, first_day: (parties, slots).
        told_usd: (2, told, years, slots), gross by year, paid and got.
        fund: (fund's own rows, slots).
        by_year: (years,), how much of a tranche falls in each.
        real: 1 at a path, 0 at a place that fills the block up.
        slot, year_at, ahead: int64: where in the batch a path stands, `year`, and the days from the valuation day on.
    """

    flow_usd: Array
    raised_usd: Array
    met_usd: Array
    since: Array
    cash_usd: Array
    further_usd: Array
    income_usd: Array
    outlay_usd: Array
    net_usd: Array
    worth_usd: Array
    gross_usd: Array
    first: Array
    day: Array
    year: Array
    factor: Array
    pot_usd: Array
    worth_all_usd: Array
    common_usd: Array
    least_usd: Array
    used: Array
    usd: Array
    npv_usd: Array
    paid_usd: Array
    got_usd: Array
    first_day: Array
    told_usd: Array
    fund: Array
    by_year: Array
    real: Array
    slot: Array
    year_at: Array
    ahead: Array


PAID, GOT = 0, 1
FUND_ROWS = 12


class Desk(NamedTuple):
    """All that the work touches.

    Attributes:
        row: int64 (parties,), the party's row of `Block.told_usd`, -1 where nobody needs its years.
        told: int64 (rows,), the parties of these rows.
        converted: bool (classes,), who has common shares in one split of a price.
        no_preference: (classes,), of nothing.
        to_buyer: (parties,), the shares in what is sold: all of it the outsiders'.
        items_usd: (items, parties, years), net, summed over paths.
    """

    vehicle: VehicleRows
    funds: FundRows
    chunk: Chunk
    years: Years
    tables: CapTables
    batch: Batch
    block: Block
    row: Array
    told: Array
    converted: Array
    no_preference: Array
    to_buyer: Array
    items_usd: Array


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
        net_usd: (kept, years, paths).
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


def table_room(classes: int, parties: int, rounds: int, tranches: int) -> CapTables:
    """Room for cap tables, none of them known."""
    count = max(CAP_TABLES, rounds + tranches + 1)
    share, preference = np.zeros((2, count, classes))
    return CapTables(
        share=share,
        preference_usd=preference,
        by_party=np.zeros((count, parties)),
        raised_usd=np.zeros(count),
        after=_whole(count, rounds + tranches),
        rounds=_whole(count),
        sold=_whole(count, rounds),
        stood=_whole(count, rounds + 1),
        called=_whole(count, tranches),
        known=_whole(1),
        met=_whole(MET),
        met_table=_whole(MET),
    )


def batch_room(years: int, *, rounds: int, tranches: int, exits: int) -> Batch:
    """Room for a batch."""
    keys = max(CAP_TABLES, rounds + tranches + 1) * (exits + 1) * years + 1
    slots = {name: _whole(BATCH_PATHS) for name in Batch._fields}
    wide = {"paid_on": _whole(tranches, BATCH_PATHS), "counts": _whole(keys), "queue": _whole(rounds)}
    return Batch(**slots | wide)


def block_room(years: int, *, parties: int, rounds: int, curves: int, told: int) -> Block:
    """Room for a block."""
    sizes = {"flow_usd": years, "raised_usd": years, "met_usd": years, "since": rounds + 2, "worth_usd": curves}
    sizes |= {"factor": curves, "gross_usd": 2, "first": 2, "fund": FUND_ROWS}
    sizes |= dict.fromkeys(("npv_usd", "paid_usd", "got_usd", "first_day"), parties)
    rows = {name: np.zeros((count, BLOCK_PATHS + 8)) for name, count in sizes.items()}
    plain = {name: np.zeros(BLOCK_PATHS) for name in Block._fields if name not in rows}
    wide = {"told_usd": np.zeros((2, told, years, BLOCK_PATHS + 8)), "by_year": np.zeros(years)}
    whole = {name: _whole(BLOCK_PATHS) for name in ("slot", "year_at", "ahead")}
    return Block(**plain | rows | wide | whole)


def _whole(*shape: int) -> npt.NDArray[np.int64]:
    return np.zeros(shape, dtype=np.int64)
