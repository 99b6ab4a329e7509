"""The lean proof of concept as a page: the tree shows the policy, in both languages, at both widths."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any, Literal

import pytest

from onepill.reports import render_poc
from onepill.reports.catalogue import Catalogue
from onepill.reports.charts.decision_tree import decision_tree_chart
from onepill.reports.charts.policy_tree import MOST_ENDS, MOST_STEPS, drawn_tree
from onepill.workbench.operations import operation
from tests.workbench.passports import ROOT

Row = dict[str, Any]
Lang = Literal["en", "zh"]
TEXT = (ROOT / "examples" / "lean_poc.yaml").read_text(encoding="utf-8")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def answer() -> Row:
    found = operation("poc plan")
    made: Row = found.ask(found.question.model_validate({"text": TEXT, "draws": 2_000}))
    return made


def leaf(decision: str, prob: float) -> Row:
    node = {"prob": prob, "go_is_right_prob": 0.5, "months": 1, "decision": decision, "start": [], "branches": []}
    return {**node, "cost_usd": 0, "takes_months": 0}


def start(names: list[str], branches: list[tuple[str, Row]], prob: float = 1.0) -> Row:
    signs = {"+": "positive", "-": "negative"}
    shown = [
        {"results": {n: signs[s] for n, s in zip(names, results, strict=True)}, "prob": 0.5, "then": then}
        for results, then in branches
    ]
    return {**leaf("go", prob), "decision": None, "start": names, "branches": shown}


def test_ends_with_the_same_decision_are_one_and_their_chances_add_up() -> None:
    policy = start(
        ["a", "b"],
        [("++", leaf("go", 0.4)), ("+-", leaf("no_go", 0.3)), ("-+", leaf("no_go", 0.1)), ("--", leaf("no_go", 0.2))],
    )
    tree = drawn_tree(policy)
    assert [(end.kind, end.prob) for end in tree.ends()] == [("go", 0.4), ("no_go", pytest.approx(0.6))]
    assert tree.ends()[1].by == (("+", "−"), ("−", "+"), ("−", "−"))
    assert [end.row for end in tree.ends()] == [0, 1]
    assert tree.row == 0.5


def deep(level: int, prob: float) -> Row:
    if level == 0:
        return leaf("go", prob)
    return start(
        ["a"],
        [
            ("+", deep(level - 1, prob * 0.6)),
            ("-", start(["b"], [("+", leaf("go", prob * 0.2)), ("-", leaf("no_go", prob * 0.2))], prob * 0.4)),
        ],
        prob,
    )


def test_a_large_policy_is_cut_to_its_likeliest_part_and_says_so() -> None:
    tree = drawn_tree(deep(8, 1.0))
    assert max(node.depth for node in tree.all()) == MOST_STEPS
    assert len(tree.ends()) <= MOST_ENDS
    assert sum(end.prob for end in tree.ends()) == pytest.approx(1)
    assert any(end.kind == "more" for end in tree.ends())
    small = drawn_tree(deep(3, 1.0), most_ends=3)
    assert len(small.ends()) <= 3
    assert sum(end.prob for end in small.ends()) == pytest.approx(1)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_drawing_shows_every_point_of_the_policy(answer: Row, lang: Lang) -> None:
    words = Catalogue(lang)
    chart, tree = decision_tree_chart(answer, words), drawn_tree(answer["policy"])
    starts = [node for node in tree.all() if node.kind == "start"]
    assert starts
    for svg in (chart.wide_svg, chart.narrow_svg):
        drawn = ET.fromstring(svg)
        said = " ".join(text.text or "" for text in drawn.iter(f"{SVG}text"))
        assert said.count(words("poc.go")) + said.count(words("poc.no_go")) >= len(tree.ends())
        first = next(row["title"][lang] for row in answer["experiments"] if row["id"] == answer["policy"]["start"][0])
        assert re.sub(r"\s", "", first)[:6] in re.sub(r"\s", "", said)
    assert len(chart.twin.rows) == len(list(tree.all()))
    assert all(len(row) == len(chart.twin.columns) for row in chart.twin.rows)


def test_no_words_lie_outside_the_drawing_or_on_each_other(answer: Row) -> None:
    chart = decision_tree_chart(answer, Catalogue("en"))
    drawn = ET.fromstring(chart.wide_svg)
    width, height = float(drawn.get("width", "0")), float(drawn.get("height", "0"))
    places = [(float(t.get("x", "0")), float(t.get("y", "0")), t.get("text-anchor")) for t in drawn.iter(f"{SVG}text")]
    assert all(0 <= x <= width and 0 <= y <= height for x, y, _ in places)
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_is_whole_and_asks_for_nothing_outside(answer: Row, lang: Lang) -> None:
    page = render_poc(answer, lang=lang)
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!#|https://|data:)', page)
    assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}">' in page
    for row in answer["experiments"]:
        assert row["title"][lang].replace("'", "&#39;") in page
    assert page.count("<wbr>experiments.") >= 2 * len(answer["experiments"])
    assert render_poc(answer, lang=lang) == page


def test_a_decision_without_experiments_is_a_drawing_of_one_point(answer: Row) -> None:
    now = {**answer, "policy": {**leaf("no_go", 1.0)}}
    chart = decision_tree_chart(now, Catalogue("en"))
    assert "No-go 100.0%" in chart.wide_svg
    assert "No-go now" in render_poc(now, lang="en")
