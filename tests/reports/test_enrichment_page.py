"""The page of enrichment: every crossing is marked, numbers are those of the answer, in both languages."""

from __future__ import annotations

import re
from typing import Any, Literal

import pytest

from onepill.reports import render_enrichment
from onepill.reports.catalogue import catalogue
from onepill.reports.charts.enrichment import SCALES, enrichment_chart
from onepill.workbench.operations import operation

Row = dict[str, Any]


def asked(**fields: Any) -> Row:
    found = operation("design enrichment")
    base = {"prevalence": 0.3, "patient_cost_usd": 60_000, "accrual_per_month": 30, "assay_cost_usd": 2_000}
    made: Row = found.ask(found.question.model_validate(base | fields))
    return made


@pytest.fixture(scope="module")
def answer() -> Row:
    return asked(differences=[0.5, 0.2], sd=1.0, sensitivity=0.9, specificity=0.9)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_has_every_design_crossing_and_assumption(answer: Row, lang: Literal["en", "zh"]) -> None:
    page = render_enrichment(answer, lang=lang)
    for row in answer["designs"]:
        assert f"{row['cost_usd'] / 1e6:,.2f}" in page
        assert f"{row['randomised']:,.0f}" in page
    for row in answer["crossings"]:
        assert f"{row['prevalence']:.2%}" in page
    assert len(re.findall("<li>", page)) >= len(answer["assumptions"])
    for text in answer["assumptions"]:
        assert text[lang].partition("'")[0] in page
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")


def test_the_picture_marks_and_names_each_crossing(answer: Row) -> None:
    chart = enrichment_chart(answer, catalogue("en"))
    marked = [row for row in answer["crossings"] if row["measure"] in SCALES]
    assert marked
    for drawing in (chart.wide_svg, chart.narrow_svg):
        for row in marked:
            assert f">{row['prevalence']:.1%}</text>" in drawing
    assert len(chart.twin.rows) == 50
    assert len(chart.twin.columns) == 1 + len(SCALES) * 3


def test_harm_in_negatives_is_said_and_drawn(answer: Row) -> None:
    harmed = asked(differences=[0.5, -0.5], sd=1.0)
    page = render_enrichment(harmed, lang="en")
    assert "No number of patients gives the design all comers the power." in page
    assert "–" in page
