"""Accounts, who may reach which programme, and which fields of it are above which tier."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, insert, select, update

from onepill.core.errors import InputError
from onepill.store.workspace.audit import append
from onepill.store.workspace.clock import now_utc
from onepill.store.workspace.documents import unknown
from onepill.store.workspace.passwords import checked_password, hashed, is_right
from onepill.store.workspace.settings import get_setting, put_setting
from onepill.store.workspace.standing import TIERS, password_mark
from onepill.store.workspace.tables import DOCUMENTS, GRANTS, SESSIONS, USERS
from onepill.store.workspace.tokens import revoke_all

if TYPE_CHECKING:
    from onepill.store.workspace.opening import Workspace

Row = dict[str, Any]
_NAME = re.compile(r"[a-z0-9][a-z0-9_.@-]{0,63}")
_PATH = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


@dataclass(frozen=True)
class User:
    """An account; one without a password signs in through its issuer alone."""

    name: str
    shown_name: str | None
    role: str
    password_hash: str | None
    issuer: str | None
    subject: str | None
    created_at: str
    disabled_at: str | None


@dataclass(frozen=True)
class Accounts:
    """The accounts of a workspace; every change stands in the trail."""

    workspace: Workspace

    def add(
        self,
        name: str,
        *,
        role: str,
        actor: str,
        password: str | None = None,
        shown_name: str | None = None,
        issuer: str | None = None,
        subject: str | None = None,
    ) -> User:
        """Make an account.

        Raises:
            InputError: `user.name`, `user.exists`, `password.short`, `password.long`.
        """
        if not _NAME.fullmatch(name):
            hint = "small letters, digits and _ . @ - after the first; at most 64"
            raise InputError.single("user.name", f"{name[:80]!r} is no name", hint=hint, path="name", value=name[:80])
        kept = hashed(checked_password(password)) if password is not None else None
        made = User(name, shown_name, role, kept, issuer, subject, now_utc(), None)
        with self.workspace.writing() as connection:
            if _user(connection, name) is not None:
                message = f"there is an account {name} already"
                raise InputError.single("user.exists", message, hint="take another name", path="name", value=name)
            connection.execute(insert(USERS).values(**made.__dict__))
            known = {"issuer": issuer, "subject": subject, "password": password_mark(kept)}
            append(connection, actor, "user add", name, {"role": role, **known})
        return made

    def get(self, name: str) -> User:
        """An account.

        Raises:
            InputError: `user.unknown`.
        """
        with self.workspace.reading() as connection:
            return _known(connection, name)

    def list(self) -> list[User]:
        """All accounts by name."""
        with self.workspace.reading() as connection:
            return [User(**row) for row in connection.execute(select(USERS).order_by(USERS.c.name)).mappings()]

    def by_subject(self, issuer: str, subject: str) -> User | None:
        """The account of a person whom another service knows."""
        asked = select(USERS).where(USERS.c.issuer == issuer, USERS.c.subject == subject)
        with self.workspace.reading() as connection:
            row = connection.execute(asked).mappings().first()
        return User(**row) if row else None

    def verified(self, name: str, password: str) -> User | None:
        """The account, if the password is its own and it is not disabled; None otherwise, after as long a time."""
        with self.workspace.reading() as connection:
            found = _user(connection, name)
        is_known = is_right(found.password_hash if found else None, password)
        return found if is_known and found is not None and found.disabled_at is None else None

    def change(self, name: str, *, actor: str, role: str | None = None, disabled: bool | None = None) -> User:
        """Change the role, or disable or enable; who is disabled is signed out at once.

        Raises:
            InputError: `user.unknown`, `user.last_admin`: nobody would be left to administer.
        """
        with self.workspace.writing() as connection:
            found = _known(connection, name)
            values: Row = {"role": role} if role else {}
            if disabled is not None:
                values["disabled_at"] = (found.disabled_at or now_utc()) if disabled else None
            if values:
                connection.execute(update(USERS).where(USERS.c.name == name).values(**values))
            _keep_an_admin(connection, found)
            if disabled:
                connection.execute(delete(SESSIONS).where(SESSIONS.c.user_name == name))
            append(connection, actor, "user change", name, {"role": role, "disabled": disabled})
            return _known(connection, name)

    def link(self, name: str, *, issuer: str, subject: str, actor: str) -> User:
        """Let a person whom another service knows in as this account; its sessions end.

        Raises:
            InputError: `user.unknown`, `user.linked`: another account is that person's.
        """
        with self.workspace.writing() as connection:
            _known(connection, name)
            is_it = (USERS.c.issuer == issuer) & (USERS.c.subject == subject) & (USERS.c.name != name)
            if other := connection.execute(select(USERS.c.name).where(is_it)).scalar():
                message = f"the account {other} is that person's already"
                raise InputError.single("user.linked", message, hint=f"disable or link {other} first", path="subject")
            connection.execute(update(USERS).where(USERS.c.name == name).values(issuer=issuer, subject=subject))
            connection.execute(delete(SESSIONS).where(SESSIONS.c.user_name == name))
            append(connection, actor, "user link", name, {"issuer": issuer, "subject": subject})
            return _known(connection, name)

    def set_password(self, name: str, password: str, *, actor: str, revoke_tokens: bool = False) -> None:
        """Give a new password; every session of the account ends, and its tokens where asked for.

        Raises:
            InputError: `user.unknown`, `password.short`, `password.long`.
        """
        kept = hashed(checked_password(password))
        with self.workspace.writing() as connection:
            _known(connection, name)
            connection.execute(update(USERS).where(USERS.c.name == name).values(password_hash=kept))
            connection.execute(delete(SESSIONS).where(SESSIONS.c.user_name == name))
            append(connection, actor, "user password", name, {"password": password_mark(kept)})
            if revoke_tokens:
                revoke_all(connection, name, actor=actor)

    def grant(self, name: str, programme_id: str, role: str, *, actor: str) -> None:
        """Let somebody reach a programme, with a role there.

        Raises:
            InputError: `user.unknown`, `document.unknown`.
        """
        with self.workspace.writing() as connection:
            _known(connection, name)
            _programme(connection, programme_id)
            grant(connection, name, programme_id, role, actor=actor)

    def withdraw(self, name: str, programme_id: str, *, actor: str) -> None:
        """Take access to a programme away; nothing happens where there was none.

        Raises:
            InputError: `user.unknown`, `document.unknown`.
        """
        with self.workspace.writing() as connection:
            _known(connection, name)
            _programme(connection, programme_id)
            connection.execute(_granted(name, programme_id))
            append(connection, actor, "withdraw", programme_id, {"user": name})

    def granted(self, name: str, programme_id: str) -> Any:
        """The role that somebody was given on a programme; None where none was."""
        is_it = (GRANTS.c.user_name == name) & (GRANTS.c.programme_id == programme_id)
        with self.workspace.reading() as connection:
            return connection.execute(select(GRANTS.c.role).where(is_it)).scalar()

    def grants(self, name: str) -> dict[str, str]:
        """Role by programme of somebody."""
        asked = select(GRANTS).where(GRANTS.c.user_name == name).order_by(GRANTS.c.programme_id)
        with self.workspace.reading() as connection:
            return {row["programme_id"]: row["role"] for row in connection.execute(asked).mappings()}

    def tiers(self, programme_id: str) -> dict[str, Any]:
        """Tier by path of the fields of a programme that have one of their own."""
        found: dict[str, Any] = json.loads(self.workspace.settings.get(_tiers_key(programme_id)) or "{}")
        return found

    def set_tier(self, programme_id: str, path: str, tier: str | None, *, actor: str, reason: str) -> dict[str, Any]:
        """Give a field a tier of its own, or none; returns all.

        Raises:
            InputError: `document.unknown`, `tier.path`.
        """
        if not _PATH.fullmatch(path):
            hint = "write keys and positions with dots, such as markets.US.peak_share"
            raise InputError.single("tier.path", f"{path[:80]!r} is no path", hint=hint, path="path", value=path[:80])
        with self.workspace.writing() as connection:
            _programme(connection, programme_id)
            tiers = json.loads(get_setting(connection, _tiers_key(programme_id)) or "{}")
            before = tiers.pop(path, None)
            if tier is not None:
                tiers[path] = tier
            put_setting(connection, _tiers_key(programme_id), json.dumps(tiers, sort_keys=True))
            detail = {"path": path, "before": before, "after": tier, "reason": reason}
            append(connection, actor, "tier", programme_id, detail)
        return dict(sorted(tiers.items()))


def grant(connection: Connection, name: str, programme_id: str, role: str, *, actor: str) -> None:
    """Let somebody reach a programme within the caller's transaction."""
    connection.execute(_granted(name, programme_id))
    connection.execute(insert(GRANTS).values(programme_id=programme_id, user_name=name, role=role))
    append(connection, actor, "grant", programme_id, {"user": name, "role": role})


