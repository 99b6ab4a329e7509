"""A market's cash for every possible launch day: uptake, price levels, loss of exclusivity, cost and tax."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from onepill.access.competition import share_steps
from onepill.access.inputs import MarketInput, Money, Valuation
from onepill.access.patient_flow import pool_integral
from onepill.core.dates import DAYS_PER_YEAR, years_to_days
from onepill.sim.plan import Market

_FAR = 4_000_000
"""An ordinal after every table: the day of a loss of exclusivity that does not come."""


@dataclass(frozen=True)
class _Piece:
    """Days [first, after) of one calendar year at one price level."""

    year: int
    first: int
    after: int
    weight: float


def build_market(given: MarketInput, value: Valuation) -> Market:
    """The plan's market: sales, cash and discounted cash for a peak of 1 US dollar a year."""
    launches = launch_days(given, value)
    sales = _sales_table(given, value, launches)
    margin = (1 - given.cogs_share - given.selling_share) * (1 - given.tax_share)
    cash = sales * margin
    return Market(
        id=given.id,
        launch=given.launch,
        scale=given.scale,
        first_day=int(launches[0]),
        sales=sales,
        cash=cash,
        discounted=cash * _discounts(value, launches),
        launch_cost=given.launch_cost,
        ends_on=given.ends_on,
    )


def uptake_integral(days: Money, *, days_to_peak: float, shape: str) -> Money:
    """Peak-days sold in the first `days` after launch (0 before it).

    The uptake is x (`linear`) or 3 x^2 - 2 x^3 (`s_curve`) with x = days / days_to_peak, and 1 after the peak; both
    lose half of `days_to_peak` on the way up.
    """
    x = np.clip(days / days_to_peak, 0.0, 1.0)
    ramp = x * x / 2 if shape == "linear" else x**3 - x**4 / 2
    return days_to_peak * ramp + np.maximum(days - days_to_peak, 0.0)


def sold_peak_days(given: MarketInput, days: Money) -> Money:
    """Days at the yearly peak that are sold in the first `days` (0 or more) after launch: uptake, and the pool."""
    peak = given.years_to_peak * DAYS_PER_YEAR
    yearly = uptake_integral(days, days_to_peak=peak, shape=given.shape) if given.has_yearly_patients else 0.0 * days
    return yearly if given.pool is None else yearly + pool_integral(given.pool, days)


def launch_days(given: MarketInput, value: Valuation) -> npt.NDArray[np.int64]:
    """The launch day (ordinal) of each row of the tables: the fact, else every day of the valuation."""
    if given.launched:
        return np.array([given.launched.toordinal()])
    first = value.as_of.toordinal()
    return np.arange(first, first + value.by_day.size)


def _sales_table(given: MarketInput, value: Valuation, launches: npt.NDArray[np.int64]) -> Money:
    """Net sales [launch day, year] for a peak of 1 US dollar a year, nothing before the valuation day."""
    loss = loss_of_exclusivity(given, launches)
    steps = None if given.competition is None else share_steps(given.competition)
    table = np.zeros((launches.size, value.years))
    for piece in _pieces(given, value):
        before = _sold(given, np.minimum(piece.after, loss) - launches) - _sold(
            given, np.minimum(piece.first, loss) - launches
        )
        after = _sold(given, np.maximum(piece.after, loss) - launches) - _sold(
            given, np.maximum(piece.first, loss) - launches
        )
        sold = piece.weight * (before + given.exclusivity.retained_share * after)
        table[:, piece.year] += sold if steps is None else sold * steps.on(launches, piece.first)
    return table


def _sold(given: MarketInput, days: npt.NDArray[np.int64]) -> Money:
    return sold_peak_days(given, np.maximum(days, 0).astype(np.float64))


def loss_of_exclusivity(given: MarketInput, launches: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The day (ordinal) from which sales fall, for each launch day; one after every table where it never comes."""
    rule = given.exclusivity
    patent = rule.patent.toordinal() if rule.patent else None
    if rule.years is None:
        return np.full(launches.size, _FAR if patent is None else patent)
    protected = launches - rule.approval_to_launch_days + years_to_days(rule.years)
    return protected if patent is None else np.maximum(protected, patent)


def _pieces(given: MarketInput, value: Valuation) -> list[_Piece]:
    """The valuation period cut at new years, price steps and rivals' days; the weight turns peak-days into dollars."""
    first, found = value.as_of.toordinal(), []
    steps = {level.since.toordinal() for level in given.price_levels}
    steps |= {day for rival in (given.competition.rivals if given.competition else ()) for day in rival.days}
    for k in range(value.years):
        year = value.as_of.year + k
        start, after = date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()
        cuts = sorted({max(start, first), after, *(s for s in steps if max(start, first) < s < after)})
        growth = (1 + given.growth_per_year) ** k
        for a, b in pairwise(cuts):
            weight = growth * given.price_share * _price_factor(given, a) / (after - start)
            found.append(_Piece(k, a, b, weight))
    return found


def _price_factor(given: MarketInput, day: int) -> float:
    reached = [level for level in given.price_levels if level.since.toordinal() <= day]
    return max(reached, key=lambda level: level.since).factor if reached else 1.0


def _discounts(value: Valuation, launches: npt.NDArray[np.int64]) -> Money:
    """Discount factors [launch day, year]: of the whole year, or of the middle of the days sold in it."""
    if value.whole_years:
        return value.by_year[None, :]
    first = value.as_of.toordinal()
    years = [value.as_of.year + k for k in range(value.years)]
    starts = np.array([date(y, 1, 1).toordinal() for y in years])
    ends = np.array([date(y, 12, 31).toordinal() for y in years])
    begins = np.minimum(np.maximum(np.maximum(starts, first)[None, :], launches[:, None]), ends)
    middle = (begins + ends[None, :]) // 2 - first
    factors: Money = value.by_day[np.minimum(middle, value.by_day.size - 1)]
    return factors
