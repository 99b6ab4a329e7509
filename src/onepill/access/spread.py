"""What uncertain inputs move of a market's cash: parts of the plan beside the market at the means of its inputs.

Cash is a polynomial of its inputs. Around their means it is the market's own tables and a sum of others, each times a
product of draws: a part. Together the parts are 0 where their inputs are at their means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod

import numpy as np

from onepill.access.forecast import build_market, columns_of, has_one_margin, market_row, money_tables
from onepill.access.inputs import Curve, MarketInput, Mix, Money, Valuation
from onepill.sim.plan import Draw, Market

NOTHING = 1e-12
"""A table that is at most this part of the market's own is rounding."""
PRICE_STEP = "price_steps."
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
    changing = {draw for _, draws in terms for draw in _moving(draws)}
    if len(changing) == 1 and all(len(_moving(draws)) <= 1 for _, draws in terms):
        weights = [(len(_moving(draws)), weight * prod(map(_mean, _fixed(draws)))) for weight, draws in terms]
        return relative(changing.pop(), *(sum(weight for n, weight in weights if n == power) for power in (0, 1)))
    at_means = [weight * prod(_mean(draw) for draw in draws) for weight, draws in terms]
    whole = sum(at_means)
    certain = sum(value for value, (_, draws) in zip(at_means, terms, strict=True) if _all_fixed(draws))
    moving = [(weight, draws) for weight, draws in terms if not _all_fixed(draws)]
    if not moving or whole == 0:
        return _CERTAIN
    found = [(weight * prod(_mean(d) for d in _fixed(draws)) / whole, _moving(draws)) for weight, draws in moving]
    return ((certain / whole, ()), *found) if certain else tuple(found)


def less_product(one: Draw, other: Draw) -> Mix:
    """The factor that 1 less the product of two draws is of what it is at their means."""
    return weighed([(1.0, ()), (-1.0, (one, other))])


def moving(*mixes: Mix) -> tuple[Mix, ...]:
    """Those of the factors that are uncertain."""
    return tuple(mix for mix in mixes if mix != _CERTAIN)


def curve_nodes(curve: Curve) -> tuple[float, ...]:
    """Values of the input at which tables are made: its mean, and as many more as its degree; any others would do."""
    mean = curve.draw.distribution.mean()
    return mean, *(mean * n / curve.degree for n in range(curve.degree))


def with_input(given: MarketInput, field: str, value: float) -> MarketInput:
    """The market with another value of one of its inputs.

    Raises:
        ValueError: an input that no table depends on.
    """
    if field == "retained_share":
        return replace(given, exclusivity=replace(given.exclusivity, retained_share=value))
    if field == "kept_share_per_year" and given.instalments is not None:
        return replace(given, instalments=replace(given.instalments, kept_share_per_year=value))
    if field.startswith(PRICE_STEP):
        levels, index = list(given.price_levels), int(field.removeprefix(PRICE_STEP))
        levels[index] = replace(levels[index], factor=value)
        return replace(given, price_levels=tuple(levels))
    raise ValueError(f"no table depends on {field!r}")


Tables = Callable[[MarketInput], Money]
Expanded = list[tuple[Money, tuple[Draw, ...]]]


def expanded(given: MarketInput, curves: Sequence[Curve], tables: Tables) -> Expanded:
    """Tables as a polynomial around the means of the curves' inputs (Newton's divided differences): what they are
    there, and more tables, each times its draws. Two steps of the price never act on the same sales.
    """
    nodes = [curve_nodes(curve) for curve in curves]
    made: dict[tuple[int, ...], Money] = {}

    def at(place: tuple[int, ...]) -> Money:
        if place not in made:
            one = given
            for curve, values, n in zip(curves, nodes, place, strict=True):
                one = with_input(one, curve.field, values[n]) if n else one
            made[place] = tables(one)
        return made[place]

    found: Expanded = [(at((0,) * len(curves)), ())]
    least = NOTHING * float(np.abs(found[0][0]).max(initial=0.0))
    for place in product(*(range(len(values)) for values in nodes)):
        steps = sum(n > 0 for n, curve in zip(place, curves, strict=True) if curve.field.startswith(PRICE_STEP))
        if any(place) and steps <= 1:
            table = _difference(at, nodes, place)
            if float(np.abs(table).max(initial=0.0)) > least:
                of = zip(curves, nodes, place, strict=True)
                found.append((table, tuple(replace(c.draw, powers=_through(values[:n])) for c, values, n in of if n)))
    return found


def _difference(
    at: Callable[[tuple[int, ...]], Money], nodes: Sequence[tuple[float, ...]], place: tuple[int, ...]
) -> Money:
    """The divided difference over the first nodes of each input, up to its place."""
    found: Money = np.zeros_like(at((0,) * len(place)))
    for under in product(*(range(n + 1) for n in place)):
        apart = prod(
            values[k] - values[other]
            for values, k, n in zip(nodes, under, place, strict=True)
            for other in range(n + 1)
            if other != k
        )
        found += at(under) / apart
    return found


