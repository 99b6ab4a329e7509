"""The key of a kept answer holds all that the answer depends on, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from onepill.workbench.asking import kept_answers
from onepill.workbench.asking.kept_answers import folder_hash, run_key
from onepill.workbench.landscape import chapter as landscape_chapter
from onepill.workbench.operations import OPERATIONS, operation
from tests.workbench.passports import text_of

FIELDS: dict[str, Any] = {"text": text_of("minimal"), "file": "minimal.yaml", "draws": 500}


def key_of(name: str = "passport", **changed: Any) -> str:
    found = operation(name)
    return run_key(found, found.question.model_validate({**FIELDS, **changed}))


def terms_of(name: str, text: str = "onepill: 1\ndeal: a\n") -> dict[str, Any]:
    """What a question about deals asks beside the programme."""
    deal, fields = {"text": text, "file": "a.yaml"}, operation(name).question.model_fields
    both = {"deal": deal, "deals": [deal], "unknowns": ["upfront_usd"]}
    return {key: value for key, value in both.items() if key in fields}


@pytest.mark.parametrize(
    "changed",
    [
        {"text": FIELDS["text"] + "\n"},
        {"file": "other.yaml"},
        {"draws": 501},
        {"seed": 2},
        {"as_of": "2025-01-01"},
        {"policies": ["cn.shanghai.2024"]},
        {"competitors": {"text": "drug\nx\n", "file": "c.csv"}},
    ],
)
def test_another_question_has_another_key(changed: dict[str, Any]) -> None:
    assert key_of(**changed) != key_of()


def test_another_operation_has_another_key() -> None:
    names = [found.name for found in OPERATIONS if found.keeps and "draws" in found.question.model_fields]
    whole = [name for name in names if set(FIELDS) <= set(operation(name).question.model_fields)]
    keys = {key_of(name, **terms_of(name)) for name in whole if name != "path compare"}
    assert {"deal value", "deal compare", "deal solve", "deal return-risk"} <= set(whole)
    assert len(keys) == len(whole) - ("path compare" in whole)


@pytest.mark.parametrize("name", ["deal value", "deal compare", "deal solve", "deal return-risk"])
def test_other_terms_have_another_key(name: str) -> None:
    given = terms_of(name)
    changed = terms_of(name, text="onepill: 1\ndeal: b\n")
    assert key_of(name, **given) == key_of(name, **given) != key_of(name, **changed)


def test_what_changes_nothing_is_not_in_the_key() -> None:
    assert key_of(threads=1) == key_of(threads=2) == key_of()
    assert key_of(seed=operation("passport").question.model_fields["seed"].default) == key_of()


@pytest.mark.parametrize(
    ("where", "name", "value"),
    [
        (kept_answers, "engine_hash", "another engine, rulebook or calendar"),
        (landscape_chapter, "warehouse_generation", 7),
        (landscape_chapter, "warehouse_corrections", {"warehouse_corrections": "others"}),
    ],
)
def test_what_answers_are_computed_from_is_in_the_key(
    where: Any, name: str, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = key_of()
    monkeypatch.setattr(where, name, lambda: value)
    assert key_of() != before


def test_the_engines_hash_moves_with_rules_calendars_data_and_code_and_not_with_pages(tmp_path: Path) -> None:
    for name in ("rulebook/packs/cn.yaml", "calendars/data/CN.csv", "sim/kernel.py", "web/app.py"):
        file = tmp_path / name
        file.parent.mkdir(parents=True)
        file.write_text("1", encoding="utf-8")
    found = {"": folder_hash(tmp_path)}
    for name in ("rulebook/packs/cn.yaml", "calendars/data/CN.csv", "sim/kernel.py"):
        (tmp_path / name).write_text("2", encoding="utf-8")
        found[name] = folder_hash(tmp_path)
    assert len(set(found.values())) == 4
    (tmp_path / "web" / "app.py").write_text("2", encoding="utf-8")
    (tmp_path / "sim" / "__pycache__").mkdir()
    (tmp_path / "sim" / "__pycache__" / "kernel.nbi").write_text("compiled", encoding="utf-8")
    assert folder_hash(tmp_path) == found["sim/kernel.py"]
    (tmp_path / "sim" / "kernel.py").rename(tmp_path / "sim" / "other.py")
    assert folder_hash(tmp_path) != found["sim/kernel.py"]


def test_a_librarys_version_is_in_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = kept_answers.engine_hash()
    kept_answers.engine_hash.cache_clear()
    monkeypatch.setattr(kept_answers, "version", lambda _: "0")
    assert kept_answers.engine_hash() != before
    kept_answers.engine_hash.cache_clear()
