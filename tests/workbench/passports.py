"""Passports for tests, each made once a process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from onepill.model import load_programme
from onepill.rulebook import load_rulebook
from onepill.workbench.plan.assemble import Assembled, assemble
from onepill.workbench.plan.fill import fill
from onepill.workbench.results.passport import PassportQuestion, make_passport

Row = dict[str, Any]
ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ("minimal", "adc_shanghai", "dual_submission", "tunlametinib")
SHANGHAI = "cn.shanghai.2024"


def text_of(name: str) -> str:
    """An example's text; `paul_2010` lies beside the tests."""
    folder = ROOT / "examples" if name in EXAMPLES else Path(__file__).parent
    return (folder / f"{name}.yaml").read_text(encoding="utf-8")


def passport_of(text: str, **changes: Any) -> Row:
    options: dict[str, Any] = {"draws": 2_000, "seed": 1, "threads": 1, **changes}
    return make_passport(PassportQuestion(text=text, file="test.yaml", **options))


@lru_cache(maxsize=8)
def example(name: str, draws: int = 20_000, seed: int = 1) -> Row:
    """An example's passport; the Shanghai one with Shanghai's policy and both with all their scenarios."""
    programme = load_programme(text_of(name), file=name).programme
    policies = (SHANGHAI,) if name == "adc_shanghai" else ()
    return passport_of(text_of(name), draws=draws, seed=seed, scenarios=tuple(programme.scenarios), policies=policies)


def assembled(text: str, **changes: Any) -> Assembled:
    return assemble(fill(load_programme(text, file="test.yaml", **changes).programme, load_rulebook()))


def found_codes(document: Row) -> set[str]:
    return {finding["code"] for finding in document["findings"]}


def milestone(document: Row, name: str) -> Row:
    return next(row for row in document["milestones"] if row["id"] == name)
