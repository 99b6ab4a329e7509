"""The exact best policy: which experiments to start next after any results, when to stop, and go or no-go.

Dynamic programming over what is known. V(r), the best value after results r times their probability, is

    V(r) = max( G(r), N(r), max over sets A that may start  -cost(A) m(r) + d(A) sum over results of A  V(r + results) )

with G, N and m the sums over hidden states of weight times the value of go, of no-go, and of 1; d(A) discounts over the
longest of A. Because V carries the probability of r, results are summed and never divided by anything. Experiments of a
set start together and all results are waited for. The equations are Bellman's; the unnormalised form and the order of
work are ours. Proof: tests/evidence/test_lean_solve.py against enumerated policies.

With a limit of time V depends also on the months left, which take few values (the limit less sums of durations);
values of fewer months left are found first. A best policy without the limit that happens to keep it is best with it as
well. Where these values are too many, the clock runs in steps: durations rounded up to whole steps give a policy that
keeps the limit, and rounded down a bound on what any policy is worth. Money is always discounted over true durations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from onepill.evidence.lean_beliefs import NEGATIVE, NOT_IN, POSITIVE, Beliefs, Floats
from onepill.evidence.lean_inputs import TOLERANCE

if TYPE_CHECKING:
    from onepill.evidence import lean_kernel

EXACT_EXPERIMENTS = 12
"""Sets of results times sets of experiments grow as 4 to the number of experiments: 17 million at 12."""
Ints = npt.NDArray[np.int32]
MOST_PATTERNS = 40 * 4**EXACT_EXPERIMENTS
"""Patterns to look at where time is limited, some four seconds' worth."""
_ROUNDING = 1e-12
"""A set must gain more than this share of the largest value: less is rounding, and stopping is simpler."""
_MONTH_DIGITS, _CLOCK_ERROR = 6, 1e-4
"""Sums of the same durations in another order are one number of months; a dozen roundings stay below the error."""


@dataclass(frozen=True)
class Solved:
    """The best policy as tables over results, shape (levels,) + (3,) * n.

    `months_left` has the months of each level, rising, or is empty where time is not limited, with one level. `choices`
    holds the set to start as bits (bit i for experiment i), 0 to stop. `clock_months` is how long the limit's clock
    takes each experiment to last, and no policy is worth more than `bound_usd`.
    """

    beliefs: Beliefs
    clock_months: tuple[float, ...]
    months_left: tuple[float, ...]
    values: Floats
    choices: Ints
    bound_usd: float

    @property
    def value_usd(self) -> float:
        """The value of the best policy, in US dollars today, costs of experiments taken off."""
        return float(self.values[-1].flat[0])

    def start(self, results: tuple[int, ...], months: float) -> tuple[int, ...]:
        """The experiments to start after these results, `months` after the first start by the clock; none to stop."""
        level = -1
        if self.months_left:
            left = self.months_left[-1] - months
            level = min(range(len(self.months_left)), key=lambda i: abs(self.months_left[i] - left))
        bits = int(self.choices[(level, *results)])
        return tuple(index for index in range(len(results)) if bits >> index & 1)


