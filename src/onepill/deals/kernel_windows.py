"""The kernel's sales in a window: what a leg counts of its markets, year by year."""

from __future__ import annotations

from onepill.core.dates import NEVER
from onepill.deals import arrays as k
from onepill.deals.kernel_columns import cuts_year, open_rows, place_of, span_of, year_at
from onepill.deals.kernel_days import share_inside, year_of
from onepill.sim.jit import jit


@jit
def add_window(
    leg: k.Record,
    row: k.Int,
    begin: k.Int,
    count: k.Int,
    since: k.Int,
    until: k.Int,
    paths: k.Paths,
    calendar: k.Calendar,
    base: k.Array,
) -> None:
    """Add one row's sales in a window, by days of each year, as far as the leg's term lets them count.

    The row is one of the `count` rows of its block, which begin with `begin`.
    """
    place, bounds, launch, end = place_of(row, begin, calendar), calendar.bounds, paths.launch[row], paths.end[row]
    if launch >= until or end <= since:
        return
    term = launch + leg.term_days if leg.term_days < NEVER else NEVER
    for year in range(year_of(max(launch, since), calendar), base.size):
        opens, closes = max(bounds[year], launch), min(bounds[year + 1], end)
        if opens >= closes or opens >= until:
            break
        sales, share = paths.sales[place + year * count], share_inside(opens, closes, since, until)
        if leg.plain:
            base[year] += sales * share
            continue
        kept = paths.protected[place + year * count] * share
        counted = sales * share
        if leg.term_days < NEVER:
            counted = sales * share_inside(opens, closes, since, min(until, term))
            if leg.ends_at_exclusivity:
                counted = max(counted, kept)
        elif leg.ends_at_exclusivity:
            counted = kept
        kept = min(counted, kept)
        base[year] += kept + leg.step_down * (counted - kept)


@jit
def open_base(
    leg: k.Record,
    contract: k.Contract,
    paths: k.Paths,
    calendar: k.Calendar,
    scratch: k.Scratch,
    block: k.Int,
    at: k.Int,
) -> tuple[k.Int, k.Int, k.Int, k.Int, k.Int, k.Int, k.Int]:
    """Make columns of the paths on which any of a leg's markets is sold in the window of `fill_window`.

    Where the window cuts the sum of several markets, or of a term, the path's years are summed anew in
    `scratch.years`, and its column is listed. Returns the first row, the numbers of columns, the years that count as a
    range, the last and first days of `open_rows`, and how many columns are listed.
    """
    begin = paths.begin[leg.summed, block]
    count = paths.begin[leg.summed, block + 1] - begin
    opened, first_day, last_day, latest, earliest = open_rows(begin, count, paths, scratch, at)
    if opened == 0:
        return begin, 0, 0, 0, 0, NEVER, 0
    first, last = span_of(first_day, last_day, calendar)
    is_market = leg.plain and leg.members_to - leg.members_from == 1
    if is_market or (latest <= calendar.bounds[0] and earliest >= NEVER):
        return begin, count, first, last, latest, earliest, 0
    listed = _sum_anew(leg, count, contract, paths, calendar, scratch, block, at)
    return begin, count, first, last, 0, NEVER, listed


@jit
def _sum_anew(
    leg: k.Record,
    count: k.Int,
    contract: k.Contract,
    paths: k.Paths,
    calendar: k.Calendar,
    scratch: k.Scratch,
    block: k.Int,
    at: k.Int,
) -> k.Int:
    """List the open columns whose window cuts what they count, with their sums; they leave `weight`."""
    listed, place = 0, scratch.place
    place[:] = -1
    for j in range(count):
        since, until = scratch.since[j], scratch.until[j]
        is_cut = since > max(scratch.launch[j], calendar.bounds[0]) or until < scratch.end[j]
        if is_cut and scratch.weight[j] > 0.0:
            scratch.listed[listed] = j
            place[scratch.slot[j]] = listed
            scratch.years[listed, :] = 0.0
            listed += 1
    for member in range(leg.members_from if listed else leg.members_to, leg.members_to):
        m = contract.members[member]
        begin, end = paths.begin[m, block], paths.begin[m, block + 1]
        for row in range(begin, end):
            found = place[paths.path[row] - at]
            if found >= 0:
                j = scratch.listed[found]
                since, until = scratch.since[j], scratch.until[j]
                add_window(leg, row, begin, end - begin, since, until, paths, calendar, scratch.years[found])
    return listed


@jit
def fill_base(
    year: k.Int,
    begin: k.Int,
    count: k.Int,
    latest: k.Int,
    earliest: k.Int,
    listed: k.Int,
    paths: k.Paths,
    calendar: k.Calendar,
    scratch: k.Scratch,
) -> None:
    """A year's sales that count, by column."""
    first = year_at(year, begin, count, calendar)
    base, sales = scratch.base, paths.sales[first : first + count]
    share = scratch.share if cuts_year(year, count, latest, earliest, calendar, scratch) else scratch.weight
    for j in range(count):
        base[j] = sales[j] * share[j]
    for b in range(listed):
        base[scratch.listed[b]] = scratch.years[b, year]
