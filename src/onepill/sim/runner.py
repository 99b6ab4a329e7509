"""Running a compiled plan: units of paths in lanes, so that neither threads nor chunks change a bit of the answer.

A unit is a fixed number of blocks. Unit `u` belongs to lane `u % LANES`; a lane adds up its units in order, and the
lanes are added in order at the end. Threads only decide who works on which lane.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

import numpy as np
import numpy.typing as npt

from onepill.core.streams import stream_key
from onepill.sim import arrays as k
from onepill.sim.compiled import CompiledPlan
from onepill.sim.results import Results

UNIT_PATHS = 32 * k.BLOCK_PATHS
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
    reseed: frozenset[str] = frozenset(),
    reseed_seed: int = 0,
    progress: Progress | None = None,
    chunk: int = DEFAULT_CHUNK,
) -> Results:
    """Run paths 0 to `draws - 1` of a plan.

    Args:
        compiled: the plan.
        draws: number of paths, at least 1.
        seed: path `i` of a seed is the same future in every plan that draws from the same streams.
        threads: workers; the answer does not depend on them.
        weighted: multiply by the probability that a gate does not fail instead of drawing the failure. The mean of
            the per-path values is then the expected value with less noise; their spread is no distribution.
        trace: keep every activity's days and outcome for the first `trace` paths.
        reseed: streams that take their numbers from `reseed_seed` instead.
        progress: called with the number of paths done after each chunk.
        chunk: paths between two calls of `progress`, rounded up to whole units.
    """
    if draws < 1 or threads < 1:
        raise ValueError(f"draws and threads must be at least 1, not {draws} and {threads}")
    job = _Job(compiled, draws, _keys(compiled, seed, reseed, reseed_seed), weighted=weighted, trace=min(trace, draws))
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
        self, compiled: CompiledPlan, draws: int, keys: npt.NDArray[np.uint64], *, weighted: bool, trace: int
    ) -> None:
        from onepill.sim.kernel import run_paths

        self._run_paths = run_paths
        self._compiled, self._draws, self._keys, self._weighted = compiled, draws, keys, weighted
        self._weights = gate_weights(compiled, weighted=weighted)
        self._out = _outputs(compiled, draws, trace)
        self._lanes: dict[int, k.Lane] = {}

    def work(self, lane: int, begin: int, end: int) -> None:
        """Run the lane's units among units `begin` to `end - 1`."""
        units = [u for u in range(begin, end) if u % LANES == lane]
        if not units:
            return
        sums = self._lanes.setdefault(lane, _empty_lane(self._compiled))
        scratch = _scratch(self._compiled, len(self._weights.constant))
        for unit in units:
            first = unit * UNIT_PATHS
            count = min(UNIT_PATHS, self._draws - first)
            model, out = self._compiled.model, self._out
            self._run_paths(first, count, model, self._weights, self._keys, scratch, sums, out)

    def results(self, seed: int) -> Results:
        lanes = [self._lanes[lane] for lane in sorted(self._lanes)]
        total = lanes[0]
        for lane in lanes[1:]:
            for mine, other in zip(total, lane, strict=True):
                mine += other
        return Results(self._compiled, self._draws, seed, self._weighted, self._out, total)


def _keys(
    compiled: CompiledPlan, seed: int, reseed: frozenset[str], reseed_seed: int
) -> npt.NDArray[np.uint64]:
    seeds = [reseed_seed if name in reseed else seed for name in compiled.streams]
    keys = [stream_key(chosen, name) for chosen, name in zip(seeds, compiled.streams, strict=True)]
    return np.array(keys or [0], dtype=np.uint64)


def gate_weights(compiled: CompiledPlan, *, weighted: bool) -> k.Weights:
    """The weights of a run: all 1 where failures are drawn."""
    gates, sets = compiled.model.gates, compiled.gate_sets if weighted else ((),)
    drawn = {activity for activity, _ in compiled.drawn_gates}
    is_factored = np.diff(gates.loads) > 0
    success = 1.0 - (gates.fail_high - gates.fail_low)
    constant = [float(np.prod([success[g] for g in chosen if not is_factored[g]])) for chosen in sets]
    factored = [[g for g in chosen if is_factored[g]] for chosen in sets]
    flags = [weighted and id_ not in drawn for id_ in compiled.gate_activity]
    index = compiled.set_of if weighted else {noun: np.zeros_like(of) for noun, of in compiled.set_of.items()}
    return k.Weights(
        weighted=np.array(flags, dtype=np.int32),
        constant=np.array(constant),
        factored=np.cumsum([0, *map(len, factored)]).astype(np.int32),
        gate=np.array([g for chosen in factored for g in chosen], dtype=np.int32),
        of_activity=index["activity"],
        of_market=index["market"],
        of_payment=index["payment"],
        of_milestone=index["milestone"],
    )


def _outputs(compiled: CompiledPlan, draws: int, trace: int) -> k.Outputs:
    plan = compiled.plan
    activities = len(plan.activities)
    return k.Outputs(
        npv_usd=np.empty((len(plan.parties), draws)),
        milestone_day=np.empty((len(plan.milestones), draws), dtype=np.int32),
        start=np.empty((activities, trace), dtype=np.int32),
        finish=np.empty((activities, trace), dtype=np.int32),
        outcome=np.empty((activities, trace), dtype=np.int8),
    )


def _empty_lane(compiled: CompiledPlan) -> k.Lane:
    model, markets = compiled.model, len(compiled.plan.markets)
    years = len(model.calendar.by_year)
    return k.Lane(
        day_usd=np.zeros((len(compiled.rows), model.calendar.by_day.size + 1)),
        launched=np.zeros(int(model.markets.rows.sum())),
        royalty_usd=np.zeros((len(model.royalties.payer), years)),
        ended_usd=np.zeros((markets, years)),
        ended_discounted_usd=np.zeros((markets, years)),
        milestone_weight=np.zeros(len(model.milestones)),
        overflows=np.zeros(len(compiled.tables), dtype=np.int64),
    )


def _scratch(compiled: CompiledPlan, weight_sets: int) -> k.Scratch:
    plan, block = compiled.plan, k.BLOCK_PATHS
    activities, markets, years = len(plan.activities), len(plan.markets), len(compiled.model.calendar.by_year)

    def whole(*shape: int) -> k.Array:
        return np.zeros((*shape, block), dtype=np.int32)

    def real(*shape: int) -> k.Array:
        return np.zeros((*shape, block))

    return k.Scratch(
        start=whole(activities),
        finish=whole(activities),
        outcome=np.zeros((activities, block), dtype=np.int8),
        live=whole(activities),
        live_count=np.zeros(activities, dtype=np.int64),
        slots=np.arange(block, dtype=np.int32),
        planned=whole(),
        listed=whole(),
        day=whole(),
        uniform=real(),
        value=real(),
        product=real(),
        factor=real(len(plan.factors)),
        weight=real(weight_sets),
        npv_usd=real(len(plan.parties)),
        market_row=whole(markets),
        market_scale=real(markets),
        end_year=whole(markets),
        end_share=real(markets),
        year_usd=np.zeros(years),
        royalty_usd=np.zeros(years),
    )
