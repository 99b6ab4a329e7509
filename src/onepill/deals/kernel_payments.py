"""A payment from one party to another on one path, as machine code."""

from __future__ import annotations

from onepill.deals.equity_rows import Int, Real, Sheet, Years
from onepill.sim.jit import jit


@jit
def pay(item: Int, payer: Int, payee: Int, usd: Real, year: Int, day: Int, years: Years, sheet: Sheet) -> None:
    """Book a payment of a year: discounted from its day, or by its year where `day` is negative; below 0, the other
    way round."""
    if usd == 0:
        return
    if usd < 0:
        payer, payee, usd = payee, payer, -usd
    sheet.items_usd[item, payer, year] -= usd
    sheet.items_usd[item, payee, year] += usd
    sheet.paid_usd[payer, year] += usd
    sheet.got_usd[payee, year] += usd
    if day < 0:
        sheet.npv_usd[payer] -= usd * years.by_year[payer, year]
        sheet.npv_usd[payee] += usd * years.by_year[payee, year]
        sheet.first_day[payee] = min(sheet.first_day[payee], years.first_day[year])
    else:
        ahead = day - years.first_day[0]
        sheet.npv_usd[payer] -= usd * years.by_day[payer, ahead]
        sheet.npv_usd[payee] += usd * years.by_day[payee, ahead]
        sheet.first_day[payee] = min(sheet.first_day[payee], day)
