"""Civil days: parsing, ordinals and ISO text. No function here reads today's date."""

from __future__ import annotations

import re
from datetime import date

from onepill.core.errors import InputError

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NEVER = 2**30
"""The day of an event that does not happen, above every real ordinal and safe to add to in int32."""

DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = DAYS_PER_YEAR / 12


def parse_day(text: object, *, path: str = "", file: str = "", line: int = 0) -> date:
    """Read an ISO day such as `2024-08-01`.

    Raises:
        InputError: `day.format` if it is not YYYY-MM-DD, `day.unknown` if the calendar has no such day.
    """
    if type(text) is date:
        return text
    where = {"path": path, "file": file, "line": line, "value": text}
    if not isinstance(text, str) or not _ISO.fullmatch(text):
        raise InputError.single("day.format", f"{text!r} is not a day", hint="write YYYY-MM-DD", **where)
    try:
        return date.fromisoformat(text)
    except ValueError:
        hint = "check the month's last day"
        raise InputError.single("day.unknown", f"the calendar has no day {text}", hint=hint, **where) from None


def iso(ordinal: float) -> str:
    """ISO text of a proleptic Gregorian ordinal; fractions are cut."""
    return date.fromordinal(int(ordinal)).isoformat()


def years_to_days(years: float) -> int:
    """Whole days in a span of years of 365.25 days, rounded half to even."""
    return round(years * DAYS_PER_YEAR)
