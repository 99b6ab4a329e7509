"""What do the grants of a structure bring each party of the programme itself, before any leg?

It depends on who has what when, on the parties' discounting and taxes and on nothing that legs say, so that structures
with the same grants on the same paths share it: another price, rate or share costs its legs alone.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from onepill.deals import arrays as k
from onepill.deals.bases import Bases
from onepill.deals.books import empty_books, fill_books, move_flows
from onepill.deals.contract import Compiled
from onepill.deals.holdings import make_rates, value_holding
from onepill.deals.inputs import TAX, Discounts, Structure
from onepill.deals.outcome import FlowKey
from onepill.sim.futures import Days
from onepill.sim.plan import Money

_KEPT = "grants"


@dataclass(frozen=True)
class Posed:
    """A structure on paths, with all that its grants may hang on."""

    structure: Structure
    compiled: Compiled
    discounts: list[Discounts]
    rates: dict[str, int]
    held_until: Days | None
    returned: Bases | None

    @cached_property
    def curves(self) -> dict[str, int]:
        """By party, a number that tells its discount factors from others."""
        factors = [hash((own.by_year.tobytes(), own.by_day.tobytes())) for own in self.discounts]
        return {party: factors[row] for party, row in self.rates.items()}

    @cached_property
    def ending(self) -> int | None:
        """A number that mostly tells the days on which the contract ends from others; None where it never does."""
        return None if self.held_until is None else int(self.held_until.sum(dtype=np.int64))

    def key(self) -> Hashable:
        """What the value of the grants depends on; whether the contract ends on the very days, `is_of` tells."""
        structure, compiled = self.structure, self.compiled
        taxes = [(party.id, party.tax_share is None) for party in structure.parties]
        parts = compiled.holdings, compiled.moves, compiled.cost_moves, structure.options, compiled.kept
        return (structure.owner, structure.signed, self.ending, *parts, *self.curves.items(), *taxes)


@dataclass(frozen=True)
class Granted:
    """The books after the grants, mean flows by year, and what `Posed.key` tells but roughly."""

    books: k.Books
    flows_usd: dict[FlowKey, Money]
    held_until: Days | None
    returned: Bases | None

    def is_of(self, posed: Posed) -> bool:
        """Whether the contract ends on the same days, and the programme then does the same."""
        return self.returned is posed.returned and same_days(self.held_until, posed.held_until)

    def open_books(self, contract: k.Contract, bases: Bases) -> k.Books:
        """Books for a contract's legs, which begin with what the grants left in them.

        Rows of parties that no leg and no tax concerns stay without values: see `parties_of_legs`.
        """
        legs, years = contract.legs.size, bases.years.count
        npv_usd, first_cash_day = np.empty_like(self.books.npv_usd), np.empty_like(self.books.first_cash_day)
        for party in parties_of_legs(contract):
            npv_usd[party], first_cash_day[party] = self.books.npv_usd[party], self.books.first_cash_day[party]
        return self.books._replace(
            npv_usd=npv_usd,
            first_cash_day=first_cash_day,
            yearly_usd=self.books.yearly_usd.copy(),
            leg_usd=np.zeros((legs, years)),
            withheld_usd=np.zeros((legs, years)),
            tax_usd=np.zeros_like(self.books.tax_usd),
        )

    def by_party(self, contract: k.Contract, books: k.Books) -> tuple[list[Money], list[Days]]:
        """Values and first cash days of all parties: those that `open_books` left out are the grants' own."""
        own = parties_of_legs(contract)
        from_books = [books if party in own else self.books for party in range(contract.parties.size)]
        npv_usd = [found.npv_usd[party] for party, found in enumerate(from_books)]
        return npv_usd, [found.first_cash_day[party] for party, found in enumerate(from_books)]

    @property
    def bytes(self) -> int:
        return sum(part.nbytes for part in self.books)


def same_days(one: Days | None, other: Days | None) -> bool:
    """Whether two contracts end on the same days."""
    return one is other if one is None or other is None else np.array_equal(one, other)


def value_grants(posed: Posed, bases: Bases, paths: k.Paths, back: k.Paths) -> Granted:
    """The value of the grants, from `bases.kept` where another structure has asked for it.

    The latest are kept, in no more room than the sales by path and year take.
    """
    kept: dict[Hashable, Granted] = bases.kept.setdefault(_KEPT, {})  # type: ignore[assignment]
    key = posed.key()
    found = kept.pop(key, None)
    if found is None or not found.is_of(posed):
        found = _value(posed, bases, paths, back)
    kept[key] = found
    while len(kept) > 1 and sum(one.bytes for one in kept.values()) > bases.sales.nbytes:
        del kept[next(iter(kept))]
    return found


def parties_of_legs(contract: k.Contract) -> frozenset[int]:
    """The parties whose values and first cash days legs and taxes on income may change."""
    legs, taxed = contract.legs, np.flatnonzero(contract.parties["income"] >= 0)
    pays_authorities = taxed.size > 0 or bool((legs["withholding"] > 0.0).any())
    found = np.concatenate((legs["payer"], legs["payee"], taxed))
    return frozenset((*found.tolist(), *([contract.tax] if pays_authorities else [])))


def without_moves(contract: k.Contract) -> k.Contract:
    """The contract's legs and taxes alone."""
    return contract._replace(moves=contract.moves[:0], watches=contract.watches[:0], cost_moves=contract.cost_moves[:0])


def _value(posed: Posed, bases: Bases, paths: k.Paths, back: k.Paths) -> Granted:
    compiled, party = posed.compiled, {id_: i for i, id_ in enumerate(posed.compiled.parties)}
    contract = compiled.contract._replace(legs=compiled.contract.legs[:0], is_taxed=False)
    books, flows = empty_books(contract, bases), dict[FlowKey, Money]()
    rates = make_rates(posed.discounts, bases.years)
    if compiled.moves:
        same = back is paths
        paths = bases.with_worth(paths, rates)
        back = paths if same or posed.returned is None else posed.returned.with_worth(back, rates)
    fill_books(contract, paths, back, bases, rates, books=books, paid_rows=0)
    found = [*move_flows(compiled.moves, compiled.cost_moves, books, bases, taxed=set(compiled.taxed))]
    for holding in compiled.holdings:
        own, authorities = posed.discounts[posed.rates[holding.party]], posed.discounts[posed.rates[TAX]]
        held = value_holding(holding, bases, own=own, authorities=authorities)
        books.npv_usd[party[holding.party]] += held.npv_usd
        books.npv_usd[party[TAX]] += held.tax_npv_usd
        # Where parts of a holding move on, the kernel has noted its first cash day.
        if holding.party not in compiled.watched:
            first = books.first_cash_day[party[holding.party]]
            np.minimum(first, held.first_cash_day, out=first)
        found += held.flows_usd.items()
    for key, usd in found:
        flows[key] = flows.get(key, 0.0) + usd / bases.paths
    held_until = None if posed.held_until is None else posed.held_until.copy()
    books.npv_usd.flags.writeable = books.first_cash_day.flags.writeable = False
    return Granted(_with_income_columns(books, bases), flows, held_until, posed.returned)


def _with_income_columns(books: k.Books, bases: Bases) -> k.Books:
    """The books without the room for income of paths on which there is none."""
    columns = int(books.income_begin[-1])
    usd = books.income_usd[:, : columns * bases.years.count].copy()
    return books._replace(income_path=books.income_path[:columns].copy(), income_usd=usd)
