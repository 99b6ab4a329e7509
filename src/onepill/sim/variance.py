"""How much of a value's variance hangs on a set of random streams?

The total-effect share by pick-freeze: the run is repeated with only those streams drawn anew, and half the mean
squared difference of the two is the variance that vanishes if they become known last. The estimator is Jansen's
(M. J. W. Jansen 1999, doi:10.1016/S0010-4655(98)00154-4); A. Saltelli and others 2010
(doi:10.1016/j.cpc.2009.09.018) recommend it for total effects.
"""

from __future__ import annotations

import numpy as np

from onepill.core.streams import stream_key
from onepill.sim.compiled import CompiledPlan
from onepill.sim.plan import Money
from onepill.sim.runner import run
from onepill.sim.statistics import Estimate

_SECOND_SAMPLE = "variance_share"


def variance_share(
    compiled: CompiledPlan,
    streams: frozenset[str],
    *,
    draws: int,
    seed: int,
    threads: int = 1,
    party: str | None = None,
    base: Money | None = None,
) -> Estimate:
    """The total-effect share, 0 to 1, of the variance of a party's NPV (the first party's if none is named).

    Args:
        compiled: the plan.
        streams: names of draws, gates and `factor.x`; names that the plan does not draw from are ignored.
        draws: paths of each of the two runs.
        seed: seed of the first run.
        threads: workers; the answer does not depend on them.
        party: whose value is meant.
        base: that party's NPV by path of a run with the same seed and draws, if there is one already.

    Returns:
        The share with its standard error; NaN where the value does not vary.
    """
    who = party or compiled.plan.parties[0]
    first = run(compiled, draws=draws, seed=seed, threads=threads).npv_usd[who] if base is None else base
    known = streams & frozenset(compiled.streams)
    if not known:
        return Estimate(0.0 if first.var() > 0 else np.nan, 0.0)
    other = stream_key(seed, _SECOND_SAMPLE)
    second = run(compiled, draws=draws, seed=seed, threads=threads, reseed=known, reseed_seed=other).npv_usd[who]
    return _jansen(first, second)


def _jansen(first: Money, second: Money) -> Estimate:
    """Half the mean squared difference over the variance; the error is that of a ratio of means (delta method)."""
    half = (first - second) ** 2 / 2
    centre = (first.mean() + second.mean()) / 2
    spread = ((first - centre) ** 2 + (second - centre) ** 2) / 2
    variance = float(spread.mean())
    if variance == 0.0:
        return Estimate(np.nan, np.nan)
    share = float(half.mean()) / variance
    error = float((half - share * spread).std(ddof=1)) / variance / np.sqrt(first.size)
    return Estimate(share, float(error))
