"""A payment from one party to another on one path, as machine code."""

from __future__ import annotations

from onepill.deals.equity_rows import Desk, Int, Real
from onepill.sim.jit import jit

BY_YEAR = -1
"""In the place of a day: the payment is known by its year alone."""


@jit
def pay(item: Int, payer: Int, payee: Int, usd: Real, year: Int, day: Int, desk: Desk) -> None:
    """Book a payment of a year; below 0, the other way round.

    A day's payment is discounted from the day: its difference from the year's factor is noted, with which all is
    discounted at the end.
    """
    if usd == 0:
        return
    if usd < 0:
        payer, payee, usd = payee, payer, -usd
    sheet, years = desk.sheet, desk.years
    sheet.items_usd[item, payer, year] -= usd
    sheet.items_usd[item, payee, year] += usd
    sheet.paid_usd[payer, year] += usd
    sheet.got_usd[payee, year] += usd
    if day == BY_YEAR:
        sheet.first_day[payee] = min(sheet.first_day[payee], years.first_day[year])
        return
    ahead = day - years.first_day[0]
    sheet.npv_usd[payer] -= usd * (years.by_day[payer, ahead] - years.by_year[payer, year])
    sheet.npv_usd[payee] += usd * (years.by_day[payee, ahead] - years.by_year[payee, year])
    sheet.first_day[payee] = min(sheet.first_day[payee], day)
