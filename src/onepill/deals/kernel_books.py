"""The kernel's bookings: flows of a year and of a day, in present values, sums, first receipts and kept years."""

from __future__ import annotations

from onepill.deals import arrays as k
from onepill.sim.jit import jit


@jit
def book_year(party: k.Int, year: k.Int, usd: k.Real, at: k.Int, contract: k.Contract, books: k.Books) -> None:
    """Note a flow by year where the party's years are kept."""
    kept = contract.parties[party].kept
    if kept >= 0:
        books.yearly_usd[kept, at, year] += usd


@jit
def note_receipt(party: k.Int, day: k.Int, at: k.Int, books: k.Books) -> None:
    books.first_cash_day[party, at] = min(books.first_cash_day[party, at], day)


@jit
def pay_years(
    index: k.Int,
    leg: k.Record,
    since: k.Int,
    since_year: k.Int,
    slot: k.Int,
    at: k.Int,
    contract: k.Contract,
    calendar: k.Calendar,
    rates: k.Rates,
    books: k.Books,
    scratch: k.Scratch,
) -> None:
    """Pay what `scratch.due` holds from a year on; nothing is due before the day `since`."""
    due, years, last = scratch.due, scratch.due.size, -1
    payer, payee = contract.parties[leg.payer], contract.parties[leg.payee]
    given, got, sums = rates.by_year[payer.rates], rates.by_year[payee.rates], books.leg_usd[index]
    paid_usd, received_usd = 0.0, 0.0
    for year in range(since_year, years):
        paid_usd += due[year] * given[year]
        received_usd += due[year] * got[year]
        sums[year] += due[year]
    if paid_usd == 0.0 and received_usd == 0.0:
        return
    if leg.withholding > 0.0:
        received_usd -= _withhold(index, leg, since_year, at, contract, rates, books, scratch)
    books.npv_usd[leg.payer, at] -= paid_usd
    books.npv_usd[leg.payee, at] += received_usd
    for year in range(since_year, years):
        if due[year] != 0.0:
            last = year
            break
    _note_first(leg, since, since_year, at, calendar, books, scratch)
    if payer.kept >= 0 or payee.kept >= 0 or (leg.taxed and (payer.income >= 0 or payee.income >= 0)):
        for year in range(max(last, since_year), years):
            note_paid(leg, year, due[year], slot, at, contract, books, scratch)


@jit
def _withhold(
    index: k.Int,
    leg: k.Record,
    since_year: k.Int,
    at: k.Int,
    contract: k.Contract,
    rates: k.Rates,
    books: k.Books,
    scratch: k.Scratch,
) -> k.Real:
    """Give the authorities their share of what is paid; returns what the payee misses, in its present value."""
    taken, missed, sums = rates.by_year[contract.parties[contract.tax].rates], 0.0, books.withheld_usd[index]
    got = rates.by_year[contract.parties[leg.payee].rates]
    tax_usd = 0.0
    for year in range(since_year, scratch.due.size):
        withheld = leg.withholding * max(scratch.due[year], 0.0)
        tax_usd += withheld * taken[year]
        missed += withheld * got[year]
        sums[year] += withheld
        book_year(contract.tax, year, withheld, at, contract, books)
    books.npv_usd[contract.tax, at] += tax_usd
    return missed


@jit
def _note_first(
    leg: k.Record,
    since: k.Int,
    since_year: k.Int,
    at: k.Int,
    calendar: k.Calendar,
    books: k.Books,
    scratch: k.Scratch,
) -> None:
    """The first year in which something is paid to either side."""
    to_payee, to_payer = False, False
    for year in range(since_year, scratch.due.size):
        if scratch.due[year] > 0.0 and not to_payee:
            to_payee = True
            note_receipt(leg.payee, max(calendar.bounds[year], since), at, books)
        elif scratch.due[year] < 0.0 and not to_payer:
            to_payer = True
            note_receipt(leg.payer, max(calendar.bounds[year], since), at, books)
        if to_payee and (to_payer or leg.kind != k.PROFIT_SHARE):
            break


@jit
def note_paid(
    leg: k.Record,
    year: k.Int,
    usd: k.Real,
    slot: k.Int,
    at: k.Int,
    contract: k.Contract,
    books: k.Books,
    scratch: k.Scratch,
) -> None:
    """Note a payment in both sides' kept years and taxed income; what is withheld is no income."""
    net = usd - leg.withholding * max(usd, 0.0)
    book_year(leg.payer, year, -usd, at, contract, books)
    book_year(leg.payee, year, net, at, contract, books)
    if leg.taxed:
        payer, payee = contract.parties[leg.payer].income, contract.parties[leg.payee].income
        if payer >= 0:
            scratch.income[payer, slot, year] -= usd
        if payee >= 0:
            scratch.income[payee, slot, year] += net


@jit
def pay_day(
    index: k.Int,
    leg: k.Record,
    usd: k.Real,
    day: k.Int,
    slot: k.Int,
    at: k.Int,
    contract: k.Contract,
    calendar: k.Calendar,
    rates: k.Rates,
    books: k.Books,
    scratch: k.Scratch,
) -> None:
    """Pay an amount on a day, unless it is sunk or after the last year."""
    ahead = day - calendar.bounds[0]
    if ahead < 0 or day >= calendar.bounds[-1] or usd == 0.0:
        return
    payer, payee, year = contract.parties[leg.payer], contract.parties[leg.payee], calendar.year_of_day[ahead]
    withheld = leg.withholding * max(usd, 0.0)
    books.npv_usd[leg.payer, at] -= usd * rates.by_day[payer.rates, ahead]
    books.npv_usd[leg.payee, at] += (usd - withheld) * rates.by_day[payee.rates, ahead]
    books.leg_usd[index, year] += usd
    if withheld > 0.0:
        books.npv_usd[contract.tax, at] += withheld * rates.by_day[contract.parties[contract.tax].rates, ahead]
        books.withheld_usd[index, year] += withheld
        book_year(contract.tax, year, withheld, at, contract, books)
    note_receipt(leg.payee if usd > 0.0 else leg.payer, day, at, books)
    note_paid(leg, year, usd, slot, at, contract, books, scratch)
