"""The chances of payer paths as inputs that sensitivity runs can move."""

from __future__ import annotations

from onepill.access import MOVED, STAYED
from onepill.sim import CompiledPlan
from onepill.workbench.plan.assemble import Assembled


def payer_gates(base: Assembled) -> dict[str, tuple[float, tuple[str, ...]]]:
    """The chance of each uncertain transition in one round by its value path, and the streams of its rounds."""
    known = {activity.gate.stream for activity in base.plan.activities if activity.gate is not None}
    found = {}
    for path in base.paths.values():
        for move in path.path.moves:
            rounds = [f"{move.stream}.round_{k + 1}" for k in range(move.rounds)] if move.rounds > 1 else [move.stream]
            streams = tuple(stream for stream in rounds if stream in known)
            if streams:
                found[f"{move.stream}.prob"] = (move.prob, streams)
    return found


def payer_streams(base: Assembled) -> dict[str, str]:
    """The value path of each stream that decides a transition of a payer path."""
    return {stream: path for path, (_, streams) in payer_gates(base).items() for stream in streams}


def with_payer_chance(compiled: CompiledPlan, streams: tuple[str, ...], prob: float) -> CompiledPlan:
    """The plan with another chance of a transition in each of its rounds."""
    for stream in streams:
        compiled = compiled.with_gate(stream, ((MOVED, prob), (STAYED, 1 - prob)))
    return compiled
