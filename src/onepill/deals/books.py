"""The kernel's books: made empty, filled, and read as flows of parties."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from onepill.core.dates import NEVER
from onepill.deals import arrays as k
from onepill.deals.bases import Bases
from onepill.deals.inputs import TAX, Leg
from onepill.deals.kernel import run_contract
from onepill.deals.moves import Move
from onepill.deals.outcome import FlowKey
from onepill.sim.plan import Money

Flow = tuple[FlowKey, Money]


def fill_books(
    contract: k.Contract, paths: k.Paths, back: k.Paths, bases: Bases, rates: k.Rates, *, books: k.Books, paid_rows: int
) -> None:
    """Run the kernel, which adds to the books; `paid_rows` is how many royalties are the base of others."""
    is_taxed = contract.is_taxed and bool((contract.parties["income"] >= 0).any())
    if contract.moves.size or contract.cost_moves.size or contract.legs.size or is_taxed:
        scratch = _scratch(contract, paths.taken.shape[0], paid_rows, bases.years.count)
        run_contract(contract, paths, back, bases.calendar, rates, books, scratch)


def empty_books(contract: k.Contract, bases: Bases) -> k.Books:
    """Books without any entry, for all that a contract may book."""
    paths, years, parties = bases.paths, bases.years.count, contract.parties
    legs, moves, costs = contract.legs.size, contract.moves.size, contract.cost_moves.size
    taxed, kept = int((parties["income"] >= 0).sum()), int((parties["kept"] >= 0).sum())
    return k.Books(
        npv_usd=np.zeros((parties.size, paths)),
        first_cash_day=np.full((parties.size, paths), NEVER, dtype=np.int32),
        yearly_usd=np.zeros((kept, years, paths)),
        income_begin=np.zeros(bases.blocks.size, dtype=np.int64),
        income_path=np.zeros(paths if taxed else 0, dtype=np.int32),
        income_usd=np.zeros((taxed, years * paths)),
        income_sign=np.zeros((taxed, bases.blocks.size - 1, years), dtype=np.int8),
        leg_usd=np.zeros((legs, years)),
        withheld_usd=np.zeros((legs, years)),
        profit_usd=np.zeros((moves, years)),
        launch_cost_usd=np.zeros((moves, years)),
        cost_usd=np.zeros((costs, years)),
        tax_usd=np.zeros((taxed, years)),
    )


def _scratch(contract: k.Contract, options: int, paid_rows: int, years: int) -> k.Scratch:
    taxed = int((contract.parties["income"] >= 0).sum())
    kept, width = int((contract.parties["kept"] >= 0).sum()), k.BLOCK_PATHS
    days = {name: np.zeros(width, dtype=np.int32) for name in _DAYS}
    places = {name: np.zeros(width, dtype=np.uint32) for name in _PLACES}
    amounts = {name: np.zeros(width) for name in _AMOUNTS}
    return k.Scratch(
        day=np.zeros((contract.whens.size, width), dtype=np.int32),
        option_day=np.zeros((options, width), dtype=np.int32),
        counts=np.zeros((k.LANES, years + 1), dtype=np.int64),
        years=np.zeros((width, years)),
        columns=np.zeros((years, width)),
        width=np.zeros(2, dtype=np.int64),
        paid_in=np.zeros(years + 1, dtype=np.bool_),
        partly=np.zeros(years),
        fully=np.zeros(years),
        income=np.zeros((taxed, years + 1, width)),
        noted=np.zeros((taxed, years + 1), dtype=np.int64),
        earned=np.zeros((taxed, years + 1), dtype=np.int64),
        kept=np.zeros((kept, years + 1, width)),
        paid=np.zeros((paid_rows, years, width)),
        **days,
        **places,
        **amounts,
    )


_DAYS = ("opens", "closes", "since", "until", "launch", "end", "from_day", "paid_on", "back_on", "place")
_PLACES = ("listed", "slot", "ahead", "year", "stand", "income_at")
"""Never negative: the kernel need not look at their sign before it uses them as positions."""
_AMOUNTS = (
    *("weight", "share", "base", "due", "withheld", "given", "got", "taken"),
    *("total", "before", "capped", "is_open"),
)
"""The kernel's rows by slot or column."""


def move_flows(
    moves: Sequence[Move], cost_moves: Sequence[Move], books: k.Books, bases: Bases, *, taxed: set[str]
) -> Iterator[Flow]:
    """What moves bring and take, in sums over the paths; parties that are not `taxed` pay the market's own tax."""
    for i, move in enumerate(moves):
        id_, share = bases.groups.ids[move.item], bases.groups.terms[move.item][0].tax_share
        for party, sign in ((move.giver, -1.0), (move.taker, 1.0)):
            if party is None:
                continue
            yield FlowKey("profit", id_, party), sign * books.profit_usd[i]
            yield FlowKey("launch_cost", id_, party), sign * books.launch_cost_usd[i]
            if party not in taxed:
                yield FlowKey("tax", id_, party), -sign * share * books.profit_usd[i]
                yield FlowKey("tax", id_, TAX), sign * share * books.profit_usd[i]
    for i, move in enumerate(cost_moves):
        _, cost = bases.timeline.futures.costs[move.item]
        for party, sign in ((move.giver, -1.0), (move.taker, 1.0)):
            if party is not None:
                yield FlowKey("cost", cost.item, party), sign * books.cost_usd[i]


def leg_flows(legs: Sequence[Leg], records: k.Records, books: k.Books) -> Iterator[Flow]:
    """What legs pay, in sums over the paths; several rows may belong to one leg."""
    for i, leg in enumerate(legs):
        withheld = books.withheld_usd[i] if records[i]["both_ways"] else leg.withholding_share * books.leg_usd[i]
        yield FlowKey("leg", leg.id, leg.payer), -books.leg_usd[i]
        yield FlowKey("leg", leg.id, leg.payee), books.leg_usd[i] - withheld
        if leg.withholding_share:
            yield FlowKey("withholding", leg.id, TAX), withheld
