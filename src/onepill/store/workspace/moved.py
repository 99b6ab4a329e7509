"""What has moved in a workspace, told at the price of a glance, so that what was read is remembered until it does.

The trail of who did what is the clock: every row names what it moved. SQLite tells whether anybody has committed
anything since the last look without a word of SQL to the tables; a server is asked for the new rows of the trail.
"""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from onepill.store.workspace.audit import BEGINNING
from onepill.store.workspace.tables import AUDIT, DOCUMENTS, RUNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from onepill.store.workspace.opening import Workspace

OF_DOCUMENTS = frozenset({"add", "save", "sign", "tier"})
"""Actions that move one document alone."""
OF_PEOPLE = frozenset(
    {
        "grant",
        "sign in",
        "sign out",
        "token revoke",
        "user add",
        "user change",
        "user link",
        "user password",
        "withdraw",
    }
)
"""Actions that move who may ask what."""
OF_NOTHING = frozenset(
    {"backup", "job cancel", "job resume", "job start", "sign in refused", "sign refused", "token add"}
)
"""Actions that move nothing that is remembered; any that stands in none of these three moves everything."""
MOST_ROWS = 1_000
"""After more of them since the last look everything counts as moved."""
OUTLOOK = "passport"
"""The operation whose kept answers a list of programmes shows."""


@dataclass(frozen=True, eq=False)
class Mark:
    """The state of a workspace as this process last saw it; another one, once anything has moved.

    `since` is the hash of the row before which nothing is told apart; `people` and `documents` are the numbers of the
    last rows that moved them. What is read under a mark may be kept in `known`.
    """

    since: str
    people: int = 0
    documents: dict[str, int] = field(default_factory=dict)
    outlooks: int = 0
    known: dict[Any, Any] = field(default_factory=dict)

    @property
    def of_people(self) -> tuple[str, int]:
        """Moves with accounts, sessions, tokens and grants."""
        return self.since, self.people

    @property
    def of_documents(self) -> tuple[str, int]:
        """Moves with every document."""
        return self.since, max(self.documents.values(), default=0)

    def of(self, programme_id: str) -> tuple[str, int]:
        """Moves with a programme, what belongs to it, and what is signed or withheld of either."""
        within = f"{programme_id}."
        own = (seq for name, seq in self.documents.items() if name == programme_id or name.startswith(within))
        return self.since, max(own, default=0)


@dataclass(frozen=True)
class _Seen:
    """What was seen last: SQLite's version (None from a server), the last row of the trail, and what it all came to."""

    version: int | None
    seq: int
    hash: str
    mark: Mark


class Moved:
    """Watches a workspace for one process; safe to ask from several threads."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._seen: _Seen | None = None
        self._looking, self._glancing = threading.Lock(), threading.Lock()
        self._aside = _aside(workspace)

    def glance(self) -> Mark | None:
        """The mark, where it is certain without a question to the tables that nothing was committed since."""
        seen, version = self._seen, self._version()
        return seen.mark if seen is not None and version is not None and seen.version == version else None

    def mark(self) -> Mark:
        """The present mark; the same one as long as nothing moves that is remembered.

        Raises:
            StoreBusy, InputError: the database does not answer.
        """
        if (certain := self.glance()) is not None:
            return certain
        with self._looking:
            # The version first: what is committed between the two is looked at once more, and never missed.
            version = self._version()
            self._seen = self._looked(version, self._seen)
            return self._seen.mark

    def close(self) -> None:
        """Let go of the database."""
        with self._glancing:
            if self._aside is not None:
                self._aside.close()
            self._aside = None

    def _version(self) -> int | None:
        """A number that moves with every commit of anybody else on this connection, which never writes."""
        with self._glancing:
            if self._aside is None:
                return None
            try:
                return int(self._aside.execute("PRAGMA data_version").fetchall()[0][0])
            except sqlite3.Error:  # what is the matter, the question to the tables tells
                return None

    def _looked(self, version: int | None, before: _Seen | None) -> _Seen:
        with self._workspace.reading() as connection:
            asked = select(func.count()).select_from(RUNS).where(RUNS.c.operation == OUTLOOK)
            outlooks = connection.execute(asked).scalar() or 0
            if before is None:
                return _first(connection, version, outlooks)
            rows = _rows(connection, before.seq)
            # Row 0 is the beginning, which no row tells.
            follows = before.seq == 0 or (bool(rows) and rows[0].hash == before.hash)
            fresh = rows[1:] if before.seq else rows
            if not follows or len(rows) == MOST_ROWS or not all(_is_told_apart(row) for row in fresh):
                return _first(connection, version, outlooks)
        seq, digest = (rows[-1].seq, rows[-1].hash) if rows else (before.seq, before.hash)
        return _Seen(version, seq, digest, _after(before.mark, fresh, outlooks))


def _aside(workspace: Workspace) -> sqlite3.Connection | None:
    """A connection that only ever looks; None to a server."""
    url = workspace.engine.url
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return sqlite3.connect(url.database, check_same_thread=False, isolation_level=None)


def _first(connection: Connection, version: int | None, outlooks: int) -> _Seen:
    """A mark of which nothing before is told apart."""
    last = connection.execute(select(AUDIT.c.seq, AUDIT.c.hash).order_by(AUDIT.c.seq.desc()).limit(1)).first()
    seq, digest = (last.seq, last.hash) if last else (0, BEGINNING)
    return _Seen(version, seq, digest, Mark(digest, outlooks=outlooks))


def _rows(connection: Connection, seq: int) -> Sequence[Any]:
    """The row of a number and those after it, with the programmes that their documents belong to."""
    columns = (AUDIT.c.seq, AUDIT.c.hash, AUDIT.c.action, AUDIT.c.object, DOCUMENTS.c.programme_id)
    joined = AUDIT.outerjoin(DOCUMENTS, DOCUMENTS.c.id == AUDIT.c.object)
    asked = select(*columns).select_from(joined).where(AUDIT.c.seq >= seq).order_by(AUDIT.c.seq).limit(MOST_ROWS)
    return connection.execute(asked).all()


def _is_told_apart(row: Any) -> bool:
    return row.action in OF_DOCUMENTS or row.action in OF_PEOPLE or row.action in OF_NOTHING


def _after(before: Mark, rows: Sequence[Any], outlooks: int) -> Mark:
    """The mark after these rows; the same one where they moved nothing."""
    people, documents = before.people, dict(before.documents)
    for row in rows:
        if row.action in OF_PEOPLE:
            people = row.seq
        elif row.action in OF_DOCUMENTS:
            documents |= {name: row.seq for name in (row.object, row.programme_id) if name is not None}
    if (people, documents, outlooks) == (before.people, before.documents, before.outlooks):
        return before
    return replace(before, people=people, documents=documents, outlooks=outlooks, known={})
