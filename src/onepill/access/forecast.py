"""A market's cash for every possible launch day: uptake, price levels, loss of exclusivity, cost and tax."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from onepill.access.inputs import MarketInput, Money, PriceLevel, Spread, Valuation, YearlyCut
from onepill.access.patient_flow import pool_integral
from onepill.access.sharing import Columns, columns, mean_by_year, rivals_days, shared
from onepill.core.dates import DAYS_PER_YEAR, years_to_days
from onepill.sim.plan import Link, Market

_FAR = 4_000_000
"""An ordinal after every table: the day of a loss of exclusivity that does not come."""


@dataclass(frozen=True)
class _Piece:
    """Days [first, after) of one calendar year at one price level."""

    year: int
    first: int
    after: int
    weight: float


def build_market(given: MarketInput, value: Valuation, *, like: Market | None = None) -> Market:
    """The plan's market: sales, cash and discounted cash for a peak of 1 US dollar a year.

    `like` is an earlier market whose input differs by no more than `unsold` leaves out, on the same valuation day and
    years: its sales and cash are taken over.
    """
    booked = columns_of(given, value)
    if like is None:
        billed = _sales_table(given, value, booked)
        sales = _received(given, billed, booked)
        cash = _cash_table(given, value, booked, billed, sales)
    else:
        own = like.sharing or like
        sales, cash = own.sales, own.cash
    return market_row(given, value, booked, sales, cash)


def market_row(
    given: MarketInput, value: Valuation, booked: Columns, sales: Money, cash: Money, *, versions: int = 1
) -> Market:
    """The plan's market with these tables, shape (launch days, columns of `booked`), or with as many `versions` of them
    one below the other."""
    launches = np.tile(launch_days(given, value), versions)
    discounts, entry, sharing = _discounts(value, launches), given.competition, None
    if entry is not None and booked.days.size:
        sharing = shared(entry, booked, sales, cash, cash * discounts[:, booked.years])
        sales, cash = (mean_by_year(entry, booked, launches, table, value.years) for table in (sales, cash))
    return Market(
        id=given.id,
        launch=given.launch,
        scale=given.scale,
        first_day=int(launches[0]),
        sales=sales,
        cash=cash,
        discounted=cash * discounts,
        launch_cost=given.launch_cost,
        ends_on=given.ends_on,
        group=given.group,
        sharing=sharing,
    )


def columns_of(given: MarketInput, value: Valuation) -> Columns:
    """The columns of a market's tables: calendar years, cut on the days on which rivals may come."""
    days = rivals_days(given, last=_last_day(value))
    sold = (
        {(piece.year, piece.first) for piece in _pieces(given, value)} if days else {(k, 0) for k in range(value.years)}
    )
    spread = given.instalments.years if given.instalments and days else 1
    return columns(days, sold, years=value.years, spread_years=spread)


def _last_day(value: Valuation) -> int:
    return date(value.as_of.year + value.years - 1, 12, 31).toordinal()


def unsold(given: MarketInput) -> MarketInput:
    """The input without what sales and cash for a peak of 1 US dollar at the means of all inputs do not depend on:
    size, launch, end, names, spread."""
    return replace(
        given,
        id="",
        launch=Link(""),
        scale=(),
        launch_cost=None,
        ends_on=(),
        group="",
        peak_patients_per_year=0.0,
        spread=Spread(),
    )


def has_one_margin(given: MarketInput) -> bool:
    """Whether what stays of net sales is the same share of them on every day."""
    return not (given.price_ages or given.yearly_cut or given.duties or given.instalments)


def _cash_table(given: MarketInput, value: Valuation, booked: Columns, billed: Money, sales: Money) -> Money:
    """What stays of net sales after cost of goods, selling, duties and tax."""
    if has_one_margin(given):
        return sales * ((1 - given.cogs_share - given.selling_share) * (1 - given.tax_share))
    before = sales - given.selling_share * sales - given.cogs_share * _units(given, value, booked, billed)
    if given.duties:
        before = before - _duties(given, value, booked)
    return before * (1 - given.tax_share)


