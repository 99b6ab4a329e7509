"""The trail of who did what: each row carries the hash of the row before it, so that no change goes unseen."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, insert, select

from onepill.store.workspace.clock import now_utc
from onepill.store.workspace.tables import AUDIT

if TYPE_CHECKING:
    from onepill.store.workspace.opening import Workspace

Row = dict[str, Any]
BEGINNING = "0" * 64
"""What the first row carries as the hash before it."""


@dataclass(frozen=True)
class Audit:
    """The trail of a workspace."""

    workspace: Workspace

    def append(self, actor: str, action: str, about: str, detail: Row | None = None) -> int:
        """Add a row in a transaction of its own; returns its number."""
        with self.workspace.writing() as connection:
            return append(connection, actor, action, about, detail)

    def rows(self, *, after: int = 0, limit: int = 1000) -> list[Row]:
        """Rows in their order."""
        asked = select(AUDIT).where(AUDIT.c.seq > after).order_by(AUDIT.c.seq).limit(limit)
        with self.workspace.reading() as connection:
            return [_row(found) for found in connection.execute(asked).mappings()]

    def head(self) -> tuple[int, str]:
        """Number and hash of the last row, which move with all that is saved, granted, signed or brought back."""
        with self.workspace.reading() as connection:
            last = connection.execute(select(AUDIT.c.seq, AUDIT.c.hash).order_by(AUDIT.c.seq.desc()).limit(1)).first()
        return (last.seq, last.hash) if last else (0, BEGINNING)

    def verify(self) -> list[Row]:
        """What is wrong with the chain: rows that were changed, taken out or put in; none where it is whole."""
        with self.workspace.reading() as connection:
            return broken(connection)

    def checked(self, *, head: str | None = None) -> Checked:
        """The whole trail against itself, the kept texts, signatures, accounts and access, and a head noted before.

        Rows cut off at the end leave a chain that holds: what they told of, or a head that was noted, shows the gap.
        """
        from onepill.store.workspace.approvals import unlike
        from onepill.store.workspace.standing import astray

        with self.workspace.reading() as connection:
            problems = [*broken(connection), *unlike(connection), *astray(connection)]
            last = connection.execute(select(AUDIT.c.hash).order_by(AUDIT.c.seq.desc()).limit(1)).scalar()
            count = connection.execute(select(func.count()).select_from(AUDIT)).scalar() or 0
            if head and connection.execute(select(AUDIT.c.seq).where(AUDIT.c.hash == head)).first() is None:
                problems.append({"seq": 0, "problem": f"the row {head} that was noted is not there"})
        return Checked(count, last or BEGINNING, problems)


@dataclass(frozen=True)
class Checked:
    """Rows that were read, the hash of the last, and what is wrong."""

    rows: int
    head: str
    problems: list[Row]


def append(connection: Connection, actor: str, action: str, about: str, detail: Row | None = None) -> int:
    """Add a row within the transaction of what it tells about; returns its number."""
    last = connection.execute(select(AUDIT.c.seq, AUDIT.c.hash).order_by(AUDIT.c.seq.desc()).limit(1)).first()
    row = {
        "seq": last.seq + 1 if last else 1,
        "at": now_utc(),
        "actor": actor,
        "action": action,
        "object": about,
        "detail": json.dumps(detail or {}, sort_keys=True, ensure_ascii=False),
        "previous_hash": last.hash if last else BEGINNING,
    }
    connection.execute(insert(AUDIT).values(**row, hash=chained(row)))
    return int(row["seq"])


def chained(row: Row) -> str:
    """SHA-256 of the row and of the hash before it."""
    parts = [row[name] for name in ("seq", "at", "actor", "action", "object", "detail", "previous_hash")]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8")).hexdigest()


def broken(connection: Connection) -> list[Row]:
    """Each place where the chain does not hold: the number, and what is wrong."""
    found: list[Row] = []
    previous, number = BEGINNING, 0
    for row in connection.execute(select(AUDIT).order_by(AUDIT.c.seq)).mappings():
        number += 1
        if row["seq"] != number:
            found.append({"seq": number, "problem": "missing"})
            number = row["seq"]
        if row["previous_hash"] != previous:
            found.append({"seq": row["seq"], "problem": "does not follow the row before it"})
        if row["hash"] != chained(dict(row)):
            found.append({"seq": row["seq"], "problem": "changed"})
        previous = row["hash"]
    return found


def _row(found: Any) -> Row:
    return {**found, "detail": json.loads(found["detail"])}
