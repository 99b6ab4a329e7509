"""Simple policies to hold the best one against: no experiment, one experiment, fixed orders, everything at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

from onepill.evidence.lean_beliefs import NEGATIVE, NOT_IN, POSITIVE, Beliefs
from onepill.evidence.lean_tree import Act, Characteristics, Decision, Node, Results, Rule, characteristics, grow

ALL_ORDERS = 6
"""Up to so many experiments every order is tried (of as many or fewer), beyond it only sensible ones."""
LONGEST_ORDER, MOST_TOGETHER = 10, 12
"""The longest order that is tried where not all are, and the most experiments that are all done: results double."""
Order = tuple[int, ...]
Key = Callable[[int], float]


@dataclass(frozen=True)
class Compared:
    """A simple policy. `kind` is one of `KINDS`; `order` names the experiments that it comes to start, in its order."""

    kind: str
    order: tuple[str, ...]
    tree: Node
    averages: Characteristics


KINDS = (
    "go_now",
    "no_go_now",
    "straight_to",
    "best_stop_at_negative",
    "best_stop_when_clear",
    "all_then_decide",
    "all_at_once",
)
"""Decide at once either way; one experiment with what it needs before it, then decide; the best fixed order that ends
at the first negative result, and the best that may stop after any result; all experiments one by one, and side by side,
then decide."""


def simple_policies(beliefs: Beliefs) -> list[Compared]:
    """Each simple policy that the limits allow, in the order of `KINDS`; not all experiments where they are many."""
    everything = _feasible_order(beliefs, _as_filed(beliefs))
    found = [_compared(beliefs, "go_now", (), _always("go")), _compared(beliefs, "no_go_now", (), _always("no_go"))]
    if not everything:
        return found
    alone = [beliefs.with_needs(index) for index in _as_filed(beliefs)]
    straight = [_compared(beliefs, "straight_to", order, one_by_one(beliefs, order)) for order in alone]
    reached = [row for row, order in zip(straight, alone, strict=True) if len(row.order) == len(order)]
    found += reached
    stops = _Stops(beliefs)
    staircase = max(orders(beliefs, shorter=True), key=lambda order: _staircase_value(stops, order))
    watched = max(orders(beliefs, shorter=False), key=lambda order: _Watched(stops, order).value_usd)
    found += [
        _compared(beliefs, "best_stop_at_negative", staircase, stop_at_negative(beliefs, staircase)),
        _compared(beliefs, "best_stop_when_clear", watched, _Watched(stops, watched).rule),
    ]
    if len(everything) > MOST_TOGETHER:
        return found
    return [
        *found,
        _compared(beliefs, "all_then_decide", everything, one_by_one(beliefs, everything)),
        _compared(beliefs, "all_at_once", everything, side_by_side(beliefs)),
    ]


def orders(beliefs: Beliefs, *, shorter: bool) -> list[Order]:
    """The orders that are tried: every one of few experiments, else as in the file, cheapest, quickest and by worth.

    With `shorter`, also those that leave experiments out: beyond `ALL_ORDERS`, every beginning of the sensible orders.
    """
    size = len(beliefs.experiments)
    if size <= ALL_ORDERS:
        sizes = range(1, size + 1) if shorter else (size,)
        return [order for count in sizes for order in permutations(range(size), count)]
    longest = min(size, LONGEST_ORDER)
    whole = [tuple(sorted(range(size), key=key))[:longest] for key in _sensible(beliefs)]
    return [order[:count] for order in whole for count in (range(1, longest + 1) if shorter else (longest,))]


def _sensible(beliefs: Beliefs) -> Iterator[Key]:
    stops = _Stops(beliefs)
    worth = [_Watched(stops, (i,)).value_usd for i in range(len(beliefs.experiments))]
    yield _as_filed(beliefs).index
    yield lambda i: beliefs.experiments[i].cost_usd
    yield lambda i: beliefs.experiments[i].months
    yield lambda i: -worth[i]


def _as_filed(beliefs: Beliefs) -> Order:
    """The experiments in the order in which they were stated."""
    names = [experiment.id for experiment in beliefs.problem.experiments]
    return tuple(sorted(range(len(beliefs.experiments)), key=lambda i: names.index(beliefs.experiments[i].id)))


def _always(decision: Decision) -> Rule:
    return lambda results, months, spent_usd: Act(decision=decision)


def one_by_one(beliefs: Beliefs, order: Order) -> Rule:
    """Each of the order as soon as it may start, then the better decision."""

    def rule(results: Results, months: float, spent_usd: float) -> Act:
        following = _next(beliefs, order, results, months, spent_usd)
        return Act() if following is None else Act((following,))

    return rule


def stop_at_negative(beliefs: Beliefs, order: Order) -> Rule:
    """A staircase: the first negative result is a no-go, and all results positive are a go."""

    def rule(results: Results, months: float, spent_usd: float) -> Act:
        if NEGATIVE in results:
            return Act(decision="no_go")
        following = _next(beliefs, order, results, months, spent_usd)
        return Act(decision="go") if following is None else Act((following,))

    return rule


def side_by_side(beliefs: Beliefs) -> Rule:
    """All that may start is started, as often as something may; then the better decision."""

    def rule(results: Results, months: float, spent_usd: float) -> Act:
        problem, group = beliefs.problem, tuple[int, ...]()
        for index in range(len(results)):
            cost = spent_usd + sum(beliefs.experiments[i].cost_usd for i in (*group, index))
            is_room = len(group) < (problem.at_once or len(results))
            if is_room and problem.affords(cost) and _may(beliefs, index, results, months, spent_usd):
                group = (*group, index)
        return Act(group)

    return rule


class _Stops:
    """What go and no-go are worth after any results, times their chance, and that chance; each reckoned once."""

    def __init__(self, beliefs: Beliefs) -> None:
        self.beliefs = beliefs
        self._known: dict[Results, tuple[float, float, float]] = {}

    def at(self, results: Results) -> tuple[float, float, float]:
        if results not in self._known:
            weights = self.beliefs.weights(results)
            go, no_go = float(weights @ self.beliefs.go_usd), float(weights @ self.beliefs.no_go_usd)
            self._known[results] = go, no_go, float(weights.sum())
        return self._known[results]


class _Watched:
    """A fixed order that may be stopped after any result, stopped as well as can be; what may not start is passed."""

    def __init__(self, stops: _Stops, order: Order) -> None:
        self.stops, self.beliefs, self.order = stops, stops.beliefs, order
        self._known: dict[Results, tuple[float, int | None]] = {}

    @property
    def value_usd(self) -> float:
        return self._best((NOT_IN,) * len(self.beliefs.experiments), 0.0, 0.0)[0]

    def rule(self, results: Results, months: float, spent_usd: float) -> Act:
        following = self._best(results, months, spent_usd)[1]
        return Act() if following is None else Act((following,))

    def _best(self, results: Results, months: float, spent_usd: float) -> tuple[float, int | None]:
        """The value from here on times the chance of coming here, and the next experiment, None to stop.

        In a fixed order the months gone and the money spent follow from the results.
        """
        if results not in self._known:
            self._known[results] = self._compute(results, months, spent_usd)
        return self._known[results]

    def _compute(self, results: Results, months: float, spent_usd: float) -> tuple[float, int | None]:
        go, no_go, mass = self.stops.at(results)
        stop = max(go, no_go)
        following = _next(self.beliefs, self.order, results, months, spent_usd)
        if following is None:
            return stop, None
        experiment = self.beliefs.experiments[following]
        gone = (months + experiment.months, spent_usd + experiment.cost_usd)
        ahead = sum(self._best(_with(results, following, digit), *gone)[0] for digit in (NEGATIVE, POSITIVE))
        go_on = ahead * self.beliefs.problem.discount(experiment.months) - experiment.cost_usd * mass
        return (go_on, following) if go_on > stop else (stop, None)


def _staircase_value(stops: _Stops, order: Order) -> float:
    """The value of `stop_at_negative`: only where all results so far are positive is there a next experiment."""
    beliefs, results, months, spent, value = stops.beliefs, (NOT_IN,) * len(stops.beliefs.experiments), 0.0, 0.0, 0.0
    while (following := _next(beliefs, order, results, months, spent)) is not None:
        experiment = beliefs.experiments[following]
        value -= beliefs.problem.discount(months) * experiment.cost_usd * stops.at(results)[2]
        months, spent = months + experiment.months, spent + experiment.cost_usd
        value += beliefs.problem.discount(months) * stops.at(_with(results, following, NEGATIVE))[1]
        results = _with(results, following, POSITIVE)
    return value + beliefs.problem.discount(months) * stops.at(results)[0]


def _next(beliefs: Beliefs, order: Sequence[int], results: Results, months: float, spent_usd: float) -> int | None:
    return next((i for i in order if _may(beliefs, i, results, months, spent_usd)), None)


def _may(beliefs: Beliefs, index: int, results: Results, months: float, spent_usd: float) -> bool:
    """Whether an experiment may start: not in, what it needs is, and both limits are kept."""
    problem, experiment = beliefs.problem, beliefs.experiments[index]
    in_limits = problem.affords(spent_usd + experiment.cost_usd) and problem.is_in_time(months + experiment.months)
    return in_limits and beliefs.may_start(results, index)


def _feasible_order(beliefs: Beliefs, order: Order) -> Order:
    """The order in which experiments start where every result is positive."""
    results, months, spent, found = (NOT_IN,) * len(beliefs.experiments), 0.0, 0.0, tuple[int, ...]()
    while (following := _next(beliefs, order, results, months, spent)) is not None:
        experiment = beliefs.experiments[following]
        results, found = _with(results, following, POSITIVE), (*found, following)
        months, spent = months + experiment.months, spent + experiment.cost_usd
    return found


def _with(results: Results, index: int, digit: int) -> Results:
    return (*results[:index], digit, *results[index + 1 :])


def _compared(beliefs: Beliefs, kind: str, order: Order, rule: Rule) -> Compared:
    tree = grow(beliefs, rule)
    used = {name for node in tree.starts() for name in node.start}
    names = tuple(beliefs.experiments[i].id for i in order if beliefs.experiments[i].id in used)
    return Compared(kind, names, tree, characteristics(beliefs, tree))
