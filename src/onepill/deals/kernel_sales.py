"""The kernel's legs on sales: royalties in tiers, milestones on sales, shares of profit, supply."""

from __future__ import annotations

from onepill.core.dates import NEVER
from onepill.deals import arrays as k
from onepill.deals.kernel_books import pay_day, pay_years
from onepill.deals.kernel_days import closing, opening, share_inside, year_of
from onepill.sim.jit import jit


@jit
def _add_window(
    leg: k.Record,
    m: k.Int,
    since: k.Int,
    until: k.Int,
    p: k.Int,
    paths: k.Paths,
    calendar: k.Calendar,
    base: k.Array,
    start: k.Int,
) -> k.Int:
    """Add the sales of one launched market in a window to the base by year, which is cleared up to year `start`.

    Returns the first year that the base now has.
    """
    bounds, launch, end, row = calendar.bounds, paths.launch[m, p], paths.end[m, p], paths.row[m, p]
    years = base.size
    if launch >= until or end <= since:
        return start
    first = year_of(max(launch, since), calendar)
    for year in range(first, start):
        base[year] = 0.0
    sales = paths.sales[row]
    plain = leg.term_days >= NEVER and not leg.ends_at_exclusivity and leg.step_down == 1.0
    if plain and since <= max(launch, bounds[0]) and until >= min(end, bounds[years]):
        for year in range(first, years):
            base[year] += sales[year]
        return min(first, start)
    protected = paths.protected[row]
    term = launch + leg.term_days if leg.term_days < NEVER else NEVER
    for year in range(first, years):
        opens, closes = max(bounds[year], launch), min(bounds[year + 1], end)
        if opens >= closes or opens >= until:
            break
        share = share_inside(opens, closes, since, until)
        kept = protected[year] * share
        counted = sales[year] * share
        if leg.term_days < NEVER:
            counted = sales[year] * share_inside(opens, closes, since, min(until, term))
            if leg.ends_at_exclusivity:
                counted = max(counted, kept)
        elif leg.ends_at_exclusivity:
            counted = kept
        if leg.step_down != 1.0:
            kept = min(counted, kept)
            counted = kept + leg.step_down * (counted - kept)
        base[year] += counted
    return min(first, start)


@jit
def _fill_base(
    leg: k.Record,
    since: k.Int,
    until: k.Int,
    p: k.Int,
    contract: k.Contract,
    paths: k.Paths,
    calendar: k.Calendar,
    base: k.Array,
) -> tuple[k.Int, k.Int]:
    """Sum a leg's sales by year; the first year with any, and the first day on which any of its markets is sold."""
    start, launch = base.size, NEVER
    for member in range(leg.members_from, leg.members_to):
        m = contract.members[member]
        if paths.row[m, p] >= 0:
            launch = min(launch, paths.launch[m, p])
            start = _add_window(leg, m, since, until, p, paths, calendar, base, start)
    return start, max(launch, since, calendar.bounds[0])


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
    """A royalty on sales, or on what another royalty pays."""
    leg, base, due, years = contract.legs[index], scratch.base, scratch.due, scratch.base.size
    for i in range(count):
        p = at + i
        since, until = opening(leg.since, scratch, i), closing(leg.until, 1, scratch, i)
        if leg.paid_row >= 0:
            for year in range(years):
                scratch.paid[leg.paid_row, i, year] = 0.0
        if since >= until:
            continue
        if leg.base_row >= 0:
            first, day = _royalty_as_base(leg, since, until, i, calendar, scratch)
        else:
            first, day = _fill_base(leg, since, until, p, contract, paths, calendar, base)
        if first >= years:
            continue
        _apply_tiers(leg, first, contract, base, due)
        if leg.stack_rate > 0.0:
            for year in range(first, years):
                due[year] = max(due[year] - leg.stack_rate * base[year], leg.stack_floor * due[year])
        if leg.caps_to > leg.caps_from:
            _apply_caps(leg, first, contract, calendar, due)
        if leg.paid_row >= 0:
            for year in range(first, years):
                scratch.paid[leg.paid_row, i, year] = due[year]
        pay_years(index, leg, day, first, i, p, contract, calendar, rates, books, scratch)


@jit
def _royalty_as_base(
    leg: k.Record, since: k.Int, until: k.Int, slot: k.Int, calendar: k.Calendar, scratch: k.Scratch
) -> tuple[k.Int, k.Int]:
    """What another royalty pays in a window, each year's evenly over its days."""
    paid, base, first = scratch.paid[leg.base_row, slot], scratch.base, scratch.base.size
    for year in range(base.size):
        share = share_inside(calendar.bounds[year], calendar.bounds[year + 1], since, until)
        base[year] = paid[year] * share
        if base[year] != 0.0 and first == base.size:
            first = year
    return first, max(since, calendar.bounds[0])


@jit
def _apply_tiers(leg: k.Record, first: k.Int, contract: k.Contract, base: k.Array, due: k.Array) -> None:
    """Each slice above a threshold bears its own rate: every tier adds its step on what is above it."""
    years = base.size
    for year in range(first, years):
        due[year] = 0.0
    if not leg.cumulative:
        for t in range(leg.tiers_from, leg.tiers_to):
            threshold, step = contract.tiers[t].threshold_usd, contract.tiers[t].rate_step
            for year in range(first, years):
                due[year] += step * max(base[year] - threshold, 0.0)
        return
    total, before = 0.0, 0.0
    for year in range(first, years):
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
    leg, base, due, years = contract.legs[index], scratch.base, scratch.due, scratch.base.size
    for i in range(count):
        since, until = opening(leg.since, scratch, i), min(closing(leg.until, 1, scratch, i), leg.by + 1)
        if since >= until:
            continue
        first, day = _fill_base(leg, since, until, at + i, contract, paths, calendar, base)
        if first >= years:
            continue
        total, is_open = 0.0, True
        for year in range(first, years):
            total = total + base[year] if leg.cumulative else base[year]
            is_reached = is_open and base[year] > 0.0 and total >= leg.threshold_usd
            due[year] = leg.amount if is_reached else 0.0
            is_open = is_open and (leg.every_year or not is_reached)
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
    leg, base, due, years = contract.legs[index], scratch.base, scratch.due, scratch.base.size
    for i in range(count):
        since, until = opening(leg.since, scratch, i), closing(leg.until, 1, scratch, i)
        if since >= until:
            continue
        first, day = _fill_base(leg, since, until, at + i, contract, paths, calendar, base)
        if first >= years:
            continue
        for year in range(first, years):
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
