"""A single due day: counted by hand, by the law's conventions, and at the edges."""

from __future__ import annotations

from datetime import date

import pytest

from onepill.calendars import JURISDICTIONS, LAST_DAY, due
from onepill.core.errors import InputError

# Every working day after 2024-02-05, written out from the State Council's notice for 2024: the Spring Festival rest is
# 10 to 17 February, and Sunday 18 February is worked.
THIRTY_WORKING_DAYS = [
    "02-06", "02-07", "02-08", "02-09",
    "02-18", "02-19", "02-20", "02-21", "02-22", "02-23",
    "02-26", "02-27", "02-28", "02-29", "03-01",
    "03-04", "03-05", "03-06", "03-07", "03-08",
    "03-11", "03-12", "03-13", "03-14", "03-15",
    "03-18", "03-19", "03-20", "03-21", "03-22",
]  # fmt: skip


@pytest.mark.parametrize("count", range(1, 31))
def test_chinas_30_working_days_across_spring_festival_2024_counted_by_hand(count: int) -> None:
    answer = due("CN", date(2024, 2, 5), count, "wd")
    assert answer.due == date.fromisoformat(f"2024-{THIRTY_WORKING_DAYS[count - 1]}")
    assert not answer.projected


def test_due_lists_the_days_it_skipped_and_the_make_up_day_it_counted() -> None:
    answer = due("CN", date(2024, 2, 5), 5, "wd")
    assert answer.due == date(2024, 2, 18)
    assert [skipped.day.day for skipped in answer.skipped] == [10, 11, 12, 13, 14, 15, 16, 17]
    assert answer.skipped[0].reason == "Spring Festival"
    assert answer.skipped[-1].reason == "Saturday"
    assert [made_up.day for made_up in answer.make_up_days] == [date(2024, 2, 18)]


def test_chinas_national_day_2024_with_the_worked_sunday_before_and_saturday_after() -> None:
    assert due("CN", date(2024, 9, 28), 1, "wd").due == date(2024, 9, 29)
    assert due("CN", date(2024, 9, 30), 1, "wd").due == date(2024, 10, 8)
    assert due("CN", date(2024, 10, 11), 1, "wd").due == date(2024, 10, 12)
    assert due("CN", date(2024, 10, 12), 1, "wd").due == date(2024, 10, 14)


@pytest.mark.parametrize(
    ("start", "count", "inclusive", "expected"),
    [
        # Friday: the start day counts or not.
        (date(2024, 3, 1), 1, False, date(2024, 3, 4)),
        (date(2024, 3, 1), 1, True, date(2024, 3, 1)),
        # Saturday: the count begins on Monday either way.
        (date(2024, 3, 2), 1, False, date(2024, 3, 4)),
        (date(2024, 3, 2), 1, True, date(2024, 3, 4)),
        # Nothing to count: due at once, even on a day off.
        (date(2024, 3, 2), 0, False, date(2024, 3, 2)),
        (date(2024, 3, 2), 0, True, date(2024, 3, 2)),
    ],
)
def test_start_day_and_day_off_in_working_days(start: date, count: int, inclusive: bool, expected: date) -> None:
    assert due("US", start, count, "wd", inclusive=inclusive).due == expected


@pytest.mark.parametrize(
    ("start", "count", "unit", "expected"),
    [
        (date(2024, 1, 31), 1, "months", date(2024, 2, 29)),
        (date(2023, 1, 31), 1, "months", date(2023, 2, 28)),
        (date(2024, 2, 29), 1, "months", date(2024, 3, 29)),
        (date(2024, 12, 15), 2, "months", date(2025, 2, 15)),
        (date(2024, 2, 29), 1, "years", date(2025, 2, 28)),
        (date(2024, 2, 29), 4, "years", date(2028, 2, 29)),
        (date(2024, 2, 5), 3, "weeks", date(2024, 2, 26)),
        (date(2024, 2, 5), 24, "cd", date(2024, 2, 29)),
        (date(2024, 2, 5), 24, "days", date(2024, 2, 29)),
        (date(2024, 2, 5), 0, "months", date(2024, 2, 5)),
    ],
)
def test_regulation_1182_71_art_3_and_chinese_civil_code_art_202(
    start: date, count: int, unit: str, expected: date
) -> None:
    """The same day of the last month, or that month's last day."""
    assert due("EU", start, count, unit).due == expected
    assert due("CN", start, count, unit).due == expected


