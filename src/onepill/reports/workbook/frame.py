"""What every sheet of days and money is made from."""

from __future__ import annotations

from dataclasses import dataclass

from onepill.reports.catalogue import Catalogue
from onepill.reports.workbook.cases import Cases
from onepill.reports.workbook.chances_sheet import Chances, branch_name
from onepill.reports.workbook.days_sheet import Clocks
from onepill.reports.workbook.inputs_sheet import Inputs
from onepill.reports.workbook.model import WorkbookModel
from onepill.reports.workbook.rival_cells import MOST_CELLS
from onepill.reports.workbook.sheets import Book
from onepill.reports.workbook.years_sheet import Years
from onepill.sim.ways import Case


@dataclass(frozen=True)
class Frame:
    """The book so far: its inputs, cases, chances, years and clocks (None where the plan has none)."""

    book: Book
    model: WorkbookModel
    words: Catalogue
    inputs: Inputs
    cases: Cases
    chances: Chances
    years: Years
    clocks: Clocks | None

    def market_name(self, market: str) -> str:
        return self.words.text(self.model.market_words[market].name)

    def step_name(self, activity: str) -> str:
        """A step with its place: "United States: Submission"."""
        told = self.model.steps[activity]
        place = f"{self.words.either('jurisdiction', told.jurisdiction)}: " if told.jurisdiction else ""
        return f"{place}{self.words.text(told.label)}"

    def looked_up(self, market: str) -> str:
        """Why a market of the programme lies in a table."""
        why = self.model.looked_up[market]
        told = {
            "rivals": why.rivals,
            "days": why.days,
            "launches": why.launches,
            "cells": why.cells,
            "most": MOST_CELLS,
        }
        return self.words("sheet.markets.looked_up", **{key: f"{number:,}" for key, number in told.items()})

    def branch_name(self, case: Case) -> str:
        return branch_name(case, self.model, self.words)
