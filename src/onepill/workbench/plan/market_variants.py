"""Uncertain inputs that a market's tables are no polynomial of: the values at which tables are made, and the gates that
choose among them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from math import prod

from onepill.access import MarketInput, Valuation, build_market
from onepill.core.distributions import discrete
from onepill.core.provenance import Ledger
from onepill.sim.plan import Activity, Draw, Gate
from onepill.stats.quadrature import gauss_nodes
from onepill.workbench.plan.filled import Filled

INPUTS = 4
"""Inputs of one market at most that stand at several values."""
_MOST_VALUES = {1: 4, 2: 4, 3: 3, 4: 3}
"""Values of the input that moves most, by how many inputs there are; the others have two. A market's tables take 4, 8,
12 or 24 times their memory, and keep the variance within 1 %."""
_PROBE_YEARS = 4
"""A launch so long after the plan's day tells how much an input moves."""


@dataclass(frozen=True)
class UncertainInput:
    """An input of a market that stands at few values, `draw` being what the file gives."""

    draw: Draw
    values: tuple[float, ...]
    probs: tuple[float, ...]

    @property
    def activity(self) -> str:
        """The id of the plan's activity whose gate chooses the value."""
        return f"{self.draw.stream.removeprefix('markets.')}.value"

    def row(self) -> Activity:
        """That activity."""
        outcomes = tuple((f"value_{i + 1}", prob) for i, prob in enumerate(self.probs))
        return Activity(self.activity, gate=Gate(self.draw.stream, outcomes, self.draw.loadings))

    def drawn(self) -> Draw:
        """What is drawn in fact: one of the values."""
        return replace(self.draw, distribution=discrete(self.values, self.probs))


Segments = Mapping[str, MarketInput]
"""A market's rows of the plan by their id: itself, or its payer states."""
Restated = Callable[[Filled], Segments]
"""Fills the market anew, with the values that a programme states for its inputs."""


@dataclass(frozen=True)
class MarketVariants:
    """The uncertain inputs of one market, and for each of its rows the activities that choose its tables with the
    input of each choice."""

    inputs: tuple[UncertainInput, ...]
    rows: Mapping[str, tuple[tuple[str, ...], tuple[MarketInput, ...]]]


def market_variants(
    filled: Filled, uncertain: Sequence[Draw], value: Valuation, restated: Restated
) -> MarketVariants | None:
    """The values at which the tables of a market are made, None where it needs but one.

    Inputs that move nothing are left out. Where there are more than `INPUTS`, those that move least stand at their
    means, and a finding says so.
    """
    moved = {draw: _moves(filled, draw, value, restated) for draw in uncertain}
    wanted = sorted((draw for draw in uncertain if moved[draw] > 0), key=lambda draw: -moved[draw])
    held = wanted[:INPUTS]
    for draw in wanted[len(held) :]:
        filled.note_mean(draw)
    if not held:
        return None
    counts = (_MOST_VALUES[len(held)], 2, 2, 2)
    inputs = tuple(UncertainInput(d, *gauss_nodes(d.distribution, n)) for d, n in zip(held, counts, strict=False))
    own = restated(_stating(filled, {}))
    combinations = list(product(*(range(len(one.values)) for one in inputs)))
    # A state that would not be come to at a value has the tables of the means: chances are those of the means.
    found = {c: {**own, **restated(_stating(filled, _values(inputs, c)))} for c in combinations}
    rows = {id_: _rows_of(id_, inputs, found) for id_ in own}
    return MarketVariants(inputs, {id_: row for id_, row in rows.items() if row[0]})


def _values(inputs: Sequence[UncertainInput], places: Sequence[int]) -> dict[str, float]:
    return {one.draw.stream: one.values[place] for one, place in zip(inputs, places, strict=True)}


def _stating(filled: Filled, stated: Mapping[str, float]) -> Filled:
    """The same programme with values of some inputs, written down nowhere."""
    return replace(filled, ledger=Ledger(), findings=[], stated=stated, uncertain={})


def _moves(filled: Filled, draw: Draw, value: Valuation, restated: Restated) -> float:
    """By how much the market's cash moves between two values of an input, for a launch some years ahead."""
    values, _ = gauss_nodes(draw.distribution, 2)
    ends = [restated(_stating(filled, {draw.stream: number})) for number in (values[0], values[-1])]
    both = ends[0].keys() & ends[1].keys()
    return sum(abs(_worth(ends[0][id_], value) - _worth(ends[1][id_], value)) for id_ in both)


def _worth(given: MarketInput, value: Valuation) -> float:
    """The discounted cash of one launch at the means, US dollars."""
    day = given.launched or date.fromordinal(value.as_of.toordinal() + round(365.25 * min(_PROBE_YEARS, value.years)))
    table = build_market(replace(given, launched=day), value).discounted
    return float(table.sum()) * prod(draw.at(draw.distribution.mean()) for draw in given.scale)


def _rows_of(
    id_: str, inputs: Sequence[UncertainInput], found: Mapping[tuple[int, ...], Segments]
) -> tuple[tuple[str, ...], tuple[MarketInput, ...]]:
    """The activities that choose the tables of one row of the plan, and its input for each choice."""
    matters = [any(found[c][id_] != found[(*c[:i], 0, *c[i + 1 :])][id_] for c in found) for i in range(len(inputs))]
    chosen = [c for c in found if all(place == 0 or is_moved for place, is_moved in zip(c, matters, strict=True))]
    activities = tuple(one.activity for one, is_moved in zip(inputs, matters, strict=True) if is_moved)
    return activities, tuple(found[c][id_] for c in chosen)
