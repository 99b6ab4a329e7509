"""Programs for tests, there to be killed: a saver, a worker."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from onepill.store.workspace import open_workspace
from tests.store.workspace.worlds import ready, save


def save_for_ever(home: Path) -> None:
    """Save one version after the other, each told when it is committed."""
    workspace = open_workspace(home)
    expected = workspace.documents.get("pill").version
    ready()
    while True:
        expected = save(workspace, f"a: {expected + 1}\n" * 200, expected).version
        sys.stdout.write(f"{expected}\n")
        sys.stdout.flush()


def work(home: Path) -> None:
    from onepill.workbench.asking.context import shared_workspace
    from onepill.workbench.workspace.job_worker import work as go

    workspace = shared_workspace(home)
    ready()
    go(workspace, stop=threading.Event(), beat_seconds=0.2, silent_seconds=1.0)


if __name__ == "__main__":
    {"save": save_for_ever, "work": work}[sys.argv[1]](*map(Path, sys.argv[2:]))
