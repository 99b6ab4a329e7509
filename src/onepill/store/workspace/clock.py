"""The time that stands beside what is kept; no answer depends on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def now_utc() -> str:
    """This moment, UTC, to the millisecond: `2026-01-31T08:15:30.125Z`; text that sorts as time does."""
    return stamp(datetime.now(UTC))


def stamp(moment: datetime) -> str:
    """A moment with its zone as it is kept."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds_ago(seconds: float) -> str:
    """The moment so many seconds before now."""
    return stamp(datetime.now(UTC) - timedelta(seconds=seconds))
