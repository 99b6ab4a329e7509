"""The kernel's entry: a structure on blocks of paths."""

from __future__ import annotations

from typing import Any

from onepill.deals import arrays as k
from onepill.deals.kernel_books import keep_year
from onepill.deals.kernel_columns import add_both, add_times, add_to_slots, open_values, sum_of
from onepill.deals.kernel_dated import pay_cost_share, pay_funding, pay_loan, pay_payment
from onepill.deals.kernel_days import fill_days
from onepill.deals.kernel_moves import move_cost, move_market, note_first_cash
from onepill.deals.kernel_sales import pay_on_sales, pay_profit_share
from onepill.sim.jit import jit, jit_cached


@jit
def _pay_leg(
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
    kind = contract.legs[index].kind
    if kind == k.PAYMENT:
        pay_payment(index, contract, calendar, rates, books, scratch, at, count)
    elif kind == k.FUNDING:
        pay_funding(index, contract, calendar, rates, books, scratch, at, count)
    elif kind == k.PROFIT_SHARE:
        pay_profit_share(index, contract, paths, calendar, rates, books, scratch, block, at, count)
    elif kind == k.COST_SHARE:
        pay_cost_share(index, contract, paths, calendar, rates, books, scratch, block, at, count)
    elif kind == k.LOAN:
        pay_loan(index, contract, calendar, rates, books, scratch, at, count)
    else:
        pay_on_sales(index, contract, paths, calendar, rates, books, scratch, block, at, count)


@jit
def _pay_taxes(
    contract: k.Contract, rates: k.Rates, books: k.Books, scratch: k.Scratch, block: k.Int, at: k.Int, count: k.Int
) -> None:
    """Tax each year's income of the parties with a rate of their own; a loss is neither refunded nor kept."""
    tax, due = contract.tax, scratch.due
    for party in range(contract.parties.size):
        terms = contract.parties[party]
        if terms.income < 0:
            continue
        for i in range(count):
            scratch.slot[scratch.stand[i]] = i
        open_values(scratch, count)
        begin, by_year, share = books.income_begin[block], rates.by_year, terms.tax_share
        columns, row, years = books.income_begin[block + 1] - begin, terms.income, books.tax_usd.shape[1]
        for year in range(years):
            income, first = scratch.income[row, year], begin * years + year * columns
            some, sign = scratch.earned[row, year], books.income_sign[row, block, year]
            granted = columns if sign == k.ABOVE or (sign == k.BELOW and some > 0) else 0
            own, theirs = by_year[terms.rates, year], by_year[contract.parties[tax].rates, year]
            before = books.income_usd[row][first : first + granted]
            for i in range(granted):
                due[i] = share * max(income[i] + before[i], 0.0)
            for i in range(granted, some):
                due[i] = share * max(income[i], 0.0)
            for i in range(scratch.noted[row, year]):
                income[i] = 0.0
            scratch.noted[row, year] = scratch.earned[row, year] = 0
            some = max(granted, some)
            total = sum_of(due, some)
            if total == 0.0:
                continue
            add_both(scratch.given, scratch.taken, due, own, theirs, some)
            books.tax_usd[row, year] += total
            keep_year(party, year, -1.0, due, some, contract, scratch)
            keep_year(tax, year, 1.0, due, some, contract, scratch)
        add_to_slots(books.npv_usd[party], scratch.given, -1.0, scratch.slot, count, at)
        add_to_slots(books.npv_usd[tax], scratch.taken, 1.0, scratch.slot, count, at)


@jit
def _open_block(books: k.Books, scratch: k.Scratch, block: k.Int, at: k.Int, count: k.Int) -> None:
    """Nothing kept, paid or earned so far; where each slot's income stands."""
    scratch.kept[:, :, :] = 0.0
    scratch.paid[:, :, :] = 0.0
    begin, path, stand = books.income_begin[block], books.income_path, scratch.stand
    end = max(books.income_begin[block + 1], begin)
    known, new = end - begin, end - begin
    slots = count if scratch.income.shape[0] else 0
    for i in range(slots):
        stand[i] = known
    for j in range(known if slots else 0):
        stand[path[begin + j] - at] = j
    for i in range(slots):
        place = stand[i]
        is_new = place == known
        stand[i] = new if is_new else place
        new += is_new


@jit
def _note_income(books: k.Books, scratch: k.Scratch, block: k.Int, at: k.Int, count: k.Int) -> None:
    """Write income out that is taxed later, for those paths that have any."""
    begin, years, columns, due, listed = (
        books.income_begin[block],
        books.tax_usd.shape[1],
        0,
        scratch.due,
        scratch.listed,
    )
    due[:] = 0.0
    for party in range(scratch.income.shape[0]):
        for year in range(years):
            income = scratch.income[party, year]
            for i in range(count):
                due[i] = max(due[i], abs(income[i]))
    for i in range(count):
        if due[i] > 0.0:
            listed[columns] = i
            books.income_path[begin + columns] = at + i
            columns += 1
    books.income_begin[block + 1] = begin + columns
    for party in range(scratch.income.shape[0]):
        for year in range(years):
            income, first = scratch.income[party, year], begin * years + year * columns
            after, highest, lowest = books.income_usd[party][first : first + columns], 0.0, 0.0
            for j in range(columns):
                after[j] = income[listed[j]]
                highest, lowest = max(highest, after[j]), min(lowest, after[j])
            below = k.BELOW if lowest < 0.0 else 0
            books.income_sign[party, block, year] = k.ABOVE if highest > 0.0 else below
            for i in range(count):
                income[i] = 0.0


@jit
def _keep_years(books: k.Books, scratch: k.Scratch, at: k.Int, count: k.Int) -> None:
    """Add the kept years of a block."""
    for kept in range(scratch.kept.shape[0]):
        for year in range(books.yearly_usd.shape[1]):
            add_times(books.yearly_usd[kept, year][at:], scratch.kept[kept, year], 1.0, count)


def _entry(digest: int) -> Any:
    """The compiled entry; closing over the digest ties its cache to every file of the kernel."""

    @jit_cached
    def run_contract(
        contract: k.Contract,
        paths: k.Paths,
        back: k.Paths,
        calendar: k.Calendar,
        rates: k.Rates,
        books: k.Books,
        scratch: k.Scratch,
    ) -> None:
        """Book one structure on all the paths; `back` is what the programme does once it has come back."""
        if digest == 0:
            return
        count = paths.held.size
        for block in range(paths.begin.shape[1] - 1):
            at = block * k.BLOCK_PATHS
            slots = min(k.BLOCK_PATHS, count - at)
            _open_block(books, scratch, block, at, slots)
            fill_days(contract, paths, scratch, at, slots)
            for move in range(contract.moves.size):
                source = back if contract.moves[move].back else paths
                move_market(move, contract, source, calendar, rates, books, scratch, block, at, slots)
            for watch in range(contract.watches.size):
                note_first_cash(watch, contract, paths, calendar, books, scratch, block, at)
            for move in range(contract.cost_moves.size):
                source = back if contract.cost_moves[move].back else paths
                move_cost(move, contract, source, calendar, rates, books, scratch, block, at, slots)
            for leg in range(contract.legs.size):
                _pay_leg(leg, contract, paths, calendar, rates, books, scratch, block, at, slots)
            if contract.is_taxed:
                _pay_taxes(contract, rates, books, scratch, block, at, slots)
            elif scratch.income.shape[0]:
                _note_income(books, scratch, block, at, slots)
            _keep_years(books, scratch, at, slots)

    return run_contract


run_contract = _entry(k.source_digest())
