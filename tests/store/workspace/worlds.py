"""Workspaces for tests, and programs that are there to be killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import text

from onepill.store.workspace import DATABASE, Version, Workspace, open_workspace
from onepill.store.workspace.engine import file_engine, make_engine, writing
from onepill.store.workspace.migrating import upgrade

REPOSITORY = Path(__file__).resolve().parents[3]


def add(workspace: Workspace, document_id: str = "pill", text: str = "a: 1\n", **changes: Any) -> Version:
    given = {"kind": "programme", "actor": "ada", "reason": "new", **changes}
    return workspace.documents.add(document_id, text, **given)


def save(workspace: Workspace, text: str, expected: int, document_id: str = "pill", **changes: Any) -> Version:
    given = {"actor": "ada", "reason": "better", **changes}
    return workspace.documents.save(document_id, text, expected_version=expected, **given)


def url_of(workspace: Workspace) -> str:
    """The address of its database."""
    return workspace.engine.url.render_as_string(hide_password=False)


def reopen(workspace: Workspace) -> Workspace:
    """The same workspace as another process would open it."""
    return open_workspace(workspace.home, url_of(workspace))


def at_first_revision(workspace: Workspace, folder: Path) -> Workspace:
    """The same kind of database, as the first onepill left it."""
    if workspace.engine.dialect.name == "sqlite":
        engine = file_engine(folder / "first.sqlite")
    else:
        workspace.engine.dispose()
        engine = make_engine(workspace.engine.url)
        with writing(engine) as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    with writing(engine) as connection:
        upgrade(connection, to="0001")
    return Workspace(workspace.home, engine)


def begin(workspace: Workspace, module: str, *words: str) -> subprocess.Popen[str]:
    """A program of the tests that has imported what it needs, and works on the same database."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(REPOSITORY), *sys.path])}
    environment[DATABASE] = url_of(workspace)
    command = [sys.executable, "-m", f"tests.store.workspace.{module}", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY, env=environment)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()