def solve(beliefs: Beliefs) -> Solved:
    """The best policy.

    Raises:
        ValueError: more than `EXACT_EXPERIMENTS` experiments.
    """
    if len(beliefs.experiments) > EXACT_EXPERIMENTS:
        raise ValueError(f"at most {EXACT_EXPERIMENTS} experiments can be solved exactly")
    months = tuple(experiment.months for experiment in beliefs.experiments)
    unlimited, limit = _Work(beliefs, months).without_clock(), beliefs.problem.limit_months
    if limit is None or limit >= _longest(unlimited, (NOT_IN,) * len(months)) - TOLERANCE:
        return unlimited
    most_levels = max(MOST_PATTERNS // 4 ** len(months), 2)
    levels = _months_left(months, limit, most=most_levels)
    if levels is not None:
        return _Work(beliefs, months).with_clock(levels, unlimited)
    step = limit / (most_levels // 2)
    shorter, longer = (tuple(float(whole(m / step) * step) for m in months) for whole in (np.floor, np.ceil))
    found, bound = (_Work(beliefs, clock).with_clock(_steps(step, limit), unlimited) for clock in (longer, shorter))
    return replace(found, bound_usd=bound.value_usd)


def _longest(solved: Solved, results: tuple[int, ...]) -> float:
    """The months that a policy takes at most from these results on."""
    start = solved.start(results, 0.0)
    if not start:
        return 0.0
    ends = []
    for digits in product((NEGATIVE, POSITIVE), repeat=len(start)):
        after = list(results)
        for index, digit in zip(start, digits, strict=True):
            after[index] = digit
        ends.append(_longest(solved, tuple(after)))
    return max(solved.beliefs.experiments[index].months for index in start) + max(ends)


def _months_left(months: Sequence[float], limit_months: float, *, most: int) -> tuple[float, ...] | None:
    """The months that can be left when results are in, rising: the limit, and less each sum of durations.

    None where they are more than `most`.
    """
    gone = {0.0}
    for duration in months:
        gone |= {round(g + duration, _MONTH_DIGITS) for g in gone if g + duration <= limit_months + TOLERANCE}
        if len(gone) > most:
            return None
    return tuple(sorted({round(limit_months - g, _MONTH_DIGITS) for g in gone}))


def _steps(step: float, limit_months: float) -> tuple[float, ...]:
    """The months left of a clock that runs in steps."""
    return tuple(round(count * step, _MONTH_DIGITS) for count in range(round(limit_months / step) + 1))


class _Work:
    """The tables that the loop of `lean_kernel` reads, and its room."""

    def __init__(self, beliefs: Beliefs, clock_months: tuple[float, ...]) -> None:
        from onepill.evidence import lean_kernel  # numba takes a quarter of a second, so only when there is work

        self.beliefs, self._clock, self._kernel = beliefs, clock_months, lean_kernel
        size = len(beliefs.experiments)
        self._sets = _set_table(size)
        self._months = np.max(self._sets * [e.months for e in beliefs.experiments], axis=1, initial=0.0)
        self._lasts = np.max(self._sets * np.array(clock_months), axis=1, initial=0.0)
        self._halves = self._half(0, size // 2), self._half(size // 2, size)
        self._mass = beliefs.sums(np.ones_like(beliefs.prior)).ravel()
        self._stop = np.maximum(beliefs.sums(beliefs.go_usd), beliefs.sums(beliefs.no_go_usd))
        self._scratch = np.empty(4**size)

    def without_clock(self) -> Solved:
        """Time costs what discounting takes; sets are offered to the values of the same level."""
        everywhere = np.ones(self._mass.size, dtype=bool)
        return self._solved((), np.zeros((1, len(self._sets)), dtype=np.int32), everywhere)

    def with_clock(self, months_left: tuple[float, ...], unlimited: Solved) -> Solved:
        """Sets are offered to the level that has as many months more as they take.

        Where the policy without a limit stops, less time is no reason to go on.
        """
        left = np.array(months_left)
        before = left[:, None] + self._lasts
        nearest = np.abs(before[..., None] - left).argmin(axis=-1)
        later = np.where(np.abs(left[nearest] - before) < _CLOCK_ERROR, nearest, -1)
        return self._solved(months_left, later.astype(np.int32), unlimited.choices.ravel() > 0)

    def _solved(self, months_left: tuple[float, ...], offered_to: Ints, may_go_on: npt.NDArray[np.bool_]) -> Solved:
        levels, size = len(offered_to), self._mass.size
        values = np.tile(self._stop.ravel(), (levels, 1))
        choices = np.zeros((levels, size), dtype=np.int32)
        terms, known = self._terms(), (self._mass, may_go_on)
        for row in range(levels):
            gone = months_left[-1] - months_left[row] if months_left else None
            least, most = (-np.inf, np.inf) if gone is None else (gone - _CLOCK_ERROR, gone + _CLOCK_ERROR)
            given = terms._replace(level=offered_to[row], least_months=least, most_months=most)
            self._kernel.take_best(
                *self._halves, given, self._kernel.Tables(*known, values, choices, self._scratch), row
            )
        shape = (levels, *self._stop.shape)
        bound = float(values[-1, 0])
        return Solved(self.beliefs, self._clock, months_left, values.reshape(shape), choices.reshape(shape), bound)

    def _terms(self) -> lean_kernel.Terms:
        """What starting each set takes; `step` is 0 for one that can never start."""
        problem, beliefs = self.beliefs.problem, self.beliefs
        cost = self._sets @ np.array([e.cost_usd for e in beliefs.experiments])
        needs = {digit: self._needs(digit) for digit in (NOT_IN, POSITIVE, NEGATIVE)}
        done = needs[NOT_IN] | needs[POSITIVE] | needs[NEGATIVE]
        bits = np.arange(len(self._sets), dtype=np.int32)
        can_start = (done & bits) == 0
        can_start &= self._sets.sum(axis=1) <= (problem.at_once or len(beliefs.experiments))
        can_start &= np.array([problem.affords(float(c)) for c in cost])
        can_start &= np.array([problem.is_in_time(float(m)) for m in self._lasts])
        limit = np.inf if problem.budget_usd is None else problem.budget_usd + TOLERANCE * max(1.0, problem.budget_usd)
        largest = float(np.max(np.abs([beliefs.go_usd, beliefs.no_go_usd])))
        return self._kernel.Terms(
            level=np.zeros(0, dtype=np.int32),
            step=np.where(can_start, self._steps(), 0).astype(np.int32),
            cost_usd=cost,
            discount=np.array([problem.discount(float(m)) for m in self._months]),
            needs_done=done,
            needs_positive=needs[POSITIVE],
            needs_negative=needs[NEGATIVE],
            limit_usd=limit,
            least_months=-np.inf,
            most_months=np.inf,
            least_gain_usd=_ROUNDING * largest,
        )

    def _steps(self) -> Ints:
        """The place value in base 4 of the last member of each set: what is left of a set that can start can start."""
        size = len(self.beliefs.experiments)
        last = np.array([int(members.nonzero()[0][-1]) if members.any() else size - 1 for members in self._sets])
        return (4 ** (size - 1 - last)).astype(np.int32)

    def _needs(self, digit: int) -> Ints:
        """By set, the bits of the experiments that a member needs with this result (0: with any)."""
        own = [sum({1 << before for before, d in needs if d == digit}) for needs in self.beliefs.needs]
        found: Ints = np.bitwise_or.reduce(np.where(self._sets, own, 0).astype(np.int32), axis=1, initial=0)
        return found

    def _half(self, first: int, last: int) -> lean_kernel.Half:
        """The patterns of the experiments from `first` up to `last`."""
        size, count = len(self.beliefs.experiments), last - first
        digits = np.arange(4**count)[:, None] // 4 ** np.arange(count - 1, -1, -1) % 4
        bits, base = 1 << np.arange(first, last), 3 ** np.arange(size - 1 - first, size - 1 - last, -1)
        started, done, positive = ((mask * bits).sum(axis=1) for mask in (digits == 1, digits >= 2, digits == 3))
        place = (np.maximum(digits - 1, 0) * base).sum(axis=1)
        months = (digits > 0) * np.array(self._clock[first:last])
        return self._kernel.Half(
            started=started.astype(np.int32),
            done=done.astype(np.int32),
            positive=positive.astype(np.int32),
            place=place.astype(np.int32),
            longest=np.max(months, axis=1, initial=0.0),
            total=months.sum(axis=1),
        )


def _set_table(size: int) -> npt.NDArray[np.bool_]:
    """Which experiments are in each set, shape (2 ** size, size); set b has experiment i where bit i of b is 1."""
    return (np.arange(2**size)[:, None] >> np.arange(size) & 1).astype(bool)
