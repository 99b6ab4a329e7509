"""Measures the landscape engine on made-up columns of the size of a whole registry; the data stand for nothing real.

A million rows of drug and condition over 25,000 drugs: the open pipeline nearest to this one counted 707,763 such rows
over 4,497 mapped drugs (Open Targets, issues 3727 and 4198). Sizes of drugs and targets are skewed, as real ones are.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import date

import numpy as np

from onepill.landscape import (
    DrugRow,
    Question,
    World,
    compare_origin,
    crowding,
    landscape,
    matrix,
    tag_agents,
    world_from_columns,
)
from onepill.landscape.columns import Coded, EvidenceColumns
from onepill.landscape.stages import STAGES

EVENTS, DRUGS, INDICATIONS, SPONSORS, TRIALS, TARGETS = 1_000_000, 25_000, 5_000, 24_430, 576_000, 2_500
AS_OF = date(2024, 1, 1)
RUNS = 20


def main() -> None:
    """Print the median and the largest of the runs of each question in milliseconds, after one to warm up."""
    start = time.perf_counter()
    world = made_up_world()
    print(f"built from columns in {time.perf_counter() - start:.2f} s")
    for name, work in questions(world).items():
        _timed(work)
        seconds = sorted(_timed(work) for _ in range(RUNS))
        print(f"{name:40s} {statistics.median(seconds) * 1e3:8.1f} ms   largest {seconds[-1] * 1e3:8.1f} ms")


def questions(world: World) -> dict[str, Callable[[], object]]:
    """What is measured, by name."""
    whole, one = Question(AS_OF), Question(AS_OF, targets=("T0007",))
    return {
        "landscape of one target": lambda: landscape(world, one),
        "landscape of all, 200 in full": lambda: landscape(world, whole),
        "tags of all agents": lambda: tag_agents(world, whole),
        "crowding of all, 400 draws": lambda: crowding(world, whole),
        "crowding of one target": lambda: crowding(world, one),
        "matrix of all": lambda: matrix(world, whole),
        "matrix of one target": lambda: matrix(world, one),
        "China against the rest": lambda: compare_origin(world, whole, "CN"),
    }


def made_up_world() -> World:
    """Random columns with a fixed seed."""
    chance = np.random.default_rng(1)
    days = chance.integers(date(2000, 1, 1).toordinal(), date(2026, 1, 1).toordinal(), EVENTS).astype(np.int32)
    precision = np.zeros(EVENTS, dtype=np.int8)
    stage = chance.choice(len(STAGES), EVENTS, p=_stage_shares()).astype(np.int32)
    columns = EvidenceColumns(
        drug=_coded(chance, "D", DRUGS),
        indication=_coded(chance, "I", INDICATIONS),
        stage=Coded(stage, STAGES),
        sponsor=_coded(chance, "S", SPONSORS),
        record=_coded(chance, "N", TRIALS),
        day=days,
        day_precision=precision,
        known_on=days,
        known_precision=precision,
        academic=chance.random(EVENTS) < 0.5,
        investigated=chance.random(EVENTS) < 0.7,
        combination=chance.random(EVENTS) < 0.2,
    )
    return world_from_columns(_drugs(chance), columns)


def _coded(chance: np.random.Generator, letter: str, size: int) -> Coded:
    skewed = (size * chance.random(EVENTS) ** 2).astype(np.int32)
    return Coded(skewed, tuple(f"{letter}{number:06d}" for number in range(size)))


def _drugs(chance: np.random.Generator) -> list[DrugRow]:
    target = (TARGETS * chance.random(DRUGS) ** 2).astype(int)
    known = date(2000, 1, 1)
    kinds = ("small_molecule", "antibody", "cell_therapy")
    return [
        DrugRow(f"D{n:06d}", (f"T{target[n]:04d}",), "inhibitor", kinds[n % 3], known, origin=("CN", "US", "")[n % 3])
        for n in range(DRUGS)
    ]


def _stage_shares() -> np.ndarray:
    weight = np.ones(len(STAGES))
    weight[[STAGES.index(name) for name in ("approval", "phase_4", "withdrawal", "preapproval")]] = 0.02
    return weight / weight.sum()


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
