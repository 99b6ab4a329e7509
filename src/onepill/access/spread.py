"""What uncertain inputs move of a market's cash: parts of the plan beside the market at the means of its inputs.

Cash is a polynomial of its inputs, or nearly one. Around their means it is the market's own tables and a sum of others,
each times a product of draws: a part. A part is 0 where its inputs are at their means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product
from math import prod

import numpy as np

from onepill.access.forecast import columns_of, has_one_margin, market_row, money_tables
from onepill.access.inputs import Curve, MarketInput, Mix, Money, Valuation
from onepill.sim.plan import Draw, Market

NOTHING = 1e-12
"""A table that is at most this part of the market's own is rounding."""
_CERTAIN: Mix = ((1.0, ()),)


def relative(draw: Draw, *powers: float) -> Mix:
    """The factor that a polynomial of a draw is of what it is at the draw's mean (of itself where none is given).

    It is told as 1 and what the draw moves, so that a market with one such factor has one part more.
    """
    given = powers or (0.0, 1.0)
    mean = draw.distribution.mean()
    whole = sum(coefficient * mean**i for i, coefficient in enumerate(given))
    if draw.distribution.is_fixed or whole == 0:
        return _CERTAIN
    own = tuple(coefficient / whole for coefficient in given)
    return ((1.0, ()), (1.0, (replace(draw, powers=(own[0] - 1, *own[1:])),)))


def weighed(terms: Sequence[tuple[float, Sequence[Draw]]]) -> Mix:
    """The factor that a sum of weights times products of draws is of what it is at the draws' means."""
    at_means = [weight * prod(_mean(draw) for draw in draws) for weight, draws in terms]
    whole = sum(at_means)
    certain = sum(value for value, (_, draws) in zip(at_means, terms, strict=True) if _all_fixed(draws))
    moving = [(weight, draws) for weight, draws in terms if not _all_fixed(draws)]
    if not moving or whole == 0:
        return _CERTAIN
    found = [(weight * prod(_mean(d) for d in _fixed(draws)) / whole, _moving(draws)) for weight, draws in moving]
    return ((certain / whole, ()), *found) if certain else tuple(found)


def moving(*mixes: Mix) -> tuple[Mix, ...]:
    """Those of the factors that are uncertain."""
    return tuple(mix for mix in mixes if mix != _CERTAIN)


def curve_nodes(curve: Curve) -> tuple[float, ...]:
    """Values of the input at which tables are made: its mean, and so many more as its degree.

    Of a straight line another one, which is as good as any; else those of Chebyshev's polynomial between the ends.
    """
    law = curve.draw.distribution
    mean = law.mean()
    if curve.degree == 1:
        return mean, 0.0
    low, high = (float(law.quantile(u)) for u in (1e-6, 1 - 1e-6))
    angles = (np.arange(curve.degree) + 0.5) * np.pi / curve.degree
    nodes = (low + high) / 2 + (high - low) / 2 * np.cos(angles)
    apart = 0.01 * (high - low)  # two nodes in one place are none
    return mean, *np.where(np.abs(nodes - mean) < apart, mean + apart, nodes).tolist()


def with_input(given: MarketInput, field: str, value: float) -> MarketInput:
    """The market with another value of one of its inputs.

    Raises:
        ValueError: an input that no table depends on.
    """
    if field == "retained_share":
        return replace(given, exclusivity=replace(given.exclusivity, retained_share=value))
    if field == "growth_per_year":
        return replace(given, growth_per_year=value)
    if field == "years_to_peak":
        return replace(given, years_to_peak=value)
    if field == "kept_share_per_year" and given.instalments is not None:
        return replace(given, instalments=replace(given.instalments, kept_share_per_year=value))
    if field == "treated_over_years" and given.pool is not None:
        return replace(given, pool=replace(given.pool, treated_over_years=value))
    kind, _, index = field.partition(".")
    if kind == "price_steps":
        levels = list(given.price_levels)
        levels[int(index)] = replace(levels[int(index)], factor=value)
        return replace(given, price_levels=tuple(levels))
    raise ValueError(f"no table depends on {field!r}")


Tables = Callable[[MarketInput], Money]
Expanded = list[tuple[Money, tuple[Draw, ...]]]


def expanded(given: MarketInput, curves: Sequence[Curve], tables: Tables) -> Expanded:
    """Tables as a polynomial around the means of the curves' inputs (Newton's divided differences, one input after
    the other): what they are there, and more tables, each times its draws. The sum is exact at the nodes.
    """
    found = _expanded(given, list(curves), tables)
    least = NOTHING * float(np.abs(found[0][0]).max(initial=0.0))
    return [found[0], *(item for item in found[1:] if float(np.abs(item[0]).max(initial=0.0)) > least)]


def _expanded(given: MarketInput, curves: list[Curve], tables: Tables) -> Expanded:
    if not curves:
        return [(tables(given), ())]
    curve, nodes = curves[0], curve_nodes(curves[0])
    at_nodes = [_expanded(with_input(given, curve.field, node), curves[1:], tables) for node in nodes]
    found: Expanded = []
    for entries in zip(*at_nodes, strict=True):
        differences = [table for table, _ in entries]
        for k in range(len(nodes)):
            draws = (replace(curve.draw, powers=_through(nodes[:k])),) if k else ()
            found.append((differences[0], (*draws, *entries[0][1])))
            differences = [
                (after - before) / (nodes[i + k + 1] - nodes[i])
                for i, (before, after) in enumerate(pairwise(differences))
            ]
    return found


