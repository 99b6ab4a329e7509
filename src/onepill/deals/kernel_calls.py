"""What is known of a batch of paths before their years are gone through: exits, tranches, cap tables; as machine code.

All loops over paths are plain, so that the processor treats several at once.
"""

from __future__ import annotations

from onepill.core.dates import NEVER
from onepill.deals.equity_rows import MOST_BITS, SPREAD, Array, Batch, Chunk, Desk, Int
from onepill.deals.kernel_tables import has_room, table_after
from onepill.sim.jit import jit, jit_block, jit_rows


@jit
def read_flows(at: Int, count: Int, chunk: Chunk, batch: Batch) -> None:
    """The last years with a flow, and with one below nothing, of the paths from `at` on."""
    for i in range(count):
        batch.at_work[i] = -1
        batch.last_need[i] = -1
    for y in range(chunk.flows_usd.shape[0]):
        _note_flows(y, chunk.flows_usd[y][at:], batch.at_work, batch.last_need, count)


@jit_rows
def _note_flows(y: Int, flow: Array, at_work: Array, last_need: Array, count: Int) -> None:
    for i in range(count):
        usd = flow[i]
        at_work[i] = y if usd != 0 else at_work[i]
        last_need[i] = y if usd < 0 else last_need[i]


@jit
def find_exits(at: Int, count: Int, open_exits: Int, first_day: Array, chunk: Chunk, batch: Batch) -> None:
    """The exit that comes first on each path, the first listed where two fall on one day, and its day.

    Only those whose bit is set in `open_exits`, within the years and before the contract's end.
    """
    leaves, sold_on, held, opens, last = batch.exit, batch.sold_on, chunk.held_until[at:], first_day[0], first_day[-1]
    for i in range(count):
        leaves[i] = -1
        sold_on[i] = min(last, held[i])
    for k in range(chunk.exit_day.shape[0]):
        if open_exits >> k & 1:
            days = chunk.exit_day[k][at:]
            for i in range(count):
                day = days[i]
                comes = (opens <= day) & (day < sold_on[i])
                leaves[i] = k if comes else leaves[i]
                sold_on[i] = day if comes else sold_on[i]
    for i in range(count):
        sold_on[i] = sold_on[i] if leaves[i] >= 0 else NEVER


@jit
def call_tranches(at: Int, count: Int, desk: Desk) -> None:
    """When each tranche is paid: while needs lie ahead, or until the exit, and none ahead of its round's first.

    `Batch.calls` becomes one number of which tranches a path calls and of any two rounds which comes first, a bit
    each; -1 where these are more than a number has.
    """
    chunk, batch, vehicle = desk.chunk, desk.batch, desk.vehicle
    calls, paid_on, bit, rounds = batch.calls, batch.paid_on, vehicle.tranche_round.size, vehicle.round_usd.size
    held, first_day = chunk.held_until[at:], desk.years.first_day
    _close_calls(batch.sold_on, batch.exit, batch.last_need, held, first_day, batch.before, calls, count)
    for t in range(bit):
        opens = vehicle.round_first[vehicle.tranche_round[t]] == t
        days = chunk.tranche_day[t][at:]
        _call(min(t, MOST_BITS), days, opens, batch.before, batch.opened, paid_on[t], calls, count)
    for r in range(rounds):
        for later in range(r + 1, rounds):
            days, others = paid_on[vehicle.round_first[r]], paid_on[vehicle.round_first[later]]
            _compare(min(bit, MOST_BITS), days, others, calls, count)
            bit += 1
    if bit > MOST_BITS:
        for i in range(count):
            calls[i] = -1


@jit_rows
def _close_calls(
    sold_on: Array,
    leaves: Array,
    last_need: Array,
    held: Array,
    first_day: Array,
    before: Array,
    calls: Array,
    count: Int,
) -> None:
    """The day from which on nothing is called."""
    for i in range(count):
        after_needs = first_day[last_need[i] + 1]
        before[i] = min(sold_on[i] if leaves[i] >= 0 else after_needs, held[i])
        calls[i] = 0


@jit_rows
def _call(
    bit: Int, days: Array, opens: bool, before: Array, opened: Array, paid_on: Array, calls: Array, count: Int
) -> None:
    for i in range(count):
        day = max(days[i], 0 if opens else opened[i])
        paid = day if day < before[i] else NEVER
        paid_on[i] = paid
        opened[i] = paid if opens else opened[i]
        calls[i] |= (paid < NEVER) << bit


