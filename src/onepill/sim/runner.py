"""Running a compiled plan: units of paths in lanes, so that neither threads nor chunks change a bit of the answer.

A unit is a fixed number of blocks. Unit `u` belongs to lane `u % LANES`; a lane adds up its units in order, and the
lanes are added in order at the end. Threads only decide who works on which lane.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

import numpy as np

from onepill.core.streams import stream_key
from onepill.sim import arrays as k
from onepill.sim.compiled import CompiledPlan
from onepill.sim.results import Results

UNIT_PATHS = 16 * k.BLOCK_PATHS
LANES = 8
DEFAULT_CHUNK = 64 * UNIT_PATHS
Progress = Callable[[int], None]


def run(
    compiled: CompiledPlan,
    *,
    draws: int,
    seed: int,
    threads: int = 1,
    weighted: bool = False,
    trace: int = 0,
    first: int = 0,
    reseed: frozenset[str] = frozenset(),
    reseed_seed: int = 0,
    progress: Progress | None = None,
    chunk: int = DEFAULT_CHUNK,
) -> Results:
    """Run paths `first` to `first + draws - 1` of a plan.

    Args:
        compiled: the plan.
        draws: number of paths, at least 1.
        seed: path `i` of a seed is the same future in every plan that draws from the same streams.
        threads: workers; the answer does not depend on them.
        weighted: multiply by the probability that a gate does not fail instead of drawing the failure. The mean of
            the per-path values is then the expected value with less noise; their spread is no distribution.
        trace: keep every activity's days and outcome, costs and sizes of markets for the first `trace` paths.
        first: number of the first path, a multiple of the block size.
        reseed: streams that take their numbers from `reseed_seed` instead.
        progress: called with the number of paths done after each chunk.
        chunk: paths between two calls of `progress`, rounded up to whole units.
    """
    if draws < 1 or threads < 1:
        raise ValueError(f"draws and threads must be at least 1, not {draws} and {threads}")
    if first < 0 or first % k.BLOCK_PATHS:
        raise ValueError(f"the first path must be a multiple of {k.BLOCK_PATHS}, not {first}")
    chance = weigh_gates(compiled, _keyed(compiled, seed, reseed, reseed_seed), weighted=weighted)
    job = _Job(compiled, draws, chance, weighted=weighted, trace=min(trace, draws), first=first)
    units = -(-draws // UNIT_PATHS)
    step = max(1, -(-chunk // UNIT_PATHS))
    with ThreadPoolExecutor(max_workers=threads) as pool:
        for begin in range(0, units, step):
            end = min(begin + step, units)
            if threads == 1:
                for lane in range(LANES):
                    job.work(lane, begin, end)
            else:
                list(pool.map(job.work, range(LANES), repeat(begin), repeat(end)))
            if progress is not None:
                progress(min(end * UNIT_PATHS, draws))
    return job.results(seed)


class _Job:
    """The arrays of one run: outputs by path, sums and scratch by lane."""

    def __init__(
        self, compiled: CompiledPlan, draws: int, chance: k.Chance, *, weighted: bool, trace: int, first: int
    ) -> None:
        from onepill.sim.kernel import run_paths

        self._run_paths = run_paths
        self._compiled, self._draws, self._chance, self._weighted = compiled, draws, chance, weighted
        self._out, self._first = _outputs(compiled, draws, trace), first
        self._lanes: dict[int, k.Lane] = {}

    def work(self, lane: int, begin: int, end: int) -> None:
        """Run the lane's units among units `begin` to `end - 1`."""
        units = [unit for unit in range(begin, end) if unit % LANES == lane]
        if not units:
            return
        if lane not in self._lanes:
            self._lanes[lane] = _empty_lane(self._compiled)
        sums = self._lanes[lane]
        network, _, cash, calendar = self._compiled.model
        scratch = _scratch(self._compiled)
        for unit in units:
            begin = unit * UNIT_PATHS
            count = min(UNIT_PATHS, self._draws - begin)
            self._run_paths(self._first, begin, count, network, self._chance, cash, calendar, *scratch, sums, self._out)

    def results(self, seed: int) -> Results:
        lanes = [self._lanes[lane] for lane in sorted(self._lanes)]
        total = lanes[0]
        for lane in lanes[1:]:
            for sums, part in zip(total, lane, strict=True):
                np.add(sums, part, out=sums)
        return Results(
            self._compiled,
            self._out,
            total,
            draws=self._draws,
            seed=seed,
            weighted=self._weighted,
            first=self._first,
        )