def _through(nodes: Sequence[float]) -> tuple[float, ...]:
    """Coefficients of the product of (x - node)."""
    found: tuple[float, ...] = tuple(float(c) for c in np.polynomial.polynomial.polyfromroots(nodes))
    return found


@dataclass(frozen=True, eq=False)
class PartTables:
    """What is multiplied with the same `draws`: net sales (None where it sells nothing) and cash after tax for a scale
    of 1, shape (launch days, columns) each."""

    draws: tuple[Draw, ...]
    sales: Money | None
    cash: Money


@dataclass(frozen=True, eq=False)
class Parts:
    """What the uncertain inputs of a market make: with the market of `build_market` they add up to what it sells and
    earns at the inputs that are drawn."""

    tables: tuple[PartTables, ...] = ()


def build_parts(given: MarketInput, value: Valuation, *, whole: Market | None = None) -> Parts:
    """The parts of a market; `whole` is the market itself, where it was built before."""
    if given.spread.is_empty:
        return Parts()
    if has_one_margin(given) and not given.spread.curves:
        sales = build_market(given, value) if whole is None else whole
        table = (sales.sharing or sales).sales
        known: list[_Told] = [(table, (), SALES, 1.0), (table, (), GOODS, given.cogs_share)]
    else:
        booked = columns_of(given, value)
        found = expanded(given, given.spread.curves, lambda one: money_tables(one, value, booked))
        known = [(tables[kind], draws, kind, 1.0) for tables, draws in found for kind in KINDS if tables[kind].any()]
    return Parts(tuple(_joined(draws, terms) for draws, terms in _gathered(given, known).items()))


def part_rows(given: MarketInput, value: Valuation, parts: Parts) -> tuple[Market, ...]:
    """The parts as rows of the plan, in the launches of the market; rows of one table share it."""
    booked, rows, known = columns_of(given, value), list[Market](), dict[int, Market]()
    for n, part in enumerate(parts.tables):
        own = replace(given, id=f"{given.id}~{n + 1}", group=given.group or given.id, launch_cost=None)
        own = replace(own, scale=(*given.scale, *part.draws))
        made = known.get(id(part.cash)) if part.sales is None else None
        if made is None:
            nothing = np.broadcast_to(0.0, part.cash.shape)
            made = market_row(own, value, booked, nothing if part.sales is None else part.sales, part.cash)
            known[id(part.cash)] = made
        rows.append(replace(made, id=own.id, scale=own.scale, part_of=given.id))
    return tuple(rows)


SALES, GOODS, DUTIES = KINDS = range(3)
_Told = tuple[Money, tuple[Draw, ...], int, float]
"""A table, what it is multiplied with, its kind, and its weight."""
_Term = tuple[float, Money, bool]
"""A table with the share of it that is cash after tax, and whether it is sales."""


def _gathered(given: MarketInput, known: Sequence[_Told]) -> dict[tuple[Draw, ...], list[_Term]]:
    """Everything that the market at its means lacks, by what it is multiplied with."""
    spread, found = given.spread, dict[tuple[Draw, ...], list[_Term]]()
    mixes = [_multiplied(factors) for factors in (spread.sales, spread.goods, spread.duties)]
    after_tax = 1 - given.tax_share
    margin = (1 - given.selling_share, -1.0, -1.0)
    for table, draws, kind, weight in known:
        for share, more in mixes[kind] if draws else _beyond_means(mixes[kind]):
            _add(found, (*draws, *more), weight * share, (margin[kind] * after_tax, table, kind == SALES))
        if kind == SALES and spread.selling is not None and not spread.selling.distribution.is_fixed:
            moved = replace(spread.selling, powers=(-spread.selling.distribution.mean(), 1.0))
            for share, more in mixes[SALES]:
                _add(found, (*draws, *more, moved), weight * share, (-after_tax, table, False))
    return found


def _add(found: dict[tuple[Draw, ...], list[_Term]], draws: tuple[Draw, ...], weight: float, term: _Term) -> None:
    key = tuple(sorted(draws, key=lambda draw: (draw.stream, draw.powers)))
    kept, table, is_sold = term
    scaled = weight * table if weight != 1.0 and is_sold else table
    found.setdefault(key, []).append((kept if is_sold else weight * kept, scaled, is_sold))


def _joined(draws: tuple[Draw, ...], terms: Sequence[_Term]) -> PartTables:
    """The sum of terms. A cost alone keeps its table, which others may have too, and its share goes to its draws."""
    if len(terms) == 1 and draws and not terms[0][2]:
        share, table, _ = terms[0]
        first, *others = draws
        own = tuple(share * coefficient for coefficient in first.powers or (0.0, 1.0))
        return PartTables((replace(first, powers=own), *others), None, table)
    sold = [table for _, table, is_sold in terms if is_sold]
    cash = sum((share * table for share, table, _ in terms[1:]), terms[0][0] * terms[0][1])
    return PartTables(draws, sum(sold[1:], sold[0]) if sold else None, cash)


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
