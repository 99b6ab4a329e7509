"""The entries of the equity side: each path's vehicle, then its funds; what an exit is worth; a cap table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from onepill.core.dates import NEVER
from onepill.deals import equity_rows as e
from onepill.deals.kernel_funds import book_fund, run_fund
from onepill.deals.kernel_shares import issue_round
from onepill.deals.kernel_tables import book_tables, has_room, open_tables
from onepill.deals.kernel_vehicle import first_exit, run_vehicle
from onepill.sim.jit import digest_of, jit, jit_cached


@jit
def _keep(p: e.Int, desk: e.Desk, found: e.Found) -> None:
    """Keep a path's sums, and clear the sheet for the next one."""
    sheet, yearly = desk.sheet, desk.sheet.yearly_usd
    for f in range(desk.funds.party.size):
        sheet.npv_usd[desk.funds.party[f]] = 0.0
        sheet.first_day[desk.funds.party[f]] = NEVER
    for q in range(sheet.npv_usd.size):
        found.npv_usd[q, p] = sheet.npv_usd[q]
        found.first_day[q, p] = sheet.first_day[q]
        found.paid_usd[q, p] = sheet.paid_usd[q]
        found.got_usd[q, p] = sheet.got_usd[q]
        found.share_sum[q] += desk.held.by_party[q]
        sheet.npv_usd[q] = 0.0
        sheet.first_day[q] = NEVER
        sheet.paid_usd[q] = 0.0
        sheet.got_usd[q] = 0.0
    for i in range(found.kept.size):
        row = sheet.row[found.kept[i]]
        for y in range(yearly.shape[2]):
            found.net_usd[i, p, y] = yearly[e.GOT, row, y] - yearly[e.PAID, row, y]
    for row in range(yearly.shape[1]):
        for y in range(yearly.shape[2]):
            yearly[e.PAID, row, y] = 0.0
            yearly[e.GOT, row, y] = 0.0


@jit
def _book_sums(desk: e.Desk) -> None:
    """Book what was summed over paths by item."""
    book_tables(desk)
    items, sold_usd = desk.sheet.items_usd, desk.sheet.sold_usd
    for y in range(sold_usd.size):
        items[e.FLOWS_SOLD, desk.vehicle.party, y] -= sold_usd[y]
        items[e.FLOWS_SOLD, desk.vehicle.outside, y] += sold_usd[y]
    for f in range(desk.funds.party.size):
        book_fund(f, desk)


def _entry(digest: int) -> Any:
    """The compiled entry; closing over the digest ties its cache to every file of the kernel."""

    @jit_cached
    def run_equity(desk: e.Desk, found: e.Found) -> None:
        """Run all paths of the chunk."""
        if digest == 0:
            return
        open_exits = 0
        for k in range(desk.chunk.exit_value_usd.size):
            open_exits |= (1 << k) if desk.chunk.exit_value_usd[k] > 0 else 0
        open_tables(desk)
        for p in range(desk.chunk.flows_usd.shape[0]):
            if not has_room(desk):
                book_tables(desk)
                open_tables(desk)
            at_work = run_vehicle(p, open_exits, desk, found)
            for f in range(desk.funds.party.size):
                run_fund(f, at_work, desk)
            _keep(p, desk, found)
        _book_sums(desk)

    return run_equity


def _exit_entry(digest: int) -> Any:
    @jit_cached
    def add_exit_values(
        open_exits: e.Int,
        chunk: e.Chunk,
        first_day: e.Array,
        buyer_by_year: e.Array,
        buyer_by_day: e.Array,
        value_sum_usd: e.Array,
        reached: e.Array,
    ) -> None:
        """Add, by exit, the present value on its day of the flows from it on, over the paths that it ends.

        `open_exits` has bit k set where exit k may take place.
        """
        if digest == 0:
            return
        for p in range(chunk.flows_usd.shape[0]):
            k = first_exit(p, open_exits, chunk, first_day)
            if k < 0:
                continue
            day, value_usd = chunk.exit_day[k, p], 0.0
            for y in range(chunk.flows_usd.shape[1]):
                if first_day[y + 1] > day:
                    part = (first_day[y + 1] - max(day, first_day[y])) / (first_day[y + 1] - first_day[y])
                    value_usd += part * chunk.flows_usd[p, y] * buyer_by_year[k, y]
            value_sum_usd[k] += value_usd / buyer_by_day[k, day - first_day[0]]
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
