"""Exclusive futures of a plan whose draws are fixed: each fork of the way is a weighted branch, run once.

A gate that can only fail or not is a weight (see `weighting`). One with several ways on, one whose failure moves a day
or opens other work, and a cap that holds on some paths only are forks: the unit interval of their stream is cut where
any of them changes, and each piece is a branch with the piece's width as its weight. Streams are independent, so that
the weight of a branch is the product of its pieces.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from onepill.core.errors import InputError
from onepill.sim.checks import order_activities
from onepill.sim.compiler import compile_plan
from onepill.sim.plan import FAILED, Activity, Gate, Money, Plan, SpanCap
from onepill.sim.results import Results
from onepill.sim.runner import run
from onepill.sim.ways import Ways

MOST_BRANCHES = 4_096
"""More exclusive futures than this are no deterministic model any more; a few milliseconds each."""


@dataclass(frozen=True)
class Piece:
    """Where a stream's uniform lies in [low, high): the outcome of each gate (by activity), the caps that hold.

    `caps` names (activity, number of the cap).
    """

    stream: str
    low: float
    high: float
    outcomes: Mapping[str, str]
    caps: frozenset[tuple[str, int]]

    @property
    def prob(self) -> float:
        return self.high - self.low


Fork = tuple[Piece, ...]
"""The pieces of one stream; their widths sum to 1."""


@dataclass(frozen=True)
class Expected:
    """Expected money of a plan whose draws are fixed, in US dollars, received positive.

    `npv_usd` is by party; `yearly` by (item, party): cash and discounted cash of each of `years`. `branches` counts the
    futures that were told apart, `overflows` the look-ups beyond each table.
    """

    npv_usd: dict[str, float]
    yearly: dict[tuple[str, str], tuple[Money, Money]]
    years: tuple[int, ...]
    branches: int
    overflows: dict[str, int]


def run_branches(plan: Plan) -> Expected:
    """The exact expected value of a plan without random amounts, durations or common factors.

    Raises:
        ValueError: something is left to be drawn.
        InputError: `plan.branches` where the plan has too many exclusive futures; those of `compile_plan`.
    """
    branches = branches_of(plan, forks_of(plan))
    npv: dict[str, float] = dict.fromkeys(plan.parties, 0.0)
    yearly: dict[tuple[str, str], tuple[Money, Money]] = {}
    overflows: dict[str, int] = {}
    found: Results | None = None
    for pieces in branches:
        weight = _weight(pieces)
        compiled = compile_plan(along(plan, pieces))
        if plan.factors or (compiled.model.chance.draws["stream"] >= 0).any():
            raise ValueError("every draw of the plan must be fixed, without common factors")
        found = run(compiled, draws=1, seed=0, weighted=True)
        _add(npv, yearly, found, weight)
        overflows |= found.overflows
    years = found.years if found else ()
    return Expected(npv, yearly, years, len(branches), overflows)


def forks_of(plan: Plan) -> tuple[Fork, ...]:
    """The streams at which the plan's futures part, predecessors first."""
    drawn = {name for name, _ in compile_plan(plan).drawn_gates}
    gates: dict[str, list[Activity]] = {}
    caps: dict[str, list[tuple[str, int, SpanCap]]] = {}
    for activity in (plan.activities[i] for i in order_activities(plan)):
        if activity.gate and activity.outcome is None and (activity.id in drawn or _ways_on(activity.gate) > 1):
            gates.setdefault(activity.gate.stream, []).append(activity)
        for number, cap in enumerate(activity.span_caps):
            if cap.prob < 1.0:
                caps.setdefault(cap.stream, []).append((activity.id, number, cap))
    streams = dict.fromkeys([*gates, *caps])
    # Predecessors first, so that it is known of each fork whether it is come to.
    return tuple(_fork(stream, gates.get(stream, []), caps.get(stream, [])) for stream in streams)


