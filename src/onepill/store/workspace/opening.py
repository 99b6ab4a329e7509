"""Opening a workspace: its place, its database at the present revision, and what can be done with it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine

from onepill.core.errors import InputError
from onepill.store.places import home_folder
from onepill.store.workspace import migrating
from onepill.store.workspace.audit import Audit
from onepill.store.workspace.documents import Documents
from onepill.store.workspace.engine import file_engine, make_engine, reading, writing
from onepill.store.workspace.tables import HEAD

if TYPE_CHECKING:
    from onepill.store.workspace.accounts import Accounts
    from onepill.store.workspace.approvals import Approvals
    from onepill.store.workspace.jobs import Jobs
    from onepill.store.workspace.moved import Moved
    from onepill.store.workspace.runs import Runs
    from onepill.store.workspace.sessions import Sessions
    from onepill.store.workspace.settings import Settings
    from onepill.store.workspace.sign_ins import SignIns
    from onepill.store.workspace.tokens import Tokens
    from onepill.store.workspace.watches import Watches

DATABASE = "ONEPILL_DATABASE"
"""The variable that names a database other than the file in the home folder."""
FILE = "workspace.sqlite"


@dataclass(frozen=True)
class Workspace:
    """An open workspace; safe to use from several threads, and by several processes at once."""

    home: Path
    engine: Engine

    @cached_property
    def documents(self) -> Documents:
        return Documents(self)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self)

    @cached_property
    def accounts(self) -> Accounts:
        from onepill.store.workspace.accounts import Accounts

        return Accounts(self)

    @cached_property
    def sessions(self) -> Sessions:
        from onepill.store.workspace.sessions import Sessions

        return Sessions(self)

    @cached_property
    def sign_ins(self) -> SignIns:
        from onepill.store.workspace.sign_ins import SignIns

        return SignIns(self)

    @cached_property
    def tokens(self) -> Tokens:
        from onepill.store.workspace.tokens import Tokens

        return Tokens(self)

    @cached_property
    def approvals(self) -> Approvals:
        from onepill.store.workspace.approvals import Approvals

        return Approvals(self)

    @cached_property
    def runs(self) -> Runs:
        from onepill.store.workspace.runs import Runs

        return Runs(self)

    @cached_property
    def jobs(self) -> Jobs:
        from onepill.store.workspace.jobs import Jobs

        return Jobs(self)

    @cached_property
    def moved(self) -> Moved:
        from onepill.store.workspace.moved import Moved

        return Moved(self)

    @cached_property
    def settings(self) -> Settings:
        from onepill.store.workspace.settings import Settings

        return Settings(self)

    @cached_property
    def watches(self) -> Watches:
        from onepill.store.workspace.watches import Watches

        return Watches(self)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One unchanging view."""
        with reading(self.engine) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes, committed at its end; one at a time over all processes."""
        with writing(self.engine) as connection:
            yield connection

    def backup(self, file: Path) -> None:
        """Write all that is kept into one new file; others may work meanwhile."""
        from onepill.store.workspace.backup import backup

        backup(self, file)

    def restore(self, file: Path, *, actor: str = "restore") -> Path:
        """Put a backup in the place of all that is kept; returns the backup of what stood here before."""
        from onepill.store.workspace.backup import restore

        return restore(self, file, actor=actor)

    def close(self) -> None:
        """Let go of the database."""
        if "moved" in self.__dict__:
            self.moved.close()
        self.engine.dispose()


def open_workspace(home: Path | None = None, url: str | None = None) -> Workspace:
    """Open the workspace, made or brought to the present revision where it is not.

    Args:
        home: the folder of stores and settings; else that of this user.
        url: the database; else that which `ONEPILL_DATABASE` names, else `workspace.sqlite` in `home`.

    Raises:
        InputError: `workspace.address`, `workspace.place`, `workspace.newer`, `workspace.database`.
        StoreBusy: others write for too long.
    """
    folder = (home or home_folder()).absolute()
    named = url or os.environ.get(DATABASE, "")
    _make(folder)
    engine = make_engine(named) if named else file_engine(folder / FILE)
    found = Workspace(folder, engine)
    _bring_up(found)
    if (folder / "watches").is_dir():  # of an earlier version
        from onepill.store.workspace.watches import bring_files

        bring_files(found)
    return found


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        message = f"{folder} cannot be made: {error.strerror or error}"
        hint = "name a folder that you may write to in ONEPILL_HOME"
        raise InputError.single("workspace.place", message, hint=hint, file=str(folder)) from None


def _bring_up(found: Workspace) -> None:
    """Migrate where that is needed; whoever comes second waits, looks again and finds it done."""
    with found.reading() as connection:
        if migrating.revision(connection) == HEAD:
            return
    with found.writing() as connection:
        if migrating.revision(connection) != HEAD:
            migrating.upgrade(connection)
