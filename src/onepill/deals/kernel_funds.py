"""A fund's waterfall on a block of paths, as machine code: whole fund, in the fund's own currency."""

from __future__ import annotations

from onepill.core.dates import NEVER
from onepill.deals import equity_rows as e
from onepill.deals.equity_rows import Array, Desk, Int, Real
from onepill.deals.kernel_payments import add_times, pay, set_all, sum_of
from onepill.sim.jit import jit, jit_block

_ROUNDING = 1e-9
_SINCE, _LAST, _CLAIM, _LACKING, _DRAWN, _PAID_IN, _PAID_OUT, _CARRIED = range(8)
_ASKED, _DRAW, _FEE, _RETURNED, _REST, _TO_MANAGER = range(8, 14)
"""Rows of `Block.fund`: the first and the last year, what is open and so far, and what a year brings."""


@jit_block
def run_fund(f: Int, years: Int, count: Int, desk: Desk) -> None:
    """Pass on what fund `f` paid into a vehicle and got from it to its partners and its manager.

    Partners pay what is drawn and the yearly fee on all that is drawn so far, while the vehicle is at work and at most
    the fee's years (the first year's by its length). What comes in goes, in this order: to the partners until they
    have all they paid with the compound hurdle (on what is open at each year's beginning); to the manager for his
    share of the catch-up; and then by the carry. At the end the manager pays back what exceeds his carry of the whole
    gain, or what the partners lack to a return of the hurdle on all they paid and got, whichever is more, out of what
    he was carried.
    """
    funds, block, batch = desk.funds, desk.block, desk.batch
    party, last = funds.party[f], block.fund[_LAST]
    for row in range(_ASKED):
        set_all(block.fund[row], 0.0, count)
    set_all(block.fund[_SINCE], NEVER, count)
    for i in range(count):
        last[i] = batch.last[block.slot[i]]
    for y in range(years):
        _ask(f, y, count, desk)
        _repay(f, y, count, desk)
        _carry(f, y, count, desk)
        _book_year(f, y, count, desk)
    _claw_back(f, count, desk)
    set_all(block.npv_usd[party], 0.0, count)
    set_all(block.first_day[party], NEVER, count)


@jit
def _ask(f: Int, y: Int, count: Int, desk: Desk) -> None:
    """What is drawn in a year, and the fee."""
    funds, fund, years, row = desk.funds, desk.block.fund, desk.years, desk.row[desk.funds.party[f]]
    paid, got, units = (
        desk.block.told_usd[e.PAID, row, y],
        desk.block.told_usd[e.GOT, row, y],
        funds.units_per_usd[f, y],
    )
    since, drawn, draw, fee, last = fund[_SINCE], fund[_DRAWN], fund[_DRAW], fund[_FEE], fund[_LAST]
    rate, fee_years = funds.fee_share_per_year[f] * years.length[y], funds.fee_years[f]
    for i in range(count):
        since[i] = min(since[i], y if paid[i] + got[i] > 0 else NEVER)
        draw[i] = paid[i] * units
        drawn[i] += draw[i]
    for i in range(count):
        counted = min(max(fee_years - (y - since[i]), 0.0), 1.0) * rate * drawn[i]
        fee[i] = counted if y <= last[i] else 0.0


@jit
def _repay(f: Int, y: Int, count: Int, desk: Desk) -> None:
    """What the partners get of what they paid with its hurdle, and what is left."""
    fund, growth, units = desk.block.fund, 1 + desk.funds.hurdle_per_year[f], desk.funds.units_per_usd[f, y]
    got = desk.block.told_usd[e.GOT, desk.row[desk.funds.party[f]], y]
    claim, draw, fee, asked = fund[_CLAIM], fund[_DRAW], fund[_FEE], fund[_ASKED]
    returned, rest, paid_in, paid_out = fund[_RETURNED], fund[_REST], fund[_PAID_IN], fund[_PAID_OUT]
    for i in range(count):
        asked[i] = draw[i] + fee[i]
        paid_in[i] += asked[i]
    for i in range(count):
        open_claim, left = claim[i] * growth + asked[i], got[i] * units
        returned[i] = min(left, open_claim)
        claim[i] = open_claim - returned[i]
        rest[i] = left - returned[i]
    for i in range(count):
        paid_out[i] += returned[i]


