"""Figures as people read them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.reports.catalogue import Catalogue
from onepill.reports.numerals import (
    NBSP,
    Numerals,
    days_estimate,
    money_estimate,
    money_estimates,
    number,
    of_hundred,
    percent,
)

ENGLISH, CHINESE = Numerals(Catalogue("en")), Numerals(Catalogue("zh"))


@pytest.mark.parametrize(
    ("usd", "english", "chinese"),
    [
        (11_400_000, "USD 11 million", "1,140万美元"),
        (-18_500_000, "USD \u221218 million", "\u22121,850万美元"),
        (9_940_000, "USD 9.9 million", "994万美元"),
        (9_960_000, "USD 10 million", "996万美元"),
        (2_000_000, "USD 2 million", "200万美元"),
        (999_600_000, "USD 1 billion", "10亿美元"),
        (1_240_000_000, "USD 1.2 billion", "12亿美元"),
        (250_000, "USD 250,000", "25万美元"),
        (0, "USD 0", "0美元"),
    ],
)
def test_money_in_sentences(usd: float, english: str, chinese: str) -> None:
    assert ENGLISH.money(usd).replace(NBSP, " ") == english
    assert CHINESE.money(usd) == chinese


def test_minus_is_u2212_and_zero_has_no_sign() -> None:
    assert number(-3.14159, 2) == "\u22123.14"
    assert number(-0.001, 1) == "0.0"
    assert number(None) == ""


@given(st.floats(min_value=-1e12, max_value=1e12), st.integers(min_value=0, max_value=4))
def test_a_printed_number_reads_back_within_half_a_unit(value: float, decimals: int) -> None:
    back = float(number(value, decimals).replace(",", "").replace("\u2212", "-"))
    # half a unit in the last place, and what a double of this size cannot hold
    assert abs(back - value) <= 0.5 * 10.0**-decimals + 1e-9 * max(1.0, abs(value))


@pytest.mark.parametrize(
    ("share", "decimals", "printed"),
    [
        (0, 0, "0%"),
        (1, 1, "100.0%"),
        (0.0004, 1, "<0.1%"),
        (0.9999, 1, ">99.9%"),
        (0.477, 0, "48%"),
        (None, 1, ""),
        (0.996, 0, ">99%"),
    ],
)
def test_percent_is_0_or_100_only_when_it_is(share: float | None, decimals: int, printed: str) -> None:
    assert percent(share, decimals) == printed


@given(st.floats(min_value=0, max_value=1))
def test_of_hundred_futures_none_and_all_are_exact(share: float) -> None:
    count = of_hundred(share)
    assert (count == 0) == (share == 0)
    assert (count == 100) == (share == 1)
    assert abs(count - 100 * share) <= 1


def test_a_column_shares_its_decimals() -> None:
    rows = [{"mean": 32_200_000, "standard_error": 130_000}, None, {"mean": -1_749_000, "standard_error": 10_000}]
    printed = money_estimates(rows)
    assert [e and (e.mean, e.error) for e in printed] == [("32.2", "0.13"), None, ("\u22121.7", "0.01")]
    assert [bool(e and e.negative) for e in printed] == [False, False, True]


def test_a_small_column_has_two_decimals_and_a_large_one_none() -> None:
    assert money_estimate({"mean": 310_000, "standard_error": 10_000}).mean == "0.31"
    assert money_estimate({"mean": 2_345_600_000, "standard_error": 12_000_000}).mean == "2,346"


@given(st.lists(st.tuples(st.floats(-1e10, 1e10), st.floats(1, 1e9)), min_size=1, max_size=6))
def test_every_error_of_a_column_has_the_same_decimals(pairs: list[tuple[float, float]]) -> None:
    printed = money_estimates([{"mean": mean, "standard_error": error} for mean, error in pairs])
    decimals = {len(re.sub(r"^[^.]*\.?", "", e.error)) for e in printed if e}
    assert len(decimals) == 1


def test_an_exact_zero_day_has_no_error() -> None:
    assert days_estimate({"mean": 0, "standard_error": 0}).mean == "0"
    assert days_estimate({"mean": 0, "standard_error": 0}).error == ""
    assert days_estimate({"mean": -203.14, "standard_error": 0.12}).mean == "\u2212203.1"


@pytest.mark.parametrize(
    ("iso", "season", "saison"),
    [
        ("2029-01-01", "early 2029", "2029年初"),
        ("2029-04-30", "early 2029", "2029年初"),
        ("2029-05-01", "mid-2029", "2029年中"),
        ("2029-08-31", "mid-2029", "2029年中"),
        ("2029-09-01", "late 2029", "2029年底"),
        ("2029-12-31", "late 2029", "2029年底"),
    ],
)
def test_seasons_change_with_the_month(iso: str, season: str, saison: str) -> None:
    assert (ENGLISH.season(iso), CHINESE.season(iso)) == (season, saison)


def test_days_in_words_and_in_tables() -> None:
    assert ENGLISH.day("2024-03-05").replace(NBSP, " ") == "5 Mar 2024"
    assert CHINESE.day("2024-03-05") == "2024-03-05"
    assert CHINESE.month("2029-10-20") == "2029年10月"
    assert CHINESE.month_column("2029-10-20") == "2029-10"
    assert ENGLISH.month(None) == ""
