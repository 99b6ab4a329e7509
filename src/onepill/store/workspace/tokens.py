"""Tokens for programs that ask on somebody's behalf: shown once, kept as their hash."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, insert, select, update

from onepill.core.errors import InputError
from onepill.store.workspace.audit import append
from onepill.store.workspace.clock import now_utc, seconds_ago
from onepill.store.workspace.sessions import SEEN_SECONDS, secret_hash
from onepill.store.workspace.tables import TOKENS, USERS

if TYPE_CHECKING:
    from onepill.store.workspace.accounts import User
    from onepill.store.workspace.opening import Workspace

Row = dict[str, Any]
PREFIX = "onepill_"
"""So that a token left in a file is known for what it is."""
DAY_SECONDS = 86_400
MOST_TOKENS = 100
SHOWN = ("id", "user_name", "name", "scopes", "created_at", "expires_at", "used_at", "revoked_at")


@dataclass(frozen=True)
class Tokens:
    """The tokens of a workspace."""

    workspace: Workspace

    def add(self, user: str, name: str, *, scopes: tuple[str, ...], days: int, actor: str) -> tuple[Row, str]:
        """Make a token; returns its row and the token itself, which nobody can read again.

        Raises:
            InputError: `user.unknown`, `token.many`.
        """
        token = PREFIX + secrets.token_urlsafe(32)
        row: Row = dict.fromkeys(SHOWN)
        row |= {"id": secrets.token_hex(8), "user_name": user, "name": name, "scopes": " ".join(scopes)}
        row |= {"created_at": now_utc(), "expires_at": seconds_ago(-days * DAY_SECONDS)}
        self.workspace.accounts.get(user)
        with self.workspace.writing() as connection:
            own = select(TOKENS.c.id).where(TOKENS.c.user_name == user, TOKENS.c.revoked_at.is_(None))
            if len(connection.execute(own.limit(MOST_TOKENS)).all()) == MOST_TOKENS:
                message, hint = f"{user} has {MOST_TOKENS} tokens already", "revoke those that are not used"
                raise InputError.single("token.many", message, hint=hint, path="name")
            connection.execute(insert(TOKENS).values(**row, token_hash=secret_hash(token)))
            known = {"user": user, "name": name, "scopes": list(scopes), "expires_at": row["expires_at"]}
            append(connection, actor, "token add", row["id"], known)
        return _shown(row), token

    def user(self, token: str) -> tuple[User, frozenset[str]] | None:
        """Whose token this is and what it is for; None where it ended or was never given."""
        found = self.lasting(token)
        return found[:2] if found else None

    def lasting(self, token: str) -> tuple[User, frozenset[str], str | None] | None:
        """The same with the moment at which the token ends, where there is one."""
        from onepill.store.workspace.accounts import User

        is_it = (TOKENS.c.token_hash == secret_hash(token)) & TOKENS.c.revoked_at.is_(None)
        lasts = TOKENS.c.expires_at.is_(None) | (TOKENS.c.expires_at > now_utc())
        columns = (USERS, TOKENS.c.scopes, TOKENS.c.used_at, TOKENS.c.expires_at)
        asked = select(*columns).join(TOKENS, TOKENS.c.user_name == USERS.c.name)
        with self.workspace.reading() as connection:
            row = connection.execute(asked.where(is_it & lasts & USERS.c.disabled_at.is_(None))).mappings().first()
        if row is None:
            return None
        if row["used_at"] is None or row["used_at"] < seconds_ago(SEEN_SECONDS):
            with self.workspace.writing() as connection:
                connection.execute(update(TOKENS).where(is_it).values(used_at=now_utc()))
        user = User(**{column.name: row[column.name] for column in USERS.c})
        return user, frozenset(row["scopes"].split()), row["expires_at"]

    def list(self, user: str | None = None) -> list[Row]:
        """Tokens without their hashes, the newest first."""
        asked = select(TOKENS).order_by(TOKENS.c.created_at.desc(), TOKENS.c.id)
        if user is not None:
            asked = asked.where(TOKENS.c.user_name == user)
        with self.workspace.reading() as connection:
            return [_shown(dict(row)) for row in connection.execute(asked).mappings()]

    def count_lasting(self, user: str) -> int:
        """How many tokens of an account are neither revoked nor over."""
        lasts = TOKENS.c.expires_at.is_(None) | (TOKENS.c.expires_at > now_utc())
        is_it = (TOKENS.c.user_name == user) & TOKENS.c.revoked_at.is_(None) & lasts
        with self.workspace.reading() as connection:
            return connection.execute(select(func.count()).select_from(TOKENS).where(is_it)).scalar() or 0

    def revoke(self, token_id: str, *, user: str, actor: str) -> Row:
        """End a token of an account.

        Raises:
            InputError: `token.unknown`.
        """
        is_it = (TOKENS.c.id == token_id) & (TOKENS.c.user_name == user)
        with self.workspace.writing() as connection:
            row = connection.execute(select(TOKENS).where(is_it)).mappings().first()
            if row is None:
                message = f"{user} has no token {token_id[:80]!r}"
                raise InputError.single("token.unknown", message, hint="`onepill tokens list`", path="id")
            ended = row["revoked_at"] or now_utc()
            connection.execute(update(TOKENS).where(is_it).values(revoked_at=ended))
            append(connection, actor, "token revoke", token_id, {"user": user})
            return _shown({**row, "revoked_at": ended})


def revoke_all(connection: Connection, user: str, *, actor: str) -> None:
    """End every token of an account within the caller's transaction."""
    lasting = (TOKENS.c.user_name == user) & TOKENS.c.revoked_at.is_(None)
    for token_id in connection.execute(select(TOKENS.c.id).where(lasting).order_by(TOKENS.c.id)).scalars().all():
        connection.execute(update(TOKENS).where(TOKENS.c.id == token_id).values(revoked_at=now_utc()))
        append(connection, actor, "token revoke", token_id, {"user": user})


def _shown(row: Row) -> Row:
    return {**{name: row[name] for name in SHOWN}, "scopes": row["scopes"].split()}
