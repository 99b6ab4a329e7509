"""One question, one answer, whichever face it is asked through."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from typer.testing import CliRunner

from onepill.cli.commands import build_app, joined
from onepill.workbench.documents import to_json
from onepill.workbench.operations import OPERATIONS, operation
from tests.registries.replay import Replay, serving
from tests.workbench.faces_learned import learned_questions
from tests.workbench.landscape_warehouse import make_warehouse
from tests.workbench.passports import ROOT, SHANGHAI, example, text_of
from tests.workbench.registry_files import studies_file, study

MINIMAL = str(ROOT / "examples" / "minimal.yaml")
CONJUGATE = str(ROOT / "examples" / "adc_shanghai.yaml")


@dataclass(frozen=True)
class Asked:
    """The same question in words of the command line and as fields; `before` makes the world that it is asked in."""

    words: list[str]
    fields: dict[str, Any] = field(default_factory=dict)
    before: Callable[[], object] = lambda: None


def questions(passport: Path) -> dict[str, Asked]:
    document = json.loads(passport.read_text(encoding="utf-8"))
    small = {"text": text_of("minimal"), "file": MINIMAL}
    pill = {"text": text_of("adc_shanghai"), "file": CONJUGATE}
    cta = "cn.nmpa.clinical_trial_application.review"
    return {
        "passport": Asked(
            [CONJUGATE, "--draws", "500", "--seed", "3", "--threads", "1", "--policy", SHANGHAI],
            {**pill, "draws": 500, "seed": 3, "threads": 1, "policies": [SHANGHAI]},
        ),
        "check": Asked([MINIMAL], small),
        "schema": Asked([]),
        "rules list": Asked([]),
        "rules show": Asked(
            [cta, "--on", "2025-09-12", "--condition", "class_1_innovative", "--condition", "national_key_support"],
            {"id": cta, "on": "2025-09-12", "conditions": ["class_1_innovative", "national_key_support"]},
        ),
        "rules coverage": Asked([]),
        "path": Asked([MINIMAL, "--markets", "US", "--draws", "500"], {**small, "markets": ["US"], "draws": 500}),
        "path compare": Asked(
            [MINIMAL, "--route", "us=standard", "--route", "us=priority", "--draws", "500"],
            {**small, "routes": ["us=standard", "us=priority"], "draws": 500},
        ),
        "backtest reviews": Asked([]),
        "policy list": Asked(["--jurisdiction", "CN-SH"], {"jurisdiction": "CN-SH"}),
        "policy show": Asked([SHANGHAI], {"id": SHANGHAI}),
        "policy match": Asked([CONJUGATE], pill),
        "policy effect": Asked(
            [CONJUGATE, "--policy", SHANGHAI, "--draws", "500"], {**pill, "policies": [SHANGHAI], "draws": 500}
        ),
        "due": Asked(
            ["--jurisdiction", "CN", "--from", "2024-02-05", "--count", "60 wd"],
            {"jurisdiction": "CN", "start": "2024-02-05", "count": "60 wd"},
        ),
        "explain": Asked([str(passport), "value.rnpv_usd.mean"], {"passport": document, "path": "value.rnpv_usd.mean"}),
    }


def registry_questions(folder: Path, address: str) -> dict[str, Asked]:
    """Questions to a warehouse in which a small file is loaded, and to a server on this machine."""
    file, root = str(studies_file(folder / "studies.json", range(1, 6))), str(folder / "warehouse")
    here, there = ["--warehouse", root], {"warehouse": root}

    def load() -> None:
        ask_fields("registry load", {**there, "source": "ctgov", "path": file})

    synced = str(folder / "synced")
    sync = {"source": "ctgov", "address": address, "warehouse": synced}
    return {
        "registry sources": Asked([]),
        "registry load": Asked(["ctgov", file, *here], {**there, "source": "ctgov", "path": file}, load),
        "registry sync": Asked(
            ["ctgov", "--address", address, "--warehouse", synced], sync, lambda: ask_fields("registry sync", sync)
        ),
        "registry status": Asked([*here, "--on", "2027-01-01"], {**there, "on": "2027-01-01"}, load),
        "registry verify": Asked(here, there, load),
        "registry forget": Asked(["ctgov", *here], {**there, "source": "ctgov"}, load),
    }


def landscape_questions(root: Path) -> dict[str, Asked]:
    """Questions to a warehouse of invented drugs."""
    make_warehouse(root)
    words, fields = (
        ["--warehouse", str(root), "--on", "2021-07-01"],
        {"warehouse": str(root), "on": "2021-07-01"},
    )
    return {
        "landscape": Asked(
            [*words, "--target", "MEK", "--indication", "Melanoma"],
            {**fields, "targets": ["MEK"], "indications": ["Melanoma"]},
        ),
        "landscape firsts": Asked([*words, "--origin", "CN"], {**fields, "origins": ["CN"]}),
        "landscape crowding": Asked([*words, "--pd1-as-one"], {**fields, "pd1_as_one": True}),
        "landscape matrix": Asked([*words, "--rows", "modality"], {**fields, "rows": "modality"}),
        "landscape entrants": Asked([*words, "--first-year", "2015"], {**fields, "first_year": 2015}),
        "landscape compare": Asked([*words, "--origin", "CN", "--with", "rest"], {**fields, "origin": "CN"}),
    }


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Asked]]:
    folder = tmp_path_factory.mktemp("faces")
    file = folder / "passport.json"
    file.write_text(to_json(example("minimal")), encoding="utf-8")
    with serving(Replay([study(number) for number in range(1, 6)])) as replay:
        landscape = landscape_questions(folder / "landscape" / "warehouse")
        learned = {name: Asked(*both) for name, both in learned_questions(folder / "learned").items()}
        yield {**questions(file), **registry_questions(folder, replay.address), **landscape, **learned}


def ask_fields(name: str, fields: dict[str, Any]) -> Any:
    found = operation(name)
    return found.ask(found.question.model_validate(fields))


def timeless(document: Any) -> Any:
    """The document without how long it took, and without what counts the loads before it."""
    if isinstance(document, dict):
        return {key: timeless(value) for key, value in document.items() if key not in VOLATILE}
    return [timeless(item) for item in document] if isinstance(document, list) else document


VOLATILE = {"seconds", "generation", "bytes", "bytes_freed"}
"""Each segment carries its generation, which may pack to another length."""


def by_command(name: str, words: list[str]) -> Any:
    args = joined([*name.split(), *words, "--json"])
    result = CliRunner().invoke(build_app(frozenset(args)), args)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_every_operation_of_the_command_line_is_asked_here(asked: dict[str, Asked]) -> None:
    assert set(asked) == {found.name for found in OPERATIONS if "cli" in found.faces}


@pytest.mark.parametrize("name", [found.name for found in OPERATIONS if "cli" in found.faces])
def test_python_and_the_command_line_give_the_same_document(name: str, asked: dict[str, Asked]) -> None:
    asked[name].before()
    answer = ask_fields(name, asked[name].fields)
    asked[name].before()
    assert timeless(by_command(name, asked[name].words)) == timeless(json.loads(to_json(answer)))


@pytest.mark.parametrize("name", [found.name for found in OPERATIONS])
def test_the_answer_is_the_one_that_the_operation_declares(name: str, asked: dict[str, Asked]) -> None:
    asked[name].before()
    answer = ask_fields(name, asked[name].fields)
    TypeAdapter(operation(name).answer).validate_python(json.loads(to_json(answer)))


def test_sixty_working_days_by_the_operation_are_those_counted_by_hand(asked: dict[str, Asked]) -> None:
    assert by_command("due", asked["due"].words)["due"] == "2024-05-08"
