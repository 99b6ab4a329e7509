"""Small capsules on a shared axis of years: the places of their ends in percent of the track."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from onepill.reports.context import Row


@dataclass(frozen=True)
class Axis:
    """A span of days, its year lines and the as-of day; all places in percent."""

    first: int
    last: int
    years: tuple[tuple[float, str], ...]
    as_of: float

    def place(self, iso: str) -> float:
        """Where a day stands, cut to the track."""
        share = (date.fromisoformat(iso).toordinal() - self.first) / (self.last - self.first)
        return round(min(max(share, 0.0), 1.0) * 100, 2)


def track_axis(days: Sequence[str], as_of: str, *, years_before: int = 1) -> Axis:
    """An axis of whole years that holds every day and the as-of day, with at most five labelled years."""
    today = date.fromisoformat(as_of)
    found = [date.fromisoformat(d).year for d in days]
    first_year = max(min([today.year, *found]), today.year - years_before)
    last_year = max([today.year + 1, *(y + 1 for y in found)])
    first, last = date(first_year, 1, 1).toordinal(), date(last_year, 1, 1).toordinal()
    every = max(1, -(-(last_year - first_year) // 4))
    shown = range(first_year, last_year, every)
    years = tuple((round((date(y, 1, 1).toordinal() - first) / (last - first) * 100, 2), str(y)) for y in shown)
    place = round((today.toordinal() - first) / (last - first) * 100, 2)
    return Axis(first, last, years, place)


@dataclass(frozen=True)
class Track:
    """A capsule from p10 to p90 that changes at p50, or a fact; places in percent."""

    p10: float
    p50: float
    p90: float
    is_fact: bool

    @property
    def split(self) -> float:
        """Where the median stands within the capsule, in percent of its length."""
        width = self.p90 - self.p10
        return round((self.p50 - self.p10) / width * 100, 2) if width > 0 else 50.0

    @classmethod
    def of(cls, milestone: Row | Any, axis: Axis) -> Track | None:
        """The track of a row with `p10`, `p50`, `p90`, or None when it has no day."""
        if not milestone.get("p50"):
            return None
        p10, p50, p90 = (axis.place(milestone.get(k) or milestone["p50"]) for k in ("p10", "p50", "p90"))
        return cls(p10, p50, max(p90, p10), milestone.get("status") == "actual")
