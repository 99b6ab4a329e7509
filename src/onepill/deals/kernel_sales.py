"""The kernel's legs on sales: royalties in tiers, milestones on sales, shares of profit, supply."""

from __future__ import annotations

import numpy as np

from onepill.core.dates import NEVER
from onepill.deals import arrays as k
from onepill.deals.kernel_books import pay_day, pay_years
from onepill.deals.kernel_days import closing, opening, share_inside, year_of
from onepill.sim.jit import jit


@jit
def list_sold(
    leg: k.Record, contract: k.Contract, paths: k.Paths, scratch: k.Scratch, at: k.Int, count: k.Int
) -> k.Int:
    """List the slots on which any of a leg's markets is sold in its window; returns their number."""
    rows, launches, ends = paths.row[leg.summed], paths.launch[leg.summed], paths.end[leg.summed]
    since_row, until_row, by, listed, found = leg.since, leg.until, leg.by, scratch.listed, 0
    for i in range(count):
        since, until = opening(since_row, scratch, i), min(closing(until_row, 1, scratch, i), by + 1)
        listed[found] = i
        found += rows[at + i] >= 0 and max(since, launches[at + i]) < min(until, ends[at + i])
    return found


@jit
def find_base(
    leg: k.Record,
    i: k.Int,
    p: k.Int,
    contract: k.Contract,
    paths: k.Paths,
    calendar: k.Calendar,
    scratch: k.Scratch,
) -> tuple[k.Array, k.Int, k.Int, k.Real]:
    """A listed slot's sales by year, the first year and day that count, and what no year's sales exceed."""
    since, until = opening(leg.since, scratch, i), min(closing(leg.until, 1, scratch, i), leg.by + 1)
    launch, end, bounds = paths.launch[leg.summed, p], paths.end[leg.summed, p], calendar.bounds
    day, row = max(launch, since, bounds[0]), paths.row[leg.summed, p]
    if since <= max(launch, bounds[0]) and until >= min(end, bounds[-1]):
        return paths.sales[row], year_of(launch, calendar), day, paths.peak_usd[row]
    base, first = scratch.base, year_of(day, calendar)
    for year in range(first, base.size):
        base[year] = 0.0
    for member in range(leg.members_from, leg.members_to):
        m = contract.members[member]
        if paths.row[m, p] >= 0:
            add_window(leg, m, since, until, p, paths, calendar, base)
    return base, first, day, np.inf


@jit
def add_window(
    leg: k.Record,
    m: k.Int,
    since: k.Int,
    until: k.Int,
    p: k.Int,
    paths: k.Paths,
    calendar: k.Calendar,
    base: k.Array,
) -> None:
    """Add one launched market's sales in a window, by days of each year, as far as the leg's term lets them count."""
    bounds, launch, end, row = calendar.bounds, paths.launch[m, p], paths.end[m, p], paths.row[m, p]
    if launch >= until or end <= since:
        return
    sales, protected = paths.sales[row], paths.protected[row]
    term = launch + leg.term_days if leg.term_days < NEVER else NEVER
    for year in range(year_of(max(launch, since), calendar), base.size):
        opens, closes = max(bounds[year], launch), min(bounds[year + 1], end)
        if opens >= closes or opens >= until:
            break
        share = share_inside(opens, closes, since, until)
        if leg.plain:
            base[year] += sales[year] * share
            continue
        kept = protected[year] * share
        counted = sales[year] * share
        if leg.term_days < NEVER:
            counted = sales[year] * share_inside(opens, closes, since, min(until, term))
            if leg.ends_at_exclusivity:
                counted = max(counted, kept)
        elif leg.ends_at_exclusivity:
            counted = kept
        kept = min(counted, kept)
        base[year] += kept + leg.step_down * (counted - kept)


