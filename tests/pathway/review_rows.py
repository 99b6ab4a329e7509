"""Rows of a table of cases, for the tests of review times."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, timedelta

from onepill.pathway.review_cases import COLUMNS, Case

FDA_ROW = {
    "case_id": "FDA-1",
    "agency": "FDA",
    "review_class": "standard",
    "submitted": "2015-01-01",
    "decided": "2016-01-01",
    "outcome": "approved",
    "source_kind": "fda_cder_compilation",
    "class_basis": "Review Designation: Standard",
}
EMA_ROW = {
    "case_id": "EMA-1",
    "agency": "EMA",
    "review_class": "standard",
    "accepted": "2015-01-01",
    "opinion_date": "2015-12-17",
    "decided": "2016-02-18",
    "outcome": "approved",
    "cycle": "1",
    "source_kind": "ema_annual_report_annex10",
    "class_basis": "Accelerated Review = N",
}


def table(rows: Iterable[dict[str, str]], *, extra: tuple[str, ...] = ()) -> str:
    """A CSV with the columns that are read, and others beside them."""
    out = io.StringIO()
    writer = csv.DictWriter(out, (*COLUMNS, *extra), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def case(days: int, *, number: int = 0, started: date = date(2013, 1, 1), step: str = "fda.approval") -> Case:
    agency = step.partition(".")[0].upper()
    return Case(f"{step}-{number}", agency, "standard", step, started, started + timedelta(days=days), "approved")
