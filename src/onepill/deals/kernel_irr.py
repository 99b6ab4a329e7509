"""The internal rate of return of yearly flows on many paths, as machine code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from onepill.deals.equity_rows import Array, Int, Real
from onepill.sim.jit import digest_of, jit, jit_cached

UNDEFINED = 2.0**60
"""A rate where there is none: nothing paid in first, or flows that turn more than once."""


@jit
def _turns(flows_usd: Array, i: Int) -> Int:
    """How often the signs of row `i` change, from a first outlay on; -1 where the first flow is no outlay.

    More than once counts as once where the sums so far turn only once and end above nothing.
    """
    sign, turns, total_usd, above, sum_turns = 0, 0, 0.0, False, 0
    for y in range(flows_usd.shape[1]):
        usd = flows_usd[i, y]
        now = 1 if usd > 0 else (-1 if usd < 0 else 0)
        if now == 0:
            continue
        if sign == 0 and now > 0:
            return -1
        if now == -sign:
            turns += 1
        sign = now
        total_usd += usd
        if (total_usd > 0) != above:
            above, sum_turns = not above, sum_turns + 1
    if turns > 1 and sum_turns == 1:
        return 1
    return turns if sign != 0 else -1


@jit
def _value(flows_usd: Array, i: Int, factor: Real, first_gap_years: Real) -> Real:
    """The present value at a yearly discount factor: year 1 comes `first_gap_years` after year 0, others a year on."""
    value_usd = 0.0
    for y in range(flows_usd.shape[1] - 1, 0, -1):
        value_usd = value_usd * factor + flows_usd[i, y]
    return flows_usd[i, 0] + value_usd * factor**first_gap_years


def _entry(digest: int) -> Any:
    @jit_cached
    def rates_of_return(flows_usd: Array, first_gap_years: Real, rates: Array) -> None:
        """Fill `rates` (paths,): the one rate at which outlays followed by income are worth nothing.

        By Descartes' rule flows that change sign once have one root above -1, and by Norstrom's those whose sums
        change sign once have one above 0. It is bracketed and then halved, or cut by the secant in turns. Outlays
        without any income return -1.
        """
        if digest == 0:
            return
        for i in range(flows_usd.shape[0]):
            turns = _turns(flows_usd, i)
            if turns != 1:
                rates[i] = -1.0 if turns == 0 else UNDEFINED
                continue
            low, high = 0.0, 1.0
            low_usd, high_usd = _value(flows_usd, i, low, first_gap_years), _value(flows_usd, i, high, first_gap_years)
            while high_usd < 0 and high < 1e12:
                low, low_usd, high = high, high_usd, high * 2
                high_usd = _value(flows_usd, i, high, first_gap_years)
            for step in range(200):
                if high - low <= 1e-13 * high:
                    break
                factor = (low * high_usd - high * low_usd) / (high_usd - low_usd)
                if step % 2 or not low < factor < high:
                    factor = 0.5 * (low + high)
                usd = _value(flows_usd, i, factor, first_gap_years)
                if usd < 0:
                    low, low_usd = factor, usd
                else:
                    high, high_usd = factor, usd
            rates[i] = 2 / (low + high) - 1

    return rates_of_return


_HERE = Path(__file__).parent
rates_of_return = _entry(digest_of([_HERE / "kernel_irr.py", _HERE / "equity_rows.py"]))