@jit
def pay_royalty(
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
    """A royalty on sales."""
    leg = contract.legs[index]
    if leg.paid_row >= 0:
        scratch.paid[leg.paid_row, :, :] = 0.0
    for j in range(list_sold(leg, contract, paths, scratch, at, count)):
        i = scratch.listed[j]
        base, first, day, peak_usd = find_base(leg, i, at + i, contract, paths, calendar, scratch)
        _pay_on(index, leg, base, first, day, peak_usd, i, at + i, contract, calendar, rates, books, scratch)


@jit
def pay_royalty_on_royalty(
    index: k.Int,
    contract: k.Contract,
    calendar: k.Calendar,
    rates: k.Rates,
    books: k.Books,
    scratch: k.Scratch,
    at: k.Int,
    count: k.Int,
) -> None:
    """A royalty on what another royalty pays in a window, each year's evenly over its days."""
    leg, base, bounds = contract.legs[index], scratch.base, calendar.bounds
    if leg.paid_row >= 0:
        scratch.paid[leg.paid_row, :, :] = 0.0
    for i in range(count):
        since, until = opening(leg.since, scratch, i), closing(leg.until, 1, scratch, i)
        paid, first = scratch.paid[leg.base_row, i], base.size
        if since >= until:
            continue
        for year in range(base.size):
            base[year] = paid[year] * share_inside(bounds[year], bounds[year + 1], since, until)
            if base[year] != 0.0 and first == base.size:
                first = year
        if first < base.size:
            day = max(since, bounds[0])
            _pay_on(index, leg, base, first, day, np.inf, i, at + i, contract, calendar, rates, books, scratch)


@jit
def _pay_on(
    index: k.Int,
    leg: k.Record,
    base: k.Array,
    first: k.Int,
    day: k.Int,
    peak_usd: k.Real,
    slot: k.Int,
    at: k.Int,
    contract: k.Contract,
    calendar: k.Calendar,
    rates: k.Rates,
    books: k.Books,
    scratch: k.Scratch,
) -> None:
    """Pay tiers on a base, less what is stacked, up to the caps."""
    due = scratch.due
    if leg.cumulative:
        _apply_cumulative_tiers(leg, first, contract, base, due)
    else:
        _apply_tiers(leg, first, peak_usd, contract, base, due)
    if leg.stack_rate > 0.0:
        for year in range(first, due.size):
            due[year] = max(due[year] - leg.stack_rate * base[year], leg.stack_floor * due[year])
    if leg.caps_to > leg.caps_from:
        _apply_caps(leg, first, contract, calendar, due)
    if leg.paid_row >= 0:
        for year in range(first, due.size):
            scratch.paid[leg.paid_row, slot, year] = due[year]
    pay_years(index, leg, day, first, slot, at, contract, calendar, rates, books, scratch)


@jit
def _apply_tiers(
    leg: k.Record, first: k.Int, peak_usd: k.Real, contract: k.Contract, base: k.Array, due: k.Array
) -> None:
    """Each slice above a threshold bears its own rate: every tier adds its step on what is above it."""
    begin, end = k.Index(first), k.Index(due.size)
    for year in range(begin, end):
        due[year] = 0.0
    for t in range(leg.tiers_from, leg.tiers_to):
        threshold, step = contract.tiers[t].threshold_usd, contract.tiers[t].rate_step
        if threshold >= peak_usd:
            break
        for year in range(begin, end):
            due[year] += step * max(base[year] - threshold, 0.0)


@jit
def _apply_cumulative_tiers(leg: k.Record, first: k.Int, contract: k.Contract, base: k.Array, due: k.Array) -> None:
    """Tiers on all that was sold so far, less what they came to a year before."""
    total, before = 0.0, 0.0
    for year in range(first, due.size):
        total += base[year]
        amount = 0.0
        for t in range(leg.tiers_from, leg.tiers_to):
            amount += contract.tiers[t].rate_step * max(total - contract.tiers[t].threshold_usd, 0.0)
        due[year] = amount - before
        before = amount


@jit
def _apply_caps(leg: k.Record, first: k.Int, contract: k.Contract, calendar: k.Calendar, due: k.Array) -> None:
    """Where a cap is reached by its day nothing more is owed; from the day on the next one holds."""
    total, at, is_open, bounds = 0.0, leg.caps_from, True, calendar.bounds
    for year in range(first, due.size):
        owed, used, paid = due[year], 0.0, 0.0
        while is_open and at < leg.caps_to:
            opens, closes = bounds[year], bounds[year + 1]
            upto = min(max(contract.caps[at].day + 1 - opens, 0), closes - opens) / (closes - opens)
            part, room = owed * max(upto - used, 0.0), max(contract.caps[at].total_usd - total, 0.0)
            is_open = part < room
            paid += min(part, room)
            total += min(part, room)
            used = max(upto, used)
            if upto >= 1.0:
                break
            at += 1
        if is_open and at == leg.caps_to:
            paid += owed * (1.0 - used)
        due[year] = paid


@jit
def pay_sales_milestone(
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
    """An amount in the first year (or every year) that reaches a threshold."""
    leg, due = contract.legs[index], scratch.due
    most = paths.total_usd if leg.cumulative else paths.peak_usd
    for j in range(list_sold(leg, contract, paths, scratch, at, count)):
        i = scratch.listed[j]
        # What the window leaves of the sales is never more than all of them.
        if most[paths.row[leg.summed, at + i]] < leg.threshold_usd:
            continue
        base, first, day, _ = find_base(leg, i, at + i, contract, paths, calendar, scratch)
        total, is_open, reached = 0.0, True, False
        for year in range(first, due.size):
            total = total + base[year] if leg.cumulative else base[year]
            is_reached = is_open and base[year] > 0.0 and total >= leg.threshold_usd
            due[year] = leg.amount if is_reached else 0.0
            is_open = is_open and (leg.every_year or not is_reached)
            reached = reached or is_reached
        if reached:
            pay_years(index, leg, day, first, i, at + i, contract, calendar, rates, books, scratch)


@jit
def pay_supply(
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
    """A share of sales for the goods, less what they cost to make."""
    leg, due = contract.legs[index], scratch.due
    for j in range(list_sold(leg, contract, paths, scratch, at, count)):
        i = scratch.listed[j]
        base, first, day, _ = find_base(leg, i, at + i, contract, paths, calendar, scratch)
        for year in range(k.Index(first), k.Index(due.size)):
            due[year] = leg.share * base[year]
        pay_years(index, leg, day, first, i, at + i, contract, calendar, rates, books, scratch)


@jit
def pay_profit_share(
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
    """A share of operating profit less launch costs, market by market."""
    leg = contract.legs[index]
    for i in range(count):
        p = at + i
        since, until = opening(leg.since, scratch, i), closing(leg.until, 1, scratch, i)
        if since >= until:
            continue
        for member in range(leg.members_from, leg.members_to):
            m = contract.members[member]
            if paths.row[m, p] >= 0:
                first, day = _fill_profit(leg, m, since, until, p, contract, paths, calendar, scratch.due)
                if first < scratch.due.size:
                    pay_years(index, leg, day, first, i, p, contract, calendar, rates, books, scratch)
            for cost in range(contract.markets[m].costs_from, contract.markets[m].costs_to):
                launch = contract.market_members[cost]
                day, usd = paths.member_day[launch, p], leg.share * paths.member_usd[launch, p]
                if since <= day < until:
                    pay_day(index, leg, usd, day, i, p, contract, calendar, rates, books, scratch)


@jit
def _fill_profit(
    leg: k.Record,
    m: k.Int,
    since: k.Int,
    until: k.Int,
    p: k.Int,
    contract: k.Contract,
    paths: k.Paths,
    calendar: k.Calendar,
    due: k.Array,
) -> tuple[k.Int, k.Int]:
    """A share of one launched market's operating profit in a window, by year; its first year and day."""
    bounds, launch, end, years = calendar.bounds, paths.launch[m, p], paths.end[m, p], due.size
    opens_on = max(launch, since, bounds[0])
    if opens_on >= min(until, end, bounds[years]):
        return years, opens_on
    share, profit, first = (
        leg.share * contract.markets[m].margin,
        paths.profit[paths.row[m, p]],
        year_of(opens_on, calendar),
    )
    for year in range(first, years):
        opens, closes = max(bounds[year], launch), min(bounds[year + 1], end)
        due[year] = share * profit[year] * share_inside(opens, closes, since, until) if opens < closes else 0.0
    return first, opens_on
