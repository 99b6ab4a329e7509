"""A vehicle's years on a block of paths of one cap table and exit: what it needs, hands out and is sold for, as machine
code."""

from __future__ import annotations

from onepill.core.dates import NEVER
from onepill.deals import equity_rows as e
from onepill.deals.equity_rows import Array, Desk, Int, Real
from onepill.deals.kernel_payments import (
    add_year,
    least_of,
    most_of,
    open_stream,
    set_all,
    share_items,
    share_stream,
    sum_of,
)
from onepill.deals.kernel_till import empty_till, raise_money
from onepill.sim.jit import jit, jit_block, jit_rows


@jit
def open_block(at: Int, pos: Int, size: Int, count: Int, desk: Desk) -> Int:
    """Take `size` slots from `pos` on in their order, with their flows, and clear the books; how many years they need.

    The batch begins with path `at`. Places up to `count` are filled with the last path's days, and no money: loops
    over whole lanes leave no rest, and these places have no part in any sum.
    """
    batch, block = desk.batch, desk.block
    slot, work, end = block.slot, 0, 0
    for i in range(count):
        slot[i], block.real[i] = batch.order[pos + min(i, size - 1)], 1.0 if i < size else 0.0
    for i in range(size):
        work = max(work, batch.at_work[slot[i]] + 1)
        end = max(end, batch.last[slot[i]] + 1)
    years = max(work, end)
    for y in range(years):
        _take_flows(desk.chunk.flows_usd[y][at:], slot, block.real, block.flow_usd[y], block.raised_usd[y], count)
    for q in range(block.npv_usd.shape[0]):
        _open_books(block.npv_usd[q], block.paid_usd[q], block.got_usd[q], block.first_day[q], count)
    for row in range(desk.told.size):
        for y in range(years):
            set_all(block.told_usd[e.PAID, row, y], 0.0, count)
            set_all(block.told_usd[e.GOT, row, y], 0.0, count)
    return years


@jit_rows
def _take_flows(given: Array, slot: Array, real: Array, flow: Array, raised: Array, count: Int) -> None:
    for i in range(count):
        flow[i] = given[slot[i]] * real[i]
        raised[i] = 0.0


@jit_rows
def _open_books(npv: Array, paid: Array, got: Array, first: Array, count: Int) -> None:
    for i in range(count):
        npv[i] = 0.0
        paid[i] = 0.0
        got[i] = 0.0
        first[i] = NEVER


@jit_block
def _sell_flows(years: Int, count: Int, desk: Desk) -> None:
    """Leave the holders what falls before the exit; its year is cut by days. The rest is the buyer's."""
    block, batch, first_day = desk.block, desk.batch, desk.years.first_day
    sold_on, income, outlay, slot, first = block.day, block.income_usd, block.outlay_usd, block.slot, years
    for i in range(count):
        sold_on[i] = batch.sold_on[slot[i]]
        first = min(first, batch.last[slot[i]])
    open_stream(count, desk)
    for y in range(first, years):
        part = 1 / (first_day[y + 1] - first_day[y])
        given_usd, asked_usd = _cut(sold_on, 1.0 * first_day[y], part, block.flow_usd[y], income, outlay, count)
        add_year(y, given_usd, asked_usd, desk.to_buyer, count, desk)
        share_items(e.FLOWS_SOLD, given_usd + asked_usd, y, desk.to_buyer, desk)
    share_stream(desk.to_buyer, count, desk)


@jit_rows
def _cut(
    sold_on: Array, begins: Real, part: Real, flow: Array, income: Array, outlay: Array, count: Int
) -> tuple[Real, Real]:
    """Cut a year that begins on a day, `part` the inverse of its length, by the day of sale; both sums."""
    given_usd, asked_usd = 0.0, 0.0
    for i in range(count):
        own = min(max((sold_on[i] - begins) * part, 0.0), 1.0) * flow[i]
        sold_usd = flow[i] - own
        flow[i] = own
        given, asked = max(sold_usd, 0.0), min(sold_usd, 0.0)
        income[i], outlay[i] = given, asked
        given_usd += given
        asked_usd += asked
    return given_usd, asked_usd


@jit
def _meet_needs(years: Int, count: Int, desk: Desk) -> None:
    """Meet each year's need out of the till, then by the holders."""
    block = desk.block
    set_all(block.cash_usd, 0.0, count)
    set_all(block.further_usd, 0.0, count)
    for y in range(years):
        _meet_year(block.flow_usd[y], block.raised_usd[y], block.met_usd[y], block.cash_usd, block.further_usd, count)


@jit_rows
def _meet_year(flow: Array, raised: Array, met: Array, cash: Array, further: Array, count: Int) -> None:
    for i in range(count):
        left = cash[i] + raised[i] + min(flow[i], 0.0)
        lacking = min(left, 0.0)
        met[i] = lacking
        cash[i] = max(left, 0.0)
        further[i] -= lacking


@jit_block
def _share_years(table: Int, years: Int, count: Int, desk: Desk) -> None:
    """Hand surplus out, and ask for needs, by the shares that stand in each year."""
    block, tables = desk.block, desk.tables
    for j in range(tables.rounds[table] + 1):
        since, until, shares = block.since[j], block.since[j + 1], tables.by_party[tables.stood[table, j]]
        first, end = least_of(since, count), min(most_of(until, count), years)
        if first >= end:
            continue
        open_stream(count, desk)
        for y in range(first, end):
            flow, met = block.flow_usd[y], block.met_usd[y]
            given_usd, asked_usd = _stand(y, since, until, flow, met, block.income_usd, block.outlay_usd, count)
            add_year(y, given_usd, asked_usd, shares, count, desk)
            share_items(e.DISTRIBUTION, given_usd, y, shares, desk)
            share_items(e.FURTHER_NEED, asked_usd, y, shares, desk)
        share_stream(shares, count, desk)


@jit_rows
def _stand(
    y: Int, since: Array, until: Array, flow: Array, met: Array, income: Array, outlay: Array, count: Int
) -> tuple[Real, Real]:
    """A year's surplus and need of those whose table stands in it; both sums."""
    given_usd, asked_usd = 0.0, 0.0
    for i in range(count):
        stands = (since[i] <= y) & (y < until[i])
        given, asked = max(flow[i], 0.0) if stands else 0.0, met[i] if stands else 0.0
        income[i], outlay[i] = given, asked
        given_usd += given
        asked_usd += asked
    return given_usd, asked_usd


@jit_block
def run_vehicle(table: Int, k: Int, years: Int, count: Int, desk: Desk) -> None:
    """Book all that the vehicle and its holders pay each other.

    The till is emptied once the last need is met, or at the exit with it; nothing falls into it later.
    """
    block, batch = desk.block, desk.batch
    end = batch.last[block.slot[0]] + 1
    for i in range(count):
        end = max(end, batch.last[block.slot[i]] + 1)
    raise_money(table, count, desk)
    if k >= 0:
        _sell_flows(years, count, desk)
    _meet_needs(end, count, desk)
    _share_years(table, end, count, desk)
    if k >= 0 or sum_of(block.cash_usd, count) > 0:
        empty_till(table, k, count, desk)
