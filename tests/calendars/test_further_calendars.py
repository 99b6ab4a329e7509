"""The calendars beyond China, the United States, the EU and Japan against published lists and announcements."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from onepill.calendars import JURISDICTIONS, calendar, due
from onepill.core.errors import InputError

DAY = timedelta(days=1)
CODES = [
    "AE", "AU", "BR", "CA", "CH", "CN", "EU", "GB", "HK", "ID", "JP", "KR", "MO", "MY", "PH", "SA", "SG", "TH", "US",
    "VN",
]  # fmt: skip


def weekdays_off(jurisdiction: str, first: str, last: str) -> list[str]:
    """Days off from Monday to Friday, for those that rest on Saturday and Sunday."""
    days, start = calendar(jurisdiction), date.fromisoformat(first)
    span = [start + i * DAY for i in range((date.fromisoformat(last) - start).days + 1)]
    return [f"{day}" for day in span if days.reason(day) and day.weekday() < 5]


def of(year: int, *days: str) -> list[str]:
    return [f"{year}-{day}" for day in days]


def test_these_are_all_the_calendars() -> None:
    assert sorted(JURISDICTIONS) == CODES
    with pytest.raises(InputError) as caught:
        calendar("NZ")
    assert f"known: {', '.join(CODES)}" in str(caught.value.findings[0].hint)


@pytest.mark.parametrize("code", CODES)
def test_the_published_span_lies_in_the_calendar_and_has_a_reason(code: str) -> None:
    found = JURISDICTIONS[code]
    assert date(2000, 1, 1) <= found.published_from < found.published_through <= date(2027, 12, 31)
    assert found.code == code
    assert found.sources
    assert found.limits.endswith(".")


# Jurisdiction, last working day before, first day off, last day off, first working day after, and the announcement.
LONG_HOLIDAYS = [
    # Federal Authority for Government Human Resources: 8 to 14 April, and from 1 to 3 Shawwal 1446.
    ("AE", "2024-04-05", "2024-04-06", "2024-04-14", "2024-04-15"),
    ("AE", "2025-03-28", "2025-03-29", "2025-04-01", "2025-04-02"),
    # Territory's list: Good Friday to Easter Monday.
    ("AU", "2025-04-17", "2025-04-18", "2025-04-21", "2025-04-22"),
    # Ordinance MGI 9.783: Carnival, whose Ash Wednesday is free until 14 h alone; Corpus Christi and the day after.
    ("BR", "2025-02-28", "2025-03-01", "2025-03-04", "2025-03-05"),
    ("BR", "2025-06-18", "2025-06-19", "2025-06-22", "2025-06-23"),
    # Canadian Digital Service: Good Friday and Easter Monday.
    ("CA", "2025-04-17", "2025-04-18", "2025-04-21", "2025-04-22"),
    # University of Bern: Good Friday and Easter Monday; 1 and 2 January.
    ("CH", "2023-04-06", "2023-04-07", "2023-04-10", "2023-04-11"),
    ("CH", "2024-12-31", "2025-01-01", "2025-01-02", "2025-01-03"),
    # gov.uk: Good Friday 18 April, Easter Monday 21 April; Christmas.
    ("GB", "2025-04-17", "2025-04-18", "2025-04-21", "2025-04-22"),
    ("GB", "2025-12-24", "2025-12-25", "2025-12-28", "2025-12-29"),
    # School calendar by the gazetted list: Lunar New Year; Easter 18 to 21 April.
    ("HK", "2025-01-28", "2025-01-29", "2025-02-02", "2025-02-03"),
    ("HK", "2025-04-17", "2025-04-18", "2025-04-21", "2025-04-22"),
    # Joint decree of three ministers: 28 March (joint leave) to 7 April (joint leave).
    ("ID", "2025-03-27", "2025-03-28", "2025-04-07", "2025-04-08"),
    # National Foundation Day, Chuseok with its substitute on 8 October, Hangul Day: a seven-day stretch.
    ("KR", "2025-10-02", "2025-10-03", "2025-10-09", "2025-10-10"),
    # Macao News: Lunar New Year 29 to 31 January.
    ("MO", "2025-01-28", "2025-01-29", "2025-02-02", "2025-02-03"),
    # Hari Raya Aidilfitri 31 March and 1 April.
    ("MY", "2025-03-28", "2025-03-29", "2025-04-01", "2025-04-02"),
    # Proclamation 727: Maundy Thursday to Black Saturday.
    ("PH", "2025-04-16", "2025-04-17", "2025-04-20", "2025-04-21"),
    # Ministry of Human Resources: four days after 29 March; 5 to 10 June.
    ("SA", "2025-03-27", "2025-03-28", "2025-04-02", "2025-04-03"),
    ("SA", "2025-06-04", "2025-06-05", "2025-06-10", "2025-06-11"),
    # Ministry of Manpower: Chinese New Year 29 and 30 January.
    ("SG", "2025-01-28", "2025-01-29", "2025-01-30", "2025-01-31"),
    # Cabinet resolution of 2024-02-13: 12 to 16 April.
    ("TH", "2024-04-11", "2024-04-12", "2024-04-16", "2024-04-17"),
    # The Prime Minister's approval of 2024-11-26: 25 January to 2 February; 30 April to 4 May.
    ("VN", "2025-01-24", "2025-01-25", "2025-02-02", "2025-02-03"),
    ("VN", "2025-04-29", "2025-04-30", "2025-05-04", "2025-05-05"),
]


@pytest.mark.parametrize(("code", "before", "first", "last", "after"), LONG_HOLIDAYS)
def test_long_holiday_as_announced(code: str, before: str, first: str, last: str, after: str) -> None:
    days = calendar(code)
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    assert days.reason(start - DAY) == days.reason(end + DAY) == ""
    assert (f"{start - DAY}", f"{end + DAY}") == (before, after)
    assert all(days.reason(start + i * DAY) for i in range((end - start).days + 1))
    assert due(code, date.fromisoformat(before), 1, "wd").due == date.fromisoformat(after)


# Whole years, weekdays alone.
YEARS = [
    # The territory's lists, as the Australian Retailers Association and the Department of Foreign Affairs give them.
    ("AU", of(2025, "01-01", "01-27", "03-10", "04-18", "04-21", "04-25", "06-02", "06-09", "10-06", "12-25", "12-26")),
    ("AU", of(2026, "01-01", "01-26", "03-09", "04-03", "04-06", "04-27", "06-01", "06-08", "10-05", "12-25", "12-28")),
    # Ordinances MGI 8.617, 9.783 and 11.460.
    ("BR", of(2024, "01-01", "02-12", "02-13", "03-29", "05-01", "05-30", "05-31", "10-28", "11-15", "11-20", "12-25")),
    ("BR", of(2025, "01-01", "03-03", "03-04", "04-18", "04-21", "05-01", "06-19", "06-20", "10-27", "11-20", "12-25")),
    (
        "BR",
        of(2026, "01-01", "02-16", "02-17", "04-03", "04-20", "04-21", "05-01", "06-04", "06-05", "09-07", "10-12",
           "10-28", "11-02", "11-20", "12-25"),
    ),
    # A public servants' guide for 2023, Library and Archives Canada for 2024, Canadian Digital Service for the others.
    (
        "CA",
        of(2023, "01-02", "04-07", "04-10", "05-22", "07-03", "08-07", "09-04", "10-02", "10-09", "11-13", "12-25",
           "12-26"),
    ),
    (
        "CA",
        of(2024, "01-01", "03-29", "04-01", "05-20", "07-01", "08-05", "09-02", "09-30", "10-14", "11-11", "12-25",
           "12-26"),
    ),
    (
        "CA",
        of(2025, "01-01", "04-18", "04-21", "05-19", "07-01", "08-04", "09-01", "09-30", "10-13", "11-11", "12-25",
           "12-26"),
    ),
    (
        "CA",
        of(2026, "01-01", "04-03", "04-06", "05-18", "07-01", "08-03", "09-07", "09-30", "10-12", "11-11", "12-25",
           "12-28"),
    ),
    # University of Bern, the list of 2023: what falls on a weekend is lost.
    ("CH", of(2023, "01-02", "04-07", "04-10", "05-18", "05-29", "08-01", "12-25", "12-26")),
    # The gazetted lists of 2014, with the fourth day of Lunar New Year, and of 2015, with the one-off 3 September.
    (
        "HK",
        of(2014, "01-01", "01-31", "02-03", "04-18", "04-21", "05-01", "05-06", "06-02", "07-01", "09-09", "10-01",
           "10-02", "12-25", "12-26"),
    ),
    (
        "HK",
        of(2015, "01-01", "02-19", "02-20", "04-03", "04-06", "04-07", "05-01", "05-25", "07-01", "09-03", "09-28",
           "10-01", "10-21", "12-25"),
    ),
    # University of Macau Library, 2020, without the afternoons of 24 January and 31 December.
    (
        "MO",
        of(2020, "01-01", "01-27", "01-28", "01-29", "04-06", "04-10", "04-13", "04-30", "05-01", "06-25", "10-01",
           "10-02", "10-05", "10-26", "11-02", "12-08", "12-21", "12-22", "12-24", "12-25"),
    ),
    # Proclamation 727, with the Eids (1 April, 6 June) and election day (12 May) proclaimed later.
    (
        "PH",
        of(2025, "01-01", "01-29", "04-01", "04-09", "04-17", "04-18", "05-01", "05-12", "06-06", "06-12", "08-21",
           "08-25", "10-31", "12-08", "12-24", "12-25", "12-30", "12-31"),
    ),
    # Ministry of Manpower, 2025.
    ("SG", of(2025, "01-01", "01-29", "01-30", "03-31", "04-18", "05-01", "05-12", "10-20", "12-25")),
]  # fmt: skip


@pytest.mark.parametrize(("code", "listed"), YEARS, ids=lambda value: value if isinstance(value, str) else value[0][:4])
def test_published_list_of_the_year_gives_every_weekday_off(code: str, listed: list[str]) -> None:
    year = listed[0][:4]
    assert weekdays_off(code, f"{year}-01-01", f"{year}-12-31") == listed


def test_england_bank_holidays_from_may_2025_to_january_2026() -> None:
    """As a surgery in Bedford lists its closed days."""
    expected = ["2025-05-05", "2025-05-26", "2025-08-25", "2025-12-25", "2025-12-26", "2026-01-01"]
    assert weekdays_off("GB", "2025-05-01", "2026-01-31") == expected


def test_thai_government_offices_work_on_labour_day_and_close_for_the_royal_ploughing() -> None:
    """Government holidays of May 2025: 5, 9 and 12 May."""
    assert weekdays_off("TH", "2025-05-01", "2025-05-31") == ["2025-05-05", "2025-05-09", "2025-05-12"]
    assert calendar("TH").reason(date(2025, 5, 9)) == "Royal Ploughing Ceremony"


def test_malaysia_keeps_selangors_days_not_those_of_putrajaya() -> None:
    """The agency is in Petaling Jaya: the Sultan's birthday (11 December) is off, Federal Territory Day is not."""
    days = calendar("MY")
    assert days.reason(date(2024, 2, 1)) == ""
    assert "Selangor" in days.reason(date(2025, 12, 11))
    assert days.reason(date(2025, 12, 10)) == days.reason(date(2025, 12, 12)) == ""


