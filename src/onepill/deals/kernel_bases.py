"""The kernel's tables of sales: of plan markets, and of what legs count of them."""

from __future__ import annotations

from typing import Any

from onepill.core.dates import NEVER
from onepill.deals import arrays as k
from onepill.deals.kernel_columns import add_times, place_of, sum_of, year_at
from onepill.deals.kernel_days import lump_day
from onepill.deals.kernel_windows import add_window
from onepill.sim.jit import jit, jit_cached


@jit
def place_in(begin: k.Array, path: k.Int, row: k.Int, years: k.Int) -> tuple[k.Int, k.Int]:
    """Where a path's row has its first year in a table of `Paths.sales`, and how far on the next one stands."""
    block = path // k.BLOCK_PATHS
    first = begin[block]
    return first * (years - 1) + row, begin[block + 1] - first


@jit
def _list_sold(
    block: k.Int,
    begin: k.Array,
    row: k.Array,
    launch: k.Array,
    end: k.Array,
    scale: k.Array,
    table: k.Array,
    first_day: k.Int,
    last_day: k.Int,
    factor: k.Real,
    days: k.Array,
    times: k.Array,
) -> tuple[k.Int, k.Int, k.Int]:
    """List the paths of a block on which a market is launched before the last day: of each its row in the block, its
    launch, its end and its place in the table, in `days`, and what its sales are multiplied with.

    Returns their number, the first end, and how many launches lie outside the table.
    """
    found, earliest, outside = 0, NEVER, 0
    places, launches, ends, known = days[0], days[1], days[2], days[3]
    for p in range(block * k.BLOCK_PATHS, min((block + 1) * k.BLOCK_PATHS, row.size)):
        if launch[p] >= last_day:
            continue
        at = launch[p] - first_day
        if at < 0 or at >= table.shape[0]:
            outside += 1
            continue
        places[found], launches[found], ends[found], known[found] = row[p] - begin[block], launch[p], end[p], at
        times[found], earliest = factor * scale[p], min(earliest, end[p])
        found += 1
    return found, earliest, outside


def _entry(digest: int) -> Any:
    @jit_cached
    def add_sales(
        sales_usd: k.Array,
        row: k.Array,
        begin: k.Array,
        launch: k.Array,
        end: k.Array,
        scale: k.Array,
        table: k.Array,
        first_day: k.Int,
        bounds: k.Array,
        factor: k.Real,
        days: k.Array,
        times: k.Array,
        usd: k.Array,
    ) -> k.Int:
        """Add `factor` times the sales to a table as `Paths.sales`; the year of the end counts by its days.

        `row` and `begin` are those of the market; `days` (four rows), `times` and `usd` are room for a block. Returns
        how many launches before the last bound lie outside the market's own table.
        """
        years, outside = bounds.size - 1, 0
        if digest == 0:
            return 0
        places, launches, ends, at = days[0], days[1], days[2], days[3]
        for block in range(begin.size - 1):
            count, earliest, beyond = _list_sold(
                block, begin, row, launch, end, scale, table, first_day, bounds[years], factor, days, times
            )
            outside += beyond
            step = begin[block + 1] - begin[block]
            for year in range(years):
                opens, closes, first = bounds[year], bounds[year + 1], begin[block] * years + year * step
                sold = sales_usd[first : first + step]
                for j in range(count):
                    usd[j] = times[j] * table[at[j], year]
                for j in range(count if earliest < closes else 0):
                    day = max(opens, launches[j])
                    usd[j] *= min(max(ends[j] - day, 0) / max(closes - day, 1), 1.0)
                if count == step:
                    for j in range(count):
                        sold[j] += usd[j]
                else:
                    for j in range(count):
                        sold[places[j]] += usd[j]
        return outside

    return add_sales


