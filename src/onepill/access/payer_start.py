"""How much of its peak does a payer state have on its first day, given what was sold in the state before?"""

from __future__ import annotations

import numpy as np

from onepill.access.forecast import uptake_curve
from onepill.access.inputs import Continued, Money
from onepill.access.payer_inputs import LOSS_OF_EXCLUSIVITY, PayerMove, PayerPath, PayerState
from onepill.core.dates import DAYS_PER_YEAR

_SAMPLES = 365
"""Days of one calendar year on which an approval may fall, taken as equally likely."""


def start_of(path: PayerPath, state: PayerState, sources: list[tuple[PayerState, PayerMove]]) -> float | Continued:
    """The state's share of its peak on its first day.

    The level that the market has reached since launch, times the patients of the state before over those of this one.
    A market whose launch is a fact knows that level for each day of entry. For others it is the mean over the waits of
    the calendar (approvals spread evenly over a year, rounds weighed by their chances) or of the mean lag. After a loss
    of exclusivity, and wherever a state follows one that is not the first, uptake is taken to be complete.
    """
    if state.start_share is not None:
        return state.start_share
    if not sources:
        return 0.0
    market, first = path.market, [source for source, _ in sources]
    ratio = float(np.mean([_patients(source) for source in first])) / (1.0 if state.follows else _patients(state))
    if state.follows:
        ratio = 1.0
    if not any(source.sells for source in first):
        return 0.0
    if state.follows and not all(source.initial for source in first):
        return 1.0
    if market.launched is not None:
        return Continued(market.launched, ratio, market.years_to_peak, market.shape)
    levels = [_mean_level(path, move) for _, move in sources]
    return ratio * float(np.mean(levels))


def _patients(state: PayerState) -> float:
    return state.patients.distribution.mean() if state.patients is not None else 1.0


def _mean_level(path: PayerPath, move: PayerMove) -> float:
    """The mean uptake since launch on the day on which the move happens."""
    if move.calendar == LOSS_OF_EXCLUSIVITY:
        return 1.0
    if move.calendar is None:
        days = np.array([move.lag.distribution.mean() if move.lag is not None else 0.0])
        return float(_level(path, days)[0])
    table = path.calendars[move.calendar].first
    begin = max(path.as_of - table.first_day, 0)
    starts = np.arange(begin, begin + _SAMPLES)
    waits = (table.finish[starts] - table.first_day - starts).astype(np.float64)
    waits -= path.market.exclusivity.approval_to_launch_days
    chances = move.prob * (1 - move.prob) ** np.arange(move.rounds)
    means = [float(_level(path, waits + k * DAYS_PER_YEAR).mean()) for k in range(move.rounds)]
    return float(np.average(means, weights=chances))


def _level(path: PayerPath, days: Money) -> Money:
    market = path.market
    return uptake_curve(days, days_to_peak=market.years_to_peak * DAYS_PER_YEAR, shape=market.shape)
