"""The kernel's legs on days and costs: payments, research funding, shares of costs, loans."""

from __future__ import annotations

from onepill.core.dates import NEVER
from onepill.deals import arrays as k
from onepill.deals.kernel_books import close_leg, note_ahead, open_leg, pay_day, pay_year
from onepill.deals.kernel_columns import fill_window, open_paths, span_of
from onepill.deals.kernel_days import year_of
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
    leg, held, ahead = contract.legs[index], scratch.day[k.HELD], scratch.ahead
    first = scratch.day[leg.since]
    by, lag, as_of, last = leg.by, leg.term_days, calendar.bounds[0], min(calendar.bounds[-1], NEVER) - 1
    never = calendar.year_of_day.size - 1
    for i in range(count):
        day = first[i] + lag
        is_paid = (first[i] <= by) & (day >= as_of) & (day <= min(last, held[i]))
        ahead[i] = day - as_of if is_paid else never
    if leg.both_ways:
        for i in range(count):
            day = as_of + ahead[i] if ahead[i] < never else NEVER
            pay_day(index, leg, leg.amount, day, i, at, contract, calendar, rates, books, scratch)
    elif leg.amount > 0.0:
        _pay_ahead(index, leg, contract, calendar, rates, books, scratch, at, count)


@jit
def _pay_ahead(
    index: k.Int,
    leg: k.Record,
    contract: k.Contract,
    calendar: k.Calendar,
    rates: k.Rates,
    books: k.Books,
    scratch: k.Scratch,
    at: k.Int,
    count: k.Int,
) -> None:
    """Pay an amount on each slot so many days after the plan's day: `pay_day` for many at once.

    What is not paid falls on the day after all days, which is worth nothing and in no year.
    """
    given, got = rates.by_day[contract.parties[leg.payer].rates], rates.by_day[contract.parties[leg.payee].rates]
    payer, payee = books.npv_usd[leg.payer][at : at + count], books.npv_usd[leg.payee][at : at + count]
    taken, first_cash, counts = rates.by_day[leg.tax_rates], books.first_cash_day[leg.payee][at:], scratch.counts
    withheld, amount, as_of = leg.withholding * leg.amount, leg.amount, calendar.bounds[0]
    ahead, year, years, never = scratch.ahead, scratch.year, calendar.year_of_day, calendar.year_of_day.size - 1
    left = amount - withheld
    tax = books.npv_usd[contract.tax][at : at + count]
    for i in range(count):
        payer[i] -= amount * given[ahead[i]]
    if withheld > 0.0 and leg.tax_rates == contract.parties[leg.payee].rates:
        for i in range(count):
            worth = got[ahead[i]]
            payee[i] += left * worth
            tax[i] += withheld * worth
    else:
        for i in range(count):
            payee[i] += left * got[ahead[i]]
        for i in range(count if withheld > 0.0 else 0):
            tax[i] += withheld * taken[ahead[i]]
    for i in range(count):
        first_cash[i] = min(first_cash[i], as_of + ahead[i] if ahead[i] < never else NEVER)
    counts[:, :] = 0
    for i in range(count):
        year[i] = years[ahead[i]]
        counts[i % k.LANES, year[i]] += 1
    for y in range(books.leg_usd.shape[1]):
        paid = 0
        for lane in range(k.LANES):
            paid += counts[lane, y]
        books.leg_usd[index, y] += amount * paid
        scratch.paid_in[y] = paid > 0
    if leg.noted:
        note_ahead(leg, left, withheld, count, contract, scratch)


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
    leg = contract.legs[index]
    fill_window(leg.since, leg.until, 1, NEVER - 1, calendar, scratch, count)
    opened, first_day, last_day = open_paths(scratch, count)
    if opened == 0:
        return
    is_waiting = open_leg(leg, count, books, scratch, at)
    first, last = span_of(first_day, last_day, calendar)
    for year in range(first, last):
        opens, closes, usd = calendar.bounds[year], calendar.bounds[year + 1], leg.amount / calendar.length_days[year]
        for i in range(count):
            days = max(min(closes, scratch.until[i]) - max(opens, scratch.since[i]), 0)
            scratch.due[i] = usd * days
        pay_year(index, leg, year, count, is_waiting, contract, calendar, rates, books, scratch)
    close_leg(leg, count, is_waiting, contract, books, scratch, at)


@jit
def pay_cost_share(
    index: k.Int,
    contract: k.Contract,
    paths: k.Paths,
    calendar: k.Calendar,
    rates: k.Rates,
    books: k.Books,
    scratch: k.Scratch,
    block: k.Int,
    at: k.Int,
    count: k.Int,
) -> None:
    """A share of costs by year, up to a cap in all."""
    leg, due, total, cap = contract.legs[index], scratch.due, scratch.total, contract.legs[index].cap_usd
    fill_window(leg.since, leg.until, 1, NEVER - 1, calendar, scratch, count)
    opened, _, _ = open_paths(scratch, count)
    if opened == 0:
        return
    scratch.columns[:, :] = 0.0
    first, last = due.size, 0
    for member in range(leg.members_from, leg.members_to):
        low, high = _add_falls(contract.members[member], paths, calendar, scratch, block, at)
        first, last = min(first, low), max(last, high)
    is_waiting = open_leg(leg, count, books, scratch, at)
    total[:] = 0.0
    for year in range(first, last):
        cost, share = scratch.columns[year], leg.share
        for i in range(count):
            before = total[i]
            total[i] = before - share * cost[i]
            due[i] = min(total[i], cap) - min(before, cap)
        pay_year(index, leg, year, count, is_waiting, contract, calendar, rates, books, scratch)
    close_leg(leg, count, is_waiting, contract, books, scratch, at)


@jit
def _add_falls(
    item: k.Int, paths: k.Paths, calendar: k.Calendar, scratch: k.Scratch, block: k.Int, at: k.Int
) -> tuple[k.Int, k.Int]:
    """Add what one cost comes to in the window of `fill_window` to the sums by year; the years that have any."""
    bounds, first, last, columns = calendar.bounds, scratch.due.size, 0, scratch.columns
    for f in range(paths.fall_begin[item, block], paths.fall_begin[item, block + 1]):
        i, usd = paths.fall_path[f] - at, paths.fall_usd[f]
        since, until = max(paths.fall_since[f], scratch.opens[i]), min(paths.fall_until[f], scratch.closes[i])
        if since >= until:
            continue
        low, high = year_of(since, calendar), year_of(until - 1, calendar)
        for year in range(low, high + 1):
            columns[year, i] += usd * (min(until, bounds[year + 1]) - max(since, bounds[year]))
        first, last = min(first, low), max(last, high + 1)
    return first, last


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
        lent = scratch.day[leg.since, i]
        if lent >= NEVER or lent > scratch.day[k.HELD, i]:
            continue
        pay_day(index, leg, leg.amount, lent, i, at, contract, calendar, rates, books, scratch)
        back = lent + leg.growth_days
        if leg.repaid_on >= 0:
            back = min(back, max(scratch.day[leg.repaid_on, i], lent))
        if leg.forgiven_on >= 0 and scratch.day[leg.forgiven_on, i] < back:
            continue
        usd = -leg.amount * contract.growth[leg.growth_from + back - lent]
        pay_day(index, leg, usd, back, i, at, contract, calendar, rates, books, scratch)
