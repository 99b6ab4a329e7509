"""The kernel's entry: blocks of paths, each run through the whole plan and dropped."""

from __future__ import annotations

from typing import Any

from onepill.core.dates import NEVER
from onepill.sim import arrays as k
from onepill.sim.jit import jit, jit_cached, source_digest
from onepill.sim.kernel_cash import add_costs, add_payment
from onepill.sim.kernel_chance import fill_factors
from onepill.sim.kernel_days import collect, run_activity
from onepill.sim.kernel_kept import keep_costs, keep_market
from onepill.sim.kernel_sales import add_market, add_royalty


@jit
def _run_block(
    at: k.Int,
    count: k.Int,
    network: k.Network,
    chance: k.Chance,
    cash: k.Cash,
    calendar: k.Calendar,
    state: k.State,
    buffers: k.Buffers,
    launches: k.Launches,
    lane: k.Lane,
    npv_usd: k.Array,
    out: k.Outputs,
    kept_at: k.Int,
    kept: k.Int,
) -> None:
    """Run the paths from number `at` on through the plan; the first `kept` of them leave their amounts in `out`."""
    fill_factors(chance, buffers, at, count)
    npv_usd[:, :count] = 0.0
    for a in network.order:
        run_activity(a, network, chance, state, buffers, lane.overflows, at, count)
        add_costs(a, network, cash.costs, chance, calendar, state, buffers, lane, npv_usd, at)
        if kept:
            keep_costs(a, network, cash.costs, chance, state, buffers, out.cost_usd, at, kept_at, kept)
    for m in range(cash.markets.size):
        add_market(m, network, chance, cash, calendar, state, buffers, launches, lane, npv_usd, at, count)
        if kept:
            keep_market(m, network, chance, cash, state, buffers, launches, out, at, kept_at, kept)
    for r in range(cash.royalties.size):
        add_royalty(r, network, cash, calendar, state, buffers, launches, lane, npv_usd, count)
    for i in range(cash.payments.size):
        add_payment(i, network, cash, calendar, state, buffers, lane, npv_usd)


@jit
def _keep_milestones(
    milestones: k.Records,
    links: k.Records,
    state: k.State,
    buffers: k.Buffers,
    milestone_weight: k.Array,
    milestone_day: k.Array,
    at: k.Int,
    count: k.Int,
) -> None:
    for i in range(milestones.size):
        kept, weight, total = milestone_day[i, at : at + count], buffers.weight[milestones[i].weight_set], 0.0
        for p in range(count):
            kept[p] = NEVER
        found = collect(buffers.listed, buffers.day, links[milestones[i].link], state)
        for j in range(found):
            p = buffers.listed[j]
            kept[p] = buffers.day[p]
            total += weight[p]
        milestone_weight[i] += total


@jit
def _keep_trace(state: k.State, out: k.Outputs, at: k.Int, traced: k.Int) -> None:
    for a in range(out.start.shape[0]):
        for p in range(traced):
            out.start[a, at + p] = NEVER
            out.finish[a, at + p] = NEVER
            out.outcome[a, at + p] = state.outcome[a, p]
        for j in range(state.live_count[a]):
            p = state.live[a, j]
            if p < traced:
                out.start[a, at + p] = state.start[a, p]
                out.finish[a, at + p] = state.finish[a, p]


def _entry(digest: int) -> Any:
    """The compiled entry; closing over the digest ties its cache to every file of the kernel."""

    @jit_cached
    def run_paths(
        first: k.Int,
        begin: k.Int,
        count: k.Int,
        network: k.Network,
        chance: k.Chance,
        cash: k.Cash,
        calendar: k.Calendar,
        state: k.State,
        buffers: k.Buffers,
        launches: k.Launches,
        npv_usd: k.Array,
        lane: k.Lane,
        out: k.Outputs,
    ) -> None:
        """Run `count` paths from place `begin` of the outputs on, a multiple of the block size; place 0 is path
        number `first`.
        """
        if digest == 0:
            return
        for w in range(chance.sets.size):
            buffers.weight[w, :] = chance.sets[w].constant
        for at in range(begin, begin + count, k.BLOCK_PATHS):
            paths = min(k.BLOCK_PATHS, begin + count - at)
            kept = max(min(paths, out.start.shape[1] - at), 0)
            _run_block(
                first + at,
                paths,
                network,
                chance,
                cash,
                calendar,
                state,
                buffers,
                launches,
                lane,
                npv_usd,
                out,
                at,
                kept,
            )
            links, days, sums = network.links, out.milestone_day, lane.milestone_weight
            _keep_milestones(cash.milestones, links, state, buffers, sums, days, at, paths)
            for party in range(npv_usd.shape[0]):
                for p in range(paths):
                    out.npv_usd[party, at + p] = npv_usd[party, p]
            if kept:
                _keep_trace(state, out, at, kept)

    return run_paths


run_paths = _entry(source_digest())