@pytest.mark.parametrize(
    ("start", "count", "unit", "expected"),
    [
        (date(2024, 1, 1), 1, "months", date(2024, 1, 31)),
        (date(2024, 3, 1), 1, "months", date(2024, 3, 31)),
        (date(2024, 1, 31), 1, "months", date(2024, 2, 29)),
        (date(2024, 1, 15), 1, "years", date(2025, 1, 14)),
        (date(2024, 1, 15), 1, "weeks", date(2024, 1, 21)),
        (date(2024, 1, 15), 1, "cd", date(2024, 1, 15)),
    ],
)
def test_inclusive_civil_periods_end_a_day_earlier(start: date, count: int, unit: str, expected: date) -> None:
    assert due("EU", start, count, unit, inclusive=True).due == expected


def test_regulation_1182_71_art_3_4_rolls_to_the_next_working_day() -> None:
    """Three months from 2023-12-29 end on Good Friday 2024; the next working day is the Tuesday after Easter."""
    stays = due("EU", date(2023, 12, 29), 3, "months")
    rolls = due("EU", date(2023, 12, 29), 3, "months", roll="next")
    back = due("EU", date(2023, 12, 29), 3, "months", roll="previous")
    assert (stays.due, stays.skipped) == (date(2024, 3, 29), ())
    assert rolls.due == date(2024, 4, 2)
    assert [s.reason for s in rolls.skipped] == ["Good Friday", "Saturday", "Sunday", "Easter Monday"]
    assert back.due == date(2024, 3, 27)
    assert [s.reason for s in back.skipped] == ["Maundy Thursday", "Good Friday"]


def test_a_due_day_that_is_worked_does_not_roll() -> None:
    answer = due("CN", date(2024, 1, 18), 1, "months", roll="next")
    assert (answer.due, answer.skipped) == (date(2024, 2, 18), ())
    assert [made_up.day for made_up in answer.make_up_days] == [date(2024, 2, 18)]


@pytest.mark.parametrize("code", sorted(JURISDICTIONS))
def test_projected_begins_the_day_after_the_published_calendar(code: str) -> None:
    through = JURISDICTIONS[code].published_through
    assert not due(code, through, 0, "cd", roll="previous").projected
    last_working = due(code, through, 0, "cd", roll="previous").due
    assert not due(code, last_working, 1, "wd", inclusive=True).projected
    assert due(code, last_working, 1, "wd").projected


@pytest.mark.parametrize("code", ["CN", "EU"])
def test_projected_ends_where_the_published_calendar_begins(code: str) -> None:
    first = JURISDICTIONS[code].published_from
    assert due(code, date(first.year - 1, 12, 30), 5, "wd").projected
    assert not due(code, first, 5, "wd", inclusive=True).projected


def test_calendar_days_that_do_not_roll_ask_no_calendar() -> None:
    assert not due("CN", date(2070, 1, 1), 90, "cd").projected
    assert due("CN", date(2070, 1, 1), 90, "cd", roll="next").projected
    assert due("CN", date(2150, 1, 31), 1, "months").due == date(2150, 2, 28)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("XX", date(2024, 1, 1), 1, "wd"), "calendar.unknown"),
        (("cn", date(2024, 1, 1), 1, "wd"), "calendar.unknown"),
        (("CN", date(2024, 1, 1), -1, "wd"), "calendar.count"),
        (("CN", date(2024, 1, 1), 1.5, "months"), "calendar.count"),
        (("CN", date(2024, 1, 1), True, "wd"), "calendar.count"),
        (("CN", date(2024, 1, 1), 1, "fortnights"), "calendar.unit"),
        (("CN", LAST_DAY, 1, "wd"), "calendar.range"),
        (("CN", date(1999, 12, 30), 1, "wd"), "calendar.range"),
        (("CN", date(2024, 1, 1), 9000, "years"), "calendar.range"),
        (("CN", date(2024, 1, 1), 9_000_000, "cd"), "calendar.range"),
    ],
)
def test_bad_questions_are_input_errors_with_a_hint(arguments: tuple[str, date, int, str], code: str) -> None:
    with pytest.raises(InputError) as caught:
        due(*arguments)
    (finding,) = caught.value.findings
    assert finding.code == code
    assert finding.hint


def test_an_unknown_roll_is_an_input_error_and_an_unknown_calendar_lists_the_known() -> None:
    with pytest.raises(InputError) as caught:
        due("CN", date(2024, 1, 1), 1, "wd", roll="back")
    assert caught.value.findings[0].code == "calendar.roll"
    with pytest.raises(InputError) as caught:
        due("ZZ", date(2024, 1, 1), 1, "wd")
    assert ", ".join(sorted(JURISDICTIONS)) in caught.value.findings[0].hint