def money_tables(given: MarketInput, value: Valuation, booked: Columns) -> Money:
    """Net sales, cost of goods and duties for a peak of 1 US dollar a year, shape (3, launch days, columns)."""
    billed = _sales_table(given, value, booked)
    duties = _duties(given, value, booked) if given.duties else np.zeros_like(billed)
    goods = given.cogs_share * _units(given, value, booked, billed)
    return np.stack([_received(given, billed, booked), goods, duties])


def _units(given: MarketInput, value: Valuation, booked: Columns, billed: Money) -> Money:
    """Sales at the first price, of which the cost of goods is a share."""
    if not (given.price_ages or given.yearly_cut):
        return billed
    return _sales_table(replace(given, price_ages=(), yearly_cut=None), value, booked)


def _duties(given: MarketInput, value: Valuation, booked: Columns) -> Money:
    free = PriceLevel(date.min, 0.0)
    return _sales_table(replace(given, price_levels=(*given.duties, free)), value, booked)


def _received(given: MarketInput, billed: Money, booked: Columns) -> Money:
    """Net sales by the year in which they are paid."""
    if given.instalments is None:
        return billed
    parts, kept = given.instalments.years, given.instalments.kept_share_per_year
    found = np.zeros_like(billed)
    for k in range(parts):
        for c in range(billed.shape[1]):
            if (paid := booked.later(c, k)) is not None:
                found[:, paid] += billed[:, c] * (kept**k / parts)
    return found


def uptake_integral(days: Money, *, days_to_peak: float, shape: str) -> Money:
    """Peak-days sold in the first `days` after launch (0 before it).

    The uptake is x (`linear`) or 3 x^2 - 2 x^3 (`s_curve`) with x = days / days_to_peak, and 1 after the peak; both
    lose half of `days_to_peak` on the way up.
    """
    x = np.clip(days / days_to_peak, 0.0, 1.0)
    ramp = x * x / 2 if shape == "linear" else x**3 - x**4 / 2
    return days_to_peak * ramp + np.maximum(days - days_to_peak, 0.0)


def uptake_curve(days: Money, *, days_to_peak: float, shape: str) -> Money:
    """The share of the peak reached `days` after launch, same shape: the curve that `uptake_integral` sums."""
    x = np.clip(days / days_to_peak, 0.0, 1.0)
    found: Money = x if shape == "linear" else 3 * x**2 - 2 * x**3
    return found


def launch_days(given: MarketInput, value: Valuation) -> npt.NDArray[np.int64]:
    """The launch day (ordinal) of each row of the tables: the fact, else every day of the valuation."""
    if given.launched:
        return np.array([given.launched.toordinal()])
    first = value.as_of.toordinal()
    return np.arange(first, first + value.by_day.size)


def _sales_table(given: MarketInput, value: Valuation, booked: Columns) -> Money:
    """Net sales [launch day, column] for a peak of 1 US dollar a year, nothing before the valuation day.

    No rival's share is taken off: that is each path's own, and the columns are cut where it may change.
    """
    launches = launch_days(given, value)
    loss = loss_of_exclusivity(given, launches)
    is_lost = bool((loss < _FAR).any())
    table = np.zeros((launches.size, booked.years.size))
    sold = _Sold(given, launches, loss)
    for piece in _pieces(given, value):
        found = sold.kept_in(piece)
        if is_lost:
            found = found + given.exclusivity.retained_share * sold.lost_in(piece)
        weight = (
            piece.weight
            if given.yearly_cut is None
            else piece.weight * cuts_between(given.yearly_cut, launches, piece.first)
        )
        table[:, booked.of(piece.year, piece.first)] += weight * found
    return table


