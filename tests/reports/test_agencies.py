"""The review chapter's tables of gates, rules that bite and questions, in both languages."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from onepill.reports.context import open_context
from onepill.reports.page import render_passport
from onepill.reports.views.agencies import dossiers_view, gates_view, log_view, risks_view

Row = dict[str, Any]
RULE: Row = {
    "rule": "us.fda.paediatric_plan.review",
    "name": {"en": "Review", "zh": "审阅"},
    "value": 90,
    "source_grade": "secondary",
    "source": {"title": "a page", "url": "https://example.org", "date": "", "retrieved": "2026-11-22"},
}
GATE: Row = {
    "kind": "paediatric_plan",
    "market": "US",
    "filing": "us",
    "procedure": "us.fda.paediatric_plan",
    "name": {"en": "Paediatric plan", "zh": "儿科计划"},
    "rules": [RULE],
    "note": None,
    "before": "filing",
    "state": "planned",
    "done": None,
    "met_by": None,
    "reason": None,
    "begins": {"p50": "2025-01-06"},
    "ends": {"p50": "2025-10-03"},
    "binds": 0.4,
    "failing": [],
}
UNNEEDED: Row = {
    **GATE,
    "state": "not_needed",
    "begins": None,
    "ends": None,
    "binds": None,
    "failing": [{"term": "not orphan", "en": "orphan designation", "zh": "孤儿药资格", "answered_by": "filings.US"}],
}
RISK: Row = {
    "rule": "us.tariff.section_232",
    "market": "US",
    "name": {"en": "Tariff", "zh": "关税"},
    "message": {"en": "a tariff", "zh": "一项关税"},
    "hint": {"en": "price it in", "zh": "计入价格"},
    "announced": "2026-04-02",
    "from": "2026-09-29",
    "until": None,
    "source_grade": "secondary",
    "source": RULE["source"],
    "hits": "launch",
    "day": "2026-09-28",
    "position": "before",
}
LOG: Row = {
    "questions": [
        {
            "id": "first",
            "agency": "US",
            "meeting": {"en": "type B", "zh": "B类会议"},
            "asked": "2024-02-01",
            "question": {"en": "May <we>?", "zh": "可以吗？"},
            "answered": None,
            "answer": None,
            "state": "open",
            "commitments": [
                {
                    "text": {"en": "a report", "zh": "一份报告"},
                    "due": "2024-06-30",
                    "due_planned": "2024-06-30",
                    "done": None,
                    "touches": "filings.US",
                    "state": "overdue",
                }
            ],
            "source": None,
        }
    ],
    "open_questions": 1,
    "open_commitments": 1,
    "overdue_commitments": 1,
}
DOSSIER: Row = {"id": "core", "data_cut": "2027-01-31", "ready": {"p50": "2027-05-31"}, "filings": {"CN": {}, "US": {}}}
ADDED: Row = {"gates": [UNNEEDED, GATE], "plan_risks": [RISK], "log": LOG, "dossiers": [DOSSIER]}


@pytest.mark.parametrize(
    ("lang", "state", "why"),
    [
        ("en", "planned", "condition not met: orphan designation (filings.US)"),
        ("zh", "已列入计划", "条件不满足：孤儿药资格 (filings.US)"),
    ],
)
def test_gates_that_bite_come_first_and_the_others_say_why_not(lang: Literal["en", "zh"], state: str, why: str) -> None:
    first, last = gates_view(open_context(ADDED, lang))
    assert (first["state"], first["begins"], first["ends"], first["binds"]) == (
        state,
        "2025-01-06",
        "2025-10-03",
        "40%",
    )
    assert last["why"] == why
    assert len(first["marks"]) == 1


def test_a_gate_that_is_done_shows_its_day() -> None:
    (row,) = gates_view(open_context({"gates": [{**GATE, "state": "done", "done": "2024-05-20", "ends": None}]}, "en"))
    assert (row["state"], row["ends"]) == ("done", "2024-05-20")


def test_a_risk_says_on_which_side_of_its_first_day_the_plan_lies() -> None:
    said = {lang: risks_view(open_context(ADDED, lang))[0]["when"] for lang in ("en", "zh")}  # type: ignore[arg-type]
    assert said == {
        "en": "the launch is planned for 2026-09-28, before 2026-09-29",
        "zh": "上市计划于2026-09-28，早于2026-09-29",
    }


def test_the_log_counts_and_shows_what_is_open() -> None:
    view = log_view(open_context(ADDED, "en"))
    assert view["lede"].startswith("1 questions on file: 1 without an answer")
    (item,) = view["rows"][0]["commitments"]
    assert (item["state"], item["day"], item["touches"]) == ("overdue", "due 2024-06-30", "touches filings.US")
    assert log_view(open_context({}, "en")) == {}


def test_a_dossier_names_its_data_cut_and_its_markets() -> None:
    assert dossiers_view(open_context(ADDED, "zh")) == [
        "核心申报资料core：中国和美国共用2027-01-31的数据截点，约2027-05-31完成。"
    ]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_shows_all_four_and_escapes_what_the_file_says(lang: Literal["en", "zh"], sample: Row) -> None:
    html = render_passport({**sample, **ADDED}, lang=lang)
    for text in ("2026-09-29", "2024-06-30", "2025-10-03", "2027-01-31"):
        assert text in html
    assert "<we>" not in html
