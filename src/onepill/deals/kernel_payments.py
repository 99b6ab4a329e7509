"""Payments from one party to another on one path, as machine code: single ones, and yearly ones that many share."""

from __future__ import annotations

from onepill.deals import equity_rows as e
from onepill.deals.equity_rows import Array, Desk, Int, Real
from onepill.sim.jit import jit

BY_YEAR = -1
"""In the place of a day: the payment is known by its year alone."""


@jit
def pay(item: Int, payer: Int, payee: Int, usd: Real, year: Int, day: Int, desk: Desk) -> None:
    """Book a payment of a year, discounted from its day where that is known; below 0, the other way round."""
    if usd == 0:
        return
    if usd < 0:
        payer, payee, usd = payee, payer, -usd
    sheet, years = desk.sheet, desk.years
    given, got, received = years.curve[payer], years.curve[payee], years.first_day[year]
    worth_given, worth_got = years.by_year[given, year], years.by_year[got, year]
    if day != BY_YEAR:
        ahead, received = day - years.first_day[0], day
        worth_given, worth_got = years.by_day[given, ahead], years.by_day[got, ahead]
    sheet.items_usd[item, payer, year] -= usd
    sheet.items_usd[item, payee, year] += usd
    sheet.paid_usd[payer] += usd
    sheet.got_usd[payee] += usd
    sheet.npv_usd[payer] -= usd * worth_given
    sheet.npv_usd[payee] += usd * worth_got
    sheet.first_day[payee] = min(sheet.first_day[payee], received)
    tell_year(e.PAID, payer, year, usd, desk)
    tell_year(e.GOT, payee, year, usd, desk)


@jit
def tell_year(side: Int, party: Int, year: Int, usd: Real, desk: Desk) -> None:
    """Note what a party paid or got in a year, where its years are needed."""
    row = desk.sheet.row[party]
    if row >= 0:
        desk.sheet.yearly_usd[side, row, year] += usd


@jit
def open_stream(desk: Desk) -> None:
    """No flows so far."""
    stream = desk.stream
    for c in range(stream.worth_usd.size):
        stream.worth_usd[c] = 0.0
    for side in (e.PAID, e.GOT):
        stream.gross_usd[side] = 0.0
        stream.first_year[side] = desk.years.length.size


@jit
def add_to_stream(usd: Real, y: Int, shares: Array, desk: Desk) -> None:
    """Add what the vehicle hands out in a year to parties by their shares (below 0: what they pay it)."""
    stream, by_year, sheet = desk.stream, desk.years.by_year, desk.sheet
    side = e.GOT if usd > 0 else e.PAID
    stream.gross_usd[side] += abs(usd)
    stream.first_year[side] = min(stream.first_year[side], y)
    for c in range(stream.worth_usd.size):
        stream.worth_usd[c] += usd * by_year[c, y]
    for row in range(sheet.told.size):
        q = sheet.told[row]
        own = -usd if q == desk.vehicle.party else usd * shares[q]
        sheet.yearly_usd[e.GOT if own > 0 else e.PAID, row, y] += abs(own)


@jit
def close_stream(shares: Array, desk: Desk) -> None:
    """Book what a run of years brought each of them and the vehicle."""
    stream = desk.stream
    if stream.gross_usd[e.PAID] == 0 and stream.gross_usd[e.GOT] == 0:
        return
    _book_stream(-1.0, desk.vehicle.party, desk)
    for q in range(shares.size):
        if shares[q] > 0:
            _book_stream(shares[q], q, desk)


@jit
def _book_stream(share: Real, q: Int, desk: Desk) -> None:
    """Book a party's share of a stream; of one below 0, what the others get it pays."""
    stream, sheet, whole = desk.stream, desk.sheet, abs(share)
    got = e.GOT if share > 0 else e.PAID
    sheet.npv_usd[q] += share * stream.worth_usd[desk.years.curve[q]]
    sheet.got_usd[q] += whole * stream.gross_usd[got]
    sheet.paid_usd[q] += whole * stream.gross_usd[1 - got]
    if stream.gross_usd[got] > 0:
        sheet.first_day[q] = min(sheet.first_day[q], desk.years.first_day[stream.first_year[got]])
