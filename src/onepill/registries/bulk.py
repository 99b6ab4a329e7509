"""A bulk zip of one study a file, parsed by several processes: each takes a run of files and returns Arrow's bytes."""

from __future__ import annotations

import os
import signal
import zipfile
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Protocol

from onepill.registries.extras import need
from onepill.registries.layouts import Layout, layout_of
from onepill.registries.opening import Budget, Member, damage, zip_members
from onepill.registries.sink import Kept, Quarantined, Sink, paused_collection

if TYPE_CHECKING:
    import pyarrow

LAYOUT = "api_v2_json"
"""The one layout that comes so."""
CHUNK = 4_000
"""Files of one run: about a second of work, and some ten megabytes to hand over."""
FROM = 3 * CHUNK
"""Files of a zip from which processes pay for their start."""
AHEAD = 1
"""Runs that wait beyond those in work, so that memory stays bounded."""


@dataclass
class Parsed:
    """What one run of files gave."""

    batches: list[tuple[str, bytes]] = field(default_factory=list)
    kept: list[tuple[Kept, int]] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    snapshot: int | None = None


class Parts(Protocol):
    """Keeps the bytes of what was read, by name, beyond the end of the process."""

    def find(self, part: str) -> bytes | None: ...
    def keep(self, part: str, content: bytes) -> None: ...


def size_of(path: Path) -> tuple[int, int]:
    """Files of a zip, and bytes that they say they unpack to."""
    with damage(path), zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        return len(infos), sum(info.file_size for info in infos)


def parse_bulk(
    path: Path, sink: Sink, *, files: int, workers: int, max_bytes: int, parts: Parts | None = None
) -> Iterator[tuple[list[tuple[str, pyarrow.RecordBatch]], list[str]]]:
    """Parse a zip in runs, in order; each gives its batches and the files that were skipped.

    An id that an earlier run has loaded is set aside and its rows are taken out: the answer is that of one process.
    A run that `parts` has is taken from there.
    """
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_open, initargs=(path,))
    waiting: deque[tuple[str, Parsed | Future[Parsed]]] = deque()
    starts = iter(range(0, files, CHUNK))
    try:
        while True:
            for start in starts:
                part = f"{start:09d}-{CHUNK}"
                known = parts.find(part) if parts else None
                run = (
                    unpacked(known)
                    if known
                    else pool.submit(_parse, sink.source, range(start, start + CHUNK), max_bytes)
                )
                waiting.append((part, run))
                if len(waiting) >= workers + AHEAD:
                    break
            if not waiting:
                return
            part, run = waiting.popleft()
            parsed = run if isinstance(run, Parsed) else run.result()
            if parts and parsed is not run:
                parts.keep(part, packed(parsed))
            yield _merge(parsed, sink), parsed.skipped
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_archive: dict[str, zipfile.ZipFile] = {}
"""This process's own opened zip: its directory of half a million names is read once."""


def _open(path: Path) -> None:
    """Begin a process with the zip opened."""
    begin_helper()
    _archive["open"] = zipfile.ZipFile(path)


def begin_helper() -> None:
    """Begin a process of a pool: Ctrl-C reaches it through its parent, and it does not outlive that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(parent: int) -> None:
    """A pool's process waits for work for ever, even when the one that gave it was killed."""
    wait([parent])
    os._exit(1)


def _parse(source: str, places: range, max_bytes: int) -> Parsed:
    """Parse the files at these places; runs in a process of its own."""
    from onepill.registries.formats import LAYOUTS

    archive = _archive["open"]
    path, out, sink = Path(str(archive.filename)), Parsed(), Sink(source, kept=[])
    layouts = tuple(layout for layout in LAYOUTS[source] if layout.name == LAYOUT)
    budget = Budget(path, max_bytes)
    with damage(path), paused_collection():
        for member in zip_members(archive, archive.infolist()[places.start : places.stop], budget):
            _read(member, layouts, sink, out)
        out.batches = [(table, _packed(batch)) for table, batch in sink.flush()]
    out.kept, out.quarantined, out.snapshot = sink.kept or [], sink.quarantined, sink.snapshot
    return out


def _read(member: Member, layouts: tuple[Layout, ...], sink: Sink, out: Parsed) -> None:
    layout = layout_of(layouts, member.head)
    if layout is None:
        out.skipped.append(member.name)
        return
    sink.place = member.name
    for _ in layout.parse(member, sink):
        pass


def packed(parsed: Parsed) -> bytes:
    """A run as bytes: one line of JSON, then the tables' own bytes."""
    head = {
        "batches": [(table, len(data)) for table, data in parsed.batches],
        "kept": [(one.record_id, one.status, one.days, row) for one, row in parsed.kept],
        "quarantined": parsed.quarantined,
        "skipped": parsed.skipped,
        "snapshot": parsed.snapshot,
    }
    return b"".join((need("orjson").dumps(head), b"\n", *(data for _, data in parsed.batches)))


def unpacked(data: bytes) -> Parsed:
    """A run out of its bytes."""
    end = data.index(b"\n")
    head, at, batches = need("orjson").loads(data[:end]), end + 1, []
    for table, size in head["batches"]:
        batches.append((table, data[at : at + size]))
        at += size
    return Parsed(
        batches,
        [(Kept(record_id, status, tuple(days)), row) for record_id, status, days, row in head["kept"]],
        [Quarantined(**one) for one in head["quarantined"]],
        head["skipped"],
        head["snapshot"],
    )


def _packed(batch: pyarrow.RecordBatch) -> bytes:
    arrow = need("pyarrow")
    out = arrow.BufferOutputStream()
    # Packed a little: the bytes pass between processes, and stand on the disk until the load does.
    with arrow.ipc.new_stream(out, batch.schema, options=arrow.ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_batch(batch)
    return bytes(memoryview(out.getvalue()))


def _merge(parsed: Parsed, sink: Sink) -> list[tuple[str, pyarrow.RecordBatch]]:
    """Count a run into the load's sink; its batches, without records that an earlier run has."""
    arrow = need("pyarrow")
    again = sink.absorb(parsed.kept, parsed.quarantined, parsed.snapshot)
    batches = []
    for table, data in parsed.batches:
        with arrow.ipc.open_stream(data) as reader:
            for batch in reader:
                left = batch.filter(_others(batch, again)) if again else batch
                if left.num_rows:
                    sink.rows_by_table[table] += left.num_rows
                    batches.append((table, left))
    return batches


def _others(batch: pyarrow.RecordBatch, again: set[str]) -> pyarrow.Array:
    arrow, compute = need("pyarrow"), need("pyarrow.compute")
    found = compute.is_in(batch.column("record_id"), value_set=arrow.array(sorted(again)))
    return compute.invert(found)
