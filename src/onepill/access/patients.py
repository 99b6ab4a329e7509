"""Patients on the drug, from the day it is launched."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from onepill.access.forecast import uptake_integral
from onepill.access.inputs import MarketInput, Money
from onepill.core.dates import DAYS_PER_YEAR


def patients_treated(given: MarketInput, launch: npt.ArrayLike, *, first: npt.ArrayLike, end: npt.ArrayLike) -> Money:
    """Patients who start treatment in a market in the days [first, end).

    Peak patients a year times the uptake of those days. Growth is left out, since the input joins that of prices and of
    patients; who starts after the loss of exclusivity counts, whoever then supplies the drug.

    Args:
        launch, first, end: day ordinals, of shapes that broadcast; a launch on or after `end` treats nobody.

    Returns:
        Patients, at the means of the shares, of the broadcast shape.
    """
    begins, opens, ends = (np.asarray(days, dtype=np.float64) for days in (launch, first, end))
    after = _peak_days(given, np.maximum(ends, opens) - begins)
    before = _peak_days(given, opens - begins)
    found: Money = given.peak_patients_per_year * np.maximum(after - before, 0.0) / DAYS_PER_YEAR
    return found


def _peak_days(given: MarketInput, days: Money) -> Money:
    return uptake_integral(np.maximum(days, 0.0), days_to_peak=given.years_to_peak * DAYS_PER_YEAR, shape=given.shape)
