"""Which transitions of a payer path may come and go without changing any other state?

The states that a transition with a chance of 0 leads to are no part of a plan, nor is a gate where a chance is 1. A
model whose chances can be changed later keeps them, where keeping them changes nothing else.
"""

from __future__ import annotations

from dataclasses import replace

from onepill.access.payer_inputs import LOSS_OF_EXCLUSIVITY, PayerMove, PayerPath, PayerSegment
from onepill.access.payer_path import compile_path
from onepill.sim.plan import Link


def with_idle_moves(path: PayerPath) -> PayerPath:
    """The path with every transition kept whose chance is 0 now, where all other states stay as they are.

    A given chance of 1 is kept too: no state comes or goes with its gate.
    """
    for move in path.moves:
        is_certain = move.prob >= 1 and move.has_prob and move.calendar != LOSS_OF_EXCLUSIVITY
        if is_certain or (move.prob <= 0 and not move.is_over and stays_apart(path, move)):
            path = replace(path, kept=path.kept | {move.id})
    return path


def stays_apart(path: PayerPath, move: PayerMove) -> bool:
    """Whether each state that does not hang on a transition is the same with it and with its chance at 0.

    It is not where a state has a start or duties from all states that lead to it, of which one would be another.
    """
    gone = replace(
        path,
        moves=tuple(replace(other, prob=0.0) if other == move else other for other in path.moves),
        kept=path.kept - {move.id},
    )
    within = _states(replace(path, kept=path.kept | {move.id}))
    return all(within.get(name) == state for name, state in _states(gone).items())


def _states(path: PayerPath) -> dict[str, PayerSegment]:
    """The segments by id without what leads into and out of them."""
    return {segment.id: _alone(segment) for segment in compile_path(path).segments}


def _alone(segment: PayerSegment) -> PayerSegment:
    market = segment.market and replace(segment.market, launch=Link(""), ends_on=())
    return replace(segment, market=market, exits=(), sources=())
