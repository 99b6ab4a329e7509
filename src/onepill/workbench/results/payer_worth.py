"""What an approval in each month is worth in a market with a payer path: an expectation over the path's chances."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from onepill.access import CompiledPath, build_market, compile_path, patients_treated
from onepill.core.dates import NEVER
from onepill.core.distributions import fixed, uniform
from onepill.sim import Results, compile_plan, run
from onepill.sim.plan import Activity, Draw, Fragment, Link, Plan, join
from onepill.workbench.plan.assemble import Assembled

DRAWS = 65_536
SEED = 20_240_801
"""Its own seed: the answer to a question about the order of filings does not depend on the draws of another."""
Values = npt.NDArray[np.float64]


def payer_worth(
    base: Assembled, market_id: str, months: npt.NDArray[np.int64], days_per_month: float
) -> tuple[Values, Values]:
    """Discounted US dollars, launch cost left out, and patients treated, given an approval in each of `months`.

    Approvals are drawn evenly over the months, launch follows after its mean lag, prices, shares and patients stand at
    their means, and what ends the market otherwise is left out. The value of a month is the mean over its paths.
    """
    compiled = _at_means(base.paths[market_id])
    results = _run(base, compiled, span=float(months[-1] + 0.5) * days_per_month)
    approved = results.days_of("approval")
    at = np.clip(np.rint((approved - base.plan.as_of) / days_per_month).astype(int), 0, months.size - 1)
    counts = np.maximum(np.bincount(at, minlength=months.size), 1)
    value = np.bincount(at, weights=results.npv_usd["owner"], minlength=months.size)
    treated = np.bincount(at, weights=_patients(base, compiled, results), minlength=months.size)
    return value / counts, treated / counts


def _at_means(path: CompiledPath) -> CompiledPath:
    """The path without launch cost and ends, every draw of its scale at its mean."""
    market = path.path.market
    scale = tuple(Draw(d.stream, fixed(d.distribution.mean() * d.factor)) for d in market.scale)
    alone = replace(market, scale=scale, launch=Link("launch"), launch_cost=None, ends_on=(), launched=None)
    states = tuple(replace(s, price=_mean(s.price), patients=_mean(s.patients)) for s in path.path.states)
    return compile_path(replace(path.path, market=alone, approval=Link("approval"), states=states, entered=()))


def _mean(draw: Draw | None) -> Draw | None:
    return None if draw is None else Draw(draw.stream, fixed(draw.distribution.mean() * draw.factor))


def _run(base: Assembled, compiled: CompiledPath, *, span: float) -> Results:
    lag = float(compiled.path.market.exclusivity.approval_to_launch_days)
    approval = Activity("approval", not_before=base.plan.as_of, duration=Draw("approval", uniform(0.0, span)))
    launch = Activity("launch", after=(Link("approval"),), duration=Draw("launch", fixed(lag)))
    built = (build_market(s.market, base.value) for s in compiled.segments if s.market is not None)
    markets = tuple(replace(market, sharing=None) for market in built)
    named = Fragment(activities=(approval, launch), milestones=(("approval", Link("approval")),), markets=markets)
    empty = Plan(base.plan.as_of, (), (), base.plan.discount_by_day, base.plan.discount_by_year)
    return run(compile_plan(join([named, compiled.fragment], base=empty)), draws=DRAWS, seed=SEED)


def _patients(base: Assembled, compiled: CompiledPath, results: Results) -> Values:
    """Patients treated to the end of the valuation, by path."""
    first, total = base.plan.as_of, np.zeros(results.draws)
    horizon = first + base.plan.discount_by_day.size
    for segment in compiled.segments:
        if segment.market is not None:
            entry = results.days_of(segment.entry)
            leave = np.minimum.reduce([np.full(entry.shape, horizon), *(results.days_of(n) for _, n in segment.exits)])
            treated = patients_treated(segment.market, entry, first=first, end=leave)
            total += np.where((entry < NEVER) & (leave > entry), treated, 0.0)
    return total
