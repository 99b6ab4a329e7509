"""A load is whole, says what it did, keeps every version, and leaves readers alone."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onepill.core.errors import InputError, MissingExtra, StoreBusy
from onepill.store.warehouse import current, entry_row, folder, forget_source, open_reader, verify
from onepill.store.warehouse.folder import writing
from onepill.store.warehouse.segments import MERGE_AFTER
from tests.store.warehouses import SCHEMAS, RefusedRow, Registry, Trial, load, standing, trials


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "a [wild] * 仓库's warehouse"


def files(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in (root / "segments").rglob("*.parquet")}


def test_what_is_loaded_is_what_is_read(root: Path) -> None:
    world = trials(250, phases=("PHASE1", "PHASE2")) | {"NCT99999999": Trial("WITHDRAWN", (), ())}
    found = load(root, Registry(world, snapshot_day=date(2026, 1, 1)))
    assert standing(root) == world
    assert (found.entry.records.new, found.entry.records.total) == (251, 251)
    assert found.entry.snapshot_day == date(2026, 1, 1)
    assert {segment.table: segment.rows for segment in found.entry.segments} == {"trial": 251, "site": 500}
    assert verify(root).findings == ()


def test_the_manifest_of_a_load_says_where_it_came_from_and_what_it_held(root: Path) -> None:
    refused = [RefusedRow(None, 7, "id.duplicate", "NCT1 stands twice", "NCT1,…")]
    row = entry_row(load(root, Registry(trials(3), refused=refused)).entry)
    said = {"publisher": "a publisher", "licence": "public domain", "address": "https://example.org"}
    counts = {"rows_read": 4, "rows_loaded": 3, "rows_quarantined": 1, "reasons": {"id.duplicate": 1}}
    span = {"first_day": "2020-01-01", "last_day": "2025-12-31", "loaded_at": "2026-01-02T03:04:05Z"}
    for expected in (said, counts, span, {"counts_by_status": {"RECRUITING": 3}, "file": "ctgov.json"}):
        assert expected.items() <= row.items()
    assert json.loads((root / "manifest.json").read_bytes())["sources"]["ctgov"]["loads"] == [row]


def test_rows_that_were_not_loaded_are_kept_with_their_reasons(root: Path) -> None:
    refused = [RefusedRow("NCT1", 7, "id.duplicate", "NCT1 stands twice", "NCT1,…")]
    load(root, Registry(trials(3), refused=refused))
    with open_reader(root) as reader:
        found = reader.connection.execute("SELECT source, record_id, row, reason_code FROM quarantine").fetchall()
    assert found == [("ctgov", "NCT1", 7, "id.duplicate")]
    load(root, Registry(trials(4)))
    with open_reader(root) as reader, pytest.raises(duckdb.CatalogException):
        reader.connection.execute("SELECT * FROM quarantine")


def test_the_same_file_again_changes_nothing_and_says_so(root: Path) -> None:
    first = load(root, Registry(trials(10)))
    before = (root / "manifest.json").read_bytes()
    again = load(root, Registry(trials(10)))
    assert (first.is_unchanged, again.is_unchanged) == (False, True)
    assert again.entry == first.entry
    assert (root / "manifest.json").read_bytes() == before


def test_the_same_file_with_another_day_is_loaded_for_its_day(root: Path) -> None:
    load(root, Registry(trials(10)))
    said, earlier = date(2025, 3, 1), date(2025, 1, 1)
    for day in (said, earlier):
        found = load(root, Registry(trials(10)), snapshot_day=day)
        assert (found.is_unchanged, found.entry.snapshot_day, found.entry.records.unchanged) == (False, day, 10)
        assert load(root, Registry(trials(10)), snapshot_day=day).is_unchanged
    assert load(root, Registry(trials(10))).is_unchanged
    with open_reader(root) as reader:
        seen = reader.connection.execute("SELECT DISTINCT version, first_snapshot, last_snapshot FROM record")
        assert seen.fetchall() == [(1, earlier, said)]


def test_a_later_version_of_the_program_reads_the_same_file_again(root: Path) -> None:
    load(root, Registry(trials(10)))
    again = load(root, Registry(trials(10)), engine_version="0.2.0")
    assert not again.is_unchanged
    assert (again.entry.records.unchanged, again.entry.segments) == (10, ())


def test_only_what_changed_is_written_and_every_version_is_kept(root: Path) -> None:
    world = trials(300)
    load(root, Registry(world, snapshot_day=date(2025, 1, 1)))
    later = world | {"NCT00000007": Trial("COMPLETED", cities=("Boston",))} | trials(1, start=300)
    del later["NCT00000011"]
    found = load(root, Registry(later, snapshot_day=date(2026, 1, 1)))
    changes = found.entry.records
    assert (changes.new, changes.changed, changes.unchanged, changes.gone) == (1, 1, 298, 1)
    assert {segment.table: segment.rows for segment in found.entry.segments} == {"trial": 2, "site": 3}
    assert standing(root) == later
    with open_reader(root) as reader:
        asked = reader.connection.execute
        seen = asked(
            "SELECT version, first_generation, last_generation, ended_generation, first_snapshot, last_snapshot, "
            "ended_snapshot FROM record WHERE record_id = ? ORDER BY version",
            ["NCT00000007"],
        ).fetchall()
        old, new = date(2025, 1, 1), date(2026, 1, 1)
        assert seen == [(1, 1, 1, 2, old, old, new), (2, 2, 2, None, new, new, None)]
        same = asked("SELECT last_generation, last_snapshot FROM record WHERE record_id = 'NCT00000008'").fetchall()
        assert same == [(2, new)]
        gone = asked("SELECT ended_generation, is_current FROM record WHERE record_id = 'NCT00000011'").fetchall()
        assert gone == [(2, False)]
        statuses = asked("SELECT generation, status FROM trial_version WHERE record_id = 'NCT00000007' ORDER BY 1")
        assert statuses.fetchall() == [(1, "RECRUITING"), (2, "COMPLETED")]


def test_a_record_that_comes_back_is_a_further_version(root: Path) -> None:
    world = trials(5)
    load(root, Registry(world))
    load(root, Registry({name: trial for name, trial in world.items() if name != "NCT00000002"}), allow_shrink=True)
    load(root, Registry(world))
    assert standing(root) == world
    with open_reader(root) as reader:
        found = reader.connection.execute("SELECT version, is_current FROM record WHERE record_id = 'NCT00000002'")
        assert sorted(found.fetchall()) == [(1, False), (2, True)]


def test_a_shrinking_load_is_refused_and_nothing_changes(root: Path) -> None:
    world = trials(10)
    load(root, Registry(world))
    before = (root / "manifest.json").read_bytes()
    with pytest.raises(InputError) as refused:
        load(root, Registry(trials(9)))
    (finding,) = refused.value.findings
    assert (finding.code, finding.value) == ("load.shrinks", 9)
    assert "--allow-shrink" in finding.hint
    assert (root / "manifest.json").read_bytes() == before
    assert standing(root) == world
    assert load(root, Registry(trials(9)), allow_shrink=True).entry.records.gone == 1
    assert standing(root) == trials(9)


def test_a_file_of_changes_leaves_the_rest_standing(root: Path) -> None:
    world = trials(50)
    load(root, Registry(world))
    changes = {"NCT00000001": Trial("TERMINATED")} | trials(2, start=50)
    found = load(root, Registry(changes), partial=True)
    assert standing(root) == world | changes
    assert (found.entry.mode, found.entry.records.total) == ("update", 52)
    # The bulk that it changed is loaded already: going back would undo the change.
    assert load(root, Registry(world)).is_unchanged


def test_a_file_without_records_is_refused(root: Path) -> None:
    with pytest.raises(InputError) as refused:
        load(root, Registry({}))
    assert refused.value.findings[0].code == "load.empty"
    assert current(root).number == 0


def test_a_file_that_is_not_there_is_named(root: Path) -> None:
    with pytest.raises(InputError) as refused:
        load(root, Registry(trials(3)), path=root.parent / "absent.zip")
    assert refused.value.findings[0].code == "file.missing"
    assert current(root).number == 0


def test_sources_do_not_touch_each_other(root: Path) -> None:
    load(root, Registry(trials(10)))
    load(root, Registry(trials(4, status="COMPLETED"), source="cde"))
    load(root, Registry(trials(4, status="TERMINATED"), source="cde"))
    assert standing(root) == trials(10)
    assert standing(root, "cde") == trials(4, status="TERMINATED")


def test_many_small_loads_are_merged_and_answer_alike(root: Path) -> None:
    world = trials(20)
    load(root, Registry(world))
    for number in range(MERGE_AFTER + 2):
        change = {f"NCT{number:08d}": Trial(f"STATUS {number}")}
        world |= change
        load(root, Registry(change), partial=True)
        assert standing(root) == world
    state = current(root).sources["ctgov"]
    assert len([segment for segment in state.segments if segment.table == "trial"]) <= MERGE_AFTER
    assert files(root) == {segment.file for segment in state.files}
    assert verify(root).findings == ()
    with open_reader(root) as reader:
        assert reader.connection.execute("SELECT count(*) FROM trial_version").fetchone() == (20 + MERGE_AFTER + 2,)


def test_a_reader_keeps_its_generation_while_loads_go_on(root: Path) -> None:
    world = trials(20)
    load(root, Registry(world))
    with open_reader(root) as reader:
        count = "SELECT count(*), count(*) FILTER (status = 'COMPLETED') FROM trial"
        during = Registry(trials(30, status="COMPLETED"), batch=5)
        during.after_batch = lambda number: _expect(reader.connection.execute(count).fetchone() == (20, 0))
        load(root, during)
        forget_source(root, "ctgov")
        assert reader.connection.execute(count).fetchone() == (20, 0)
        assert standing(root) == {}
        assert files(root) == reader.generation.files
    load(root, Registry(trials(3), source="cde"))
    assert files(root) == current(root).files


def test_a_generation_that_is_swept_before_it_is_held_is_asked_for_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(root, Registry(trials(20)))
    leased = folder._leased
    asked: list[int] = []

    def load_meanwhile(of: Path, number: int) -> Any:
        asked.append(number)
        if len(asked) == 1:
            load(root, Registry(trials(30, status="COMPLETED")))
        return leased(of, number)

    monkeypatch.setattr(folder, "_leased", load_meanwhile)
    assert standing(root) == trials(30, status="COMPLETED")
    assert asked == [1, 2]


def test_a_reader_keeps_its_segments_even_if_its_manifest_is_lost(root: Path) -> None:
    load(root, Registry(trials(20)))
    with open_reader(root) as reader:
        (root / "generations" / "000001.json").write_text("{}", encoding="utf-8")
        load(root, Registry(trials(20, status="COMPLETED")))
        forget_source(root, "ctgov")
        assert reader.connection.execute("SELECT count(*) FROM trial").fetchone() == (20,)


def _expect(condition: bool) -> None:
    assert condition


def test_a_reader_reaches_only_its_own_segments(root: Path, tmp_path: Path) -> None:
    load(root, Registry(trials(3)))
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", encoding="utf-8")
    with open_reader(root) as reader:
        for statement in (
            f"SELECT * FROM read_csv('{secret}')",
            f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
            f"ATTACH '{tmp_path}/other.db'",
            "SET enable_external_access = true",
            "SET threads = 1",
        ):
            with pytest.raises(duckdb.Error):
                reader.connection.execute(statement)
        assert reader.connection.execute("SELECT count(*) FROM trial").fetchone() == (3,)


def test_a_warehouse_that_is_not_there_is_an_empty_one(root: Path) -> None:
    with open_reader(root, SCHEMAS) as reader:
        assert reader.connection.execute("SELECT count(*) FROM trial").fetchone() == (0,)
        assert reader.connection.execute("SELECT count(*) FROM record").fetchone() == (0,)
    assert verify(root).segments == 0
    assert not root.exists()


def test_forgetting_deletes_the_segments_and_leaves_the_others(root: Path) -> None:
    load(root, Registry(trials(10)))
    load(root, Registry(trials(4), source="cde"))
    gone = forget_source(root, "ctgov")
    assert (gone.records, gone.segments) == (10, 3)
    assert gone.bytes_freed == gone.bytes > 0
    assert files(root) == current(root).files
    assert standing(root, "cde") == trials(4)
    with pytest.raises(InputError, match="ctgov is not loaded"):
        forget_source(root, "ctgov")


def test_verify_finds_what_was_changed_or_lost(root: Path) -> None:
    load(root, Registry(trials(100)))
    trial, site = (
        next(root / s.file for s in current(root).sources["ctgov"].segments if s.table == t) for t in ("trial", "site")
    )
    whole = trial.read_bytes()
    trial.chmod(0o644)
    trial.write_bytes(whole[:50] + bytes([whole[50] ^ 1]) + whole[51:])
    site.unlink()
    assert {finding.code for finding in verify(root).findings} == {"segment.hash", "segment.missing"}


def test_verify_counts_the_records(root: Path) -> None:
    load(root, Registry(trials(100)))
    text = (root / "manifest.json").read_text(encoding="utf-8")
    (root / "manifest.json").write_text(text.replace('"total": 100', '"total": 99'), encoding="utf-8")
    (finding,) = verify(root).findings
    assert (finding.code, finding.value) == ("source.records", 100)


def test_a_damaged_manifest_is_named(root: Path) -> None:
    load(root, Registry(trials(1)))
    (root / "manifest.json").write_text('{"warehouse": 2}', encoding="utf-8")
    with pytest.raises(InputError) as refused:
        current(root)
    assert refused.value.findings[0].code == "warehouse.manifest"


def test_a_manifest_that_cannot_be_read_is_named(root: Path) -> None:
    (root / "manifest.json").mkdir(parents=True)
    with pytest.raises(InputError, match="cannot be read") as refused:
        current(root)
    assert refused.value.findings[0].code == "warehouse.manifest"


def test_one_process_writes(root: Path) -> None:
    with writing(root), pytest.raises(StoreBusy) as busy:
        load(root, Registry(trials(1)))
    assert busy.value.exit_code == 4
    assert busy.value.findings[0].hint
    assert not load(root, Registry(trials(1))).is_unchanged


def test_a_missing_package_is_named_with_its_extra(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(MissingExtra, match=r"onepill\[registry\]"):
        load(root, Registry(trials(1)))
    assert not root.exists()


def test_hashes_made_by_another_engine_are_made_again_before_they_are_compared(root: Path) -> None:
    world = trials(40)
    load(root, Registry(world))
    load(root, Registry(world | {"NCT00000001": Trial("COMPLETED")}))
    text = (root / "manifest.json").read_text(encoding="utf-8")
    (root / "manifest.json").write_text(text.replace('"engine": "duckdb ', '"engine": "older '), encoding="utf-8")
    ledger = root / current(root).sources["ctgov"].ledger.file
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE l AS SELECT * REPLACE (content + 1 AS content) FROM read_parquet($1)",
        [str(ledger)],
    )
    ledger.chmod(0o644)
    connection.execute(f"COPY l TO '{root.parent / 'ledger.parquet'}' (FORMAT parquet)")
    ledger.write_bytes((root.parent / "ledger.parquet").read_bytes())
    found = load(root, Registry(world | {"NCT00000001": Trial("TERMINATED")}))
    assert (found.entry.records.changed, found.entry.records.unchanged) == (1, 39)


STATUSES = st.sampled_from(["RECRUITING", "COMPLETED", "", "a'b"])
WORLDS = st.dictionaries(
    st.sampled_from([f"NCT{number}" for number in range(6)]),
    st.builds(Trial, STATUSES, st.sampled_from([(), ("PHASE1",)]), st.sampled_from([(), ("Boston",), ("Boston", "")])),
    min_size=1,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(WORLDS, st.booleans()), min_size=1, max_size=4))
def test_any_order_of_loads_gives_what_a_dictionary_would(
    tmp_path_factory: pytest.TempPathFactory, loads: list[tuple[dict[str, Trial], bool]]
) -> None:
    root = tmp_path_factory.mktemp("laws") / "warehouse"
    wanted: dict[str, Trial] = {}
    for number, (world, is_update) in enumerate(loads):
        load(root, Registry(world), text=f"{number}", partial=is_update, allow_shrink=True)
        wanted = wanted | world if is_update else dict(world)
        assert standing(root) == wanted
    assert verify(root).findings == ()
