"""Names and ends of inputs as a chart prints them, from the label of the document or else from the value's path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.markets import markets_of
from onepill.reports.numerals import musd, number, percent
from onepill.reports.said_values import printed_value

SHARES = ("share", "prob", "per_year")


def input_name(row: Mapping[str, Any], passport: Mapping[str, Any], words: Catalogue) -> str:
    """The label of an input, else its owner and field in words: "United States: peak share"."""
    label = words.text(row.get("label"))
    if label:
        return label
    parts = str(row["path"]).split(".")
    field = words.either("field", parts[-1])
    owner = _owner(parts, passport, words)
    return words("path.named", owner=owner, field=field) if owner else field


def _owner(parts: list[str], passport: Mapping[str, Any], words: Catalogue) -> str:
    if len(parts) < 3:
        return ""
    if parts[0] == "development":
        stages = {a["id"]: a for a in passport.get("activities") or ()}
        return words.text((stages.get(parts[1]) or {}).get("label")) or parts[1].replace("_", " ")
    markets = {market.id: market.name for market in markets_of(passport, words)}
    return markets.get(parts[1]) or words.either("jurisdiction", parts[1].upper())


def input_end(row: Mapping[str, Any], end: str, words: Catalogue) -> str:
    """The input's value at its low or high end, as text of the document or as a number in its unit."""
    label = row.get(f"{end}_label")
    if label not in (None, ""):
        return words.either("end", label)
    value, unit = row.get(f"{end}_value"), str(row.get("unit") or "")
    if not isinstance(value, int | float):
        return printed_value(value)
    return _number(float(value), unit, words)


def _number(value: float, unit: str, words: Catalogue) -> str:
    if unit in SHARES:
        return percent(value, 1).replace(".0%", "%")
    if unit == "USD" and abs(value) >= 1e6:
        return words("review.clock_value", value=musd(value), unit=words("unit.MUSD"))
    decimals = 0 if abs(value) >= 100 or value.is_integer() else 1
    named = words.either("unit", unit) if unit else ""
    return words("review.clock_value", value=number(value, decimals), unit=named).strip()