class _Sold:
    """Peak-days sold in each piece, before and after the loss of exclusivity, each piece beginning where one ended."""

    def __init__(self, given: MarketInput, launches: npt.NDArray[np.int64], loss: npt.NDArray[np.int64]) -> None:
        self._given, self._launches, self._loss = given, launches, loss
        self._last: dict[str, tuple[int, Money]] = {}

    def kept_in(self, piece: _Piece) -> Money:
        return self._between("kept", piece, np.minimum)

    def lost_in(self, piece: _Piece) -> Money:
        return self._between("lost", piece, np.maximum)

    def _between(self, part: str, piece: _Piece, limit: np.ufunc) -> Money:
        day, before = self._last.get(part, (-1, np.empty(0)))
        if day != piece.first:
            before = _sold(self._given, self._launches, limit(piece.first, self._loss))
        after = _sold(self._given, self._launches, limit(piece.after, self._loss))
        self._last[part] = piece.after, after
        return after - before


def _sold(given: MarketInput, launches: npt.NDArray[np.int64], until: npt.NDArray[np.int64]) -> Money:
    """Peak-days sold before the day `until`, each at its price by age."""
    days = np.maximum(until - launches, 0).astype(np.float64)
    first = volume_integral(given, launches, days)
    found, factor = first, 1.0
    for age in sorted(given.price_ages, key=lambda age: age.after_years):
        begins = np.full(days.shape, age.after_years * DAYS_PER_YEAR)
        later = volume_integral(given, launches, np.maximum(days, begins)) - volume_integral(given, launches, begins)
        found, factor = found + (age.factor - factor) * later, age.factor
    return found


def volume_integral(given: MarketInput, launches: npt.NDArray[np.int64] | Money, days: Money) -> Money:
    """Peak-days sold in the first `days` (0 or more) after entry on `launches` (shapes that broadcast).

    Uptake from the start share to 1, and the pool of those who wait at launch.
    """
    pool = 0.0 if given.pool is None else pool_integral(given.pool, days)
    if not given.has_yearly_patients:
        return 0.0 * days + pool
    risen = uptake_integral(days, days_to_peak=given.years_to_peak * DAYS_PER_YEAR, shape=given.shape)
    if not given.start_share and given.continues is None:
        return risen + pool
    start = start_shares(given, launches)
    return start * np.maximum(days, 0.0) + (1 - start) * risen + pool


def start_shares(given: MarketInput, entries: npt.NDArray[np.int64] | Money) -> Money:
    """The share of the peak on the first day of a state entered on each of `entries`, same shape."""
    before = given.continues
    if before is None:
        return np.full(np.shape(entries), given.start_share)
    days = np.asarray(entries, dtype=np.float64) - before.launched.toordinal()
    return before.ratio * uptake_curve(days, days_to_peak=before.years_to_peak * DAYS_PER_YEAR, shape=before.shape)


def cuts_between(cut: YearlyCut, entries: npt.NDArray[np.int64], day: int) -> Money:
    """The price on `day` after the yearly cuts since each of `entries`, relative to the first, same shape."""
    first, last = date.fromordinal(int(entries.min())).year, date.fromordinal(max(day, int(entries.max()))).year
    days = np.array(_cut_days(cut, first, last), dtype=np.int64)
    passed = np.searchsorted(days, day, side="right") - np.searchsorted(days, entries, side="right")
    found: Money = (1 - cut.cut_share) ** np.maximum(passed, 0)
    return found


def _cut_days(cut: YearlyCut, first: int, last: int) -> list[int]:
    """The days of the yearly cut in the years from `first` to `last`."""
    years = (year for year in range(first, last + 1) if year % cut.every_years == 0)
    return [date(year, cut.month, cut.day).toordinal() for year in years]


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
    steps |= set(rivals_days(given, last=_last_day(value)))
    for k in range(value.years):
        year = value.as_of.year + k
        start, after = date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()
        steps |= set(_cut_days(given.yearly_cut, year, year)) if given.yearly_cut else set()
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
