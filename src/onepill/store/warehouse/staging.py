"""A load on its way: batches streamed into one Parquet file a table, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from onepill.core.errors import OnepillError
from onepill.store.warehouse.extra import need

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

ROW_GROUP = 100_000
"""Rows kept in memory for a table before they are written; also what a query reads at once."""
KEYS = ("source", "record_id", "ordinal")
"""Columns that every row has: which registry, its id for the record, the place within the record."""
QUARANTINE = "quarantine"


class Refused(Protocol):
    """A row of the file that was not loaded, and why."""

    @property
    def record_id(self) -> str | None: ...
    @property
    def row(self) -> int | None: ...
    @property
    def reason_code(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def excerpt(self) -> str: ...


class Parsed(Protocol):
    """A file on its way out of a parser; the counts are complete when the batches are."""

    @property
    def format(self) -> str: ...
    @property
    def rows_read(self) -> int: ...
    @property
    def rows_loaded(self) -> int: ...
    @property
    def quarantined(self) -> Iterable[Refused]: ...
    @property
    def counts_by_status(self) -> dict[str, int]: ...
    @property
    def first_day(self) -> date | None: ...
    @property
    def last_day(self) -> date | None: ...
    @property
    def snapshot_day(self) -> date | None: ...

    def batches(self) -> Iterator[tuple[str, pa.RecordBatch]]: ...


@dataclass
class TableFile:
    """One table of the load: rows wait in `pending` until they make a row group."""

    path: Path
    schema: pa.Schema
    generation: int
    writer: pq.ParquetWriter
    rows: int = 0
    pending: list[pa.RecordBatch] = field(default_factory=list)
    waiting: int = 0

    def add(self, batch: pa.RecordBatch) -> None:
        self.pending.append(batch)
        self.waiting += batch.num_rows
        if self.waiting >= ROW_GROUP:
            self.flush()

    def flush(self) -> None:
        if not self.waiting:
            return
        pa = need("pyarrow")
        table = pa.Table.from_batches(self.pending, schema=self.schema)
        stamp = pa.repeat(pa.scalar(self.generation, pa.int32()), table.num_rows)
        self.writer.write_table(table.append_column("generation", stamp), row_group_size=ROW_GROUP)
        self.rows += table.num_rows
        self.pending, self.waiting = [], 0

    def close(self) -> None:
        self.flush()
        self.writer.close()


@dataclass
class Stage:
    """The tables of one load in a folder of their own; each row is stamped with the generation that brings it."""

    folder: Path
    generation: int
    tables: dict[str, TableFile] = field(default_factory=dict)

    def add(self, table: str, batch: pa.RecordBatch) -> None:
        if table not in self.tables:
            self.tables[table] = self._open(table, batch.schema)
        self.tables[table].add(batch)

    def close(self) -> None:
        for table in self.tables.values():
            table.close()

    def _open(self, table: str, schema: pa.Schema) -> TableFile:
        pa, parquet = need("pyarrow"), need("pyarrow.parquet")
        missing = [name for name in KEYS if name not in schema.names]
        if missing:
            raise OnepillError(f"the parser gave the table {table} without {', '.join(missing)}")
        path = self.folder / f"{table}.parquet"
        stamped = schema.append(pa.field("generation", pa.int32()))
        writer = parquet.ParquetWriter(path, stamped, compression="zstd", compression_level=1)
        return TableFile(path, schema, self.generation, writer)


def stage(parsed: Parsed, folder: Path, *, generation: int, source: str, tell: Any) -> Stage:
    """Run the parser to its end and keep what it gives.

    Args:
        parsed: the file, opened.
        folder: an empty folder for the tables.
        generation: the number that the load will have.
        source: the source whose rows are expected.
        tell: called with (step, rows so far, 0) as rows arrive.
    """
    staged = Stage(folder, generation)
    rows = 0
    try:
        for table, batch in parsed.batches():
            staged.add(table, batch)
            rows += batch.num_rows
            tell("read", rows, 0)
    finally:
        staged.close()
    _keep_refused(staged, list(parsed.quarantined), source)
    return staged


def _keep_refused(staged: Stage, refused: list[Refused], source: str) -> None:
    """What was not loaded is a table as well, so that nothing is lost without a word."""
    if not refused:
        return
    pa = need("pyarrow")
    columns = {
        "source": pa.array([source] * len(refused), pa.string()),
        "record_id": pa.array([row.record_id for row in refused], pa.string()),
        "ordinal": pa.array(range(len(refused)), pa.int32()),
        "row": pa.array([row.row for row in refused], pa.int64()),
        "reason_code": pa.array([row.reason_code for row in refused], pa.string()),
        "message": pa.array([row.message for row in refused], pa.string()),
        "excerpt": pa.array([row.excerpt for row in refused], pa.string()),
    }
    staged.add(QUARANTINE, pa.RecordBatch.from_pydict(columns))
    staged.tables[QUARANTINE].close()
