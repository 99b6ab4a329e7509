"""The kernel's tables of sales where rivals share a market: each path has the share of its own rivals."""

from __future__ import annotations

from typing import Any

from onepill.deals import arrays as k
from onepill.deals.kernel_bases import place_in
from onepill.sim.jit import jit, jit_cached


@jit
def _rivals_steps(came: k.Array, p: k.Int, launch: k.Int, days: k.Array, steps: k.Array) -> tuple[k.Int, k.Int]:
    """Write how many of the days have come when each rival does, rising; how many came by the launch, and after it."""
    before, found = 0, 0
    for i in range(came.shape[0]):
        day = came[i, p]
        if day <= launch:
            before += 1
        elif day <= days[days.size - 1]:
            step = 1
            while days[step - 1] < day:
                step += 1
            at = found
            while at > 0 and steps[at - 1] > step:
                steps[at] = steps[at - 1]
                at -= 1
            steps[at] = step
            found += 1
    return before, found


def _entry(digest: int) -> Any:
    @jit_cached
    def add_shared_sales(
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
        came: k.Array,
        days: k.Array,
        factors: k.Array,
        span_year: k.Array,
        span_step: k.Array,
        steps: k.Array,
    ) -> k.Int:
        """`add_sales` of a market whose table has spans in place of years (see `sim.plan.Sharing`).

        `came` are the days of the rivals, shape (rivals, paths); `steps` is room for as many.
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
            before, later = _rivals_steps(came, p, launch[p], days, steps)
            times = factor * scale[p]
            found, step = place_in(begin, p, row[p], years)
            for c in range(table.shape[1]):
                year = span_year[c]
                if year >= years:
                    break
                opens = max(bounds[year], launch[p])
                kept = min(max(end[p] - opens, 0) / max(bounds[year + 1] - opens, 1), 1.0)
                passed = 0
                while passed < later and steps[passed] <= span_step[c]:
                    passed += 1
                sales_usd[found + year * step] += times * factors[before, passed] * table[at, c] * kept
        return outside

    return add_shared_sales


add_shared_sales = _entry(k.source_digest())
