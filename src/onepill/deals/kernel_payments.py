"""Payments from one party to another on a block of paths, as machine code: single ones, and what many share."""

from __future__ import annotations

from onepill.core.dates import NEVER
from onepill.deals import equity_rows as e
from onepill.deals.equity_rows import Array, Desk, Int, Real
from onepill.sim.jit import jit, jit_block, jit_sum


@jit_sum
def sum_of(values: Array, count: Int) -> Real:
    """The sum of the first `count` values."""
    total = 0.0
    for i in range(count):
        total += values[i]
    return total


@jit_sum
def sum_in(values: Array, year: Array, y: Real, count: Int) -> Real:
    """The sum of those of one year."""
    total = 0.0
    for i in range(count):
        usd = values[i]
        total += usd if year[i] == y else 0.0
    return total


@jit_sum
def least_of(values: Array, count: Int) -> Int:
    """The least of whole numbers."""
    least = values[0]
    for i in range(count):
        least = min(least, values[i])
    return int(least)


@jit_sum
def most_of(values: Array, count: Int) -> Int:
    """The largest of whole numbers."""
    most = values[0]
    for i in range(count):
        most = max(most, values[i])
    return int(most)


@jit_block
def add_times(target: Array, values: Array, factor: Real, count: Int) -> None:
    """Add `factor` times the values."""
    for i in range(count):
        target[i] += factor * values[i]


@jit_block
def set_all(target: Array, value: Real, count: Int) -> None:
    """Let all be one value."""
    for i in range(count):
        target[i] = value


@jit_block
def _receive(first_day: Array, days: Array, count: Int) -> None:
    """Note first days."""
    for i in range(count):
        first_day[i] = min(first_day[i], days[i])


@jit
def open_stream(count: Int, desk: Desk) -> None:
    """No flows so far."""
    block = desk.block
    for c in range(block.worth_usd.shape[0]):
        set_all(block.worth_usd[c], 0.0, count)
    for side in range(2):
        set_all(block.gross_usd[side], 0.0, count)
        set_all(block.first[side], NEVER, count)


@jit
def add_year(y: Int, shares: Array, count: Int, desk: Desk) -> tuple[Real, Real]:
    """Add what the vehicle hands out in a year to parties by their shares (`income_usd`), and what they pay it
    (`outlay_usd`); both, summed over the block.
    """
    block, by_year, day = desk.block, desk.years.by_year, 1.0 * desk.years.first_day[y]
    income, outlay, net = block.income_usd, block.outlay_usd, block.net_usd
    given_usd, asked_usd = sum_of(income, count), sum_of(outlay, count)
    if given_usd == 0 and asked_usd == 0:
        return 0.0, 0.0
    got, paid, first_got, first_paid = block.gross_usd[e.GOT], block.gross_usd[e.PAID], block.first[0], block.first[1]
    for i in range(count):
        net[i] = income[i] + outlay[i]
        got[i] += income[i]
    for i in range(count):
        first_got[i] = min(first_got[i], day if income[i] > 0 else NEVER)
    if asked_usd != 0:
        for i in range(count):
            paid[i] -= outlay[i]
            first_paid[i] = min(first_paid[i], day if outlay[i] < 0 else NEVER)
    for c in range(by_year.shape[0]):
        add_times(block.worth_usd[c], net, by_year[c, y], count)
    for row in range(desk.told.size):
        q = desk.told[row]
        if shares[q] > 0:
            add_times(block.told_usd[e.GOT, row, y], income, shares[q], count)
            add_times(block.told_usd[e.PAID, row, y], outlay, -shares[q], count)
        if q == desk.vehicle.party:
            add_times(block.told_usd[e.GOT, row, y], outlay, -1.0, count)
            add_times(block.told_usd[e.PAID, row, y], income, 1.0, count)
    return given_usd, asked_usd


@jit
def book_stream(share: Real, q: Int, count: Int, desk: Desk) -> None:
    """Book a party's share of a run of years; of one below 0, what the others get it pays."""
    if share == 0:
        return
    block, whole = desk.block, abs(share)
    got = e.GOT if share > 0 else e.PAID
    add_times(block.npv_usd[q], block.worth_usd[desk.years.curve[q]], share, count)
    add_times(block.got_usd[q], block.gross_usd[got], whole, count)
    add_times(block.paid_usd[q], block.gross_usd[1 - got], whole, count)
    _receive(block.first_day[q], block.first[1 - got], count)


@jit
def share_stream(shares: Array, count: Int, desk: Desk) -> None:
    """Book what a run of years brought the vehicle and each of those who share it."""
    book_stream(-1.0, desk.vehicle.party, count, desk)
    for q in range(shares.size):
        book_stream(shares[q], q, count, desk)


@jit
def share_items(which: Int, usd: Real, y: Int, shares: Array, desk: Desk) -> None:
    """Book an item that the vehicle pays to parties by their shares, below 0 the other way round."""
    if usd != 0:
        items = desk.items_usd[which]
        items[desk.vehicle.party, y] -= usd
        for q in range(shares.size):
            items[q, y] += usd * shares[q]


@jit
def pay(item: Int, payer: Int, payee: Int, usd: Array, count: Int, desk: Desk) -> None:
    """Book payments, none below 0, in the block's years, on its days and at its factors."""
    block, curve, items = desk.block, desk.years.curve, desk.items_usd[item]
    if sum_of(usd, count) == 0:
        return
    _pay_one(payer, -1.0, usd, block.factor[curve[payer]], count, desk)
    _pay_one(payee, 1.0, usd, block.factor[curve[payee]], count, desk)
    add_times(block.paid_usd[payer], usd, 1.0, count)
    add_times(block.got_usd[payee], usd, 1.0, count)
    first, day = block.first_day[payee], block.day
    for i in range(count):
        first[i] = min(first[i], day[i] if usd[i] > 0 else NEVER)
    for y in range(least_of(block.year, count), most_of(block.year, count) + 1):
        moved_usd = sum_in(usd, block.year, y, count)
        items[payer, y] -= moved_usd
        items[payee, y] += moved_usd
    tell(e.PAID, payer, usd, 1.0, count, desk)
    tell(e.GOT, payee, usd, 1.0, count, desk)


@jit_block
def _pay_one(q: Int, sign: Real, usd: Array, factor: Array, count: Int, desk: Desk) -> None:
    worth = desk.block.npv_usd[q]
    for i in range(count):
        worth[i] += sign * usd[i] * factor[i]


@jit
def tell(side: Int, party: Int, usd: Array, share: Real, count: Int, desk: Desk) -> None:
    """Note a part of what falls in the block's years, where the party's years are needed."""
    row, year = desk.row[party], desk.block.year_at
    if row >= 0:
        told = desk.block.told_usd[side, row]
        for i in range(count):
            told[year[i], i] += share * usd[i]
