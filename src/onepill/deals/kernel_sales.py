"""The kernel's legs on sales: royalties in tiers, milestones on sales, shares of profit, supply."""

from __future__ import annotations

from onepill.core.dates import NEVER
from onepill.deals import arrays as k
from onepill.deals.kernel_books import close_leg, open_leg, pay_day, pay_year
from onepill.deals.kernel_columns import cuts_year, fill_window, open_paths, open_rows, span_of, year_at
from onepill.deals.kernel_windows import fill_base, open_base
from onepill.sim.jit import jit

_ROUNDING = 1e-12
"""Far more than sums of the same sales in another order differ by."""


@jit
def pay_on_sales(
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
    """A royalty, milestones or supply on sales, or a royalty on what another one pays, each year's evenly by days."""
    leg = contract.legs[index]
    fill_window(leg.since, leg.until, 1, leg.by, calendar, scratch, count)
    if leg.base_row >= 0:
        opened, first_day, last_day = open_paths(scratch, count)
        first, last = span_of(first_day, last_day, calendar)
        begin, columns, latest, earliest, listed = 0, count if opened else 0, 0, NEVER, 0
    else:
        base_rows = open_base(leg, contract, paths, calendar, scratch, block, at)
        begin, columns, first, last, latest, earliest, listed = base_rows
    _open_sums(columns, scratch)
    waiting = _close_below(leg, begin, columns, paths, scratch) if leg.kind == k.SALES_MILESTONE else columns
    if waiting == 0:
        return
    is_waiting = open_leg(leg, columns, books, scratch, at)
    cap = leg.caps_from
    for year in range(first, last):
        if leg.base_row >= 0:
            _fill_paid(leg, year, columns, calendar, scratch)
        else:
            fill_base(year, begin, columns, latest, earliest, listed, paths, calendar, scratch)
        if leg.kind == k.ROYALTY:
            cap = _fill_royalty(leg, year, columns, cap, contract, calendar, scratch)
        elif leg.kind == k.SALES_MILESTONE:
            reached = _fill_milestone(leg, columns, scratch)
            if reached == 0:
                continue
            waiting -= 0 if leg.every_year else reached
        else:
            for j in range(columns):
                scratch.due[j] = leg.share * scratch.base[j]
        pay_year(index, leg, year, columns, is_waiting, contract, calendar, rates, books, scratch)
        if waiting == 0:
            break
    close_leg(leg, columns, is_waiting, contract, books, scratch, at)


@jit
def _open_sums(count: k.Int, scratch: k.Scratch) -> None:
    for j in range(count):
        scratch.total[j] = 0.0
        scratch.before[j] = 0.0
        scratch.capped[j] = 0.0
        scratch.is_open[j] = 1.0


@jit
def _fill_paid(leg: k.Record, year: k.Int, count: k.Int, calendar: k.Calendar, scratch: k.Scratch) -> None:
    """What another royalty pays in a year, as far as its days lie in the window."""
    paid, opens, closes = scratch.paid[leg.base_row, year], calendar.bounds[year], calendar.bounds[year + 1]
    for j in range(count):
        inside = max(min(closes, scratch.until[j]) - max(opens, scratch.since[j]), 0)
        scratch.base[j] = paid[j] * (inside / (closes - opens))


@jit
def _close_below(leg: k.Record, begin: k.Int, count: k.Int, paths: k.Paths, scratch: k.Scratch) -> k.Int:
    """Close the columns in `is_open` that never reach a milestone; how many are left.

    What the window leaves of the sales is never more than all of them, but for rounding.
    """
    opened, threshold, is_open = 0, leg.threshold_usd * (1.0 - _ROUNDING), scratch.is_open
    most = (paths.total_usd if leg.cumulative else paths.peak_usd)[begin : begin + count]
    for j in range(count):
        may_come = scratch.weight[j] > 0.0 and most[j] >= threshold
        is_open[j] = 1.0 if may_come else 0.0
        opened += may_come
    return opened


@jit
def _fill_milestone(leg: k.Record, count: k.Int, scratch: k.Scratch) -> k.Int:
    """An amount where a year (or all so far) reaches the threshold, once or each time; how many do."""
    base, due, total, is_open = scratch.base, scratch.due, scratch.total, scratch.is_open
    carried, ends, reached = 1.0 if leg.cumulative else 0.0, 0.0 if leg.every_year else 1.0, 0
    threshold, amount = leg.threshold_usd, leg.amount
    for j in range(count):
        total[j] = carried * total[j] + base[j]
        hit = base[j] > 0.0 and total[j] >= threshold and is_open[j] > 0.0
        due[j] = amount if hit else 0.0
        is_open[j] -= ends if hit else 0.0
        reached += hit
    return reached


@jit
def _fill_royalty(
    leg: k.Record,
    year: k.Int,
    count: k.Int,
    cap: k.Int,
    contract: k.Contract,
    calendar: k.Calendar,
    scratch: k.Scratch,
) -> k.Int:
    """Tiers on a year's base, or on all so far, less what is stacked, up to the caps; the cap that holds next."""
    base, due, total, before = scratch.base, scratch.due, scratch.total, scratch.before
    if leg.cumulative:
        for j in range(count):
            total[j] += base[j]
        _apply_tiers(leg, count, contract, total, due)
        for j in range(count):
            amount = due[j]
            due[j] = amount - before[j]
            before[j] = amount
    else:
        _apply_tiers(leg, count, contract, base, due)
    if leg.stack_rate > 0.0:
        rate, floor = leg.stack_rate, leg.stack_floor
        for j in range(count):
            due[j] = max(due[j] - rate * base[j], floor * due[j])
    if leg.caps_to > leg.caps_from:
        cap = _apply_caps(leg, year, count, cap, contract, calendar, scratch)
    if leg.paid_row >= 0:
        paid = scratch.paid[leg.paid_row, year]
        for j in range(count):
            paid[scratch.slot[j]] = due[j]
    return cap


@jit
def _apply_tiers(leg: k.Record, count: k.Int, contract: k.Contract, sales: k.Array, due: k.Array) -> None:
    """Each slice above a threshold bears its own rate: every tier adds its step on what is above it.

    Tiers are taken four at a time, so that what is due goes to memory once for all of them.
    """
    end = leg.tiers_to
    for t in range(leg.tiers_from, end, 4):
        known = 0.0 if t == leg.tiers_from else 1.0
        (from_0, step_0), (from_1, step_1) = _tier(t, end, contract), _tier(t + 1, end, contract)
        (from_2, step_2), (from_3, step_3) = _tier(t + 2, end, contract), _tier(t + 3, end, contract)
        for j in range(count):
            usd = sales[j]
            low = step_0 * max(usd - from_0, 0.0) + step_1 * max(usd - from_1, 0.0)
            due[j] = known * due[j] + low + (step_2 * max(usd - from_2, 0.0) + step_3 * max(usd - from_3, 0.0))


@jit
def _tier(t: k.Int, end: k.Int, contract: k.Contract) -> tuple[k.Real, k.Real]:
    """A tier's threshold and step; past the last, nothing on all sales."""
    tier = contract.tiers[min(t, end - 1)]
    return tier.threshold_usd, tier.rate_step if t < end else 0.0


@jit
def _apply_caps(
    leg: k.Record,
    year: k.Int,
    count: k.Int,
    cap: k.Int,
    contract: k.Contract,
    calendar: k.Calendar,
    scratch: k.Scratch,
) -> k.Int:
    """Where a cap is reached by its day nothing more is owed; from the day on the next one holds."""
    owed, paid, is_open, capped = scratch.due, scratch.withheld, scratch.is_open, scratch.capped
    opens, closes, used = calendar.bounds[year], calendar.bounds[year + 1], 0.0
    for j in range(count):
        paid[j] = 0.0
    while cap < leg.caps_to:
        upto = min(max(contract.caps[cap].day + 1 - opens, 0), closes - opens) / (closes - opens)
        share, most = max(upto - used, 0.0), contract.caps[cap].total_usd
        for j in range(count):
            part, room = owed[j] * share, max(most - capped[j], 0.0)
            moved = is_open[j] * min(part, room)
            paid[j] += moved
            capped[j] += moved
            is_open[j] = is_open[j] if part < room else 0.0
        used = max(upto, used)
        if upto >= 1.0:
            break
        cap += 1
    rest = 1.0 - used if cap == leg.caps_to else 0.0
    for j in range(count):
        owed[j] = paid[j] + is_open[j] * rest * owed[j]
    return cap


@jit
def pay_profit_share(
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
    """A share of operating profit less launch costs, market by market."""
    leg, due, costs = contract.legs[index], scratch.due, paths.fall_begin.shape[0] - contract.market_members.size
    fill_window(leg.since, leg.until, 1, NEVER - 1, calendar, scratch, count)
    for member in range(leg.members_from, leg.members_to):
        m = contract.members[member]
        begin = paths.begin[m, block]
        columns = paths.begin[m, block + 1] - begin
        opened, first_day, last_day, latest, earliest = open_rows(begin, columns, paths, scratch, at)
        if opened:
            is_waiting = open_leg(leg, columns, books, scratch, at)
            part, (first, last) = leg.share * contract.markets[m].margin, span_of(first_day, last_day, calendar)
            for year in range(first, last):
                place = year_at(year, begin, columns, calendar)
                profit = paths.profit[place : place + columns]
                is_cut = cuts_year(year, columns, latest, earliest, calendar, scratch)
                share = scratch.share if is_cut else scratch.weight
                for j in range(columns):
                    due[j] = part * profit[j] * share[j]
                pay_year(index, leg, year, columns, is_waiting, contract, calendar, rates, books, scratch)
            close_leg(leg, columns, is_waiting, contract, books, scratch, at)
        for cost in range(contract.markets[m].costs_from, contract.markets[m].costs_to):
            item = costs + contract.market_members[cost]
            for f in range(paths.fall_begin[item, block], paths.fall_begin[item, block + 1]):
                i, day = paths.fall_path[f] - at, paths.fall_since[f]
                if scratch.opens[i] <= day < scratch.closes[i]:
                    usd = leg.share * paths.fall_usd[f]
                    pay_day(index, leg, usd, day, i, at, contract, calendar, rates, books, scratch)