def _keyed(compiled: CompiledPlan, seed: int, reseed: frozenset[str], reseed_seed: int) -> k.Chance:
    """The plan's chance with the keys of this run."""
    seeds = [reseed_seed if name in reseed else seed for name in compiled.streams]
    keys = [stream_key(chosen, name) for chosen, name in zip(seeds, compiled.streams, strict=True)]
    return compiled.model.chance._replace(keys=np.array(keys, dtype=np.uint64))


def weigh_gates(compiled: CompiledPlan, chance: k.Chance, *, weighted: bool) -> k.Chance:
    """The chance with its weights: all 1 where failures are drawn."""
    gates = chance.gates.copy()
    drawn = {activity for activity, _ in compiled.drawn_gates}
    gates["weighted"] = [weighted and id_ not in drawn for id_ in compiled.gate_activity]
    success = 1.0 - (gates["fail_high"] - gates["fail_low"])
    loaded = gates["loads_to"] > gates["loads_from"]
    sets: list[k.Row] = []
    set_gates: list[int] = []
    for members in compiled.gate_sets:
        chosen = members if weighted else ()
        start = len(set_gates)
        set_gates += [g for g in chosen if loaded[g]]
        constant = float(np.prod([success[g] for g in chosen if not loaded[g]]))
        sets.append({"constant": constant, "gates_from": start, "gates_to": len(set_gates)})
    return chance._replace(gates=gates, sets=k.build(k.WEIGHT_SET, sets), set_gates=np.array(set_gates, dtype=np.int32))


def _outputs(compiled: CompiledPlan, draws: int, trace: int) -> k.Outputs:
    plan = compiled.plan
    activities = len(plan.activities)
    return k.Outputs(
        npv_usd=np.empty((len(plan.parties), draws)),
        milestone_day=np.empty((len(plan.milestones), draws), dtype=np.int32),
        start=np.empty((activities, trace), dtype=np.int32),
        finish=np.empty((activities, trace), dtype=np.int32),
        outcome=np.empty((activities, trace), dtype=np.int8),
        cost_usd=np.empty((compiled.model.cash.costs.size, trace)),
        scale=np.empty((len(plan.markets), trace)),
        launch_cost_usd=np.empty((len(plan.markets), trace)),
    )


def _empty_lane(compiled: CompiledPlan) -> k.Lane:
    cash, calendar = compiled.model.cash, compiled.model.calendar
    years = calendar.by_year.size
    return k.Lane(
        day_usd=np.zeros((len(compiled.rows), calendar.by_day.size + 1)),
        launched=np.zeros(int(cash.markets["rows"].sum())),
        royalty_usd=np.zeros((cash.royalties.size, years)),
        ended_usd=np.zeros((cash.markets.size, years)),
        ended_discounted_usd=np.zeros((cash.markets.size, years)),
        milestone_weight=np.zeros(cash.milestones.size),
        overflows=np.zeros(len(compiled.tables), dtype=np.int64),
    )


def _whole(*shape: int) -> k.Array:
    return np.zeros((*shape, k.BLOCK_PATHS), dtype=np.int32)


def _real(*shape: int) -> k.Array:
    return np.zeros((*shape, k.BLOCK_PATHS))


def _scratch(compiled: CompiledPlan) -> tuple[k.State, k.Buffers, k.Launches, k.Array]:
    plan, years = compiled.plan, compiled.model.calendar.by_year.size
    activities, markets = len(plan.activities), len(plan.markets)
    rivals = max((len(market.sharing.rivals) for market in plan.markets if market.sharing), default=0)
    state = k.State(
        start=_whole(activities),
        finish=_whole(activities),
        outcome=np.zeros((activities, k.BLOCK_PATHS), dtype=np.int8),
        live=_whole(activities),
        live_count=np.zeros(activities, dtype=np.int64),
    )
    buffers = k.Buffers(
        slots=np.arange(k.BLOCK_PATHS, dtype=np.int32),
        listed=_whole(),
        day=_whole(),
        planned=_whole(),
        place=np.zeros(k.BLOCK_PATHS, dtype=np.int64),
        uniform=_real(),
        value=_real(),
        factor=_real(len(plan.factors)),
        weight=_real(len(compiled.gate_sets)),
    )
    launches = k.Launches(
        row=_whole(markets),
        scale=_real(markets),
        end_year=_whole(markets),
        end_share=_real(markets),
        product=_real(),
        year_usd=np.zeros((k.BLOCK_PATHS, years)),
        came=np.zeros(rivals, dtype=np.int32),
        came_count=np.zeros(1, dtype=np.int64),
        share=np.zeros(rivals + 1),
    )
    return state, buffers, launches, _real(len(plan.parties))
