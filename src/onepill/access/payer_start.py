"""What a payer state takes over from the one before on its first day: a part of its peak, and a price by then lower."""

from __future__ import annotations

import numpy as np

from onepill.access.forecast import uptake_curve
from onepill.access.inputs import Continued, Money
from onepill.access.payer_inputs import LOSS_OF_EXCLUSIVITY, PayerMove, PayerPath, PayerState, StartLevel
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
    moves = {move.id: move for _, move in sources}
    levels = [_weighed(found.levels, moves[found.move]) for found in start_levels(path, state, sources)]
    return ratio * float(np.mean(levels))


def start_levels(
    path: PayerPath, state: PayerState, sources: list[tuple[PayerState, PayerMove]]
) -> tuple[StartLevel, ...]:
    """The levels that a start is the mean of, move by move; none where it is given, nothing, whole or goes on."""
    first = [source for source, _ in sources]
    is_known = state.start_share is not None or not any(source.sells for source in first)
    is_whole = state.follows and not all(source.initial for source in first)
    if is_known or is_whole or path.market.launched is not None:
        return ()
    return tuple(StartLevel(source.id, move.id, _mean_levels(path, move)) for source, move in sources)


def price_left(path: PayerPath, state: PayerState, arrivals: list[PayerMove], move: PayerMove) -> float:
    """The state's price when `move` leads out of it, relative to that of its first day; `arrivals` lead into it.

    Steps by age are taken as all made, and the yearly cuts of `cuts_made`.
    """
    factor = min((age.factor for age in state.price_ages), default=1.0)
    if state.yearly_cut is None:
        return factor
    return float(factor * (1 - state.yearly_cut.cut_share) ** cuts_made(path, state, arrivals, move))


def cuts_made(path: PayerPath, state: PayerState, arrivals: list[PayerMove], move: PayerMove) -> float:
    """Yearly cuts in a state until `move` leads out of it, in the mean; 0 where there are none.

    They are counted over the mean time in the state: the lag of the move, or from the mean wait after approval to that
    of the move or to the loss of exclusivity. That of a market not launched yet is taken at the years of protection,
    although its patent may last longer.
    """
    if state.yearly_cut is None:
        return 0.0
    return _years_in(path, arrivals, move) / state.yearly_cut.every_years


def _years_in(path: PayerPath, arrivals: list[PayerMove], move: PayerMove) -> float:
    """The mean years in a state until a move out of it, at least 0."""
    if move.lag is not None:
        return move.lag.distribution.mean() / DAYS_PER_YEAR
    if move.calendar != LOSS_OF_EXCLUSIVITY:
        waited = [_mean_wait(path, arrival) for arrival in arrivals] or [0.0]
        return max(_mean_wait(path, move) - float(np.mean(waited)), 0.0) / DAYS_PER_YEAR
    market, rule = path.market, path.market.exclusivity
    waits = [_mean_wait(path, arrival) for arrival in arrivals] or [0.0]
    entered = (rule.approval_to_launch_days + float(np.mean(waits))) / DAYS_PER_YEAR
    protected = rule.years or 0.0
    if market.launched is not None and rule.patent is not None:
        launched = rule.approval_to_launch_days / DAYS_PER_YEAR
        protected = max(protected, (rule.patent - market.launched).days / DAYS_PER_YEAR + launched)
    return max(protected - entered, 0.0)


def _mean_wait(path: PayerPath, move: PayerMove) -> float:
    """Mean days from launch to a move, its later rounds left out."""
    if move.lag is not None:
        return move.lag.distribution.mean()
    if move.calendar not in path.calendars:
        return 0.0
    return float(_waits(path, str(move.calendar)).mean())


def _patients(state: PayerState) -> float:
    return state.patients.distribution.mean() if state.patients is not None else 1.0


def _mean_levels(path: PayerPath, move: PayerMove) -> tuple[float, ...]:
    """The mean uptake since launch on the day on which the move happens, round by round."""
    if move.calendar == LOSS_OF_EXCLUSIVITY:
        return (1.0,)
    if move.calendar is None:
        days = np.array([move.lag.distribution.mean() if move.lag is not None else 0.0])
        return (float(_level(path, days)[0]),)
    waits = _waits(path, move.calendar)
    return tuple(float(_level(path, waits + k * DAYS_PER_YEAR).mean()) for k in range(move.rounds))


def _weighed(levels: tuple[float, ...], move: PayerMove) -> float:
    """The mean of the rounds' levels, each weighed by the chance that the move happens in it."""
    chances = move.prob * (1 - move.prob) ** np.arange(len(levels))
    return float(np.average(levels, weights=chances))


def _waits(path: PayerPath, calendar: str) -> Money:
    """Days from launch to a calendar's first day, for approvals on each day of a year."""
    table = path.calendars[calendar].first
    begin = max(path.as_of - table.first_day, 0)
    starts = np.arange(begin, begin + _SAMPLES)
    waits = (table.finish[starts] - table.first_day - starts).astype(np.float64)
    return waits - path.market.exclusivity.approval_to_launch_days


def _level(path: PayerPath, days: Money) -> Money:
    market = path.market
    return uptake_curve(days, days_to_peak=market.years_to_peak * DAYS_PER_YEAR, shape=market.shape)
