"""A fund's waterfall on one path, as machine code: whole fund, in the fund's own currency."""

from __future__ import annotations

from onepill.core.dates import NEVER
from onepill.deals import equity_rows as e
from onepill.deals.kernel_payments import BY_YEAR, pay
from onepill.sim.jit import jit

_ROUNDING = 1e-9


@jit
def catch_up(left: e.Real, partners_gain: e.Real, carried: e.Real, share: e.Real, carry: e.Real) -> e.Real:
    """How much of `left` is paid out in the tier that gives the manager `share` of it until he has `carry` of all gain.

    share x paid + carried = carry (partners_gain + carried + paid); never reached where share is at most the carry.
    """
    if share == 0 or carry == 0:
        return 0.0
    if share <= carry:
        return left
    return min(max((carry * (partners_gain + carried) - carried) / (share - carry), 0.0), left)


@jit
def run_fund(f: e.Int, at_work: e.Int, desk: e.Desk) -> None:
    """Pass on what fund `f` paid into a vehicle and got from it to its partners and its manager.

    Partners pay what is drawn and the yearly fee on all that is drawn so far, while the vehicle is at work and at most
    the fee's years (the first year's by its length). What comes in goes, in this order: to the partners until they
    have all they paid with the compound hurdle (on what is open at each year's beginning); to the manager for his
    share of the catch-up; and then by the carry. At the end the manager pays back what exceeds his carry of the whole
    gain, or what the partners lack to a return of the hurdle on all they paid and got, whichever is more, out of what
    he was carried.
    """
    funds, years, sheet = desk.funds, desk.years, desk.sheet
    party, partners, manager = funds.party[f], funds.partners[f], funds.manager[f]
    carry, share, growth = funds.carry_share[f], funds.catch_up_share[f], 1 + funds.hurdle_per_year[f]
    first, end, last = -1, -1, years.length.size
    for y in range(last):
        if sheet.paid_usd[party, y] > 0 or sheet.got_usd[party, y] > 0:
            first, end = (y if first < 0 else first), y
    end = max(end, at_work) if first >= 0 else -1
    open_claim, lacking, drawn, paid_in, paid_out, carried = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for y in range(max(first, 0), end + 1):
        rate = funds.usd_per_unit[f, y]
        gross_paid_usd, gross_got_usd = sheet.paid_usd[party, y], sheet.got_usd[party, y]
        draw, left = gross_paid_usd / rate, gross_got_usd / rate
        drawn += draw
        fee_years = min(max(funds.fee_years[f] - (y - first), 0.0), 1.0) * years.length[y]
        fee = funds.fee_share_per_year[f] * drawn * fee_years if y <= at_work else 0.0
        open_claim = open_claim * growth + draw + fee
        paid_in += draw + fee
        returned = min(left, open_claim)
        open_claim -= returned
        paid_out += returned
        left -= returned
        to_catch = catch_up(left, paid_out - paid_in, carried, share, carry)
        to_manager = share * to_catch + carry * (left - to_catch)
        to_partners = left - to_manager
        paid_out += to_partners
        carried += to_manager
        lacking = lacking * growth + draw + fee - returned - to_partners
        back = 0.0
        if y == end:
            above = carried - carry * max(paid_out + carried - paid_in, 0.0)
            back = max(above, min(carried, lacking))
            back = back if back > _ROUNDING * carried else 0.0
        for item in range(e.DRAW, e.CLAWBACK + 1):
            if item == e.DRAW:
                payer, payee, amount = partners, party, draw
            elif item == e.FEE:
                payer, payee, amount = partners, manager, fee
            elif item == e.PAID_OUT:
                payer, payee, amount = party, partners, returned + to_partners
            elif item == e.CARRY:
                payer, payee, amount = party, manager, to_manager
            else:
                payer, payee, amount = manager, partners, back
            pay(item, payer, payee, amount * rate, y, BY_YEAR, desk)
        # The fund's own gross flows stay what it paid into the vehicle and got from it.
        sheet.paid_usd[party, y], sheet.got_usd[party, y] = gross_paid_usd, gross_got_usd
    sheet.first_day[party] = NEVER