def test_vietnam_works_a_saturday_for_the_bridge_day_after_labour_day_2025() -> None:
    days = calendar("VN")
    assert days.make_up_reason(date(2025, 4, 26)).startswith("Make-up working day for 2025-05-02")
    assert days.reason(date(2025, 4, 26)) == ""
    assert days.reason(date(2025, 5, 2)).endswith("(in exchange for 2025-04-26)")
    assert due("VN", date(2025, 4, 25), 1, "wd").due == date(2025, 4, 26)


def test_the_emirates_weekend_moves_on_1_january_2022() -> None:
    """Friday and Saturday before, Saturday and Sunday after; the half-worked Friday is a working day."""
    days = calendar("AE")
    expected = {
        "2021-12-24": "Friday",
        "2021-12-25": "Saturday",
        "2021-12-26": "",
        "2021-12-31": "Friday",
        "2022-01-01": "New Year's Day",
        "2022-01-02": "Sunday",
        "2022-01-03": "",
        "2022-01-07": "",
        "2022-01-08": "Saturday",
    }
    assert {day: days.reason(date.fromisoformat(day)) for day in expected} == expected


def test_the_saudi_weekend_moves_on_29_june_2013() -> None:
    """Thursday and Friday before, Friday and Saturday after: the week of the change has three days off."""
    days = calendar("SA")
    around = [date(2013, 6, 20) + i * DAY for i in range(17)]
    off = {f"{day:%m-%d}": days.reason(day) for day in around if days.reason(day)}
    assert off == {
        "06-20": "Thursday", "06-21": "Friday", "06-27": "Thursday", "06-28": "Friday", "06-29": "Saturday",
        "07-05": "Friday", "07-06": "Saturday",
    }  # fmt: skip


def test_a_saudi_sunday_is_worked_and_a_period_from_thursday_is_due_on_it() -> None:
    answer = due("SA", date(2025, 1, 9), 1, "wd")
    assert (answer.due, [skipped.reason for skipped in answer.skipped]) == (date(2025, 1, 12), ["Friday", "Saturday"])


@pytest.mark.parametrize(
    ("code", "day"), [("SG", "2028-02-27"), ("AE", "2027-03-09"), ("ID", "2027-03-10"), ("SA", "2027-03-09")]
)
def test_islamic_days_to_come_are_marked_as_estimates(code: str, day: str) -> None:
    reason = calendar(code).reason(date.fromisoformat(day))
    assert reason.startswith("Eid al-Fitr")
    assert reason.endswith("(estimated)")
    assert calendar(code).is_projected(date.fromisoformat(day).toordinal())
