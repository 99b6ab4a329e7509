"""The packaged calendars against published lists, and the days around each long holiday."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from onepill.calendars import calendar

DAY = timedelta(days=1)


def span(first: str, last: str) -> set[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return {start + i * DAY for i in range((end - start).days + 1)}


def listed(year: int, *days: str) -> set[date]:
    return {date.fromisoformat(f"{year}-{day}") for day in days}


def year_of(year: int) -> list[date]:
    return sorted(span(f"{year}-01-01", f"{year}-12-31"))


def is_working(jurisdiction: str, day: date) -> bool:
    days = calendar(jurisdiction)
    return bool(days.is_working[day.toordinal() - days.first])


# The blocks of days off and the worked weekend days, as the General Office of the State Council announced them.
CHINA = {
    # Notice of 2023-10-25.
    2024: (
        [
            ("2024-01-01", "2024-01-01"),
            ("2024-02-10", "2024-02-17"),
            ("2024-04-04", "2024-04-06"),
            ("2024-05-01", "2024-05-05"),
            ("2024-06-10", "2024-06-10"),
            ("2024-09-15", "2024-09-17"),
            ("2024-10-01", "2024-10-07"),
        ],
        ["02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"],
    ),
    # Notice of 2024-11-12 (Guobanfa Mingdian 2024 No. 12).
    2025: (
        [
            ("2025-01-01", "2025-01-01"),
            ("2025-01-28", "2025-02-04"),
            ("2025-04-04", "2025-04-06"),
            ("2025-05-01", "2025-05-05"),
            ("2025-05-31", "2025-06-02"),
            ("2025-10-01", "2025-10-08"),
        ],
        ["01-26", "02-08", "04-27", "09-28", "10-11"],
    ),
    # Notice of 2025-11-04.
    2026: (
        [
            ("2026-01-01", "2026-01-03"),
            ("2026-02-15", "2026-02-23"),
            ("2026-04-04", "2026-04-06"),
            ("2026-05-01", "2026-05-05"),
            ("2026-06-19", "2026-06-21"),
            ("2026-09-25", "2026-09-27"),
            ("2026-10-01", "2026-10-07"),
        ],
        ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
    ),
}


@pytest.mark.parametrize("year", CHINA)
def test_state_council_notice_of_the_year_gives_every_day(year: int) -> None:
    blocks, worked = CHINA[year]
    off = set().union(*(span(*block) for block in blocks))
    make_up = listed(year, *worked)
    expected = [day in make_up or (day not in off and day.weekday() < 5) for day in year_of(year)]
    assert [is_working("CN", day) for day in year_of(year)] == expected


BLOCKS = [(year, *map(date.fromisoformat, block)) for year, (blocks, _) in CHINA.items() for block in blocks]


@pytest.mark.parametrize(("year", "first", "last"), BLOCKS)
def test_chinas_days_off_begin_and_end_with_the_block_of_the_notice(year: int, first: date, last: date) -> None:
    assert not is_working("CN", first)
    assert not is_working("CN", last)
    make_up = listed(year, *CHINA[year][1])
    for neighbour in (first - DAY, last + DAY):
        assert is_working("CN", neighbour) == (neighbour.weekday() < 5 or neighbour in make_up)


def test_china_spring_festival_2024_by_name() -> None:
    days = calendar("CN")
    assert days.reason(date(2024, 2, 9)) == ""
    assert days.reason(date(2024, 2, 10)) == "Spring Festival"
    assert days.reason(date(2024, 2, 16)) == "Spring Festival (in exchange for 2024-02-18)"
    assert days.reason(date(2024, 2, 17)) == "Saturday"
    assert days.reason(date(2024, 2, 18)) == ""
    assert days.make_up_reason(date(2024, 2, 18)) == "Make-up working day for 2024-02-16 (Spring Festival)"
    assert days.make_up_reason(date(2024, 2, 19)) == ""


def test_china_worked_new_years_eve_of_2005_for_a_holiday_of_2006() -> None:
    """A make-up day can lie in the year before its notice (State Council notice for 2006)."""
    assert is_working("CN", date(2005, 12, 31))
    assert not is_working("CN", date(2006, 1, 3))


def test_china_labour_day_gains_a_day_from_2025_by_state_council_order_795() -> None:
    """2 May is a statutory day from 2025 on; in projected years it stands by its own name."""
    assert calendar("CN").reason(date(2029, 5, 2)) == "Labor Day"
    assert calendar("CN").reason(date(2023, 5, 2)) == "Labor Day (in exchange for 2023-04-23)"


# 5 U.S.C. 6103(a), and 6103(b) for a holiday on a Saturday or a Sunday.
US_2024 = ["01-01", "01-15", "02-19", "05-27", "06-19", "07-04", "09-02", "10-14", "11-11", "11-28", "12-25"]
US_2021 = [
    "01-01", "01-18", "02-15", "05-31", "06-18", "07-05", "09-06", "10-11", "11-11", "11-25", "12-24", "12-31",
]  # fmt: skip


@pytest.mark.parametrize(("year", "days"), [(2024, US_2024), (2021, US_2021)])
def test_us_office_of_personnel_management_list_of_the_year(year: int, days: list[str]) -> None:
    off = {day for day in year_of(year) if day.weekday() < 5 and not is_working("US", day)}
    assert off == listed(year, *days)


def test_us_juneteenth_begins_in_2021() -> None:
    """Public Law 117-17 of 2021-06-17: the day before it, and the first observed day."""
    assert is_working("US", date(2020, 6, 19))
    assert not is_working("US", date(2021, 6, 18))


def test_us_saturday_new_year_is_observed_in_the_year_before() -> None:
    """5 U.S.C. 6103(b)(1): 2028-01-01 is a Saturday."""
    assert is_working("US", date(2027, 12, 30))
    assert calendar("US").reason(date(2027, 12, 31)) == "New Year's Day (observed)"


def test_japan_golden_week_2024_by_the_act_on_national_holidays() -> None:
    expected = {
        "2024-04-26": "",
        "2024-04-27": "Saturday",
        "2024-04-28": "Sunday",
        "2024-04-29": "Showa Day",
        "2024-04-30": "",
        "2024-05-02": "",
        "2024-05-03": "Constitution Day",
        "2024-05-04": "Greenery Day",
        "2024-05-05": "Children's Day",
        "2024-05-06": "Substitute Holiday",
        "2024-05-07": "",
    }
    assert {day: calendar("JP").reason(date.fromisoformat(day)) for day in expected} == expected


def test_japan_year_end_by_the_act_on_holidays_of_administrative_organs() -> None:
    """Act 91 of 1988, art. 1: 29 December to 3 January. In 2023 and 2024: Friday, and Wednesday."""
    assert is_working("JP", date(2023, 12, 28))
    assert not any(is_working("JP", day) for day in span("2023-12-29", "2024-01-03"))
    assert is_working("JP", date(2024, 1, 4))


def test_japan_equinoxes_of_2027_by_the_national_observatory() -> None:
    """Announced 2026-02-02: 21 March (a Sunday, so Monday is off) and 23 September."""
    assert calendar("JP").reason(date(2027, 3, 21)) == "Vernal Equinox Day"
    assert calendar("JP").reason(date(2027, 3, 22)) == "Substitute Holiday"
    assert calendar("JP").reason(date(2027, 9, 23)) == "Autumnal Equinox Day"


END_OF_YEAR = ["12-24", "12-25", "12-26", "12-27", "12-28", "12-29", "12-30", "12-31"]
EU = {
    # Commission Decision of 2012-12-21, OJ 2013/C 39/03: 18 days.
    2014: [
        "01-01", "01-02", "04-17", "04-18", "04-21", "05-01", "05-09", "05-29", "05-30", "06-09", "07-21", "08-15",
        *END_OF_YEAR,
    ],
    # Commission Decision of 2021-05-25, OJ 2021/C 201 I/02, for staff in Brussels: 18 days.
    2023: [
        "01-02", "04-06", "04-07", "04-10", "05-01", "05-09", "05-18", "05-19", "05-29", "07-21", "08-15", "11-01",
        "11-02", *END_OF_YEAR[1:6],
    ],
}  # fmt: skip


@pytest.mark.parametrize("year", EU)
def test_commission_decision_of_the_year_gives_every_weekday_off_and_18_in_all(year: int) -> None:
    off = {day for day in year_of(year) if day.weekday() < 5 and not is_working("EU", day)}
    assert off == {day for day in listed(year, *EU[year]) if day.weekday() < 5}
    assert len(off) == 18


def test_commission_decision_2022_c_440_05_gives_2024_until_assumption() -> None:
    """The part of the list that was read: from New Year to 15 August; 21 July 2024 is a Sunday."""
    expected = listed(2024, "01-01", "01-02", "03-28", "03-29", "04-01", "05-01", "05-09", "05-10", "05-20", "08-15")
    until_assumption = [day for day in year_of(2024) if day <= date(2024, 8, 15) and day.weekday() < 5]
    assert {day for day in until_assumption if not is_working("EU", day)} == expected
    assert calendar("EU").reason(date(2024, 5, 9)) == "Ascension Day and Schuman Declaration Day"


@pytest.mark.parametrize("day", [date(2024, 3, 27), date(2024, 4, 2), date(2024, 12, 23), date(2025, 1, 3)])
def test_eu_institutions_work_the_day_before_and_after_easter_and_the_year_end(day: date) -> None:
    assert is_working("EU", day)
