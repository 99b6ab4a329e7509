"""The work on jobs: one at a time, refined step by step, taken over from workers that died.

A job is answered on few futures first and then on more; each answer is kept under its own key. Whoever takes a job over
finds the finished refinements in the store and goes on with the next.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel

    from onepill.store.workspace import Workspace
    from onepill.store.workspace.jobs import Job

REFINEMENTS = (10_000, 100_000, 1_000_000)
"""Numbers of futures at which an answer is kept on the way to a finer one."""
BEAT_SECONDS = 2.0
SILENT_SECONDS = 15.0
"""A worker that gives no sign of life for so long is taken for dead."""
IDLE_SECONDS = 0.5
Row = dict[str, Any]


class Dropped(Exception):
    """The job was cancelled, or given to another worker."""


def levels(question: BaseModel) -> list[int]:
    """The numbers of futures on which a question is answered one after the other; [1] where nothing is drawn."""
    draws: int = getattr(question, "draws", 0)
    return [level for level in REFINEMENTS if level < draws] + [draws or 1]


def work(
    workspace: Workspace,
    *,
    stop: threading.Event,
    beat_seconds: float = BEAT_SECONDS,
    silent_seconds: float = SILENT_SECONDS,
    until_idle: bool = False,
) -> int:
    """Work on jobs until `stop` is set, or until none is left; returns how many were taken."""
    worker, taken = f"{os.getpid()}-{secrets.token_hex(4)}", 0
    while not stop.is_set():
        job = workspace.jobs.claim(worker, silent_seconds=silent_seconds)
        if job is not None:
            taken += 1
            _Work(workspace, job, worker, beat_seconds).through()
        elif until_idle:
            break
        else:
            stop.wait(IDLE_SECONDS)
    return taken


@dataclass
class _Work:
    """One job in the hands of one worker."""

    workspace: Workspace
    job: Job
    worker: str
    beat_seconds: float
    done: int = 0
    step: str = ""
    dropped: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def through(self) -> None:
        """Answer the job, or say why there is no answer; signs of life go on meanwhile."""
        from onepill.core.errors import OnepillError

        beating = threading.Thread(target=self._beat, daemon=True)
        beating.start()
        jobs, job = self.workspace.jobs, self.job
        try:
            jobs.finish(job.id, self.worker, run_key=self._answered())
        except Dropped:
            pass
        except OnepillError as error:
            rows = [finding.as_row() for finding in error.findings]
            jobs.fail(job.id, self.worker, error={"error": str(error), "findings": rows})
        except Exception as error:  # noqa: BLE001 - a fault of ours ends the job, not the worker
            said = f"{type(error).__name__}: {error}"
            jobs.fail(job.id, self.worker, error={"error": said, "findings": []})
        finally:
            self.over.set()
            beating.join()

    def _answered(self) -> str:
        """The key of the finest answer; every refinement before it is kept and told."""
        from onepill.workbench.asking.kept_answers import ask_kept, run_key
        from onepill.workbench.operations import operation

        found = operation(self.job.operation)
        from onepill.workbench.asking.access_guard import KEPT_DEALS

        about = ("programme", KEPT_DEALS)
        fields = {key: value for key, value in self.job.question.items() if key not in about}
        asked = found.question.model_validate(fields)
        before, key = 0, ""
        for level in levels(asked):
            question = asked.model_copy(update={"draws": level}) if hasattr(asked, "draws") else asked
            key = run_key(found, question)
            ask_kept(found, question, self.workspace, progress=self._progress(before))
            before += level
            self._tell(before, run_key=key)
        return key

    def _progress(self, before: int) -> Callable[[str, int, int], None]:
        def report(step: str, done: int, total: int) -> None:
            if self.dropped.is_set():
                raise Dropped
            if step == "simulate":
                self.done = before + done
            self.step = step

        return report

    def _tell(self, done: int, *, run_key: str) -> None:
        self.done = done
        if not self.workspace.jobs.tell(self.job.id, self.worker, done=done, step=self.step, run_key=run_key):
            raise Dropped

    def _beat(self) -> None:
        from onepill.core.errors import OnepillError

        while not self.over.wait(self.beat_seconds):
            try:
                if not self.workspace.jobs.tell(self.job.id, self.worker, done=self.done, step=self.step):
                    self.dropped.set()
                    return
            except OnepillError:  # a busy store hides one sign of life, not the next
                continue
