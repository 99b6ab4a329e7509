"""The kernel's grants: a market's profit and launch costs, and costs, go from one party to another in a window."""

from __future__ import annotations

from onepill.core.dates import NEVER
from onepill.deals import arrays as k
from onepill.deals.kernel_books import book_year, note_receipt, present_values
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
    at: k.Int,
    count: k.Int,
) -> None:
    """Move one market on the paths of a block."""
    move = contract.moves[index]
    market, rows = contract.markets[move.market], paths.row[move.market]
    for i in range(count):
        p = at + i
        since, until = opening(move.since, scratch, i), closing(move.until, move.held, scratch, i)
        if since >= until:
            continue
        if rows[p] >= 0:
            launch, end = paths.launch[move.market, p], paths.end[move.market, p]
            if launch < until and end > since:
                _move_profit(index, move, market, since, until, i, p, contract, paths, calendar, rates, books, scratch)
        for member in range(market.costs_from, market.costs_to):
            m = contract.market_members[member]
            day, usd = paths.member_day[m, p], paths.member_usd[m, p]
            if usd != 0.0 and since <= day < until and calendar.bounds[0] <= day < calendar.bounds[-1]:
                ahead = day - calendar.bounds[0]
                year = calendar.year_of_day[ahead]
                books.launch_cost_usd[index, year] += usd
                _move_day(move, usd, ahead, year, p, contract, rates, books)


@jit
def note_first_cash(
    index: k.Int,
    contract: k.Contract,
    paths: k.Paths,
    calendar: k.Calendar,
    books: k.Books,
    scratch: k.Scratch,
    at: k.Int,
    count: k.Int,
) -> None:
    """The first day on which a party has a market that it had to begin with, past all windows in which it moved on."""
    watch, bounds = contract.watches[index], calendar.bounds
    margin, rows = contract.markets[watch.market].margin, paths.row[watch.market]
    for i in range(count):
        p = at + i
        if rows[p] < 0:
            continue
        day, last = max(paths.launch[watch.market, p], bounds[0]), min(paths.end[watch.market, p], bounds[-1])
        is_taken = True
        while is_taken and day < last:
            is_taken = False
            for m in range(contract.moves.size):
                move = contract.moves[m]
                if move.market == watch.market and move.giver == watch.party:
                    until = closing(move.until, move.held, scratch, i)
                    if opening(move.since, scratch, i) <= day < until:
                        day, is_taken = until, True
        if day < last and margin * paths.profit[rows[p], year_of(day, calendar)] > 0.0:
            note_receipt(watch.party, day, p, books)


@jit
def _move_day(
    move: k.Record,
    usd: k.Real,
    ahead: k.Int,
    year: k.Int,
    at: k.Int,
    contract: k.Contract,
    rates: k.Rates,
    books: k.Books,
) -> None:
    """Move an amount of a day, counted from the plan's."""
    if move.giver >= 0:
        books.npv_usd[move.giver, at] -= usd * rates.by_day[contract.parties[move.giver].rates, ahead]
        book_year(move.giver, year, -usd, at, contract, books)
    if move.taker >= 0:
        books.npv_usd[move.taker, at] += usd * rates.by_day[contract.parties[move.taker].rates, ahead]
        book_year(move.taker, year, usd, at, contract, books)


@jit
def _move_profit(
    index: k.Int,
    move: k.Record,
    market: k.Record,
    since: k.Int,
    until: k.Int,
    slot: k.Int,
    at: k.Int,
    contract: k.Contract,
    paths: k.Paths,
    calendar: k.Calendar,
    rates: k.Rates,
    books: k.Books,
    scratch: k.Scratch,
) -> None:
    """Move the operating profit of the window's days of each year; who has no tax rate of its own pays the market's."""
    launch, end, bounds = paths.launch[move.market, at], paths.end[move.market, at], calendar.bounds
    profit, due, years = paths.profit[paths.row[move.market, at]], scratch.due, scratch.due.size
    sums, first = books.profit_usd[index], year_of(max(launch, since), calendar)
    for year in range(k.Index(first), k.Index(years)):
        due[year] = market.margin * profit[year]
    if since > max(launch, bounds[0]) or until < min(end, bounds[years]):
        for year in range(first, years):
            opens, closes = max(bounds[year], launch), min(bounds[year + 1], end)
            due[year] *= share_inside(opens, closes, since, until) if opens < closes else 0.0
    for year in range(k.Index(first), k.Index(years)):
        sums[year] += due[year]
    if move.giver >= 0:
        _book_profit(move.giver, -1.0, market.tax_share, first, slot, at, contract, rates, books, scratch)
    if move.taker >= 0:
        _book_profit(move.taker, 1.0, market.tax_share, first, slot, at, contract, rates, books, scratch)
        if (move.giver >= 0 or move.back) and books.first_cash_day[move.taker, at] > max(bounds[first], launch, since):
            for year in range(first, years):
                if due[year] > 0.0:
                    note_receipt(move.taker, max(bounds[year], launch, since), at, books)
                    break


