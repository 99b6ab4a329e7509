"""What a process keeps of programmes that are being edited: read texts, filled plans and their futures, bounded."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from onepill.model import Loaded, load_programme
from onepill.rulebook import Rulebook, load_rulebook
from onepill.sim import Results, compile_plan, run
from onepill.workbench.asking.recent_answers import Turns
from onepill.workbench.landscape.chapter import warehouse_corrections, warehouse_generation
from onepill.workbench.plan.assemble import Assembled, assemble
from onepill.workbench.plan.fill import fill

Kept = TypeVar("Kept")
MANY_DRAWS = 200_000
"""From here on a run takes tens of megabytes, and few are kept."""
PLAN_BYTES, RUN_BYTES = 192 * 2**20, 96 * 2**20
"""Of plans and of runs in the memory of a process: a large programme's plan has some 25 MB, its run some 10.

Enough for those who edit: what was answered is remembered as text, and needs neither.
"""


class Recent(Generic[Kept]):
    """The last few answers by their question; of several threads that ask the same, one makes it."""

    def __init__(self, most: int, *, most_bytes: int = 0, bytes_of: Callable[[Kept], int] = lambda _: 0) -> None:
        self._most_bytes, self._bytes_of, self._bytes = most_bytes, bytes_of, 0
        self._most, self._kept, self._lock = most, OrderedDict[Hashable, Kept](), threading.Lock()
        self._turns = Turns()

    def get(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """The kept answer, else a new one; a failure to make it is not kept."""
        found = self._found(key)
        return found[0] if found else self._turns.take(key, lambda: self._made(key, make))

    def _found(self, key: Hashable) -> tuple[Kept] | None:
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return (self._kept[key],)

    def _made(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        if found := self._found(key):  # somebody else may have made it meanwhile
            return found[0]
        made = make()
        with self._lock:
            self._kept[key] = made
            self._bytes += self._bytes_of(made)
            while len(self._kept) > self._most or (self._bytes > self._most_bytes > 0 and len(self._kept) > 1):
                _, gone = self._kept.popitem(last=False)
                self._bytes -= self._bytes_of(gone)
        return made

    def __len__(self) -> int:
        return len(self._kept)


@dataclass(frozen=True)
class Read:
    """A programme as it was read, its plan, and the key of all that a run of it depends on but seed and draws."""

    loaded: Loaded
    base: Assembled
    key: str


def _plan_bytes(read: Read) -> int:
    """Of the markets' tables, beside which the rest of a plan is small; tables that plans share count for each, those
    that markets of one plan share once."""
    parts = (part for market in read.base.plan.markets for part in (market, market.sharing) if part is not None)
    tables = {id(table): table for part in parts for table in (part.sales, part.cash, part.discounted)}
    return sum(table.nbytes for table in tables.values() if any(table.strides))  # without: one number all over


TEXTS: Recent[Loaded] = Recent(32)
PLANS: Recent[Read] = Recent(64, most_bytes=PLAN_BYTES, bytes_of=_plan_bytes)
RUNS: Recent[Results] = Recent(64, most_bytes=RUN_BYTES, bytes_of=lambda run_: run_.held_bytes)
LARGE_RUNS: Recent[Results] = Recent(4)
PASSPORTS: Recent[dict[str, Any]] = Recent(8)


def loaded_text(text: str, *, file: str, as_of: date | None = None, scenarios: Sequence[str] = ()) -> Loaded:
    """The programme of a saved text, on a day and with scenarios of its own."""
    key = (text, file, as_of, tuple(scenarios))
    return TEXTS.get(key, lambda: load_programme(text, file=file, as_of=as_of, scenarios=scenarios))


def plan_of(loaded: Loaded, *, known_by: date | None = None) -> Read:
    """The plan of a programme under the rules known by a day, kept by what the file says and the warehouse holds."""
    asked = [loaded.data, warehouse_generation(), warehouse_corrections(), known_by]
    key = hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()
    return PLANS.get(key, lambda: Read(loaded, assemble(fill(loaded.programme, _rulebook(known_by))), key))


def _rulebook(known_by: date | None) -> Rulebook:
    return load_rulebook() if known_by is None else load_rulebook().known_by(known_by)


def futures_of(read: Read, *, draws: int, seed: int, threads: int) -> Results:
    """The futures of a plan; their number of threads changes nothing."""
    kept = LARGE_RUNS if draws >= MANY_DRAWS else RUNS
    return kept.get(
        (read.key, draws, seed), lambda: run(compile_plan(read.base.plan), draws=draws, seed=seed, threads=threads)
    )
