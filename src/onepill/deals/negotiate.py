"""Both sides of the table: where they can agree, what parts their values, and which terms nobody can better."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np

from onepill.core.streams import uniforms
from onepill.deals.crossing import crossing
from onepill.deals.inputs import Structure
from onepill.deals.measures import utility_usd
from onepill.deals.solve import Evaluate, Limit
from onepill.deals.vary import Term, with_terms

FRONTIER_POINTS = 64
"""Terms tried for a frontier, the corners of the box besides."""


@dataclass(frozen=True)
class Zone:
    """The values of one term, the others as they stand, that all sides accept; None where there are none.

    `accepts` has by party the range that this party alone accepts.
    """

    term: str
    low: float | None
    high: float | None
    accepts: dict[str, tuple[float, float] | None]


@dataclass(frozen=True)
class FrontierPoint:
    """Terms and what they are worth to each side by its own measure, in US dollars; `efficient` where no other tried
    terms are better for one and not worse for the other."""

    terms: dict[str, float]
    utility_usd: dict[str, float]
    efficient: bool


def zone(structure: Structure, term: Term, evaluate: Evaluate, limits: Sequence[Limit]) -> Zone:
    """The zone of possible agreement in one term: where every side has at least what it has outside.

    Each side's measure is monotone in a payment between the two, so that its range has at most one end inside.
    """
    accepts = {limit.party: _accepted(structure, term, evaluate, limit) for limit in limits}
    ranges = [accepted for accepted in accepts.values() if accepted is not None]
    if len(ranges) < len(accepts):
        return Zone(term.name, None, None, accepts)
    low, high = max(low for low, _ in ranges), min(high for _, high in ranges)
    return Zone(term.name, low, high, accepts) if low <= high else Zone(term.name, None, None, accepts)


def _accepted(structure: Structure, term: Term, evaluate: Evaluate, limit: Limit) -> tuple[float, float] | None:
    def above(x: float) -> float:
        npv = evaluate(with_terms(structure, {term.name: x}))[limit.party]
        return utility_usd(npv, limit.risk) - (limit.least_usd or 0.0)

    at_low, at_high = above(term.low), above(term.high)
    if at_low < 0 and at_high < 0:
        return None
    if at_low >= 0 and at_high >= 0:
        return term.low, term.high
    found = crossing(above, term.low, term.high, xtol=1e-12 * max(term.high, 1e-3))
    return (found, term.high) if at_low < 0 else (term.low, found)


def frontier(
    structure: Structure, terms: Sequence[Term], evaluate: Evaluate, limits: Sequence[Limit]
) -> list[FrontierPoint]:
    """Terms spread over the box of their ranges (drawn points and its corners), the efficient ones marked.

    The Pareto frontier in the utilities of the limits' parties. Where both sides see the same future in the same way,
    payments only move value: then every point is efficient.
    """
    low, span = np.array([t.low for t in terms]), np.array([t.high - t.low for t in terms])
    inner = np.stack(
        [uniforms(0, stream=f"frontier.{t.name}", paths=np.arange(FRONTIER_POINTS)) for t in terms], axis=1
    )
    corners = np.array(np.meshgrid(*[[0.0, 1.0]] * len(terms))).reshape(len(terms), -1).T
    found = []
    for at in low + np.concatenate((corners, inner)) * span:
        chosen = dict(zip((term.name for term in terms), at.tolist(), strict=True))
        values = evaluate(with_terms(structure, chosen))
        found.append((chosen, {limit.party: utility_usd(values[limit.party], limit.risk) for limit in limits}))
    return [FrontierPoint(chosen, worth, not _is_beaten(worth, found)) for chosen, worth in found]


def _is_beaten(worth: Mapping[str, float], all_points: Sequence[tuple[object, Mapping[str, float]]]) -> bool:
    slack = 1e-9 * max(*(abs(x) for x in worth.values()), 1.0)
    return any(
        all(other[party] >= x - slack for party, x in worth.items())
        and any(other[party] > x + slack for party, x in worth.items())
        for _, other in all_points
    )


FACTORS = ("beliefs", "discount_rate", "tax", "risk")
Worth = Callable[[frozenset[str]], float]
"""What the same thing is worth in US dollars where the named factors are the other side's and the rest one's own."""


def split_gap(worth: Worth, factors: Sequence[str] = FACTORS) -> dict[str, float]:
    """The gap between two sides' values of the same thing, told apart by what they see differently, in US dollars.

    Each factor's part is the mean of what changing it adds, over all orders in which the factors can be changed (the
    Shapley value, 1953, doi:10.1515/9781400881970-018), so that the parts add up to the whole gap and no order counts
    more than another.
    """
    everything = frozenset(factors)
    known = {
        chosen: worth(chosen) for n in range(len(factors) + 1) for chosen in map(frozenset, combinations(factors, n))
    }
    parts = dict.fromkeys(factors, 0.0)
    for factor in factors:
        for chosen in (c for c in known if factor not in c):
            before = len(chosen)
            weight = factorial(before) * factorial(len(everything) - before - 1) / factorial(len(everything))
            parts[factor] += weight * (known[chosen | {factor}] - known[chosen])
    return parts