@jit
def _book_profit(
    party: k.Int,
    sign: k.Real,
    tax_share: k.Real,
    first: k.Int,
    slot: k.Int,
    at: k.Int,
    contract: k.Contract,
    rates: k.Rates,
    books: k.Books,
    scratch: k.Scratch,
) -> None:
    """Book the profit in `scratch.due` with its tax, or note it as taxed income."""
    terms, due, tax = contract.parties[party], scratch.due, contract.tax
    by_year, taken = rates.by_year[terms.rates], rates.by_year[contract.parties[tax].rates]
    own_share = tax_share if terms.income < 0 else 0.0
    value, tax_value, _ = present_values(due, by_year, taken, by_year, first)
    books.npv_usd[party, at] += sign * (1.0 - own_share) * value
    books.npv_usd[tax, at] += sign * own_share * tax_value
    if terms.kept >= 0 or contract.parties[tax].kept >= 0 or terms.income >= 0:
        for year in range(first, due.size):
            book_year(party, year, sign * (1.0 - own_share) * due[year], at, contract, books)
            book_year(tax, year, sign * own_share * due[year], at, contract, books)
            if terms.income >= 0:
                scratch.income[terms.income, slot, year] += sign * due[year]


@jit
def move_cost(
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
    """Move one cost of an activity on the paths of a block."""
    move, bounds = contract.cost_moves[index], calendar.bounds
    starts, finishes, amounts = paths.cost_start[move.cost], paths.cost_finish[move.cost], paths.cost_usd[move.cost]
    for i in range(count):
        p = at + i
        since = max(opening(move.since, scratch, i), bounds[0])
        until = min(closing(move.until, move.held, scratch, i), bounds[-1])
        if amounts[p] == 0.0 or since >= until:
            continue
        if move.timing == k.EVEN:
            after = max(finishes[p], starts[p] + 1)
            _move_spread(
                index,
                amounts[p] / (after - starts[p]),
                max(starts[p], since),
                min(after, until),
                move,
                p,
                contract,
                calendar,
                rates,
                books,
            )
            continue
        for half in range(2 if move.timing == k.AT_MIDDLE else 1):
            day = lump_day(move.timing, half, starts[p], finishes[p])
            if since <= day < until:
                usd = amounts[p] * (0.5 if move.timing == k.AT_MIDDLE else 1.0)
                year = calendar.year_of_day[day - bounds[0]]
                books.cost_usd[index, year] += usd
                _move_day(move, usd, day - bounds[0], year, p, contract, rates, books)


@jit
def lump_day(timing: k.Int, half: k.Int, start: k.Int, finish: k.Int) -> k.Int:
    """The day of a cost at the start, the middle (in halves where there are two middle days) or the finish."""
    if timing == k.AT_MIDDLE:
        return start + (finish - start + half) // 2 if start < NEVER else NEVER
    return start if timing == k.AT_START else finish


@jit
def _move_spread(
    index: k.Int,
    usd_per_day: k.Real,
    first: k.Int,
    after: k.Int,
    move: k.Record,
    at: k.Int,
    contract: k.Contract,
    calendar: k.Calendar,
    rates: k.Rates,
    books: k.Books,
) -> None:
    """Move a rate on the days [first, after), all of them counted ones."""
    if first >= after:
        return
    bounds = calendar.bounds
    low, high = first - bounds[0], after - bounds[0]
    if move.giver >= 0:
        cumulative = rates.cumulative[contract.parties[move.giver].rates]
        books.npv_usd[move.giver, at] -= usd_per_day * (cumulative[high] - cumulative[low])
    if move.taker >= 0:
        cumulative = rates.cumulative[contract.parties[move.taker].rates]
        books.npv_usd[move.taker, at] += usd_per_day * (cumulative[high] - cumulative[low])
    for year in range(calendar.year_of_day[low], calendar.year_of_day[high - 1] + 1):
        usd = usd_per_day * (min(after, bounds[year + 1]) - max(first, bounds[year]))
        books.cost_usd[index, year] += usd
        if move.giver >= 0:
            book_year(move.giver, year, -usd, at, contract, books)
        if move.taker >= 0:
            book_year(move.taker, year, usd, at, contract, books)