def branches_of(plan: Plan, forks: tuple[Fork, ...]) -> list[tuple[Piece, ...]]:
    """One piece of each fork, in every combination; a gate that is not come to is not told apart.

    Raises:
        InputError: `plan.branches`.
    """
    gates = frozenset(name for fork in forks for name in fork[0].outcomes)
    ways = Ways(plan, gates)
    found: list[tuple[Piece, ...]] = [()]
    decided: set[str] = set()
    for fork in forks:
        decided |= fork[0].outcomes.keys()
        # A gate of a shared stream may wait for a stream that stands after it: whether it is come to is open then.
        is_open = any(not ways.reach(name) <= decided for name in fork[0].outcomes)
        found = [(*before, piece) for before in found for piece in (fork if is_open else _next(fork, before, ways))]
        if len(found) > MOST_BRANCHES:
            message = f"the plan has more than {MOST_BRANCHES:,} exclusive futures"
            raise InputError.single("plan.branches", message, hint="simulate it instead: onepill passport FILE")
    return found


def _next(fork: Fork, before: tuple[Piece, ...], ways: Ways) -> Fork:
    """The pieces of a fork after others, or one for all of them where none of its gates is come to."""
    case = tuple(item for piece in before for item in piece.outcomes.items())
    first = fork[0]
    if first.caps or any(ways.may_happen(name, ways.case_of(name, case)) for name in first.outcomes):
        return fork
    return (replace(first, low=0.0, high=1.0),) if first.outcomes else fork


def along(plan: Plan, pieces: tuple[Piece, ...]) -> Plan:
    """The plan in which the outcomes and caps of these pieces are certain."""
    outcomes = {id_: outcome for piece in pieces for id_, outcome in piece.outcomes.items()}
    streams = {piece.stream for piece in pieces}
    held = {cap for piece in pieces for cap in piece.caps}
    return replace(plan, activities=tuple(_along(a, outcomes, streams, held) for a in plan.activities))


def _along(activity: Activity, outcomes: Mapping[str, str], streams: set[str], held: set[tuple[str, int]]) -> Activity:
    gate = activity.gate
    if gate is not None and activity.id in outcomes:
        certain = tuple((name, float(name == outcomes[activity.id])) for name, _ in gate.outcomes)
        gate = replace(gate, outcomes=certain)
    caps = tuple(
        replace(cap, prob=1.0)
        for number, cap in enumerate(activity.span_caps)
        if cap.prob >= 1.0 or cap.stream not in streams or (activity.id, number) in held
    )
    return replace(activity, gate=gate, span_caps=caps)


def _fork(stream: str, gates: list[Activity], caps: list[tuple[str, int, SpanCap]]) -> Fork:
    uppers = {a.id: _uppers(a.gate) for a in gates if a.gate}
    cuts = {0.0, 1.0, *(upper for ends in uppers.values() for upper, _ in ends), *(cap.prob for _, _, cap in caps)}
    pieces = []
    for low, high in pairwise(sorted(cuts)):
        outcomes = {id_: next(name for upper, name in ends if low < upper) for id_, ends in uppers.items()}
        held = frozenset((id_, number) for id_, number, cap in caps if low < cap.prob)
        pieces.append(Piece(stream, low, high, outcomes, held))
    return tuple(pieces)


def _uppers(gate: Gate) -> list[tuple[float, str]]:
    """The upper end of each outcome's interval; the last is exactly 1."""
    total, found = 0.0, []
    for name, prob in gate.outcomes:
        total += prob
        found.append((min(total, 1.0), name))
    return [*found[:-1], (1.0, gate.outcomes[-1][0])]


def _ways_on(gate: Gate) -> int:
    return sum(name != FAILED and prob > 0 for name, prob in gate.outcomes)


def _weight(pieces: tuple[Piece, ...]) -> float:
    weight = 1.0
    for piece in pieces:
        weight *= piece.prob
    return weight


def _add(
    npv: dict[str, float], yearly: dict[tuple[str, str], tuple[Money, Money]], found: Results, weight: float
) -> None:
    for party, values in found.npv_usd.items():
        npv[party] += weight * float(values[0])
    for key, (cash, discounted) in found.yearly.items():
        before = yearly.get(key)
        more = (weight * cash, weight * discounted)
        yearly[key] = more if before is None else (before[0] + more[0], before[1] + more[1])
