"""Runs a plan: the drawn futures, the weighted check on their mean, and a recorded sample for critical paths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onepill.core.dates import NEVER, iso
from onepill.sim import CompiledPlan, Results, compile_plan, run
from onepill.sim.plan import Plan

TRACED = 8_192
WEIGHTED = 32_768
OWNER = "owner"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Runs:
    """One plan's results: `weighted` has at most `WEIGHTED` draws, the trace at most `TRACED`."""

    plan: Plan
    compiled: CompiledPlan
    drawn: Results
    weighted: Results


def simulate(plan: Plan, *, draws: int, seed: int, threads: int, progress: Progress | None = None) -> Runs:
    """Drawn and weighted results of a plan on the same seed."""
    compiled = compile_plan(plan)

    def report(done: int) -> None:
        if progress:
            progress("simulate", done, draws)

    drawn = run(compiled, draws=draws, seed=seed, threads=threads, trace=min(TRACED, draws), progress=report)
    weighted = run(compiled, draws=min(draws, WEIGHTED), seed=seed, threads=threads, weighted=True)
    return Runs(plan, compiled, drawn, weighted)


def day_row(days: npt.NDArray[np.int32]) -> dict[str, object]:
    """Chance and observed quantiles of a day over the paths on which it comes (ISO days, null where it never does)."""
    happened = np.sort(days[days < NEVER])
    if happened.size == 0:
        return {"prob": 0.0, "p10": None, "p50": None, "p90": None, "mean": None}
    at = [int(np.ceil(q * happened.size)) - 1 for q in (0.1, 0.5, 0.9)]
    p10, p50, p90 = (iso(happened[max(i, 0)]) for i in at)
    mean = iso(round(float(happened.mean(dtype=np.float64))))
    return {"prob": happened.size / days.size, "p10": p10, "p50": p50, "p90": p90, "mean": mean}


def estimate(values: npt.NDArray[np.float64]) -> dict[str, float]:
    """Mean and its standard error."""
    error = float(values.std(ddof=1) / np.sqrt(values.size)) if values.size > 1 else 0.0
    return {"mean": float(values.mean()), "standard_error": error}


def whole(row: dict[str, float]) -> dict[str, int]:
    """Amounts in whole US dollars."""
    return {key: round(value) for key, value in row.items()}
