"""A vehicle's years on one path: what it raises, needs, hands out and is sold for, as machine code."""

from __future__ import annotations

from onepill.core.dates import NEVER
from onepill.deals import equity_rows as e
from onepill.deals.kernel_payments import pay
from onepill.deals.kernel_shares import issue_round, split_price
from onepill.sim.jit import jit


@jit
def first_exit(p: e.Int, chunk: e.Chunk, years: e.Years) -> e.Int:
    """The exit that comes first (-1: none), the first listed where two fall on one day.

    None outside the years, from the contract's end on, or that pays nothing.
    """
    found, day = -1, min(years.first_day[years.length.size], chunk.held_until[p])
    for k in range(chunk.exit_day.shape[0]):
        if years.first_day[0] <= chunk.exit_day[k, p] < day and chunk.exit_value_usd[k] > 0:
            found, day = k, chunk.exit_day[k, p]
    return found


@jit
def _call_tranches(p: e.Int, before: e.Int, vehicle: e.VehicleRows, chunk: e.Chunk, sheet: e.Sheet) -> None:
    """When each tranche is paid: not before its round's first one, and only before the day `before`; and their order."""
    first_day = NEVER
    for t in range(vehicle.tranche_round.size):
        opens = t == 0 or vehicle.tranche_round[t] != vehicle.tranche_round[t - 1]
        first_day = chunk.tranche_day[t, p] if opens else first_day
        day = max(chunk.tranche_day[t, p], first_day)
        day = day if day < before else NEVER
        if opens:
            first_day = day
        sheet.tranche_day[t] = day
        at = t
        while at > 0 and sheet.tranche_day[sheet.tranche_order[at - 1]] > day:
            sheet.tranche_order[at] = sheet.tranche_order[at - 1]
            at -= 1
        sheet.tranche_order[at] = t


@jit
def _share_by_party(vehicle: e.VehicleRows, held: e.Shares) -> None:
    for q in range(held.by_party.size):
        total = 0.0
        for c in range(held.share.size):
            total += held.share[c] * vehicle.class_holder[c, q]
        held.by_party[q] = total


@jit
def _open(vehicle: e.VehicleRows, held: e.Shares) -> None:
    """The shares before any round."""
    stakes = vehicle.stake_share.size
    for c in range(held.share.size):
        held.preference_usd[c] = 0.0
        held.share[c] = vehicle.stake_share[c] if c < stakes else 0.0
    _share_by_party(vehicle, held)


@jit
def _pay_tranche(
    t: e.Int, y: e.Int, raised_usd: e.Real, vehicle: e.VehicleRows, years: e.Years, held: e.Shares, sheet: e.Sheet
) -> e.Real:
    """Pay a tranche in, its round's shares being issued with the first one; the amount sold so far, afterwards.

    What was paid before the valuation day is sunk: it counts for shares and preferences alone.
    """
    r, day, stakes = vehicle.tranche_round[t], sheet.tranche_day[t], vehicle.stake_share.size
    if t == 0 or vehicle.tranche_round[t - 1] != r:
        raised_usd = issue_round(r, vehicle, held.share, raised_usd)
        _share_by_party(vehicle, held)
    usd = vehicle.round_usd[r] * vehicle.tranche_share[t]
    held.preference_usd[stakes + r] += vehicle.preference_multiple * usd
    if day >= years.first_day[0]:
        for q in range(held.by_party.size):
            part = vehicle.class_holder[stakes + r, q]
            pay(e.CONTRIBUTION, q, vehicle.party, usd * part, y, day, years, sheet)
    return raised_usd


@jit
def _pay_holders(
    item: e.Int, usd: e.Real, y: e.Int, vehicle: e.VehicleRows, years: e.Years, held: e.Shares, sheet: e.Sheet
) -> None:
    """From the vehicle to its holders by their shares; below 0, from them to it."""
    for q in range(held.by_party.size):
        pay(item, vehicle.party, q, usd * held.by_party[q], y, -1, years, sheet)


@jit
def _pay_classes(
    item: e.Int,
    payer: e.Int,
    y: e.Int,
    day: e.Int,
    vehicle: e.VehicleRows,
    years: e.Years,
    held: e.Shares,
    sheet: e.Sheet,
) -> None:
    for c in range(held.share.size):
        for q in range(held.by_party.size):
            part = vehicle.class_holder[c, q]
            if part > 0:
                pay(item, payer, q, held.payout_usd[c] * part, y, day, years, sheet)


