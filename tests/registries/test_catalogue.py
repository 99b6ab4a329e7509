"""The catalogue and the table model say what the parsers do, in both languages."""

from __future__ import annotations

import subprocess
import sys

import pytest

from onepill.registries import REASONS, SOURCES, TABLES, table_schema, tables
from onepill.registries.formats import LAYOUTS
from tests.registries.loads import SAMPLE_OF, SAMPLES, load_whole

NAMES = [
    *("ctgov", "cde", "euctr", "ictrp", "ema", "drugsatfda", "orange_book", "purple_book", "fda_nme", "fda_crl"),
    *("fda_shortages", "repurposing_hub", "pharma_space", "atc", "mesh", "mondo_efo", "burden"),
]
CHINESE = range(0x4E00, 0x9FFF)


def test_the_seventeen_sources_of_the_contract() -> None:
    assert list(SOURCES) == NAMES
    assert set(LAYOUTS) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_source_tells_what_a_reader_must_know(name: str) -> None:
    source = SOURCES[name]
    assert source.id == name
    assert source.publisher
    assert source.licence
    assert source.cadence
    assert source.address.startswith("http")
    assert source.warnings
    assert set(source.tables) <= set(TABLES)
    assert list(source.formats) == [layout.name for layout in LAYOUTS[name]]
    assert len(source.zh["warnings"]) == len(source.warnings)
    assert set(source.zh["fields"]) == set(source.fields)
    assert source.title["en"]
    assert source.title["zh"]


def test_every_column_has_its_meaning_in_both_languages() -> None:
    for table in tables().values():
        for meaning in (table.meaning, *(column.meaning for column in table.columns)):
            assert meaning["en"]
            assert any(ord(sign) in CHINESE for sign in meaning["zh"]) or meaning["zh"] == "PRIME", meaning


def test_every_table_begins_with_the_key() -> None:
    for name, schema in TABLES.items():
        assert schema.names[:3] == ["source", "record_id", "ordinal"]
        assert schema.equals(table_schema(name))
        days = [one.removesuffix("_day") for one in schema.names if one.endswith("_day") and one != "known_day"]
        assert all(f"{day}_precision" in schema.names for day in days)


@pytest.mark.parametrize(("source", "sample"), SAMPLE_OF)
def test_a_sample_fills_only_tables_that_the_catalogue_names(source: str, sample: str) -> None:
    whole = load_whole(source, SAMPLES / sample)
    assert set(whole.tables) <= set(SOURCES[source].tables)
    assert set(whole.load.format.split("+")) <= set(SOURCES[source].formats)
    assert {one.reason_code for one in whole.load.quarantined} <= set(REASONS)


def test_every_table_is_filled_by_a_sample() -> None:
    filled = {table for source, sample in SAMPLE_OF for table in load_whole(source, SAMPLES / sample).tables}
    filled |= set(load_whole("ctgov", SAMPLES / "ctgov_v2", results=True).tables)
    assert filled == set(TABLES)


def test_the_catalogue_is_read_without_heavy_packages() -> None:
    """`onepill --help` and `registry sources` need neither Arrow nor a parser."""
    code = (
        "import sys; from onepill.registries import SOURCES, tables; len(SOURCES['ctgov'].fields); tables();"
        "heavy = {'pyarrow', 'orjson', 'lxml', 'python_calamine', 'duckdb', 'numpy'} & set(sys.modules);"
        "raise SystemExit(repr(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
