"""A load: stream a file in, compare it record by record, add segments, switch the manifest."""

from __future__ import annotations

import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from onepill.core.errors import InputError
from onepill.store.warehouse import folder, ledger
from onepill.store.warehouse.extra import need
from onepill.store.warehouse.journal import Journal
from onepill.store.warehouse.ledger import Comparison
from onepill.store.warehouse.manifest import Changes, Generation, LoadEntry, Mode, Recipe, Segment, SourceState
from onepill.store.warehouse.segments import adopt, digest, merge_small
from onepill.store.warehouse.sql import files_sql, literal
from onepill.store.warehouse.staging import QUARANTINE, Parsed, Stage, TableFile, stage

if TYPE_CHECKING:
    import duckdb

Tell = Callable[[str, int, int], None]
MEMORY_LIMIT = "1500MB"
"""What the comparison may hold before it writes aside; with the parser beside it a load stays below 4 GiB."""


@dataclass(frozen=True)
class Origin:
    """Where a file comes from and how it is to be loaded.

    `path` is a file or a folder; `partial` keeps the records that it leaves out; `snapshot_day` is the day on which
    it shows its source, in place of what the file itself says.
    """

    source: str
    publisher: str
    licence: str
    address: str
    path: Path
    loaded_at: datetime
    engine_version: str
    snapshot_day: date | None = None
    partial: bool = False
    allow_shrink: bool = False

    @property
    def mode(self) -> Mode:
        return "update" if self.partial else "full"


@dataclass(frozen=True)
class Loaded:
    """A load's manifest; `is_unchanged` where the file was loaded before and nothing was done.

    `resumed_parts` of the file were read by a call that was stopped; `dropped_parts` were of a file that has changed.
    """

    entry: LoadEntry
    is_unchanged: bool
    resumed_parts: int = 0
    dropped_parts: int = 0


def load_source(
    root: Path, origin: Origin, open_load: Callable[[Journal], Parsed], *, tell: Tell | None = None
) -> Loaded:
    """Load a file: all of it becomes visible at once, or nothing does.

    Args:
        root: the warehouse's folder, made where there is none.
        origin: the file.
        open_load: opens the file for parsing, with the parts of it that a call which was stopped has read; not called
            where the same file is loaded already.
        tell: called with (step, done, total); a total of 0 is not known.

    Raises:
        InputError: what the parser refuses; `file.missing`, `file.unreadable`; `load.empty`: no record was found;
            `load.shrinks`: fewer records than stand, and shrinking was not allowed; `store.not_written`.
        StoreBusy: another process loads.
        MissingExtra: onepill[registry] is not installed.
    """
    report = tell or (lambda step, done, total: None)
    need("pyarrow")
    need("duckdb")
    with folder.writing(root):
        try:
            return _load(root, origin, open_load, report)
        except OSError as error:
            raise _refused_by_system(root, origin.path, error) from error


def _refused_by_system(root: Path, source_file: Path, error: OSError) -> InputError:
    """The file could not be read, or the warehouse not written."""
    if not error.filename or Path(error.filename).is_relative_to(root):
        return folder.not_written(root, error)
    if isinstance(error, FileNotFoundError):
        code, message = "file.missing", f"there is no file {source_file}"
    else:
        code, message = "file.unreadable", f"{source_file} cannot be read: {error.strerror}"
    return InputError.single(code, message, hint="check the path", file=str(source_file))


def _load(root: Path, origin: Origin, open_load: Callable[[Journal], Parsed], tell: Tell) -> Loaded:
    before = folder.current(root)
    tell("hash", 0, 0)
    sha256, size = digest(origin.path)
    known = _loaded_already(before.sources.get(origin.source), sha256, origin)
    if known:
        return Loaded(known, is_unchanged=True)
    journal = Journal(root, origin.source, sha256=sha256, engine_version=origin.engine_version)
    with _staging(root) as staging:
        parsed = open_load(journal)
        staged = stage(parsed, staging, generation=before.number + 1, source=origin.source, tell=tell)
        state = _Load(root, staging, origin, before, parsed, staged, tell).state(sha256, size)
        sources = {**before.sources, origin.source: state}
        after = replace(before, number=before.number + 1, sources=sources)
        folder.switch(root, after)
    folder.sweep(root)
    journal.clear()
    return Loaded(state.last, is_unchanged=False, resumed_parts=journal.kept, dropped_parts=journal.dropped)


