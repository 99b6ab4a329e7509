"""The calendar years of a plan: where each begins, and in which of them a day falls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from onepill.sim.plan import Plan


@dataclass(frozen=True)
class Years:
    """Calendar years from the one of the plan's day on.

    Attributes:
        bounds: ordinals, shape (years + 1,): year k has the days from `bounds[k]` (the plan's day for year 0, whose
            past days are sunk) to the day before `bounds[k + 1]`. What falls on or after the last bound is not counted.
        length_days: of the whole calendar years, shape (years,); that of year 0 counts its past days too.
    """

    bounds: npt.NDArray[np.int32]
    length_days: npt.NDArray[np.int32]

    @property
    def count(self) -> int:
        return int(self.length_days.size)

    @staticmethod
    def of(plan: Plan) -> Years:
        first, count = date.fromordinal(plan.as_of).year, plan.discount_by_year.size
        starts = np.array([date(first + k, 1, 1).toordinal() for k in range(count + 1)], dtype=np.int32)
        bounds = starts.copy()
        bounds[0] = plan.as_of
        return Years(bounds, np.diff(starts))

    def of_days(self, days: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
        """The year of each day; -1 before the plan's day, `count` on or after the last bound."""
        return np.searchsorted(self.bounds, days, side="right") - 1
