"""Watches: small named documents, each of the account that saved it; the trail keeps what stood before."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, insert, select

from onepill.core.errors import InputError
from onepill.store.workspace.audit import append
from onepill.store.workspace.clock import now_utc
from onepill.store.workspace.settings import get_setting, put_setting
from onepill.store.workspace.tables import WATCHES

if TYPE_CHECKING:
    from onepill.store.workspace.opening import Workspace

MOST_LETTERS = 40
MARKS = "-_."
NAME_HINT = f"letters and digits of any script, and {' '.join(MARKS)} after the first; at most {MOST_LETTERS} letters"
FOLDER = "watches"
"""Where earlier versions of onepill kept watches, one file each, in the home folder."""
BROUGHT = "watch files of "


@dataclass(frozen=True)
class Watch:
    """A watch; `owner` is the account that saved it, None where this machine's user did."""

    name: str
    text: str
    owner: str | None
    saved_at: str
    saved_by: str


@dataclass(frozen=True)
class Watches:
    """The watches of a workspace."""

    workspace: Workspace

    def get(self, name: str) -> Watch | None:
        """A watch; None where there is none.

        Raises:
            InputError: `watch.name`.
        """
        with self.workspace.reading() as connection:
            return _watch(connection, watch_name(name))

    def list(self) -> list[Watch]:
        """All watches by name."""
        with self.workspace.reading() as connection:
            return [Watch(**row) for row in connection.execute(select(WATCHES).order_by(WATCHES.c.name)).mappings()]

    def save(self, name: str, text: str, *, actor: str, owner: str | None) -> Watch | None:
        """Keep a watch; returns the one of that name which stood before, which keeps its owner.

        `owner` is the account that saves; None is this machine's user, who may replace anybody's.

        Raises:
            InputError: `watch.name`; `watch.taken`: it is another account's.
        """
        with self.workspace.writing() as connection:
            before = _watch(connection, watch_name(name))
            if before is not None and owner is not None and before.owner != owner:
                message = f"there is a watch {before.name} of somebody else's"
                raise InputError.single("watch.taken", message, hint="take another name", path="name", value=name)
            kept_by = before.owner if before is not None else owner
            made = Watch(watch_name(name), text, kept_by, now_utc(), actor)
            connection.execute(delete(WATCHES).where(WATCHES.c.name == made.name))
            connection.execute(insert(WATCHES).values(**made.__dict__))
            append(connection, actor, "watch save", made.name, {"text": text, "before": before and before.text})
        return before

    def delete(self, name: str, *, actor: str) -> bool:
        """Forget a watch; False where there is none. The trail keeps its text.

        Raises:
            InputError: `watch.name`.
        """
        with self.workspace.writing() as connection:
            before = _watch(connection, watch_name(name))
            if before is None:
                return False
            connection.execute(delete(WATCHES).where(WATCHES.c.name == before.name))
            append(connection, actor, "watch forget", before.name, {"before": before.text})
        return True


def _watch(connection: Connection, name: str) -> Watch | None:
    row = connection.execute(select(WATCHES).where(WATCHES.c.name == name)).mappings().first()
    return Watch(**row) if row else None


def watch_name(text: str) -> str:
    """A name as it is kept: composed, small letters, so that `MEK` and `mek` are one watch.

    Raises:
        InputError: `watch.name`.
    """
    name = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    if not name or len(name) > MOST_LETTERS or name[0] in MARKS or not all(_fits(letter) for letter in name):
        raise InputError.single("watch.name", f"{text!r} names no watch", hint=NAME_HINT, path="name", value=text)
    return name


def _fits(letter: str) -> bool:
    return letter.isalnum() or letter in MARKS or unicodedata.category(letter) in ("Mn", "Mc")


def bring_files(workspace: Workspace) -> None:
    """Bring in the watches that an earlier version kept as files of the home folder, once and in one transaction.

    The files stay as they are. One whose name is taken already stays a file, and the trail tells which.
    """
    folder = workspace.home / FOLDER
    mark = f"{BROUGHT}{workspace.home}"
    if not folder.is_dir() or workspace.settings.get(mark) is not None:
        return
    with workspace.writing() as connection:
        if get_setting(connection, mark) is not None:
            return
        told: dict[str, list[str]] = {"brought": [], "left": []}
        for file in sorted(folder.glob("*.json")):
            if not file.name.startswith("."):
                told["brought" if _brought(connection, file) else "left"].append(file.name)
        put_setting(connection, mark, now_utc())
        if any(told.values()):
            append(connection, "onepill", "watches brought in", FOLDER, told)


def _brought(connection: Connection, file: Path) -> bool:
    try:
        name = watch_name(file.stem)
        text = file.read_bytes().decode("utf-8", "replace").replace("\x00", "\ufffd")
    except (InputError, OSError):
        return False
    if _watch(connection, name) is not None:
        return False
    connection.execute(insert(WATCHES).values(**Watch(name, text, None, now_utc(), "onepill").__dict__))
    return True
