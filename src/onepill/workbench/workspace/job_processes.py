"""Worker processes beside a server: started anew when one dies, and gone when the server is, however it ended."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from multiprocessing.context import SpawnProcess

WATCH_SECONDS = 1.0


def keep_working(count: int) -> None:
    """Keep so many worker processes alive for as long as this process lives."""
    if count:
        threading.Thread(target=_keep, args=(count,), daemon=True).start()


def _keep(count: int) -> None:
    running: list[SpawnProcess] = []
    pause = threading.Event()
    while True:
        running = [process for process in running if process.is_alive()]
        running += [_started() for _ in range(count - len(running))]
        pause.wait(WATCH_SECONDS)


def _started() -> SpawnProcess:
    process = multiprocessing.get_context("spawn").Process(target=_live, args=(os.getpid(),), daemon=True)
    process.start()
    return process


def _live(parent: int) -> None:
    """The life of a worker process: it ends after its job once its parent is gone."""
    from onepill.workbench.asking.context import shared_workspace
    from onepill.workbench.workspace.job_worker import work

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server's own end ends its workers
    stop = threading.Event()

    def watch() -> None:
        while os.getppid() == parent:
            stop.wait(WATCH_SECONDS)
        stop.set()

    threading.Thread(target=watch, daemon=True).start()
    work(shared_workspace(), stop=stop)
