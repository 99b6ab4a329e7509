"""Round places for axes."""

from __future__ import annotations

import math
from datetime import date

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def step_of(span: float, *, about: int) -> float:
    """The round step (1, 2, 2.5 or 5 times a power of ten) that cuts a span into at most `about` parts."""
    if span <= 0:
        return 1.0
    raw = span / about
    power = 10.0 ** math.floor(math.log10(raw))
    return next(power * s for s in STEPS if power * s >= raw * (1 - 1e-9))


def ticks(low: float, high: float, *, about: int) -> list[float]:
    """The multiples of a round step from `low` to `high`, both ends included if they are multiples."""
    step = step_of(high - low, about=about)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(k * step, 10) for k in range(first, last + 1)]


def day_number(iso: str) -> int:
    """A day as a count of days, so that axes are plain numbers and no time zone comes in."""
    return date.fromisoformat(iso).toordinal()


def year_starts(low: int, high: int, *, about: int) -> list[tuple[int, str]]:
    """The first of January of every n-th year between two day numbers, n as small as `about` allows."""
    first, last = date.fromordinal(low).year, date.fromordinal(high).year
    every = max(1, math.ceil((last - first) / about))
    starts = [(date(y, 1, 1).toordinal(), str(y)) for y in range(first, last + 1) if y % every == 0]
    return [(day, year) for day, year in starts if low <= day <= high]
