"""A vehicle's years on one path: what it raises, needs, hands out and is sold for, as machine code."""

from __future__ import annotations

from onepill.core.dates import NEVER
from onepill.deals import equity_rows as e
from onepill.deals.equity_rows import CASH, FURTHER, Desk, Int, Real
from onepill.deals.kernel_payments import BY_YEAR, add_to_stream, close_stream, open_stream, pay
from onepill.deals.kernel_shares import split_price
from onepill.deals.kernel_tables import HANDED_OUT, MET, table_after, take_table
from onepill.sim.jit import jit


@jit
def first_exit(p: Int, open_exits: Int, chunk: e.Chunk, first_day: e.Array) -> Int:
    """The exit that comes first (-1: none), the first listed where two fall on one day.

    Only those whose bit is set in `open_exits`, within the years and before the contract's end.
    """
    found, day = -1, min(first_day[first_day.size - 1], chunk.held_until[p])
    for k in range(chunk.exit_day.shape[0]):
        if open_exits >> k & 1 and first_day[0] <= chunk.exit_day[k, p] < day:
            found, day = k, chunk.exit_day[k, p]
    return found


@jit
def _call_tranches(p: Int, before: Int, desk: Desk) -> None:
    """When each tranche is paid, and in which order: only before the day `before`, none ahead of its round's first."""
    days, sheet, first = desk.chunk.tranche_day, desk.sheet, NEVER
    for t in range(sheet.paid_on.size):
        opens = t == 0 or desk.vehicle.tranche_round[t] != desk.vehicle.tranche_round[t - 1]
        day = days[t, p] if opens else max(days[t, p], first)
        day = day if day < before else NEVER
        first = day if opens else first
        sheet.paid_on[t] = day
        at = t
        while at > 0 and sheet.paid_on[sheet.order[at - 1]] > day:
            sheet.order[at] = sheet.order[at - 1]
            at -= 1
        sheet.order[at] = t


@jit
def _open(desk: Desk) -> None:
    """The books before any round."""
    for c in range(desk.held.share.size):
        desk.held.preference_usd[c] = 0.0
    for i in range(desk.till.size):
        desk.till[i] = 0.0
    take_table(0, desk)
    open_stream(desk)


@jit
def _pay_tranche(t: Int, y: Int, table: Int, desk: Desk) -> Int:
    """Pay a tranche in; its round's shares are issued with the first one. The cap table from then on.

    What was paid before the valuation day is sunk: it counts for shares and preferences alone.
    """
    vehicle, held, day = desk.vehicle, desk.held, desk.sheet.paid_on[t]
    r, stakes = vehicle.tranche_round[t], vehicle.stake_share.size
    if t == 0 or vehicle.tranche_round[t - 1] != r:
        close_stream(held.by_party, desk)
        open_stream(desk)
        table = table_after(table, r, desk)
        take_table(table, desk)
    usd = vehicle.round_usd[r] * vehicle.tranche_share[t]
    held.preference_usd[stakes + r] += vehicle.preference_multiple * usd
    if day >= desk.years.first_day[0]:
        desk.till[CASH] += usd
        for q in range(held.by_party.size):
            pay(e.CONTRIBUTION, q, vehicle.party, usd * vehicle.class_holder[stakes + r, q], y, day, desk)
    return table


@jit
def _work(flow_usd: Real, y: Int, table: Int, desk: Desk) -> None:
    """Hand a surplus out by shares; meet a need out of the till, then by the holders' shares."""
    till, which, usd = desk.till, HANDED_OUT, flow_usd
    if flow_usd < 0:
        till[CASH] += flow_usd
        which, usd = MET, min(till[CASH], 0.0)
        till[CASH] -= usd
        till[FURTHER] -= usd
    if usd != 0:
        desk.tables.worked_usd[table, which, y] += usd
        add_to_stream(usd, y, desk.held.by_party, desk)


@jit
def _use_warrants(used: Int, y: Int, day: Int, desk: Desk) -> None:
    """Strikes go into the company that the buyer has, who pays for the shares."""
    vehicle, worth_usd = desk.vehicle, desk.held.worth_usd[0]
    for w in range(used):
        holder = vehicle.warrant_holder[w]
        pay(e.EXIT_PRICE, vehicle.outside, holder, vehicle.warrant_share[w] * worth_usd, y, day, desk)
        pay(e.WARRANT_STRIKE, holder, vehicle.outside, vehicle.strike_usd[w], y, day, desk)


