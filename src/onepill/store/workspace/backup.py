"""All that is kept as one file, and back; both while others work, and from either kind of database to the other."""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, delete, insert, select, text

from onepill.core.errors import InputError
from onepill.store.workspace import migrating
from onepill.store.workspace.append_only import guard, unguard
from onepill.store.workspace.audit import append, broken
from onepill.store.workspace.clock import now_utc, seconds_ago, stamp
from onepill.store.workspace.engine import file_engine, reading, writing
from onepill.store.workspace.tables import APPEND_ONLY, DOCUMENTS, HEAD, METADATA, SESSIONS, SIGN_INS

if TYPE_CHECKING:
    from onepill.store.workspace.opening import Workspace

PASSING = (SESSIONS, SIGN_INS)
TABLES = tuple(table for table in METADATA.sorted_tables if table not in PASSING)
"""Those that reference come after those they reference. Who is signed in is not kept: a restore signs all out."""
ROWS_AT_ONCE = 200
LEFT_SECONDS = 86_400


def backup(workspace: Workspace, file: Path) -> None:
    """Write an SQLite file with everything as it is at one moment; readers and writers go on.

    Raises:
        InputError: `backup.exists`, `backup.place`.
    """
    if file.exists():
        hint = "name a file that is not there yet"
        raise InputError.single("backup.exists", f"{file} is there already", hint=hint, file=str(file))
    aside = file.with_name(f".{file.name[:100]}.{secrets.token_hex(8)}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        aside.touch(mode=0o600, exist_ok=False)
        _fill(workspace, aside)
        _sync(aside)
        _put(aside, file)
    except OSError as error:
        message = f"{file} cannot be written: {error.strerror or error}"
        hint = "choose a folder that you may write to, with enough space"
        raise InputError.single("backup.place", message, hint=hint, file=str(file)) from None
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def _fill(workspace: Workspace, aside: Path) -> None:
    engine = file_engine(aside)
    try:
        with writing(engine) as target:
            migrating.upgrade(target)
            with workspace.reading() as source:
                _copy(source, target)
        with engine.connect() as connection:
            # One file, without a log beside it.
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA journal_mode = DELETE")
            connection.exec_driver_sql("BEGIN")
    finally:
        engine.dispose()


def _put(aside: Path, file: Path) -> None:
    """Give the file its name, but never that of one that came meanwhile."""
    try:
        os.link(aside, file)
    except FileExistsError:
        raise InputError.single("backup.exists", f"{file} is there already", file=str(file)) from None
    except OSError:  # a stick without links
        aside.replace(file)


def _sync(file: Path) -> None:
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())


def _copy(source: Connection, target: Connection) -> None:
    for table in TABLES:
        # A programme comes before the documents that name it.
        asked = select(table).order_by(table.c.programme_id.is_not(None)) if table is DOCUMENTS else select(table)
        for rows in source.execute(asked, execution_options={"yield_per": ROWS_AT_ONCE}).mappings().partitions():
            target.execute(insert(table), [dict(row) for row in rows])


def restore(workspace: Workspace, file: Path, *, actor: str) -> Path:
    """Put a backup in the place of everything, in one transaction; returns the backup of what stood there.

    The backup may come from an earlier version of onepill: a copy of it is brought to the present one first.

    Raises:
        InputError: `backup.missing`, `backup.damaged`, `backup.trail`, `workspace.newer`.
    """
    before = workspace.home / "backups" / f"before-restore-{now_utc().replace(':', '')}.sqlite"
    copied = workspace.home / f".restore-{secrets.token_hex(8)}.part"
    engine = file_engine(copied)
    _forget_left(workspace.home)
    try:
        _copy_file(file, copied)
        _bring_up(engine, file)
        with reading(engine) as source, workspace.writing() as target:
            # In our turn to write, so that nothing is saved between the backup of what stands and its end.
            backup(workspace, before)
            _replace(source, target)
            append(target, actor, "restore", file.name, {"before": before.name})
    finally:
        engine.dispose()
        for end in ("", "-wal", "-shm"):
            Path(f"{copied}{end}").unlink(missing_ok=True)
    return before


def _replace(source: Connection, target: Connection) -> None:
    unguard(target, APPEND_ONLY)
    for table in (*PASSING, *reversed(TABLES)):
        target.execute(delete(table))
    _copy(source, target)
    guard(target, APPEND_ONLY)


def _forget_left(home: Path) -> None:
    """What restores and backups left that were killed a day ago or longer: whole copies of everything."""
    oldest = seconds_ago(LEFT_SECONDS)
    for left in (*home.glob(".restore-*.part*"), *(home / "backups").glob(".*.part*")):
        with suppress(OSError):
            if stamp(datetime.fromtimestamp(left.stat().st_mtime, UTC)) < oldest:
                left.unlink()


def _copy_file(file: Path, copied: Path) -> None:
    try:
        copied.touch(mode=0o600, exist_ok=False)
        shutil.copyfile(file, copied)
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror or error}"
        raise InputError.single("backup.missing", message, hint="check the path", file=str(file)) from None


def _bring_up(engine: Engine, file: Path) -> None:
    """Check the copy of a backup, and bring it to the present revision."""
    try:
        with writing(engine) as connection:
            if migrating.revision(connection) is None:
                raise _damaged(file, "it holds no workspace")
            if migrating.revision(connection) != HEAD:
                migrating.upgrade(connection)
            _check(connection, file)
    except InputError as error:
        is_ours = error.findings[0].code != "workspace.database"
        raise error if is_ours else _damaged(file, str(error)) from None


def _check(source: Connection, file: Path) -> None:
    """A backup is refused where its pages or its trail are not whole."""
    said = source.execute(text("PRAGMA integrity_check(1)")).scalar()
    if said != "ok":
        raise _damaged(file, str(said))
    if problems := broken(source):
        message = f"the audit trail of {file} is not whole: row {problems[0]['seq']} {problems[0]['problem']}"
        hint = "somebody changed it: take an earlier backup"
        raise InputError.single("backup.trail", message, hint=hint, file=str(file), value=problems[:10])


def _damaged(file: Path, why: str) -> InputError:
    hint = "name a file that `onepill backup` wrote"
    return InputError.single("backup.damaged", f"{file} is no backup of a workspace: {why}", hint=hint, file=str(file))
