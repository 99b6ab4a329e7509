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
    """When each tranche is paid: while needs lie ahead, or until the exit, and none ahead of its round's first."""
    chunk, batch, vehicle, first_day = desk.chunk, desk.batch, desk.vehicle, desk.years.first_day
    before, opened, held, sold_on, last_need = (
        batch.before,
        batch.opened,
        chunk.held_until[at:],
        batch.sold_on,
        batch.last_need,
    )
    for i in range(count):
        before[i] = min(sold_on[i] if batch.exit[i] >= 0 else first_day[last_need[i] + 1], held[i])
    for t in range(vehicle.tranche_round.size):
        days, paid_on = chunk.tranche_day[t][at:], batch.paid_on[t]
        opens = vehicle.round_first[vehicle.tranche_round[t]] == t
        if opens:
            for i in range(count):
                opened[i] = 0
        for i in range(count):
            day = max(days[i], opened[i])
            paid_on[i] = day if day < before[i] else NEVER
        if opens:
            for i in range(count):
                opened[i] = paid_on[i]


@jit
def _sign_calls(count: Int, desk: Desk) -> None:
    """Make one number of which tranches a path calls and of any two rounds which comes first, a bit each; -1 where
    these are more than a number has."""
    batch, vehicle, rounds, tranches = (
        desk.batch,
        desk.vehicle,
        desk.vehicle.round_usd.size,
        desk.vehicle.tranche_round.size,
    )
    calls, paid_on, bit = batch.calls, batch.paid_on, tranches
    fits = tranches + rounds * (rounds - 1) // 2 <= MOST_BITS
    for i in range(count):
        calls[i] = 0 if fits else -1
    if not fits:
        return
    for t in range(tranches):
        days = paid_on[t]
        for i in range(count):
            calls[i] |= (days[i] < NEVER) << t
    for r in range(rounds):
        days = paid_on[vehicle.round_first[r]]
        for later in range(r + 1, rounds):
            other = paid_on[vehicle.round_first[later]]
            for i in range(count):
                calls[i] |= (days[i] > other[i]) << bit
            bit += 1


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
    batch, met, met_table = desk.batch, desk.tables.met, desk.tables.met_table
    _sign_calls(count, desk)
    for i in range(count):
        calls = batch.calls[i]
        place = (calls * SPREAD >> 24) & (met.size - 1)
        if calls < 0 or met[place] != calls:
            if not has_room(desk):
                return i
            met[place], met_table[place] = calls, _walk(i, desk)
        batch.table[i] = met_table[place]
    return count


@jit
def sort_paths(count: Int, desk: Desk) -> None:
    """Put the slots in the order of their tables, within these of their exits, within these of their last years.

    The last year is that of the exit, or without one that of the last flow.
    """
    batch, years, ways = desk.batch, desk.years, desk.chunk.exit_day.shape[0] + 1
    last, key, group, count_years = batch.last, batch.key, batch.table, years.length.size
    for i in range(count):
        ahead = min(batch.sold_on[i] - years.first_day[0], years.year_of_day.size - 1)
        last[i] = years.year_of_day[ahead] if batch.exit[i] >= 0 else max(batch.at_work[i], 0)
    for i in range(count):
        group[i] = group[i] * ways + batch.exit[i] + 1
        key[i] = group[i] * count_years + last[i]
    _sort(count, key, batch.order, batch.counts, desk.tables.known[0] * ways * count_years)


@jit
def _sort(count: Int, key: Array, order: Array, counts: Array, keys: Int) -> None:
    """Put slots in the order of their keys, those of one key as they stand."""
    for each in range(keys + 1):
        counts[each] = 0
    for i in range(count):
        counts[key[i] + 1] += 1
    for each in range(keys):
        counts[each + 1] += counts[each]
    for i in range(count):
        order[counts[key[i]]] = i
        counts[key[i]] += 1
