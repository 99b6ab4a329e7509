"""Every operation is a command, and every command answers in JSON alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from onepill.cli.commands import FILE_OPTIONS, OPTION_NAMES, SECRETS, command_name
from onepill.workbench.operations import OPERATIONS, Operation, operation
from onepill.workbench.sheets.answers import workbook_bytes
from tests.cli.asking import Answer, Ask
from tests.registries.replay import Replay, serving
from tests.workbench.faces_learned import learned_questions
from tests.workbench.landscape_warehouse import make_warehouse
from tests.workbench.registry_files import studies_file, study

COMMANDS = [found for found in OPERATIONS if "cli" in found.faces]
STATELESS = [found for found in COMMANDS if found.needs != "workspace"]
"""What needs a workspace is asked through every face in tests/workbench/test_faces.py."""
SERVERS = {"serve", "worker", "mcp"}
FIELD_WORDS: dict[str, list[str]] = {
    "jurisdiction": ["--jurisdiction", "CN"],
    "start": ["--from", "2024-02-05"],
    "count": ["--count", "30 wd"],
    "path": ["value.rnpv_usd.mean"],
    "draws": ["--draws", "200"],
}
"""What to say for a required field, and for the fewest draws."""
OWN_WORDS: dict[str, list[str]] = {
    "rules show": ["cn.nmpa.clinical_trial_application.review"],
    "policy show": ["cn.shanghai.2024"],
    "path compare": ["--route", "us=standard", "--route", "us=priority"],
    "design fixed": ["--hazard-ratio", "0.7"],
    "design sequential": ["--looks", "3"],
    "design enrichment": [
        *("--prevalence", "0.3", "--rates", "0.5,0.25,0.2", "--patient-cost-usd", "60000", "--accrual-per-month", "9")
    ],
    "design programme": [
        *("--hazard-ratio", "0.8", "--events", "90,99", "--patient-costs-musd", "0.075,0.1"),
        *("--fixed-costs-musd", "10,15", "--gains-musd", "100,300,500"),
    ],
    "assurance": ["--hazard-ratio", "0.7", "--prior", "normal:0.8,0.2"],
    "assurance interim": ["--z", "1.2"],
    "assurance responses": ["--responses", "4", "--patients", "9", "--max-patients", "20", "--null-rate", "0.3"],
    "design single_arm": ["--null-rate", "0.1", "--target-rate", "0.3"],
    "deal solve": ["--for", "upfront_usd", "--licensor-share", "0.45"],
}
"""What else an operation needs to hear."""
WATCH_WORDS: dict[str, list[str]] = {
    "landscape watch save": ["other"],
    "landscape watch list": [],
    "landscape watch forget": ["mek"],
    "landscape diff": ["mek", "--since", "2019-12-31"],
}
"""What is asked of the watch `mek`, which is saved before."""
WORLDS = {
    "landscape": "landscape_words",
    "transitions": "landscape_words",
    "learned": "learned_words",
    "registry": "registry_words",
}
"""What makes the world that operations are asked about and tells its words, by their models or their first word."""
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
OWN_FILES = {
    "poc": str(EXAMPLES / "lean_poc.yaml"),
    "deals": str(EXAMPLES / "tunlametinib.yaml"),
    "returns": str(EXAMPLES / "tunlametinib.yaml"),
    "negotiation": str(EXAMPLES / "tunlametinib.yaml"),
}
"""Groups that ask for what the shortest file does not have."""
ARGUMENTS = ("text", "file", "passport", "id", "path", "source", "name", "workbook", "operation", *SECRETS)
"""Fields that are told without an option."""


def _workbook_of(file: str, folder: Path) -> Path:
    """The workbook of a programme file, written beside the passport."""
    book = folder / "book.xlsx"
    book.write_bytes(workbook_bytes(Path(file).read_text(encoding="utf-8")))
    return book


def words_for(found: Operation, *, file: str, made: Path | None) -> list[str]:
    """The shortest question of an operation, from its fields; `made` is the folder of a passport, where it asks for one
    or for a workbook."""
    words = command_name(found).split()
    fields = found.question.model_fields
    if found.models and "text" not in fields:
        return [*words, *OWN_WORDS.get(found.name, [])]
    file = OWN_FILES.get(found.models, file)
    if made and "workbook" in fields:
        words.append(str(_workbook_of(file, made)))
    if "text" in fields:
        words.append(file)
    if made and "passport" in fields:
        words.append(str(made / "passport.json"))
    for name, field in fields.items():
        if name in FIELD_WORDS and (field.is_required() or name == "draws"):
            words += FIELD_WORDS[name]
    if found.models in ("deals", "returns", "negotiation"):
        words += ["--deal", str(EXAMPLES / "deals" / "licence.yaml")]
    return [*words, *OWN_WORDS.get(found.name, [])]


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEPILL_HOME", str(tmp_path / "home"))


@pytest.fixture
def registry_words(own_home: None, tmp_path: Path) -> Iterator[dict[str, list[str]]]:
    """What the registry's operations need to hear, and a warehouse at home in which a small file is loaded."""
    file = str(studies_file(tmp_path / "studies.json", range(1, 6)))
    load = operation("registry load")
    load.ask(load.question(source="ctgov", path=file))
    with serving(Replay([study(number) for number in range(1, 6)])) as replay:
        sync = ["ctgov", "--address", replay.address]
        yield {"registry load": ["ctgov", file], "registry sync": sync, "registry forget": ["ctgov"]}