def _through(nodes: Sequence[float]) -> tuple[float, ...]:
    """Coefficients of the product of (x - node)."""
    found: tuple[float, ...] = tuple(float(c) for c in np.polynomial.polynomial.polyfromroots(nodes))
    return found


@dataclass
class PartTables:
    """What is multiplied with the same `draws`, for a scale of 1, shape (launch days, columns) each."""

    draws: tuple[Draw, ...]
    sales: Money
    profit: Money
    """Operating profit before tax."""


@dataclass(frozen=True, eq=False)
class Parts:
    """What the uncertain inputs of a market make: with the market of `build_market` they add up to what it sells and
    earns at the inputs that are drawn."""

    tables: tuple[PartTables, ...] = ()


def build_parts(given: MarketInput, value: Valuation, *, whole: Market | None = None) -> Parts:
    """The parts of a market; `whole` is the market itself, where it was built before."""
    if given.spread.is_empty:
        return Parts()
    booked = columns_of(given, value)

    def tables(one: MarketInput) -> Money:
        return money_tables(one, value, booked)

    if whole is not None and has_one_margin(given) and not given.spread.curves:
        sales = (whole.sharing or whole).sales
        known: Expanded = [(np.stack([sales, given.cogs_share * sales, np.zeros_like(sales)]), ())]
    else:
        known = expanded(given, given.spread.curves, tables)
    return Parts(tuple(_gathered(given, known).values()))


def part_rows(given: MarketInput, value: Valuation, parts: Parts) -> tuple[Market, ...]:
    """The parts as rows of the plan, in the launches of the market."""
    booked, rows = columns_of(given, value), []
    for n, part in enumerate(parts.tables):
        own = replace(given, id=f"{given.id}~{n + 1}", group=given.group or given.id, launch_cost=None)
        own = replace(own, scale=(*given.scale, *part.draws))
        made = market_row(own, value, booked, part.sales, part.profit * (1 - given.tax_share))
        rows.append(replace(made, part_of=given.id))
    return tuple(rows)


def _gathered(given: MarketInput, tables: Expanded) -> dict[tuple[Draw, ...], PartTables]:
    """Everything that the market at its means lacks, by what it is multiplied with."""
    spread, found = given.spread, dict[tuple[Draw, ...], PartTables]()
    mixes = [_multiplied(factors) for factors in (spread.sales, spread.goods, spread.duties)]
    margin = (1 - given.selling_share, -1.0, -1.0)
    for (table, draws), kind in product(tables, range(3)):
        if not table[kind].any():
            continue
        for weight, more in mixes[kind] if draws else _beyond_means(mixes[kind]):
            _add(found, (*draws, *more), weight * table[kind], sold=kind == 0, kept=margin[kind])
        if kind == 0 and spread.selling is not None and not spread.selling.distribution.is_fixed:
            moved = replace(spread.selling, powers=(-spread.selling.distribution.mean(), 1.0))
            for weight, more in mixes[0]:
                _add(found, (*draws, *more, moved), weight * table[0], sold=False, kept=-1.0)
    return found


def _add(
    found: dict[tuple[Draw, ...], PartTables], draws: tuple[Draw, ...], table: Money, *, sold: bool, kept: float
) -> None:
    key = tuple(sorted(draws, key=lambda draw: (draw.stream, draw.powers)))
    part = found.setdefault(key, PartTables(key, np.zeros_like(table), np.zeros_like(table)))
    part.sales = part.sales + table if sold else part.sales
    part.profit = part.profit + kept * table


def _multiplied(mixes: Sequence[Mix]) -> Mix:
    """The product of factors. One alone stays 1 and what moves it; of several each is one draw where it can be."""
    known = [mix for mix in mixes if mix != _CERTAIN]
    if len(known) > 1:
        known = [_whole(mix) for mix in known]
    return tuple(
        (prod(weight for weight, _ in terms), tuple(draw for _, draws in terms for draw in draws))
        for terms in product(*known)
    )


def _whole(mix: Mix) -> Mix:
    """1 and a polynomial of one draw as one polynomial of it."""
    if len(mix) == 2 and mix[0] == (1.0, ()) and len(mix[1][1]) == 1 and mix[1][0] == 1.0:
        draw = mix[1][1][0]
        return ((1.0, (replace(draw, powers=(1 + draw.powers[0], *draw.powers[1:])),)),)
    return mix


def _beyond_means(mix: Mix) -> Iterator[tuple[float, tuple[Draw, ...]]]:
    """The factor less 1, which the market at its means has already."""
    certain = sum(weight for weight, draws in mix if not draws)
    if certain != 1.0:
        yield certain - 1.0, ()
    yield from (term for term in mix if term[1])


def _mean(draw: Draw) -> float:
    return draw.at(draw.distribution.mean())


def _all_fixed(draws: Sequence[Draw]) -> bool:
    return all(draw.distribution.is_fixed for draw in draws)


def _fixed(draws: Sequence[Draw]) -> list[Draw]:
    return [draw for draw in draws if draw.distribution.is_fixed]


def _moving(draws: Sequence[Draw]) -> tuple[Draw, ...]:
    return tuple(draw for draw in draws if not draw.distribution.is_fixed)
