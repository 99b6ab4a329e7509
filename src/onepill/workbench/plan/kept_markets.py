"""Markets' tables that a plan still holds, for the next plan whose market sells alike: an edit changes one at most."""

from __future__ import annotations

from weakref import WeakValueDictionary

from onepill.access import (
    MarketInput,
    Parts,
    Spread,
    Valuation,
    Variants,
    build_market,
    build_parts,
    build_variants,
    unsold,
)
from onepill.sim.plan import Market

Key = tuple[MarketInput, int, int, int]
_HELD: WeakValueDictionary[Key, Market] = WeakValueDictionary()
"""Nothing is kept alive here: a table goes with the last plan that holds it."""
_HELD_PARTS: WeakValueDictionary[tuple[Key, Spread], Parts] = WeakValueDictionary()
_HELD_VARIANTS: WeakValueDictionary[tuple[object, ...], Variants] = WeakValueDictionary()


def market_of(given: MarketInput, value: Valuation) -> Market:
    """The plan's market, its sales and cash from one that is still held where they are the same.

    They depend on what `unsold` leaves, on the valuation day, on its years and on its days; the discount is applied
    anew.
    """
    key = _key(given, value)
    like = _HELD.get(key)
    made = build_market(given, value, like=like)
    if like is None:
        _HELD[key] = made
    return made


def parts_of(given: MarketInput, value: Valuation, whole: Market) -> Parts:
    """What the uncertain inputs of the market `whole` make, from parts that are still held where they are the same."""
    if given.spread.is_empty:
        return Parts()
    key = (_key(given, value), given.spread)
    found = _HELD_PARTS.get(key)
    if found is None:
        found = _HELD_PARTS[key] = build_parts(given, value, whole=whole)
    return found


def variants_of(
    given: MarketInput, value: Valuation, activities: tuple[str, ...], inputs: tuple[MarketInput, ...]
) -> Variants:
    """A market at other values of its inputs, from variants that are still held where they are the same."""
    each = tuple((unsold(one), one.spread, one.scale) for one in inputs)
    key = (_key(given, value), given.spread, given.scale, activities, each)
    found = _HELD_VARIANTS.get(key)
    if found is None:
        found = _HELD_VARIANTS[key] = build_variants(given, value, activities, inputs)
    return found


def _key(given: MarketInput, value: Valuation) -> Key:
    return unsold(given), value.as_of.toordinal(), value.years, value.by_day.size
