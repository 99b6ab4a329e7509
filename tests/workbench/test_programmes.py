"""The programmes of the workspace: examples at first, every save checked, both texts shown in a conflict."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from onepill.core.documents import read_document
from onepill.core.errors import InputError
from onepill.store.workspace import StoreConflict
from onepill.workbench.asking import kept_answers
from onepill.workbench.asking.context import Actor, Context
from onepill.workbench.asking.first_start import add_examples
from onepill.workbench.asking.kept_answers import ask_kept, run_key
from onepill.workbench.operations import operation
from onepill.workbench.workspace import programme_outlook
from onepill.workbench.workspace.job_worker import work
from tests.workbench.passports import ROOT, passport_of, text_of

MINIMAL = text_of("minimal")


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(Actor("ada"), home=tmp_path)


def ask(context: Context, words: str, /, **fields: Any) -> Any:
    found = operation(words)
    return found.ask(found.question.model_validate(fields), context=context)


def refused(context: Context, words: str, /, **fields: Any) -> str:
    with pytest.raises(InputError) as error:
        ask(context, words, **fields)
    return error.value.findings[0].code


def test_a_new_workspace_holds_the_examples_once(context: Context) -> None:
    files = sorted((ROOT / "examples").glob("*.yaml"))
    rows = ask(context, "programmes list")["programmes"]
    assert {row["id"] for row in rows} == {
        read_document(file.read_text(encoding="utf-8")).data["programme"] for file in files
    }
    assert all(row["newest"]["version"] == 1 and row["tier"] == "public" for row in rows)
    by_id = {row["id"]: row for row in rows}
    assert by_id["tunlametinib-nras-melanoma"]["competitors_version"] == 1
    assert by_id["minimal"]["competitors_version"] is None
    assert "expedited_us" in by_id["tunlametinib-nras-melanoma"]["scenarios"]
    assert add_examples(context.workspace) == []


def test_a_programme_is_shown_to_the_letter_with_its_table(context: Context) -> None:
    shown = ask(context, "programmes show", id="tunlametinib-nras-melanoma")
    assert shown["text"] == text_of("tunlametinib")
    table = (ROOT / "examples" / "tunlametinib.competitors.csv").read_text(encoding="utf-8-sig")
    assert shown["competitors"]["text"] == table
    assert (shown["version"]["version"], shown["newest_version"]) == (1, 1)


def test_a_save_needs_a_sound_text_of_a_programme_that_is_there(context: Context) -> None:
    save = {"expected_version": 1, "reason": "x"}
    unsound = MINIMAL.replace("modality: small_molecule", "modality: magic")
    assert refused(context, "programmes save", text=unsound, **save).startswith("schema")
    assert refused(context, "programmes save", text="a: [", **save) == "yaml.syntax"
    assert refused(context, "programmes save", text=MINIMAL + "\x00", **save) == "text.letters"
    assert refused(context, "programmes save", text=MINIMAL + "#" * 2**21, **save) == "text.size"
    other = MINIMAL.replace("programme: minimal", "programme: other")
    assert refused(context, "programmes save", text=other, **save) == "document.unknown"
    assert refused(context, "programmes add", text=MINIMAL) == "document.exists"
    assert len(ask(context, "programmes history", id="minimal")["versions"]) == 1


def test_history_tells_who_why_and_which_values(context: Context) -> None:
    dearer = MINIMAL.replace("15 MUSD", "16 MUSD").replace(
        "regions: [US], held: [US], after", "regions: [US, EU], after"
    )
    ask(context, "programmes save", text=dearer, expected_version=1, reason="a dearer trial abroad")
    newest, first = ask(context, "programmes history", id="minimal")["versions"]
    assert (newest["saved_by"], newest["reason"], newest["parent_version"]) == ("ada", "a dearer trial abroad", 1)
    assert newest["changes"] == [
        {"path": "development.phase_2.cost", "before": "15 MUSD", "after": "16 MUSD"},
        {"path": "development.phase_3.regions", "before": ["US"], "after": ["US", "EU"]},
        {"path": "development.phase_3.held", "before": ["US"], "after": None},
    ]
    assert first["changes"] == []
    again = ask(context, "programmes history", id="minimal", limit=1)
    assert (again["count"], again["versions"]) == (2, [newest])
    back = {"id": "minimal", "version": 1, "expected_version": 2, "reason": "no"}
    assert ask(context, "programmes restore", **back)["version"]["version"] == 3
    assert ask(context, "programmes show", id="minimal")["text"] == MINIMAL


def test_the_second_editor_meets_a_conflict_with_both_texts(context: Context) -> None:
    first, second = MINIMAL.replace("15 MUSD", "16 MUSD"), MINIMAL.replace("60 MUSD", "61 MUSD")
    ask(context, "programmes save", text=first, expected_version=1, reason="one")
    with pytest.raises(StoreConflict) as error:
        ask(context, "programmes save", text=second, expected_version=1, reason="two")
    assert error.value.exit_code == 2
    value = error.value.findings[0].value
    assert (value["saved"]["text"], value["base"]["text"], value["yours"]) == (first, MINIMAL, second)


def test_the_conflict_is_409_over_http(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fastapi.testclient import TestClient

    from onepill.web import create_app

    monkeypatch.setenv("ONEPILL_HOME", str(tmp_path))
    client = TestClient(create_app(), base_url="http://127.0.0.1")
    save = {"text": MINIMAL + "# mine\n", "expected_version": 1, "reason": "x"}
    assert client.post("/api/programmes/save", json=save).status_code == 200
    answer = client.post("/api/programmes/save", json=save)
    assert answer.status_code == 409
    assert answer.json()["findings"][0]["value"]["yours"] == save["text"]


def test_a_scenario_is_written_into_the_file_and_nothing_else_changes(context: Context) -> None:
    pill, text = "tunlametinib-nras-melanoma", text_of("tunlametinib")
    scenario = {
        "id": pill,
        "name": "slow_uptake",
        "changes": ["markets.US.peak_share={low: 0.05, mode: 0.1, high: 0.2}", "filings.US.designations=[fast_track]"],
        "reason": "a rival: first in line",
        "summary": "slower",
        "summary_zh": "放缓",
    }
    saved = ask(context, "scenarios save", expected_version=1, **scenario)
    assert saved["version"]["scenario"] == "slow_uptake"
    changed = ask(context, "programmes show", id=pill)["text"]
    kept, rest = changed.splitlines(), iter(changed.splitlines())
    assert all(line in rest for line in text.splitlines()), "a line of the file is gone or moved"
    assert len(kept) == len(text.splitlines()) + 5
    document = read_document(changed).data["scenarios"]["slow_uptake"]
    assert document == {
        "summary": {"en": "slower", "zh": "放缓"},
        "changes": [
            {
                "path": "markets.US.peak_share",
                "value": {"low": 0.05, "mode": 0.1, "high": 0.2},
                "reason": "a rival: first in line",
            },
            {"path": "filings.US.designations", "value": ["fast_track"], "reason": "a rival: first in line"},
        ],
    }
    assert refused(context, "scenarios save", expected_version=2, **scenario) == "scenario.exists"
    again = {**scenario, "changes": ["filings.US.designations=[]"], "replace": True}
    ask(context, "scenarios save", expected_version=2, **again)
    text = ask(context, "programmes show", id=pill)["text"]
    assert len(read_document(text).data["scenarios"]["slow_uptake"]["changes"]) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (["nowhere.at.all=1"], "scenario.path"),
        (["development.phase_2.cost"], "scenario.change"),
        (["=1"], "scenario.change"),
        (["development.phase_2.cost=[1"], "yaml.syntax"),
        (["development.phase_2.cost=*x"], "yaml.alias"),
    ],
)
def test_a_scenario_that_cannot_be_is_refused(context: Context, changes: list[str], code: str) -> None:
    asked = {"id": "minimal", "name": "new", "changes": changes, "expected_version": 1, "reason": "x"}
    assert refused(context, "scenarios save", **asked) == code
    assert len(ask(context, "programmes history", id="minimal")["versions"]) == 1


def test_what_a_scenario_moves_is_what_the_passport_says(context: Context) -> None:
    asked = {"id": "minimal", "name": "cheap", "changes": ["development.phase_2.cost=5 MUSD"], "reason": "x"}
    ask(context, "scenarios save", expected_version=1, **asked)
    text = ask(context, "programmes show", id="minimal")["text"]
    found = ask(context, "programmes compare", id="minimal", scenarios=["cheap"], versions=[1], draws=2000)
    passport = passport_of(text, scenarios=("cheap",))
    version, scenario = found["sides"]
    (row,) = passport["scenarios"]
    assert {key: scenario[key] for key in row} == row
    assert scenario["rnpv_difference_usd"]["mean"] > 0
    assert found["base"]["rnpv_usd"]["mean"] == passport["value"]["rnpv_usd"]["mean"]
    assert version["rnpv_difference_usd"] == {"mean": 0, "standard_error": 0}
    assert [change["path"] for change in version["values"]] == ["scenarios.cheap.changes"]
    later = text.replace("as_of: 2024-08-01", "as_of: 2025-08-01")
    (side,) = ask(context, "programmes compare", id="minimal", text=later, draws=2000)["sides"]
    assert side["kind"] == "text"
    assert next(one for one in side["milestones"] if one["id"] == "us.filed")["days_difference"]["mean"] > 300


def test_a_competitor_table_has_versions_of_its_own(context: Context) -> None:
    table = (ROOT / "examples" / "tunlametinib.competitors.csv").read_text(encoding="utf-8-sig")
    asked = {"programme": "minimal", "text": table, "reason": "known now"}
    assert ask(context, "competitors save", expected_version=0, **asked)["version"]["version"] == 1
    assert refused(context, "competitors save", expected_version=0, **asked) == "document.exists"
    asked["text"] = "\n".join(table.splitlines()[:-1]) + "\n"
    assert ask(context, "competitors save", expected_version=1, **asked)["version"]["version"] == 2
    shown = ask(context, "programmes show", id="minimal")["competitors"]
    assert (shown["version"], shown["text"]) == (2, asked["text"])
    with pytest.raises(StoreConflict):
        ask(context, "competitors save", expected_version=1, **asked)
    assert refused(context, "programmes show", id="minimal.competitors") == "document.unknown"


def test_an_outlook_is_computed_when_asked_for_and_kept(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programme_outlook, "_OUTLOOKS", {})  # what other tests of this process have asked for
    rows = {row["id"]: row["outlook"] for row in ask(context, "programmes list")["programmes"]}
    assert set(rows.values()) == {None}
    rows = {row["id"]: row["outlook"] for row in ask(context, "programmes list", outlook=True)["programmes"]}
    passport = passport_of(MINIMAL, draws=10_000)
    assert rows["minimal"]["rnpv_usd"] == passport["answer"]["rnpv"]
    assert rows["minimal"]["stage"] == "phase_2"
    assert rows["minimal"]["next_milestone"]["id"] == "us.filed"
    assert ask(context, "programmes list")["programmes"] == ask(context, "programmes list", outlook=True)["programmes"]
    ask(context, "programmes save", text=MINIMAL + "#\n", expected_version=1, reason="x")
    rows = {row["id"]: row["outlook"] for row in ask(context, "programmes list")["programmes"]}
    assert rows["minimal"] is None


class Counted:
    """How often an operation was computed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.found, self.times = operation("policy list"), 0
        original = type(self.found).ask

        def ask(found: Any, question: Any, **options: Any) -> Any:
            self.times += found.name == self.found.name
            return original(found, question, **options)

        monkeypatch.setattr(type(self.found), "ask", ask)


