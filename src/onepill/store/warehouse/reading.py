"""Questions to the warehouse: one generation as views over its segments, on a connection that reaches nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from onepill.store.warehouse import folder
from onepill.store.warehouse.extra import need
from onepill.store.warehouse.folder import Reading
from onepill.store.warehouse.ledger import EMPTY_LEDGER
from onepill.store.warehouse.manifest import Generation, Segment, SourceState
from onepill.store.warehouse.sql import files_sql, literal, name_sql

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


@dataclass(frozen=True)
class Reader:
    """A connection to one generation. Each table of the model is a view of the records that stand; `trial_version` and
    its like hold the rows of all versions; `record` holds the versions themselves: when each was first and last seen.
    """

    generation: Generation
    connection: duckdb.DuckDBPyConnection


@contextmanager
def open_reader(
    root: Path, schemas: Mapping[str, pa.Schema] | None = None, *, threads: int | None = None
) -> Iterator[Reader]:
    """Open the current generation for questions. Loads go on meanwhile; this connection does not see them.

    Args:
        root: the warehouse's folder; an absent one is an empty warehouse.
        schemas: tables that are to be there even if nothing was loaded into them, with all their columns.
        threads: of the query engine; as many as the machine has if left out.

    Raises:
        InputError: `warehouse.manifest`.
        MissingExtra: onepill[registry] is not installed.
    """
    duckdb = need("duckdb")
    reading = folder.hold(root)
    try:
        connection = duckdb.connect(config={"threads": threads} if threads else {})
        try:
            _make_views(connection, reading, schemas or {})
            _shut(connection, reading)
            yield Reader(reading.generation, connection)
        finally:
            connection.close()
    finally:
        reading.close()


def _shut(connection: duckdb.DuckDBPyConnection, reading: Reading) -> None:
    """From here on the connection reads the generation's files and nothing else, and no statement can change that."""
    listed = ", ".join(literal(str(reading.path(file))) for file in sorted(reading.generation.files))
    if listed:
        connection.execute(f"SET allowed_paths = [{listed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _make_views(connection: duckdb.DuckDBPyConnection, reading: Reading, schemas: Mapping[str, pa.Schema]) -> None:
    states = reading.generation.sources
    ledgers = [reading.path(state.ledger.file) for state in states.values()]
    records = files_sql(ledgers) if ledgers else f"({EMPTY_LEDGER})"
    connection.execute(f"CREATE VIEW record AS SELECT *, ended_generation IS NULL AS is_current FROM {records}")
    # Few rows, joined to many: kept in memory rather than read for each question.
    connection.execute(
        "CREATE TABLE superseded AS SELECT source, record_id, first_generation AS generation "
        "FROM record WHERE NOT is_current"
    )
    tables = {segment.table for state in states.values() for segment in state.segments}
    for table in sorted(tables | set(schemas)):
        _make_view(connection, reading, table, schemas.get(table))


def _make_view(connection: duckdb.DuckDBPyConnection, reading: Reading, table: str, schema: pa.Schema | None) -> None:
    shape = [_empty(connection, table, schema)] if schema is not None else []
    plain, mixed = _by_need(reading.generation.sources.values(), table)
    every = [reading.path(segment.file) for segment in (*plain, *mixed)]
    standing = [*shape]
    if plain:
        standing.append(f"SELECT * FROM {files_sql(reading.path(s.file) for s in plain)}")
    if mixed:
        relation = files_sql(reading.path(s.file) for s in mixed)
        standing.append(
            f"SELECT t.* FROM {relation} t ANTI JOIN superseded s "
            "ON t.record_id = s.record_id AND t.generation = s.generation AND t.source = s.source"
        )
    versions = [*shape, *([f"SELECT * FROM {files_sql(every)}"] if every else [])]
    for name, parts in ((table, standing), (f"{table}_version", versions)):
        connection.execute(f"CREATE VIEW {name_sql(name)} AS {' UNION ALL BY NAME '.join(parts)}")


def _by_need(states: Iterable[SourceState], table: str) -> tuple[list[Segment], list[Segment]]:
    """Segments whose rows all stand, and those that hold rows which no longer do."""
    plain: list[Segment] = []
    mixed: list[Segment] = []
    for state in states:
        for segment in (segment for segment in state.segments if segment.table == table):
            span = range(segment.first_generation, segment.last_generation + 1)
            (mixed if any(number in span for number in state.superseded_in) else plain).append(segment)
    return plain, mixed


def _empty(connection: duckdb.DuckDBPyConnection, table: str, schema: pa.Schema) -> str:
    """A relation without rows that has the table's columns."""
    pa = need("pyarrow")
    name = f"{table}_columns"
    connection.register("shape", schema.append(pa.field("generation", pa.int32())).empty_table())
    connection.execute(f"CREATE TABLE {name_sql(name)} AS SELECT * FROM shape")
    connection.unregister("shape")
    return f"SELECT * FROM {name_sql(name)}"
