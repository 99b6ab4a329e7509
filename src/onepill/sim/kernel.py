"""The kernel's entry: blocks of paths, each run through the whole plan and dropped."""

from __future__ import annotations

from typing import Any

from onepill.core.dates import NEVER
from onepill.sim import arrays as k
from onepill.sim.jit import jit, jit_cached, source_digest
from onepill.sim.kernel_cash import add_costs, add_market, add_payment, add_royalty
from onepill.sim.kernel_chance import fill_factors, fill_weights
from onepill.sim.kernel_days import collect, run_activity


@jit
def _run_block(at, count, model, weights, keys, s, lane, out):
    fill_factors(model, keys, s, at, count)
    fill_weights(model, weights, s, count)
    s.npv_usd[:, :count] = 0.0
    for a in model.network.order:
        run_activity(a, model, weights, keys, s, lane.overflows, at, count)
        add_costs(a, model, weights, keys, s, lane, at)
    for m in range(model.markets.link.size):
        add_market(m, model, weights, keys, s, lane, at, count)
    for r in range(model.royalties.payer.size):
        add_royalty(r, model, weights, s, lane, count)
    for i in range(model.payments.link.size):
        add_payment(i, model, weights, s, lane)
    _keep_milestones(model, weights, s, lane, out.milestone_day, at, count)
    for party in range(s.npv_usd.shape[0]):
        for j in range(count):
            out.npv_usd[party, at + j] = s.npv_usd[party, j]
    _keep_trace(s, out, at, count)


@jit
def _keep_milestones(model, weights, s, lane, milestone_day, at, count):
    for i in range(model.milestones.size):
        kept = milestone_day[i, at : at + count]
        kept[:] = NEVER
        found = collect(s.listed, s.day, model.milestones[i], model, s)
        weight, total = s.weight[weights.of_milestone[i]], 0.0
        for j in range(found):
            p = s.listed[j]
            kept[p] = s.day[p]
            total += weight[p]
        lane.milestone_weight[i] += total


@jit
def _keep_trace(s, out, at, count):
    traced = min(count, out.start.shape[1] - at)
    if traced <= 0:
        return
    for a in range(out.start.shape[0]):
        out.start[a, at : at + traced] = NEVER
        out.finish[a, at : at + traced] = NEVER
        out.outcome[a, at : at + traced] = s.outcome[a, :traced]
        for j in range(s.live_count[a]):
            p = s.live[a, j]
            if p < traced:
                out.start[a, at + p] = s.start[a, p]
                out.finish[a, at + p] = s.finish[a, p]


def _entry(digest: int) -> Any:
    """The compiled entry; closing over the digest ties its cache to every file of the kernel."""

    @jit_cached
    def run_paths(first_path, count, model, weights, keys, s, lane, out):
        """Run `count` paths from number `first_path` on, which is a multiple of the block size."""
        if digest == 0:
            return
        for begin in range(first_path, first_path + count, k.BLOCK_PATHS):
            paths = min(k.BLOCK_PATHS, first_path + count - begin)
            _run_block(begin, paths, model, weights, keys, s, lane, out)

    return run_paths


run_paths = _entry(source_digest())
