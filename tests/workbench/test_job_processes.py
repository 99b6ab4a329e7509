"""Worker processes are there as long as their server, and no longer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from onepill.workbench.asking.context import Actor, Context
from onepill.workbench.operations import operation
from tests.workbench.passports import ROOT

SERVER = """import time
from onepill.workbench.workspace.job_processes import keep_working

keep_working(1)
time.sleep(600)
"""


def wait_for(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + 180
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_alive(process_id: int) -> bool:
    """Whether it runs; one that ended and was not looked after yet does not."""
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_killed_worker_is_started_anew_and_a_killed_server_takes_its_workers_along(tmp_path: Path) -> None:
    context = Context(Actor("ada"), home=tmp_path)
    found = operation("jobs start")
    question = found.question.model_validate(
        {"operation": "passport", "programme": "minimal", "question": {"draws": 500}}
    )

    def worked_on() -> int:
        """The process that worked on a new job."""
        job = found.ask(question, context=context)["id"]
        wait_for(lambda: context.workspace.jobs.get(job).state == "done")
        return int((context.workspace.jobs.get(job).worker or "").partition("-")[0])

    path = os.pathsep.join([str(ROOT / "src"), *sys.path])
    environment = {**os.environ, "PYTHONPATH": path, "ONEPILL_HOME": str(tmp_path)}
    server = subprocess.Popen([sys.executable, "-c", SERVER], env=environment)
    try:
        first = worked_on()
        os.kill(first, signal.SIGKILL)
        second = worked_on()
        assert second not in (first, server.pid)
    finally:
        server.kill()
        server.wait()
    wait_for(lambda: not is_alive(second))