def _loaded_already(state: SourceState | None, sha256: str, origin: Origin) -> LoadEntry | None:
    """The load of the same file by the same version, if it is part of what stands: since the last full load.

    A file that is said to show another day than it did then is loaded again, so that the day is kept.
    """
    for entry in reversed(state.loads if state else ()):
        is_same = (entry.sha256, entry.engine_version, entry.mode) == (sha256, origin.engine_version, origin.mode)
        if is_same and origin.snapshot_day in (None, entry.snapshot_day):
            return entry
        if entry.mode == "full":
            return None
    return None


@contextmanager
def _staging(root: Path) -> Iterator[Path]:
    """A folder for one load, gone afterwards; what a killed load left is swept by the next."""
    path = root / "staging" / secrets.token_hex(8)
    path.mkdir(parents=True)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@dataclass(frozen=True)
class _Load:
    """The steps between a staged file and the state that its source will have."""

    root: Path
    staging: Path
    origin: Origin
    before: Generation
    parsed: Parsed
    staged: Stage
    tell: Tell

    @property
    def old(self) -> SourceState | None:
        return self.before.sources.get(self.origin.source)

    @property
    def number(self) -> int:
        return self.staged.generation

    @property
    def snapshot_day(self) -> date | None:
        return self.origin.snapshot_day or self.parsed.snapshot_day

    def state(self, sha256: str, size: int) -> SourceState:
        """Compare, refuse what must be refused, write the segments.

        Raises:
            InputError: `load.empty`, `load.shrinks`.
        """
        with self._connection() as connection:
            self.tell("compare", 0, 0)
            recipe = self._contents(connection)
            comparison = Comparison(self.origin.source, self.number, self.snapshot_day, self.origin.partial)
            changes = ledger.compare(connection, comparison)
            self._refuse(changes)
            self.tell("write", 0, 0)
            written = [*self._segments(connection, changes), self._quarantine()]
            new = tuple(segment for segment in written if segment)
            book = self._ledger(connection, comparison)
            kept = merge_small(
                connection, self.root, (*self._standing(), *new), source=self.origin.source, staging=self.staging
            )
            superseded = ledger.superseded_generations(connection, self.root / book.file)
        entry = self._entry(sha256, size, changes, new)
        loads = (*(self.old.loads if self.old else ()), entry)
        merged = ledger.merged_recipe(self.old.recipe if self.old else None, recipe)
        return SourceState(loads, kept, book, merged, superseded)

    @contextmanager
    def _connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        connection = need("duckdb").connect()
        try:
            connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
            connection.execute(f"SET temp_directory = {literal(str(self.staging / 'aside'))}")
            connection.execute("SET preserve_insertion_order = false")
            yield connection
        finally:
            connection.close()

    def _contents(self, connection: duckdb.DuckDBPyConnection) -> Recipe:
        """Hash what came in, and the standing records again where the recipe is another."""
        tables = {name: files_sql([table.path]) for name, table in self._tables().items()}
        recipe = ledger.recipe_of({name: table.schema.names for name, table in self._tables().items()})
        ledger.hash_records(connection, "incoming", tables, recipe)
        ledger.read_ledger(connection, self.root / self.old.ledger.file if self.old else None)
        if self.old and not ledger.is_same_recipe(self.old.recipe, recipe):
            self._rehash(connection, self.old, recipe)
        return recipe

    def _rehash(self, connection: duckdb.DuckDBPyConnection, old: SourceState, recipe: Recipe) -> None:
        """Bring the ledger to the new recipe, from the rows that stand."""
        wanted = ledger.merged_recipe(old.recipe, recipe)
        by_table: dict[str, list[Segment]] = {}
        for segment in (segment for segment in old.segments if segment.table != QUARANTINE):
            by_table.setdefault(segment.table, []).append(segment)
        tables = {}
        for table, segments in by_table.items():
            relation = files_sql(self.root / segment.file for segment in segments)
            typed = self._typed(table)
            tables[table] = (
                f"(SELECT t.* FROM (SELECT * FROM {relation}{typed}) t JOIN ledger l ON t.record_id = l.record_id "
                "AND t.generation = l.first_generation WHERE l.ended_generation IS NULL)"
            )
        ledger.rehash(connection, tables, wanted)

    def _typed(self, table: str) -> str:
        """No rows, but the columns that this load knows and older segments may not."""
        staged = self._tables().get(table)
        return f" UNION ALL BY NAME SELECT * FROM {files_sql([staged.path])} WHERE false" if staged else ""

    def _tables(self) -> dict[str, TableFile]:
        return {name: table for name, table in self.staged.tables.items() if name != QUARANTINE}

    def _refuse(self, changes: Changes) -> None:
        source, file = self.origin.source, str(self.origin.path)
        if changes.new + changes.changed + changes.unchanged == 0:
            hint = "see what the source's files look like with `onepill registry sources`"
            raise InputError.single("load.empty", f"{file} holds no record of {source}", hint=hint, file=file)
        before = self.old.last.records.total if self.old else 0
        if changes.total < before and not self.origin.allow_shrink:
            message = f"{source} holds {before:,} records and would hold {changes.total:,} after {file}"
            hint = "--update if the file holds changes only; --allow-shrink if the source really has fewer records now"
            raise InputError.single("load.shrinks", message, hint=hint, file=file, value=changes.total)

    def _segments(self, connection: duckdb.DuckDBPyConnection, changes: Changes) -> Iterator[Segment]:
        """The rows of new and changed records; the staged file itself where that is all of them."""
        if changes.new + changes.changed == 0:
            return
        for name, table in self.staged.tables.items():
            if name == QUARANTINE:
                continue
            path = table.path
            if changes.unchanged:
                path = self.staging / f"changed-{name}.parquet"
                connection.execute(
                    f"COPY (SELECT t.* FROM {files_sql([table.path])} t SEMI JOIN "
                    "(SELECT record_id FROM outcome WHERE outcome IN ('new', 'changed')) o USING (record_id)) "
                    f"TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)"
                )
            segment = self._adopt(path, name)
            if segment.rows:
                yield segment

    def _quarantine(self) -> Segment | None:
        table = self.staged.tables.get(QUARANTINE)
        return self._adopt(table.path, QUARANTINE) if table else None

    def _standing(self) -> tuple[Segment, ...]:
        """The segments that stay; what an earlier file held that was not loaded matters until the next full load."""
        old = self.old.segments if self.old else ()
        return tuple(segment for segment in old if self.origin.partial or segment.table != QUARANTINE)

    def _ledger(self, connection: duckdb.DuckDBPyConnection, comparison: Comparison) -> Segment:
        path = self.staging / "record.parquet"
        ledger.write_ledger(connection, path, comparison)
        return replace(self._adopt(path, "record"), first_generation=1)

    def _adopt(self, path: Path, table: str) -> Segment:
        source, span = self.origin.source, (self.number, self.number)
        return adopt(self.root, path, source=source, table=table, generations=span)

    def _entry(self, sha256: str, size: int, changes: Changes, segments: tuple[Segment, ...]) -> LoadEntry:
        origin, parsed = self.origin, self.parsed
        refused = list(parsed.quarantined)
        return LoadEntry(
            source=origin.source,
            generation=self.number,
            publisher=origin.publisher,
            licence=origin.licence,
            address=origin.address,
            file=origin.path.name,
            format=parsed.format,
            mode=origin.mode,
            loaded_at=origin.loaded_at,
            engine_version=origin.engine_version,
            sha256=sha256,
            bytes=size,
            rows_read=parsed.rows_read,
            rows_loaded=parsed.rows_loaded,
            rows_quarantined=len(refused),
            reasons=dict(sorted(Counter(row.reason_code for row in refused).items())),
            counts_by_status=dict(parsed.counts_by_status),
            first_day=parsed.first_day,
            last_day=parsed.last_day,
            snapshot_day=self.snapshot_day,
            records=changes,
            segments=segments,
        )
