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
    """Note that a party is paid on a day."""
    books.first_cash_day[party, at] = min(books.first_cash_day[party, at], day)


@jit
def present_values(
    usd: k.Array, one: k.Array, two: k.Array, three: k.Array, first: k.Int
) -> tuple[k.Real, k.Real, k.Real]:
    """The value at three rows of factors of what is paid from a year on.

    Even and odd years are summed apart: one sum would wait for each of its additions.
    """
    a, b, c, d, e, f = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    year, last = k.Index(first), k.Index(usd.size)
    while year + k.ONE < last:
        after = year + k.ONE
        a += usd[year] * one[year]
        b += usd[after] * one[after]
        c += usd[year] * two[year]
        d += usd[after] * two[after]
        e += usd[year] * three[year]
        f += usd[after] * three[after]
        year = after + k.ONE
    if year < last:
        a += usd[year] * one[year]
        c += usd[year] * two[year]
        e += usd[year] * three[year]
    return a + b, c + d, e + f


@jit
def pay_years(
    index: k.Int,
    leg: k.Record,
    since: k.Int,
    first: k.Int,
    slot: k.Int,
    at: k.Int,
    contract: k.Contract,
    calendar: k.Calendar,
    rates: k.Rates,
    books: k.Books,
    scratch: k.Scratch,
) -> None:
    """Pay what `scratch.due` holds from the year `first` on; nothing is due before the day `since`."""
    due, sums = scratch.due, books.leg_usd[index]
    for year in range(k.Index(first), k.Index(due.size)):
        sums[year] += due[year]
    given, got = rates.by_year[contract.parties[leg.payer].rates], rates.by_year[contract.parties[leg.payee].rates]
    paid, received, taken = present_values(due, given, got, rates.by_year[leg.tax_rates], first)
    books.npv_usd[leg.payer, at] -= paid
    if leg.withholding == 0.0:
        books.npv_usd[leg.payee, at] += received
    elif leg.both_ways:
        books.npv_usd[leg.payee, at] += received - _withhold(index, leg, first, at, contract, rates, books, due)
    else:
        books.npv_usd[leg.payee, at] += (1.0 - leg.withholding) * received
        books.npv_usd[contract.tax, at] += leg.withholding * taken
    if leg.both_ways or books.first_cash_day[leg.payee, at] > max(calendar.bounds[first], since):
        _note_first(leg, since, first, at, calendar, books, due)
    if leg.noted:
        for year in range(first, due.size):
            note_paid(leg, year, due[year], slot, at, contract, books, scratch)


@jit
def _withhold(
    index: k.Int,
    leg: k.Record,
    first: k.Int,
    at: k.Int,
    contract: k.Contract,
    rates: k.Rates,
    books: k.Books,
    due: k.Array,
) -> k.Real:
    """Withhold from what the payer pays, and nothing from what is paid back; returns what the payee misses today."""
    taken, got = rates.by_year[leg.tax_rates], rates.by_year[contract.parties[leg.payee].rates]
    tax_usd, missed, sums = 0.0, 0.0, books.withheld_usd[index]
    for year in range(first, due.size):
        withheld = leg.withholding * max(due[year], 0.0)
        tax_usd += withheld * taken[year]
        missed += withheld * got[year]
        sums[year] += withheld
    books.npv_usd[contract.tax, at] += tax_usd
    return missed


@jit
def _note_first(
    leg: k.Record, since: k.Int, first: k.Int, at: k.Int, calendar: k.Calendar, books: k.Books, due: k.Array
) -> None:
    """The first year in which something is paid to either side."""
    to_payee, to_payer = False, False
    for year in range(first, due.size):
        if due[year] > 0.0 and not to_payee:
            to_payee = True
            note_receipt(leg.payee, max(calendar.bounds[year], since), at, books)
        elif due[year] < 0.0 and not to_payer:
            to_payer = True
            note_receipt(leg.payer, max(calendar.bounds[year], since), at, books)
        if to_payee and (to_payer or not leg.both_ways):
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
    """Note a payment in all sides' kept years and taxed income; what is withheld is no income."""
    withheld = leg.withholding * max(usd, 0.0)
    book_year(leg.payer, year, -usd, at, contract, books)
    book_year(leg.payee, year, usd - withheld, at, contract, books)
    book_year(contract.tax, year, withheld, at, contract, books)
    if leg.taxed:
        payer, payee = contract.parties[leg.payer].income, contract.parties[leg.payee].income
        if payer >= 0:
            scratch.income[payer, slot, year] -= usd
        if payee >= 0:
            scratch.income[payee, slot, year] += usd - withheld


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
    withheld, year = leg.withholding * max(usd, 0.0), calendar.year_of_day[ahead]
    books.npv_usd[leg.payer, at] -= usd * rates.by_day[contract.parties[leg.payer].rates, ahead]
    books.npv_usd[leg.payee, at] += (usd - withheld) * rates.by_day[contract.parties[leg.payee].rates, ahead]
    books.leg_usd[index, year] += usd
    if withheld > 0.0:
        books.npv_usd[contract.tax, at] += withheld * rates.by_day[leg.tax_rates, ahead]
        if leg.both_ways:
            books.withheld_usd[index, year] += withheld
    note_receipt(leg.payee if usd > 0.0 else leg.payer, day, at, books)
    if leg.noted:
        note_paid(leg, year, usd, slot, at, contract, books, scratch)
