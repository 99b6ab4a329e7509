"""The price of a payer state as the years go by."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from onepill.access.forecast import cuts_between
from onepill.access.inputs import MarketInput, Money
from onepill.core.dates import DAYS_PER_YEAR


def price_since_entry(given: MarketInput, entries: npt.NDArray[np.int64], day: int) -> Money:
    """The price on `day` relative to that of the day of entry, for each of `entries` (day ordinals, by `day`)."""
    factor = np.ones(entries.shape)
    for age in sorted(given.price_ages, key=lambda age: age.after_years):
        factor = np.where(day - entries >= age.after_years * DAYS_PER_YEAR, age.factor, factor)
    if given.yearly_cut is not None:
        factor = factor * cuts_between(given.yearly_cut, entries, day)
    return factor
