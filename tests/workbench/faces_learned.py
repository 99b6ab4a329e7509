"""The operations on learned models, asked of made-up trials."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from onepill.workbench.operations import operation
from tests.evidence.learned.tables import table, trial_rows


def learned_questions(folder: Path) -> dict[str, tuple[list[str], dict[str, Any]]]:
    """By operation: words of the command line, and the same question as fields."""
    known, unseen, model = folder / "known.csv", folder / "unseen.csv", str(folder / "model")
    folder.mkdir()
    known.write_text(table(trial_rows(120)), encoding="utf-8")
    unseen.write_text(table(trial_rows(30, seed=2)), encoding="utf-8")
    train: dict[str, Any] = {"labels": [str(known)], "folder": model, "features": ["title", "phase"]}
    found = operation("success train")
    found.ask(found.question.model_validate(train))
    fields, words = {"model": model, "input": str(unseen)}, ["--model", model, "--input", str(unseen)]
    return {
        "success train": (["--labels", str(known), "--out", model, "--features", "title,phase"], train),
        "success evaluate": (words, fields),
        "success score": (words, fields),
    }
