"""Civil days: the calendar's edges, and text that is no day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.core.dates import DAYS_PER_MONTH, NEVER, iso, parse_day, years_to_days
from onepill.core.errors import InputError


@pytest.mark.parametrize("text", ["2024-02-29", "2000-02-29", "2023-12-31", "0001-01-01", "9999-12-31"])
def test_days_of_the_calendar_are_read(text: str) -> None:
    assert parse_day(text).isoformat() == text


@pytest.mark.parametrize(
    "text",
    ["2024-02-30", "2023-02-29", "1900-02-29", "2100-02-29", "2024-04-31", "2024-13-01", "2024-00-10", "0000-01-01"],
)
def test_days_that_the_calendar_does_not_have(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_day(text, path="as_of", file="a.yaml", line=4)
    (finding,) = caught.value.findings
    assert (finding.code, finding.path, finding.file, finding.line, finding.value) == (
        "day.unknown",
        "as_of",
        "a.yaml",
        4,
        text,
    )
    assert finding.hint


@pytest.mark.parametrize(
    "text",
    [
        "2024-2-3",
        "2024/02/03",
        "20240203",
        "03.02.2024",
        "2024-02-03T00:00",
        "2024-02-03\n",
        " 2024-02-03",
        "２０２４-02-03",
        "",
        "today",
        20240203,
        None,
        2024.5,
        True,
    ],
)
def test_text_that_is_no_day(text: object) -> None:
    with pytest.raises(InputError) as caught:
        parse_day(text)
    assert caught.value.findings[0].code == "day.format"
    assert caught.value.exit_code == 2


def test_a_moment_is_no_day() -> None:
    with pytest.raises(InputError):
        parse_day(datetime(2024, 8, 1, tzinfo=UTC))
    assert parse_day(date(2024, 8, 1)) == date(2024, 8, 1)


@given(st.dates())
def test_day_text_and_ordinal_go_round(day: date) -> None:
    assert parse_day(iso(day.toordinal())) == day
    assert iso(day.toordinal() + 0.9) == day.isoformat()


def test_never_lies_beyond_every_day_and_leaves_room_to_add_in_int32() -> None:
    century = timedelta(days=36525).days
    assert date.max.toordinal() < NEVER
    assert NEVER + century < 2**31


def test_years_and_months_are_julian() -> None:
    assert years_to_days(4) == 1461
    assert years_to_days(0.5) == 183  # 182.625
    assert pytest.approx(365.25) == 12 * DAYS_PER_MONTH
