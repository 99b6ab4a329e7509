"""What parties have on all paths and days: computed once, shared by all structures on the same paths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onepill.deals import arrays as k
from onepill.deals.bases import Bases
from onepill.deals.books import empty_books, fill_books, move_flows
from onepill.deals.inputs import Discounts
from onepill.deals.moves import Holding, Move
from onepill.deals.outcome import FlowKey
from onepill.deals.years import Years
from onepill.sim.futures import Days
from onepill.sim.plan import Money

NONE = -1


@dataclass(frozen=True)
class Held:
    """One holding: its values to the holder and to the authorities (paths,), sums by year, and its first cash day."""

    npv_usd: Money
    tax_npv_usd: Money
    first_cash_day: Days
    flows_usd: dict[FlowKey, Money]


def value_holding(holding: Holding, bases: Bases, *, own: Discounts, authorities: Discounts) -> Held:
    """The value of a holding, from `bases.kept` where another structure has asked for it."""
    factors = (own.by_year, own.by_day, authorities.by_year, authorities.by_day)
    key = (holding, *(hash(factor.tobytes()) for factor in factors))
    found = bases.kept.get(key)
    if not isinstance(found, Held):
        found = _value(holding, bases, make_rates([own, authorities], bases.years))
        bases.kept[key] = found
    return found


def _value(holding: Holding, bases: Bases, rates: k.Rates) -> Held:
    moves = [Move(m, None, holding.party) for m in holding.markets]
    cost_moves = [Move(c, None, holding.party) for c in holding.costs]
    whole = {"giver": NONE, "taker": 0, "since": NONE, "until": NONE}
    nothing = k.build(k.WHEN, [{"activity": NONE, "option": NONE}])
    contract = k.Contract(
        tax=1,
        is_taxed=False,
        whens=nothing,
        parties=k.build(k.PARTY, [{"rates": i, "income": NONE, "kept": NONE} for i in (0, 1)]),
        markets=bases.market_records,
        market_members=bases.market_members,
        moves=k.build(k.MOVE, [whole | {"market": m} for m in holding.markets]),
        watches=k.build(k.WATCH, [{"party": 0, "market": m} for m in holding.markets]),
        cost_moves=k.build(k.COST_MOVE, [whole | {"cost": c} for c in holding.costs]),
        legs=k.build(k.LEG, []),
        members=np.zeros(0, dtype=np.int32),
        tiers=k.build(k.TIER, []),
        caps=k.build(k.CAP, []),
        growth=np.zeros(0),
    )
    paths = bases.kernel_paths
    books = empty_books(contract, bases)
    fill_books(contract, paths, paths, bases, rates, books=books, paid_rows=0)
    flows: dict[FlowKey, Money] = {}
    for flow, usd in move_flows(moves, cost_moves, books, bases, taxed=set()):
        flows[flow] = flows.get(flow, 0.0) + usd
    return Held(books.npv_usd[0], books.npv_usd[1], books.first_cash_day[0], flows)


def make_rates(discounts: list[Discounts], years: Years) -> k.Rates:
    """The kernel's rates, a row for each.

    Raises:
        ValueError: factors that do not reach to the last day of the plan's years.
    """
    days = int(years.bounds[-1] - years.bounds[0])
    if any(own.by_year.shape != (years.count,) or own.by_day.shape != (days,) for own in discounts):
        raise ValueError(f"discount factors are wanted for {years.count} years and their {days} days")
    by_day = np.array([own.by_day for own in discounts])
    cumulative = np.concatenate((np.zeros((len(discounts), 1)), np.cumsum(by_day, axis=1)), axis=1)
    ending = np.concatenate((by_day, np.zeros((len(discounts), 1))), axis=1)
    return k.Rates(np.array([own.by_year for own in discounts]), ending, cumulative)
