"""A process that is killed at any moment loses nothing that it committed and leaves nothing half done."""

from __future__ import annotations

import random
import signal
import subprocess
import threading
import time
from pathlib import Path

from sqlalchemy import text

from onepill.store.workspace import Workspace
from onepill.store.workspace.migrating import revision, upgrade
from onepill.store.workspace.tables import HEAD
from onepill.workbench.context import Actor, Context, shared_workspace
from onepill.workbench.job_worker import levels, work
from onepill.workbench.kept_answers import kept_text
from onepill.workbench.operations import operation
from onepill.workbench.programmes_answers import programme_fields
from tests.store.workspace.next_revision import next_scripts
from tests.store.workspace.worlds import add, begin, save

KILLS = 8


def kill(process: subprocess.Popen[str], after_seconds: float) -> str:
    """Let it go on for so long, kill it, and return what it had said."""
    time.sleep(after_seconds)
    process.send_signal(signal.SIGKILL)
    said, _ = process.communicate()
    return said


def test_a_save_killed_at_any_moment_is_whole_or_was_never_made(workspace: Workspace) -> None:
    add(workspace)
    chance, told = random.Random(7), 1
    for _ in range(KILLS):
        said = kill(begin("killed", "save", str(workspace.home)), chance.uniform(0.02, 0.3)).split("\n")[:-1]
        told = max([told, *map(int, said)])
        history = workspace.documents.history("pill")
        assert len(history) in (told, told + 1)
        assert [version.version for version in history] == list(range(1, len(history) + 1))
        assert all(version.text == f"a: {version.version}\n" * 200 for version in history[1:])
        assert len(workspace.audit.rows(limit=100_000)) == len(history)
        assert workspace.audit.verify() == []
        with workspace.reading() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        told = len(history)
    assert told > KILLS
    assert save(workspace, "a: at last\n", told).version == told + 1


def test_a_migration_killed_at_any_moment_leaves_the_revision_before_or_after(
    workspace: Workspace, tmp_path: Path
) -> None:
    add(workspace)
    for number in range(1, 20):
        save(workspace, f"a: {number + 1}\n", number)
    before = workspace.documents.history("pill")
    scripts = next_scripts(tmp_path, HEAD, pause=0.1)  # two seconds in all
    chance = random.Random(8)
    for _ in range(KILLS):
        kill(begin("killed", "migrate", str(workspace.home), str(scripts)), chance.uniform(0.05, 1.5))
        with workspace.reading() as connection:
            assert revision(connection) == HEAD
            tables = connection.execute(text("SELECT name FROM sqlite_master WHERE name = 'copies'")).all()
            assert tables == []
        assert workspace.documents.history("pill") == before
    with workspace.writing() as connection:
        upgrade(connection, to="9999", scripts=scripts)
    with workspace.reading() as connection:
        assert revision(connection) == "9999"
        assert connection.execute(text("SELECT count(*) FROM copies")).scalar() == 20


def test_a_job_whose_worker_is_killed_is_taken_up_again_from_its_last_refinement(tmp_path: Path) -> None:
    home = tmp_path / "home"
    workspace = shared_workspace(home)
    found = operation("passport")
    fields = {**programme_fields(Context(Actor("ada"), home=home), "minimal"), "draws": 150_000, "threads": 1}
    question = found.question.model_validate(fields)
    job = workspace.jobs.start("passport", question.model_dump(mode="json"), actor="ada", total=sum(levels(question)))
    process = begin("killed", "work", str(home))
    deadline = time.monotonic() + 240
    while workspace.jobs.get(job.id).run_key is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    kill(process, 0)
    stopped = workspace.jobs.get(job.id)
    assert stopped.state == "running"
    assert stopped.run_key is not None
    time.sleep(1.1)
    assert work(workspace, stop=threading.Event(), silent_seconds=1.0, until_idle=True) == 1
    over = workspace.jobs.get(job.id)
    assert (over.state, over.done, over.attempts) == ("done", 10_000 + 100_000 + 150_000, 2)
    assert kept_text(found, question, workspace) is not None
    assert workspace.runs.get(stopped.run_key) is not None
