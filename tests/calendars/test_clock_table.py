"""The table of due days against single due days, and its order."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.calendars import FIRST_DAY, JURISDICTIONS, LAST_DAY, clock_table, due
from onepill.core.errors import InputError

FIRST, LAST = FIRST_DAY.toordinal(), LAST_DAY.toordinal()
YEAR_LONG = {"wd": 250, "cd": 400, "days": 400, "weeks": 60, "months": 14, "years": 1}
periods = st.sampled_from(sorted(YEAR_LONG)).flatmap(
    lambda unit: st.tuples(st.integers(0, YEAR_LONG[unit]), st.just(unit))
)
clocks = st.fixed_dictionaries(
    {
        "jurisdiction": st.sampled_from(sorted(JURISDICTIONS)),
        "first_day": st.integers(FIRST + 30, LAST - 700),
        "period": periods,
        "inclusive": st.booleans(),
        "roll": st.sampled_from(["none", "next", "previous"]),
    }
)


def table_of(clock: dict[str, object], length: int) -> np.ndarray:
    first, (count, unit) = clock["first_day"], clock["period"]
    return clock_table(
        clock["jurisdiction"],
        first,
        first + length - 1,
        count_by_day=count,
        unit=unit,
        inclusive=clock["inclusive"],
        roll=clock["roll"],
    )


@given(clock=clocks)
def test_each_row_is_the_single_due_day(clock: dict[str, object]) -> None:
    (count, unit), first = clock["period"], clock["first_day"]
    singles = [
        due(
            clock["jurisdiction"],
            date.fromordinal(first + i),
            count,
            unit,
            inclusive=clock["inclusive"],
            roll=clock["roll"],
        ).due.toordinal()
        for i in range(35)
    ]
    assert table_of(clock, 35).tolist() == singles


@given(clock=clocks)
def test_a_later_start_is_never_due_earlier(clock: dict[str, object]) -> None:
    table = table_of(clock, 120)
    assert table.dtype == np.int32
    assert np.all(np.diff(table) >= 0)


def test_month_ends_of_eighty_years_by_plain_dates() -> None:
    """Every start day of the calendar, one month on, against the standard library."""
    last = LAST - 62
    table = clock_table("EU", FIRST, last, count_by_day=1, unit="months")
    assert table.tolist() == [one_month_on(date.fromordinal(day)).toordinal() for day in range(FIRST, last + 1)]


def one_month_on(day: date) -> date:
    year, month = (day.year, day.month + 1) if day.month < 12 else (day.year + 1, 1)
    for day_of_month in range(day.day, 0, -1):
        try:
            return date(year, month, day_of_month)
        except ValueError:
            continue
    raise AssertionError(day)


def test_chinas_clock_of_60_working_days_becomes_30_on_the_day_of_the_change() -> None:
    """The 30-working-day channel of 2025-09-12: the day before still has 60."""
    change = date(2025, 9, 12).toordinal()
    starts = np.arange(change - 5, change + 5)
    counts = np.where(starts < change, 60, 30)
    table = clock_table("CN", int(starts[0]), int(starts[-1]), count_by_day=counts, unit="wd")
    day_before, day_of = date.fromordinal(int(table[4])), date.fromordinal(int(table[5]))
    assert day_before == due("CN", date(2025, 9, 11), 60, "wd").due == date(2025, 12, 10)
    assert day_of == due("CN", date(2025, 9, 12), 30, "wd").due == date(2025, 10, 30)


def test_a_start_on_a_day_off_is_due_with_the_working_day_before_it() -> None:
    """Friday, Saturday and Sunday start the same clock of working days; Monday's is one day later."""
    friday = date(2024, 3, 1).toordinal()
    table = clock_table("US", friday, friday + 3, count_by_day=5, unit="wd")
    assert [date.fromordinal(int(day)).isoformat() for day in table] == ["2024-03-08"] * 3 + ["2024-03-11"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"jurisdiction": "XX"}, "calendar.unknown"),
        ({"count_by_day": np.array([30, 60])}, "calendar.count"),
        ({"count_by_day": -1}, "calendar.count"),
        ({"count_by_day": 2.0}, "calendar.count"),
        ({"unit": "moons"}, "calendar.unit"),
        ({"roll": "up"}, "calendar.roll"),
        ({"last_day": LAST + 1}, "calendar.range"),
        ({"last_day": LAST, "first_day": LAST - 5}, "calendar.range"),
    ],
)
def test_bad_clocks_are_input_errors(change: dict[str, object], code: str) -> None:
    clock = {"jurisdiction": "CN", "first_day": LAST - 400, "last_day": LAST - 390, "count_by_day": 30, "unit": "wd"}
    with pytest.raises(InputError) as caught:
        clock_table(**(clock | change))
    assert caught.value.findings[0].code == code
