"""What a payer state takes over from the one before on its first day: a part of its peak, and a price by then lower."""

from __future__ import annotations

import numpy as np

from onepill.access.forecast import uptake_curve
from onepill.access.inputs import Continued, Money
from onepill.access.payer_inputs import LOSS_OF_EXCLUSIVITY, DaysIn, PayerMove, PayerPath, PayerState, StartLevel
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


def start_levels(
    path: PayerPath, state: PayerState, sources: list[tuple[PayerState, PayerMove]]
) -> tuple[StartLevel, ...]:
    """What the levels rest on that a start is the mean of; none where it is given, nothing, whole or goes on."""
    first = [source for source, _ in sources]
    is_known = state.start_share is not None or not any(source.sells for source in first)
    is_whole = state.follows and not all(source.initial for source in first)
    if is_known or is_whole or path.market.launched is not None:
        return ()
    return tuple(_start_level(path, source, move) for source, move in sources)


def _start_level(path: PayerPath, source: PayerState, move: PayerMove) -> StartLevel:
    if move.calendar == LOSS_OF_EXCLUSIVITY:
        return StartLevel(source.id, move.id)
    if move.calendar is None:
        return StartLevel(source.id, move.id, is_lagged=move.lag is not None)
    waits = tuple(_waits_from_approval(path, move.calendar).tolist())
    return StartLevel(source.id, move.id, waits=waits, rounds=move.rounds)


def price_left(path: PayerPath, state: PayerState, arrivals: list[PayerMove], move: PayerMove) -> float:
    """The state's price when `move` leads out of it, relative to that of its first day; `arrivals` lead into it.

    Steps by age are taken as all made, and the yearly cuts of `cuts_made`.
    """
    factor = min((age.factor for age in state.price_ages), default=1.0)
    if state.yearly_cut is None:
        return factor
    return float(factor * (1 - state.yearly_cut.cut_share) ** cuts_made(path, state, arrivals, move))


def cuts_made(path: PayerPath, state: PayerState, arrivals: list[PayerMove], move: PayerMove) -> float:
    """Yearly cuts in a state until `move` leads out of it, in the mean; 0 where there are none."""
    if state.yearly_cut is None:
        return 0.0
    found = days_in(path, arrivals, move)
    lags = {other.id: other.lag.distribution.mean() for other in path.moves if other.lag is not None}
    lagged = sum(weight * lags[name] for name, weight in found.lags)
    rule = path.market.exclusivity
    days = found.base + found.launch_lag * rule.approval_to_launch_days + lagged
    if found.protected is not None:
        days += max((rule.years or 0.0) * DAYS_PER_YEAR, found.protected)
    return max(days, 0.0) / DAYS_PER_YEAR / state.yearly_cut.every_years


def days_in(path: PayerPath, arrivals: list[PayerMove], move: PayerMove) -> DaysIn:
    """The mean days in a state until a move out of it: the lag of the move, or from the mean wait after approval to
    that of the move or to the loss of exclusivity.

    The loss of a market not launched yet is taken at the years of protection, although its patent may last longer.
    """
    if move.lag is not None:
        return DaysIn(0.0, lags=((move.id, 1.0),))
    waits = [_mean_wait(path, arrival) for arrival in arrivals] or [DaysIn(0.0)]
    until = _mean_wait(path, move)
    if move.calendar == LOSS_OF_EXCLUSIVITY:
        until = DaysIn(0.0, launch_lag=-1.0, protected=_protected_by_patent(path))
    share = 1 / len(waits)
    return DaysIn(
        base=until.base - share * sum(wait.base for wait in waits),
        launch_lag=until.launch_lag - share * sum(wait.launch_lag for wait in waits),
        protected=until.protected,
        lags=tuple((name, -share * weight) for wait in waits for name, weight in wait.lags),
    )


def _protected_by_patent(path: PayerPath) -> float:
    """Days from approval to the end of the patent of a market that is launched, else 0."""
    market, rule = path.market, path.market.exclusivity
    if market.launched is None or rule.patent is None:
        return 0.0
    return float((rule.patent - market.launched).days + rule.approval_to_launch_days)


def _mean_wait(path: PayerPath, move: PayerMove) -> DaysIn:
    """Mean days from launch to a move, its later rounds left out."""
    if move.lag is not None:
        return DaysIn(0.0, lags=((move.id, 1.0),))
    if move.calendar not in path.calendars:
        return DaysIn(0.0)
    return DaysIn(float(_waits_from_approval(path, str(move.calendar)).mean()), launch_lag=-1.0)


def _patients(state: PayerState) -> float:
    return state.patients.distribution.mean() if state.patients is not None else 1.0


def _mean_level(path: PayerPath, move: PayerMove) -> float:
    """The mean uptake since launch on the day on which the move happens."""
    if move.calendar == LOSS_OF_EXCLUSIVITY:
        return 1.0
    if move.calendar is None:
        days = np.array([move.lag.distribution.mean() if move.lag is not None else 0.0])
        return float(_level(path, days)[0])
    waits = _waits_from_approval(path, move.calendar) - path.market.exclusivity.approval_to_launch_days
    # A move kept with a chance of 0 has that of a small one: each round as likely as the others.
    chances = (move.prob or 1.0) * (1 - move.prob) ** np.arange(move.rounds)
    means = [float(_level(path, waits + k * DAYS_PER_YEAR).mean()) for k in range(move.rounds)]
    return float(np.average(means, weights=chances))


def _waits_from_approval(path: PayerPath, calendar: str) -> Money:
    """Days from approval to a calendar's first day, for approvals on each day of a year."""
    table = path.calendars[calendar].first
    begin = max(path.as_of - table.first_day, 0)
    starts = np.arange(begin, begin + _SAMPLES)
    return (table.finish[starts] - table.first_day - starts).astype(np.float64)


def _level(path: PayerPath, days: Money) -> Money:
    market = path.market
    return uptake_curve(days, days_to_peak=market.years_to_peak * DAYS_PER_YEAR, shape=market.shape)
