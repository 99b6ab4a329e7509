"""What fills a vehicle's till and what empties it, on a block of paths of one cap table and exit, as machine code."""

from __future__ import annotations

from onepill.core.dates import NEVER
from onepill.deals import equity_rows as e
from onepill.deals.equity_rows import Array, Desk, Int, Real
from onepill.deals.kernel_payments import book_stream, least_of, most_of, open_stream, pay, set_all, tell
from onepill.deals.kernel_prices import pay_out, split_price
from onepill.sim.jit import jit, jit_block, jit_rows


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
    vehicle, years, block, opens = desk.vehicle, desk.years, desk.block, desk.years.first_day[0]
    r, usd, ahead, year, by_year = vehicle.tranche_round[t], block.usd, block.ahead, block.year, block.by_year
    amount_usd, got, first = vehicle.round_usd[r] * vehicle.tranche_share[t], block.gross_usd[e.GOT], block.first[0]
    _take_tranche(desk.batch.paid_on[t], block.slot, block.real, opens, amount_usd, ahead, usd, got, first, count)
    look_up(years.year_of_day, ahead, year, count)
    for c in range(years.by_day.shape[0]):
        _discount(years.by_day[c], ahead, usd, block.worth_usd[c], count)
    set_all(by_year, 0.0, by_year.size)
    for y in range(least_of(year, count), most_of(year, count) + 1):
        by_year[y] = _raise_year(y, year, usd, block.raised_usd[y], count)
    if vehicle.round_first[r] == t:
        look_up(years.year_of_day, ahead, block.since[j + 1], count)
    if desk.told.size > 0:
        look_up(years.year_of_day, ahead, block.year_at, count)
        tell(e.GOT, vehicle.party, usd, 1.0, count, desk)
    for q in range(vehicle.class_holder.shape[1]):
        held = vehicle.class_holder[vehicle.stake_share.size + r, q]
        if held > 0:
            tell(e.PAID, q, usd, held, count, desk)
            _book_contribution(q, held, desk)


@jit_rows
def _take_tranche(
    paid_on: Array,
    slot: Array,
    real: Array,
    opens: Int,
    amount_usd: Real,
    ahead: Array,
    usd: Array,
    got: Array,
    first: Array,
    count: Int,
) -> None:
    """How many days ahead it is paid, nothing where that was before."""
    for i in range(count):
        day = paid_on[slot[i]]
        own = amount_usd * real[i] if day >= opens else 0.0
        ahead[i] = max(day - opens, 0)
        usd[i] = own
        got[i] += own
        first[i] = min(first[i], day if day >= opens else NEVER)


@jit_rows
def look_up(table: Array, at: Array, into: Array, count: Int) -> None:
    """What a table has at each place."""
    for i in range(count):
        into[i] = table[at[i]]


@jit_rows
def _discount(by_day: Array, ahead: Array, usd: Array, worth: Array, count: Int) -> None:
    for i in range(count):
        worth[i] += usd[i] * by_day[ahead[i]]


@jit_rows
def _raise_year(y: Int, year: Array, usd: Array, raised: Array, count: Int) -> Real:
    """Add what is paid in a year to what it raises; its sum."""
    total = 0.0
    for i in range(count):
        own = usd[i] if year[i] == y else 0.0
        raised[i] += own
        total += own
    return total


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
        usd[i] = cash[i] + value_usd * block.real[i]
    split_price(preference_usd, share, k >= 0, count, desk)
    for q in range(vehicle.class_holder.shape[1]):
        pay_out(q, preference_usd, share, count, desk)
        pay(item, payer, q, usd, count, desk)
    if k >= 0:
        _use_warrants(count, desk)


@jit
def _date(k: Int, count: Int, desk: Desk) -> None:
    """When the till is emptied, and what a payment is worth then: by its day at an exit, else by the year alone."""
    block, batch, years = desk.block, desk.batch, desk.years
    if k >= 0:
        look_up(batch.last, block.slot, block.year_at, count)
        _take_days(batch.sold_on, block.slot, years.first_day[0], block.ahead, block.day, count)
    else:
        _take_years(batch.last_need, block.slot, block.year_at, count)
        look_up(years.first_day, block.year_at, block.day, count)
    for i in range(count):
        block.year[i] = block.year_at[i]
    for c in range(years.by_day.shape[0]):
        if k >= 0:
            look_up(years.by_day[c], block.ahead, block.factor[c], count)
        else:
            look_up(years.by_year[c], block.year_at, block.factor[c], count)


@jit_rows
def _take_days(days: Array, slot: Array, opens: Int, ahead: Array, day: Array, count: Int) -> None:
    for i in range(count):
        own = days[slot[i]]
        ahead[i] = own - opens
        day[i] = own


@jit_rows
def _take_years(years: Array, slot: Array, into: Array, count: Int) -> None:
    for i in range(count):
        into[i] = max(years[slot[i]], 0)


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
