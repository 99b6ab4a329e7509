"""Patients on the drug, from the day it is launched."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from onepill.access.competition import share_steps
from onepill.access.forecast import volume_integral
from onepill.access.inputs import MarketInput, Money
from onepill.access.sharing import share_factors
from onepill.core.dates import DAYS_PER_YEAR


def patients_treated(
    given: MarketInput,
    launch: npt.ArrayLike,
    *,
    first: npt.ArrayLike,
    end: npt.ArrayLike,
    came: npt.ArrayLike | None = None,
) -> Money:
    """Patients who start treatment in a market in the days [first, end).

    Peak patients a year times the uptake of those days, with the pool at launch and without those whom rivals take: in
    the mean, or on the days on which they come where these are given.
    Growth is left out, since the input joins that of prices and of patients; who starts after the loss of exclusivity
    counts, whoever then supplies the drug.

    Args:
        launch, first, end: day ordinals, of shapes that broadcast; a launch on or after `end` treats nobody.
        came: the day of each rival (beyond all days where it does not come), shape (rivals, …) of the others' shapes.

    Returns:
        Patients, at the means of the shares, of the broadcast shape.
    """
    begins, opens, ends = (np.asarray(days, dtype=np.float64) for days in (launch, first, end))
    if given.competition is None or not given.competition.rivals:
        return _between(given, begins, opens, ends)
    if came is not None:
        return _by_rivals(given, (begins, opens, ends), np.sort(np.asarray(came, dtype=np.float64), axis=0))
    steps, total = share_steps(given.competition), np.zeros(())
    cuts = [-np.inf, *steps.days.tolist(), np.inf]
    for now, (since, until) in enumerate(pairwise(cuts)):
        part = _between(given, begins, np.clip(since, opens, ends), np.clip(until, opens, ends))
        total = total + part * steps.factors[np.searchsorted(steps.days, begins, side="right"), now]
    return total


def _by_rivals(given: MarketInput, days: tuple[Money, Money, Money], came: Money) -> Money:
    """The same for days of launch, begin and end, with rivals who come on known days, rising."""
    assert given.competition is not None  # nobody comes without
    begins, opens, ends = days
    factors, total = share_factors(given.competition), np.zeros(())
    before = (came <= begins).sum(axis=0)
    cuts = [np.full_like(came[0], -np.inf), *came, np.full_like(came[0], np.inf)]
    for now, (since, until) in enumerate(pairwise(cuts)):
        part = _between(given, begins, np.clip(since, opens, ends), np.clip(until, opens, ends))
        total = total + part * factors[before, np.maximum(now - before, 0)]
    return total


def _between(given: MarketInput, begins: Money, opens: Money, ends: Money) -> Money:
    after = volume_integral(given, begins, np.maximum(np.maximum(ends, opens) - begins, 0.0))
    before = volume_integral(given, begins, np.maximum(opens - begins, 0.0))
    found: Money = given.peak_patients_per_year * np.maximum(after - before, 0.0) / DAYS_PER_YEAR
    return found
