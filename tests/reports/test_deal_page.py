"""The page of deals: each deal is marked, numbers are those of the answer, in both languages."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from onepill.reports import render_deals
from onepill.reports.catalogue import catalogue
from onepill.reports.charts.deal_cash import deal_cash_chart, shown_years
from onepill.reports.charts.deal_frontier import frontier_chart, letters
from onepill.reports.charts.deal_values import deal_values_chart
from onepill.reports.deal_vehicles import vehicle_view
from tests.workbench.deals import compared, example

Row = dict[str, Any]
NAMES = ("licence", "modified_newco", "royalty_financing")


@pytest.fixture(scope="module")
def answer() -> Row:
    return compared(*map(example, NAMES), draws=1_000)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_names_every_deal_party_and_term(answer: Row, lang: Literal["en", "zh"]) -> None:
    page = render_deals(answer, lang=lang)
    for deal in answer["deals"]:
        assert deal["deal_title"][lang] in page
        for party in deal["parties"]:
            assert party["name"][lang] in page
            for value in (party["npv_usd"], party["own_npv_usd"]):
                assert f"{value['mean'] / 1e6:,.2f}".replace("-", "\u2212") in page
    assert page.count("<code>") >= len([row for row in answer["inputs"] if row["path"].startswith("deals.")])
    assert "<script" not in page


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_vehicle_is_shown_by_rounds_exits_and_funds_side_by_side_in_their_own_money(
    answer: Row, lang: Literal["en", "zh"]
) -> None:
    words = catalogue(lang)
    licence, newco, royalty = (vehicle_view(deal, words) for deal in answer["deals"])
    assert licence is royalty is None
    assert newco is not None
    found = answer["deals"][1]["vehicle"]
    assert [row["cells"][1] for row in newco["holders"]] == [
        f"{100 * share:.1f}%" for share in found["cap_table"][1]["shares"].values()
    ]
    assert len(newco["exits"]) == len(found["exits"])
    assert len(newco["funds"]["names"]) == 2
    drawn = dict(newco["funds"]["groups"][1]["rows"])[words.text(found["funds"][0]["waterfall"][0]["label"])]
    assert drawn[0].startswith(f"{found['funds'][0]['waterfall'][0]['own_currency'] / 1e6:,.2f} MCNY (")
    assert drawn[1].endswith(" MUSD")
    page = render_deals(answer, lang=lang)
    assert page.count(words("deal.vehicles")) == 1
    assert drawn[0] in page
    alone = {**answer, "deals": answer["deals"][:1], "frontier": answer["frontier"][:1]}
    assert words("deal.vehicles") not in render_deals(alone, lang=lang)


def test_on_a_chinese_page_findings_of_deals_are_told_in_chinese(answer: Row) -> None:
    page = render_deals(answer, lang="zh")
    assert "deal.worse_off" in page
    assert "is worse off with this deal" not in page


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_frontier_marks_each_deal_by_its_letter_and_the_absence_of_one(
    answer: Row, lang: Literal["en", "zh"]
) -> None:
    chart = frontier_chart(answer, catalogue(lang))
    assert list(letters(answer).values()) == ["A", "B", "C"]
    for drawing in (chart.wide_svg, chart.narrow_svg):
        for letter in ("A", "B", "C", catalogue(lang)("deal.no_deal")):
            assert f">{letter}</text>" in drawing
    assert len(chart.twin.rows) == len(answer["frontier"])


def test_the_tables_behind_the_pictures_have_every_year_and_side(answer: Row) -> None:
    words = catalogue("en")
    cash, values = deal_cash_chart(answer, words), deal_values_chart(answer, words)
    assert len(cash.twin.rows) == len(answer["years"])
    assert len(cash.twin.columns) == 1 + 2 * len(answer["deals"])
    assert len(values.twin.rows) == 2 * len(answer["deals"])
    first = answer["deals"][0]["sides"]["owner"]["yearly_usd"][0]
    assert cash.twin.rows[0][1] == f"{first / 1e6:,.2f}".replace("-", "\u2212")


def test_years_are_drawn_to_the_last_that_moves_something(answer: Row) -> None:
    count = shown_years(answer)
    assert 1 <= count <= len(answer["years"])
    still = {**answer, "deals": [{**deal, "sides": _stilled(deal["sides"], 5)} for deal in answer["deals"]]}
    assert shown_years(still) <= 5


def _stilled(sides: Row, years: int) -> Row:
    return {
        side: {**row, "yearly_usd": [*row["yearly_usd"][:years], *([0] * (len(row["yearly_usd"]) - years))]}
        for side, row in sides.items()
    }


def test_the_statement_says_that_somebody_loses_where_all_others_do(answer: Row) -> None:
    said = catalogue("en")("deal.both_lose")
    assert said in render_deals(answer, lang="en")
    gains = {"owner": {"mean": 1e6, "standard_error": 1, "better_prob": 1.0}}
    gains["partner"] = gains["owner"]
    better = [{**deal, "differences": {**deal["differences"], "from_none": gains}} for deal in answer["deals"]]
    page = render_deals({**answer, "deals": better}, lang="en")
    assert said not in page
    assert "would leave both sides better off" in page
