"""A word that the rulebook does not know is told, since it would change nothing in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.asking import Ask
from tests.model.programmes import TEXT, line_of, spoilt


def rows_of(ask: Ask, text: str, tmp_path: Path) -> list[tuple[str, str, int]]:
    file = tmp_path / "pill.yaml"
    file.write_text(text, encoding="utf-8")
    answer = ask("check", str(file), "--json")
    assert answer.code == 0
    rows = [row for row in answer.document["findings"] if row["code"] == "word.unknown"]
    assert all(row["severity"] == "warning" and row["hint"] for row in rows)
    return [(row["path"], row["value"], row["line"]) for row in rows]


def test_a_route_is_one_of_its_own_jurisdiction(ask: Ask, tmp_path: Path) -> None:
    for route, is_known in (("nda", True), ("priority", True), ("centralised", False), ("conditonal", False)):
        text = spoilt(("  US:\n    after: [phase_3]", f"  US:\n    route: {route}\n    after: [phase_3]"))
        found = [("filings.US.route", route, line_of("route:", text))]
        assert rows_of(ask, text, tmp_path) == ([] if is_known else found)


def test_each_unknown_word_has_its_line(ask: Ask, tmp_path: Path) -> None:
    assert rows_of(ask, TEXT, tmp_path) == []
    filing = "    route: nad\n    designations: [priority, fast_trac]\n    conditions: {rolling: true}\n"
    text = spoilt(
        ("indication: {name", "gates: {BR: {paediatric_plan: {done: 2024-01-15}}}\nindication: {name"),
        ("indication: {name", "conditions: {class_1_inovative: true}\npolicy_uptake: {cn.none: 1}\nindication: {name"),
        ("  US:\n    after: [phase_3]", f"  US:\n{filing}    after: [phase_3]"),
    )
    designations = line_of("designations:", text)
    assert sorted(rows_of(ask, text, tmp_path)) == sorted(
        [
            ("conditions.class_1_inovative", "class_1_inovative", line_of("class_1_inovative", text)),
            ("gates.BR.paediatric_plan", "BR.paediatric_plan", line_of("gates:", text)),
            ("policy_uptake", "cn.none", line_of("policy_uptake:", text)),
            ("filings.US.route", "nad", line_of("route:", text)),
            ("filings.US.designations.1", "fast_trac", designations),
            ("filings.US.conditions.rolling", "rolling", line_of("rolling", text)),
        ]
    )


@pytest.mark.parametrize("name", ["tunlametinib", "adc_shanghai", "dual_submission", "minimal"])
def test_examples_use_words_of_the_rulebook(name: str, ask: Ask, repository: Path, tmp_path: Path) -> None:
    text = (repository / "examples" / f"{name}.yaml").read_text(encoding="utf-8")
    assert rows_of(ask, text, tmp_path) == []