@jit
def _sell(
    k: e.Int,
    cash_usd: e.Real,
    y: e.Int,
    day: e.Int,
    value_usd: e.Real,
    vehicle: e.VehicleRows,
    years: e.Years,
    held: e.Shares,
    sheet: e.Sheet,
) -> None:
    """All shares go to the buyer, for the value less the sellers' costs, and the cash in the till on top.

    At a listing, preferred shares become common ones.
    """
    if vehicle.listing[k]:
        held.preference_usd[:] = 0.0
    price_usd = value_usd * (1 - vehicle.exit_cost_share[k]) + cash_usd
    used = split_price(price_usd, True, vehicle, held)
    pay(e.RETURNED_CASH, vehicle.party, vehicle.outside, cash_usd, y, day, years, sheet)
    _pay_classes(e.EXIT_PRICE, vehicle.outside, y, day, vehicle, years, held, sheet)
    for w in range(used):
        holder, gross_usd = vehicle.warrant_holder[w], vehicle.warrant_share[w] * held.worth_usd[0]
        pay(e.EXIT_PRICE, vehicle.outside, holder, gross_usd, y, day, years, sheet)
        pay(e.WARRANT_STRIKE, holder, vehicle.outside, vehicle.strike_usd[w], y, day, years, sheet)


@jit
def run_vehicle(
    p: e.Int, vehicle: e.VehicleRows, chunk: e.Chunk, years: e.Years, held: e.Shares, sheet: e.Sheet, found: e.Found
) -> e.Int:
    """Book all that the vehicle and its holders pay each other on path `p`; the last year in which it is at work.

    Rounds are called while needs lie ahead, or until the exit. A year's need is met out of the till, then by the
    holders; a year's surplus goes to them. The till is emptied in the order of an exit once the last need is met, or
    at the exit with it.
    """
    last, exits = years.length.size, first_exit(p, chunk, years)
    last_need, at_work, sold_on = -1, -1, NEVER
    for y in range(last):
        last_need = y if chunk.flows_usd[p, y] < 0 else last_need
        at_work = y if chunk.flows_usd[p, y] != 0 else at_work
    if exits >= 0:
        sold_on = chunk.exit_day[exits, p]
    before = min(sold_on if exits >= 0 else years.first_day[last_need + 1], chunk.held_until[p])
    _call_tranches(p, before, vehicle, chunk, sheet)
    _open(vehicle, held)
    cash_usd, raised_usd, further_usd, at, sold_in = 0.0, 0.0, 0.0, 0, last
    for y in range(last):
        begins, ends, flow_usd = years.first_day[y], years.first_day[y + 1], chunk.flows_usd[p, y]
        while at < sheet.tranche_order.size and sheet.tranche_day[sheet.tranche_order[at]] < ends:
            t = sheet.tranche_order[at]
            raised_usd = _pay_tranche(t, y, raised_usd, vehicle, years, held, sheet)
            if sheet.tranche_day[t] >= years.first_day[0]:
                cash_usd += vehicle.round_usd[vehicle.tranche_round[t]] * vehicle.tranche_share[t]
            at += 1
        if y > sold_in:
            pay(e.FLOWS_SOLD, vehicle.party, vehicle.outside, flow_usd, y, -1, years, sheet)
            continue
        if sold_on < ends:
            sold_in = y
            kept_usd = flow_usd * (sold_on - begins) / (ends - begins)
            pay(e.FLOWS_SOLD, vehicle.party, vehicle.outside, flow_usd - kept_usd, y, -1, years, sheet)
            flow_usd = kept_usd
        if flow_usd > 0:
            _pay_holders(e.DISTRIBUTION, flow_usd, y, vehicle, years, held, sheet)
        elif flow_usd < 0:
            cash_usd += flow_usd
            if cash_usd < 0:
                further_usd -= cash_usd
                _pay_holders(e.FURTHER_NEED, cash_usd, y, vehicle, years, held, sheet)
                cash_usd = 0.0
        if sold_in == y:
            _sell(exits, cash_usd, y, sold_on, chunk.exit_value_usd[exits], vehicle, years, held, sheet)
            cash_usd = 0.0
        elif exits < 0 and y >= last_need and cash_usd > 0:
            split_price(cash_usd, False, vehicle, held)
            _pay_classes(e.RETURNED_CASH, vehicle.party, y, -1, vehicle, years, held, sheet)
            cash_usd = 0.0
    found.exit_at[p] = exits
    found.further_need_usd[p] = further_usd
    return sold_in if exits >= 0 else at_work
