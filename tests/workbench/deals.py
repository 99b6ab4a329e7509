"""The example deals and their programme, asked with few draws."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from onepill.workbench.operations import operation
from tests.workbench.passports import ROOT

Row = dict[str, Any]
PROGRAMME = ROOT / "examples" / "tunlametinib.yaml"
FOLDER = ROOT / "examples" / "deals"
EXAMPLES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def deal_text(file: Path) -> dict[str, str]:
    return {"text": file.read_text(encoding="utf-8"), "file": str(file)}


def example(name: str) -> dict[str, str]:
    return deal_text(FOLDER / f"{name}.yaml")


def programme() -> dict[str, str]:
    return deal_text(PROGRAMME)


def valued(deal: dict[str, str], *, of: dict[str, str] | None = None, **fields: Any) -> Row:
    found = operation("deal value")
    asked = {"draws": 2_000, "seed": 3, **(of or programme()), "deal": deal, **fields}
    answer: Row = found.ask(found.question.model_validate(asked))
    return answer


def compared(*deals: dict[str, str], of: dict[str, str] | None = None, **fields: Any) -> Row:
    found = operation("deal compare")
    asked = {"draws": 2_000, "seed": 3, **(of or programme()), "deals": list(deals), **fields}
    answer: Row = found.ask(found.question.model_validate(asked))
    return answer


def party(answer: Row, name: str) -> Row:
    return next(row for row in answer["parties"] if row["id"] == name)
