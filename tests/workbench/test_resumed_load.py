"""A bulk load that is stopped or killed goes on from what it had read, and ends like one that was not."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.registries import bulk
from onepill.registries.bulk import Parsed, packed, unpacked
from onepill.registries.sink import Kept, Quarantined
from onepill.store.warehouse import Journal, current, open_reader, verify
from tests.workbench.killed_bulk import load_in_runs
from tests.workbench.registry_files import study

REPOSITORY = Path(__file__).resolve().parents[2]
STUDIES = 400
KILLS = 5


def bulk_zip(path: Path, enrolment: int = 0) -> Path:
    """Studies, one twice, one damaged and one without its id."""
    records = [json.dumps({**study(number), "made": enrolment}) for number in range(STUDIES)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, text in enumerate([*records, records[7], records[8][:-9], '{"protocolSection": {}}']):
            archive.writestr(f"{place}.json", text)
    return path


def content(root: Path) -> dict[str, Any]:
    """All rows of all tables, and what the manifest says of them."""
    assert verify(root).findings == ()
    entry = current(root).sources["ctgov"].last
    told = (entry.rows_read, entry.rows_loaded, entry.reasons, entry.counts_by_status, entry.records)
    tables = sorted({segment.table for segment in entry.segments})
    with open_reader(root) as reader:
        rows = {
            table: reader.connection.execute(f'SELECT * EXCLUDE (generation) FROM "{table}" ORDER BY ALL').fetchall()
            for table in tables
        }
    return {"told": told, **rows}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bulk_zip(tmp_path_factory.mktemp("bulk") / "all.zip")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, file: Path) -> dict[str, Any]:
    """What a load gives that nothing stops."""
    root = tmp_path_factory.mktemp("whole") / "warehouse"
    assert load_in_runs(root, file)["findings"] == []
    assert not (root / "unfinished" / "ctgov").exists()
    return content(root)


class Stopped(Exception):
    pass


def stop_after(parts: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The load ends when it has kept so many parts."""
    keep, left = Journal.keep, [parts]

    def kept(journal: Journal, part: str, data: bytes) -> None:
        if not left[0]:
            raise Stopped
        left[0] -= 1
        keep(journal, part, data)

    monkeypatch.setattr(Journal, "keep", kept)


def test_a_stopped_load_goes_on_from_its_finished_parts(
    tmp_path: Path, file: Path, whole: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "warehouse"
    stop_after(6, monkeypatch)
    with pytest.raises(Stopped):
        load_in_runs(root, file)
    assert current(root).number == 0
    monkeypatch.undo()
    parts = sorted((root / "unfinished" / "ctgov").glob("*/*"))
    assert len(parts) == 6
    # One part is damaged, as by a failing disk: it is read again.
    parts[2].write_bytes(parts[2].read_bytes()[:-1] + b"?")
    monkeypatch.setattr(bulk, "unpacked", lambda data: taken.append(len(data)) or unpacked(data))
    taken: list[int] = []
    answer = load_in_runs(root, file)
    assert len(taken) == 5
    assert [(one["code"], one["value"]) for one in answer["findings"]] == [("load.resumed", 6)]
    assert content(root) == whole
    assert not (root / "unfinished" / "ctgov").exists()


def test_parts_of_a_file_that_changed_are_dropped_and_that_is_said(
    tmp_path: Path, file: Path, whole: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "warehouse"
    stop_after(3, monkeypatch)
    with pytest.raises(Stopped):
        load_in_runs(root, bulk_zip(tmp_path / "other.zip", enrolment=1))
    monkeypatch.undo()
    answer = load_in_runs(root, file)
    assert [(one["code"], one["value"]) for one in answer["findings"]] == [("load.restarted", 3)]
    assert content(root) == whole


def test_a_load_killed_at_any_moment_ends_like_one_that_was_not(
    tmp_path: Path, file: Path, whole: dict[str, Any]
) -> None:
    root, chance = tmp_path / "warehouse", random.Random(5)
    command = [sys.executable, "-m", "tests.workbench.killed_bulk", str(root), str(file)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(REPOSITORY), *sys.path])}
    for _ in range(KILLS):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=REPOSITORY, env=environment)
        assert process.stdout is not None
        assert process.stdout.readline() == b"loading\n"
        # A kill is timed by the parts that stand, so that a slow machine is killed in the middle too.
        wanted, until = parts_of(root) + chance.randint(0, 6), time.monotonic() + 60
        while parts_of(root) < wanted and process.poll() is None and time.monotonic() < until:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if current(root).number:
            break
    load_in_runs(root, file)
    assert content(root) == whole
    assert not list((root / "staging").iterdir())


def parts_of(root: Path) -> int:
    return len([path for path in (root / "unfinished").glob("*/*/*") if path.suffix != ".new"])


TEXT = st.text(max_size=12)


@given(
    batches=st.lists(st.tuples(TEXT, st.binary(max_size=40)), max_size=4),
    kept=st.lists(
        st.tuples(
            st.builds(Kept, TEXT, st.none() | TEXT, st.lists(st.none() | st.integers(-9999, 99999)).map(tuple)),
            st.integers(1, 9),
        )
    ),
    quarantined=st.lists(st.builds(Quarantined, TEXT, st.integers(1, 9), TEXT, TEXT, TEXT)),
    skipped=st.lists(TEXT),
    snapshot=st.none() | st.integers(0, 99999),
)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_a_run_comes_back_from_its_bytes(**run: Any) -> None:
    parsed = Parsed(**run)
    assert unpacked(packed(parsed)) == parsed
