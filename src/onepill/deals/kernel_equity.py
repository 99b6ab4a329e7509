"""The entry of a vehicle and its funds: each path's vehicle, then its funds; and what an exit is worth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from onepill.core import dates
from onepill.deals import equity_rows as e
from onepill.deals.kernel_funds import run_fund
from onepill.deals.kernel_vehicle import run_vehicle
from onepill.sim.jit import digest_of, jit, jit_cached


@jit
def _keep(p: e.Int, held: e.Shares, sheet: e.Sheet, found: e.Found) -> None:
    for q in range(sheet.npv_usd.size):
        found.npv_usd[q, p] = sheet.npv_usd[q]
        found.first_day[q, p] = sheet.first_day[q]
        found.share_sum[q] += held.by_party[q]
        paid_usd, got_usd = 0.0, 0.0
        for y in range(sheet.paid_usd.shape[1]):
            paid_usd += sheet.paid_usd[q, y]
            got_usd += sheet.got_usd[q, y]
        found.paid_usd[q, p] = paid_usd
        found.got_usd[q, p] = got_usd
    for i in range(found.kept.size):
        for y in range(sheet.paid_usd.shape[1]):
            found.net_usd[i, p, y] = sheet.got_usd[found.kept[i], y] - sheet.paid_usd[found.kept[i], y]


def _entry(digest: int) -> Any:
    """The compiled entry; closing over the digest ties its cache to every file of the kernel."""

    @jit_cached
    def run_equity(
        begin: e.Int,
        count: e.Int,
        vehicle: e.VehicleRows,
        funds: e.FundRows,
        chunk: e.Chunk,
        years: e.Years,
        held: e.Shares,
        sheet: e.Sheet,
        found: e.Found,
    ) -> None:
        """Run `count` paths from position `begin` on."""
        if digest == 0:
            return
        for p in range(begin, begin + count):
            sheet.paid_usd[:, :] = 0.0
            sheet.got_usd[:, :] = 0.0
            sheet.npv_usd[:] = 0.0
            sheet.first_day[:] = dates.NEVER
            at_work = run_vehicle(p, vehicle, chunk, years, held, sheet, found)
            for f in range(funds.party.size):
                run_fund(f, at_work, funds, years, sheet)
            _keep(p, held, sheet, found)

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

        `open_exits` has bit k set where exit k may happen.
        """
        if digest == 0:
            return
        paths, last = chunk.flows_usd.shape
        for p in range(paths):
            at, day = -1, min(first_day[last], chunk.held_until[p])
            for k in range(chunk.exit_day.shape[0]):
                if open_exits >> k & 1 and first_day[0] <= chunk.exit_day[k, p] < day:
                    at, day = k, chunk.exit_day[k, p]
            if at < 0:
                continue
            value_usd = 0.0
            for y in range(last):
                if first_day[y + 1] > day:
                    part = (first_day[y + 1] - max(day, first_day[y])) / (first_day[y + 1] - first_day[y])
                    value_usd += part * chunk.flows_usd[p, y] * buyer_by_year[at, y]
            value_sum_usd[at] += value_usd / buyer_by_day[at, day - first_day[0]]
            reached[at] += 1

    return add_exit_values


_HERE = Path(__file__).parent
_DIGEST = digest_of([*sorted(_HERE.glob("kernel_*.py")), _HERE / "equity_rows.py"])
run_equity = _entry(_DIGEST)
add_exit_values = _exit_entry(_DIGEST)
