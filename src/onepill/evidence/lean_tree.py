"""A policy as a tree: what is started, what follows each result, and the odds, months and money of every branch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np

from onepill.evidence.lean_beliefs import NEGATIVE, POSITIVE, Beliefs, Floats
from onepill.evidence.lean_solve import Solved

Decision = Literal["go", "no_go"]
Results = tuple[int, ...]


@dataclass(frozen=True)
class Act:
    """What a policy does: start a set of experiments, or stop, with a decision or with the better one by the odds."""

    start: tuple[int, ...] = ()
    decision: Decision | None = None


Rule = Callable[[Results, float, float], Act]
"""From results, months gone (by the rule's own clock, where it has one) and US dollars spent to an act."""


@dataclass(frozen=True)
class Branch:
    """The results that lead here, by experiment, true for positive."""

    results: dict[str, bool]
    node: Node


@dataclass(frozen=True)
class Node:
    """A point where something is decided.

    Attributes:
        prob: the chance of coming here.
        worth_prob: the chance, here, that going is right.
        odds: the chance of each hidden state, here.
        months: gone since the first start.
        spent_usd: on experiments, undiscounted.
        value_usd: what the policy is worth from here on, in US dollars of this point in time.
        start: the experiments to start together, none at an end.
        cost_usd: of the experiments to start.
        takes_months: until all their results are in.
        decision: at an end, else None.
    """

    prob: float
    worth_prob: float
    odds: tuple[float, ...]
    months: float
    spent_usd: float
    value_usd: float
    start: tuple[str, ...] = ()
    cost_usd: float = 0.0
    takes_months: float = 0.0
    branches: tuple[Branch, ...] = ()
    decision: Decision | None = None

    def ends(self) -> Iterator[Node]:
        """Every end of the tree."""
        if not self.branches:
            yield self
        for branch in self.branches:
            yield from branch.node.ends()

    def starts(self) -> Iterator[Node]:
        """Every point at which experiments are started."""
        if self.branches:
            yield self
        for branch in self.branches:
            yield from branch.node.starts()


@dataclass(frozen=True)
class Characteristics:
    """What a policy does on average.

    `value_usd` is discounted to today with the costs of experiments taken off; `cost_usd` is not discounted. Wrong go
    is the chance of going where the hidden truth makes it wrong, wrong no-go of stopping where going was right.
    """

    value_usd: float
    cost_usd: float
    months: float
    go_prob: float
    wrong_go_prob: float
    wrong_no_go_prob: float


def best_tree(solved: Solved) -> Node:
    """The tree of the best policy."""
    return grow(solved.beliefs, lambda results, gone, _: Act(solved.start(results, gone)), clock=solved.clock_months)


def grow(beliefs: Beliefs, rule: Rule, *, clock: Sequence[float] = ()) -> Node:
    """The tree of any policy; `clock` is how long the rule takes each experiment to last, if not its true months."""
    grower = _Grower(beliefs, rule, clock or [experiment.months for experiment in beliefs.experiments])
    nothing = (0,) * len(beliefs.experiments)
    return grower.node(nothing, beliefs.weights(nothing), _Gone())


@dataclass(frozen=True)
class _Gone:
    """Months gone, months gone by the rule's clock, and US dollars spent."""

    months: float = 0.0
    clock: float = 0.0
    spent_usd: float = 0.0


@dataclass(frozen=True)
class _Grower:
    beliefs: Beliefs
    rule: Rule
    clock: Sequence[float]

    def node(self, results: Results, weights: Floats, gone: _Gone) -> Node:
        beliefs = self.beliefs
        act, mass = self.rule(results, gone.clock, gone.spent_usd), float(weights.sum())
        odds = weights / mass
        here = (mass, float(odds[beliefs.go_usd > beliefs.no_go_usd].sum()), tuple(odds.tolist()))
        if not act.start:
            decision, value = decide(beliefs, odds, act.decision)
            return Node(*here, gone.months, gone.spent_usd, value, decision=decision)
        started = [beliefs.experiments[i] for i in act.start]
        cost, takes = sum(e.cost_usd for e in started), max(e.months for e in started)
        clock = gone.clock + max(self.clock[i] for i in act.start)
        branches = tuple(self._branches(act.start, results, _Gone(gone.months + takes, clock, gone.spent_usd + cost)))
        ahead = sum(branch.node.prob * branch.node.value_usd for branch in branches) / mass
        value, names = ahead * beliefs.problem.discount(takes) - cost, tuple(e.id for e in started)
        return Node(*here, gone.months, gone.spent_usd, value, names, cost, takes, branches)

    def _branches(self, start: tuple[int, ...], results: Results, gone: _Gone) -> Iterator[Branch]:
        """One branch for each set of results that can be; positive ones first."""
        for digits in product((POSITIVE, NEGATIVE), repeat=len(start)):
            after = list(results)
            for index, digit in zip(start, digits, strict=True):
                after[index] = digit
            weights = self.beliefs.weights(after)
            if weights.sum() > 0:
                shown = {self.beliefs.experiments[i].id: d == POSITIVE for i, d in zip(start, digits, strict=True)}
                yield Branch(shown, self.node(tuple(after), weights, gone))


def decide(beliefs: Beliefs, odds: Floats, decision: Decision | None = None) -> tuple[Decision, float]:
    """The decision (the better one where none is given, no-go where they are equal) and its value."""
    values = {"go": float(odds @ beliefs.go_usd), "no_go": float(odds @ beliefs.no_go_usd)}
    found: Decision = decision or ("go" if values["go"] > values["no_go"] else "no_go")
    return found, values[found]


def characteristics(beliefs: Beliefs, tree: Node) -> Characteristics:
    """The averages of a policy over all its ends, exact."""
    is_worth = beliefs.go_usd > beliefs.no_go_usd
    ends = list(tree.ends())
    prob = np.array([end.prob for end in ends])
    goes = np.array([end.decision == "go" for end in ends])
    right = np.array([end.odds for end in ends]) @ is_worth
    return Characteristics(
        value_usd=tree.value_usd,
        cost_usd=float(prob @ [end.spent_usd for end in ends]),
        months=float(prob @ [end.months for end in ends]),
        go_prob=float(prob @ goes),
        wrong_go_prob=float(prob @ (goes * (1 - right))),
        wrong_no_go_prob=float(prob @ (~goes * right)),
    )
