"""A load that is killed at any moment leaves the load before it, whole, and the next one goes through."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from onepill.core.errors import InputError
from onepill.store.warehouse import current, folder, open_reader, verify
from tests.store.warehouses import SCHEMAS, Registry, load, standing, trials

REPOSITORY = Path(__file__).resolve().parents[2]
COUNT = 20_000
KILLS = 6


def begin(root: Path, status: str) -> subprocess.Popen[str]:
    """A loading process that has imported what it needs."""
    command = [sys.executable, "-m", "tests.store.killed_load", str(root), str(COUNT), status]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(REPOSITORY), *sys.path])}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY, env=environment)
    assert process.stdout is not None
    assert process.stdout.readline() == "loading\n"
    return process


def statuses(root: Path) -> dict[str, int]:
    with open_reader(root, SCHEMAS) as reader:
        asked = "SELECT status, count(*) FROM trial GROUP BY status"
        return dict(reader.connection.execute(asked).fetchall())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "warehouse"


def test_a_load_killed_at_any_moment_leaves_the_one_before(root: Path) -> None:
    load(root, Registry(trials(COUNT, status="BEFORE"), batch=5000))
    start = time.perf_counter()
    assert begin(root, "BEFORE THAT").wait() == 0
    took = time.perf_counter() - start
    stood = "BEFORE THAT"
    chance = random.Random(4)
    for number in range(KILLS):
        process = begin(root, f"LOAD {number}")
        time.sleep(chance.uniform(0, took))
        process.send_signal(signal.SIGKILL)
        process.wait()
        found = statuses(root)
        assert found in ({stood: COUNT}, {f"LOAD {number}": COUNT})
        (stood,) = found
        assert verify(root).findings == ()
    assert begin(root, "AT LAST").wait() == 0
    assert statuses(root) == {"AT LAST": COUNT}
    on_disk = {path.relative_to(root).as_posix() for path in (root / "segments").rglob("*.parquet")}
    assert on_disk == current(root).files
    assert list((root / "staging").iterdir()) == []


STEPS = ("read", "compare", "write")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError(28, "No space left on device"), RuntimeError("a fault")])
def test_a_load_stopped_at_any_step_leaves_the_one_before(root: Path, step: str, stop: BaseException) -> None:
    world = trials(30)
    load(root, Registry(world))
    before = (root / "manifest.json").read_bytes()

    def stop_there(now: str, done: int, total: int) -> None:
        if now == step:
            raise stop

    expected = InputError if isinstance(stop, OSError) else stop if isinstance(stop, type) else type(stop)
    with pytest.raises(expected):
        load(root, Registry(trials(40)), tell=stop_there)
    assert (root / "manifest.json").read_bytes() == before
    assert standing(root) == world
    assert list((root / "staging").iterdir()) == []
    assert load(root, Registry(trials(40))).entry.records.new == 10


def test_a_load_killed_between_its_two_renames_does_not_count(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(root, Registry(trials(3)))
    written = folder.write_whole

    def stop_before_the_switch(path: Path, data: bytes | str) -> None:
        if path.name == "manifest.json":
            raise KeyboardInterrupt
        written(path, data)

    monkeypatch.setattr(folder, "write_whole", stop_before_the_switch)
    with pytest.raises(KeyboardInterrupt):
        load(root, Registry(trials(4)))
    monkeypatch.undo()
    assert standing(root) == trials(3)
    load(root, Registry(trials(5)))
    assert standing(root) == trials(5)
    assert sorted(path.name for path in (root / "generations").iterdir()) == ["000002.json"]
