"""The registry operations: where parsers, the fetcher and the warehouse meet."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onepill import __version__
from onepill.core.errors import Finding, InputError

if TYPE_CHECKING:
    from onepill.registries import Source
    from onepill.store.warehouse import Generation, Journal, Loaded, LoadEntry, Origin, Parsed, SourceState
    from onepill.workbench.questions.programme import Nothing
    from onepill.workbench.questions.registry import ForgetAsk, LoadAsk, StatusAsk, SyncAsk, WarehouseAsk

Row = dict[str, Any]
Tell = Callable[[str, int, int], None]
MOST_WORKERS = 4
"""Each holds some 200 MB; more were not measured."""
SHOWN_REFUSALS = 100
"""Rows that were not loaded, listed in an answer; the warehouse's table `quarantine` holds all."""


def sources(_: Nothing) -> list[Row]:
    """The catalogue of registries and tables: publisher, licence, cadence, address, fields, warnings."""
    from onepill.registries import SOURCES

    return [_source_row(source) for source in SOURCES.values()]


def _source_row(source: Source) -> Row:
    return {
        "id": source.id,
        "publisher": source.publisher,
        "title": dict(source.title),
        "licence": source.licence,
        "may_ship": source.may_ship,
        "cadence": source.cadence,
        "address": source.address,
        "formats": list(source.formats),
        "tables": list(source.tables),
        "fields": dict(source.fields),
        "warnings": list(source.warnings),
        "can_sync": source.id == "ctgov",
        "zh": {name: dict(said) if isinstance(said, Mapping) else said for name, said in source.zh.items()},
    }


def load(ask: LoadAsk, *, progress: Tell | None = None) -> Row:
    """Load a downloaded file of a source into the warehouse, all of it or nothing."""
    from onepill.store.places import named_path

    source, path = _known(ask.source), named_path(ask.path)
    how = {"snapshot_day": ask.snapshot, "partial": ask.update, "allow_shrink": ask.allow_shrink}
    # A file that was loaded without results is no longer the same once they are asked for.
    origin = _origin(source, path, engine_version=f"{__version__}+results" if ask.results else __version__, **how)
    opened = partial(_opened, source.id, path, results=ask.results)
    return _load(ask.warehouse, origin, opened, progress, link=ask.link)


def sync(ask: SyncAsk, *, progress: Tell | None = None) -> Row:
    """Fetch a source from its publisher, going on where an earlier call stopped, and load it."""
    from onepill.registries.fetch import discard
    from onepill.store.places import warehouse_folder
    from onepill.store.warehouse import writing

    source = _known(ask.source)
    if source.id != "ctgov":
        hint = f"download a file from {source.address} and use `onepill registry load {source.id} PATH`"
        raise InputError.single("sync.none", f"{source.id} cannot be fetched from here", hint=hint, value=source.id)
    folder = warehouse_folder(ask.warehouse) / "fetched" / source.id
    with writing(folder):
        answer = _fetch_and_load(ask, source, folder, progress)
        discard(folder)
    return answer


def _fetch_and_load(ask: SyncAsk, source: Source, folder: Path, progress: Tell | None) -> Row:
    from onepill.registries.fetch import CTGOV_STUDIES, Want, fetch_ctgov

    want = Want(query=ask.query, since=ask.since, address=ask.address or CTGOV_STUDIES)
    found = fetch_ctgov(want, folder, tell=progress)
    findings = []
    if is_incomplete := found.studies < found.expected:
        message = f"{found.studies:,} studies came of {found.expected:,} announced; none that is missing counts as gone"
        findings.append(Finding("sync.incomplete", "warning", message, "the list changed meanwhile: sync again"))
    is_part = bool(want.query or want.since or is_incomplete)
    how = {"partial": is_part, "allow_shrink": ask.allow_shrink}
    origin = _origin(source, found.file, engine_version=__version__, **how)
    fetched = {"studies": found.studies, "expected": found.expected, "pages": found.pages}
    fetched |= {"resumed_at": found.resumed_at, "restarted": found.restarted}
    answer = None
    if found.studies:
        answer = _load(ask.warehouse, origin, partial(_opened, source.id, found.file), progress, link=ask.link)
    return {"source": source.id, "fetched": fetched, "load": answer, "findings": _rows(findings)}


def status(ask: StatusAsk) -> Row:
    """What is loaded: records, rows, the day each source shows, and how old that is."""
    from onepill.store.places import warehouse_folder
    from onepill.store.warehouse import current

    root = warehouse_folder(ask.warehouse)
    found = current(root)
    rows = [_status_row(name, state, ask.on) for name, state in sorted(found.sources.items())]
    return {
        "warehouse": str(root),
        "generation": found.number,
        "on": _iso(ask.on),
        "sources": rows,
        "absent": _absent(found),
    }


def _status_row(name: str, state: SourceState, on: date | None) -> Row:
    last = state.last
    shown = last.snapshot_day
    since = shown or last.loaded_at.date()
    rows: dict[str, int] = {}
    for segment in state.segments:
        rows[segment.table] = rows.get(segment.table, 0) + segment.rows
    return {
        "source": name,
        "publisher": last.publisher,
        "licence": last.licence,
        "records": last.records.total,
        "rows_by_table": dict(sorted(rows.items())),
        "rows_quarantined": last.rows_quarantined,
        "bytes": sum(segment.bytes for segment in state.files),
        "loads": len(state.loads),
        "generation": last.generation,
        "file": last.file,
        "format": last.format,
        "counts_by_status": last.counts_by_status,
        "first_day": _iso(last.first_day),
        "last_day": _iso(last.last_day),
        "snapshot_day": _iso(shown),
        "loaded_day": last.loaded_at.date().isoformat(),
        "age_days": (on - since).days if on else None,
        "age_from": "snapshot_day" if shown else "loaded_day",
    }