@jit
def _carry(f: Int, y: Int, count: Int, desk: Desk) -> None:
    """What the manager gets of the rest, and what the partners lack to the hurdle on all.

    First the catch-up, an `x` of it with share x + carried = carry (the partners' gain + carried + x), then his carry.
    """
    funds, fund = desk.funds, desk.block.fund
    carry, share, growth = funds.carry_share[f], funds.catch_up_share[f], 1 + funds.hurdle_per_year[f]
    rest, paid_in, paid_out, carried = fund[_REST], fund[_PAID_IN], fund[_PAID_OUT], fund[_CARRIED]
    to_manager, returned, asked = fund[_TO_MANAGER], fund[_RETURNED], fund[_ASKED]
    lacking, last = fund[_LACKING], fund[_LAST]
    # A catch-up at or below the carry is refused, but for none.
    reached = 1 / (share - carry) if share > carry > 0 else 0.0
    for i in range(count):
        due = (carry * (paid_out[i] - paid_in[i] + carried[i]) - carried[i]) * reached
        caught = min(max(due, 0.0), rest[i])
        to_manager[i] = share * caught + carry * (rest[i] - caught)
        returned[i] += rest[i] - to_manager[i]
    for i in range(count):
        paid_out[i] += rest[i] - to_manager[i]
        carried[i] += to_manager[i]
    for i in range(count):
        now = lacking[i] * growth + asked[i] - returned[i]
        lacking[i] = now if y <= last[i] else lacking[i]


@jit
def _book_year(f: Int, y: Int, count: Int, desk: Desk) -> None:
    """Book a year of those behind the fund."""
    funds, fund, rate = desk.funds, desk.block.fund, desk.funds.usd_per_unit[f, y]
    party, partners, manager = funds.party[f], funds.partners[f], funds.manager[f]
    draw, fee, asked, returned, carried = fund[_DRAW], fund[_FEE], fund[_ASKED], fund[_RETURNED], fund[_TO_MANAGER]
    drawn_usd, fee_usd = sum_of(draw, count) * rate, sum_of(fee, count) * rate
    got_usd, carried_usd = sum_of(returned, count) * rate, sum_of(carried, count) * rate
    _move(e.DRAW, partners, party, drawn_usd, y, desk)
    _move(e.FEE, partners, manager, fee_usd, y, desk)
    _move(e.PAID_OUT, party, partners, got_usd, y, desk)
    _move(e.CARRY, party, manager, carried_usd, y, desk)
    if drawn_usd + fee_usd > 0:
        _book(e.PAID, partners, asked, rate, y, count, desk)
    if got_usd > 0:
        _book(e.GOT, partners, returned, rate, y, count, desk)
    if fee_usd + carried_usd > 0:
        for i in range(count):
            asked[i] = fee[i] + carried[i]
        _book(e.GOT, manager, asked, rate, y, count, desk)


@jit
def _move(item: Int, payer: Int, payee: Int, usd: Real, y: Int, desk: Desk) -> None:
    desk.items_usd[item, payer, y] -= usd
    desk.items_usd[item, payee, y] += usd


@jit
def _book(side: Int, q: Int, own: Array, rate: Real, y: Int, count: Int, desk: Desk) -> None:
    """Book what one behind the fund pays or gets in a year."""
    block, years, row = desk.block, desk.years, desk.row[q]
    factor = rate * years.by_year[years.curve[q], y]
    if side == e.PAID:
        add_times(block.npv_usd[q], own, -factor, count)
        add_times(block.paid_usd[q], own, rate, count)
    else:
        add_times(block.npv_usd[q], own, factor, count)
        add_times(block.got_usd[q], own, rate, count)
        first, day = block.first_day[q], 1.0 * years.first_day[y]
        for i in range(count):
            first[i] = min(first[i], day if own[i] > 0 else NEVER)
    if row >= 0:
        add_times(block.told_usd[side, row, y], own, rate, count)


@jit
def _claw_back(f: Int, count: Int, desk: Desk) -> None:
    """What the manager pays back in the last year."""
    funds, block, fund, years = desk.funds, desk.block, desk.block.fund, desk.years
    carry, usd, last = funds.carry_share[f], block.usd, fund[_LAST]
    carried, lacking, paid_in, paid_out = fund[_CARRIED], fund[_LACKING], fund[_PAID_IN], fund[_PAID_OUT]
    for i in range(count):
        above = carried[i] - carry * max(paid_out[i] + carried[i] - paid_in[i], 0.0)
        back = max(above, min(carried[i], lacking[i]))
        usd[i] = back if back > _ROUNDING * carried[i] else 0.0
    if sum_of(usd, count) == 0:
        return
    for i in range(count):
        y = int(last[i])
        block.year[i], block.year_at[i], block.day[i] = y, y, years.first_day[y]
        usd[i] *= funds.usd_per_unit[f, y]
        for c in range(years.by_year.shape[0]):
            block.factor[c, i] = years.by_year[c, y]
    pay(e.CLAWBACK, funds.manager[f], funds.partners[f], usd, count, desk)
