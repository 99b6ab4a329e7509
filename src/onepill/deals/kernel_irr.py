"""The internal rate of return of yearly flows on many paths at once, as machine code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from onepill.deals.equity_rows import Array, Int, Real
from onepill.sim.jit import digest_of, jit, jit_cached

UNDEFINED = 2.0**60
"""A rate where there is none: nothing paid in first, or flows that turn more than once."""
MOST_STEPS = 24
FURTHEST = 4.0
CLOSE = 1e-8
"""Newton's method squares what is left: a step this small leaves nothing that a number could show."""
WIDEST = 10.0
"""Logarithms of discount factors beyond it, 22,000 in a year, are left to halving."""
LOG, FACTOR, POWER, GOT, PAID, GOT_AHEAD, PAID_AHEAD, TERM, TURNS, SIGN, SUM, ABOVE, SUM_TURNS, FIRST = range(14)
"""Rows of work, one number a path each: the logarithm of the yearly factor, the factor, its power in a year, what is
got and paid at it with the times of either, a year's flow; then how often signs and sums turn."""


@jit
def _exp(x: Real) -> Real:
    """e^x between -10 and 10, without a branch: the series at a 32nd of it, squared five times."""
    v = x * 0.03125
    total = 1.0 + v * (1 / 13)
    for k in (12.0, 11.0, 10.0, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0):
        total = 1.0 + v * total * (1 / k)
    total *= total
    total *= total
    total *= total
    total *= total
    return total * total


@jit
def _count_turns(flows: Array, years: Int, at: Int, count: Int, work: Array) -> None:
    """How often the signs of each path's flows change, from a first outlay on; -1 where the first flow is no outlay.

    More than once counts as a half where the sums so far turn only once and end above nothing.
    """
    turns, sign, total, above, sum_turns = work[TURNS], work[SIGN], work[SUM], work[ABOVE], work[SUM_TURNS]
    first = work[FIRST]
    work[TURNS : FIRST + 1, :count] = 0.0
    for y in range(years):
        row = flows[y][at:]
        for i in range(count):
            now = (1.0 if row[i] > 0 else 0.0) - (1.0 if row[i] < 0 else 0.0)
            first[i] = now if first[i] == 0 else first[i]
            turns[i] += 1.0 if now * sign[i] < 0 else 0.0
            sign[i] = sign[i] if now == 0 else now
        for i in range(count):
            total[i] += row[i]
            now = 1.0 if total[i] > 0 else 0.0
            sum_turns[i] += abs(now - above[i])
            above[i] = now
    for i in range(count):
        kept = 0.5 if turns[i] > 1 and sum_turns[i] == 1 else turns[i]
        turns[i] = kept if first[i] < 0 else -1.0


@jit
def _value_all(flows: Array, years: Int, at: Int, count: Int, gap_years: Real, work: Array) -> None:
    """What is got and paid at each path's factor, and the same times when."""
    log, factor, power, term = work[LOG], work[FACTOR], work[POWER], work[TERM]
    got, paid, got_ahead, paid_ahead = work[GOT], work[PAID], work[GOT_AHEAD], work[PAID_AHEAD]
    first = flows[0][at:]
    for i in range(count):
        factor[i] = _exp(log[i])
        power[i] = _exp(gap_years * log[i])
    for i in range(count):
        got[i] = max(first[i], 0.0)
        paid[i] = max(-first[i], 0.0)
    for i in range(count):
        got_ahead[i] = 0.0
        paid_ahead[i] = 0.0
    for y in range(1, years):
        row, ahead = flows[y][at:], y - 1 + gap_years
        for i in range(count):
            term[i] = row[i] * power[i]
            power[i] *= factor[i]
        for i in range(count):
            usd = max(term[i], 0.0)
            got[i] += usd
            got_ahead[i] += ahead * usd
        for i in range(count):
            usd = max(-term[i], 0.0)
            paid[i] += usd
            paid_ahead[i] += ahead * usd


