"""The kernel's tables of sales: of plan markets, and of what legs count of them."""

from __future__ import annotations

from typing import Any

from onepill.core.dates import NEVER
from onepill.deals import arrays as k
from onepill.deals.kernel_days import lump_day
from onepill.deals.kernel_windows import add_window
from onepill.sim.jit import jit_cached


def _entry(digest: int) -> Any:
    @jit_cached
    def add_sales(
        sales_usd: k.Array,
        row: k.Array,
        launch: k.Array,
        end: k.Array,
        scale: k.Array,
        table: k.Array,
        first_day: k.Int,
        bounds: k.Array,
        factor: k.Real,
    ) -> k.Int:
        """Add `factor` times the sales to the table [year, row]; the year of the end counts by its days.

        Returns how many launches before the last bound lie outside the table.
        """
        years, outside = bounds.size - 1, 0
        if digest == 0:
            return 0
        for p in range(row.size):
            if launch[p] >= bounds[years]:
                continue
            at = launch[p] - first_day
            if at < 0 or at >= table.shape[0]:
                outside += 1
                continue
            times, sold, found = factor * scale[p], table[at], row[p]
            if end[p] >= bounds[years]:
                for year in range(years):
                    sales_usd[year, found] += times * sold[year]
                continue
            for year in range(years):
                opens = max(bounds[year], launch[p])
                if opens >= end[p]:
                    break
                kept = min((end[p] - opens) / max(bounds[year + 1] - opens, 1), 1.0)
                sales_usd[year, found] += times * sold[year] * kept
        return outside

    return add_sales


def _base_entry(digest: int) -> Any:
    @jit_cached
    def add_base(
        table: k.Array,
        row_of_path: k.Array,
        legs: k.Records,
        markets: k.Array,
        since: k.Int,
        until: k.Int,
        paths: k.Paths,
        calendar: k.Calendar,
        base: k.Array,
    ) -> None:
        """Add what the first leg counts of its markets in a window to rows of a table [year, row].

        `base` is room for one row's years.
        """
        if digest == 0:
            return
        for m in markets:
            for row in range(paths.begin[m, 0], paths.begin[m, paths.begin.shape[1] - 1]):
                found = row_of_path[paths.path[row]]
                if found < 0:
                    continue
                base[:] = 0.0
                add_window(legs[0], row, since, until, paths, calendar, base)
                for year in range(base.size):
                    table[year, found] += base[year]

    return add_base


def _measure_entry(digest: int) -> Any:
    @jit_cached
    def measure_rows(table: k.Array, first: k.Int, peak_usd: k.Array, total_usd: k.Array) -> None:
        """The largest year and the sum of each row from the first one on."""
        if digest == 0:
            return
        for year in range(table.shape[0]):
            for row in range(first, table.shape[1]):
                peak_usd[row] = max(peak_usd[row], table[year, row])
                total_usd[row] += table[year, row]

    return measure_rows


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
list_falls = _falls_entry(k.source_digest())