@jit
def _empty_till(k: Int, y: Int, day: Int, desk: Desk) -> None:
    """Pay the till out to the classes: at exit `k` as a part of the price, without one (-1) in the same order.

    The buyer has all shares for the exit's value less the sellers' costs, and the cash on top. At a listing, preferred
    shares become common ones before it.
    """
    vehicle, held, price_usd = desk.vehicle, desk.held, desk.till[CASH]
    item, payer = e.RETURNED_CASH, vehicle.party
    if k >= 0:
        item, payer = e.EXIT_PRICE, vehicle.outside
        price_usd += desk.chunk.exit_value_usd[k] * (1 - vehicle.exit_cost_share[k])
        pay(e.RETURNED_CASH, vehicle.party, vehicle.outside, desk.till[CASH], y, day, desk)
        for c in range(held.share.size):
            held.preference_usd[c] = 0.0 if vehicle.listing[k] else held.preference_usd[c]
    used = split_price(price_usd, k >= 0, vehicle, held)
    for q in range(held.by_party.size):
        usd = 0.0
        for c in range(held.share.size):
            usd += held.payout_usd[c] * vehicle.class_holder[c, q]
        pay(item, payer, q, usd, y, day, desk)
    _use_warrants(used, y, day, desk)
    desk.till[CASH] = 0.0


@jit
def _run_years(p: Int, k: Int, sold_on: Int, last_need: Int, at_work: Int, desk: Desk) -> Int:
    """Year by year, while there are flows; the year of the sale, or the number of years without one."""
    sheet, first_day, flows_usd = desk.sheet, desk.years.first_day, desk.chunk.flows_usd
    at, table, years = 0, 0, desk.years.length.size
    sold_in = years
    for y in range(years):
        # What was sold before the valuation day is sunk, and counts for shares in the first year.
        if y > max(at_work, 0) and (k < 0 or sold_in < years):
            break
        begins, ends, flow_usd = first_day[y], first_day[y + 1], flows_usd[p, y]
        while at < sheet.order.size and sheet.paid_on[sheet.order[at]] < ends:
            table = _pay_tranche(sheet.order[at], y, table, desk)
            at += 1
        sells = sold_on < ends and sold_in == years
        if sold_in == years:
            kept_usd = flow_usd * (sold_on - begins) / (ends - begins) if sells else flow_usd
            _work(kept_usd, y, table, desk)
            flow_usd -= kept_usd
            if sells or (k < 0 and y >= last_need and desk.till[CASH] > 0):
                _empty_till(k, y, sold_on if sells else BY_YEAR, desk)
        if sells:
            close_stream(desk.held.by_party, desk)
            open_stream(desk)
            sold_in = y
        if sold_in < years and flow_usd != 0:
            sheet.sold_usd[y] += flow_usd
            add_to_stream(flow_usd, y, desk.stream.to_buyer, desk)
    close_stream(desk.stream.to_buyer if sold_in < years else desk.held.by_party, desk)
    return sold_in


@jit
def run_vehicle(p: Int, open_exits: Int, desk: Desk, found: e.Found) -> Int:
    """Book all that the vehicle and its holders pay each other on path `p`; the last year in which it is at work.

    Rounds are called while needs lie ahead, or until the exit. The till is emptied once the last need is met, or at
    the exit with it.
    """
    flows_usd, first_day = desk.chunk.flows_usd, desk.years.first_day
    at_work = flows_usd.shape[1] - 1
    while at_work >= 0 and flows_usd[p, at_work] == 0:
        at_work -= 1
    last_need = at_work
    while last_need >= 0 and flows_usd[p, last_need] >= 0:
        last_need -= 1
    k = first_exit(p, open_exits, desk.chunk, first_day)
    sold_on = desk.chunk.exit_day[k, p] if k >= 0 else NEVER
    _call_tranches(p, min(sold_on if k >= 0 else first_day[last_need + 1], desk.chunk.held_until[p]), desk)
    _open(desk)
    sold_in = _run_years(p, k, sold_on, last_need, at_work, desk)
    found.exit_at[p] = k
    found.further_need_usd[p] = desk.till[FURTHER]
    return sold_in if k >= 0 else at_work
