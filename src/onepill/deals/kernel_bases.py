"""The kernel's tables of sales: of plan markets, and of what legs count of them."""

from __future__ import annotations

from typing import Any

from onepill.core.dates import NEVER
from onepill.deals import arrays as k
from onepill.deals.kernel_sales import add_window
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
        """Add `factor` times the sales to the rows [row, year]; the year of the end counts by its days.

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
            times, sold, found = factor * scale[p], table[at], sales_usd[row[p]]
            if end[p] >= bounds[years]:
                for year in range(years):
                    found[year] += times * sold[year]
                continue
            for year in range(years):
                opens = max(bounds[year], launch[p])
                if opens >= end[p]:
                    break
                kept = min((end[p] - opens) / max(bounds[year + 1] - opens, 1), 1.0)
                found[year] += times * sold[year] * kept
        return outside

    return add_sales


def _base_entry(digest: int) -> Any:
    @jit_cached
    def add_base(
        table: k.Array,
        row: k.Array,
        legs: k.Records,
        markets: k.Array,
        paths: k.Paths,
        calendar: k.Calendar,
    ) -> None:
        """Add what the first leg counts of its markets while its window is open, path by path, to rows of a table."""
        if digest == 0:
            return
        for p in range(row.size):
            for i in range(markets.size if row[p] >= 0 else 0):
                if paths.row[markets[i], p] >= 0:
                    add_window(legs[0], markets[i], 0, NEVER, p, paths, calendar, table[row[p]])

    return add_base


def _measure_entry(digest: int) -> Any:
    @jit_cached
    def measure_rows(table: k.Array, peak_usd: k.Array, total_usd: k.Array) -> None:
        """The largest year and the sum of each row."""
        if digest == 0:
            return
        for row in range(table.shape[0]):
            peak, total = 0.0, 0.0
            for year in range(table.shape[1]):
                peak = max(peak, table[row, year])
                total += table[row, year]
            peak_usd[row], total_usd[row] = peak, total

    return measure_rows


add_sales = _entry(k.source_digest())
add_base = _base_entry(k.source_digest())
measure_rows = _measure_entry(k.source_digest())
