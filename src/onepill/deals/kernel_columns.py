"""The kernel's columns: what happens on many paths of a block in one year, several of them at once.

A column is a row of a market, or a path. The innermost loops go over columns, without branches and calls, so that the
processor treats several at once; a year in which no column's window opens or closes needs no days.
"""

from __future__ import annotations

from onepill.core.dates import NEVER
from onepill.deals import arrays as k
from onepill.deals.kernel_days import year_of
from onepill.sim.jit import jit, jit_sum


@jit_sum
def sum_of(values: k.Array, count: k.Int) -> k.Real:
    """The sum of the first `count` values."""
    total = 0.0
    for j in range(count):
        total += values[j]
    return total


@jit
def add_times(target: k.Array, values: k.Array, factor: k.Real, count: k.Int) -> None:
    """Add `factor` times the values."""
    for j in range(count):
        target[j] += values[j] * factor


@jit
def add_both(one: k.Array, two: k.Array, values: k.Array, to_one: k.Real, to_two: k.Real, count: k.Int) -> None:
    """Add multiples of the values to two rows."""
    for j in range(count):
        value = values[j]
        one[j] += value * to_one
        two[j] += value * to_two


@jit
def add_to_slots(target: k.Array, values: k.Array, factor: k.Real, slot: k.Array, count: k.Int, at: k.Int) -> None:
    """Add `factor` times the columns' values to their places in a row by path."""
    block = target[at:]
    for j in range(count):
        block[slot[j]] += factor * values[j]


@jit
def open_receipts(scratch: k.Scratch, count: k.Int) -> None:
    """Nobody has been paid yet."""
    for j in range(count):
        scratch.paid_on[j] = NEVER
        scratch.back_on[j] = NEVER


@jit
def note_payments(opens: k.Int, both_ways: bool, scratch: k.Scratch, count: k.Int) -> None:
    """Note the first days in a year that begins on a day, and after which nothing earlier comes, of what is due."""
    due, from_day, paid_on, back_on = scratch.due, scratch.from_day, scratch.paid_on, scratch.back_on
    for j in range(count):
        paid_on[j] = min(paid_on[j], max(from_day[j], opens) if due[j] > 0.0 else NEVER)
    if both_ways:
        for j in range(count):
            back_on[j] = min(back_on[j], max(from_day[j], opens) if due[j] < 0.0 else NEVER)


@jit
def close_receipts(first_cash: k.Array, days: k.Array, slot: k.Array, count: k.Int, at: k.Int) -> None:
    """Note the columns' days as first receipts of a party."""
    block = first_cash[at:]
    for j in range(count):
        block[slot[j]] = min(block[slot[j]], days[j])


@jit
def is_any_waiting(first_cash: k.Array, scratch: k.Scratch, count: k.Int, at: k.Int) -> bool:
    """Whether a party may be paid on an open column before it is paid for anything else known so far."""
    block, waiting = first_cash[at:], 0
    for j in range(count):
        waiting += scratch.weight[j] > 0.0 and block[scratch.slot[j]] > scratch.from_day[j]
    return waiting > 0


@jit
def fill_window(
    since: k.Int, until: k.Int, held: k.Int, by: k.Int, calendar: k.Calendar, scratch: k.Scratch, count: k.Int
) -> None:
    """The first day of a window, and the first one after it, on each slot; none that counts where it is empty."""
    opens, closes, first, last = scratch.opens, scratch.closes, calendar.bounds[0], calendar.bounds[-1]
    for i in range(count):
        opens[i] = first
        closes[i] = min(last, by + 1)
    if since >= 0:
        day = scratch.day[since]
        for i in range(count):
            opens[i] = max(day[i], first)
    if until >= 0:
        day = scratch.day[until]
        for i in range(count):
            closes[i] = min(closes[i], day[i])
    if held:
        day = scratch.day[k.HELD]
        for i in range(count):
            closes[i] = min(closes[i], day[i])


