"""The lean proof of concept from the command line: text, page, JSON, and errors with their place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.asking import Ask

FEW = ("--draws", "1000")


@pytest.fixture
def example(repository: Path) -> str:
    return str(repository / "examples" / "lean_poc.yaml")


def test_the_policy_is_read_from_the_top_with_simple_ones_below(ask: Ask, example: str) -> None:
    said = ask("poc", "plan", example, *FEW).out
    assert "GO  (reached" in said
    assert "NO-GO  (reached" in said
    assert "best policy" in said
    assert "if the truth were known" in said


def test_the_page_and_its_document_are_written_together(ask: Ask, example: str, tmp_path: Path) -> None:
    answer = ask("poc", "plan", example, *FEW, "--out", str(tmp_path), "--lang", "zh")
    assert f"请打开 {tmp_path / 'poc.html'}" in answer.out
    document = json.loads((tmp_path / "poc.json").read_text(encoding="utf-8"))
    assert document == ask("poc", "plan", example, *FEW, "--json").document
    assert '<html lang="zh-CN">' in (tmp_path / "poc.html").read_text(encoding="utf-8")


def test_the_simulation_prints_each_policy_with_its_errors(ask: Ask, example: str) -> None:
    said = ask("poc", "simulate", example, *FEW, "--trials", "500").out
    assert "500 simulated truths" in said
    assert said.count(" ± ") > 20


def test_a_mistake_ends_with_its_line(ask: Ask, example: str, tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    text = Path(example).read_text(encoding="utf-8")
    file.write_text(text.replace("after: [human_exposure]", "after: [phase_2a]"), encoding="utf-8")
    answer = ask("poc", "plan", str(file), "--json")
    assert answer.code == 2
    (found,) = answer.document["findings"]
    assert (found["code"], found["file"]) == ("poc.cycle", str(file))
    assert text.splitlines()[found["line"] - 1].strip() == "after: [human_exposure]"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--budget", "5 MEUR"), "poc.budget"),
        (("--months", "-3"), "option.value"),
        (("--at-once", "0"), "option.value"),
        (("--draws", "5"), "option.value"),
    ],
)
def test_a_wrong_option_is_an_error_of_the_input(ask: Ask, example: str, words: tuple[str, ...], code: str) -> None:
    answer = ask("poc", "plan", example, *words, "--json")
    assert (answer.code, answer.document["findings"][0]["code"]) == (2, code)


def test_a_programme_without_the_section_says_what_to_add(ask: Ask, repository: Path) -> None:
    answer = ask("poc", "plan", str(repository / "examples" / "minimal.yaml"), "--json")
    (found,) = answer.document["findings"]
    assert (answer.code, found["code"]) == (2, "poc.missing")
    assert found["file"].endswith("minimal.yaml")
