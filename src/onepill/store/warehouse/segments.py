"""Segments: tables of a load as immutable files with a hash, merged where many small ones would slow questions."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from onepill.store.warehouse.extra import need
from onepill.store.warehouse.manifest import Segment
from onepill.store.warehouse.sql import files_sql, literal

if TYPE_CHECKING:
    import duckdb

READ_BYTES = 1 << 20
MERGE_AFTER = 16
"""Small segments of one table that may stand before they are made one."""
SMALL_ROWS = 500_000


def digest_file(path: Path) -> str:
    """SHA-256 of a file's content, in hexadecimal."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(READ_BYTES):
            found.update(piece)
    return found.hexdigest()


def digest(path: Path) -> tuple[str, int]:
    """SHA-256 and bytes of a file, or of a folder: there the hash is over the names and hashes of its files."""
    if not path.is_dir():
        return digest_file(path), path.stat().st_size
    files = sorted(file for file in path.rglob("*") if file.is_file())
    listed = "".join(f"{digest_file(file)}  {file.relative_to(path).as_posix()}\n" for file in files)
    return hashlib.sha256(listed.encode()).hexdigest(), sum(file.stat().st_size for file in files)


def adopt(root: Path, staged: Path, *, source: str, table: str, generations: tuple[int, int]) -> Segment:
    """Bring a finished file among the segments, through to the disk, under a name that its content decides."""
    sha256, size = digest(staged)
    _sync(staged)
    folder = root / "segments" / source
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{table}-{generations[1]:06d}-{sha256[:16]}.parquet"
    # A plain user cannot change it by mistake; readers rely on its never changing.
    staged.chmod(0o444)
    staged.replace(path)
    _sync(folder)
    rows = count_rows(path)
    return Segment(table, path.relative_to(root).as_posix(), sha256, size, rows, generations[0], generations[1])


def count_rows(path: Path) -> int:
    """Rows of a Parquet file, from its footer."""
    rows: int = need("pyarrow.parquet").read_metadata(path).num_rows
    return rows


def merge_small(
    connection: duckdb.DuckDBPyConnection, root: Path, segments: Iterable[Segment], *, source: str, staging: Path
) -> tuple[Segment, ...]:
    """The segments, with the small ones of a table made one where there are more than `MERGE_AFTER`.

    Rows keep the generation that brought them, so that a merged segment answers like its parts.
    """
    standing = tuple(segments)
    for table in sorted({segment.table for segment in standing}):
        small = [segment for segment in standing if segment.table == table and segment.rows < SMALL_ROWS]
        if len(small) <= MERGE_AFTER:
            continue
        path = staging / f"merged-{table}.parquet"
        relation = files_sql(root / segment.file for segment in small)
        connection.execute(
            f"COPY (SELECT * FROM {relation}) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)"
        )
        span = min(s.first_generation for s in small), max(s.last_generation for s in small)
        merged = adopt(root, path, source=source, table=table, generations=span)
        standing = (*(segment for segment in standing if segment not in small), merged)
    return standing


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
