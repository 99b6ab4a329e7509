"""How old are the data of an answer, counted to the day that it is asked for?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onepill.store.warehouse import Generation, LoadEntry

Row = dict[str, Any]


@dataclass(frozen=True)
class SourceDay:
    """The newest day that a source of the warehouse shows; `is_stated` is False where it is the day of loading."""

    source: str
    day: date
    is_stated: bool


def shown_day(load: LoadEntry) -> date:
    """The day that a load shows, else that of loading."""
    return load.snapshot_day or load.loaded_at.date()


def source_days(generation: Generation) -> tuple[SourceDay, ...]:
    """The newest day of each source of a generation, by name."""
    found = []
    for name, state in sorted(generation.sources.items()):
        newest = max(state.loads, key=lambda load: (shown_day(load), load.generation))
        found.append(SourceDay(name, shown_day(newest), newest.snapshot_day is not None))
    return tuple(found)


def age_row(sources: Sequence[SourceDay], on: date) -> Row:
    """The newest day of all sources and of each, with the days from it to the day asked; negative where it is later."""
    day = max(one.day for one in sources)
    return {
        "day": day.isoformat(),
        "age_days": (on - day).days,
        "sources": [
            {
                "source": one.source,
                "day": one.day.isoformat(),
                "age_days": (on - one.day).days,
                "age_from": "snapshot_day" if one.is_stated else "loaded_day",
            }
            for one in sources
        ],
    }
