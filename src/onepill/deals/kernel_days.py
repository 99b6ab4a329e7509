"""The kernel's days of terms: events, exercised options, windows; and shares of a year's days."""

from __future__ import annotations

from onepill.core.dates import NEVER
from onepill.deals import arrays as k
from onepill.sim.arrays import STARTED_CODE
from onepill.sim.jit import jit

NO_OPTION, THE_END = -1, -2
"""What a day may hang on instead of the exercise of an option."""


@jit
def fill_days(contract: k.Contract, paths: k.Paths, scratch: k.Scratch, at: k.Int, count: k.Int) -> None:
    """Resolve all days of a block: first the contract's end, then the options in their order, then the others."""
    options = paths.taken.shape[0]
    for i in range(count):
        scratch.day[k.HELD, i] = paths.held[at + i]
    for w in range(1, contract.whens.size):
        _fill_when(w, contract.whens[w], paths, scratch, at, count)
        if w <= options:
            option = scratch.option_day[w - 1]
            for i in range(count):
                day = scratch.day[w, i]
                option[i] = day if paths.taken[w - 1, at + i] and day < paths.held[at + i] else NEVER


@jit
def _fill_when(w: k.Int, when: k.Record, paths: k.Paths, scratch: k.Scratch, at: k.Int, count: k.Int) -> None:
    # Fields are read once: the compiler must take it that writing days may change them.
    days, day, lag = scratch.day[w], when.day, when.lag
    if when.activity < 0 and when.option == NO_OPTION:
        for i in range(count):
            days[i] = day + lag
        return
    for i in range(count):
        days[i] = day
    if when.activity >= 0:
        outcome, wanted, link_lag = paths.outcome[when.activity], when.event, when.link_lag
        event = paths.start[when.activity] if wanted == STARTED_CODE else paths.finish[when.activity]
        for i in range(count):
            met = outcome[at + i] == wanted or (wanted < 0 and outcome[at + i] >= 0)
            days[i] = max(days[i], event[at + i] + link_lag if met else NEVER)
    if when.option != NO_OPTION:
        other = scratch.day[k.HELD] if when.option == THE_END else scratch.option_day[when.option]
        for i in range(count):
            days[i] = max(days[i], other[i])
    for i in range(count):
        days[i] = days[i] + lag if days[i] < NEVER else NEVER


@jit
def opening(since: k.Int, scratch: k.Scratch, i: k.Int) -> k.Int:
    """A window's first day."""
    return scratch.day[since, i] if since >= 0 else 0


@jit
def closing(until: k.Int, held: k.Int, scratch: k.Scratch, i: k.Int) -> k.Int:
    """The first day after a window."""
    day = scratch.day[until, i] if until >= 0 else NEVER
    return min(day, scratch.day[k.HELD, i]) if held else day


@jit
def share_inside(opens: k.Int, closes: k.Int, since: k.Int, until: k.Int) -> k.Real:
    """The share of the days [opens, closes) that lie in [since, until)."""
    if since <= opens and until >= closes:
        return 1.0
    inside = min(closes, until) - max(opens, since)
    return inside / (closes - opens) if inside > 0 else 0.0


@jit
def year_of(day: k.Int, calendar: k.Calendar) -> k.Int:
    """The year of a day: the first of any before the plan's day, the last of any after the last one that counts."""
    return calendar.year_of_day[min(max(day - calendar.bounds[0], 0), calendar.year_of_day.size - 2)]


@jit
def lump_day(timing: k.Int, half: k.Int, start: k.Int, finish: k.Int) -> k.Int:
    """The day of a cost at the start, the middle (in halves where there are two middle days) or the finish."""
    if timing == k.AT_MIDDLE:
        return start + (finish - start + half) // 2
    return start if timing == k.AT_START else finish
