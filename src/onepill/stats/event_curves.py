"""The share that an event has come to by a time, when some have not been followed that long."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onepill.stats.proportions import two_sided_z, wilson_interval

Times = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class EventCurve:
    """Kaplan and Meier's curve, turned round; steps of shape (n_steps,).

    Attributes:
        times: distinct times at which anything ended, by event or by censoring, rising, in the caller's unit.
        share: to whom the event has come by then, 0 to 1, never falling.
        variance: Greenwood's of the share; 0 before the first event and where the share is 1.
        at_risk: followed up to just before the step.
    """

    times: Times
    share: Times
    variance: Times
    at_risk: npt.NDArray[np.int64]


@dataclass(frozen=True)
class ShareByTime:
    """The share by one time with its 95 % limits; all None where nobody was followed for so long.

    Attributes:
        followed: how many were followed at least so long without the event.
    """

    time: float
    share: float | None
    low: float | None
    high: float | None
    followed: int


def event_curve(times: npt.ArrayLike, happened: npt.ArrayLike) -> EventCurve:
    """Estimate the curve. Where an event and a censoring share a time, the event comes first.

    Args:
        times: to the event, or to the end of following; at or above 0, shape (n,).
        happened: whether it ended with the event; shape (n,).

    Source: Kaplan EL, Meier P (1958), JASA 53:457-481; variance by Greenwood M (1926).
    """
    steps, place = np.unique(np.asarray(times, dtype=np.float64), return_inverse=True)
    ended = np.bincount(place, weights=np.asarray(happened, dtype=np.float64), minlength=steps.size)
    left = np.bincount(place, minlength=steps.size)
    at_risk = left[::-1].cumsum()[::-1]
    survival = np.cumprod(1 - np.divide(ended, at_risk))
    # Where the event comes to the last at risk, the term is infinite and the survival 0.
    terms = np.divide(ended, at_risk * (at_risk - ended), out=np.zeros(steps.size), where=at_risk > ended)
    variance = np.square(survival) * np.cumsum(terms)
    return EventCurve(steps, np.asarray(1 - survival), np.asarray(variance), at_risk)


def share_by(curve: EventCurve, time: float, *, level: float = 0.95) -> ShareByTime:
    """Read the share off the curve, with limits on the log-minus-log scale of survival.

    With S = 1 - share and theta = log(-log S), theta's standard error is sqrt(var S) / (S |log S|), and the limits of
    S are S ** exp(-+ z se). They stay within 0 and 1. Where the share is 0 or 1 this has no width, and Wilson's limits
    for those followed to this time (for a share of 1: at risk at the last event) stand in.

    Source: Kalbfleisch JD, Prentice RL (2002), The Statistical Analysis of Failure Time Data, 2nd edition, chapter 1.
    """
    followed = int(curve.at_risk[np.searchsorted(curve.times, time, side="left")]) if _reaches(curve, time) else 0
    step = int(np.searchsorted(curve.times, time, side="right")) - 1
    share = float(curve.share[step]) if step >= 0 else 0.0
    if share == 1.0:
        last = int(curve.at_risk[np.argmax(curve.share == 1.0)])
        return ShareByTime(time, 1.0, wilson_interval(last, last, level=level)[0], 1.0, followed)
    if not followed:
        return ShareByTime(time, None, None, None, 0)
    if share == 0.0:
        return ShareByTime(time, 0.0, 0.0, wilson_interval(0, followed, level=level)[1], followed)
    alive = 1 - share
    error = math.sqrt(curve.variance[step]) / (alive * abs(math.log(alive)))
    spread = math.exp(two_sided_z(level) * error)
    return ShareByTime(time, share, 1 - alive ** (1 / spread), 1 - alive**spread, followed)


def _reaches(curve: EventCurve, time: float) -> bool:
    return bool(curve.times.size) and float(curve.times[-1]) >= time
