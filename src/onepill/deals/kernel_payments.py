"""Payments from one party to another on a block of paths, as machine code: single ones, and what many share."""

from __future__ import annotations

from onepill.core.dates import NEVER
from onepill.deals import equity_rows as e
from onepill.deals.equity_rows import Array, Desk, Int, Real
from onepill.sim.jit import jit, jit_rows, jit_sum


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


@jit_rows
def add_times(target: Array, values: Array, factor: Real, count: Int) -> None:
    """Add `factor` times the values."""
    for i in range(count):
        target[i] += factor * values[i]


@jit_rows
def add_products(target: Array, values: Array, factors: Array, sign: Real, count: Int) -> None:
    """Add `sign` times the values by their own factors."""
    for i in range(count):
        target[i] += sign * values[i] * factors[i]


@jit_rows
def set_all(target: Array, value: Real, count: Int) -> None:
    """Let all be one value."""
    for i in range(count):
        target[i] = value


@jit_rows
def note_first(first_day: Array, days: Array, usd: Array, count: Int) -> None:
    """Note first days where something is paid."""
    for i in range(count):
        first_day[i] = min(first_day[i], days[i] if usd[i] > 0 else NEVER)


@jit
def open_stream(count: Int, desk: Desk) -> None:
    """No flows so far."""
    block = desk.block
    for c in range(block.worth_usd.shape[0]):
        set_all(block.worth_usd[c], 0.0, count)
    for side in range(2):
        set_all(block.gross_usd[side], 0.0, count)
        set_all(block.first[side], NEVER, count)


@jit_rows
def _add_flows(
    day: Real,
    factor: Real,
    income: Array,
    outlay: Array,
    net: Array,
    got: Array,
    paid: Array,
    first_got: Array,
    first_paid: Array,
    worth: Array,
    count: Int,
) -> None:
    """Add a year to what is got and paid, its first days, and what both are worth."""
    for i in range(count):
        given_usd, asked_usd = income[i], outlay[i]
        both_usd = given_usd + asked_usd
        net[i] = both_usd
        got[i] += given_usd
        paid[i] -= asked_usd
        first_got[i] = min(first_got[i], day if given_usd > 0 else NEVER)
        first_paid[i] = min(first_paid[i], day if asked_usd < 0 else NEVER)
        worth[i] += both_usd * factor


@jit
def add_year(y: Int, given_usd: Real, asked_usd: Real, shares: Array, count: Int, desk: Desk) -> None:
    """Add what the vehicle hands out in a year to parties by their shares (`income_usd`), and what they pay it
    (`outlay_usd`), whose sums over the block are given.
    """
    block, by_year, day = desk.block, desk.years.by_year, 1.0 * desk.years.first_day[y]
    if given_usd == 0 and asked_usd == 0:
        return
    income, outlay, gross, first = block.income_usd, block.outlay_usd, block.gross_usd, block.first
    got, paid, worth = gross[e.GOT], gross[e.PAID], block.worth_usd
    _add_flows(day, by_year[0, y], income, outlay, block.net_usd, got, paid, first[0], first[1], worth[0], count)
    for c in range(1, by_year.shape[0]):
        add_times(worth[c], block.net_usd, by_year[c, y], count)
    for row in range(desk.told.size):
        q = desk.told[row]
        if shares[q] > 0:
            add_times(block.told_usd[e.GOT, row, y], income, shares[q], count)
            add_times(block.told_usd[e.PAID, row, y], outlay, -shares[q], count)
        if q == desk.vehicle.party:
            add_times(block.told_usd[e.GOT, row, y], outlay, -1.0, count)
            add_times(block.told_usd[e.PAID, row, y], income, 1.0, count)


@jit_rows
def _book(
    share: Real,
    worth: Array,
    got: Array,
    paid: Array,
    days: Array,
    own_worth: Array,
    own_got: Array,
    own_paid: Array,
    first_day: Array,
    count: Int,
) -> None:
    whole = abs(share)
    for i in range(count):
        own_worth[i] += share * worth[i]
        own_got[i] += whole * got[i]
        own_paid[i] += whole * paid[i]
        first_day[i] = min(first_day[i], days[i])


@jit
def book_stream(share: Real, q: Int, count: Int, desk: Desk) -> None:
    """Book a party's share of a run of years; of one below 0, what the others get it pays."""
    if share == 0:
        return
    block, got = desk.block, e.GOT if share > 0 else e.PAID
    worth, gross, days = block.worth_usd[desk.years.curve[q]], block.gross_usd, block.first[1 - got]
    own_got, own_paid = block.got_usd[q], block.paid_usd[q]
    _book(
        share, worth, gross[got], gross[1 - got], days, block.npv_usd[q], own_got, own_paid, block.first_day[q], count
    )


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
    # Outsiders may pay themselves: what is given and what is got are booked one after the other.
    add_products(block.npv_usd[payer], usd, block.factor[curve[payer]], -1.0, count)
    add_products(block.npv_usd[payee], usd, block.factor[curve[payee]], 1.0, count)
    add_times(block.paid_usd[payer], usd, 1.0, count)
    add_times(block.got_usd[payee], usd, 1.0, count)
    note_first(block.first_day[payee], block.day, usd, count)
    for y in range(least_of(block.year, count), most_of(block.year, count) + 1):
        moved_usd = sum_in(usd, block.year, y, count)
        items[payer, y] -= moved_usd
        items[payee, y] += moved_usd
    tell(e.PAID, payer, usd, 1.0, count, desk)
    tell(e.GOT, payee, usd, 1.0, count, desk)


@jit
def tell(side: Int, party: Int, usd: Array, share: Real, count: Int, desk: Desk) -> None:
    """Note a part of what falls in the block's years, where the party's years are needed."""
    row, year = desk.row[party], desk.block.year_at
    if row >= 0:
        told = desk.block.told_usd[side, row]
        for i in range(count):
            told[year[i], i] += share * usd[i]