def test_the_same_question_is_answered_from_the_store(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Counted(monkeypatch)
    found, workspace = counted.found, context.workspace
    question = found.question.model_validate({"jurisdiction": "CN-SH"})
    first = ask_kept(found, question, workspace)
    assert ask_kept(found, question, workspace) == first
    assert counted.times == 1
    assert json.loads(first) == found.ask(question)
    other = found.question.model_validate({"jurisdiction": "CN-BJ"})
    assert ask_kept(found, other, workspace) != first
    monkeypatch.setattr(kept_answers, "engine_hash", lambda: "a later engine")
    ask_kept(found, question, workspace)
    assert counted.times == 4


def test_a_key_depends_on_every_field_but_the_threads() -> None:
    found = operation("passport")
    base = {"text": MINIMAL, "file": "a", "draws": 500}
    changes: list[dict[str, Any]] = [
        {"text": MINIMAL + "#"},
        {"file": "b"},
        {"draws": 501},
        {"seed": 2},
        {"as_of": "2025-01-01"},
        {"scenarios": ["x"]},
        {"policies": ["x"]},
        {"competitors": {"text": "x"}},
    ]
    asked = [found.question.model_validate({**base, **change}) for change in [{}, *changes]]
    assert len({run_key(found, question) for question in asked}) == len(asked)
    assert {name for change in changes for name in change} == set(found.question.model_fields) - {"threads"}
    with_threads = found.question.model_validate({**base, "threads": 7})
    assert run_key(found, with_threads) == run_key(found, asked[0])


def test_a_job_refines_its_answer_step_by_step(context: Context) -> None:
    row = ask(context, "jobs start", operation="passport", programme="minimal", question={"draws": 12_000})
    assert (row["state"], row["total"], row["programme"]) == ("queued", 22_000, "minimal")
    assert work(context.workspace, stop=threading.Event(), until_idle=True) == 1
    shown = ask(context, "jobs show", id=row["id"], answer=True)
    assert (shown["state"], shown["done"]) == ("done", 22_000)
    assert shown["answer"]["draws"] == 12_000
    assert shown["answer"]["value"] == passport_of(MINIMAL, draws=12_000)["value"]
    outlook = next(one for one in ask(context, "programmes list")["programmes"] if one["id"] == "minimal")["outlook"]
    assert outlook["draws"] == 10_000


def test_a_cancelled_job_stops_in_the_middle(context: Context) -> None:
    row = ask(context, "jobs start", operation="passport", programme="minimal", question={"draws": 20_000_000})
    stop = threading.Event()
    worker = threading.Thread(target=work, args=(context.workspace,), kwargs={"stop": stop, "beat_seconds": 0.05})
    worker.start()
    while ask(context, "jobs show", id=row["id"])["state"] == "queued":
        stop.wait(0.01)
    assert ask(context, "jobs cancel", id=row["id"])["state"] == "cancelled"
    stop.set()
    worker.join(120)
    assert not worker.is_alive()
    shown = ask(context, "jobs show", id=row["id"])
    assert shown["state"] == "cancelled"
    assert shown["done"] < shown["total"]


def test_a_job_of_a_wrong_document_fails_with_its_findings(context: Context) -> None:
    row = ask(context, "jobs start", operation="passport", question={"text": "a: 1", "draws": 500})
    work(context.workspace, stop=threading.Event(), until_idle=True)
    shown = ask(context, "jobs show", id=row["id"])
    assert shown["state"] == "failed"
    assert shown["error"]["findings"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"operation": "registry forget"}, "job.operation"),
        ({"operation": "passport"}, "job.question"),
        ({"operation": "passport", "question": {"text": "x", "draws": 1}}, "job.question"),
        ({"operation": "passport", "programme": "none"}, "document.unknown"),
        ({"operation": "passport", "programme": "minimal", "version": 9}, "version.unknown"),
    ],
)
def test_a_job_that_cannot_be_is_refused_before_it_waits(context: Context, fields: dict[str, Any], code: str) -> None:
    assert refused(context, "jobs start", **fields) == code
    assert ask(context, "jobs list")["jobs"] == []


def test_a_question_that_needs_no_workspace_is_answered_without_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    context = Context(Actor("ada"), home=tmp_path / "file" / "home")
    found = operation("policy effect")
    question = found.remote_question.model_validate(
        {"text": text_of("adc_shanghai"), "policies": ["cn.shanghai.2024"], "draws": 500}
    )
    assert json.loads(found.ask_remote(question, context)) == found.ask(question)
