"""Discount factors under each named convention."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np

from onepill.access.inputs import Money, Valuation
from onepill.core.dates import DAYS_PER_YEAR


def discount_factors(*, convention: str, rate_per_year: float, years_ahead: Money, year_index: Money) -> Money:
    """The present value of 1 US dollar.

    Args:
        convention: `end_year` (1 + r)^-k and `mid_year` (1 + r)^-max(k - 1/2, 0) with the whole calendar year k since
            the valuation year, whose rest is year 0; `exact` (1 + r)^-t and `continuous` exp(-r t) with t in years of
            365.25 days.
        rate_per_year: 0.10 for 10 percent, above -1.
        years_ahead: t, years from the valuation day, any shape.
        year_index: k, calendar years from the valuation year, same shape.

    Raises:
        ValueError: an unknown convention, or a rate at or below -1.
    """
    if rate_per_year <= -1:
        raise ValueError(f"the discount rate must be above -1, not {rate_per_year}")
    if convention == "continuous":
        return np.exp(-rate_per_year * years_ahead)
    exponents = {"end_year": year_index, "mid_year": np.maximum(year_index - 0.5, 0.0), "exact": years_ahead}
    if convention not in exponents:
        raise ValueError(f"{convention!r} is not a discounting convention")
    return np.asarray((1 + rate_per_year) ** -exponents[convention], dtype=np.float64)


def valuation(as_of: date, *, years: int, convention: str, rate_per_year: float) -> Valuation:
    """Discount factors for `years` calendar years after the one of `as_of`, by day and by year."""
    last = date(as_of.year + years, 12, 31)
    days = np.arange(as_of.toordinal(), last.toordinal() + 1)
    ahead = (days - days[0]) / DAYS_PER_YEAR
    index = _year_of(as_of, years)
    by_day = discount_factors(convention=convention, rate_per_year=rate_per_year, years_ahead=ahead, year_index=index)
    k = np.arange(years + 1, dtype=np.float64)
    middle = np.maximum(k + 0.5 - (as_of - date(as_of.year, 1, 1)).days / DAYS_PER_YEAR, 0.0)
    by_year = discount_factors(convention=convention, rate_per_year=rate_per_year, years_ahead=middle, year_index=k)
    return Valuation(as_of, years + 1, by_day, by_year, convention in ("end_year", "mid_year"))


def _year_of(as_of: date, years: int) -> Money:
    """The calendar year of each day from `as_of`, counted from its own."""
    starts = [as_of, *(date(as_of.year + k, 1, 1) for k in range(1, years + 2))]
    lengths = [(after - before).days for before, after in pairwise(starts)]
    return np.repeat(np.arange(years + 1, dtype=np.float64), lengths)