@jit
def open_paths(scratch: k.Scratch, count: k.Int) -> tuple[k.Int, k.Int, k.Int]:
    """Make each slot a column, with the days of its window; how many are open, the first day and the one after all."""
    opened, first_day, last_day = 0, NEVER, 0
    for i in range(count):
        is_open = scratch.opens[i] < scratch.closes[i]
        scratch.slot[i], scratch.weight[i] = i, 1.0 if is_open else 0.0
        scratch.since[i], scratch.until[i], scratch.from_day[i] = scratch.opens[i], scratch.closes[i], scratch.opens[i]
        opened += is_open
        first_day = min(first_day, scratch.opens[i] if is_open else NEVER)
        last_day = max(last_day, scratch.closes[i] if is_open else 0)
    return opened, first_day, last_day


@jit
def open_rows(
    begin: k.Int, count: k.Int, paths: k.Paths, scratch: k.Scratch, at: k.Int
) -> tuple[k.Int, k.Int, k.Int, k.Int, k.Int]:
    """Make rows of a market columns; `weight` says on which of them it is sold in the window of `fill_window`.

    Returns how many these are, the first day that counts on any, the first after the last one, the last day on which
    any window opens later than its market, and the first on which any closes before it.
    """
    opened, first_day, last_day, latest, earliest = 0, NEVER, 0, 0, NEVER
    path, launches, ends = paths.path, paths.launch, paths.end
    for j in range(count):
        row = begin + j
        i = path[row] - at
        since, until, launch, end = scratch.opens[i], scratch.closes[i], launches[row], ends[row]
        day, after = max(since, launch), min(until, end)
        scratch.slot[j], scratch.from_day[j] = i, day
        scratch.since[j], scratch.until[j], scratch.launch[j], scratch.end[j] = since, until, launch, end
        is_open = day < after
        scratch.weight[j] = 1.0 if is_open else 0.0
        opened += is_open
        first_day = min(first_day, day if is_open else NEVER)
        last_day = max(last_day, after if is_open else 0)
        latest = max(latest, since if is_open and since > launch else 0)
        earliest = min(earliest, until if is_open and until < end else NEVER)
    return opened, first_day, last_day, latest, earliest


@jit
def span_of(first_day: k.Int, last_day: k.Int, calendar: k.Calendar) -> tuple[k.Int, k.Int]:
    """The years from that of the first day to that of the day before the last, as a range."""
    return year_of(first_day, calendar), year_of(last_day - 1, calendar) + 1


@jit
def cuts_year(
    year: k.Int, count: k.Int, latest: k.Int, earliest: k.Int, calendar: k.Calendar, scratch: k.Scratch
) -> bool:
    """Whether a window of `open_rows` may cut a year: `share` then holds what it leaves of each column's days on the
    market in it. Where none does, `weight` says it all.
    """
    opens_on, closes_on = calendar.bounds[year], calendar.bounds[year + 1]
    if opens_on >= latest and closes_on <= earliest:
        return False
    share = scratch.share
    for j in range(count):
        opens, closes = max(opens_on, scratch.launch[j]), min(closes_on, scratch.end[j])
        inside = max(min(closes, scratch.until[j]) - max(opens, scratch.since[j]), 0)
        share[j] = inside / max(closes - opens, 1)
    return True


@jit
def year_at(year: k.Int, begin: k.Int, count: k.Int, calendar: k.Calendar) -> k.Int:
    """Where a year of the `count` rows of a block begins in a table of `Paths.sales`, `begin` being their first."""
    return begin * (calendar.bounds.size - 1) + year * count


@jit
def place_of(row: k.Int, begin: k.Int, calendar: k.Calendar) -> k.Int:
    """Where the first year of a row stands in a table, `begin` being the first row of its block; each further year
    stands as far on as the block has rows."""
    return begin * (calendar.bounds.size - 2) + row


@jit
def open_values(scratch: k.Scratch, count: k.Int) -> None:
    """No value to anybody so far."""
    for j in range(count):
        scratch.given[j] = 0.0
        scratch.got[j] = 0.0
        scratch.taken[j] = 0.0


@jit
def note_slots(rows: k.Array, values: k.Array, factor: k.Real, slot: k.Array, count: k.Int) -> None:
    """Add `factor` times the columns' values to a year's row by slot."""
    for j in range(count):
        rows[slot[j]] += factor * values[j]
