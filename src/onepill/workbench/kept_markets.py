"""Markets' tables that a plan still holds, for the next plan whose market sells alike: an edit changes one at most."""

from __future__ import annotations

from weakref import WeakValueDictionary

from onepill.access import MarketInput, Valuation, build_market, unsold
from onepill.sim.plan import Market

Key = tuple[MarketInput, int, int, int]
_HELD: WeakValueDictionary[Key, Market] = WeakValueDictionary()
"""Nothing is kept alive here: a table goes with the last plan that holds it."""


def market_of(given: MarketInput, value: Valuation) -> Market:
    """The plan's market, its sales and cash from one that is still held where they are the same.

    They depend on what `unsold` leaves, on the valuation day, on its years and on its days; the discount is applied
    anew.
    """
    key = (unsold(given), value.as_of.toordinal(), value.years, value.by_day.size)
    like = _HELD.get(key)
    made = build_market(given, value, like=like)
    if like is None:
        _HELD[key] = made
    return made
