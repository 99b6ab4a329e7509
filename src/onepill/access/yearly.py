"""What a market shows by calendar year: time on the market, patients, price levels."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import numpy.typing as npt

from onepill.access.forecast import columns_of, launch_days
from onepill.access.inputs import MarketInput, Money, Valuation
from onepill.access.patients import patients_treated
from onepill.core.dates import NEVER


def on_market_table(given: MarketInput, value: Valuation) -> Money:
    """The share of each calendar year's days (from the plan's day on) after each launch day; (launch days, years)."""
    launches, starts = launch_days(given, value), year_starts(value)
    opens, ends = starts[:-1], starts[1:]
    found: Money = np.clip((ends - np.maximum(launches[:, None], opens)) / (ends - opens), 0.0, 1.0)
    return found


def patient_table(given: MarketInput, value: Valuation) -> Money:
    """Patients who start treatment for each patient of the scale (see `patients_treated`); (launch days, columns).

    Columns are those of the market's tables: calendar years, or with rivals to come the spans of `sharing`, in which
    nobody has taken a share.
    """
    launches, booked, starts = launch_days(given, value), columns_of(given, value), year_starts(value)
    one, cuts = replace(given, peak_patients_per_year=1.0, competition=None), [-NEVER, *booked.days.tolist(), NEVER]
    found = []
    for year, step in zip(booked.years.tolist(), booked.steps.tolist(), strict=True):
        first, end = max(int(starts[year]), cuts[step]), min(int(starts[year + 1]), cuts[step + 1])
        found.append(patients_treated(one, launches, first=first, end=end))
    return np.stack(found, axis=1)


def mean_price_factors(given: MarketInput, value: Valuation) -> Money:
    """The payers' share times the price level, the mean over each calendar year's days from the plan's day on."""
    starts = year_starts(value)
    levels = sorted(given.price_levels, key=lambda level: level.since)
    since = [level.since.toordinal() for level in levels]
    factors = np.array([1.0, *(level.factor for level in levels)])
    days = np.arange(starts[0], starts[-1])
    by_day = factors[np.searchsorted(since, days, side="right")]
    found: Money = given.price_share * np.add.reduceat(by_day, starts[:-1] - starts[0]) / np.diff(starts)
    return found


def year_starts(value: Valuation) -> npt.NDArray[np.int64]:
    """The plan's day and every new year's day after it (ordinals), one more than there are years."""
    years = (date(value.as_of.year + k, 1, 1).toordinal() for k in range(1, value.years + 1))
    return np.array([value.as_of.toordinal(), *years])
