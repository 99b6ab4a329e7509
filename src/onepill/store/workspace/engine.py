"""Connections to the database of a workspace: SQLite in the home folder, or PostgreSQL by its address."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    DBAPIError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from onepill.core.errors import InputError, MissingExtra, OnepillError, StoreBusy

BUSY_MILLISECONDS = 20_000
PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # Half a MiB of each connection's own: the system keeps the file in memory once for all of them.
    "PRAGMA cache_size = -512",
)
WRITES = "onepill_writes"
LOCK = 0x0E9111
"""PostgreSQL's number for our turn to write; any that no other program of the database uses."""
MOST_CONNECTIONS = 40
MOST_SERVER_CONNECTIONS = 8
"""Of one process to PostgreSQL, which allows 100 in all as it is installed: who comes when all are taken waits."""
DRIVER = "postgresql+pg8000"
UNREACHABLE = ("08", "28", "3D", "53", "57", "58")
"""Classes of PostgreSQL's SQLSTATE: no connection, no right, no such database, no room, shut down, no disk."""
TAKES_TURNS = frozenset({"40001", "40P01", "55P03"})
"""Codes of transactions that got in one another's way."""


def make_engine(url: str | URL) -> Engine:
    """An engine for SQLite or PostgreSQL.

    Raises:
        InputError: `workspace.address`.
        MissingExtra: the driver that the address names is not installed.
    """
    hint = f"write sqlite:///FILE or {DRIVER}://USER@HOST/DATABASE"
    try:
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername=DRIVER)
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            message = f"{parsed.drivername} is no database that a workspace is kept in"
            raise InputError.single("workspace.address", message, hint=hint, value=parsed.drivername)
        engine = create_engine(parsed, **_pool(parsed))
    except (ArgumentError, NoSuchModuleError) as error:
        raise InputError.single("workspace.address", f"no address of a database: {error}", hint=hint) from None
    except ImportError as error:
        raise MissingExtra(f"PostgreSQL needs its driver: install onepill[postgresql] ({error})") from None
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _pool(url: URL) -> dict[str, Any]:
    """A bounded pool, of which the connection used last is used next, so that a crowd that has left costs little.

    A connection to a server that was started anew meanwhile is made anew too.
    """
    is_server = url.get_backend_name() == "postgresql"
    most = MOST_SERVER_CONNECTIONS if is_server else MOST_CONNECTIONS
    waits = {"max_overflow": 0, "pool_timeout": BUSY_MILLISECONDS / 1000}
    return {"pool_size": most, **waits, "pool_pre_ping": is_server, "pool_use_lifo": True}


def file_engine(file: Path) -> Engine:
    """The engine of an SQLite file."""
    return make_engine(URL.create("sqlite", database=str(file)))


def _prepare_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    # sqlite3 would begin transactions late and leave CREATE TABLE outside of them: ours begin where we say.
    connection.isolation_level = None
    for pragma in PRAGMAS:
        _set(connection, pragma)


def _set(connection: sqlite3.Connection, pragma: str) -> None:
    # SQLite does not wait for its turn where a new file is first made one with a log of writes: we do.
    until = time.monotonic() + BUSY_MILLISECONDS / 1000
    while True:
        try:
            connection.execute(pragma)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that will write takes its turn at once, so that what it reads first cannot be overtaken.
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One unchanging view of the database."""
    level = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with _told(), engine.connect().execution_options(**level) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes: one at a time, committed at the end or undone by an error.

    Raises:
        StoreBusy: others write for longer than `BUSY_MILLISECONDS`.
    """
    with _told(), engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        yield connection


@contextmanager
def _told() -> Iterator[None]:
    """What the database refuses as our errors."""
    try:
        yield
    except PoolTimeout:
        raise StoreBusy("too many ask the workspace at once: try again in a moment") from None
    except (OverflowError, DataError):  # SQLite's driver says so of a number
        raise _unkept() from None
    except (DatabaseError, InterfaceError) as error:
        said = _said_by_server(error)
        told = _of_server(said) if said else _of_file(error)
        if told is None:
            raise  # a rule of the tables is broken: our fault
        raise told from None


def _of_file(error: DBAPIError) -> OnepillError | None:
    """What SQLite refuses, or that no server answers; None where it is a fault of ours."""
    said = str(error.orig)
    if isinstance(error, OperationalError) and ("locked" in said or "busy" in said):
        return StoreBusy("others write to the workspace: try again in a moment")
    if isinstance(error, (OperationalError, InterfaceError)) or type(error) is DatabaseError:
        return _refused(said)
    return None


def _said_by_server(error: DBAPIError) -> dict[str, str]:
    """The fields of PostgreSQL's own error, behind the broken pipe that may follow it; {} where it said nothing."""
    found: BaseException | None = error.orig
    while found is not None:
        if found.args and isinstance(found.args[0], dict):
            return found.args[0]
        found = found.__context__
    return {}


def _of_server(told: dict[str, str]) -> OnepillError | None:
    """What PostgreSQL refuses, by its SQLSTATE; None where it is a fault of ours."""
    code = told.get("C", "")
    if code in TAKES_TURNS:
        return StoreBusy("others write to the workspace: try again in a moment")
    if code.startswith("22"):
        return _unkept()
    return _refused(told.get("M", code)) if code.startswith(UNREACHABLE) or code in {"25006", "42501"} else None


def _refused(said: str) -> InputError:
    hint = "check the place, its space and who may write there; what stood there before is unchanged"
    return InputError.single("workspace.database", f"the database refuses: {said}", hint=hint)


def _unkept() -> InputError:
    hint = "ask for a version or a row that there is"
    return InputError.single("workspace.number", "a number or a letter that no database keeps", hint=hint)