@jit
def _step(count: Int, work: Array) -> Int:
    """Take one step of Newton's method on log(got / paid) everywhere; how many paths are not there yet.

    Over the logarithm of the factor this is nearly a straight line, with the time that money is away as its slope. The
    logarithm is cut to the fraction that is like it near the root and never steps too far.
    """
    log, got, paid, turns, term = work[LOG], work[GOT], work[PAID], work[TURNS], work[TERM]
    got_ahead, paid_ahead = work[GOT_AHEAD], work[PAID_AHEAD]
    left = 0
    for i in range(count):
        away = got_ahead[i] * paid[i] - paid_ahead[i] * got[i]
        step = 2 * (paid[i] - got[i]) * (got[i] * paid[i]) / ((got[i] + paid[i]) * away)
        step = min(max(step, -FURTHEST), FURTHEST)
        term[i] = step if turns[i] == 1.0 or turns[i] == 0.5 else 0.0
    for i in range(count):
        log[i] = min(max(log[i] + term[i], -WIDEST), WIDEST)
        left += 0 if abs(term[i]) < CLOSE or abs(log[i]) >= WIDEST else 1
    return left


@jit
def find_rates(flows: Array, years: Int, at: Int, count: Int, gap_years: Real, work: Array, rates: Array) -> None:
    """Fill `rates` of `count` paths from `at` on, whose flows are (years, paths): the one rate at which outlays
    followed by income are worth nothing.

    By Descartes' rule flows that change sign once have one root above -1, and by Norstrom's those whose sums change
    sign once have one above 0. Year 1 comes `gap_years` after year 0, others a year on. Outlays alone return -1.
    """
    log, turns, term = work[LOG], work[TURNS], work[TERM]
    _count_turns(flows, years, at, count, work)
    for i in range(count):
        log[i] = 0.0
    for _ in range(MOST_STEPS):
        _value_all(flows, years, at, count, gap_years, work)
        if _step(count, work) == 0:
            break
    for i in range(count):
        rates[i] = 1 / _exp(log[i]) - 1
    for i in range(count):
        if turns[i] != 1.0 and turns[i] != 0.5:
            rates[i] = -1.0 if turns[i] == 0 else UNDEFINED
        elif not abs(term[i]) < CLOSE or (turns[i] == 0.5 and log[i] > 0) or abs(log[i]) >= WIDEST:
            rates[i] = _halved(flows, years, at + i, gap_years)


@jit
def _value(flows: Array, years: Int, i: Int, factor: Real, gap_years: Real) -> Real:
    value_usd = 0.0
    for y in range(years - 1, 0, -1):
        value_usd = value_usd * factor + flows[y, i]
    return flows[0, i] + value_usd * factor**gap_years


@jit
def _halved(flows: Array, years: Int, i: Int, gap_years: Real) -> Real:
    """The same where Newton's method has not come to it: bracketed and then halved."""
    low, high = 0.0, 1.0
    while high < 1e12 and _value(flows, years, i, high, gap_years) < 0:
        low, high = high, high * 2
    while high - low > 1e-15 * high:
        factor = 0.5 * (low + high)
        if factor <= low or factor >= high:
            break
        if _value(flows, years, i, factor, gap_years) < 0:
            low = factor
        else:
            high = factor
    return 2 / (low + high) - 1


def _entry(digest: int) -> Any:
    @jit_cached
    def rates_of_return(flows_usd: Array, gap_years: Real, work: Array, rates: Array) -> None:
        """`find_rates` of flows (years, paths); `work` has `FIRST + 1` rows by path."""
        if digest == 0:
            return
        block = work.shape[1]
        for at in range(0, flows_usd.shape[1], block):
            count = min(block, flows_usd.shape[1] - at)
            find_rates(flows_usd, flows_usd.shape[0], at, count, gap_years, work, rates[at:])

    return rates_of_return


_HERE = Path(__file__).parent
rates_of_return = _entry(digest_of([_HERE / "kernel_irr.py", _HERE / "equity_rows.py"]))
