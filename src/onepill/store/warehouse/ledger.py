"""Which records are new, changed, unchanged or gone; the ledger keeps every version of each record.

A record's content is the sum, modulo 2^64, of a 64-bit hash of each of its rows with the row's table: rows can be read
in any order, in pieces, from several files. The hash is the query engine's own, fast and not kept across its versions:
where the recipe differs from that of the ledger, the standing rows are hashed again before anything is compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from onepill.store.warehouse.extra import need
from onepill.store.warehouse.manifest import Changes, Recipe
from onepill.store.warehouse.sql import files_sql, literal, name_sql

if TYPE_CHECKING:
    import duckdb

NOT_CONTENT = ("source", "record_id", "generation")
EMPTY_LEDGER = """SELECT ''::VARCHAR AS source, ''::VARCHAR AS record_id, 1::INTEGER AS version, 0::UBIGINT AS content,
    0::INTEGER AS first_generation, 0::INTEGER AS last_generation, NULL::INTEGER AS ended_generation,
    NULL::DATE AS first_snapshot, NULL::DATE AS last_snapshot, NULL::DATE AS ended_snapshot WHERE false"""


@dataclass(frozen=True)
class Comparison:
    """What a load is compared with and as: `partial` where records that the file leaves out stand."""

    source: str
    generation: int
    snapshot_day: date | None
    partial: bool


def recipe_of(columns: Mapping[str, Sequence[str]]) -> Recipe:
    """The recipe of hashes over these columns by this engine."""
    kept = {table: tuple(sorted(set(names) - set(NOT_CONTENT))) for table, names in columns.items()}
    return Recipe(f"duckdb {need('duckdb').__version__}", kept)


def is_same_recipe(old: Recipe, new: Recipe) -> bool:
    """Whether hashes compare: one engine, and the same columns in each table that both know."""
    both = old.columns.keys() & new.columns.keys()
    return old.engine == new.engine and all(old.columns[table] == new.columns[table] for table in both)


def merged_recipe(old: Recipe | None, new: Recipe) -> Recipe:
    """The new recipe with the tables that only the old one knows."""
    return Recipe(new.engine, {**(old.columns if old else {}), **new.columns})


def hash_records(connection: duckdb.DuckDBPyConnection, name: str, tables: Mapping[str, str], recipe: Recipe) -> None:
    """Make the table `name` (record_id, content) of the records whose rows the given relations hold.

    Args:
        connection: where the table is made.
        name: its name.
        tables: for each table of the model, the SQL of a relation with at least the recipe's columns.
        recipe: the columns of each table that are content.
    """
    hashed = [_row_hashes(table, relation, recipe.columns[table]) for table, relation in tables.items()]
    rows = " UNION ALL ".join(hashed) or "SELECT ''::VARCHAR AS record_id, 0::UBIGINT AS h WHERE false"
    connection.execute(
        f"CREATE TABLE {name} AS SELECT record_id, (sum(h) % 18446744073709551616)::UBIGINT AS content "
        f"FROM ({rows}) GROUP BY record_id"
    )


def _row_hashes(table: str, relation: str, columns: Iterable[str]) -> str:
    arguments = ", ".join([literal(table), *(name_sql(column) for column in columns)])
    return f"SELECT record_id, hash({arguments}) AS h FROM {relation}"


def read_ledger(connection: duckdb.DuckDBPyConnection, path: Path | None) -> None:
    """Make the table `ledger` of the standing one, or an empty one."""
    relation = EMPTY_LEDGER if path is None else f"SELECT * FROM {files_sql([path])}"
    connection.execute(f"CREATE TABLE ledger AS {relation}")


def rehash(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, str], recipe: Recipe) -> None:
    """Give the standing records of the ledger the contents that a new recipe gives them."""
    hash_records(connection, "standing_content", tables, recipe)
    connection.execute(
        "UPDATE ledger SET content = s.content FROM standing_content s "
        "WHERE ledger.record_id = s.record_id AND ledger.ended_generation IS NULL"
    )


def compare(connection: duckdb.DuckDBPyConnection, comparison: Comparison) -> Changes:
    """Make the table `outcome` (record_id, content, outcome) of `incoming` against `ledger`, and count it."""
    connection.execute(
        "CREATE TABLE outcome AS SELECT coalesce(i.record_id, l.record_id) AS record_id, i.content, "
        "CASE WHEN l.record_id IS NULL THEN 'new' WHEN i.record_id IS NULL THEN 'absent' "
        "WHEN i.content = l.content THEN 'unchanged' ELSE 'changed' END AS outcome "
        "FROM incoming i FULL JOIN (SELECT * FROM ledger WHERE ended_generation IS NULL) l USING (record_id)"
    )
    counts = dict(connection.execute("SELECT outcome, count(*) FROM outcome GROUP BY outcome").fetchall())
    new, changed, same, absent = (counts.get(name, 0) for name in ("new", "changed", "unchanged", "absent"))
    standing = absent if comparison.partial else 0
    gone = absent - standing
    return Changes(new=new, changed=changed, unchanged=same, gone=gone, total=new + changed + same + standing)


def write_ledger(connection: duckdb.DuckDBPyConnection, path: Path, comparison: Comparison) -> None:
    """Write the ledger as it stands after the load: versions seen again, ended, and new."""
    number = comparison.generation
    day = "NULL::DATE" if comparison.snapshot_day is None else f"DATE '{comparison.snapshot_day.isoformat()}'"
    ends = "o.outcome = 'changed'" if comparison.partial else "o.outcome IN ('changed', 'absent')"
    versions = f"""
        SELECT l.source, l.record_id, l.version, l.content, l.first_generation,
            CASE WHEN seen THEN {number} ELSE last_generation END AS last_generation,
            CASE WHEN ends THEN {number} ELSE ended_generation END AS ended_generation,
            CASE WHEN seen THEN least(first_snapshot, {day}) ELSE first_snapshot END AS first_snapshot,
            CASE WHEN seen THEN greatest(last_snapshot, {day}) ELSE last_snapshot END AS last_snapshot,
            CASE WHEN ends THEN {day} ELSE ended_snapshot END AS ended_snapshot
        FROM (
            SELECT ledger.*, coalesce(ended_generation IS NULL AND o.outcome = 'unchanged', false) AS seen,
                coalesce(ended_generation IS NULL AND {ends}, false) AS ends
            FROM ledger LEFT JOIN outcome o USING (record_id)
        ) l
        UNION ALL
        SELECT {literal(comparison.source)}, o.record_id, coalesce(p.version, 0) + 1, o.content,
            {number}, {number}, NULL, {day}, {day}, NULL
        FROM outcome o LEFT JOIN (SELECT record_id, max(version) AS version FROM ledger GROUP BY record_id) p
            USING (record_id)
        WHERE o.outcome IN ('new', 'changed')"""
    connection.execute(f"COPY ({versions}) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)")


def superseded_generations(connection: duckdb.DuckDBPyConnection, ledger: Path) -> tuple[int, ...]:
    """The generations that wrote record versions which no longer stand."""
    found = connection.execute(
        f"SELECT DISTINCT first_generation FROM {files_sql([ledger])} WHERE ended_generation IS NOT NULL ORDER BY 1"
    ).fetchall()
    return tuple(row[0] for row in found)
