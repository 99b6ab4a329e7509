"""Answers that were computed before, under the hash of all that they depend on."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, func, insert, select

from onepill.store.workspace.clock import now_utc
from onepill.store.workspace.tables import JOBS, RUNS

if TYPE_CHECKING:
    from onepill.store.workspace.opening import Workspace

MOST_KEPT_BYTES = 512 * 2**20
"""Packed answers beyond this leave, the oldest first; a passport packs to some 60 kB."""
PACKING = 5
"""gzip's level: a passport packs in about 10 ms."""


@dataclass(frozen=True)
class Run:
    """A kept answer: its JSON text, when it was made and how long that took."""

    key: str
    operation: str
    answer: str
    made_at: str
    seconds: float


@dataclass(frozen=True)
class Runs:
    """The kept answers of a workspace."""

    workspace: Workspace

    def get(self, key: str) -> Run | None:
        """The answer under this key; None where there is none."""
        with self.workspace.reading() as connection:
            row = connection.execute(select(RUNS).where(RUNS.c.key == key)).mappings().first()
        if row is None:
            return None
        answer = gzip.decompress(row["answer"]).decode("utf-8")
        return Run(row["key"], row["operation"], answer, row["made_at"], row["seconds"])

    def count(self) -> int:
        """How many answers are kept."""
        with self.workspace.reading() as connection:
            return connection.execute(select(func.count()).select_from(RUNS)).scalar() or 0

    def put(self, key: str, operation: str, answer: str, *, seconds: float) -> None:
        """Keep an answer; one that is there already stays, since the same key means the same answer."""
        packed = gzip.compress(answer.encode("utf-8"), PACKING, mtime=0)
        row = {"key": key, "operation": operation, "answer": packed, "answer_bytes": len(packed)}
        with self.workspace.writing() as connection:
            if connection.execute(select(RUNS.c.key).where(RUNS.c.key == key)).first() is None:
                connection.execute(insert(RUNS).values(**row, made_at=now_utc(), seconds=seconds))
                _make_room(connection, MOST_KEPT_BYTES)


def _make_room(connection: Connection, most_bytes: int) -> None:
    """Let the oldest answers go until the rest fit, but none that a job points to."""
    over = (connection.execute(select(func.sum(RUNS.c.answer_bytes))).scalar() or 0) - most_bytes
    if over <= 0:
        return
    pointed = select(JOBS.c.run_key).where(JOBS.c.run_key.is_not(None))
    oldest = select(RUNS.c.key, RUNS.c.answer_bytes).where(RUNS.c.key.not_in(pointed)).order_by(RUNS.c.made_at)
    for row in connection.execute(oldest).all():
        if over <= 0:
            return
        connection.execute(delete(RUNS).where(RUNS.c.key == row.key))
        over -= row.answer_bytes
