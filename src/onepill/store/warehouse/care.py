"""Care of what is loaded: check that every segment is what its manifest says, and forget a source."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from onepill.core.errors import Finding, InputError
from onepill.store.warehouse import folder, journal
from onepill.store.warehouse.extra import need
from onepill.store.warehouse.folder import Reading
from onepill.store.warehouse.manifest import Segment, SourceState
from onepill.store.warehouse.segments import count_rows, digest_file
from onepill.store.warehouse.sql import files_sql

if TYPE_CHECKING:
    from onepill.store.warehouse.load import Tell

AGAIN = "load the source again into another warehouse, or forget it here first"


@dataclass(frozen=True)
class Verified:
    """What was checked, and what is not as its manifest says."""

    generation: int
    segments: int
    bytes: int
    rows: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Forgotten:
    """A source that is gone; bytes that readers still hold are freed by the first load after they close."""

    source: str
    generation: int
    records: int
    segments: int
    bytes: int
    bytes_freed: int


def verify(root: Path, *, tell: Tell | None = None) -> Verified:
    """Recompute hashes and counts of every segment of the current generation.

    Raises:
        InputError: `warehouse.manifest`.
        MissingExtra: onepill[registry] is not installed.
    """
    need("duckdb")
    need("pyarrow")
    reading = folder.hold(root)
    try:
        files = [segment for state in reading.generation.sources.values() for segment in state.files]
        findings: list[Finding] = []
        for done, segment in enumerate(files):
            (tell or (lambda step, done, total: None))("verify", done, len(files))
            findings += _check_segment(reading.path(segment.file), segment)
        if not findings:
            for source, state in reading.generation.sources.items():
                findings += _check_records(reading, source, state)
    finally:
        reading.close()
    rows, size = sum(segment.rows for segment in files), sum(segment.bytes for segment in files)
    return Verified(reading.generation.number, len(files), size, rows, tuple(findings))


def _check_segment(path: Path, segment: Segment) -> Iterator[Finding]:
    if not path.is_file():
        yield Finding("segment.missing", "error", f"{segment.file} is gone", AGAIN, file=str(path))
    elif digest_file(path) != segment.sha256:
        message = f"{segment.file} is not the file that was loaded"
        yield Finding("segment.hash", "error", message, AGAIN, file=str(path), value=segment.sha256)
    elif (rows := count_rows(path)) != segment.rows:
        message = f"{segment.file} holds {rows:,} rows and should hold {segment.rows:,}"
        yield Finding("segment.rows", "error", message, AGAIN, file=str(path), value=rows)


def _check_records(reading: Reading, source: str, state: SourceState) -> Iterator[Finding]:
    """The ledger's standing records are as many as the last load counted, each once."""
    ledger = reading.path(state.ledger.file)
    with need("duckdb").connect() as connection:
        found = connection.execute(
            f"SELECT count(*), count(DISTINCT record_id) FROM {files_sql([ledger])} WHERE ended_generation IS NULL"
        ).fetchone()
    wanted = state.last.records.total
    if found != (wanted, wanted):
        message = f"{source} has {found[0]:,} standing records ({found[1]:,} ids) and should have {wanted:,}"
        yield Finding("source.records", "error", message, AGAIN, path=source, file=str(ledger), value=found[0])


def forget_source(root: Path, source: str) -> Forgotten:
    """Take a source out of the warehouse; segments go once no generation that a reader holds names them.

    Raises:
        InputError: `source.not_loaded`; `store.not_written`.
        StoreBusy: another process loads.
    """
    if source not in folder.current(root).sources:
        raise _not_loaded(root, source)
    with folder.writing(root):
        before = folder.current(root)
        state = before.sources.get(source)
        if state is None:
            raise _not_loaded(root, source)
        left = {name: other for name, other in before.sources.items() if name != source}
        after = replace(before, number=before.number + 1, sources=left)
        folder.switch(root, after)
        folder.sweep(root)
        shutil.rmtree(root / journal.FOLDER / source, ignore_errors=True)
    gone = [segment for segment in state.files if not (root / segment.file).exists()]
    size, freed = (sum(segment.bytes for segment in group) for group in (state.files, gone))
    return Forgotten(source, after.number, state.last.records.total, len(state.files), size, freed)


def _not_loaded(root: Path, source: str) -> InputError:
    held = ", ".join(sorted(folder.current(root).sources)) or "nothing"
    message = f"{source} is not loaded in {root}; it holds {held}"
    return InputError.single("source.not_loaded", message, hint="see `onepill registry status`", value=source)
