"""Quantities with their unit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.core.errors import InputError
from onepill.core.units import Amount, Duration, parse_amount, parse_duration


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("18 months", 18, "months"),
        ("1 month", 1, "months"),
        ("30 wd", 30, "wd"),
        ("60 working_days", 60, "wd"),
        ("90 days", 90, "days"),
        ("10 cd", 10, "days"),
        ("1.5 years", 1.5, "years"),
        ("25 weeks", 25, "weeks"),
        ("1_000 days", 1000, "days"),
        (" 6 mo ", 6, "months"),
        ("18months", 18, "months"),
        ("1e2 days", 100, "days"),
    ],
)
def test_durations(text: str, value: float, unit: str) -> None:
    assert parse_duration(text) == Duration(value, unit)


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("12.5 MUSD", 12.5e6, "USD"),
        ("80 MCNY", 80e6, "CNY"),
        ("9_000 USD", 9000, "USD"),
        ("3 kEUR", 3000, "EUR"),
        ("1.2 BJPY", 1.2e9, "JPY"),
        ("5 BRL", 5, "BRL"),
        ("5 MXN", 5, "MXN"),
        ("5 MMXN", 5e6, "MXN"),
        ("0 MCNY", 0, "CNY"),
    ],
)
def test_amounts(text: str, value: float, currency: str) -> None:
    assert parse_amount(text) == Amount(value, currency)


@pytest.mark.parametrize(
    "text",
    [
        "18",
        "months",
        "18 moons",
        "18 Months",
        "eighteen months",
        "1,5 years",
        "1__0 days",
        "12.5 MUSD",
        "٣ days",
        "1e999 days",
        "2e15 days",
        "",
        18,
        None,
        True,
        ["1 day"],
    ],
)
def test_what_is_no_duration(text: object) -> None:
    with pytest.raises(InputError) as caught:
        parse_duration(text)
    assert caught.value.findings[0].code == "unit.duration"
    assert caught.value.findings[0].value == text
    assert caught.value.findings[0].hint


@pytest.mark.parametrize(
    "text",
    [
        "12",
        "USD",
        "12 usd",
        "12 M",
        "12 KUSD",
        "$12",
        "12 MMUSD",
        "1,000 USD",
        "18 months",
        "1e400 USD",
        "1e7 BUSD",
        "",
        12.5,
        None,
    ],
)
def test_what_is_no_amount(text: object) -> None:
    with pytest.raises(InputError) as caught:
        parse_amount(text)
    assert caught.value.findings[0].code == "unit.amount"
    assert caught.value.findings[0].hint


def test_calendar_units_become_days_and_working_days_need_a_calendar() -> None:
    assert Duration(2, "weeks").days() == 14
    assert Duration(12, "months").days() == pytest.approx(365.25)
    assert Duration(1, "years").days() == 365.25
    with pytest.raises(ValueError, match="calendar"):
        Duration(30, "wd").days()


@given(st.integers(0, 10**9), st.sampled_from(["", "k", "M"]), st.sampled_from(["USD", "CNY", "MXN", "KRW", "BRL"]))
def test_amounts_go_round(number: int, scale: str, currency: str) -> None:
    factor = {"": 1, "k": 10**3, "M": 10**6}[scale]
    if number * factor <= 10**15:
        assert parse_amount(f"{number} {scale}{currency}") == Amount(number * factor, currency)


@given(st.text(max_size=12).filter(lambda text: not any(c.isdigit() for c in text)))
def test_text_without_a_digit_is_refused_in_one_way(text: str) -> None:
    for parse in (parse_duration, parse_amount):
        with pytest.raises(InputError) as caught:
            parse(text)
        assert len(caught.value.findings) == 1