def _base_entry(digest: int) -> Any:
    @jit_cached
    def add_base(
        table: k.Array,
        row_of_path: k.Array,
        begin: k.Array,
        legs: k.Records,
        markets: k.Array,
        since: k.Int,
        until: k.Int,
        paths: k.Paths,
        calendar: k.Calendar,
        base: k.Array,
    ) -> None:
        """Add what the first leg counts of its markets in a window to a table of `Paths.sales`.

        `row_of_path` and `begin` are those of the sum; `base` is room for one row's years. What no window and no term
        cuts is added year by year.
        """
        if digest == 0:
            return
        is_whole = legs[0].plain and since <= calendar.bounds[0] and until >= NEVER
        for m in markets:
            for block in range(begin.size - 1):
                first, end = paths.begin[m, block], paths.begin[m, block + 1]
                for year in range(base.size if is_whole else 0):
                    source = place_of(first, first, calendar) + year * (end - first)
                    target = begin[block] * (base.size - 1) + year * (begin[block + 1] - begin[block])
                    for j in range(end - first):
                        table[target + row_of_path[paths.path[first + j]]] += paths.sales[source + j]
                for row in range(end if is_whole else first, end):
                    path = paths.path[row]
                    if row_of_path[path] < 0:
                        continue
                    base[:] = 0.0
                    add_window(legs[0], row, first, end - first, since, until, paths, calendar, base)
                    found, step = place_in(begin, path, row_of_path[path], base.size)
                    for year in range(base.size):
                        table[found + year * step] += base[year]

    return add_base


def _measure_entry(digest: int) -> Any:
    @jit_cached
    def measure_rows(table: k.Array, begin: k.Array, years: k.Int, peak_usd: k.Array, total_usd: k.Array) -> None:
        """The largest year and the sum of each row of these markets or sums, by blocks as in `Paths.begin`."""
        if digest == 0:
            return
        for m in range(begin.shape[0]):
            for block in range(begin.shape[1] - 1):
                first, end = begin[m, block], begin[m, block + 1]
                peak, total = peak_usd[first:end], total_usd[first:end]
                for year in range(years):
                    place = first * years + year * peak.size
                    usd = table[place : place + peak.size]
                    for j in range(peak.size):
                        peak[j] = max(peak[j], usd[j])
                        total[j] += usd[j]

    return measure_rows


def _worth_entry(digest: int) -> Any:
    @jit_cached
    def weigh_rows(
        paths: k.Paths, calendar: k.Calendar, rates: k.Rates, worth: k.Array, gain_day: k.Array, sums: k.Array
    ) -> None:
        """Fill `Paths.worth_usd`, `gain_day` (for a margin above nothing) and `block_profit`, which begin empty."""
        if digest == 0:
            return
        for m in range(sums.shape[0]):
            for block in range(sums.shape[1]):
                begin, end = paths.begin[m, block], paths.begin[m, block + 1]
                day, launch = gain_day[begin:end], paths.launch[begin:end]
                for year in range(sums.shape[2]):
                    first, opens = year_at(year, begin, end - begin, calendar), calendar.bounds[year]
                    profit = paths.profit[first : first + day.size]
                    for row in range(worth.shape[0]):
                        add_times(worth[row][begin:], profit, rates.by_year[row, year], day.size)
                    for j in range(day.size):
                        day[j] = min(day[j], max(launch[j], opens) if profit[j] > 0.0 else NEVER)
                    sums[m, block, year] = sum_of(profit, day.size)

    return weigh_rows


def _falls_entry(digest: int) -> Any:
    @jit_cached
    def list_falls(
        timing: k.Int,
        start: k.Array,
        finish: k.Array,
        usd: k.Array,
        bounds: k.Array,
        path: k.Array,
        since: k.Array,
        until: k.Array,
        usd_per_day: k.Array,
    ) -> k.Int:
        """List on which paths a cost falls on counted days, on which of them, and how much a day; their number.

        A cost in the middle falls on one day, or half on each of two.
        """
        found, first, last = 0, bounds[0], bounds[bounds.size - 1]
        if digest == 0:
            return 0
        for p in range(usd.size):
            if usd[p] == 0.0 or start[p] >= NEVER:
                continue
            opens, closes = start[p], max(finish[p], start[p] + 1)
            if timing != k.EVEN:
                opens, closes = lump_day(timing, 0, start[p], finish[p]), lump_day(timing, 1, start[p], finish[p]) + 1
            path[found], usd_per_day[found] = p, usd[p] / (closes - opens)
            since[found], until[found] = max(opens, first), min(closes, last)
            found += since[found] < until[found]
        return found

    return list_falls


add_sales = _entry(k.source_digest())
add_base = _base_entry(k.source_digest())
measure_rows = _measure_entry(k.source_digest())
weigh_rows = _worth_entry(k.source_digest())
list_falls = _falls_entry(k.source_digest())
