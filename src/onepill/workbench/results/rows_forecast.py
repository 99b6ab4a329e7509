"""Rows of a forecast: launch, peak, loss of exclusivity and the calendar years of each market."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from onepill.access import MarketInput, loss_of_exclusivity, mean_price_factors
from onepill.core.dates import NEVER
from onepill.sim.plan import Money
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.plan.market_patients import mean_of
from onepill.workbench.results.forecast_runs import (
    CASH,
    GROSS,
    LAUNCHING,
    NET,
    ON_MARKET,
    PATIENTS,
    PRESENT,
    Group,
    MarketForecast,
)
from onepill.workbench.results.rows_funnel import funnel_section
from onepill.workbench.results.rows_value import market_label
from onepill.workbench.results.simulate import day_row

Row = dict[str, Any]


def forecast_row(base: Assembled, group: Group, found: MarketForecast) -> Row:
    """One market in full; what its peak rests on is noted in the ledger."""
    given = group.whole
    return {
        "market": market_label(base, given.id),
        "id": given.id,
        "launch": {**day_row(found.launch_days), "status": "actual" if given.launched else "simulated"},
        **funnel_section(base, given),
        "months_to_peak": given.years_to_peak * 12,
        "peak_year": _peak_year(base, found),
        "loss_of_exclusivity": day_row(_losses(given, found)),
        "years": year_rows(base, group, found),
    }


def _losses(given: MarketInput, found: MarketForecast) -> npt.NDArray[np.int32]:
    """The day of the loss of exclusivity by path, NEVER where there is no launch or no loss."""
    launches = found.launch_days.astype(np.int64)
    lost = loss_of_exclusivity(given, launches)
    never = (launches >= NEVER) | (lost > date.max.toordinal())
    return np.where(never, NEVER, lost).astype(np.int32)


def _peak_year(base: Assembled, found: MarketForecast) -> Row | None:
    """The calendar year with the highest net sales given a launch."""
    sales = found.years[NET].mean
    if found.launch_prob <= 0 or not sales.any():
        return None
    k = int(np.argmax(sales))
    return {"year": base.filled.as_of.year + k, "net_sales_usd": round(float(sales[k]) / found.launch_prob)}


def year_rows(base: Assembled, group: Group, found: MarketForecast) -> list[Row]:
    """Each calendar year on which anything may happen: over all futures, and over those with a launch."""
    factors, first = _price_factors(base, group, found), base.filled.as_of.year
    price = next((mean_of(d) for d in group.whole.scale if d.stream.endswith(".net_price_per_month")), None)
    busy = np.any([estimate.mean != 0 for estimate in found.years.values()], axis=0)
    return [
        {
            "year": first + int(k),
            "gross_price_per_month_usd": price and round(price, 2),
            "net_price_per_month_usd": price and round(price * float(factors[k]), 2),
            "expected": _year(group, found, int(k), given_launch=False),
            "given_launch": _year(group, found, int(k), given_launch=True) if found.launch_prob > 0 else None,
        }
        for k in np.flatnonzero(busy)
    ]


def _price_factors(base: Assembled, group: Group, found: MarketForecast) -> Money:
    """What payers pay of the price in each year: by the file's steps or, over payer states, what is sold at it."""
    if not group.has_states:
        return mean_price_factors(group.whole, base.value)
    gross, net = found.years[GROSS].mean, found.years[NET].mean
    return np.divide(net, gross, out=np.zeros_like(net), where=gross > 0)


def _year(group: Group, found: MarketForecast, k: int, *, given_launch: bool) -> Row:
    """One year's quantities; the errors of costs and tax are those of net sales in the same proportion."""
    plain = {name: _cell(found, name, 1.0, k, given_launch=given_launch) for name in (ON_MARKET, PATIENTS, GROSS, NET)}
    costs = {
        name: _cell(found, NET, share, k, given_launch=given_launch)
        for name, share in _cost_shares(group, found, k).items()
    }
    rest = {name: _cell(found, name, 1.0, k, given_launch=given_launch) for name in (LAUNCHING, CASH, PRESENT)}
    return {**plain, **costs, **rest}


def _cost_shares(group: Group, found: MarketForecast, k: int) -> dict[str, float]:
    """Cost of goods (and duties), selling and tax as shares of the year's net sales.

    Where prices differ between payer states, or costs are drawn, goods cost what selling (at its mean share) and tax
    leave of net sales, less the cash.
    """
    given, net = group.whole, float(found.years[NET].mean[k])
    is_plain = not group.has_states and given.spread.is_empty
    if is_plain or net == 0 or given.tax_share >= 1:
        tax = (1 - given.cogs_share - given.selling_share) * given.tax_share
        return {"cost_of_goods_usd": given.cogs_share, "selling_usd": given.selling_share, "tax_usd": tax}
    before_tax = (
        (float(found.years[CASH].mean[k]) + float(found.years[LAUNCHING].mean[k])) / (1 - given.tax_share) / net
    )
    goods, tax = 1 - given.selling_share - before_tax, before_tax * given.tax_share
    return {"cost_of_goods_usd": goods, "selling_usd": given.selling_share, "tax_usd": tax}


def _cell(found: MarketForecast, name: str, share: float, k: int, *, given_launch: bool) -> Row:
    years = found.years[name]
    over = found.launch_prob if given_launch else 1.0
    error = (years.launched_error if given_launch else years.standard_error)[k]
    places = 6 if name == ON_MARKET else 3 if name == PATIENTS else 2
    mean = round(float(years.mean[k]) * share / over, places) + 0.0
    return {"mean": mean, "standard_error": round(float(error) * abs(share), places)}
