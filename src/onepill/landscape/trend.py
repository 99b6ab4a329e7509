"""The same measure on several days: how crowding moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from onepill.landscape.crowding import SAMPLES, Crowding, crowding
from onepill.landscape.inputs import Question, StageWeights, Unit
from onepill.landscape.world import World


def crowding_trend(
    world: World,
    question: Question,
    days: Sequence[date],
    *,
    unit: Unit = "agent_indication",
    weights: StageWeights | None = None,
    seed: int = 0,
    samples: int = SAMPLES,
) -> tuple[Crowding, ...]:
    """Crowding as it was known on each day; every day's bootstrap uses the same named stream."""
    return tuple(
        crowding(world, replace(question, as_of=day), unit=unit, weights=weights, seed=seed, samples=samples)
        for day in days
    )
