"""The page of the founding question: what a document's measures do for one pill, aspect by aspect."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from onepill.reports import render_passport
from onepill.reports.catalogue import Lang, catalogue

Document = dict[str, Any]


def section(document: Document, lang: Lang) -> str:
    """The page's own section, as text without tags."""
    html = render_passport(document, lang=lang)
    found = re.search(r'<section class="chapter own-page".*?</section>', html, re.DOTALL)
    assert found is not None
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found.group())))


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        ("en", "How do 37 measures create a full-cycle service for one pill?"),
        ("zh", "37条措施如何为“一粒药”提供全周期服务？"),
    ],
)
def test_the_founding_question_is_asked_with_the_documents_own_count(sample: Document, lang: Lang, title: str) -> None:
    assert title in section(sample, lang)
    sample["policies"][0]["measures_in_document"] = None
    assert catalogue(lang)("one_pill.title_any") in section(sample, lang)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_aspect_and_every_milestone_ahead_stands_there(sample: Document, lang: Lang) -> None:
    text, words = section(sample, lang), catalogue(lang)
    for aspect in ("research", "clinical", "review", "application", "industry", "investment", "data", "world"):
        assert words(f"aspect_short.{aspect}") in text
    labels = {m["id"]: m["label"][lang] for m in sample["milestones"]}
    for row in sample["policies"][0]["timeline"]:
        if row["without"]["p50"]:
            assert labels[row["id"]].lower() in text.lower()


def test_a_figure_is_followed_by_its_error_and_its_range(sample: Document) -> None:
    together = sample["policies"][0]["together"]
    together["patients_gain"] = {"mean": 321.0, "standard_error": 4.0, "low": 17.0, "high": 654.0}
    assert re.search(r"321 ± 4 17 to 654", section(sample, "en"))
    together["patients_gain"] = {"mean": 321.0, "standard_error": 4.0, "low": 321.0, "high": 321.0}
    assert "to 321" not in section(sample, "en")


def test_an_aspect_without_numbers_says_so(sample: Document) -> None:
    silent = sum(a["effect"] == "not_quantified" for a in sample["policies"][0]["aspects"])
    assert silent > 0
    assert section(sample, "en").count(catalogue("en")("one_pill.none")) == silent


def test_a_passport_without_a_policy_has_no_such_page(sample: Document) -> None:
    sample["policies"] = []
    html = render_passport(sample, lang="en")
    assert 'id="one-pill"' not in html
    assert "own-page" not in html.partition("</style>")[2].partition("<main>")[2]
