"""The page's tables of who pays, against the rows they were made of."""

from __future__ import annotations

from typing import Any

import pytest

from onepill.reports.views.payers import SHOWN_YEARS, shown_years

Row = dict[str, Any]


def row(**chances: list[float]) -> Row:
    size = len(next(iter(chances.values())))
    states = [{"id": name, "by_year": values} for name, values in chances.items()]
    total = [sum(values) for values in zip(*chances.values(), strict=True)]
    return {"years": list(range(2024, 2024 + size)), "states": states, "on_market": total}


def test_the_first_sold_year_leads_and_the_years_of_change_follow_in_order() -> None:
    found = row(a=[0.0, 1.0, 0.5, 0.5, 0.5, 0.0, 0.0], b=[0.0, 0.0, 0.5, 0.5, 0.5, 1.0, 1.0])
    assert shown_years(found)[0] == 1
    assert {1, 2, 5} <= set(shown_years(found))
    assert shown_years(found) == sorted(shown_years(found))
    assert len(shown_years(found)) <= SHOWN_YEARS


def test_a_market_that_never_sells_shows_its_first_year() -> None:
    assert shown_years(row(a=[0.0, 0.0])) == [0]


@pytest.mark.parametrize(
    ("lang", "title", "state"),
    [("en", "Who pays: China", "national reimbursement list"), ("zh", "谁付费：中国", "国家医保目录")],
)
def test_the_page_shows_each_market_with_a_payer_path(lang: str, title: str, state: str) -> None:
    from onepill.reports import render_passport
    from tests.workbench.passports import example

    page = render_passport(example("tunlametinib"), lang=lang)
    assert title in page
    block = page.partition(title)[2].partition("</table>")[0]
    assert state in block
    assert "0.38" in block
