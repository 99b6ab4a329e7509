"""Who is signed in: the id of a session is with its browser alone, its hash is kept here."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from onepill.store.workspace.audit import append
from onepill.store.workspace.clock import now_utc, seconds_ago
from onepill.store.workspace.tables import SESSIONS, USERS

if TYPE_CHECKING:
    from onepill.store.workspace.accounts import User
    from onepill.store.workspace.opening import Workspace

IDLE_SECONDS = 60 * 60
LONGEST_SECONDS = 12 * 60 * 60
"""A session ends when nothing was asked for so long, and at the latest after so long: assumptions of ours."""
SEEN_SECONDS = 60
"""How often it is noted that somebody is there: not with every request."""
MOST_SESSIONS = 20
"""Of one account; the oldest ends."""


@dataclass(frozen=True)
class Sessions:
    """The sessions of a workspace."""

    workspace: Workspace

    def start(self, name: str, *, replaces: str = "") -> str:
        """Sign somebody in under a new id, which is returned once; the id that the browser came with ends."""
        session_id = secrets.token_urlsafe(32)
        ends = seconds_ago(-LONGEST_SECONDS)
        row = {"id_hash": secret_hash(session_id), "user_name": name, "created_at": now_utc(), "seen_at": now_utc()}
        with self.workspace.writing() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.expires_at < now_utc()))
            connection.execute(delete(SESSIONS).where(SESSIONS.c.id_hash == secret_hash(replaces)))
            own = select(SESSIONS.c.id_hash).where(SESSIONS.c.user_name == name).order_by(SESSIONS.c.created_at.desc())
            for old in connection.execute(own.offset(MOST_SESSIONS - 1)).scalars().all():
                connection.execute(delete(SESSIONS).where(SESSIONS.c.id_hash == old))
            connection.execute(insert(SESSIONS).values(**row, expires_at=ends))
            append(connection, name, "sign in", name)
        return session_id

    def user(self, session_id: str) -> User | None:
        """Who is signed in under this id; None where it ended, was never given, or the account is disabled."""
        found = self.signed_in(session_id)
        return found[0] if found else None

    def signed_in(self, session_id: str) -> tuple[User, str] | None:
        """The same with the moment at which the session ends whatever is asked."""
        from onepill.store.workspace.accounts import User

        is_it = SESSIONS.c.id_hash == secret_hash(session_id)
        lasts = (SESSIONS.c.seen_at > seconds_ago(IDLE_SECONDS)) & (SESSIONS.c.expires_at > now_utc())
        columns = (USERS, SESSIONS.c.seen_at, SESSIONS.c.expires_at)
        asked = select(*columns).join(SESSIONS, SESSIONS.c.user_name == USERS.c.name)
        with self.workspace.reading() as connection:
            row = connection.execute(asked.where(is_it & lasts & USERS.c.disabled_at.is_(None))).mappings().first()
        if row is None:
            return None
        if row["seen_at"] < seconds_ago(SEEN_SECONDS):
            with self.workspace.writing() as connection:
                connection.execute(update(SESSIONS).where(is_it).values(seen_at=now_utc()))
        return User(**{column.name: row[column.name] for column in USERS.c}), row["expires_at"]

    def end(self, session_id: str) -> None:
        """Sign out."""
        is_it = SESSIONS.c.id_hash == secret_hash(session_id)
        with self.workspace.writing() as connection:
            name = connection.execute(select(SESSIONS.c.user_name).where(is_it)).scalar()
            if name is not None:
                connection.execute(delete(SESSIONS).where(is_it))
                append(connection, name, "sign out", name)


def secret_hash(secret: str) -> str:
    """What is kept of a long random secret; it needs no salt, since nobody can guess it."""
    return hashlib.sha256(secret.encode("utf-8")).hexdigest()
