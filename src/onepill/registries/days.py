"""Days as registries write them, with how exactly they are known."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Literal

Order = Literal["iso", "dmy", "mdy"]
Day = tuple[int | None, str | None]
"""Days since 1970-01-01 and the precision: `day`, `month` or `year`; (None, None) where the source tells none."""

NONE: Day = (None, None)
EPOCH = date(1970, 1, 1).toordinal()
FIRST_YEAR = 1850
"""Earlier years are slips of the pen or placeholders. Later ones are kept as written, even 2641: a future day is never
taken for an event."""

MISSING = frozenset({"", "null", "na", "n/a", "none", "unknown", "not available", "date tbd", "登记人暂未填写该信息"})
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH = {key: number for number, name in enumerate(_MONTHS, 1) for key in (name, name[:3], name[:3] + ".")}
_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: .*)?")
_WORDS = re.compile(r"([A-Za-z]{3,9}\.?) (?:(\d{1,2}), ?)?(\d{4})")
_HYPHENS = re.compile(r"(\d{1,2})-([A-Za-z]{3})-(\d{2}|\d{4})")


class BadDay(ValueError):
    """A text that is no day of the calendar, or not written in any form that is known."""


@lru_cache(maxsize=131072)
def read_day(text: str | None, order: Order = "iso", century_pivot: int = 70) -> Day:
    """Read a day.

    Known forms: `2024-08-01` (with or without a time of day), `2024-08`, `2024`, `20240801`, `August 1, 2024`,
    `Aug 1, 2024`, `August 2024`, `1-Aug-24`, and with slashes in the `order` that the source uses.

    Args:
        text: the source's text; empty, `null`, `NA` and the like mean that it tells none.
        order: which of day and month stands first between slashes.
        century_pivot: two-digit years from this number on belong to the 1900s.

    Raises:
        BadDay: the calendar has no such day, the year is before 1850, or the form is unknown.
    """
    stripped = (text or "").strip()
    if stripped.lower() in MISSING:
        return NONE
    year, month, day = _parts(stripped, order, century_pivot)
    if year < FIRST_YEAR:
        raise BadDay(f"{stripped!r}: no record can be of the year {year}")
    try:
        ordinal = date(year, month or 1, day or 1).toordinal()
    except ValueError:
        raise BadDay(f"the calendar has no day {stripped!r}") from None
    return ordinal - EPOCH, "day" if day is not None else "month" if month is not None else "year"


def _parts(text: str, order: Order, pivot: int) -> tuple[int, int | None, int | None]:
    """Year, month and day as numbers, None where not told."""
    if (found := _ISO.fullmatch(text)) or (found := _COMPACT.fullmatch(text)):
        year, month, day = (None if part is None else int(part) for part in found.groups())
        return year or 0, month, day
    if (found := _SLASHES.fullmatch(text)) and order != "iso":
        one, two, year = map(int, found.groups())
        return (year, two, one) if order == "dmy" else (year, one, two)
    if (found := _WORDS.fullmatch(text)) and (month := _MONTH.get(found[1].lower())):
        return int(found[3]), month, int(found[2]) if found[2] else None
    if (found := _HYPHENS.fullmatch(text)) and (month := _MONTH.get(found[2].lower())):
        return _century(found[3], pivot), month, int(found[1])
    raise BadDay(f"{text!r} is not a day in a form that is known")


def _century(digits: str, pivot: int) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return 1900 + year if year >= pivot else 2000 + year


def as_date(days: int | None) -> date | None:
    """The civil day of days since 1970-01-01."""
    return None if days is None else date.fromordinal(days + EPOCH)
