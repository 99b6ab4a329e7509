"""The packaged day lists against what makes them, and what asking for a due day may load."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta
from importlib.resources import files

import dateutil.easter
import holidays
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.calendars import JURISDICTIONS, calendar, calendars_hash, daylist
from onepill.calendars.compile_days import compile_days
from onepill.calendars.european import easter


def packaged(code: str) -> dict[str, dict[str, str]]:
    text = files("onepill.calendars").joinpath("data", f"{code.lower()}.json").read_text(encoding="utf-8")
    data = json.loads(text)
    return data | {kind: unpacked(data[kind]) for kind in ("off", "make_up")}


def unpacked(days_by_name: dict[str, str]) -> dict[str, str]:
    pairs = [(day, name) for name, days in days_by_name.items() for day in days.split()]
    assert len(pairs) == len({day for day, _ in pairs}), "a day stands under two names"
    return dict(pairs)


@pytest.mark.parametrize("code", sorted(JURISDICTIONS))
def test_packaged_days_are_what_the_compiler_makes(code: str) -> None:
    """On published days a newer library must agree; where it does not, one of the two is wrong."""
    made, shipped = compile_days(code), packaged(code)
    through = JURISDICTIONS[code].published_through.isoformat()
    for kind in ("off", "make_up"):
        published = [{day: name for day, name in each[kind].items() if day <= through} for each in (made, shipped)]
        assert published[0] == published[1]
    assert (made["first"], made["last"]) == (shipped["first"], shipped["last"])


def test_only_china_and_vietnam_work_on_weekends() -> None:
    assert [code for code in sorted(JURISDICTIONS) if packaged(code)["make_up"]] == ["CN", "VN"]


@given(year=st.integers(1900, 2199))
def test_easter_agrees_with_dateutil(year: int) -> None:
    assert easter(year) == dateutil.easter.easter(year)


@pytest.mark.parametrize(("code", "exchanges"), [("CN", 171), ("VN", 13)])
def test_every_make_up_day_is_a_weekend_day_with_its_day_off(code: str, exchanges: int) -> None:
    shipped = packaged(code)
    assert len(shipped["make_up"]) == exchanges
    for day, reason in shipped["make_up"].items():
        assert date.fromisoformat(day).weekday() >= 5
        given_for = reason.split(" for ")[1][:10]
        assert shipped["off"][given_for].endswith(f"(in exchange for {day})")


def test_chinas_exchanges_keep_the_number_of_working_days() -> None:
    """Each day off by exchange has one make-up day, so that a year loses the statutory days alone: 2024 has 251."""
    days = calendar("CN")
    index = days.working_index([date(2023, 12, 31).toordinal(), date(2024, 12, 31).toordinal()])
    weekdays = sum((date(2024, 1, 1) + timedelta(days=i)).weekday() < 5 for i in range(366))
    statutory = 11
    assert index[1] - index[0] == weekdays - statutory == 251


def test_projected_60_working_days_miss_the_published_day_by_at_most_8_days() -> None:
    """The promise of docs/methods/working-days.md: the statutory rule alone against the notices of 2008 to 2025."""
    statutory = holidays.country_holidays("CN")
    for exchange in ("special_public_holidays", "special_public_holidays_observed"):
        setattr(statutory, exchange, {})
    days = calendar("CN")
    starts = np.arange(date(2008, 1, 1).toordinal(), date(2025, 12, 31).toordinal() + 1)
    # 60 working days on from the last start is still a published day.
    assert not days.is_projected(days.add_working_days(starts, 60)).any()
    ordinals = np.arange(starts[0], starts[-1] + 200)
    off = np.array([date.fromordinal(int(day)) in statutory for day in ordinals])
    working = ordinals[((ordinals - 1) % 7 < 5) & ~off]
    projected = working[np.searchsorted(working, starts, side="right") + 59]
    miss = projected - days.add_working_days(starts, 60)
    assert (miss.min(), miss.max()) == (-8, 7)
    assert np.mean(miss == 0) > 0.8


@pytest.mark.parametrize("changed", sorted(JURISDICTIONS))
def test_the_hash_changes_with_any_calendar(changed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before, read = calendars_hash(), daylist._read
    monkeypatch.setattr(daylist, "_read", lambda code: read(code) + (" " if code == changed else ""))
    assert calendars_hash() != before


def test_a_due_day_loads_neither_numpy_nor_the_holiday_library() -> None:
    """They take longer to import than the whole command may."""
    program = """
import sys
from datetime import date
from onepill.calendars import due
due("CN", date(2024, 2, 5), 30, "wd")
print([name for name in ("numpy", "holidays") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
