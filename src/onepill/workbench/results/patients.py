"""Patients treated on each recorded path of a run."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from onepill.access import CAME, patients_treated
from onepill.core.dates import NEVER
from onepill.sim import Results
from onepill.sim.plan import STARTED, Link
from onepill.workbench.plan.assemble import Assembled


def patients_by_path(base: Assembled, results: Results) -> npt.NDArray[np.float64]:
    """Patients of all markets from the plan's day to the end of its valuation, by recorded path.

    Counts and shares stand at their means, so that a difference between two runs is that of their days.
    """
    first = base.plan.as_of
    horizon = first + base.plan.discount_by_day.size
    total = np.zeros(results.trace.start.shape[1])
    for market in base.markets:
        launch = days_of(results, market.launch)
        ends = [days_of(results, link) for link in market.ends_on]
        end = np.minimum.reduce([np.full(total.shape, horizon), *ends])
        rivals = market.competition.rivals if market.competition else ()
        came = np.array([days_of(results, Link(rival.id, CAME)) for rival in rivals]) if rivals else None
        treated = patients_treated(market, launch, first=first, end=end, came=came)
        total += np.where(launch < NEVER, treated, 0.0)
    return total


def days_of(results: Results, link: Link) -> npt.NDArray[np.int64]:
    """The day of an event by recorded path, NEVER where it does not happen."""
    trace = results.trace
    at = trace.activity_ids.index(link.activity)
    days = (trace.start if link.event == STARTED else trace.finish)[at].astype(np.int64)
    happens, names = days < NEVER, trace.outcome_names[at]
    if link.event in names:
        happens &= trace.outcome[at] == names.index(link.event)
    return np.where(happens, days + link.lag_days, NEVER)
