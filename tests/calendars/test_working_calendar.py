"""The arrays against a loop over days, and the laws of counting."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.calendars import FIRST_DAY, JURISDICTIONS, LAST_DAY, WorkingCalendar, calendar, due
from onepill.core.errors import InputError

FIRST, LAST = FIRST_DAY.toordinal(), LAST_DAY.toordinal()
codes = st.sampled_from(sorted(JURISDICTIONS))
# A year and a half short of the end, so that counts of up to 250 working days stay inside.
starts = st.integers(FIRST, LAST - 550)
counts = st.integers(0, 250)


def slow_working_day(days: WorkingCalendar, start: int, count: int) -> int:
    """The n-th working day after a start, by walking."""
    day = start
    while count:
        day += 1
        count -= days.reason(day) == ""
    return day


@given(code=codes, start=starts, count=counts)
def test_adding_working_days_equals_walking(code: str, start: int, count: int) -> None:
    days = calendar(code)
    assert days.add_working_days(start, count) == slow_working_day(days, start, count)


@given(code=codes, start=starts, count=counts, inclusive=st.booleans())
def test_single_due_day_equals_the_array(code: str, start: int, count: int, inclusive: bool) -> None:
    one = due(code, date.fromordinal(start), count, "wd", inclusive=inclusive)
    assert one.due.toordinal() == calendar(code).add_working_days(start, count, inclusive=inclusive)


@given(code=codes, start=starts, count=st.integers(1, 250))
def test_the_index_of_the_due_day_is_the_count_further(code: str, start: int, count: int) -> None:
    days = calendar(code)
    finish = days.add_working_days(start, count)
    assert days.working_index(finish) - days.working_index(start) == count
    assert days.reason(int(finish)) == ""


@given(code=codes, start=starts, count=st.integers(1, 200), more=st.integers(1, 50))
def test_counting_in_two_steps_is_counting_in_one(code: str, start: int, count: int, more: int) -> None:
    days = calendar(code)
    assert days.add_working_days(days.add_working_days(start, count), more) == days.add_working_days(
        start, count + more
    )


@given(code=codes, start=starts, count=counts)
def test_a_later_start_is_never_due_earlier(code: str, start: int, count: int) -> None:
    finishes = calendar(code).add_working_days(np.arange(start, start + 40), count)
    assert np.all(np.diff(finishes) >= 0)


@given(code=codes, start=starts, count=st.integers(1, 250))
def test_an_inclusive_count_is_one_longer_exactly_from_a_working_day(code: str, start: int, count: int) -> None:
    days = calendar(code)
    longer = count + 1 if days.reason(start) == "" else count
    assert days.add_working_days(start, longer, inclusive=True) == days.add_working_days(start, count)
    assert days.add_working_days(start, count, inclusive=True) <= days.add_working_days(start, count)


@given(code=codes, day=st.integers(FIRST + 30, LAST - 30))
def test_rolling_reaches_the_nearest_working_day_on_its_side(code: str, day: int) -> None:
    days = calendar(code)
    after, before = int(days.roll(day, "next")), int(days.roll(day, "previous"))
    assert before <= day <= after
    assert all(days.reason(between) for between in range(before + 1, after) if between != day)
    assert days.reason(after) == days.reason(before) == ""
    assert days.roll(day, "none") == day


def test_starts_and_counts_broadcast() -> None:
    days = calendar("CN")
    start = np.array([date(2024, 2, 5).toordinal(), date(2024, 9, 30).toordinal()])
    table = days.add_working_days(start[:, None], np.array([0, 1, 5]))
    expected = [["2024-02-05", "2024-02-06", "2024-02-18"], ["2024-09-30", "2024-10-08", "2024-10-12"]]
    assert [[date.fromordinal(int(day)).isoformat() for day in row] for row in table] == expected
    assert table.dtype == np.int32


def test_is_projected_at_both_ends_of_the_published_calendar() -> None:
    edges = [date(2000, 12, 31), date(2001, 1, 1), date(2026, 12, 31), date(2027, 1, 1)]
    assert calendar("CN").is_projected([day.toordinal() for day in edges]).tolist() == [True, False, False, True]


def test_days_and_counts_outside_the_calendar_are_input_errors() -> None:
    days = calendar("JP")
    for ask, code in (
        (lambda: days.working_index(FIRST - 1), "calendar.range"),
        (lambda: days.working_index([FIRST, LAST + 1]), "calendar.range"),
        (lambda: days.add_working_days(LAST - 3, 30), "calendar.range"),
        (lambda: days.roll(LAST, "next"), "calendar.range"),
        (lambda: days.roll(FIRST, "previous"), "calendar.range"),
        (lambda: days.reason(LAST + 1), "calendar.range"),
        (lambda: days.add_working_days(FIRST, -1), "calendar.count"),
        (lambda: days.add_working_days(FIRST, 1.5), "calendar.count"),
        (lambda: days.roll(FIRST, "sideways"), "calendar.roll"),
        (lambda: calendar("XX"), "calendar.unknown"),
    ):
        with pytest.raises(InputError) as caught:
            ask()
        assert caught.value.findings[0].code == code


def test_a_calendar_is_made_once_and_cannot_be_changed() -> None:
    assert calendar("US") is calendar("US")
    with pytest.raises(ValueError, match="read-only"):
        calendar("US").is_working[0] = True
