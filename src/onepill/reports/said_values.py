"""Values of a programme's file in the sources table: each with its name, its range and its unit in the page's words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.numerals import number

GROUPED = re.compile(r"(?<=\d)_(?=\d)")  # 12_000 as typed in a file
SPREAD = re.compile(r"low (.+?), (?:mode (.+?), )?high (.+)")
CURVE = re.compile(r"(\w+), (\S+) years to peak")
AMOUNT = re.compile(r"(-?[\d._,]+) ([A-Za-z]+)")
WITHOUT_UNIT = (None, "", "prob", "share", "1", "count", "number", "flag", "rate", "text", "day", "curve")
CALENDAR_YEARS = range(1900, 2200)
WEIGHTED = ("discrete", "empirical")
"""Kinds whose numbers are followed by as many weights."""
RATES, UPTAKE = "exchange_rates", "policy_uptake"


@dataclass(frozen=True)
class Said:
    """A value in the page's words, and the note that its file has of it, in the file's own."""

    said: str
    note: str

    def __str__(self) -> str:
        return f"{self.said}{self.note}"


def said_value(row: Mapping[str, Any], words: Catalogue) -> Said:
    """One value of the programme file in a line: what it is called, what it is, and its note."""
    shown = {"name": _name(str(row["path"]), words), "value": value_words(row, words), "unit": ""}
    said = words("sources.detail", **shown).strip()
    note = str(row.get("note") or "")
    return Said(words("sources.noted", said=said, note="") if note else said, note)


def printed_value(value: object) -> str:
    """A value of the document in one line: numbers with separators, distributions as `name value` pairs."""
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).lower()
    if isinstance(value, int | float):
        return number(value, 0) if float(value).is_integer() else f"{value:,.6g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {printed_value(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(printed_value(v) for v in value)
    return GROUPED.sub(",", str(value))


def _name(path: str, words: Catalogue) -> str:
    parts = path.split(".")
    if RATES in parts[:-1]:
        return words("sources.rate_of", code=parts[parts.index(RATES) + 1].upper())
    if parts[0] == UPTAKE:
        return words("sources.uptake_of", measure=".".join(parts[1:]))
    return words.either("field", parts[-1])


def value_words(row: Mapping[str, Any], words: Catalogue) -> str:
    """The value of a row of provenance with its unit, in the page's words."""
    value, unit = row.get("value"), row.get("unit")
    if isinstance(value, bool):
        return words("sources.yes" if value else "sources.no")
    if isinstance(value, Mapping) and "params" in value:
        ends = " – ".join(printed_value(round(part) if unit == "days" else part) for part in spread_values(value))
        return words("sources.spread", value=_with_unit(ends, unit, words), shape=words.either("shape", value["kind"]))
    if isinstance(value, str):
        return _text(value, words)
    if unit in WITHOUT_UNIT and value in CALENDAR_YEARS:
        return printed_value(str(value).removesuffix(".0"))
    return _with_unit(printed_value(value), unit, words) if isinstance(value, int | float) else printed_value(value)


def spread_values(shown: Mapping[str, Any]) -> Sequence[float]:
    """What stands for a distribution in the value's own unit: of a beta its least, mean and most; without weights."""
    params: Sequence[float] = shown["params"]
    if shown["kind"] == "beta":
        alpha, beta, low, high = params
        return low, low + alpha / (alpha + beta) * (high - low), high
    return params[: len(params) // 2] if shown["kind"] in WEIGHTED else params


def _text(value: str, words: Catalogue) -> str:
    """`low 2 months, mode 4 months, high 8 months` as `2 – 4 – 8 months`, an amount and a curve in words."""
    if found := SPREAD.fullmatch(value):
        ends = [end for end in found.groups() if end]
        units = {end.partition(" ")[2] for end in ends}
        shared = units.pop() if len(units) == 1 else ""
        shown = " – ".join(printed_value(end.removesuffix(f" {shared}") if shared else end) for end in ends)
        return _with_unit(shown, shared, words)
    if found := CURVE.fullmatch(value):
        return words("sources.curve", years=found[2], shape=words.either("shape", found[1]))
    if found := AMOUNT.fullmatch(value):
        return _with_unit(printed_value(found[1]), found[2], words)
    return printed_value(value)


def _with_unit(shown: str, unit: Any, words: Catalogue) -> str:
    return shown if unit in WITHOUT_UNIT else words("sources.of_unit", value=shown, unit=words.either("unit", unit))
