"""A bulk read by several processes is what one process reads of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from onepill.core.errors import InputError, OnepillError
from onepill.registries import open_load, parallel
from onepill.registries.opening import MAX_BYTES
from onepill.registries.parallel import Job, processes_for, read_parts
from onepill.registries.sink import Sink
from tests.workbench.registry_files import study

COUNTS = ("rows_read", "rows_loaded", "counts_by_status", "rows_by_table", "span", "snapshot")


@pytest.fixture
def bulk(tmp_path: Path) -> Path:
    """Studies one a file; one id in the first and a later part, one damaged, one that is no study, folders."""
    path = tmp_path / "bulk.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(50):
            found = study(3 if number in (31, 32) else number, status="COMPLETED" if number % 3 else "RECRUITING")
            archive.writestr(f"studies/{number:04d}.json", json.dumps(found))
        archive.writestr("studies/damaged.json", '{"protocolSection": {')
        archive.writestr("readme.txt", "about this download")
    return path


def job(path: Path, **how: Any) -> Job:
    return Job("ctgov", path, 0, how.pop("max_bytes", MAX_BYTES), part=7)


def tables(batches: list[tuple[str, pa.RecordBatch]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for name, batch in batches:
        found.setdefault(name, []).extend(batch.to_pylist())
    return found


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_several_processes_read_what_one_reads(bulk: Path, processes: int) -> None:
    alone = open_load("ctgov", bulk)
    expected = tables(list(alone.batches()))
    sink, skipped = Sink("ctgov"), list[str]()
    assert tables(list(read_parts(job(bulk), sink, skipped, processes))) == expected
    for name in COUNTS:
        assert getattr(sink, name) == getattr(alone._sink, name)
    assert skipped == alone.skipped == ["readme.txt"]
    assert [row.reason_code for row in sink.quarantined] == ["duplicate_id", "duplicate_id", "invalid_json"]
    assert sink.quarantined == alone.quarantined


def test_a_large_zip_is_read_with_several_and_a_small_one_alone(bulk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    assert processes_for(bulk) == 1
    monkeypatch.setattr(parallel, "AT_LEAST", 50)
    assert processes_for(bulk) == 2
    opened = open_load("ctgov", bulk)
    assert sum(batch.num_rows for name, batch in opened.batches() if name == "trial") == opened.rows_loaded == 48


def test_what_a_process_refuses_is_told(bulk: Path) -> None:
    with pytest.raises(InputError) as refused:
        list(read_parts(job(bulk, max_bytes=2_000), Sink("ctgov"), [], 2))
    assert refused.value.findings[0].code == "registry.too_large"


def test_a_bulk_that_is_too_large_in_sum_is_refused(bulk: Path) -> None:
    with zipfile.ZipFile(bulk) as archive:
        size = sum(info.file_size for info in archive.infolist())
    with pytest.raises(InputError) as refused:
        list(read_parts(job(bulk, max_bytes=size - 100), Sink("ctgov"), [], 2))
    assert refused.value.findings[0].code == "registry.too_large"


def test_a_process_that_dies_is_told(bulk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "PROGRAM", "import os; os._exit(1)")
    with pytest.raises(OnepillError, match="ended before its time"):
        list(read_parts(job(bulk), Sink("ctgov"), [], 2))


def test_processes_end_with_the_reader_that_started_them(bulk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    start = parallel._start

    def noted(*given: Any) -> subprocess.Popen[bytes]:
        started.append(start(*given))
        return started[-1]

    monkeypatch.setattr(parallel, "_start", noted)
    batches = read_parts(job(bulk), Sink("ctgov"), [], 2)
    next(batches)
    batches.close()  # type: ignore[attr-defined]  # a generator
    assert [worker.poll() is None for worker in started] == [False, False]


def test_processes_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "bulk.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(400):
            found = study(number)
            found["protocolSection"]["conditionsModule"]["conditions"] = [f"{number} {place}" for place in range(900)]
            archive.writestr(f"{number}.json", json.dumps(found))
    program = (
        "import sys, time; from pathlib import Path; from onepill.registries import parallel as p; "
        "from onepill.registries.sink import Sink; "
        "made = p._start; started = []; p._start = lambda *g: (started.append(made(*g)), started[-1])[1]; "
        f"parts = p.read_parts(p.Job('ctgov', Path({str(path)!r}), 0, 2**40, part=10), Sink('ctgov'), [], 2); "
        "next(parts); print(*(w.pid for w in started), flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pids = [int(word) for word in parent.stdout.readline().split()]
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert len(pids) == 2
    for _ in range(200):
        if not any(Path(f"/proc/{pid}").exists() and "Z" not in status(pid) for pid in pids):
            return
        time.sleep(0.05)
    pytest.fail(f"still there: {pids}")


def status(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return "Z"
