"""Who has which part of the programme when: what is always somebody's, and what goes from one to another."""

from __future__ import annotations

from dataclasses import dataclass

from onepill.deals.bases import Bases
from onepill.deals.inputs import TAX, Grant, Structure, When, Window
from onepill.sim.futures import Days


@dataclass(frozen=True)
class Move:
    """In a window `taker` has an item instead of `giver` (None: nobody).

    Attributes:
        item: a market of contracts, or a cost, by its position.
        window: None: from the first day to the end.
        is_cut: it ends where the contract does; `since_end`: it begins there, and the window is left out.
        back: the item is that of the programme once it has come back.
    """

    item: int
    giver: str | None
    taker: str | None
    window: Window | None = None
    is_cut: bool = False
    since_end: bool = False
    back: bool = False

    @property
    def is_first(self) -> bool:
        """Whether it gives the taker what it has to begin with."""
        return self.giver is None and not self.back


@dataclass(frozen=True)
class Holding:
    """Markets and costs that one party has on all paths and days."""

    party: str
    markets: tuple[int, ...]
    costs: tuple[int, ...]


Moves = tuple[Move, ...]


def moves_of(
    structure: Structure, bases: Bases, *, tracked: frozenset[str] | set[str], ends: bool, returns: bool
) -> tuple[tuple[Holding, ...], Moves, Moves]:
    """Holdings, and the moves of markets and of costs.

    A party that is `tracked` by path and year holds nothing beforehand: all that it has is moved to it. Where the
    authorities are tracked nobody does, since everybody pays them.
    """
    has_market, market_moves = _share_out(
        len(bases.groups.ids),
        [(grant, bases.groups.named(grant.markets)) for grant in structure.grants],
        _Setting(structure, bases.first_sold_day, bases.plan.as_of, ends, returns),
    )
    has_cost, cost_moves = _share_out(
        len(bases.timeline.futures.costs),
        [(grant, bases.cost_rows(grant.activities)) for grant in structure.grants],
        _Setting(structure, bases.first_paid_day, bases.plan.as_of, ends, returns),
    )
    holdings = []
    for party in dict.fromkeys([structure.owner, *has_market.values(), *has_cost.values()]):
        own = tuple(m for m, holder in has_market.items() if holder == party)
        paid = tuple(c for c, holder in has_cost.items() if holder == party)
        if party in tracked or TAX in tracked:
            market_moves = [*(Move(m, None, party) for m in own), *market_moves]
            cost_moves = [*(Move(c, None, party) for c in paid), *cost_moves]
        elif own or paid:
            holdings.append(Holding(party, own, paid))
    return tuple(holdings), tuple(market_moves), tuple(cost_moves)


@dataclass(frozen=True)
class _Setting:
    structure: Structure
    first_day: Days
    as_of: int
    ends: bool
    returns: bool


def _share_out(
    items: int, grants: list[tuple[Grant, list[int]]], setting: _Setting
) -> tuple[dict[int, str], list[Move]]:
    """Who has each item to begin with, and how it moves on from there."""
    structure, moves = setting.structure, list[Move]()
    holder = dict.fromkeys(range(items), structure.owner)
    for grant, named in grants:
        for item in named:
            if holder[item] != structure.owner:
                raise ValueError(f"the grant {grant.id!r} gives away what another has given for good")
            if _is_always(grant.window, structure.signed, max(setting.as_of, int(setting.first_day[item]))):
                holder[item] = grant.to
            else:
                moves.append(Move(item, structure.owner, grant.to, grant.window, is_cut=True))
    after = None if setting.returns else structure.owner
    for item in range(items if setting.ends else 0):
        if holder[item] != after:
            moves.append(Move(item, holder[item], after, since_end=True))
        if setting.returns:
            moves.append(Move(item, None, structure.owner, since_end=True, back=True))
    return holder, moves


def _is_always(window: Window, signed: int, first_day: int) -> bool:
    """Whether a window holds all the days that count, on every path: it opens by the first of them."""
    return window.until is None and is_fixed(window.since) and fixed_day(window.since, signed) <= first_day


def is_fixed(when: When) -> bool:
    """Whether it is the same day on all paths."""
    return when.link is None and when.option is None


def fixed_day(when: When, signed: int) -> int:
    """The day of one that is the same on all paths."""
    return (signed if when.day is None else when.day) + when.lag_days
