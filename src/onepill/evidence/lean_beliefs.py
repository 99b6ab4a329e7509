"""How likely is each set of results? Weights of hidden states by results, for experiments that may share errors.

The result of one experiment is 0 (not in), 1 (negative) or 2 (positive), and what is known is one such digit for each.
Weights are never normalised: the weight of a state is its prior times the likelihood of the results, so that the
weights of the two results of an experiment sum to the weight before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from onepill.evidence.lean_inputs import Experiment, HiddenState, LeanProblem

Floats = npt.NDArray[np.float64]
NOT_IN, NEGATIVE, POSITIVE = 0, 1, 2


@dataclass(frozen=True)
class Beliefs:
    """A problem with its experiments in the order of their families, and the likelihoods of each family's results.

    `tables[k]` has one axis of length 3 for each experiment of family k, and the hidden states as its last axis. `seen`
    is the likelihood, by hidden state, of results that are known from the start (1 where there are none).
    """

    problem: LeanProblem
    experiments: tuple[Experiment, ...]
    tables: tuple[Floats, ...]
    seen: Floats

    @cached_property
    def prior(self) -> Floats:
        return np.array([state.prob for state in self.problem.states]) * self.seen

    @cached_property
    def go_usd(self) -> Floats:
        return np.array([state.go_usd for state in self.problem.states])

    @cached_property
    def no_go_usd(self) -> Floats:
        return np.array([state.no_go_usd for state in self.problem.states])

    @cached_property
    def needs(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """For each experiment what must be in before it: (experiment, result), result 0 where any will do."""
        place = {experiment.id: index for index, experiment in enumerate(self.experiments)}
        digit = {None: NOT_IN, False: NEGATIVE, True: POSITIVE}
        found = [[(place[name], digit[r]) for name, r in e.after if name in place] for e in self.experiments]
        return tuple(map(tuple, found))

    def given(self, results: Mapping[str, int]) -> Beliefs:
        """The same without some experiments, whose results (0 for one that is never done) are taken as known.

        What another experiment needed of them is dropped. Values of the smaller problem carry the results' chance.
        """
        tables, weights, start = [], np.ones(len(self.prior)), 0
        for table in self.tables:
            members = self.experiments[start : start + table.ndim - 1]
            start += table.ndim - 1
            rest = table[tuple(results.get(member.id, slice(None)) for member in members)]
            if rest.ndim == 1:
                weights = weights * rest
            else:
                tables.append(rest)
        kept = tuple(experiment for experiment in self.experiments if experiment.id not in results)
        return replace(self, experiments=kept, tables=tuple(tables), seen=self.seen * weights)

    def weights(self, results: Sequence[int]) -> Floats:
        """Prior times likelihood of each hidden state, given one digit an experiment."""
        found, start = self.prior.copy(), 0
        for table in self.tables:
            size = table.ndim - 1
            found *= table[tuple(results[start : start + size])]
            start += size
        return found

    def sums(self, by_state: Floats) -> Floats:
        """The weights of all hidden states times `by_state`, summed, for every set of results: shape (3,) * n."""
        total: Floats = np.zeros((3,) * len(self.experiments))
        for index, amount in enumerate(self.prior * by_state):
            part: Floats = np.array(amount)
            for table in self.tables:
                part = np.multiply.outer(part, table[..., index])
            total += part
        return total

    def with_needs(self, index: int) -> tuple[int, ...]:
        """An experiment with all that it needs before it, in an order in which they can be done."""
        found: list[int] = []
        for before, _ in self.needs[index]:
            found += [i for i in self.with_needs(before) if i not in found]
        return (*found, index)

    def may_start(self, results: Sequence[int], index: int) -> bool:
        """Whether an experiment is not in yet and what it needs is."""
        met = all(results[i] == digit if digit else results[i] for i, digit in self.needs[index])
        return not results[index] and bool(met)


def make_beliefs(problem: LeanProblem) -> Beliefs:
    """Order the experiments by family and tabulate each family; an experiment without one stands alone."""
    families: dict[str, list[Experiment]] = {}
    for experiment in problem.experiments:
        families.setdefault(f"family {experiment.family}" if experiment.family else experiment.id, []).append(
            experiment
        )
    ordered = tuple(experiment for members in families.values() for experiment in members)
    tables = tuple(
        family_table(members, problem.states, correlation=problem.correlations.get(members[0].family, 0.0))
        for members in families.values()
    )
    return Beliefs(problem, ordered, tables, np.ones(len(problem.states)))


def family_table(members: Sequence[Experiment], states: Sequence[HiddenState], *, correlation: float) -> Floats:
    """The likelihood of a family's results in each hidden state.

    The family draws one number between 0 and 1 that all its members see. Each member follows it with probability
    sqrt(correlation), else draws its own, and is positive where the number is below its chance of a positive result.
    The chance of each member is kept as it is, and two equally accurate members have the stated correlation given the
    truth. Between neighbouring chances the common number is one latent class, given which results are independent.

    Returns:
        Shape (3,) * members + (states,); the digit 0 sums over the result that is not in.
    """
    follows = float(np.sqrt(correlation))
    table = np.zeros((3,) * len(members) + (len(states),))
    for index in range(len(states)):
        own = [member.positive_probs[index] for member in members]
        for low, high in pairwise(sorted({0.0, 1.0, *own})):
            part: Floats = np.array(high - low)
            for prob in own:
                positive = follows * (low < prob) + (1 - follows) * prob
                part = np.multiply.outer(part, np.array([1.0, 1 - positive, positive]))
            table[..., index] += part
    return table
