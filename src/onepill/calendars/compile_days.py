"""Make the packaged day lists: `python -m onepill.calendars.compile_days`.

The library `holidays` knows the days of most jurisdictions, the rule of `european` those of the EU. Importing the
library and asking for its first country takes 0.3 to 0.4 s, more than the whole command for a due day may (0.25 s), so
its answer is packaged. A further jurisdiction needs an entry in `_MAKERS`, or in `_ASKED` where the library's answer
stands as it is, and an entry in `jurisdictions`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
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
}
_YEAR_END = ((12, 29), (12, 30), (12, 31), (1, 2), (1, 3))
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Asked:
    """What is asked of the library: its subdivision and categories, and the names that are no day off here.

    `options` are the country's own: Saudi Arabia marks its estimates on demand alone.
    """

    subdivision: str | None = None
    categories: tuple[str, ...] = ("public",)
    worked: tuple[str, ...] = ()
    options: Mapping[str, bool] = field(default_factory=dict)


_ASKED: dict[str, Asked] = {
    "AE": Asked(categories=("public", "government")),
    "AU": Asked("ACT"),
    "CH": Asked("BE"),
    "CN": Asked(),
    "GB": Asked("ENG"),
    # What the library calls optional are the general holidays, on which offices close; its public ones are statutory
    # for employers alone.
    "HK": Asked(categories=("optional",)),
    "ID": Asked(categories=("public", "government")),
    "JP": Asked(),
    "KR": Asked(),
    "MO": Asked(
        categories=("optional", "government"),
        worked=(
            "Chinese New Year's Eve (Afternoon)",
            "New Year's Eve (Afternoon)",
            "Additional Half-Day Public Holiday",
        ),
    ),
    "MY": Asked("SGR"),
    "PH": Asked(),
    "SA": Asked(options={"islamic_show_estimated": True}),
    "SG": Asked(),
    "TH": Asked(
        categories=("public", "government"),
        worked=("National Labor Day", "National Labor Day (in lieu)", "National Children's Day"),
    ),
    "US": Asked(),
    "VN": Asked(),
}
_BRAZIL = Asked(categories=("public", "optional"), worked=("Ash Wednesday", "Christmas Eve", "New Year's Eve"))
# Ordinances MGI 8.617 of 2023, 9.783 of 2024 and 11.460 of 2025.
_BRAZIL_FREED = {
    date(2024, 5, 31): "Optional day after Corpus Christi",
    date(2025, 6, 20): "Optional day after Corpus Christi",
    date(2025, 10, 27): "Public Servant's Day (moved from 28 October)",
    date(2026, 4, 20): "Optional day before Tiradentes' Day",
    date(2026, 6, 5): "Optional day after Corpus Christi",
}
_BRAZIL_WORKED = (date(2025, 10, 28),)


def compile_days(code: str) -> dict[str, object]:
    """The day list of a jurisdiction: what `packed` then writes shorter."""
    off, make_up = _MAKERS.get(code, partial(_straight, code))()
    return {
        "jurisdiction": code,
        "made_with": "onepill.calendars.european" if code == "EU" else f"holidays {version('holidays')}",
        "first": FIRST_DAY.isoformat(),
        "last": LAST_DAY.isoformat(),
        "off": _covered(off),
        "make_up": _covered(make_up),
    }


def packed(days: Mapping[str, str]) -> dict[str, str]:
    """Names with their days, from days with their names."""
    days_by_name: dict[str, list[str]] = {}
    for day, name in days.items():
        days_by_name.setdefault(name, []).append(day)
    return {name: " ".join(named) for name, named in days_by_name.items()}


def _covered(days: Mapping[date, str]) -> dict[str, str]:
    return {day.isoformat(): days[day] for day in sorted(days) if FIRST_DAY <= day <= LAST_DAY}


def _straight(code: str) -> tuple[Named, Named]:
    """The library's answer as it is."""
    return _from_library(code, _ASKED[code]), {}


def _from_library(code: str, asked: Asked) -> Named:
    listed = getattr(holidays, code)(
        subdiv=asked.subdivision, categories=asked.categories, years=_YEARS, language="en_US", **asked.options
    )
    off = {}
    for day, joined in listed.items():
        names = [name for name in joined.split("; ") if name not in asked.worked]
        if names:
            off[day] = " and ".join(names)
    return off


def _exchanging(code: str, plain_names: Mapping[str, str]) -> tuple[Named, Named]:
    """Days off under plain names, with the make-up working days that some were exchanged for."""
    listed = _from_library(code, _ASKED[code])
    exchanged = {day: _matched_day(found) for day, name in listed.items() if (found := _EXCHANGED.match(name))}
    off = {day: _plain_name(name, plain_names) for day, name in listed.items() if day not in exchanged}
    make_up: Named = {}
    for day, worked in exchanged.items():
        festival = _nearest_festival(day, off)
        off[day] = f"{festival} (in exchange for {worked})"
        make_up[worked] = f"Make-up working day for {day} ({festival})"
    return off, make_up


def _matched_day(found: re.Match[str]) -> date:
    month, day, year = (int(number) for number in found.groups())
    return date(year, month, day)


def _plain_name(name: str, plain_names: Mapping[str, str]) -> str:
    for long, short in plain_names.items():
        name = name.replace(long, short)
    return name


def _nearest_festival(day: date, off: Mapping[date, str]) -> str:
    """The festival that an exchanged day off belongs to: no exchange reaches further than a week from its festival."""
    for distance in range(1, 8):
        for near in (day - distance * _ONE_DAY, day + distance * _ONE_DAY):
            if near in off:
                return off[near].split(" (in ")[0].removesuffix(" Eve")
    raise ValueError(f"no festival near the exchanged day {day}")


def _japanese() -> tuple[Named, Named]:
    """National holidays, and the days off at the turn of the year (Act 91 of 1988, art. 1(1)(iii))."""
    year_end = {date(year, month, day): "Year-end closure" for year in _YEARS for month, day in _YEAR_END}
    return year_end | _from_library("JP", _ASKED["JP"]), {}


def _european() -> tuple[Named, Named]:
    return {day: name for year in _YEARS for day, name in european_holidays(year).items()}, {}


def _canadian() -> tuple[Named, Named]:
    """The federal holidays, and two that the library counts among Ontario's optional ones."""
    optional = _from_library("CA", Asked("ON", ("optional",)))
    more = {day: name for day, name in optional.items() if name in ("Easter Monday", "Civic Holiday")}
    return more | _from_library("CA", Asked(categories=("government",))), {}


def _brazilian() -> tuple[Named, Named]:
    """National holidays and whole optional days, with the changes of each year's ordinance."""
    off = _from_library("BR", _BRAZIL) | _BRAZIL_FREED
    return {day: name for day, name in off.items() if day not in _BRAZIL_WORKED}, {}


_MAKERS: dict[str, Callable[[], tuple[Named, Named]]] = {
    "BR": _brazilian,
    "CA": _canadian,
    "CN": partial(_exchanging, "CN", _CHINESE_NAMES),
    "EU": _european,
    "JP": _japanese,
    "VN": partial(_exchanging, "VN", {}),
}


def main(folder: Path) -> None:
    """Write the day list of every jurisdiction into a folder, each name once with its days."""
    for code in JURISDICTIONS:
        days = compile_days(code)
        short = days | {kind: packed(days[kind]) for kind in ("off", "make_up")}  # type: ignore[arg-type]
        text = json.dumps(short, ensure_ascii=False, indent=1)
        (folder / f"{code.lower()}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("data"))
