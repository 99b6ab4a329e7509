"""What a process keeps of programmes that are being edited: read texts, filled plans and their futures, bounded."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from onepill.model import Loaded, load_programme
from onepill.sim import Results, compile_plan, run
from onepill.workbench.assemble import Assembled

Kept = TypeVar("Kept")
MANY_DRAWS = 200_000
"""From here on a run takes tens of megabytes, and few are kept."""


class Recent(Generic[Kept]):
    """The last few answers by their question; safe to ask from several threads."""

    def __init__(self, most: int) -> None:
        self._most, self._kept, self._lock = most, OrderedDict[Hashable, Kept](), threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """The kept answer, else a new one; a failure to make it is not kept."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made

    def __len__(self) -> int:
        return len(self._kept)


@dataclass(frozen=True)
class Read:
    """A programme as it was read, its plan, and the key of all that a run of it depends on but seed and draws."""

    loaded: Loaded
    base: Assembled
    key: str


TEXTS: Recent[Loaded] = Recent(32)
PLANS: Recent[Read] = Recent(64)
RUNS: Recent[Results] = Recent(64)
LARGE_RUNS: Recent[Results] = Recent(4)
PASSPORTS: Recent[dict[str, Any]] = Recent(8)


def loaded_text(text: str, *, file: str, as_of: date | None) -> Loaded:
    """The programme of a saved text."""
    return TEXTS.get((text, file, as_of), lambda: load_programme(text, file=file, as_of=as_of))


def futures_of(read: Read, *, draws: int, seed: int, threads: int) -> Results:
    """The futures of a plan; their number of threads changes nothing."""
    kept = LARGE_RUNS if draws >= MANY_DRAWS else RUNS
    return kept.get(
        (read.key, draws, seed), lambda: run(compile_plan(read.base.plan), draws=draws, seed=seed, threads=threads)
    )
