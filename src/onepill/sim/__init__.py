"""What happens on a million futures of one plan: which days, which chances, which cash?"""

from onepill.sim.branches import Expected, run_branches
from onepill.sim.compiled import CompiledPlan
from onepill.sim.compiler import compile_plan
from onepill.sim.critical import CriticalActivity, critical_path
from onepill.sim.futures import Futures, futures
from onepill.sim.results import Results, Trace, YearlyRow
from onepill.sim.runner import run
from onepill.sim.statistics import (
    DaySummary,
    Estimate,
    ValueSummary,
    estimate,
    paired_days,
    paired_difference,
    paired_value,
    percentiles,
    summarise_days,
    summarise_values,
)
from onepill.sim.variance import variance_share

__all__ = [
    "CompiledPlan",
    "CriticalActivity",
    "DaySummary",
    "Estimate",
    "Expected",
    "Futures",
    "Results",
    "Trace",
    "ValueSummary",
    "YearlyRow",
    "compile_plan",
    "critical_path",
    "estimate",
    "futures",
    "paired_days",
    "paired_difference",
    "paired_value",
    "percentiles",
    "run",
    "run_branches",
    "summarise_days",
    "summarise_values",
    "variance_share",
]
