"""Make the packaged day lists: `python -m onepill.calendars.compile_days`.

The library `holidays` knows the days of China, the United States and Japan, the rule of `european` those of the EU.
Importing the library and asking for its first country takes 0.3 to 0.4 s, more than the whole command for a due day may
(0.25 s), so its answer is packaged. A further jurisdiction needs a function in `_MAKERS` and an entry in
`jurisdictions`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path

import holidays

from onepill.calendars.european import european_holidays
from onepill.calendars.jurisdictions import FIRST_DAY, JURISDICTIONS, LAST_DAY

Named = dict[date, str]
# One year more on each side: a day off can belong to a holiday of the year after.
_YEARS = range(FIRST_DAY.year - 1, LAST_DAY.year + 2)
_EXCHANGED = re.compile(r"^Day off \(substituted from (\d\d)/(\d\d)/(\d{4})\)$")
_CHINESE_NAMES = {
    "Chinese New Year (Spring Festival)": "Spring Festival",
    "Chinese New Year's Eve": "Spring Festival Eve",
    "Chinese New Year Extended Holiday": "Spring Festival, extended",
    "(observed)": "(in lieu)",
    "; ": " and ",
}
_YEAR_END = ((12, 29), (12, 30), (12, 31), (1, 2), (1, 3))
_ONE_DAY = timedelta(days=1)


def compile_days(code: str) -> dict[str, object]:
    """The day list of a jurisdiction as it is packaged."""
    maker, made_with = _MAKERS[code]
    off, make_up = maker()
    return {
        "jurisdiction": code,
        "made_with": made_with,
        "first": FIRST_DAY.isoformat(),
        "last": LAST_DAY.isoformat(),
        "off": _covered(off),
        "make_up": _covered(make_up),
    }


def _covered(days: Mapping[date, str]) -> dict[str, str]:
    return {day.isoformat(): days[day] for day in sorted(days) if FIRST_DAY <= day <= LAST_DAY}


def _from_library(code: str) -> Named:
    return dict(holidays.country_holidays(code, years=_YEARS, language="en_US").items())


def _chinese() -> tuple[Named, Named]:
    """China's days off under plain names, and its make-up working days."""
    listed = _from_library("CN")
    exchanged = {day: _matched_day(found) for day, name in listed.items() if (found := _EXCHANGED.match(name))}
    off = {day: _plain_name(name) for day, name in listed.items() if day not in exchanged}
    make_up: Named = {}
    for day, worked in exchanged.items():
        festival = _nearest_festival(day, off)
        off[day] = f"{festival} (in exchange for {worked})"
        make_up[worked] = f"Make-up working day for {day} ({festival})"
    return off, make_up


def _matched_day(found: re.Match[str]) -> date:
    month, day, year = (int(number) for number in found.groups())
    return date(year, month, day)


def _plain_name(name: str) -> str:
    for long, short in _CHINESE_NAMES.items():
        name = name.replace(long, short)
    return name


def _nearest_festival(day: date, off: Mapping[date, str]) -> str:
    """The festival that an exchanged day off belongs to: no exchange reaches further than a week from its festival."""
    for distance in range(1, 8):
        for near in (day - distance * _ONE_DAY, day + distance * _ONE_DAY):
            if near in off:
                return off[near].split(" (in ")[0].removesuffix(" Eve")
    raise ValueError(f"no festival near the exchanged day {day}")


def _american() -> tuple[Named, Named]:
    return _from_library("US"), {}


def _japanese() -> tuple[Named, Named]:
    """National holidays, and the days off at the turn of the year (Act 91 of 1988, art. 1(1)(iii))."""
    year_end = {date(year, month, day): "Year-end closure" for year in _YEARS for month, day in _YEAR_END}
    return year_end | _from_library("JP"), {}


def _european() -> tuple[Named, Named]:
    return {day: name for year in _YEARS for day, name in european_holidays(year).items()}, {}


_LIBRARY = f"holidays {version('holidays')}"
_MAKERS: dict[str, tuple[Callable[[], tuple[Named, Named]], str]] = {
    "CN": (_chinese, _LIBRARY),
    "EU": (_european, "onepill.calendars.european"),
    "JP": (_japanese, _LIBRARY),
    "US": (_american, _LIBRARY),
}


def main(folder: Path) -> None:
    """Write the day list of every jurisdiction into a folder."""
    for code in JURISDICTIONS:
        text = json.dumps(compile_days(code), ensure_ascii=False, indent=1)
        (folder / f"{code.lower()}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("data"))
