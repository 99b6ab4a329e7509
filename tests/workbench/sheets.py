"""Workbooks recomputed by another engine: what a spreadsheet program shows after a change."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import ironcalc

from onepill.reports.workbook.inputs_sheet import HEAD_ROW, PATH, VALUE
from onepill.reports.workbook.result_sheet import TOTAL_CELL
from onepill.workbench.sheets.build import Valued, make_workbook, value_inputs
from tests.workbench.passports import ROOT

EXAMPLES = tuple(sorted(path.stem for path in (ROOT / "examples").glob("*.yaml")))
EVERYTHING = (Path(__file__).parent / "everything.yaml").read_text(encoding="utf-8")
"""A programme with one of each: stops, several ways on, tiers over markets, rivals, a pool, working days."""


def example_text(name: str) -> str:
    return (ROOT / "examples" / f"{name}.yaml").read_text(encoding="utf-8")


@lru_cache(maxsize=16)
def valued(text: str) -> Valued:
    return value_inputs(text, file="test.yaml")


@lru_cache(maxsize=16)
def workbook(text: str, lang: Any = "en") -> bytes:
    return make_workbook(valued(text), lang=lang)


class Recomputed:
    """A workbook in another engine."""

    def __init__(self, content: bytes, folder: Path) -> None:
        self._folder = folder
        file = folder / "book.xlsx"
        file.write_bytes(content)
        self.model = ironcalc.load_from_xlsx(str(file), "en", "UTC", "en")
        self.sheets = [sheet["name"] for sheet in self.model.get_worksheets_properties()]

    def cell(self, sheet: str, row: int, column: int) -> Any:
        """A cell's value; rows and columns from 0."""
        return self.model.get_cell_value(self.sheets.index(sheet), row + 1, column + 1)

    def change(self, values: Mapping[str, float]) -> Recomputed:
        """Set inputs by path and compute everything anew."""
        left = dict(values)
        for row in range(HEAD_ROW + 1, HEAD_ROW + 400):
            path = self.cell("Inputs", row, PATH)
            if path in left:
                self.model.update_cell_with_number(self.sheets.index("Inputs"), row + 1, VALUE + 1, left.pop(path))
        assert not left, "every changed input stands in the workbook"
        self.model.evaluate()
        return self

    @property
    def rnpv_usd(self) -> float:
        value = self.cell("Result", *TOTAL_CELL)
        assert isinstance(value, float), value
        return value

    def saved(self) -> bytes:
        """The workbook as this engine saves it."""
        file = self._folder / "saved.xlsx"
        file.unlink(missing_ok=True)
        self.model.save_to_xlsx(str(file))
        return file.read_bytes()


@lru_cache(maxsize=8)
def opened(text: str) -> Recomputed:
    """A programme's workbook in the other engine, kept: whoever changes an input sets it back."""
    return Recomputed(workbook(text), Path(tempfile.mkdtemp()))


def row_of(text: str, path: str) -> int:
    """The row of an input, from 0."""
    return HEAD_ROW + 1 + [row.path for row in valued(text).inputs].index(path)


def is_close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-6)
