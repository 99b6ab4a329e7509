"""Loading in tests: a whole load at once, and its rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onepill.registries import Load, open_load, table_schema

SAMPLES = Path(__file__).resolve().parent / "samples"
SAMPLE_OF = [
    ("ctgov", "ctgov_v2"),
    ("ctgov", "ctgov_xml"),
    ("ctgov", "ctgov_legacy.csv"),
    ("ctgov", "ctgov_sample.csv"),
    ("ctgov", "ctgov_relational"),
    ("cde", "cde_list.tsv"),
    ("cde", "cde_full"),
    ("euctr", "euctr.csv"),
    ("ictrp", "ictrp.csv"),
    ("drugsatfda", "drugsatfda"),
    ("orange_book", "orange_book"),
    ("purple_book", "purple_book.csv"),
    ("fda_nme", "fda_nme.csv"),
    ("fda_crl", "fda_crl.csv"),
    ("fda_shortages", "fda_shortages.csv"),
    ("repurposing_hub", "repurposing_hub.txt"),
    ("pharma_space", "pharma_space"),
    ("atc", "atc.csv"),
    ("mesh", "mesh"),
    ("mondo_efo", "mondo_efo"),
    ("burden", "dalys.csv"),
]
MOST_ROWS = 50_000


@dataclass(frozen=True)
class Whole:
    """A load read to its end, with the rows of each table."""

    load: Load
    tables: dict[str, Any]

    def rows(self, table: str) -> list[dict[str, Any]]:
        found = self.tables.get(table)
        return [] if found is None else found.to_pylist()

    def column(self, table: str, name: str) -> list[Any]:
        return self.tables[table].column(name).to_pylist()

    def counts(self, table: str, name: str) -> Counter[Any]:
        return Counter(self.column(table, name))

    @property
    def reasons(self) -> Counter[str]:
        return Counter(one.reason_code for one in self.load.quarantined)


def load_whole(source: str, path: Path, **options: Any) -> Whole:
    """Read a load to its end, and hold it to what every load promises."""
    import pyarrow as pa

    load = open_load(source, path, **options)
    batches: dict[str, list[Any]] = {}
    for table, batch in load.batches():
        assert batch.schema == table_schema(table)
        assert 0 < batch.num_rows <= MOST_ROWS
        batch.validate(full=True)
        batches.setdefault(table, []).append(batch)
    tables = {table: pa.Table.from_batches(found) for table, found in batches.items()}
    assert load.rows_read == load.rows_loaded + len(load.quarantined)
    assert load.rows_by_table == {table: found.num_rows for table, found in tables.items()}
    for table, found in tables.items():
        keys = zip(found.column("record_id").to_pylist(), found.column("ordinal").to_pylist(), strict=True)
        assert len(set(keys)) == found.num_rows, f"{source}.{table}: a key occurs twice"
        assert set(found.column("source").to_pylist()) == {source}
    return Whole(load, tables)
