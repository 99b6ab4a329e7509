"""Runs a plan: the drawn futures, the weighted check on their mean, and a recorded sample for critical paths."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from onepill.core.dates import iso
from onepill.sim import CompiledPlan, Estimate, Results, compile_plan, run, summarise_days
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


def day_row(days: npt.NDArray[np.int32]) -> dict[str, Any]:
    """Chance and observed percentiles of a day, over the paths on which it comes (null where it never does)."""
    found = summarise_days(days)
    p10, p50, p90 = (None if day is None else iso(day) for day in found.percentiles.values())
    mean = None if found.mean is None else iso(round(found.mean))
    return {"prob": found.prob, "p10": p10, "p50": p50, "p90": p90, "mean": mean}


def estimate_row(found: Estimate) -> dict[str, float]:
    """An estimate as a row; an error that cannot be known from too few paths is 0."""
    error = found.standard_error
    return {"mean": found.mean, "standard_error": 0.0 if math.isnan(error) else error}


def whole(row: dict[str, float]) -> dict[str, int]:
    """Amounts in whole US dollars."""
    return {key: round(value) for key, value in row.items()}
