"""The loads behind a page: which files of which sources, what they are used for, and how old they are."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onepill.store.warehouse import LoadEntry, SourceState
    from onepill.workbench.landscape.world import LoadedWorld

Row = dict[str, Any]
ROLE_OF_TABLE = {
    "trial": "trials",
    "approval": "approvals",
    "drug": "drugs",
    "target": "drugs",
    "mechanism": "drugs",
    "burden": "burden",
}
ROLE_OF_VOCABULARY = {"mesh": "conditions", "mondo_efo": "conditions", "atc": "drugs"}
"""What a source of nothing but vocabulary is used for."""


def source_rows(loaded: LoadedWorld, as_of: date) -> list[Row]:
    """Sources of the world's generation, by id."""
    from onepill.store.warehouse import current

    found = current(loaded.root)
    return [_source_row(name, state, as_of) for name, state in sorted(found.sources.items())]


def _source_row(name: str, state: SourceState, as_of: date) -> Row:
    from onepill.registries import SOURCES

    loads = standing_loads(state.loads)
    shown = max(shown_day(load) for load in loads)
    last = state.last
    return {
        "source": name,
        "title": dict(SOURCES[name].title),
        "publisher": last.publisher,
        "licence": last.licence,
        "address": last.address,
        "roles": _roles(name, {segment.table for segment in state.segments if segment.rows}),
        "records": last.records.total,
        "first_day": _iso(min((load.first_day for load in loads if load.first_day), default=None)),
        "last_day": _iso(max((load.last_day for load in loads if load.last_day), default=None)),
        "shown_day": shown.isoformat(),
        "age_days": (as_of - shown).days,
        "files": [_file_row(load) for load in loads],
    }


def standing_loads(loads: tuple[LoadEntry, ...]) -> list[LoadEntry]:
    """The last full load and the updates after it: what the standing records came from."""
    full = [place for place, load in enumerate(loads) if load.mode == "full"]
    return list(loads[full[-1] if full else 0 :])


def shown_day(load: LoadEntry) -> date:
    """The day that a load shows; the day of loading where its file tells none."""
    return load.snapshot_day or load.loaded_at.date()


def _roles(name: str, tables: set[str]) -> list[str]:
    roles = {ROLE_OF_TABLE[table] for table in tables if table in ROLE_OF_TABLE}
    if not roles and name in ROLE_OF_VOCABULARY:
        roles = {ROLE_OF_VOCABULARY[name]}
    return sorted(roles)


def _file_row(load: LoadEntry) -> Row:
    return {
        "file": load.file,
        "sha256": load.sha256,
        "rows_loaded": load.rows_loaded,
        "rows_quarantined": load.rows_quarantined,
        "snapshot_day": _iso(load.snapshot_day),
        "loaded_day": load.loaded_at.date().isoformat(),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
