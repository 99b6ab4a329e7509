"""Several processes sharing a bulk zip give the answer of one."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from onepill.core.errors import InputError
from onepill.registries import bulk, open_load
from tests.registries.loads import load_whole
from tests.registries.test_ctgov import as_page, complete_records, study

NUMBER = bulk.FROM + 10


@pytest.fixture(scope="module")
def bulk_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Studies over several runs, with an id that comes back in a later run, a bad one, and a file of something else."""
    path = tmp_path_factory.mktemp("bulk") / "all.zip"
    records = complete_records()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for place in range(NUMBER):
            one = study(f"NCT9{place:07}", conditionsModule={"conditions": [f"condition {place % 7}"]})
            archive.writestr(f"{place}.json", json.dumps(records[place] if place < len(records) else one))
        archive.writestr("again.json", json.dumps(study("NCT90000100", designModule={"phases": ["PHASE4"]})))
        archive.writestr("bad.json", json.dumps(study("NCT1")))
        archive.writestr("cut.json", json.dumps(study("NCT90099999"))[:-9])
        archive.writestr("notes.txt", "not a study")
    return path


def test_two_processes_give_the_tables_of_one(bulk_zip: Path) -> None:
    one, two = load_whole("ctgov", bulk_zip), load_whole("ctgov", bulk_zip, workers=2)
    for table, rows in one.tables.items():
        assert two.tables[table].combine_chunks().equals(rows.combine_chunks()), table
    assert two.reasons == one.reasons == {"duplicate_id": 1, "bad_id": 1, "invalid_json": 1}
    assert {q.record_id for q in two.load.quarantined} == {q.record_id for q in one.load.quarantined}
    assert two.load.skipped == one.load.skipped == ["notes.txt"]
    for name in ("rows_read", "rows_loaded", "counts_by_status", "first_day", "last_day", "snapshot_day"):
        assert getattr(two.load, name) == getattr(one.load, name), name
    assert two.load.rows_loaded == NUMBER


def test_the_first_of_two_records_with_one_id_is_kept_across_runs(bulk_zip: Path) -> None:
    whole = load_whole("ctgov", bulk_zip, workers=2)
    phases = Counter(row["phase"] for row in whole.rows("trial") if row["record_id"] == "NCT90000100")
    assert phases == {"PHASE1_PHASE2": 1}


def test_an_error_in_a_process_arrives_with_its_code_and_hint(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for place in range(NUMBER):
            archive.writestr(f"{place}.json", json.dumps(study(f"NCT9{place:07}")))
        archive.writestr("page.json", as_page([study(), study("NCT90000002")])[:-30])
    with pytest.raises(InputError) as caught:
        list(open_load("ctgov", path, workers=2).batches())
    assert caught.value.findings[0].code == "registry.json"
    assert caught.value.findings[0].hint


def test_more_bytes_than_allowed_are_refused_before_any_process_starts(bulk_zip: Path) -> None:
    with pytest.raises(InputError) as caught:
        list(open_load("ctgov", bulk_zip, max_bytes=100_000, workers=2).batches())
    assert caught.value.findings[0].code == "registry.too_large"