@pytest.fixture(scope="module")
def landscape_words(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A warehouse of invented drugs, for what is asked of the landscape."""
    return ["--warehouse", str(make_warehouse(tmp_path_factory.mktemp("landscape") / "warehouse"))]


@pytest.fixture(scope="module")
def learned_words(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Made-up trials and a model of them."""
    found = learned_questions(tmp_path_factory.mktemp("learned") / "trials")
    return {name: words for name, (words, _) in found.items()}


@pytest.fixture
def answers(ask: Ask, minimal: str, request: pytest.FixtureRequest) -> Any:
    """What a command says; the world that it is asked about is made where it needs one."""

    def own_words(found: Operation) -> list[str]:
        world = WORLDS.get(found.models) or WORLDS.get(found.name.split()[0])
        words = request.getfixturevalue(world) if world else []
        return words.get(found.name, []) if isinstance(words, dict) else words

    def answer(found: Operation, *more: str) -> Answer:
        request.getfixturevalue("own_home")
        is_of_passport = {"passport", "workbook"} & set(found.question.model_fields)
        words = words_for(found, file=minimal, made=request.getfixturevalue("passport") if is_of_passport else None)
        own = own_words(found)
        if found.models == "watch":
            ask("landscape", "watch", "save", "mek", "--target", "MEK", *own)
            own = WATCH_WORDS[found.name]
        return ask(*words, *own, *more)

    return answer


@pytest.mark.parametrize("found", STATELESS, ids=lambda found: found.name)
def test_a_command_prints_one_document_of_its_answer_and_nothing_else(found: Operation, answers: Any) -> None:
    answer = answers(found, "--json")
    assert (answer.code, answer.err) == (0, "")
    TypeAdapter(found.answer).validate_python(answer.document)


@pytest.mark.parametrize("found", STATELESS, ids=lambda found: found.name)
def test_a_command_answers_a_person_too(
    found: Operation, answers: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = answers(found)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.strip()


@pytest.mark.parametrize("found", COMMANDS, ids=lambda found: found.name)
def test_help_names_every_field_of_the_question_and_json(found: Operation, ask: Ask) -> None:
    answer = ask(*command_name(found).split(), "--help")
    assert answer.code == 0
    fields = [name for name in found.question.model_fields if name not in ARGUMENTS]
    for name in fields:
        flags = {**OPTION_NAMES, **FILE_OPTIONS}.get(name, f"--{name.replace('_', '-')}")
        assert all(flag in answer.out for flag in flags.split("/"))
    assert "--json" in answer.out


def test_help_lists_the_operations_and_nothing_else(ask: Ask) -> None:
    first_words = {command_name(found).split()[0] for found in COMMANDS}
    listed = ask("--help").out.partition("Commands:\n")[2].splitlines()
    assert {line.split()[0] for line in listed if line.startswith("  ") and line[2] != " "} == first_words | SERVERS
    for group in {name.split()[0] for name in map(command_name, COMMANDS) if " " in name}:
        listed = ask(group, "--help").out.partition("Commands:\n")[2].splitlines()
        expected = {command_name(f).split()[1] for f in COMMANDS if command_name(f).startswith(f"{group} ")}
        assert {line.split()[0] for line in listed if line.startswith("  ") and line[2] != " "} == expected


def test_each_operation_has_a_summary_and_knows_its_models() -> None:
    assert len({found.name for found in OPERATIONS}) == len(OPERATIONS)
    for found in OPERATIONS:
        assert found.summary.endswith(".")
        assert found.question.model_config["extra"] == "forbid"
        assert TypeAdapter(found.answer).json_schema()


def test_the_face_and_the_models_of_a_question_agree_on_what_is_wrong(ask: Ask, minimal: str) -> None:
    answer = ask("passport", minimal, "--draws", "1", "--seed", "-1", "--threads", "0", "--json")
    assert answer.code == 2
    rows = answer.document["findings"]
    assert [(row["code"], row["message"].split(":")[0]) for row in rows] == [
        ("option.value", "--draws"),
        ("option.value", "--seed"),
        ("option.value", "--threads"),
    ]
    assert all(row["hint"] for row in rows)


@pytest.mark.parametrize(
    "words",
    [
        ["rules", "shew"],
        ["nothing"],
        ["due", "--jurisdiction", "CN"],
        ["check"],
        ["check", "a.yaml", "--colour"],
        ["passport", "a.yaml", "--draws", "many"],
        ["explain", "a.json"],
    ],
)
def test_a_wrong_command_line_is_exit_code_2_without_an_answer(words: list[str], ask: Ask) -> None:
    answer = ask(*words)
    assert (answer.code, answer.out) == (2, "")
    assert "Traceback" not in answer.err
    assert answer.err
