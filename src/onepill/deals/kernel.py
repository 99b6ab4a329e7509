"""The kernel's entry: a structure on blocks of paths."""

from __future__ import annotations

from typing import Any

from onepill.deals import arrays as k
from onepill.deals.kernel_books import book_year
from onepill.deals.kernel_dated import pay_cost_share, pay_funding, pay_loan, pay_payment
from onepill.deals.kernel_days import fill_days
from onepill.deals.kernel_moves import move_cost, move_market, note_first_cash
from onepill.deals.kernel_sales import (
    pay_profit_share,
    pay_royalty,
    pay_royalty_on_royalty,
    pay_sales_milestone,
    pay_supply,
)
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
    at: k.Int,
    count: k.Int,
) -> None:
    kind = contract.legs[index].kind
    if kind == k.PAYMENT:
        pay_payment(index, contract, calendar, rates, books, scratch, at, count)
    elif kind == k.FUNDING:
        pay_funding(index, contract, calendar, rates, books, scratch, at, count)
    elif kind == k.SALES_MILESTONE:
        pay_sales_milestone(index, contract, paths, calendar, rates, books, scratch, at, count)
    elif kind == k.ROYALTY and contract.legs[index].base_row >= 0:
        pay_royalty_on_royalty(index, contract, calendar, rates, books, scratch, at, count)
    elif kind == k.ROYALTY:
        pay_royalty(index, contract, paths, calendar, rates, books, scratch, at, count)
    elif kind == k.PROFIT_SHARE:
        pay_profit_share(index, contract, paths, calendar, rates, books, scratch, at, count)
    elif kind == k.COST_SHARE:
        pay_cost_share(index, contract, paths, calendar, rates, books, scratch, at, count)
    elif kind == k.SUPPLY:
        pay_supply(index, contract, paths, calendar, rates, books, scratch, at, count)
    else:
        pay_loan(index, contract, calendar, rates, books, scratch, at, count)


@jit
def _pay_taxes(
    contract: k.Contract, rates: k.Rates, books: k.Books, scratch: k.Scratch, at: k.Int, count: k.Int
) -> None:
    """Tax each year's income of the parties with a rate of their own; a loss is neither refunded nor kept."""
    tax, years = contract.tax, scratch.due.size
    taken = rates.by_year[contract.parties[tax].rates]
    for party in range(contract.parties.size):
        terms = contract.parties[party]
        if terms.income < 0:
            continue
        by_year, sums = rates.by_year[terms.rates], books.tax_usd[terms.income]
        for i in range(count):
            income = scratch.income[terms.income, i]
            for year in range(years):
                owed = terms.tax_share * max(income[year], 0.0)
                books.npv_usd[party, at + i] -= owed * by_year[year]
                books.npv_usd[tax, at + i] += owed * taken[year]
                sums[year] += owed
                book_year(party, year, -owed, at + i, contract, books)
                book_year(tax, year, owed, at + i, contract, books)


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
        for at in range(0, count, k.BLOCK_PATHS):
            slots = min(k.BLOCK_PATHS, count - at)
            scratch.income[:, :, :] = 0.0
            fill_days(contract, paths, scratch, at, slots)
            for move in range(contract.moves.size):
                source = back if contract.moves[move].back else paths
                move_market(move, contract, source, calendar, rates, books, scratch, at, slots)
            for watch in range(contract.watches.size):
                note_first_cash(watch, contract, paths, calendar, books, scratch, at, slots)
            for move in range(contract.cost_moves.size):
                source = back if contract.cost_moves[move].back else paths
                move_cost(move, contract, source, calendar, rates, books, scratch, at, slots)
            for leg in range(contract.legs.size):
                _pay_leg(leg, contract, paths, calendar, rates, books, scratch, at, slots)
            _pay_taxes(contract, rates, books, scratch, at, slots)

    return run_contract


run_contract = _entry(k.source_digest())
