"""What is known of a batch of paths before their years are gone through: exits, tranches, cap tables; as machine code.

All loops over paths are plain, so that the processor treats several at once.
"""

from __future__ import annotations

from onepill.core.dates import NEVER
from onepill.deals.equity_rows import Array, Batch, Chunk, Desk, Int
from onepill.deals.kernel_tables import has_room, table_after
from onepill.sim.jit import jit, jit_block


@jit
def read_flows(at: Int, count: Int, chunk: Chunk, batch: Batch) -> None:
    """The flows of the paths from `at` on, and the last years with one and with one below nothing."""
    at_work, last_need = batch.at_work, batch.last_need
    for i in range(count):
        at_work[i] = -1
        last_need[i] = -1
    for y in range(chunk.flows_usd.shape[0]):
        given, flow = chunk.flows_usd[y][at:], batch.flow_usd[y]
        for i in range(count):
            flow[i] = given[i]
        for i in range(count):
            at_work[i] = at_work[i] if flow[i] == 0 else y
            last_need[i] = y if flow[i] < 0 else last_need[i]


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


@jit_block
def find_tables(count: Int, desk: Desk) -> Int:
    """The table that each path comes to; how many paths there was room for."""
    batch, vehicle = desk.batch, desk.vehicle
    rounds, queue, paid_on = vehicle.round_usd.size, batch.queue, batch.paid_on
    for i in range(count):
        if not has_room(desk):
            return i
        sold, batch.table[i] = 0, 0
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
            batch.table[i] = table_after(batch.table[i], queue[j], desk)
        for t in range(vehicle.tranche_round.size):
            if vehicle.round_first[vehicle.tranche_round[t]] != t and paid_on[t, i] < NEVER:
                batch.table[i] = table_after(batch.table[i], rounds + t, desk)
    return count


@jit
def sort_paths(count: Int, desk: Desk) -> None:
    """Put the slots in the order of their tables, within these of their exits, within these of their last years.

    The last year is that of the exit, or without one that of the last flow.
    """
    batch, years, exits = desk.batch, desk.years, desk.chunk.exit_day.shape[0]
    last, key, order, spare = batch.last, batch.table, batch.order, batch.spare
    for i in range(count):
        ahead = batch.sold_on[i] - years.first_day[0]
        last[i] = years.year_of_day[ahead] if batch.exit[i] >= 0 else max(batch.at_work[i], 0)
    for i in range(count):
        key[i] = key[i] * (exits + 1) + batch.exit[i] + 1
        order[i] = i
    _sort(count, order, last, spare, batch.counts, years.length.size)
    _sort(count, spare, key, order, batch.counts, desk.tables.known[0] * (exits + 1))


@jit
def _sort(count: Int, slots: Array, key: Array, into: Array, counts: Array, keys: Int) -> None:
    """Put slots in the order of their keys, those of one key as they stood."""
    for each in range(keys + 1):
        counts[each] = 0
    for i in range(count):
        counts[key[i] + 1] += 1
    for each in range(keys):
        counts[each + 1] += counts[each]
    for j in range(count):
        i = slots[j]
        into[counts[key[i]]] = i
        counts[key[i]] += 1
