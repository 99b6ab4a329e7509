"""The entries of the equity side: each path's vehicle, then its funds; what an exit is worth; a cap table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from onepill.deals import equity_rows as e
from onepill.deals.kernel_calls import call_tranches, find_exits, find_tables, read_flows, sort_paths
from onepill.deals.kernel_funds import run_fund
from onepill.deals.kernel_shares import issue_round
from onepill.deals.kernel_tables import has_room, open_tables
from onepill.deals.kernel_vehicle import open_block, run_vehicle
from onepill.sim.jit import digest_of, jit, jit_block, jit_cached, jit_rows


@jit_block
def _keep(at: e.Int, table: e.Int, k: e.Int, years: e.Int, count: e.Int, desk: e.Desk, found: e.Found) -> None:
    """Keep what a block's paths come to; `at` is where its batch begins."""
    block, slot = desk.block, desk.block.slot
    for q in range(block.npv_usd.shape[0]):
        found.share_sum[q] += count * desk.tables.by_party[table, q]
        npv, first, paid, got = block.npv_usd[q], block.first_day[q], block.paid_usd[q], block.got_usd[q]
        into, first_into = found.npv_usd[q][at:], found.first_day[q][at:]
        paid_into, got_into = found.paid_usd[q][at:], found.got_usd[q][at:]
        _keep_party(slot, npv, first, paid, got, into, first_into, paid_into, got_into, count)
    for i in range(count):
        found.exit_at[at + slot[i]] = k
        found.further_need_usd[at + slot[i]] = block.further_usd[i]
    for j in range(found.kept.size):
        row = desk.row[found.kept[j]]
        for y in range(years):
            got, paid, net = block.told_usd[e.GOT, row, y], block.told_usd[e.PAID, row, y], found.net_usd[j, y][at:]
            _keep_year(slot, got, paid, net, count)


@jit_rows
def _keep_party(
    slot: e.Array,
    npv: e.Array,
    first: e.Array,
    paid: e.Array,
    got: e.Array,
    npv_into: e.Array,
    first_into: e.Array,
    paid_into: e.Array,
    got_into: e.Array,
    count: e.Int,
) -> None:
    for i in range(count):
        p = slot[i]
        npv_into[p], first_into[p], paid_into[p], got_into[p] = npv[i], int(first[i]), paid[i], got[i]


@jit_rows
def _keep_year(slot: e.Array, got: e.Array, paid: e.Array, net: e.Array, count: e.Int) -> None:
    for i in range(count):
        net[slot[i]] = got[i] - paid[i]


@jit_block
def _run_batch(at: e.Int, count: e.Int, desk: e.Desk, found: e.Found) -> None:
    """Run a batch's paths, a block of one cap table and exit at a time, filled up to whole lanes with none."""
    order, key, left, ways = desk.batch.order, desk.batch.table, count, desk.chunk.exit_day.shape[0] + 1
    while left > 0:
        pos = count - left
        own, size = key[order[pos]], 1
        while pos + size < count and size < e.BLOCK_PATHS and key[order[pos + size]] == own:
            size += 1
        table, k, wide = own // ways, own % ways - 1, -(-size // e.LANES) * e.LANES
        years = open_block(at, pos, size, wide, desk)
        run_vehicle(table, k, years, wide, desk)
        for f in range(desk.funds.party.size):
            run_fund(f, years, wide, desk)
        _keep(at, table, k, years, size, desk, found)
        left -= size


def _entry(digest: int) -> Any:
    """The compiled entry; closing over the digest ties its cache to every file of the kernel."""

    @jit_cached
    def run_equity(desk: e.Desk, found: e.Found) -> None:
        """Run all paths of the chunk."""
        if digest == 0:
            return
        open_exits, paths = 0, desk.chunk.flows_usd.shape[1]
        for k in range(desk.chunk.exit_value_usd.size):
            open_exits |= (1 << k) if desk.chunk.exit_value_usd[k] > 0 else 0
        open_tables(desk)
        left = paths
        while left > 0:
            at = paths - left
            if not has_room(desk):
                open_tables(desk)
            count = min(e.BATCH_PATHS, left)
            read_flows(at, count, desk.chunk, desk.batch)
            find_exits(at, count, open_exits, desk.years.first_day, desk.chunk, desk.batch)
            call_tranches(at, count, desk)
            count = find_tables(count, desk)
            sort_paths(count, desk)
            _run_batch(at, count, desk, found)
            left -= count

    return run_equity


@jit
def _value_later(
    k: e.Int,
    at: e.Int,
    count: e.Int,
    first_day: e.Array,
    by_year: e.Array,
    chunk: e.Chunk,
    sold_on: e.Array,
    value: e.Array,
) -> None:
    """Fill in the present value of what falls after each path's exit, the exit's year cut by its days."""
    for i in range(count):
        value[i] = 0.0
    for y in range(chunk.flows_usd.shape[0]):
        part = 1 / (first_day[y + 1] - first_day[y])
        _add_later(chunk.flows_usd[y][at:], first_day[y + 1], part, by_year[k, y], sold_on, value, count)


@jit_rows
def _add_later(
    flow: e.Array, end: e.Int, part: e.Real, factor: e.Real, sold_on: e.Array, value: e.Array, count: e.Int
) -> None:
    for i in range(count):
        value[i] += min(max((end - sold_on[i]) * part, 0.0), 1.0) * flow[i] * factor


def _exit_entry(digest: int) -> Any:
    @jit_cached
    def add_exit_values(
        open_exits: e.Int,
        chunk: e.Chunk,
        first_day: e.Array,
        buyer_by_year: e.Array,
        buyer_by_day: e.Array,
        batch: e.Batch,
        value_usd: e.Array,
        value_sum_usd: e.Array,
        reached: e.Array,
    ) -> None:
        """Add, by exit, the present value on its day of the flows from it on, over the paths that it ends.

        `open_exits` has bit k set where exit k may take place; `value_usd` is room for a batch.
        """
        if digest == 0:
            return
        for at in range(0, chunk.flows_usd.shape[1], e.BATCH_PATHS):
            count = min(e.BATCH_PATHS, chunk.flows_usd.shape[1] - at)
            read_flows(at, count, chunk, batch)
            find_exits(at, count, open_exits, first_day, chunk, batch)
            for k in range(chunk.exit_day.shape[0]):
                if open_exits >> k & 1:
                    _value_later(k, at, count, first_day, buyer_by_year, chunk, batch.sold_on, value_usd)
                    for i in range(count):
                        if batch.exit[i] == k:
                            value_sum_usd[k] += value_usd[i] / buyer_by_day[k, batch.sold_on[i] - first_day[0]]
                            reached[k] += 1

    return add_exit_values


def _shares_entry(digest: int) -> Any:
    @jit_cached
    def shares_after(vehicle: e.VehicleRows, after: e.Array) -> None:
        """Fill `after` (rounds + 1, classes) with the shares before any round and after each, all in their order."""
        if digest == 0:
            return
        raised_usd = 0.0
        for s in range(vehicle.stake_share.size):
            after[0, s] = vehicle.stake_share[s]
        for r in range(vehicle.round_usd.size):
            for c in range(after.shape[1]):
                after[r + 1, c] = after[r, c]
            raised_usd = issue_round(r, vehicle, after[r + 1], raised_usd)

    return shares_after


_HERE = Path(__file__).parent
_DIGEST = digest_of([*(_HERE / f"kernel{part}.py" for part in e.PARTS), _HERE / "equity_rows.py"])
run_equity = _entry(_DIGEST)
add_exit_values = _exit_entry(_DIGEST)
shares_after = _shares_entry(_DIGEST)
