"""Reads a bulk zip with several processes: each parses its share of the parts, and the parts come back in order.

The outcome is that of one process. An id that occurs in two parts is seen when the later one comes back; that part is
then read again here, where all earlier ids are known.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onepill.core.errors import InputError, OnepillError
from onepill.registries.opening import Budget, Member, damage, zip_infos, zip_members
from onepill.registries.sink import Sink

if TYPE_CHECKING:
    import pyarrow

PART = 1_000
"""Files of a part: some tens of megabytes of rows and text."""
AT_LEAST = 20_000
"""Files of a zip from which further processes, which start in half a second, are worth it."""
MOST_PROCESSES = 4
PROGRAM = "from onepill.registries.parallel import work; work()"


@dataclass(frozen=True)
class Job:
    """The zip, the source it is read as, the rank of the layouts to read, and how many files make a part."""

    source: str
    path: Path
    rank: int
    max_bytes: int
    part: int = PART


@dataclass(frozen=True)
class Part:
    """What one part gave: its batches, its sink with the counts, and what it unpacked."""

    batches: list[tuple[str, pyarrow.RecordBatch]]
    sink: Sink
    skipped: list[str]
    unpacked: int


def processes_for(path: Path) -> int:
    """How many processes to read a zip with; 1 where it is small, or this machine has but one core to give."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if cores < 2 or not sys.executable:
        return 1
    with damage(path), zipfile.ZipFile(path) as archive:
        return min(cores, MOST_PROCESSES) if len(archive.filelist) >= AT_LEAST else 1


def read_parts(job: Job, sink: Sink, skipped: list[str], processes: int) -> Iterator[tuple[str, pyarrow.RecordBatch]]:
    """The batches of all parts in order; counts go into `sink`, names of files of no known layout into `skipped`.

    Raises:
        InputError: what a part raised.
        OnepillError: a process ended before its parts were read.
    """
    budget = Budget(job.path, job.max_bytes)
    with damage(job.path), zipfile.ZipFile(job.path) as archive:
        infos = zip_infos(archive)
        workers = [_start(job, share, processes) for share in range(processes)]
        try:
            for number, start in enumerate(range(0, len(infos), job.part)):
                part = _next(workers[number % processes], job.path)
                budget.spend(part.unpacked, name=job.path.name)
                if part.sink.seen & sink.seen:
                    part = _read(archive, infos[start : start + job.part], job, sink.seen)
                _merge(part, sink, skipped)
                yield from part.batches
        finally:
            for worker in workers:
                worker.kill()
                worker.communicate()


def _start(job: Job, share: int, processes: int) -> subprocess.Popen[bytes]:
    """A process of its own session, so that Ctrl-C ends it through its parent; it ends when its parent is gone."""
    import onepill

    found = [str(Path(onepill.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, found))}
    worker = subprocess.Popen(  # noqa: S603  # this interpreter and our own program
        [sys.executable, "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )
    assert worker.stdin is not None
    with suppress(BrokenPipeError):  # told by what does not come back
        pickle.dump((job, share, processes), worker.stdin)
        worker.stdin.flush()
    return worker


def _next(worker: subprocess.Popen[bytes], path: Path) -> Part:
    assert worker.stdout is not None
    try:
        found: Part | InputError = pickle.load(worker.stdout)  # noqa: S301  # from our own process
    except (EOFError, pickle.UnpicklingError):
        raise OnepillError(f"a process that read {path} ended before its time") from None
    if isinstance(found, InputError):
        raise found
    return found


def work() -> None:
    """Read the parts of one share and send each on standard output; the program of a further process."""
    job, share, processes = pickle.load(sys.stdin.buffer)  # noqa: S301  # from our own process
    out = sys.stdout.buffer
    try:
        try:
            for part in _share(job, share, processes):
                _send(part, out)
        except InputError as error:
            _send(error, out)
    except BrokenPipeError:
        # Nobody waits for the rest; the interpreter would complain when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())


def _send(found: Part | InputError, out: Any) -> None:
    pickle.dump(found, out, protocol=5)
    out.flush()


def _share(job: Job, share: int, processes: int) -> Iterator[Part]:
    with damage(job.path), zipfile.ZipFile(job.path) as archive:
        infos = zip_infos(archive)
        for start in range(share * job.part, len(infos), processes * job.part):
            yield _read(archive, infos[start : start + job.part], job, set())


def _read(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], job: Job, seen: set[str]) -> Part:
    """One part; ids in `seen` are duplicates."""
    budget, sink, skipped = Budget(job.path, job.max_bytes), Sink(job.source, seen=seen), list[str]()
    batches = list(_batches(zip_members(archive, infos, budget), job, sink, skipped))
    return Part(batches, sink, skipped, budget.unpacked)


def _batches(
    members: Iterator[Member], job: Job, sink: Sink, skipped: list[str]
) -> Iterator[tuple[str, pyarrow.RecordBatch]]:
    from onepill.registries.formats import LAYOUTS
    from onepill.registries.loading import read_members

    yield from read_members(members, LAYOUTS[job.source], job.rank, sink, skipped)
    yield from sink.flush()


def _merge(part: Part, sink: Sink, skipped: list[str]) -> None:
    """Add a part's counts to those of the load."""
    found = part.sink
    sink.rows_read += found.rows_read
    sink.rows_loaded += found.rows_loaded
    sink.quarantined += found.quarantined
    sink.counts_by_status += found.counts_by_status
    sink.rows_by_table += found.rows_by_table
    sink.seen |= found.seen
    sink.first = min((day for day in (sink.first, found.first) if day is not None), default=None)
    sink.last = max((day for day in (sink.last, found.last) if day is not None), default=None)
    sink.note_snapshot(found.snapshot)
    skipped += (name for name in part.skipped if name not in skipped)
