"""A fund's waterfall on one path, as machine code: whole fund, in the fund's own currency."""

from __future__ import annotations

from onepill.deals import equity_rows as e
from onepill.deals.kernel_payments import tell_year
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
    partners, manager = funds.partners[f], funds.manager[f]
    carry, share, growth = funds.carry_share[f], funds.catch_up_share[f], 1 + funds.hurdle_per_year[f]
    row, last = sheet.row[funds.party[f]], years.length.size
    invested, received = sheet.yearly_usd[e.PAID, row], sheet.yearly_usd[e.GOT, row]
    first, end = 0, last - 1
    while first < last and invested[first] == 0 and received[first] == 0:
        first += 1
    if first == last:
        return
    while invested[end] == 0 and received[end] == 0:
        end -= 1
    end = max(end, at_work)
    open_claim, lacking, drawn, paid_in, paid_out, carried = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for y in range(first, end + 1):
        rate, units_per_usd = funds.usd_per_unit[f, y], funds.units_per_usd[f, y]
        draw, left = invested[y] * units_per_usd, received[y] * units_per_usd
        drawn += draw
        fee_years = min(max(funds.fee_years[f] - (y - first), 0.0), 1.0) * years.length[y]
        fee = funds.fee_share_per_year[f] * drawn * fee_years if y <= at_work else 0.0
        open_claim = open_claim * growth + draw + fee
        paid_in += draw + fee
        returned = min(left, open_claim)
        open_claim -= returned
        paid_out += returned
        left -= returned
        to_manager = 0.0
        if left > 0:
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
        if draw == 0 and fee == 0 and received[y] == 0 and back == 0:
            continue
        sums = sheet.fund_usd[f]
        sums[e.DRAW - e.DRAW, y] += draw * rate
        sums[e.FEE - e.DRAW, y] += fee * rate
        sums[e.PAID_OUT - e.DRAW, y] += (returned + to_partners) * rate
        sums[e.CARRY - e.DRAW, y] += to_manager * rate
        sums[e.CLAWBACK - e.DRAW, y] += back * rate
        _book(partners, (draw + fee) * rate, (returned + to_partners + back) * rate, y, desk)
        _book(manager, back * rate, (fee + to_manager) * rate, y, desk)


@jit
def _book(party: e.Int, paid_usd: e.Real, got_usd: e.Real, y: e.Int, desk: e.Desk) -> None:
    """Book what one behind the fund pays and gets in a year."""
    if paid_usd == 0 and got_usd == 0:
        return
    sheet, years = desk.sheet, desk.years
    sheet.paid_usd[party] += paid_usd
    sheet.got_usd[party] += got_usd
    sheet.npv_usd[party] += (got_usd - paid_usd) * years.by_year[years.curve[party], y]
    if got_usd > 0:
        sheet.first_day[party] = min(sheet.first_day[party], years.first_day[y])
    tell_year(e.PAID, party, y, paid_usd, desk)
    tell_year(e.GOT, party, y, got_usd, desk)


@jit
def book_fund(f: e.Int, desk: e.Desk) -> None:
    """Book what passed through a fund, summed over paths, by item."""
    funds, items = desk.funds, desk.sheet.items_usd
    party, partners, manager = funds.party[f], funds.partners[f], funds.manager[f]
    for item in range(e.DRAW, e.CLAWBACK + 1):
        payer, payee = party, partners
        if item < e.PAID_OUT:
            payer, payee = partners, party if item == e.DRAW else manager
        elif item == e.CARRY:
            payee = manager
        elif item == e.CLAWBACK:
            payer = manager
        for y in range(items.shape[2]):
            usd = desk.sheet.fund_usd[f, item - e.DRAW, y]
            items[item, payer, y] -= usd
            items[item, payee, y] += usd
