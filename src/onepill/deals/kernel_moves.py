"""The kernel's grants: a market's profit and launch costs, and costs, go from one party to another in a window."""

from __future__ import annotations

from onepill.core.dates import NEVER
from onepill.deals import arrays as k
from onepill.deals.kernel_books import keep_day, keep_year, note_receipt
from onepill.deals.kernel_columns import (
    add_times,
    add_to_slots,
    close_receipts,
    cuts_year,
    fill_window,
    is_any_waiting,
    note_payments,
    note_slots,
    open_receipts,
    open_rows,
    open_values,
    place_of,
    span_of,
    sum_of,
    year_at,
)
from onepill.deals.kernel_days import closing, opening, share_inside, year_of
from onepill.sim.jit import jit


@jit
def move_market(
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
    """Move one market on the paths of a block."""
    move = contract.moves[index]
    market, costs = contract.markets[move.market], paths.fall_begin.shape[0] - contract.market_members.size
    fill_window(move.since, move.until, move.held, NEVER - 1, calendar, scratch, count)
    _move_profit(index, move, market, contract, paths, calendar, rates, books, scratch, block, at)
    for member in range(market.costs_from, market.costs_to):
        item = costs + contract.market_members[member]
        sums = books.launch_cost_usd[index]
        _move_falls(item, sums, move, contract, paths, calendar, rates, books, scratch, block, at)


@jit
def move_cost(
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
    """Move one cost of an activity on the paths of a block."""
    move = contract.cost_moves[index]
    fill_window(move.since, move.until, move.held, NEVER - 1, calendar, scratch, count)
    sums = books.cost_usd[index]
    _move_falls(move.cost, sums, move, contract, paths, calendar, rates, books, scratch, block, at)


@jit
def _move_profit(
    index: k.Int,
    move: k.Record,
    market: k.Record,
    contract: k.Contract,
    paths: k.Paths,
    calendar: k.Calendar,
    rates: k.Rates,
    books: k.Books,
    scratch: k.Scratch,
    block: k.Int,
    at: k.Int,
) -> None:
    """Move the operating profit of the window's days of each year; who has no tax rate of its own pays the market's."""
    begin = paths.begin[move.market, block]
    count = paths.begin[move.market, block + 1] - begin
    opened, first_day, last_day, latest, earliest = open_rows(begin, count, paths, scratch, at)
    if opened == 0:
        return
    open_values(scratch, count)
    giver, taker, tax, margin = move.giver, move.taker, contract.tax, market.margin
    giver_tax, taker_tax = _market_tax(giver, market, contract), _market_tax(taker, market, contract)
    is_waiting = _waits(move, books, scratch, count, at)
    others = _list_others(move, margin, count, contract, paths, calendar, scratch)
    if 2 * others < count:
        _move_whole(
            index,
            move,
            market,
            others,
            count,
            begin,
            block,
            is_waiting,
            contract,
            paths,
            calendar,
            rates,
            books,
            scratch,
        )
    else:
        first, last = span_of(first_day, last_day, calendar)
        for year in range(first, last):
            is_cut = cuts_year(year, count, latest, earliest, calendar, scratch)
            _move_year(
                index,
                move,
                market,
                year,
                is_cut,
                begin,
                count,
                is_waiting,
                contract,
                paths,
                calendar,
                rates,
                books,
                scratch,
            )
    if giver >= 0:
        add_to_slots(books.npv_usd[giver], scratch.given, giver_tax - 1.0, scratch.slot, count, at)
    if taker >= 0:
        add_to_slots(books.npv_usd[taker], scratch.got, 1.0 - taker_tax, scratch.slot, count, at)
        if is_waiting:
            close_receipts(books.first_cash_day[taker], scratch.paid_on, scratch.slot, count, at)
    if giver_tax != taker_tax:
        add_to_slots(books.npv_usd[tax], scratch.taken, taker_tax - giver_tax, scratch.slot, count, at)


@jit
def _move_year(
    index: k.Int,
    move: k.Record,
    market: k.Record,
    year: k.Int,
    is_cut: bool,
    begin: k.Int,
    count: k.Int,
    is_waiting: bool,
    contract: k.Contract,
    paths: k.Paths,
    calendar: k.Calendar,
    rates: k.Rates,
    books: k.Books,
    scratch: k.Scratch,
) -> None:
    """Move what the windows leave of a year's profit."""
    giver, taker, tax, due, margin = move.giver, move.taker, contract.tax, scratch.due, market.margin
    giver_tax, taker_tax = _market_tax(giver, market, contract), _market_tax(taker, market, contract)
    place = year_at(year, begin, count, calendar)
    profit = paths.profit[place : place + count]
    share = scratch.share if is_cut else scratch.weight
    for j in range(count):
        due[j] = margin * profit[j] * share[j]
    books.profit_usd[index, year] += sum_of(due, count)
    if giver >= 0:
        add_times(scratch.given, due, rates.by_year[contract.parties[giver].rates, year], count)
        _note_profit(giver, year, -1.0, giver_tax, count, contract, scratch)
    if taker >= 0:
        add_times(scratch.got, due, rates.by_year[contract.parties[taker].rates, year], count)
        _note_profit(taker, year, 1.0, taker_tax, count, contract, scratch)
    if giver_tax != taker_tax:
        add_times(scratch.taken, due, rates.by_year[contract.parties[tax].rates, year], count)
    if is_waiting:
        note_payments(calendar.bounds[year], False, scratch, count)


@jit
def _list_others(
    move: k.Record,
    margin: k.Real,
    count: k.Int,
    contract: k.Contract,
    paths: k.Paths,
    calendar: k.Calendar,
    scratch: k.Scratch,
) -> k.Int:
    """List the columns of which not all of the market moves, and write 1 to `share` of those of which all does.

    Returns how many are listed: all where anybody's years are kept or taxed, or the worth of all is not known.
    """
    giver, taker, others = move.giver, move.taker, 0
    one, two = contract.parties[max(giver, 0)], contract.parties[max(taker, 0)]
    is_noted = max(one.kept, one.income, two.kept, two.income, contract.parties[contract.tax].kept) >= 0
    if is_noted or margin <= 0.0 or paths.worth_usd.shape[0] == 0:
        return count
    for j in range(count):
        since = max(scratch.launch[j], calendar.bounds[0])
        is_whole = scratch.weight[j] > 0.0 and scratch.since[j] <= since and scratch.until[j] >= scratch.end[j]
        scratch.share[j] = 1.0 if is_whole else 0.0
        scratch.listed[others] = j
        others += not is_whole
    return others


@jit
def _move_whole(
    index: k.Int,
    move: k.Record,
    market: k.Record,
    others: k.Int,
    count: k.Int,
    begin: k.Int,
    block: k.Int,
    is_waiting: bool,
    contract: k.Contract,
    paths: k.Paths,
    calendar: k.Calendar,
    rates: k.Rates,
    books: k.Books,
    scratch: k.Scratch,
) -> None:
    """Move all of a market by what it is worth, and what the window leaves on the columns listed year by year."""
    years, sums, margin, share = calendar.bounds.size - 1, books.profit_usd[index], market.margin, scratch.share
    given, got, taken, paid_on = scratch.given, scratch.got, scratch.taken, scratch.paid_on
    one, two = contract.parties[max(move.giver, 0)].rates, contract.parties[max(move.taker, 0)].rates
    three = contract.parties[contract.tax].rates
    worth_one, worth_two = paths.worth_usd[one][begin:], paths.worth_usd[two][begin:]
    worth_three, gain = paths.worth_usd[three][begin:], paths.gain_day[begin:]
    for j in range(count):
        part = margin * share[j]
        given[j] = part * worth_one[j]
        got[j] = part * worth_two[j]
        taken[j] = part * worth_three[j]
    for j in range(count if is_waiting else 0):
        paid_on[j] = gain[j] if share[j] > 0.0 else NEVER
    for year in range(years):
        sums[year] += margin * paths.block_profit[move.market, block, year]
    for each in range(others):
        j = scratch.listed[each]
        for year in range(years):
            usd = margin * paths.profit[year_at(year, begin, count, calendar) + j]
            opens = max(calendar.bounds[year], scratch.launch[j])
            closes = min(calendar.bounds[year + 1], scratch.end[j])
            part = usd * scratch.weight[j] * share_inside(opens, closes, scratch.since[j], scratch.until[j])
            sums[year] += part - usd
            given[j] += part * rates.by_year[one, year]
            got[j] += part * rates.by_year[two, year]
            taken[j] += part * rates.by_year[three, year]
            if part > 0.0:
                paid_on[j] = min(paid_on[j], max(scratch.from_day[j], calendar.bounds[year]))


@jit
def _waits(move: k.Record, books: k.Books, scratch: k.Scratch, count: k.Int, at: k.Int) -> bool:
    """Whether the market may be the first thing that brings the taker money; what it has to begin with is watched."""
    if move.taker < 0 or (move.giver < 0 and not move.back):
        return False
    open_receipts(scratch, count)
    return is_any_waiting(books.first_cash_day[move.taker], scratch, count, at)


@jit
def _market_tax(party: k.Int, market: k.Record, contract: k.Contract) -> k.Real:
    """The market's tax share where it applies to a party, nobody paying any."""
    return market.tax_share if party >= 0 and contract.parties[party].income < 0 else 0.0


@jit
def _note_profit(
    party: k.Int,
    year: k.Int,
    sign: k.Real,
    tax_share: k.Real,
    count: k.Int,
    contract: k.Contract,
    scratch: k.Scratch,
) -> None:
    """Note a year's profit and its tax in kept years, or the profit as taxed income."""
    keep_year(party, year, sign * (1.0 - tax_share), scratch.due, count, contract, scratch)
    keep_year(contract.tax, year, sign * tax_share, scratch.due, count, contract, scratch)
    income = contract.parties[party].income
    if income >= 0:
        note_slots(scratch.income[income, year], scratch.due, sign, scratch.slot, count)


@jit
def note_first_cash(
    index: k.Int,
    contract: k.Contract,
    paths: k.Paths,
    calendar: k.Calendar,
    books: k.Books,
    scratch: k.Scratch,
    block: k.Int,
    at: k.Int,
) -> None:
    """The first day on which a party has a market that it had to begin with, past all windows in which it moved on."""
    watch = contract.watches[index]
    market, party, margin = watch.market, watch.party, contract.markets[watch.market].margin
    begin, end = paths.begin[market, block], paths.begin[market, block + 1]
    for row in range(begin, end):
        p, day, last, is_taken = paths.path[row], max(paths.launch[row], calendar.bounds[0]), paths.end[row], True
        # A later day than the party is paid on anyway need not be found.
        while is_taken and day < min(last, books.first_cash_day[party, p]):
            is_taken = False
            for m in range(watch.moves_from, watch.moves_to):
                move = contract.moves[m]
                if move.market == market and move.giver == party:
                    until = closing(move.until, move.held, scratch, p - at)
                    if opening(move.since, scratch, p - at) <= day < until:
                        day, is_taken = until, True
        place = place_of(row, begin, calendar) + year_of(day, calendar) * (end - begin)
        if day < last and margin * paths.profit[place] > 0.0:
            note_receipt(party, day, p, books)


@jit
def _move_falls(
    item: k.Int,
    sums: k.Array,
    move: k.Record,
    contract: k.Contract,
    paths: k.Paths,
    calendar: k.Calendar,
    rates: k.Rates,
    books: k.Books,
    scratch: k.Scratch,
    block: k.Int,
    at: k.Int,
) -> None:
    """Move what falls in the window of `fill_window`."""
    begin, end = paths.fall_begin[item, block], paths.fall_begin[item, block + 1]
    giver, taker, tax, bounds, year_of_day = move.giver, move.taker, contract.tax, calendar.bounds, calendar.year_of_day
    opens, closes, partly, fully, as_of = scratch.opens, scratch.closes, scratch.partly, scratch.fully, bounds[0]
    # Nobody's bookings are the authorities', with nothing to book.
    one, two = (giver if giver >= 0 else tax), (taker if taker >= 0 else tax)
    lost, won = (1.0 if giver >= 0 else 0.0), (1.0 if taker >= 0 else 0.0)
    from_one, to_two = books.npv_usd[one], books.npv_usd[two]
    value_one = rates.cumulative[contract.parties[one].rates]
    value_two = rates.cumulative[contract.parties[two].rates]
    is_kept = contract.parties[one].kept >= 0 or contract.parties[two].kept >= 0
    partly[:] = 0.0
    fully[:] = 0.0
    first_year, last_year = partly.size, -1
    for f in range(begin, end):
        p, usd = paths.fall_path[f], paths.fall_usd[f]
        since, until = max(paths.fall_since[f], opens[p - at]), min(paths.fall_until[f], closes[p - at])
        if since >= until:
            continue
        low, high = since - as_of, until - as_of
        from_one[p] -= lost * usd * (value_one[high] - value_one[low])
        to_two[p] += won * usd * (value_two[high] - value_two[low])
        year, last = year_of_day[low], year_of_day[high - 1]
        partly[year] -= usd * (since - bounds[year])
        partly[last] += usd * (until - bounds[last])
        fully[year] -= usd
        fully[last] += usd
        first_year, last_year = min(first_year, year), max(last_year, last)
        if is_kept:
            _keep_fall(usd, since, until, one, two, lost, won, p - at, contract, calendar, scratch)
    usd_a_day = 0.0
    for year in range(last_year, first_year - 1, -1):
        sums[year] += partly[year] + usd_a_day * (bounds[year + 1] - bounds[year])
        usd_a_day += fully[year]


@jit
def _keep_fall(
    usd: k.Real,
    since: k.Int,
    until: k.Int,
    giver: k.Int,
    taker: k.Int,
    lost: k.Real,
    won: k.Real,
    slot: k.Int,
    contract: k.Contract,
    calendar: k.Calendar,
    scratch: k.Scratch,
) -> None:
    """Note by year what falls on the days of a window."""
    bounds = calendar.bounds
    for year in range(year_of(since, calendar), year_of(until - 1, calendar) + 1):
        paid = usd * (min(until, bounds[year + 1]) - max(since, bounds[year]))
        keep_day(giver, year, -lost * paid, slot, contract, scratch)
        keep_day(taker, year, won * paid, slot, contract, scratch)
