"""Conditions of MeSH to the 23 causes of disease burden, by the project's own reading; places to the burden's codes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Cause:
    """A group of causes of the burden table.

    Attributes:
        column: its name in the table. name: by language, `en` and `zh`.
        is_reachable: whether any heading leads to it; how an injury came about is told by none.
    """

    cause_id: str
    column: str
    name: Mapping[str, str]
    is_reachable: bool


@dataclass(frozen=True)
class CauseTable:
    """Causes, and the rules by which a condition gets one of them: the first rule that fits decides.

    Attributes:
        rules: of each heading (`mesh:D009369`) the place of its rule and the cause; an empty one where the burden's
            table counts none, such as for a risk.
        grade, note: how far the rules may be trusted, and why.
    """

    causes: tuple[Cause, ...]
    rules: Mapping[str, tuple[int, str]]
    title: str
    grade: str
    note: str

    def cause_of(self, condition_id: str, above: Iterable[str]) -> str:
        """The cause of a condition by itself and the conditions above it; empty where no rule gives one."""
        found = [self.rules[one] for one in (condition_id, *above) if one in self.rules]
        return min(found)[1] if found else ""


@cache
def cause_table() -> CauseTable:
    """The packaged table."""
    table = _read("burden_causes.json")
    rules: dict[str, tuple[int, str]] = {}
    for place, rule in enumerate(table["rules"]):
        for mesh_id, _ in rule["headings"]:
            rules.setdefault(f"mesh:{mesh_id}", (place, rule["cause"] or ""))
    reached = {cause for _, cause in rules.values()}
    causes = tuple(Cause(one["id"], one["column"], one["name"], one["id"] in reached) for one in table["causes"])
    return CauseTable(causes, rules, table["source"]["title"], table["grade"], table["note"])


@cache
def three_letter_codes() -> Mapping[str, str]:
    """ISO 3166-1: two letters of a country to three, as burden and trade tables write it."""
    codes: dict[str, str] = _read("country_codes.json")["codes"]
    return codes


def _read(name: str) -> Any:
    return json.loads(files("onepill.registries.entities").joinpath("data", name).read_text(encoding="utf-8"))
