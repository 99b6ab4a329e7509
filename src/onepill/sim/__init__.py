"""What happens on a million futures of one plan: days, chances and cash, the same answer on any number of threads."""

from onepill.sim.compiled import CompiledPlan
from onepill.sim.compiler import compile_plan
from onepill.sim.results import Results, Trace, YearlyRow
from onepill.sim.runner import run

__all__ = ["CompiledPlan", "Results", "Trace", "YearlyRow", "compile_plan", "run"]
