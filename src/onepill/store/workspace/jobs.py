"""Long questions: who works on each, how far it is, and who takes over when a worker dies."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Connection, insert, or_, select, update

from onepill.core.errors import InputError
from onepill.store.workspace.audit import append
from onepill.store.workspace.clock import now_utc, seconds_ago
from onepill.store.workspace.tables import JOBS

if TYPE_CHECKING:
    from onepill.store.workspace.opening import Workspace

State = Literal["queued", "running", "done", "failed", "cancelled"]
OVER: tuple[State, ...] = ("done", "failed", "cancelled")
MOST_ATTEMPTS = 5
"""A job that took so many workers with it is not given to another."""
MOST_WAITING = 1_000
Row = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """A long question; `done` of `total` futures are drawn, and `run_key` is the finest answer so far."""

    id: str
    operation: str
    question: Row
    state: State
    done: int
    total: int
    step: str
    run_key: str | None
    error: Row | None
    created_by: str
    created_at: str
    finished_at: str | None
    worker: str | None
    heartbeat_at: str | None
    attempts: int


@dataclass(frozen=True)
class Jobs:
    """The jobs of a workspace."""

    workspace: Workspace

    def start(self, operation: str, question: Row, *, actor: str, total: int = 0) -> Job:
        """Queue a question.

        Raises:
            InputError: `job.queue`: too many wait already.
        """
        row: Row = dict.fromkeys(column.name for column in JOBS.c)
        row |= {"id": secrets.token_hex(8), "operation": operation, "created_by": actor, "created_at": now_utc()}
        row |= {"question": json.dumps(question, ensure_ascii=False), "total": total}
        row |= {"state": "queued", "done": 0, "step": "", "attempts": 0}
        with self.workspace.writing() as connection:
            waiting = connection.execute(select(JOBS.c.id).where(JOBS.c.state == "queued").limit(MOST_WAITING)).all()
            if len(waiting) == MOST_WAITING:
                message, hint = f"{MOST_WAITING:,} jobs wait already", "wait, or cancel some"
                raise InputError.single("job.queue", message, hint=hint, path="operation")
            connection.execute(insert(JOBS).values(**row))
            append(connection, actor, "job start", row["id"], {"operation": operation})
        return _job(row)

    def get(self, job_id: str) -> Job:
        """A job.

        Raises:
            InputError: `job.unknown`.
        """
        with self.workspace.reading() as connection:
            return _get(connection, job_id)

    def cancel(self, job_id: str, *, actor: str) -> Job:
        """Stop a job that is not over; its worker notices within seconds. What is over stays as it is."""
        with self.workspace.writing() as connection:
            found = _get(connection, job_id)
            if found.state in OVER:
                return found
            _change(connection, job_id, state="cancelled", finished_at=now_utc())
            append(connection, actor, "job cancel", job_id)
            return _get(connection, job_id)

    def resume(self, job_id: str, *, actor: str) -> Job:
        """Queue a job again that was cancelled or failed; what waits, is worked on or is done stays as it is."""
        with self.workspace.writing() as connection:
            found = _get(connection, job_id)
            if found.state not in ("cancelled", "failed"):
                return found
            again = {"state": "queued", "attempts": 0, "worker": None, "heartbeat_at": None, "error": None}
            _change(connection, job_id, **again, finished_at=None, step="")
            append(connection, actor, "job resume", job_id)
            return _get(connection, job_id)

    def claim(self, worker: str, *, silent_seconds: float) -> Job | None:
        """Take the oldest job that waits, or that a worker has let be for so long; None where there is none.

        A job that `MOST_ATTEMPTS` workers have died of fails instead.
        """
        silent = seconds_ago(silent_seconds)
        left = (JOBS.c.state == "running") & or_(JOBS.c.heartbeat_at.is_(None), JOBS.c.heartbeat_at < silent)
        free = select(JOBS).where((JOBS.c.state == "queued") | left).order_by(JOBS.c.created_at, JOBS.c.id)
        with self.workspace.reading() as connection:
            if connection.execute(free.limit(1)).first() is None:
                return None
        with self.workspace.writing() as connection:
            for row in connection.execute(free).mappings().all():
                if row["attempts"] < MOST_ATTEMPTS:
                    taken = {"state": "running", "worker": worker, "heartbeat_at": now_utc()}
                    _change(connection, row["id"], **taken, attempts=row["attempts"] + 1)
                    return _get(connection, row["id"])
                _change(connection, row["id"], state="failed", finished_at=now_utc(), error=json.dumps(_DIED_OF))
        return None

    def tell(self, job_id: str, worker: str, *, done: int, step: str, run_key: str | None = None) -> bool:
        """Sign of life and progress; False where the job was cancelled or given to another worker."""
        with self.workspace.writing() as connection:
            if not _is_held(connection, job_id, worker):
                return False
            kept = {"run_key": run_key} if run_key else {}
            _change(connection, job_id, done=done, step=step, heartbeat_at=now_utc(), **kept)
            return True

    def finish(self, job_id: str, worker: str, *, run_key: str) -> bool:
        """The answer is kept under this key; False as for `tell`."""
        with self.workspace.writing() as connection:
            if not _is_held(connection, job_id, worker):
                return False
            found = _get(connection, job_id)
            _change(connection, job_id, state="done", done=found.total, step="", run_key=run_key, finished_at=now_utc())
            return True

    def fail(self, job_id: str, worker: str, *, error: Row) -> bool:
        """There is no answer, and why; False as for `tell`."""
        with self.workspace.writing() as connection:
            if not _is_held(connection, job_id, worker):
                return False
            said = json.dumps(error, ensure_ascii=False)
            _change(connection, job_id, state="failed", error=said, finished_at=now_utc())
            return True

    def list(self, *, limit: int = 100, created_by: str | None = None) -> list[Job]:
        """The newest jobs, the newest first."""
        asked = select(JOBS).order_by(JOBS.c.created_at.desc(), JOBS.c.id).limit(limit)
        if created_by is not None:
            asked = asked.where(JOBS.c.created_by == created_by)
        with self.workspace.reading() as connection:
            return [_job(dict(row)) for row in connection.execute(asked).mappings()]


_DIED_OF = {"error": f"{MOST_ATTEMPTS} workers stopped in the middle of it", "findings": []}


def _get(connection: Connection, job_id: str) -> Job:
    row = connection.execute(select(JOBS).where(JOBS.c.id == job_id)).mappings().first()
    if row is None:
        hint = "`onepill jobs list` names them"
        raise InputError.single("job.unknown", f"there is no job {job_id[:80]!r}", hint=hint, path="id")
    return _job(dict(row))


def _is_held(connection: Connection, job_id: str, worker: str) -> bool:
    found = _get(connection, job_id)
    return found.state == "running" and found.worker == worker


def _change(connection: Connection, job_id: str, **values: Any) -> None:
    connection.execute(update(JOBS).where(JOBS.c.id == job_id).values(**values))


def _job(row: Row) -> Job:
    error = json.loads(row["error"]) if row["error"] else None
    return Job(**{**row, "question": json.loads(row["question"]), "error": error})