def _granted(name: str, programme_id: str) -> Any:
    return delete(GRANTS).where(GRANTS.c.user_name == name, GRANTS.c.programme_id == programme_id)


def _tiers_key(programme_id: str) -> str:
    return f"{TIERS}{programme_id}"


def _user(connection: Connection, name: str) -> User | None:
    row = connection.execute(select(USERS).where(USERS.c.name == name)).mappings().first()
    return User(**row) if row else None


def _known(connection: Connection, name: str) -> User:
    found = _user(connection, name)
    if found is None:
        message, hint = f"there is no account {name[:80]!r}", "`onepill users list` names them"
        raise InputError.single("user.unknown", message, hint=hint, path="name", value=name[:80])
    return found


def _programme(connection: Connection, programme_id: str) -> None:
    is_it = (DOCUMENTS.c.id == programme_id) & (DOCUMENTS.c.kind == "programme")
    if connection.execute(select(DOCUMENTS.c.id).where(is_it)).first() is None:
        raise unknown(programme_id)


def _keep_an_admin(connection: Connection, before: User) -> None:
    """An administrator is not the last to leave."""
    is_admin = (USERS.c.role == "admin") & USERS.c.disabled_at.is_(None)
    was_admin = before.role == "admin" and before.disabled_at is None
    if was_admin and connection.execute(select(USERS.c.name).where(is_admin)).first() is None:
        message, hint = f"{before.name} is the last administrator", "make somebody else an administrator first"
        raise InputError.single("user.last_admin", message, hint=hint, path="name", value=before.name)
