"""A fund's waterfall on a block of paths, as machine code: whole fund, in the fund's own currency."""

from __future__ import annotations

from onepill.core.dates import NEVER
from onepill.deals import equity_rows as e
from onepill.deals.equity_rows import Array, Desk, Int, Real
from onepill.deals.kernel_payments import add_times, pay, set_all, sum_of
from onepill.sim.jit import jit, jit_block, jit_rows

_ROUNDING = 1e-9
_SINCE, _LAST, _CLAIM, _LACKING, _DRAWN, _PAID_IN, _PAID_OUT, _CARRIED = range(8)
_ASKED, _FEE, _RETURNED, _EARNED = range(8, 12)
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
        _run_year(f, y, count, desk)
    _claw_back(f, count, desk)
    set_all(block.npv_usd[party], 0.0, count)
    set_all(block.first_day[party], NEVER, count)


@jit
def _run_year(f: Int, y: Int, count: Int, desk: Desk) -> None:
    """Go through a year of those behind the fund, and book it."""
    funds, fund, years, row = desk.funds, desk.block.fund, desk.years, desk.row[desk.funds.party[f]]
    told, last, asked, fee, returned = desk.block.told_usd, fund[_LAST], fund[_ASKED], fund[_FEE], fund[_RETURNED]
    paid, got, units, rate = (
        told[e.PAID, row, y],
        told[e.GOT, row, y],
        funds.units_per_usd[f, y],
        funds.usd_per_unit[f, y],
    )
    share, carry, growth = funds.catch_up_share[f], funds.carry_share[f], 1 + funds.hurdle_per_year[f]
    fee_rate, fee_years = funds.fee_share_per_year[f] * years.length[y], funds.fee_years[f]
    drawn, fees = _ask(y, units, fee_rate, fee_years, paid, got, last, fund[_SINCE], fund[_DRAWN], asked, fee, count)
    # A catch-up at or below the carry is refused, but for none.
    reached = 1 / (share - carry) if share > carry > 0 else 0.0
    returns, carries = _split(
        y,
        growth,
        units,
        carry,
        share,
        reached,
        got,
        asked,
        fee,
        last,
        fund[_CLAIM],
        fund[_LACKING],
        fund[_PAID_IN],
        fund[_PAID_OUT],
        fund[_CARRIED],
        returned,
        fund[_EARNED],
        count,
    )
    party, partners, manager = funds.party[f], funds.partners[f], funds.manager[f]
    _move(e.DRAW, partners, party, drawn * rate, y, desk)
    _move(e.FEE, partners, manager, fees * rate, y, desk)
    _move(e.PAID_OUT, party, partners, returns * rate, y, desk)
    _move(e.CARRY, party, manager, carries * rate, y, desk)
    if drawn + fees > 0:
        _book(e.PAID, partners, asked, rate, y, count, desk)
    if returns > 0:
        _book(e.GOT, partners, returned, rate, y, count, desk)
    if fees + carries > 0:
        _book(e.GOT, manager, fund[_EARNED], rate, y, count, desk)


@jit_rows
def _ask(
    y: Int,
    units: Real,
    fee_rate: Real,
    fee_years: Real,
    paid: Array,
    got: Array,
    last: Array,
    since: Array,
    drawn: Array,
    asked: Array,
    fee: Array,
    count: Int,
) -> tuple[Real, Real]:
    """What is drawn in a year, and the fee; the sums of both."""
    draws, fees = 0.0, 0.0
    for i in range(count):
        first, draw = min(since[i], y if paid[i] + got[i] > 0 else NEVER), paid[i] * units
        all_drawn = drawn[i] + draw
        counted = min(max(fee_years - (y - first), 0.0), 1.0) * fee_rate * all_drawn
        due = counted if y <= last[i] else 0.0
        since[i], drawn[i], fee[i], asked[i] = first, all_drawn, due, draw + due
        draws += draw
        fees += due
    return draws, fees


@jit_rows
def _split(
    y: Int,
    growth: Real,
    units: Real,
    carry: Real,
    share: Real,
    reached: Real,
    got: Array,
    asked: Array,
    fee: Array,
    last: Array,
    claim: Array,
    lacking: Array,
    paid_in: Array,
    paid_out: Array,
    carried: Array,
    returned: Array,
    earned: Array,
    count: Int,
) -> tuple[Real, Real]:
    """What the partners and the manager get of what comes in, and what the partners then lack to the hurdle; the sums.

    First what they paid with its hurdle. Then the catch-up, an `x` of it with share x + carried = carry (the partners'
    gain + carried + x), and of the rest the carry.
    """
    returns, carries = 0.0, 0.0
    for i in range(count):
        open_claim, left, paid = claim[i] * growth + asked[i], got[i] * units, paid_in[i] + asked[i]
        back = min(left, open_claim)
        rest, out = left - back, paid_out[i] + back
        due = (carry * (out - paid + carried[i]) - carried[i]) * reached
        caught = min(max(due, 0.0), rest)
        own = share * caught + carry * (rest - caught)
        theirs, now = back + (rest - own), lacking[i] * growth + asked[i]
        claim[i], paid_in[i], paid_out[i] = open_claim - back, paid, out + (rest - own)
        carried[i], returned[i], earned[i] = carried[i] + own, theirs, fee[i] + own
        lacking[i] = now - theirs if y <= last[i] else lacking[i]
        returns += theirs
        carries += own
    return returns, carries


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
        _give(own, -factor, rate, block.npv_usd[q], block.paid_usd[q], count)
    else:
        day = 1.0 * years.first_day[y]
        _receive(own, factor, rate, day, block.npv_usd[q], block.got_usd[q], block.first_day[q], count)
    if row >= 0:
        add_times(block.told_usd[side, row, y], own, rate, count)


@jit_rows
def _give(own: Array, factor: Real, rate: Real, npv: Array, paid: Array, count: Int) -> None:
    for i in range(count):
        npv[i] += factor * own[i]
        paid[i] += rate * own[i]


@jit_rows
def _receive(own: Array, factor: Real, rate: Real, day: Real, npv: Array, got: Array, first: Array, count: Int) -> None:
    for i in range(count):
        npv[i] += factor * own[i]
        got[i] += rate * own[i]
        first[i] = min(first[i], day if own[i] > 0 else NEVER)


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
