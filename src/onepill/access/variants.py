"""What a market earns at other values of the inputs that its tables are no polynomial of, beside what it earns at their
means.

Such an input stands at a few values (see `stats.quadrature`), of which a gate chooses one on each path. The market of
every combination has tables of its own; what they differ by from those at the means is a part of the market, with a
version of its tables for each combination.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from onepill.access.forecast import build_market, columns_of, market_row
from onepill.access.inputs import MarketInput, Money, Valuation
from onepill.access.spread import PartTables, build_parts
from onepill.sim.plan import Draw, Market
from onepill.stats.quadrature import gauss_nodes

LEAST = 0.01
"""What variants change of a part of the market is left out where it is at most this of what they change of the market:
together it is below a thousandth of the variance."""

Draws = tuple[Draw, ...]
Tables = Mapping[Draws, Money]
"""Tables by what they are multiplied with beside the market's scale."""


@dataclass(frozen=True, eq=False)
class Variants:
    """A market at other values of its inputs: `inputs` for each combination of outcomes of the gates of `activities`,
    that of the last one running fastest.

    `tables` have the versions one below the other, each less the table at the means.
    """

    activities: tuple[str, ...] = ()
    inputs: tuple[MarketInput, ...] = ()
    tables: tuple[PartTables, ...] = ()


def build_variants(
    given: MarketInput, value: Valuation, activities: tuple[str, ...], inputs: tuple[MarketInput, ...]
) -> Variants:
    """The variants of a market, with those of its parts that matter beside them (see `LEAST`)."""
    own, each = _tables(given, value), [_tables(one, value) for one in inputs]
    ratios = [scale_ratio(one, given) for one in inputs]
    cash = _beside(_part(own, CASH), [_part(one, CASH) for one in each], ratios)
    sizes = {draws: _size(draws, table) for draws, table in cash.items()}
    kept = [draws for draws, size in sizes.items() if size > LEAST * max(sizes.values())]
    sales = _beside(_part(own, SALES), [_part(one, SALES) for one in each], ratios, only=kept)
    return Variants(activities, inputs, tuple(PartTables(draws, sales.get(draws), cash[draws]) for draws in kept))


def _size(draws: Draws, table: Money) -> float:
    """How large a table's sums over the years are times its draws, in root mean square."""
    whole = table.sum(axis=1)
    return float(np.sqrt(np.mean(whole**2))) * prod(_root_mean_square(draw) for draw in draws)


def _root_mean_square(draw: Draw) -> float:
    values, probs = gauss_nodes(draw.distribution, max(len(draw.powers), 2))
    return float(np.sqrt(sum(prob * draw.at(value) ** 2 for value, prob in zip(values, probs, strict=True))))


def beside_means(
    given: MarketInput, inputs: Sequence[MarketInput], tables: Callable[[MarketInput], Tables]
) -> dict[Draws, Money]:
    """Tables of a market's variants, one below the other, each on the market's own scale and less its own table."""
    return _beside(tables(given), [tables(one) for one in inputs], [scale_ratio(one, given) for one in inputs])


def _beside(
    own: Tables, found: Sequence[Tables], ratios: Sequence[float], *, only: Collection[Draws] | None = None
) -> dict[Draws, Money]:
    """The same of known tables; those of several draws that are one and the same in every variant share what is found,
    and `only` are the draws that are wanted.
    """
    if any(one.keys() - own.keys() for one in found):
        own, found = _alike(own), [_alike(one) for one in found]
    nothing = np.zeros_like(next(iter(own.values()))) if own else np.zeros((0, 0))
    made, stacked = dict[tuple[int, ...], Money](), dict[Draws, Money]()
    for draws in dict.fromkeys([*own, *(draws for one in found for draws in one)]):
        if only is not None and draws not in only:
            continue
        mean, each = own.get(draws, nothing), [one.get(draws, nothing) for one in found]
        key = (id(mean), *map(id, each))
        if key not in made:
            made[key] = np.concatenate([ratio * one - mean for ratio, one in zip(ratios, each, strict=True)])
        if made[key].any():
            stacked[draws] = made[key]
    return stacked


def _alike(tables: Tables) -> dict[Draws, Money]:
    """The same tables times polynomials that begin with 1 at their highest power, so that multiples are told as one."""
    found = dict[Draws, Money]()
    for draws, table in tables.items():
        factor = prod(draw.powers[-1] for draw in draws if draw.powers)
        alike = tuple(replace(d, powers=tuple(c / d.powers[-1] for c in d.powers)) if d.powers else d for d in draws)
        found[alike] = factor * table + found.get(alike, 0.0)
    return found


def scale_ratio(one: MarketInput, given: MarketInput) -> float:
    """What the scale of a variant is of the market's own, on every path.

    Raises:
        ValueError: the two are not multiples of each other.
    """
    if [draw.stream for draw in one.scale] != [draw.stream for draw in given.scale]:
        raise ValueError(f"a variant of {given.id!r} is scaled by other draws")
    return prod(_ratio(draw, own) for draw, own in zip(one.scale, given.scale, strict=True))


def _ratio(draw: Draw, own: Draw) -> float:
    if replace(draw, factor=own.factor) == own:
        return draw.factor / own.factor if own.factor else 1.0
    if not (draw.distribution.is_fixed and own.distribution.is_fixed):
        raise ValueError(f"{draw.stream!r} is drawn from another distribution in a variant")
    return draw.at(draw.distribution.mean()) / own.at(own.distribution.mean())


def sold_tables(given: MarketInput, value: Valuation) -> dict[Draws, Money]:
    """Net sales of a market and of its parts."""
    return _part(_tables(given, value), SALES)


SALES, CASH = range(2)
_Both = dict[Draws, tuple[Money | None, Money]]


def _part(tables: _Both, kind: int) -> dict[Draws, Money]:
    """Sales or cash alone, of those that have any."""
    return {draws: table for draws, both in tables.items() if (table := both[kind]) is not None}


def _tables(given: MarketInput, value: Valuation) -> _Both:
    """Sales and cash by draws; a part without any, of factors that are no 1 without their draws, is added up."""
    whole = build_market(given, value)
    own = whole.sharing or whole
    sales, cash, found = own.sales, own.cash, _Both()
    for part in build_parts(given, value, whole=whole).tables:
        if part.draws:
            found[part.draws] = part.sales, part.cash
        else:
            sales, cash = sales if part.sales is None else sales + part.sales, cash + part.cash
    return {(): (sales, cash), **found}


def variant_rows(given: MarketInput, value: Valuation, variants: Variants) -> tuple[Market, ...]:
    """The variants as parts of the market in the plan; rows of one table share it."""
    booked, rows, known = columns_of(given, value), list[Market](), dict[int, Market]()
    for n, part in enumerate(variants.tables):
        scale = (*given.scale, *part.draws)
        own = replace(given, id=f"{given.id}~~{n + 1}", group=given.group or given.id, launch_cost=None, scale=scale)
        made = known.get(id(part.cash)) if part.sales is None else None
        if made is None:
            sales = np.broadcast_to(0.0, part.cash.shape) if part.sales is None else part.sales
            made = market_row(own, value, booked, sales, part.cash, versions=len(variants.inputs))
            if part.sales is None:
                known[id(part.cash)] = made
        rows.append(replace(made, id=own.id, scale=scale, part_of=given.id, variants=variants.activities))
    return tuple(rows)