@jit_rows
def _compare(bit: Int, days: Array, others: Array, calls: Array, count: Int) -> None:
    for i in range(count):
        calls[i] |= (days[i] > others[i]) << bit


@jit_block
def _walk(i: Int, desk: Desk) -> Int:
    """The table that a path comes to by its rounds in the order of their days, then their further tranches."""
    batch, vehicle = desk.batch, desk.vehicle
    rounds, queue, paid_on, sold, table = vehicle.round_usd.size, batch.queue, batch.paid_on, 0, 0
    for r in range(rounds):
        day = paid_on[vehicle.round_first[r], i]
        if day < NEVER:
            place = sold
            while place > 0 and paid_on[vehicle.round_first[queue[place - 1]], i] > day:
                queue[place] = queue[place - 1]
                place -= 1
            queue[place] = r
            sold += 1
    for j in range(sold):
        table = table_after(table, queue[j], desk)
    for t in range(vehicle.tranche_round.size):
        if vehicle.round_first[vehicle.tranche_round[t]] != t and paid_on[t, i] < NEVER:
            table = table_after(table, rounds + t, desk)
    return table


@jit_block
def find_tables(count: Int, desk: Desk) -> Int:
    """The table that each path comes to; how many paths there was room for. What one path has called is looked up for
    those that call the same."""
    calls, table, met, met_table = desk.batch.calls, desk.batch.table, desk.tables.met, desk.tables.met_table
    left = count
    while left > 0:
        i = count - left
        left -= _look_up(i, calls, met, met_table, table, count)
        if left > 0:
            if not has_room(desk):
                break
            i = count - left
            place = (calls[i] * SPREAD >> 24) & (met.size - 1)
            met[place], met_table[place] = calls[i], _walk(i, desk)
            table[i] = met_table[place]
            left -= 1
    return count - left


@jit_rows
def _look_up(begin: Int, calls: Array, met: Array, met_table: Array, table: Array, count: Int) -> Int:
    """Fill in the tables of those from `begin` on up to one that has not been met; how many they are."""
    for i in range(begin, count):
        place = (calls[i] * SPREAD >> 24) & (met.size - 1)
        if calls[i] < 0 or met[place] != calls[i]:
            return i - begin
        table[i] = met_table[place]
    return count - begin


@jit
def sort_paths(count: Int, desk: Desk) -> None:
    """Put the slots in the order of their tables, within these of their exits, within these of their last years.

    The last year is that of the exit, or without one that of the last flow.
    """
    batch, years, ways = desk.batch, desk.years, desk.chunk.exit_day.shape[0] + 1
    keys = desk.tables.known[0] * ways * years.length.size
    _find_last(batch.sold_on, batch.exit, batch.at_work, years.first_day[0], years.year_of_day, batch.last, count)
    _number(batch.exit, batch.last, ways, years.length.size, batch.table, batch.key, count)
    _sort(batch.key, keys, batch.counts, batch.order, count)


@jit_rows
def _find_last(
    sold_on: Array, leaves: Array, at_work: Array, opens: Int, year_of_day: Array, last: Array, count: Int
) -> None:
    # Looked up whether it is needed or not: a branch that falls either way costs more.
    for i in range(count):
        sold_in = year_of_day[min(sold_on[i] - opens, year_of_day.size - 1)]
        last[i] = sold_in if leaves[i] >= 0 else max(at_work[i], 0)


@jit_rows
def _number(leaves: Array, last: Array, ways: Int, years: Int, table: Array, key: Array, count: Int) -> None:
    """Make one number of a table and an exit, and one of these with the last year."""
    for i in range(count):
        both = table[i] * ways + leaves[i] + 1
        table[i] = both
        key[i] = both * years + last[i]


@jit_rows
def _sort(key: Array, keys: Int, counts: Array, order: Array, count: Int) -> None:
    """Put slots in the order of their keys, those of one key as they stand."""
    for each in range(keys + 1):
        counts[each] = 0
    for i in range(count):
        counts[key[i] + 1] += 1
    for each in range(keys):
        counts[each + 1] += counts[each]
    for i in range(count):
        place = counts[key[i]]
        order[place] = i
        counts[key[i]] = place + 1
