"""Files of the command line give no spreadsheet a formula, and a table that is read again is what it was."""

from __future__ import annotations

import csv
import io

import pytest

from onepill.cli.export_cells import cells_as_csv, deals_as_csv
from onepill.core.spreadsheet import FORMULA, safe, unsafe
from onepill.workbench.deals.table import COLUMNS


@pytest.mark.parametrize("start", FORMULA)
def test_a_text_that_begins_a_formula_is_quoted_and_comes_back(start: str) -> None:
    wicked = f"{start}cmd|'/c calc'!A1"
    cell = {**dict.fromkeys(("row", "row_name", "column", "column_name"), wicked), "programmes": 1, "by_stage": {}}
    deal = dict.fromkeys(COLUMNS, wicked)
    for text in (cells_as_csv({"as_of": "2026-01-01", "cells": [cell]}), deals_as_csv({"deals": [deal]})):
        _, row = csv.reader(io.StringIO(text, newline=""))
        assert [one for one in row if one.startswith(FORMULA)] == []
        assert wicked in {unsafe(one) for one in row}
    assert unsafe(safe(wicked)) == wicked


def test_an_apostrophe_of_its_own_stays() -> None:
    assert unsafe("'s-Hertogenbosch Biotech") == "'s-Hertogenbosch Biotech"
    assert safe(-5.5) == -5.5
