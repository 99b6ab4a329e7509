"""Connections to the database of a workspace: SQLite in the home folder, or PostgreSQL by its address."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DataError, NoSuchModuleError, OperationalError

from onepill.core.errors import InputError, MissingExtra, StoreBusy

BUSY_MILLISECONDS = 20_000
PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)
WRITES = "onepill_writes"
LOCK = 0x0E9111
"""PostgreSQL's number for our turn to write; any that no other program of the database uses."""
MOST_CONNECTIONS = 40


def make_engine(url: str | URL) -> Engine:
    """An engine for SQLite or PostgreSQL.

    Raises:
        InputError: `workspace.address`.
        MissingExtra: the driver that the address names is not installed.
    """
    hint = "write sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE"
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            message = f"{parsed.drivername} is no database that a workspace is kept in"
            raise InputError.single("workspace.address", message, hint=hint, value=parsed.drivername)
        pool = {"pool_size": MOST_CONNECTIONS, "max_overflow": 0, "pool_timeout": BUSY_MILLISECONDS / 1000}
        engine = create_engine(parsed, **pool)
    except (ArgumentError, NoSuchModuleError) as error:
        raise InputError.single("workspace.address", f"no address of a database: {error}", hint=hint) from None
    except ImportError as error:
        raise MissingExtra(f"PostgreSQL needs its driver: install psycopg ({error})") from None
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def file_engine(file: Path) -> Engine:
    """The engine of an SQLite file."""
    return make_engine(URL.create("sqlite", database=str(file)))


def _prepare_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    # sqlite3 would begin transactions late and leave CREATE TABLE outside of them: ours begin where we say.
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(pragma)


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
    except (OverflowError, DataError):  # SQLite's driver says the first, PostgreSQL's the second
        hint = "ask for a version or a row that there is"
        message = "a number is larger than any that is kept"
        raise InputError.single("workspace.number", message, hint=hint) from None
    except DatabaseError as error:
        said = str(error.orig)
        if isinstance(error, OperationalError) and ("locked" in said or "busy" in said):
            raise StoreBusy("others write to the workspace: try again in a moment") from None
        if not isinstance(error, OperationalError) and type(error) is not DatabaseError:
            raise  # a rule of the tables is broken: our fault
        hint = "check the place, its space and who may write there; what stood there before is unchanged"
        raise InputError.single("workspace.database", f"the database refuses: {said}", hint=hint) from None
