"""Measures `success transitions` on a made-up world of the size of a whole registry, or on a warehouse that is named.

    python bench/transitions.py                      # a million rows, 576,000 record ids (bench/landscape.py's world)
    python bench/transitions.py --warehouse FOLDER   # a loaded warehouse, its world read from the disk each time

The made-up rows stand for nothing real. Prints the median and the largest of the runs in seconds.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onepill.workbench.landscape.world import LoadedWorld

RUNS = 5
BUDGET_S = 20.0
"""For 576,000 studies, once the load has made the world."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--warehouse", type=Path)
    given = parser.parse_args(arguments)
    found = measure(given.warehouse)
    held = "ok  " if found["largest_seconds"] <= BUDGET_S else "MISS"
    print(f"{held} median {found['seconds']:.2f} s, largest {found['largest_seconds']:.2f} s, at most {BUDGET_S:.0f} s")
    return 0


def measure(warehouse: Path | None = None) -> dict[str, float]:
    """Median and largest seconds of a question over the made-up world, or over a warehouse."""
    work = _from_disk(warehouse) if warehouse else _made_up()
    seconds = sorted(_timed(work) for _ in range(RUNS))
    return {"seconds": statistics.median(seconds), "largest_seconds": seconds[-1]}


def _made_up() -> Callable[[], object]:
    """The question over the landscape benchmark's world; making that world is not measured."""
    from onepill.workbench.questions.transitions import TransitionsAsk
    from onepill.workbench.trials.transitions_answers import transitions_in

    loaded = made_up_load()
    return lambda: transitions_in(loaded, TransitionsAsk(with_academic=True), areas=[])


def made_up_load() -> LoadedWorld:
    """The landscape benchmark's world with names of conditions; every tenth lies under another."""
    from bench.landscape import AS_OF, made_up_world
    from onepill.workbench.landscape.world import Inputs, LoadedWorld

    world = made_up_world()
    words = ("carcinoma", "diabetes", "asthma", "psoriasis", "epilepsy", "unnamed")
    conditions = {
        one: (f"{words[place % len(words)]} {place}", (world.indications[place // 10],) if place >= 10 else ())
        for place, one in enumerate(world.indications)
    }
    inputs = Inputs({}, {}, conditions, (), {}, {}, date(AS_OF.year, AS_OF.month, AS_OF.day))
    return LoadedWorld(Path(), 0, inputs, world)


def _from_disk(root: Path) -> Callable[[], object]:
    """The whole operation of a new process: the world in memory is forgotten each time."""
    from onepill.workbench.landscape import world as landscape_world
    from onepill.workbench.operations import operation

    found = operation("success transitions")

    def ask() -> object:
        landscape_world._loaded.cache_clear()
        return found.ask(found.question.model_validate({"warehouse": str(root)}))

    return ask


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    sys.exit(main())
