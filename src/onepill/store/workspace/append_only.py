"""What is written once: the database itself refuses to change or delete its rows, whatever program asks."""

from __future__ import annotations

from sqlalchemy import Connection, text


def guard(connection: Connection, tables: tuple[str, ...]) -> None:
    """Refuse updates and deletes of these tables from now on."""
    for statement in _guards(connection.dialect.name, tables):
        connection.execute(text(statement))


def unguard(connection: Connection, tables: tuple[str, ...]) -> None:
    """Allow them again; only a restore does, and guards them before it ends."""
    on = connection.dialect.name == "postgresql"
    for table in tables:
        for verb in ("update", "delete"):
            where = f" ON {table}" if on else ""
            connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{where}"))


def _guards(dialect: str, tables: tuple[str, ...]) -> list[str]:
    if dialect == "postgresql":
        body = "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END"
        function = f"CREATE OR REPLACE FUNCTION onepill_append_only() RETURNS trigger AS $$ {body} $$ LANGUAGE plpgsql"
        return [function, *(_postgresql(table, verb) for table in tables for verb in ("update", "delete"))]
    return [_sqlite(table, verb) for table in tables for verb in ("update", "delete")]


def _postgresql(table: str, verb: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION onepill_append_only()"
    )


def _sqlite(table: str, verb: str) -> str:
    refused = f"SELECT RAISE(ABORT, '{table} is append-only')"
    return f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} BEGIN {refused}; END"
