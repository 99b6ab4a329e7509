"""What fills a vehicle's till and what empties it, on a block of paths of one cap table and exit, as machine code."""

from __future__ import annotations

from onepill.core.dates import NEVER
from onepill.deals import equity_rows as e
from onepill.deals.equity_rows import Desk, Int, Real
from onepill.deals.kernel_payments import book_stream, open_stream, pay, set_all, tell
from onepill.deals.kernel_prices import pay_out, split_price
from onepill.sim.jit import jit, jit_block


@jit_block
def raise_money(table: Int, count: Int, desk: Desk) -> None:
    """Book what each round that was sold brought, and the years since which its cap table stands.

    What was paid before the valuation day is sunk: it counts for shares and preferences alone.
    """
    vehicle, block, tables = desk.vehicle, desk.block, desk.tables
    rounds, stakes = tables.rounds[table], vehicle.stake_share.size
    set_all(block.since[0], 0.0, count)
    for j in range(rounds):
        r = tables.sold[table, j]
        open_stream(count, desk)
        for t in range(vehicle.round_first[r], vehicle.tranche_round.size):
            if vehicle.tranche_round[t] == r and tables.called[table, t] == 1:
                _raise_tranche(t, j, count, desk)
        book_stream(1.0, vehicle.party, count, desk)
        for q in range(vehicle.class_holder.shape[1]):
            book_stream(-vehicle.class_holder[stakes + r, q], q, count, desk)
    set_all(block.since[rounds + 1], NEVER, count)


@jit
def _raise_tranche(t: Int, j: Int, count: Int, desk: Desk) -> None:
    """Add a tranche, of the round sold as number `j`, to the round's payments and the till's years."""
    vehicle, years, block, paid_on = desk.vehicle, desk.years, desk.block, desk.batch.paid_on[t]
    r, slot, year_at, usd, since = vehicle.tranche_round[t], block.slot, block.year_at, block.usd, block.since[j + 1]
    amount_usd, opens = vehicle.round_usd[r] * vehicle.tranche_share[t], vehicle.round_first[r] == t
    got, first, by_year = block.gross_usd[e.GOT], block.first[0], block.by_year
    for y in range(by_year.size):
        by_year[y] = 0.0
    for i in range(count):
        day = paid_on[slot[i]] - years.first_day[0]
        y = years.year_of_day[max(day, 0)]
        own = amount_usd if day >= 0 else 0.0
        usd[i], year_at[i] = own, y
        by_year[y] += own
        block.raised_usd[y, i] += own
        for c in range(years.by_day.shape[0]):
            block.worth_usd[c, i] += own * years.by_day[c, max(day, 0)]
        first[i] = min(first[i], paid_on[slot[i]] if day >= 0 else NEVER)
        since[i] = y if opens else since[i]
    for i in range(count):
        got[i] += usd[i]
    tell(e.GOT, vehicle.party, usd, 1.0, count, desk)
    for q in range(vehicle.class_holder.shape[1]):
        held = vehicle.class_holder[vehicle.stake_share.size + r, q]
        if held > 0:
            tell(e.PAID, q, usd, held, count, desk)
            _book_contribution(q, held, desk)


@jit
def _book_contribution(q: Int, held: Real, desk: Desk) -> None:
    items, by_year = desk.items_usd[e.CONTRIBUTION], desk.block.by_year
    for y in range(by_year.size):
        items[q, y] -= held * by_year[y]
        items[desk.vehicle.party, y] += held * by_year[y]


@jit_block
def empty_till(table: Int, k: Int, count: Int, desk: Desk) -> None:
    """Pay the till out to the classes: at exit `k` as a part of the price, without one (-1) once the last need is met.

    The buyer has all shares for the exit's value less the sellers' costs, and the cash on top. At a listing, preferred
    shares become common ones before it.
    """
    vehicle, tables, block = desk.vehicle, desk.tables, desk.block
    share, preference_usd, usd, cash = tables.share[table], tables.preference_usd[table], block.usd, block.cash_usd
    _date(k, count, desk)
    item, payer, value_usd = e.RETURNED_CASH, vehicle.party, 0.0
    if k >= 0:
        item, payer = e.EXIT_PRICE, vehicle.outside
        value_usd = desk.chunk.exit_value_usd[k] * (1 - vehicle.exit_cost_share[k])
        pay(e.RETURNED_CASH, vehicle.party, vehicle.outside, cash, count, desk)
        if vehicle.listing[k]:
            preference_usd = desk.no_preference
    for i in range(count):
        usd[i] = cash[i] + value_usd
    split_price(preference_usd, share, k >= 0, count, desk)
    for q in range(vehicle.class_holder.shape[1]):
        pay_out(q, preference_usd, share, count, desk)
        pay(item, payer, q, usd, count, desk)
    if k >= 0:
        _use_warrants(count, desk)


@jit
def _date(k: Int, count: Int, desk: Desk) -> None:
    """When the till is emptied, and what a payment is worth then: by its day at an exit, else by the year alone."""
    block, batch, years, slot = desk.block, desk.batch, desk.years, desk.block.slot
    for i in range(count):
        y = batch.last[slot[i]] if k >= 0 else max(batch.last_need[slot[i]], 0)
        block.year_at[i], block.year[i] = y, y
        block.day[i] = batch.sold_on[slot[i]] if k >= 0 else years.first_day[y]
    for c in range(years.by_day.shape[0]):
        by_year, by_day, factor, first_day = years.by_year[c], years.by_day[c], block.factor[c], years.first_day[0]
        if k >= 0:
            for i in range(count):
                factor[i] = by_day[batch.sold_on[slot[i]] - first_day]
        else:
            for i in range(count):
                factor[i] = by_year[block.year_at[i]]


@jit
def _use_warrants(count: Int, desk: Desk) -> None:
    """Strikes go into the company that the buyer has, who pays for the shares."""
    vehicle, block = desk.vehicle, desk.block
    usd, worth, used = block.usd, block.worth_all_usd, block.used
    for w in range(vehicle.warrant_share.size):
        holder, share, strike_usd = vehicle.warrant_holder[w], vehicle.warrant_share[w], vehicle.strike_usd[w]
        for i in range(count):
            usd[i] = share * worth[i] if used[i] > w else 0.0
        pay(e.EXIT_PRICE, vehicle.outside, holder, usd, count, desk)
        for i in range(count):
            usd[i] = strike_usd if used[i] > w else 0.0
        pay(e.WARRANT_STRIKE, holder, vehicle.outside, usd, count, desk)
