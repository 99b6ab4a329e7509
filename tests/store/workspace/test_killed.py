"""A process that is killed at any moment loses nothing that it committed and leaves nothing half done."""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, event, inspect

from onepill.store.workspace import Workspace
from onepill.store.workspace.migrating import revision
from onepill.store.workspace.tables import HEAD, METADATA
from onepill.workbench.asking.context import Actor, Context, shared_workspace
from onepill.workbench.asking.kept_answers import kept_text
from onepill.workbench.operations import operation
from onepill.workbench.workspace.job_worker import levels, work
from onepill.workbench.workspace.programmes_answers import programme_fields
from tests.store.workspace.worlds import add, at_first_revision, begin, reopen, save

KILLS = 5


def kill(process: subprocess.Popen[str], after_seconds: float) -> str:
    """Let it go on for so long, kill it, and return what it had said."""
    time.sleep(after_seconds)
    process.send_signal(signal.SIGKILL)
    said, _ = process.communicate()
    return said


def let_end(workspace: Workspace) -> None:
    """A server may still be at the last statement of who was killed: its turn to write ends before ours begins."""
    with workspace.writing():
        pass


def whole(workspace: Workspace) -> bool:
    """SQLite's own word on its file."""
    if workspace.engine.dialect.name != "sqlite":
        return True
    with workspace.reading() as connection:
        return connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_a_save_killed_at_any_moment_is_whole_or_was_never_made(workspace: Workspace) -> None:
    add(workspace)
    chance, told = random.Random(7), 1
    for _ in range(KILLS):
        said = kill(begin(workspace, "killed", "save", str(workspace.home)), chance.uniform(0.02, 0.3)).split("\n")[:-1]
        let_end(workspace)
        told = max([told, *map(int, said)])
        history = workspace.documents.history("pill")
        assert len(history) in (told, told + 1)
        assert [version.version for version in history] == list(range(1, len(history) + 1))
        assert all(version.text == f"a: {version.version}\n" * 200 for version in history[1:])
        assert len(workspace.audit.rows(limit=100_000)) == len(history)
        assert workspace.audit.verify() == []
        assert whole(workspace)
        told = len(history)
    assert told > KILLS
    assert save(workspace, "a: at last\n", told).version == told + 1


def killed_at(workspace: Workspace, statement: int, act: Callable[[Workspace], object] | None = None) -> bool:
    """Open the workspace, and act, in a process that kills itself before this statement; False where it got through.

    Statements are counted from the opening, or where there is an act from its beginning; a commit counts as one.
    """
    child = os.fork()
    if child == 0:
        try:
            left = itertools.count(statement, -1)

            def step(*_: Any) -> None:
                if next(left) <= 0:
                    os.kill(os.getpid(), signal.SIGKILL)

            opened = reopen(workspace) if act else None
            event.listen(Engine, "before_cursor_execute", step)
            event.listen(Engine, "commit", step)
            if act and opened:
                act(opened)
            else:
                reopen(workspace)
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert status in (0, signal.SIGKILL)
    return status != 0


def test_a_migration_killed_before_any_statement_leaves_the_revision_before_or_after(
    workspace: Workspace, tmp_path: Path
) -> None:
    """From the first revision, with what it held, to the present one; the last kill is that before the commit."""
    old = at_first_revision(workspace, tmp_path)
    add(old)
    for number in range(1, 5):
        save(old, f"a: {number + 1}\n", number)
    before, trail = old.documents.history("pill"), old.audit.rows()
    kills = 0
    while killed_at(old, kills):
        kills += 1
        let_end(old)
        with old.reading() as connection:
            assert revision(connection) == "0001"
            assert not inspect(connection).has_table("sign_ins")
        assert old.documents.history("pill") == before
    assert kills > 10
    assert whole(old)
    with old.reading() as connection:
        assert revision(connection) == HEAD
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    assert (old.documents.history("pill"), old.audit.rows()) == (before, trail)
    assert old.audit.checked().problems == []
    assert save(old, "a: at last\n", 5).version == 6
    old.close()


def test_a_save_killed_before_any_statement_was_never_made(workspace: Workspace) -> None:
    add(workspace)
    before, trail, kills = workspace.documents.history("pill"), workspace.audit.rows(), 0
    while killed_at(workspace, kills, lambda own: save(own, "a: 2\n", 1)):
        kills += 1
        let_end(workspace)
        assert (workspace.documents.history("pill"), workspace.audit.rows()) == (before, trail)
    assert kills >= 5
    assert workspace.documents.get("pill").version == 2
    assert whole(workspace)
    assert workspace.audit.checked().problems == []


def test_a_worker_killed_before_any_statement_leaves_a_job_that_another_ends(workspace: Workspace) -> None:
    def go_through(own: Workspace) -> None:
        job = own.jobs.claim("first", silent_seconds=60)
        assert job is not None
        own.runs.put("coarse", "passport", "{}", seconds=1)
        own.jobs.tell(job.id, "first", done=1, step="", run_key="coarse")
        own.jobs.finish(job.id, "first", run_key="fine")

    kills, attempts = 0, set()
    while True:
        job = workspace.jobs.start("passport", {"draws": 1}, actor="ada", total=2)
        was_killed = killed_at(workspace, kills, go_through)
        kills += 1
        let_end(workspace)
        left = workspace.jobs.get(job.id)
        assert left.state == ("queued" if not left.attempts else "running") if was_killed else left.state == "done"
        assert left.run_key is None or workspace.runs.get(left.run_key) is not None or not was_killed
        if not was_killed:
            break
        taken = workspace.jobs.claim("second", silent_seconds=-1)
        assert taken is not None
        attempts.add(taken.attempts)
        assert (taken.id, taken.run_key) == (job.id, left.run_key)
        assert not workspace.jobs.finish(job.id, "first", run_key="late")
        assert workspace.jobs.finish(job.id, "second", run_key="fine")
    assert attempts == {1, 2}
    assert kills > 10


def test_a_job_whose_worker_is_killed_is_taken_up_again_from_its_last_refinement(tmp_path: Path) -> None:
    home = tmp_path / "home"
    workspace = shared_workspace(home)
    found = operation("passport")
    fields = {**programme_fields(Context(Actor("ada"), home=home), "minimal"), "draws": 150_000, "threads": 1}
    question = found.question.model_validate(fields)
    job = workspace.jobs.start("passport", question.model_dump(mode="json"), actor="ada", total=sum(levels(question)))
    process = begin(workspace, "killed", "work", str(home))
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
