"""The one loop that takes long: every set of experiments after every set of results, as machine code.

A pattern has one digit of base 4 an experiment, the first the most significant: 0 neither done nor started, 1 in the
set that is started, 2 done and negative, 3 done and positive. Patterns are taken from the last to the first, so that
all that a pattern leads to is known when it comes up: with a digit 1 it is the sum of the two patterns that have 2 and
3 there, without any it is what is known, and all patterns that start something from there have made their offers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from onepill.sim.jit import jit_cached

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]


class Half(NamedTuple):
    """The patterns of one half of the experiments: as bits what is started, done and positive; their results' place.

    `place` counts in base 3 (not in, negative, positive), as tables of values do. `longest` and `total` are the months
    of what is started or done.
    """

    started: Ints
    done: Ints
    positive: Ints
    place: Ints
    longest: Floats
    total: Floats


class Terms(NamedTuple):
    """By set of experiments (as bits): what starting it takes. `level` is the row that it is offered to, -1 for none.

    `step` is the place value in base 4 of one of its members, `needs_*` are the bits of what must be in before. A set
    whose members and those done before cost more than `limit_usd` is no choice. What cannot have taken the months
    gone, which lie from `least_months` to `most_months`, is passed over.
    """

    level: Ints
    step: Ints
    cost_usd: Floats
    discount: Floats
    needs_done: Ints
    needs_positive: Ints
    needs_negative: Ints
    limit_usd: float
    least_months: float
    most_months: float
    least_gain_usd: float


class Tables(NamedTuple):
    """By set of results: what is known of it, and the best found so far.

    Attributes:
        mass: the chance of the results.
        may_go_on: whether something may be worth starting; elsewhere nothing is offered.
        values: best values so far, one row a level; improved in place.
        choices: the set that gave each, as bits, 0 to stop; improved in place.
        scratch: room for 4 to the number of experiments.
    """

    mass: Floats
    may_go_on: Bools
    values: Floats
    choices: Ints
    scratch: Floats


@jit_cached
def take_best(first: Half, last: Half, terms: Terms, tables: Tables, row: int) -> None:
    """Offer every set to the values from which it may start, given that all it leads to has the values of `row`.

    Rows that are offered to may be the same one.
    """
    size, scratch, values = last.started.size, tables.scratch, tables.values
    for i in range(first.started.size - 1, -1, -1):
        if first.longest[i] > terms.most_months:
            continue
        for j in range(size - 1, -1, -1):
            if last.longest[j] > terms.most_months or first.total[i] + last.total[j] < terms.least_months:
                continue
            pattern, place = i * size + j, first.place[i] + last.place[j]
            group, done = first.started[i] | last.started[j], first.done[i] | last.done[j]
            if group == 0:
                scratch[pattern] = values[row, place]
                continue
            step, level = terms.step[group], terms.level[group]
            if step == 0:
                continue
            ahead = scratch[pattern + step] + scratch[pattern + 2 * step]
            scratch[pattern] = ahead
            if level < 0 or not tables.may_go_on[place] or terms.cost_usd[group | done] > terms.limit_usd:
                continue
            positive, needs = first.positive[i] | last.positive[j], terms.needs_positive[group]
            if done & terms.needs_done[group] != terms.needs_done[group] or positive & needs != needs:
                continue
            if positive & terms.needs_negative[group] != 0:
                continue
            offer = ahead * terms.discount[group] - terms.cost_usd[group] * tables.mass[place]
            if offer > values[level, place] + terms.least_gain_usd:
                values[level, place] = offer
                tables.choices[level, place] = group
