"""Which days count, and when is it due?

Working days of 19 states and territories and of the EU institutions, with make-up working days and each one's own
weekend; due days counted in working days, calendar days, weeks, months or years; and tables from start day to due day
for the simulation. Calendars are packaged data, so that the same question has the same answer whatever else is
installed. Days outside the checked published lists are projected and say so.

Public names: `due`, `Due`, `Skipped`, `calendar`, `WorkingCalendar`, `clock_table`, `calendars_hash`, `JURISDICTIONS`,
`FIRST_DAY`, `LAST_DAY`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from onepill.calendars.counting import Due, Skipped, due
from onepill.calendars.daylist import calendars_hash
from onepill.calendars.jurisdictions import FIRST_DAY, JURISDICTIONS, LAST_DAY, Jurisdiction

if TYPE_CHECKING:
    from onepill.calendars.clocks import clock_table
    from onepill.calendars.working import WorkingCalendar, calendar

__all__ = [
    "FIRST_DAY",
    "JURISDICTIONS",
    "LAST_DAY",
    "Due",
    "Jurisdiction",
    "Skipped",
    "WorkingCalendar",
    "calendar",
    "calendars_hash",
    "clock_table",
    "due",
]

# numpy takes 0.1 s to import, and a single due day does not need it.
_NEEDS_NUMPY = {
    "calendar": "onepill.calendars.working",
    "WorkingCalendar": "onepill.calendars.working",
    "clock_table": "onepill.calendars.clocks",
}


def __getattr__(name: str) -> Any:
    if name not in _NEEDS_NUMPY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_NEEDS_NUMPY[name]), name)
