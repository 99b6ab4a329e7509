"""Public holidays of the EU institutions in Brussels, by the rule that the Commission's yearly decisions follow.

Each decision is made under art. 61 of the Staff Regulations and lists the weekdays off; a holiday that falls on a
weekend is left out and not moved. The lists of 2014 (OJ 2013/C 39/03), 2023 (OJ 2021/C 201 I/02) and 2024 (OJ 2022/C
440/05) follow the rule below. A year that departs from it gets an entry in `DEPARTURES`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

FIXED: Mapping[tuple[int, int], str] = {
    (1, 1): "New Year's Day",
    (1, 2): "Day after New Year's Day",
    (5, 1): "Labour Day",
    (5, 9): "Schuman Declaration Day",
    (7, 21): "Belgian National Day",
    (8, 15): "Assumption",
    (11, 1): "All Saints' Day",
    (11, 2): "All Souls' Day",
    **{(12, day): "End of year" for day in range(24, 32)},
}
BY_EASTER: Mapping[int, str] = {
    -3: "Maundy Thursday",
    -2: "Good Friday",
    1: "Easter Monday",
    39: "Ascension Day",
    40: "Day after Ascension Day",
    50: "Whit Monday",
}
DEPARTURES: Mapping[date, str] = {}
"""Days off of single decisions beyond the rule: none in the lists that were read."""


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar.

    Source: the anonymous Gregorian algorithm, as in Meeus, Astronomical Algorithms, chapter "Date of Easter".
    """
    century, year_of_century = divmod(year, 100)
    golden = year % 19
    skipped_leap_days = century - century // 4
    moon_correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + skipped_leap_days - moon_correction + 15) % 30
    to_sunday = (32 + 2 * (century % 4) + 2 * (year_of_century // 4) - epact - year_of_century % 4) % 7
    late = (golden + 11 * epact + 22 * to_sunday) // 451
    days_after_march_21 = epact + to_sunday - 7 * late + 1
    return date(year, 3, 21) + timedelta(days=days_after_march_21)


def european_holidays(year: int) -> dict[date, str]:
    """Holidays of a year by day, those on weekends among them; two that fall together are joined."""
    sunday = easter(year)
    named = [(date(year, month, day), name) for (month, day), name in FIXED.items()]
    named += [(sunday + timedelta(days=offset), name) for offset, name in BY_EASTER.items()]
    named += [(day, name) for day, name in DEPARTURES.items() if day.year == year]
    holidays: dict[date, str] = {}
    for day, name in sorted(named):
        holidays[day] = f"{holidays[day]} and {name}" if day in holidays else name
    return holidays