def _absent(found: Generation) -> list[str]:
    from onepill.registries import SOURCES

    return [name for name in SOURCES if name not in found.sources]


def verify(ask: WarehouseAsk, *, progress: Tell | None = None) -> Row:
    """Whether every segment is what its manifest says: hashes and counts computed again."""
    from onepill.store.places import warehouse_folder
    from onepill.store.warehouse import current
    from onepill.store.warehouse import verify as check
    from onepill.workbench.landscape.data_age import source_days

    root = warehouse_folder(ask.warehouse)
    found = check(root, tell=progress)
    days = [one.day for one in source_days(current(root))]
    return {
        "warehouse": str(root),
        "generation": found.generation,
        "segments": found.segments,
        "bytes": found.bytes,
        "rows": found.rows,
        "data_day": _iso(max(days, default=None)),
        "errors": len(found.findings),
        "findings": _rows(found.findings),
    }


def forget(ask: ForgetAsk) -> Row:
    """Take a source out of the warehouse; its files are deleted once no reader holds them."""
    from dataclasses import asdict

    from onepill.store.places import warehouse_folder
    from onepill.store.warehouse import forget_source

    return asdict(forget_source(warehouse_folder(ask.warehouse), ask.source))


def _known(source: str) -> Source:
    from difflib import get_close_matches

    from onepill.registries import SOURCES

    if source in SOURCES:
        return SOURCES[source]
    near = get_close_matches(source, SOURCES, n=1)
    hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(SOURCES)}"
    raise InputError.single("registry.source", f"there is no source {source!r}", hint=hint, value=source)


def _opened(source: str, path: Path, journal: Journal, *, results: bool = False) -> Parsed:
    from onepill.registries import open_load

    return open_load(source, path, workers=_workers(), results=results, parts=journal)


def _workers() -> int:
    """Processes to parse a bulk with: one for each core that this process may use, at most four."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST_WORKERS)


def _origin(source: Source, path: Path, **how: Any) -> Origin:
    from onepill.store.warehouse import Origin

    return Origin(
        source=source.id,
        publisher=source.publisher,
        licence=source.licence,
        address=source.address,
        path=path,
        # The manifest alone says at which hour a file was loaded; no answer depends on it.
        loaded_at=datetime.now(UTC).replace(microsecond=0),  # noqa: TID251
        **how,
    )


def _load(
    named: str | None,
    origin: Origin,
    open_load: Callable[[Journal], Parsed],
    progress: Tell | None,
    *,
    link: bool = False,
) -> Row:
    """Load, and where it is asked link what is new, so that the first question finds its world ready."""
    from onepill.store.places import warehouse_folder
    from onepill.store.warehouse import current, load_source
    from onepill.workbench.landscape.world import prepare_world

    root = warehouse_folder(named)
    before = current(root).sources.get(origin.source)
    start = time.perf_counter()
    loaded = load_source(root, origin, open_load, tell=progress)
    if link:
        prepare_world(root, tell=progress)
    seconds = round(time.perf_counter() - start, 3)
    return _load_row(root, loaded, before, seconds)


def _load_row(root: Path, loaded: Loaded, before: SourceState | None, seconds: float) -> Row:
    from onepill.store.warehouse import entry_row

    entry = loaded.entry
    return {
        "source": entry.source,
        "unchanged": loaded.is_unchanged,
        "rows_read": entry.rows_read,
        "rows_loaded": entry.rows_loaded,
        "rows_quarantined": entry.rows_quarantined,
        "reasons": entry.reasons,
        "quarantined": _refusals(root, entry),
        "seconds": seconds,
        "manifest": entry_row(entry),
        "findings": _rows([*_older(entry, before), *_resumed(loaded)]),
    }


def _older(entry: LoadEntry, before: SourceState | None) -> list[Finding]:
    """A file that shows an earlier day than what stood before it takes its place all the same, and that is said."""
    known = [e.snapshot_day for e in before.loads if e.snapshot_day] if before else []
    if not known or not entry.snapshot_day or entry.snapshot_day >= max(known):
        return []
    message = f"{entry.file} shows {entry.source} on {entry.snapshot_day}, earlier than {max(known)} loaded before"
    return [Finding("load.older", "warning", message, "load the later file again if it is to stand", value=entry.file)]


def _resumed(loaded: Loaded) -> list[Finding]:
    """What became of the parts that a call which was stopped had read."""
    findings = []
    if loaded.resumed_parts:
        message = f"{loaded.resumed_parts:,} parts of the file were read by a call that was stopped, and were not again"
        findings.append(Finding("load.resumed", "note", message, value=loaded.resumed_parts))
    if loaded.dropped_parts:
        message = f"{loaded.dropped_parts:,} parts of an unfinished load were of another file, which this one replaces"
        findings.append(Finding("load.restarted", "note", message, value=loaded.dropped_parts))
    return findings


def _refusals(root: Path, entry: LoadEntry) -> list[Row]:
    """The first rows of this load that were not loaded."""
    from onepill.store.warehouse import open_reader

    if not entry.rows_quarantined:
        return []
    with open_reader(root) as reader:
        found = reader.connection.execute(
            'SELECT record_id, "row", reason_code, message, excerpt FROM quarantine '
            "WHERE source = ? AND generation = ? ORDER BY ordinal LIMIT ?",
            [entry.source, entry.generation, SHOWN_REFUSALS],
        ).fetchall()
    return [dict(zip(("record_id", "row", "reason_code", "message", "excerpt"), row, strict=True)) for row in found]


def _rows(findings: Any) -> list[Row]:
    return [finding.as_row() for finding in findings]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
