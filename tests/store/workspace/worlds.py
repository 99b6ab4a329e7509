"""Workspaces for tests, and programs that are there to be killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from onepill.store.workspace import Version, Workspace

REPOSITORY = Path(__file__).resolve().parents[3]


def add(workspace: Workspace, document_id: str = "pill", text: str = "a: 1\n", **changes: Any) -> Version:
    given = {"kind": "programme", "actor": "ada", "reason": "new", **changes}
    return workspace.documents.add(document_id, text, **given)


def save(workspace: Workspace, text: str, expected: int, document_id: str = "pill", **changes: Any) -> Version:
    given = {"actor": "ada", "reason": "better", **changes}
    return workspace.documents.save(document_id, text, expected_version=expected, **given)


def begin(module: str, *words: str) -> subprocess.Popen[str]:
    """A program of the tests that has imported what it needs."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(REPOSITORY), *sys.path])}
    command = [sys.executable, "-m", f"tests.store.workspace.{module}", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY, env=environment)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()
