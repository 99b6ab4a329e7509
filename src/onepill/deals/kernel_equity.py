"""The entries of the equity side: each path's vehicle, then its funds; what an exit is worth; a cap table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from onepill.core.dates import NEVER
from onepill.deals import equity_rows as e
from onepill.deals.kernel_funds import run_fund
from onepill.deals.kernel_shares import issue_round
from onepill.deals.kernel_vehicle import first_exit, run_vehicle
from onepill.sim.jit import digest_of, jit, jit_cached


@jit
def _clear(sheet: e.Sheet) -> None:
    for q in range(sheet.npv_usd.size):
        sheet.npv_usd[q] = 0.0
        sheet.first_day[q] = NEVER
        for y in range(sheet.paid_usd.shape[1]):
            sheet.paid_usd[q, y] = 0.0
            sheet.got_usd[q, y] = 0.0


@jit
def _keep(p: e.Int, desk: e.Desk, found: e.Found) -> None:
    """A path's sums; all is discounted by its year here, days' differences being noted already."""
    sheet, by_year = desk.sheet, desk.years.by_year
    for q in range(sheet.npv_usd.size):
        npv_usd, paid_usd, got_usd = sheet.npv_usd[q], 0.0, 0.0
        for y in range(sheet.paid_usd.shape[1]):
            paid_usd += sheet.paid_usd[q, y]
            got_usd += sheet.got_usd[q, y]
            npv_usd += (sheet.got_usd[q, y] - sheet.paid_usd[q, y]) * by_year[q, y]
        found.npv_usd[q, p] = npv_usd
        found.first_day[q, p] = sheet.first_day[q]
        found.paid_usd[q, p] = paid_usd
        found.got_usd[q, p] = got_usd
        found.share_sum[q] += desk.held.by_party[q]
    for f in range(desk.funds.party.size):
        found.npv_usd[desk.funds.party[f], p] = 0.0
    for i in range(found.kept.size):
        for y in range(sheet.paid_usd.shape[1]):
            found.net_usd[i, p, y] = sheet.got_usd[found.kept[i], y] - sheet.paid_usd[found.kept[i], y]


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
        for p in range(desk.chunk.flows_usd.shape[0]):
            _clear(desk.sheet)
            at_work = run_vehicle(p, open_exits, desk, found)
            for f in range(desk.funds.party.size):
                run_fund(f, at_work, desk)
            _keep(p, desk, found)

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
_DIGEST = digest_of([*sorted(_HERE.glob("kernel_*.py")), _HERE / "equity_rows.py"])
run_equity = _entry(_DIGEST)
add_exit_values = _exit_entry(_DIGEST)
shares_after = _shares_entry(_DIGEST)
