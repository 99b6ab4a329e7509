"""The registry commands: parsers, fetcher and warehouse together, as a user meets them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from onepill.cli.show import STEPS
from onepill.core.errors import InputError, OnepillError, StoreBusy
from onepill.registries import SOURCES, TABLES
from onepill.store.places import warehouse_folder
from onepill.store.warehouse import open_reader
from onepill.store.warehouse.folder import writing
from onepill.workbench.operations import operation
from tests.cli.asking import Ask
from tests.registries.replay import Replay, serving, status
from tests.workbench.registry_files import studies_file, study

LOAD_KEYS = {"source", "rows_read", "rows_loaded", "rows_quarantined", "reasons", "seconds", "manifest"}


@pytest.fixture
def root(tmp_path: Path) -> str:
    return str(tmp_path / "warehouse")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return studies_file(tmp_path / "studies.json", range(1, 21))


@pytest.fixture
def replay(monkeypatch: pytest.MonkeyPatch) -> Iterator[Replay]:
    monkeypatch.setattr("onepill.registries.fetch.CRAWL_DELAY_S", 0.0)
    with serving(Replay([study(number) for number in range(1, 8)])) as found:
        yield found


def python(name: str, **fields: Any) -> Any:
    found = operation(f"registry {name}")
    return found.ask(found.question.model_validate(fields))


def test_load_json_has_the_keys_of_its_contract(ask: Ask, file: Path, root: str) -> None:
    answer = ask("registry", "load", "ctgov", str(file), "--warehouse", root, "--json")
    assert (answer.code, answer.err) == (0, "")
    found = answer.document
    assert set(found) >= LOAD_KEYS
    assert (found["source"], found["rows_read"], found["rows_loaded"], found["rows_quarantined"]) == (
        "ctgov",
        20,
        20,
        0,
    )
    manifest = found["manifest"]
    assert manifest["publisher"].startswith("U.S. National Library of Medicine")
    assert manifest["counts_by_status"] == {"RECRUITING": 20}
    assert manifest["file"] == "studies.json"
    assert datetime.fromisoformat(manifest["loaded_at"]).utcoffset() is not None
    assert {segment["table"] for segment in manifest["segments"]} >= {"trial", "sponsor", "condition"}
    with open_reader(Path(root), TABLES) as reader:
        assert reader.connection.execute("SELECT count(*) FROM trial").fetchone() == (20,)
        assert reader.connection.execute("SELECT count(*) FROM approval").fetchone() == (0,)


def test_a_person_who_looks_on_sees_the_steps(ask: Ask, file: Path, root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    answer = ask("registry", "load", "ctgov", str(file), "--warehouse", root)
    assert answer.code == 0
    assert "20 loaded" in answer.out
    assert "━" in answer.err
    assert ask("registry", "verify", "--warehouse", root, "--json").err == ""


def test_every_step_that_is_told_has_words(file: Path, root: str, replay: Replay) -> None:
    told: list[tuple[str, int, int]] = []
    found = operation("registry load")
    asked = found.question(source="ctgov", path=str(file), warehouse=root, link=True)
    found.ask(asked, progress=lambda *step: told.append(step))
    rows = [done for step, done, _ in told if step == "read"]
    assert rows == sorted(rows)
    assert rows[-1] >= 20
    for name, fields in (
        ("sync", {"source": "ctgov", "address": replay.address, "allow_shrink": True}),
        ("verify", {}),
    ):
        found = operation(f"registry {name}")
        question = found.question.model_validate({**fields, "warehouse": root})
        found.ask(question, progress=lambda *step: told.append(step))
    assert {step for step, _, _ in told} == set(STEPS)


def test_the_catalogue_lists_every_source_in_both_languages() -> None:
    found = {row["id"]: row for row in python("sources")}
    assert list(found) == list(SOURCES)
    assert [name for name, row in found.items() if row["can_sync"]] == ["ctgov"]
    for row in found.values():
        assert set(row["title"]) == {"en", "zh"}
        assert row["zh"]["licence"]
        assert set(row["zh"]["fields"]) == set(row["fields"])


def test_rows_that_are_refused_are_listed(tmp_path: Path, root: str) -> None:
    page = {"studies": [study(1), study(2), study(2), {"protocolSection": {}}]}
    path = tmp_path / "page.json"
    path.write_text(json.dumps(page), encoding="utf-8")
    found = python("load", source="ctgov", path=str(path), warehouse=root)
    assert (found["rows_read"], found["rows_loaded"], found["rows_quarantined"]) == (4, 2, 2)
    assert sum(found["reasons"].values()) == len(found["quarantined"]) == 2
    assert all(row["message"] for row in found["quarantined"])


def test_the_same_file_again_is_said_to_be_loaded(ask: Ask, file: Path, root: str) -> None:
    words = ("registry", "load", "ctgov", str(file), "--warehouse", root)
    assert ask(*words).code == 0
    again = ask(*words)
    assert again.code == 0
    assert "nothing changed" in again.out
    assert ask(*words, "--json").document["unchanged"] is True


def test_a_shrinking_load_is_exit_code_2_with_a_way_out(ask: Ask, file: Path, root: str, tmp_path: Path) -> None:
    python("load", source="ctgov", path=str(file), warehouse=root)
    fewer = studies_file(tmp_path / "fewer.json", range(1, 11))
    words = ("registry", "load", "ctgov", str(fewer), "--warehouse", root)
    refused = ask(*words)
    assert (refused.code, refused.out) == (2, "")
    assert "20" in refused.err
    assert "--allow-shrink" in refused.err
    assert ask(*words, "--json").document["findings"][0]["code"] == "load.shrinks"
    assert ask("registry", "status", "--warehouse", root, "--json").document["generation"] == 1
    assert ask(*words, "--allow-shrink", "--json").document["manifest"]["records"]["gone"] == 10


def test_an_update_leaves_the_rest_standing(file: Path, root: str, tmp_path: Path) -> None:
    python("load", source="ctgov", path=str(file), warehouse=root)
    changes = studies_file(tmp_path / "changes.json", range(20, 23), status="COMPLETED")
    found = python("load", source="ctgov", path=str(changes), warehouse=root, update=True)
    expected = {"new": 2, "changed": 1, "unchanged": 0, "gone": 0, "total": 22}
    assert found["manifest"]["records"] == expected


def test_an_older_file_is_told(file: Path, root: str, tmp_path: Path) -> None:
    python("load", source="ctgov", path=str(file), warehouse=root, snapshot="2026-02-01")
    other = studies_file(tmp_path / "other.json", range(1, 31))
    found = python("load", source="ctgov", path=str(other), warehouse=root, snapshot="2026-01-01")
    assert [row["code"] for row in found["findings"]] == ["load.older"]
    third = studies_file(tmp_path / "third.json", range(1, 32))
    between = python("load", source="ctgov", path=str(third), warehouse=root, snapshot="2026-01-15")
    assert [row["code"] for row in between["findings"]] == ["load.older"]
    assert "2026-02-01" in between["findings"][0]["message"]


def test_status_counts_the_age_of_what_is_loaded(ask: Ask, file: Path, root: str) -> None:
    empty = python("status", warehouse=root)
    assert (empty["generation"], empty["sources"], len(empty["absent"])) == (0, [], 17)
    python("load", source="ctgov", path=str(file), warehouse=root, snapshot="2026-01-01")
    (row,) = python("status", warehouse=root, on="2026-03-01")["sources"]
    assert (row["records"], row["age_days"], row["age_from"]) == (20, 59, "snapshot_day")
    today = ask("registry", "status", "--warehouse", root, "--json").document["sources"][0]
    assert today["age_days"] == (date.today() - date(2026, 1, 1)).days  # noqa: DTZ011  # as the command line counts
    assert "2026-01-01" in ask("registry", "status", "--warehouse", root).out


def test_verify_of_a_damaged_segment_is_exit_code_2(ask: Ask, file: Path, root: str) -> None:
    python("load", source="ctgov", path=str(file), warehouse=root)
    words = ("registry", "verify", "--warehouse", root)
    assert ask(*words).code == 0
    segment = next((Path(root) / "segments").rglob("trial-*.parquet"))
    segment.chmod(0o644)
    segment.write_bytes(segment.read_bytes()[:-1])
    damaged = ask(*words, "--json")
    assert (damaged.code, damaged.document["errors"]) == (2, 1)
    assert damaged.document["findings"][0]["code"] == "segment.hash"
    assert "segment.hash" in ask(*words).out


def test_verify_of_an_empty_warehouse_says_that_it_is_empty(ask: Ask, root: str) -> None:
    answer = ask("registry", "verify", "--warehouse", root)
    assert (answer.code, answer.out) == (0, f"{root} holds nothing\n")


def test_forget_takes_one_source_out(ask: Ask, file: Path, root: str) -> None:
    python("load", source="ctgov", path=str(file), warehouse=root)
    assert ask("registry", "forget", "ctgov", "--warehouse", root, "--json").document["records"] == 20
    assert python("status", warehouse=root)["sources"] == []
    again = ask("registry", "forget", "ctgov", "--warehouse", root)
    assert again.code == 2
    assert "source.not_loaded" in again.err


def test_a_source_that_is_not_known_names_the_nearest(ask: Ask, file: Path, root: str) -> None:
    answer = ask("registry", "load", "ctgv", str(file), "--warehouse", root)
    assert answer.code == 2
    assert "did you mean ctgov?" in answer.err
    assert not Path(root).exists()


@pytest.mark.parametrize(
    ("words", "named"), [(["load", "ctgov", ""], "PATH:"), (["forget", "ctgov", "--warehouse", ""], "--warehouse:")]
)
def test_an_empty_path_is_refused(
    ask: Ask, file: Path, words: list[str], named: str, *, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONEPILL_HOME", str(file.parent))
    monkeypatch.chdir(file.parent)
    python("load", source="ctgov", path=str(file))
    answer = ask("registry", *words)
    assert (answer.code, answer.out) == (2, "")
    assert named in answer.err
    assert python("status")["generation"] == 1


@pytest.mark.parametrize(
    "words", [["load", "ctgov", "~nobody-here/studies.json"], ["status", "--warehouse", "~nobody-here/warehouse"]]
)
def test_the_home_of_nobody_is_exit_code_2(ask: Ask, root: str, words: list[str]) -> None:
    answer = ask("registry", *words)
    assert (answer.code, answer.out) == (2, "")
    assert "~nobody-here" in answer.err
    assert "hint" in answer.err


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.json", b"<!DOCTYPE html><html><body>Service unavailable</body></html>"),
        ("studies.zip", b"PK\x03\x04 cut off here"),
        ("studies.json", b'{"studies": [{"protocolSection": '),
        ("empty.json", b""),
    ],
)
def test_a_damaged_file_is_refused_and_nothing_is_loaded(
    ask: Ask, file: Path, root: str, tmp_path: Path, *, name: str, content: bytes
) -> None:
    python("load", source="ctgov", path=str(file), warehouse=root)
    before = (Path(root) / "manifest.json").read_bytes()
    bad = tmp_path / "bad" / name
    bad.parent.mkdir()
    bad.write_bytes(content)
    answer = ask("registry", "load", "ctgov", str(bad), "--warehouse", root, "--json")
    assert answer.code == 2
    assert answer.document["findings"][0]["hint"]
    assert (Path(root) / "manifest.json").read_bytes() == before
    assert list((Path(root) / "staging").iterdir()) == []


def test_a_warehouse_that_is_being_written_is_exit_code_4(ask: Ask, file: Path, root: str) -> None:
    with writing(Path(root)):
        answer = ask("registry", "load", "ctgov", str(file), "--warehouse", root)
        assert ask("registry", "status", "--warehouse", root).code == 0
    assert answer.code == StoreBusy.exit_code == 4
    assert "another process" in answer.err


def test_a_missing_package_is_exit_code_3(ask: Ask, file: Path, root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    answer = ask("registry", "load", "ctgov", str(file), "--warehouse", root)
    assert answer.code == 3
    assert "onepill[registry]" in answer.err


def test_the_warehouse_is_the_named_one_or_stands_in_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEPILL_HOME", "/somewhere/of/mine")
    assert warehouse_folder("/data/w") == Path("/data/w")
    assert warehouse_folder() == Path("/somewhere/of/mine/warehouse")
    monkeypatch.delenv("ONEPILL_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", "/mine/share")
    monkeypatch.setattr(sys, "platform", "linux")
    assert warehouse_folder() == Path("/mine/share/onepill/warehouse")


def test_sync_fetches_and_loads(replay: Replay, root: str) -> None:
    found = python("sync", source="ctgov", address=replay.address, warehouse=root)
    assert (found["fetched"]["studies"], found["load"]["rows_loaded"], found["findings"]) == (7, 7, [])
    assert found["load"]["manifest"]["mode"] == "full"
    replay.studies = [study(3, status="COMPLETED"), study(9)]
    since = python("sync", source="ctgov", address=replay.address, warehouse=root, since="2026-01-01")
    assert since["load"]["manifest"]["mode"] == "update"
    expected = {"new": 1, "changed": 1, "unchanged": 0, "gone": 0, "total": 8}
    assert since["load"]["manifest"]["records"] == expected
    replay.studies = []
    assert python("sync", source="ctgov", address=replay.address, warehouse=root, since="2026-02-01")["load"] is None


def test_a_refused_load_costs_no_second_fetch(replay: Replay, root: str) -> None:
    fields = {"source": "ctgov", "address": replay.address, "warehouse": root}
    python("sync", **fields)
    assert [path.name for path in (Path(root) / "fetched" / "ctgov").iterdir()] == ["writer.lock"]
    replay.studies = replay.studies[:5]
    with pytest.raises(InputError, match="would hold 5"):
        python("sync", **fields)
    asked = len(replay.requests)
    assert python("sync", **fields, allow_shrink=True)["load"]["manifest"]["records"]["gone"] == 2
    assert len(replay.requests) == asked


def test_two_syncs_of_a_source_do_not_mix_their_pages(replay: Replay, root: str) -> None:
    with writing(Path(root) / "fetched" / "ctgov"), pytest.raises(StoreBusy):
        python("sync", source="ctgov", address=replay.address, warehouse=root)
    assert replay.requests == []


def test_a_list_that_came_short_counts_nothing_as_gone(replay: Replay, root: str) -> None:
    python("sync", source="ctgov", address=replay.address, warehouse=root)

    def short(handler: Any) -> None:
        handler.answer(200, json.dumps({"studies": [study(1)], "totalCount": 7}).encode())

    replay.faults = {len(replay.requests) + 1: short}
    found = python("sync", source="ctgov", address=replay.address, warehouse=root)
    assert [row["code"] for row in found["findings"]] == ["sync.incomplete"]
    assert found["load"]["manifest"]["records"]["total"] == 7


def test_a_server_that_stays_away_leaves_the_warehouse_alone(
    replay: Replay, root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onepill.registries.fetch.Pace.__init__.__defaults__", (0.0, 0.4, 0.01, 1.0, 2))
    replay.faults = dict.fromkeys(range(1, 5), status(500))
    with pytest.raises(OnepillError, match="page 1"):
        python("sync", source="ctgov", address=replay.address, warehouse=root)
    assert python("status", warehouse=root)["sources"] == []


def test_what_has_no_address_to_ask_is_not_synced(root: str) -> None:
    with pytest.raises(InputError) as refused:
        python("sync", source="cde", warehouse=root)
    assert refused.value.findings[0].code == "sync.none"
    assert "registry load cde" in refused.value.findings[0].hint


def test_ctrl_c_ends_with_130_and_the_load_before_stands(file: Path, root: str, tmp_path: Path) -> None:
    python("load", source="ctgov", path=str(file), warehouse=root)
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "onepill", "registry", "load", "ctgov", str(pipe), "--warehouse", root]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    # Opened for writing once the command reads it, and held open so that it waits for more.
    with pipe.open("wb"):
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert python("status", warehouse=root)["generation"] == 1
