"""The kernel's legs on days and costs: payments, research funding, shares of costs, loans."""

from __future__ import annotations

from onepill.core.dates import NEVER
from onepill.deals import arrays as k
from onepill.deals.kernel_books import pay_day, pay_years
from onepill.deals.kernel_days import closing, opening, year_of
from onepill.deals.kernel_moves import lump_day
from onepill.sim.jit import jit


@jit
def pay_payment(
    index: k.Int,
    contract: k.Contract,
    calendar: k.Calendar,
    rates: k.Rates,
    books: k.Books,
    scratch: k.Scratch,
    at: k.Int,
    count: k.Int,
) -> None:
    """A fixed amount on a day, or an instalment of it later; the very day on which the contract ends still counts."""
    leg, held, listed = contract.legs[index], scratch.day[k.HELD], scratch.listed
    first, lag, last, found = scratch.day[leg.since], leg.term_days, min(calendar.bounds[-1] - 1, NEVER - 1), 0
    by, as_of = leg.by, calendar.bounds[0]
    for i in range(count):
        day = first[i] + lag
        listed[found] = i
        found += first[i] <= by and as_of <= day <= last and day <= held[i]
    if leg.noted or leg.both_ways:
        for j in range(found):
            i = listed[j]
            pay_day(index, leg, leg.amount, first[i] + lag, i, at + i, contract, calendar, rates, books, scratch)
    elif leg.amount > 0.0:
        _pay_listed(index, leg, first, found, contract, calendar, rates, books, scratch, at)


@jit
def _pay_listed(
    index: k.Int,
    leg: k.Record,
    first: k.Array,
    found: k.Int,
    contract: k.Contract,
    calendar: k.Calendar,
    rates: k.Rates,
    books: k.Books,
    scratch: k.Scratch,
    at: k.Int,
) -> None:
    """Pay an amount on the listed slots, all of whose days count: `pay_day` for many at once."""
    given, got = rates.by_day[contract.parties[leg.payer].rates], rates.by_day[contract.parties[leg.payee].rates]
    payer, payee, tax = books.npv_usd[leg.payer], books.npv_usd[leg.payee], books.npv_usd[contract.tax]
    taken, first_cash, counts = rates.by_day[leg.tax_rates], books.first_cash_day[leg.payee], scratch.counts
    withheld, amount, lag, as_of = leg.withholding * leg.amount, leg.amount, leg.term_days, calendar.bounds[0]
    counts[:, :] = 0
    for j in range(found):
        p, day = at + scratch.listed[j], first[scratch.listed[j]] + lag
        ahead = day - as_of
        payer[p] -= amount * given[ahead]
        payee[p] += (amount - withheld) * got[ahead]
        if withheld > 0.0:
            tax[p] += withheld * taken[ahead]
        first_cash[p] = min(first_cash[p], day)
        counts[j % k.LANES, calendar.year_of_day[ahead]] += 1
    for lane in range(k.LANES):
        for year in range(counts.shape[1]):
            books.leg_usd[index, year] += amount * counts[lane, year]


@jit
def pay_funding(
    index: k.Int,
    contract: k.Contract,
    calendar: k.Calendar,
    rates: k.Rates,
    books: k.Books,
    scratch: k.Scratch,
    at: k.Int,
    count: k.Int,
) -> None:
    """An amount a year, by the days of each calendar year in the window."""
    leg, due, years, bounds = contract.legs[index], scratch.due, scratch.due.size, calendar.bounds
    for i in range(count):
        since = max(opening(leg.since, scratch, i), bounds[0])
        until = min(closing(leg.until, 1, scratch, i), bounds[years])
        if since >= until:
            continue
        first = year_of(since, calendar)
        for year in range(first, years):
            days = max(min(bounds[year + 1], until) - max(bounds[year], since), 0)
            due[year] = leg.amount * days / calendar.length_days[year]
        pay_years(index, leg, since, first, i, at + i, contract, calendar, rates, books, scratch)


@jit
def pay_cost_share(
    index: k.Int,
    contract: k.Contract,
    paths: k.Paths,
    calendar: k.Calendar,
    rates: k.Rates,
    books: k.Books,
    scratch: k.Scratch,
    at: k.Int,
    count: k.Int,
) -> None:
    """A share of costs by year, up to a cap in all."""
    leg, due, years, bounds = contract.legs[index], scratch.due, scratch.due.size, calendar.bounds
    for i in range(count):
        since = max(opening(leg.since, scratch, i), bounds[0])
        until = min(closing(leg.until, 1, scratch, i), bounds[years])
        if since >= until:
            continue
        for year in range(years):
            due[year] = 0.0
        found = False
        for member in range(leg.members_from, leg.members_to):
            row = contract.members[member]
            if paths.cost_usd[row, at + i] != 0.0:
                found = True
                _add_cost(contract.cost_timing[row], row, since, until, at + i, paths, calendar, due)
        if not found:
            continue
        total = 0.0
        for year in range(years):
            owed = min(total - leg.share * due[year], leg.cap_usd) - total
            due[year] = owed
            total += owed
        pay_years(index, leg, since, 0, i, at + i, contract, calendar, rates, books, scratch)


@jit
def _add_cost(
    timing: k.Int,
    row: k.Int,
    since: k.Int,
    until: k.Int,
    p: k.Int,
    paths: k.Paths,
    calendar: k.Calendar,
    due: k.Array,
) -> None:
    """Add what one activity pays in a window to the sums by year."""
    start, finish, usd, bounds = (
        paths.cost_start[row, p],
        paths.cost_finish[row, p],
        paths.cost_usd[row, p],
        calendar.bounds,
    )
    if timing == k.EVEN:
        after = max(finish, start + 1)
        first, last = max(start, since), min(after, until)
        if first >= last:
            return
        for year in range(year_of(first, calendar), year_of(last - 1, calendar) + 1):
            days = min(last, bounds[year + 1]) - max(first, bounds[year])
            due[year] += days * (usd / (after - start))
        return
    for half in range(2 if timing == k.AT_MIDDLE else 1):
        day = lump_day(timing, half, start, finish)
        if since <= day < until:
            due[year_of(day, calendar)] += usd * (0.5 if timing == k.AT_MIDDLE else 1.0)


@jit
def pay_loan(
    index: k.Int,
    contract: k.Contract,
    calendar: k.Calendar,
    rates: k.Rates,
    books: k.Books,
    scratch: k.Scratch,
    at: k.Int,
    count: k.Int,
) -> None:
    """A sum there, and back with interest on the day that it is due; a debt survives the contract's end."""
    leg = contract.legs[index]
    for i in range(count):
        lent, p = scratch.day[leg.since, i], at + i
        if lent >= NEVER or lent > scratch.day[k.HELD, i]:
            continue
        pay_day(index, leg, leg.amount, lent, i, p, contract, calendar, rates, books, scratch)
        back = lent + leg.growth_days
        if leg.repaid_on >= 0:
            back = min(back, max(scratch.day[leg.repaid_on, i], lent))
        if leg.forgiven_on >= 0 and scratch.day[leg.forgiven_on, i] < back:
            continue
        usd = -leg.amount * contract.growth[leg.growth_from + back - lent]
        pay_day(index, leg, usd, back, i, p, contract, calendar, rates, books, scratch)
