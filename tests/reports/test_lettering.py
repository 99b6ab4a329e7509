"""Words set by us stand where the converter would have drawn them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts import cash_chart, distribution_chart, frame, gantt_chart, staircase_chart, tornado_chart
from onepill.reports.charts.lettering import cut, width_px
from onepill.reports.markets import markets_of
from onepill.reports.numerals import Numerals

Document = dict[str, Any]
SVG = "{http://www.w3.org/2000/svg}"
TRANSLATE = re.compile(r"translate\(([-\d.]+)[ ,]([-\d.]+)\)")


def shift(element: ET.Element) -> tuple[float, float]:
    found = TRANSLATE.search(element.get("transform", ""))
    return (float(found[1]), float(found[2])) if found else (0.0, 0.0)


def words(element: ET.Element, x: float = 0.0, y: float = 0.0) -> list[tuple[str, float, float, str]]:
    """Every word of a drawing with its place and anchor, through all nested shifts."""
    dx, dy = shift(element)
    x, y = x + dx, y + dy
    if element.tag == f"{SVG}text":
        at_x, at_y = float(element.get("x", 0)), float(element.get("y", 0))
        return [(element.text or "", x + at_x, y + at_y, element.get("text-anchor", "start"))]
    return [word for child in element for word in words(child, x, y)]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_words_stand_where_vega_draws_them(sample: Document, lang: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    specs: list[Any] = []
    setter = frame.to_svg

    def keep(spec: Any) -> str:
        specs.append(spec)
        return setter(spec)

    monkeypatch.setattr(frame, "to_svg", keep)
    catalogue = Catalogue(lang)
    us = next(m for m in markets_of(sample, catalogue) if m.id == "us")
    gantt_chart(sample, catalogue, Numerals(catalogue))
    staircase_chart(sample, us, catalogue)
    for make in (distribution_chart, tornado_chart, cash_chart):
        make(sample, catalogue)
    assert len(specs) == 10
    for spec in specs:
        ours = words(ET.fromstring(setter(spec)))
        theirs = [word for word in words(ET.fromstring(vl_convert.vegalite_to_svg(spec))) if word[0]]
        assert len(ours) == len(theirs)
        assert [word for word in ours if not any(is_near(word, other) for other in theirs)] == []


def is_near(one: tuple[str, float, float, str], other: tuple[str, float, float, str]) -> bool:
    """The same anchor within a pixel: Vega moves axis labels by half a pixel for crisp lines."""
    return one[3] == other[3] and abs(one[1] - other[1]) <= 1 and abs(one[2] - other[2]) <= 1


def test_a_word_that_is_markup_stays_a_word(sample: Document) -> None:
    sample["activities"][0]["label"] = {"en": "<b>&"}
    chart = gantt_chart(sample, Catalogue("en"), Numerals(Catalogue("en")))
    assert chart is not None
    assert "&lt;b&gt;&amp;" in chart.wide_svg


@given(st.text(max_size=60), st.floats(20, 400))
def test_a_cut_text_fits_and_begins_as_the_whole(text: str, limit_px: float) -> None:
    shown = cut(text, limit_px, letters_px=11)
    assert width_px(shown, letters_px=11) <= limit_px or shown == "…"
    assert text.startswith(shown.removesuffix("…")) or text == shown


def test_what_fits_is_not_cut() -> None:
    assert cut("Approval", 181, letters_px=11) == "Approval"
    assert cut("Approval", None, letters_px=11) == "Approval"
    assert cut("审评（新分子实体项目）", 60, letters_px=12) == "审评（新…"
