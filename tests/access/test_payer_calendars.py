"""The calendars of payers: published days of named drugs, the day before and the day of each change."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.access import Calendar, medicare_calendar, round_calendar, yearly_calendar
from onepill.sim.plan import DayTable

FIRST, LAST = date(2005, 1, 1), date(2060, 12, 31)


def look(table: DayTable, day: date) -> date:
    return date.fromordinal(int(table.finish[day.toordinal() - table.first_day]))


def nrdl(as_of: date = date(2010, 1, 1)) -> Calendar:
    return round_calendar(cut_off=(6, 30), in_force=(1, 1), first=FIRST, last=LAST, as_of=as_of)


def ira(years: int, as_of: date = date(2022, 8, 16)) -> Calendar:
    span = {"first": FIRST, "last": LAST, "as_of": as_of}
    return medicare_calendar(elapsed_years=years, selection=(2, 1), first_price_year=2026, **span)


@pytest.mark.parametrize(
    ("approved", "in_force"),
    [
        (date(2024, 3, 15), date(2025, 1, 1)),  # tunlametinib: round of 2024 (KeChow; list of 2024, NHSA)
        (date(2024, 5, 24), date(2025, 1, 1)),  # ivonescimab, listed in the round of 2024 (flcube on the talks)
        (date(2022, 6, 29), date(2023, 1, 1)),  # cadonilimab, eligible in 2022 by a day (its list was late: 1 March)
        (date(2023, 6, 30), date(2024, 1, 1)),  # the last day of the round of 2023
        (date(2023, 7, 1), date(2025, 1, 1)),  # a day later: the round of 2024
        (date(2024, 12, 31), date(2026, 1, 1)),
    ],
)
def test_an_approval_by_30_june_is_in_force_on_the_next_1_january(approved: date, in_force: date) -> None:
    assert look(nrdl().first, approved) == in_force


def test_rounds_in_force_by_the_plans_day_are_past() -> None:
    assert look(nrdl(date(2024, 12, 31)).first, date(2020, 3, 1)) == date(2025, 1, 1)
    assert look(nrdl(date(2025, 1, 1)).first, date(2020, 3, 1)) == date(2026, 1, 1)


def test_a_failed_round_is_tried_again_a_year_later() -> None:
    assert look(nrdl().again, date(2025, 1, 1)) == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("approved", "years", "price_year"),
    [
        (date(2017, 10, 31), 7, 2027),  # acalabrutinib (Calquence), among the drugs selected for 2027
        (date(2017, 3, 13), 7, 2027),  # seven years are over after the selection of 2024
        (date(2020, 2, 1), 7, 2029),  # seven years are over on the very day
        (date(2020, 2, 2), 7, 2030),  # and a day too late
        (date(2016, 1, 15), 11, 2029),  # a biologic
        (date(2015, 2, 3), 7, 2026),  # ready long before the first price year
    ],
)
def test_the_negotiated_price_applies_from_the_second_year_after_the_selection(
    approved: date, years: int, price_year: int
) -> None:
    """42 USC 1320f(b)(3) and 1320f-1(e)(1): 7 or 11 years by 1 February of the year two years before the price year."""
    assert look(ira(years).first, approved) == date(price_year, 1, 1)


@given(approved=st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_prices_come_between_nine_and_ten_years_after_approval_and_thirteen_and_fourteen(approved: date) -> None:
    for years, table in ((7, ira(7).first), (11, ira(11).first)):
        waited = (look(table, approved) - approved).days / 365.25
        assert years + 1.9 < waited < years + 2.92, "from 1 February of year N - 2 to 1 January of N are 1.91 years"


@given(day=st.dates(date(2006, 1, 1), date(2055, 12, 31)), as_of=st.dates(date(2006, 1, 1), date(2040, 1, 1)))
def test_each_table_is_what_stepping_by_hand_gives(day: date, as_of: date) -> None:
    year = day.year + (1 if (day.month, day.day) <= (6, 30) else 2)
    assert look(nrdl(as_of).first, day) == date(max(year, as_of.year + 1), 1, 1)
    found = yearly_calendar(on=(4, 1), first=FIRST, last=LAST, as_of=as_of)
    latest = max(day, as_of)
    april = date(latest.year, 4, 1)
    assert look(found.first, day) == (april if april > latest else date(latest.year + 1, 4, 1))
    april = date(day.year, 4, 1)
    assert look(found.again, day) == (april if april > day else date(day.year + 1, 4, 1))
