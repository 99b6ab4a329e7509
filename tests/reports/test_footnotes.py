"""Each number leads to its source, each source has one number."""

from __future__ import annotations

from typing import Any

import pytest

from onepill.reports.catalogue import Catalogue
from onepill.reports.footnotes import Footnotes
from onepill.reports.said_values import printed_value, said_value

BIO = {"title": "BIO", "url": "https://example.org/bio", "date": "2021", "retrieved": "2026-11-21"}


def row(
    path: str, *, origin: str = "user", grade: str = "secondary", source: Any = None, **more: Any
) -> dict[str, Any]:
    base = {"path": path, "value": 1, "unit": "", "origin": origin, "source_grade": grade, "source": source, "from": []}
    return base | more


def notes(*rows: dict[str, Any]) -> Footnotes:
    return Footnotes({"provenance": list(rows), "draws": 1000, "seed": 7, "as_of": "2024-08-01"}, Catalogue("en"))


def test_values_of_one_source_share_a_number() -> None:
    found = notes(row("a.x", source=BIO), row("b.y", source=BIO))
    assert [m.number for m in found.path("a.x")] == [m.number for m in found.path("b.y")] == [1]
    (only,) = found.rows()
    assert only.uses == ("a.x", "b.y")


def test_the_same_source_at_two_grades_is_two_notes() -> None:
    found = notes(row("a", source=BIO), row("b", source=BIO, grade="unverified"))
    assert [m.grade for m in (*found.path("a"), *found.path("b"))] == ["secondary", "unverified"]


def test_an_assumption_is_one_whatever_its_source_grade_says() -> None:
    (mark,) = notes(row("markets.us.peak_share", origin="assumption", grade="official")).path("markets.us.peak_share")
    assert mark.grade == "assumption"


def test_numbers_follow_the_order_of_first_mention_and_uncited_sources_come_last() -> None:
    other = {**BIO, "title": "other"}
    found = notes(row("a", source=BIO), row("b", source=other), row("c", origin="assumption"))
    assert found.path("b")[0].number == 1
    assert found.run().number == 2
    assert [r.title for r in found.rows()] == ["other", "This run: 1,000 futures, seed 7", "BIO", "Programme file, c"]


def test_a_path_without_provenance_takes_the_nearest_above_it() -> None:
    found = notes(row("markets.us", source=BIO))
    assert found.path("markets.us.net_price_per_month.mean")[0].number == 1
    assert found.path("markets.eu.net_price_per_month") == ()
    assert found.path(None) == ()


def test_a_computed_value_leads_to_the_sources_it_rests_on() -> None:
    chain = row("success.gates.p3.prob", origin="derived", grade="derived", **{"from": ["development.p3.success_prob"]})
    found = notes(row("development.p3.success_prob", origin="base_rate", source=BIO), chain)
    (mark,) = found.roots("success.gates.p3")
    assert (mark.grade, found.rows()[0].title) == ("secondary", "BIO")


def test_a_circle_of_derivations_ends() -> None:
    a = row("a", origin="derived", **{"from": ["b"]})
    b = row("b", origin="derived", **{"from": ["a"]})
    assert [m.grade for m in notes(a, b).roots("a")] == ["derived"]


def test_unsourced_values_of_the_file_are_listed_with_what_was_assumed() -> None:
    found = notes(
        row("markets.us.peak_share", origin="assumption", value="12–36%", note="no comparator"),
        row("markets.us.months_on_treatment", origin="assumption", value=8, unit="months"),
    )
    (only,) = found.rows()
    assert only.title == "Programme file, markets.us"
    assert tuple(map(str, only.details)) == ("peak share 12–36%: no comparator", "months on treatment 8 months")
    assert only.uses == ("markets.us",)


def test_values_print_in_one_line() -> None:
    assert (
        printed_value({"kind": "triangular", "params": [1, 2.5, 1200000]})
        == "kind triangular, params 1, 2.5, 1,200,000"
    )
    assert [printed_value(v) for v in (None, True, 0.1, "x")] == ["", "true", "0.1", "x"]


@pytest.mark.parametrize(
    ("value", "unit", "english", "chinese"),
    [
        ("low 2 months, mode 4 months, high 8 months", "days", "2 – 4 – 8 months", "2 – 4 – 8个月"),
        ("low 8_000 CNY, mode 9_000 CNY, high 25_000 CNY", "CNY", "8,000 – 9,000 – 25,000 yuan", None),
        (
            {"kind": "triangular", "params": [30.4, 91.3, 182.6]},
            "days",
            "30 – 91 – 183 days (triangular)",
            None,
        ),
        (
            {"kind": "beta", "params": [2.0, 6.0, 0.1, 0.5]},
            "share",
            "0.1 – 0.2 – 0.5 (beta: least, mean, most)",
            "0.1 – 0.2 – 0.5（贝塔分布：最低、均值、最高）",
        ),
        (
            {"kind": "empirical", "params": [0.0, 0.2, 0.6, 0.0, 0.7, 1.0]},
            "share",
            "0 – 0.2 – 0.6 (as observed)",
            None,
        ),
        ("s_curve, 3 years to peak", "curve", "3 years to the peak, S curve", "3年至峰值，S形"),
        ("3 MCNY", "CNY", "3 million yuan", "3百万元"),
        (True, "flag", "yes", "是"),
        (2026, "", "2026", "2026"),
        (0, "rate", "0", "0"),
        ("2024-03-15", "day", "2024-03-15", "2024-03-15"),
    ],
)
def test_a_value_of_the_file_is_said_in_words(value: Any, unit: str, english: str, chinese: str | None) -> None:
    said = {
        lang: str(said_value(row("markets.us.launch_lag", value=value, unit=unit), Catalogue(lang)))
        for lang in ("en", "zh")
    }
    assert said["en"].endswith(f" {english}")
    assert chinese is None or said["zh"].endswith(f" {chinese}")


def test_a_rate_an_uptake_and_a_note_are_told_apart() -> None:
    rate = said_value(row("capital.exchange_rates.cny", value=7.2), Catalogue("en"))
    assert str(rate) == "CNY for one US dollar 7.2"
    noted = said_value(row("policy_uptake.cn.a.b", value=0.5, note="a guess"), Catalogue("zh"))
    assert (noted.said, noted.note) == ("采用概率（cn.a.b） 0.5：", "a guess")
