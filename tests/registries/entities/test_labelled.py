"""The hand-labelled sample: floors for precision and recall, and the method page's figures are these."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from onepill.registries.entities import CompanyBook
from tests.registries.entities import measuring, readers
from tests.registries.entities.measuring import Answer, Label, Score

# Floors stand below the measured figures by about the room that one more error in ten links takes.
FLOORS = {
    "drug": (0.95, 0.72),
    "company": (0.95, 0.95),
    "sponsor_class": (0.85, 0.85),
    "condition": (0.92, 0.84),
    "target": (0.90, 0.80),
    "drug_target": (0.85, 0.90),
}
ACCEPTED = frozenset({"accepted"})
SPLITS = ("tuning", "held_out")


@cache
def answers(shared: Path) -> dict[str, Answer]:
    linker = readers.drug_linker(shared)
    return {
        "drug": measuring.answer_drugs(linker, ACCEPTED),
        "company": measuring.answer_companies(CompanyBook(), ACCEPTED),
        "sponsor_class": measuring.answer_classes,
        "condition": measuring.answer_conditions(readers.condition_book(shared), ACCEPTED),
        "target": measuring.answer_titles,
        "drug_target": measuring.answer_drug_targets(readers.target_book(shared, linker.book), linker),
    }


def measured(shared: Path, kind: str, *, split: str = "", language: str = "") -> tuple[int, Score]:
    answer = answers(shared)[kind]
    labels = [
        label
        for label in measuring.read_labels()
        if label.kind == kind and split in {"", label.split} and language in {"", label.language}
    ]
    return len(labels), measuring.score(measuring.judge(label, answer(label)) for label in labels)


def line(name: str, count: int, score: Score) -> str:
    """A row of the method page's table."""

    def shown(share: tuple[float, float, float]) -> str:
        return f"{share[0]:.1%} ({share[1]:.1%} to {share[2]:.1%})"

    return f"| {name} | {count} | {score.linked} | {score.wanted} | {shown(score.precision)} | {shown(score.recall)} |"


@pytest.mark.parametrize("kind", FLOORS)
def test_precision_and_recall_stay_above_the_floor(shared: Path, kind: str) -> None:
    _, score = measured(shared, kind)
    precision, recall = FLOORS[kind]
    print(kind, score, score.precision, score.recall)  # noqa: T201
    assert score.precision[0] >= precision
    assert score.recall[0] >= recall


def test_the_method_page_shows_these_figures(shared: Path, repository: Path) -> None:
    page = (repository / "docs/methods/entities.md").read_text(encoding="utf-8")
    wanted = [line(f"{kind}, all", *measured(shared, kind)) for kind in FLOORS]
    wanted += [line(f"{kind}, {split}", *measured(shared, kind, split=split)) for kind in FLOORS for split in SPLITS]
    wanted += [line(f"{kind}, Chinese", *measured(shared, kind, language="zh")) for kind in ("drug", "condition")]
    assert [row for row in wanted if row not in page] == []


def test_the_sample_is_large_mixed_and_split_by_a_fixed_rule() -> None:
    labels = measuring.read_labels()
    counts = Counter(label.kind for label in labels)
    assert len(labels) >= 300
    assert set(counts) == set(FLOORS)
    assert len({(label.kind, label.text) for label in labels}) == len(labels)
    assert sum(label.language == "zh" for label in labels) >= 60
    assert sum(label.difficulty == "hard" for label in labels) >= 150
    assert 0.25 < sum(label.split == "held_out" for label in labels) / len(labels) < 0.42


def test_an_empty_answer_and_a_wrong_answer_are_counted() -> None:
    label = Label("L", "drug", "tuning", "en", "hard", "x", (frozenset({"a", "b"}), frozenset()))
    assert (measuring.judge(label, frozenset({"a"})).right, measuring.judge(label, frozenset({"a"})).missed) == (1, 1)
    assert measuring.judge(label, frozenset()).missed == 0
    assert measuring.judge(label, frozenset({"c"})).wrong == 1
