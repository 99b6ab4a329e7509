"""What is written once: the database itself refuses to change or delete its rows, whatever program asks."""

from __future__ import annotations

from sqlalchemy import Connection, text


def guard_rows(connection: Connection, tables: tuple[str, ...]) -> None:
    """Refuse updates and deletes of these tables from now on: what the first revision did."""
    for statement in _row_guards(connection.dialect.name, tables):
        connection.execute(text(statement))


def guard(connection: Connection, tables: tuple[str, ...]) -> None:
    """Refuse every way to change or take out a row: also those that no trigger on updates and deletes sees."""
    unguard(connection, tables)
    guard_rows(connection, tables)
    for table in tables:
        connection.execute(text(_whole(connection, table)))


def unguard(connection: Connection, tables: tuple[str, ...]) -> None:
    """Allow them again; only a restore does, and guards them before it ends."""
    on = connection.dialect.name == "postgresql"
    for table in tables:
        for verb in ("update", "delete", "truncate", "replace"):
            where = f" ON {table}" if on else ""
            connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{where}"))


def _row_guards(dialect: str, tables: tuple[str, ...]) -> list[str]:
    if dialect == "postgresql":
        body = "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END"
        function = f"CREATE OR REPLACE FUNCTION onepill_append_only() RETURNS trigger AS $$ {body} $$ LANGUAGE plpgsql"
        return [function, *(_postgresql(table, verb) for table in tables for verb in ("update", "delete"))]
    return [_sqlite(table, verb) for table in tables for verb in ("update", "delete")]


def _whole(connection: Connection, table: str) -> str:
    """PostgreSQL empties a table without deleting rows, SQLite's `INSERT OR REPLACE` takes one out unseen."""
    if connection.dialect.name == "postgresql":
        return (
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION onepill_append_only()"
        )
    keys = [row.name for row in connection.execute(text(f"PRAGMA table_info({table})")) if row.pk]
    is_it = " AND ".join(f"{key} = NEW.{key}" for key in keys)
    refused = f"SELECT RAISE(ABORT, '{table} is append-only')"
    there = f"EXISTS (SELECT 1 FROM {table} WHERE {is_it})"  # noqa: S608 - names of our own tables
    return f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {there} BEGIN {refused}; END"


def _postgresql(table: str, verb: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION onepill_append_only()"
    )


def _sqlite(table: str, verb: str) -> str:
    refused = f"SELECT RAISE(ABORT, '{table} is append-only')"
    return f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} BEGIN {refused}; END"
