"""Days as registries write them: forms, precision, what is no day."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.registries.days import NONE, BadDay, as_date, read_day


@pytest.mark.parametrize(
    ("text", "order", "day", "precision"),
    [
        ("2024-08-01", "iso", date(2024, 8, 1), "day"),
        ("2024-08", "iso", date(2024, 8, 1), "month"),
        ("2024", "iso", date(2024, 1, 1), "year"),
        ("20240801", "iso", date(2024, 8, 1), "day"),
        ("2020-01-27 00:00:00", "iso", date(2020, 1, 27), "day"),
        ("2014-10-05T12:30", "iso", date(2014, 10, 5), "day"),
        ("October 2014", "iso", date(2014, 10, 1), "month"),
        ("October 16, 2014", "iso", date(2014, 10, 16), "day"),
        ("Aug 24, 2026", "iso", date(2026, 8, 24), "day"),
        ("30/01/2020", "dmy", date(2020, 1, 30), "day"),
        ("01/30/2020", "mdy", date(2020, 1, 30), "day"),
        ("1/2/1999 12:00:00 AM", "mdy", date(1999, 1, 2), "day"),
        ("2-Dec-87", "iso", date(1987, 12, 2), "day"),
        ("2-Dec-2027", "iso", date(2027, 12, 2), "day"),
        ("2641-06-14 00:00:00", "iso", date(2641, 6, 14), "day"),
    ],
)
def test_known_forms(text: str, order: str, day: date, precision: str) -> None:
    days, told = read_day(text, order)  # type: ignore[arg-type]
    assert (as_date(days), told) == (day, precision)


@pytest.mark.parametrize("text", ["", "  ", None, "null", "NA", "N/A", "Date TBD", "登记人暂未填写该信息"])
def test_what_tells_no_day(text: str | None) -> None:
    assert read_day(text) == NONE


@pytest.mark.parametrize(
    "text", ["2021-02-30", "2021-13-01", "2023-02-29", "0001-01-01", "Smarch 2014", "soon", "12/31/2020", "2021-00-10"]
)
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(BadDay):
        read_day(text)


def test_the_century_of_two_digits_turns_at_the_pivot() -> None:
    """Purple Book: the oldest approval shown is of 1930, the latest of 2025."""
    assert as_date(read_day("14-Jun-30", "iso", 30)[0]) == date(1930, 6, 14)
    assert as_date(read_day("14-Jun-29", "iso", 30)[0]) == date(2029, 6, 14)


@given(st.dates(min_value=date(1850, 1, 1), max_value=date(9999, 12, 31)))
def test_every_day_survives_every_form(day: date) -> None:
    month = day.strftime("%B")
    forms = [
        (day.isoformat(), "iso"),
        (day.isoformat().replace("-", ""), "iso"),
        (f"{month} {day.day}, {day.year}", "iso"),
        (f"{month[:3]} {day.day}, {day.year}", "iso"),
        (f"{day.day:02}/{day.month:02}/{day.year}", "dmy"),
        (f"{day.month:02}/{day.day:02}/{day.year}", "mdy"),
        (f"{day.day}-{month[:3]}-{day.year}", "iso"),
    ]
    for text, order in forms:
        days, precision = read_day(text, order)  # type: ignore[arg-type]
        assert (as_date(days), precision) == (day, "day"), text
