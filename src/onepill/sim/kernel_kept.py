"""The kernel's amounts by path: what each cost came to and how large each market was."""

from __future__ import annotations

from onepill.sim import arrays as k
from onepill.sim.jit import jit
from onepill.sim.kernel_chance import fill_draw
from onepill.sim.kernel_days import collect


@jit
def keep_costs(
    a: k.Int,
    network: k.Network,
    costs: k.Records,
    chance: k.Chance,
    state: k.State,
    buffers: k.Buffers,
    cost_usd: k.Array,
    first_path: k.Int,
    at: k.Int,
    kept: k.Int,
) -> None:
    """Write what activity `a` pays in all on each of the first `kept` slots; call it straight after `add_costs`."""
    row, count, live = network.activities[a], state.live_count[a], state.live[a]
    start, finish, value = state.start[a], state.finish[a], buffers.value
    planned = buffers.planned if row.stops_to > row.stops_from else finish
    for c in range(row.costs_from, row.costs_to):
        cost_usd[c, at : at + kept] = 0.0
        if count == 0:
            continue
        cost = costs[c]
        fill_draw(value, cost.draw, chance, buffers, first_path, live, count)
        for j in range(count):
            p = live[j]
            if p < kept and cost.start_from <= start[p] <= cost.start_until:
                paid = _paid_share(cost.timing, start[p], finish[p], planned[p])
                cost_usd[c, at + p] = cost.sign * value[j] * paid


@jit
def _paid_share(timing: k.Int, start: k.Int, finish: k.Int, planned: k.Int) -> k.Real:
    """The share of a cost that falls by the finish, which a stop may set before the planned one."""
    span = planned - start
    if finish >= planned or timing == k.AT_START:
        return 1.0
    if timing == k.EVEN:
        return (finish - start) / span
    if timing == k.AT_FINISH:
        return 0.0
    return 0.5 * ((start + span // 2 <= finish) + (start + (span + 1) // 2 <= finish))


@jit
def keep_market(
    m: k.Int,
    network: k.Network,
    chance: k.Chance,
    cash: k.Cash,
    state: k.State,
    buffers: k.Buffers,
    launches: k.Launches,
    out: k.Outputs,
    first_path: k.Int,
    at: k.Int,
    kept: k.Int,
) -> None:
    """Write the scale of market `m` (0 where it is not launched) and its launch cost, whatever its later end."""
    market, listed, value = cash.markets[m], buffers.listed, buffers.value
    out.scale[m, at : at + kept] = 0.0
    out.launch_cost_usd[m, at : at + kept] = 0.0
    for p in range(kept):
        if launches.row[m, p] >= 0:
            out.scale[m, at + p] = launches.scale[m, p]
    if market.launch_draw < 0:
        return
    found = 0
    count = collect(listed, buffers.day, network.links[market.link], state)
    for j in range(count):
        if launches.row[m, listed[j]] >= 0:
            listed[found] = listed[j]
            found += 1
    fill_draw(value, market.launch_draw, chance, buffers, first_path, listed, found)
    for j in range(found):
        if listed[j] < kept:
            out.launch_cost_usd[m, at + listed[j]] = -value[j]
