"""Quantities with their unit: durations (`18 months`, `30 wd`) and amounts of money (`12.5 MUSD`, `80 MCNY`)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from onepill.core.dates import DAYS_PER_MONTH, DAYS_PER_YEAR
from onepill.core.errors import InputError

DURATION_UNITS: dict[str, str] = {
    "wd": "wd",
    "working_days": "wd",
    "working_day": "wd",
    "cd": "days",
    "d": "days",
    "day": "days",
    "days": "days",
    "week": "weeks",
    "weeks": "weeks",
    "wk": "weeks",
    "month": "months",
    "months": "months",
    "mo": "months",
    "year": "years",
    "years": "years",
    "yr": "years",
}
DAYS_PER_UNIT: dict[str, float] = {"days": 1.0, "weeks": 7.0, "months": DAYS_PER_MONTH, "years": DAYS_PER_YEAR}
_SCALES = {"": 1.0, "k": 1e3, "M": 1e6, "B": 1e9}
_DIGITS = r"[0-9]+(?:_[0-9]+)*"
_NUMBER = rf"([+-]?(?:{_DIGITS}(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{{1,3}})?)"
_DURATION = re.compile(rf"{_NUMBER}\s*([a-z_]+)")
_AMOUNT = re.compile(rf"{_NUMBER}\s*([kMB]?)([A-Z]{{3}})")
LARGEST = 1e15
"""No span in its unit and no amount in whole units of a currency is larger; a slip of the pen is."""


@dataclass(frozen=True)
class Duration:
    """A span of time; `unit` is days, wd, weeks, months or years."""

    value: float
    unit: str

    def days(self) -> float:
        """Calendar days of a calendar unit (a month is 365.25 / 12 days).

        Raises:
            ValueError: the unit is working days, which need a calendar.
        """
        if self.unit == "wd":
            raise ValueError("working days need a calendar")
        return self.value * DAYS_PER_UNIT[self.unit]


@dataclass(frozen=True)
class Amount:
    """An amount of money in whole units of `currency` (ISO 4217)."""

    value: float
    currency: str


def parse_duration(text: object) -> Duration:
    """Read `18 months`, `30 wd`, `90 days`.

    Raises:
        InputError: `unit.duration`.
    """
    match = _DURATION.fullmatch(text.strip()) if isinstance(text, str) else None
    unit = DURATION_UNITS.get(match[2]) if match else None
    if match is None or unit is None:
        message, hint = f"{text!r} is not a duration", "write a number and days, wd, weeks, months or years: 18 months"
        raise InputError.single("unit.duration", message, hint=hint, value=text)
    return Duration(_bounded(float(match[1].replace("_", "")), text, code="unit.duration"), unit)


def parse_amount(text: object) -> Amount:
    """Read `12.5 MUSD`, `80 MCNY`, `9_000 USD` (k, M and B are thousand, million and billion).

    Raises:
        InputError: `unit.amount`.
    """
    match = _AMOUNT.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        message, hint = f"{text!r} is not an amount of money", "write a number, k, M or B, and a currency: 12.5 MUSD"
        raise InputError.single("unit.amount", message, hint=hint, value=text)
    return Amount(_bounded(float(match[1].replace("_", "")) * _SCALES[match[2]], text, code="unit.amount"), match[3])


def _bounded(number: float, text: object, *, code: str) -> float:
    if abs(number) > LARGEST:
        hint = "check the number and its unit"
        raise InputError.single(code, f"{text!r} is larger than anything meant", hint=hint, value=text)
    return number
