"""A number's way back to its sources, as a list that is read from the number down."""

from __future__ import annotations

from typing import Any

from onepill.reports.footnotes import grade_of, printed_value
from onepill.reports.numerals import number, percent
from onepill.reports.page import web_address
from onepill.web.live_view import base_path, explain_path
from onepill.web.speaking import Speaking

Row = dict[str, Any]
MOST_SHOWN = 60
DEEPEST = 3
WHOLE = 1_000
"""From here on a number is shown without decimals."""


def explain_view(chain: Row, live: Row, asked: Speaking) -> Row:
    """The number itself, then what it was computed from, depth first; repeated steps are told once."""
    steps = [_step(row, live, asked) for row in chain["chain"] if not row["repeated"]]
    inputs = {row["path"].lower() for row in live["inputs"]}
    first = steps[0]
    back = asked.link(base_path(live["id"]), drop=("draws",))
    return {
        "path": chain["path"],
        "first": first,
        "steps": steps[:MOST_SHOWN],
        "left": max(0, len(steps) - MOST_SHOWN),
        "is_input": first["path"].lower() in inputs,
        "back": back,
        "field": f"{back}#v-{first['path'].replace('.', '-')}",
    }


def _step(row: Row, live: Row, asked: Speaking) -> Row:
    grade, source = grade_of(row), row["source"] or {}
    return {
        "path": row["path"],
        "depth": min(row["depth"], DEEPEST),
        "value": _value(row, asked),
        "origin": asked.words.either("origin", row["origin"]),
        "grade": grade,
        "grade_name": asked.words.base.either("grade", grade),
        "formula": row["formula"] or "",
        "note": row["note"] or "",
        "date": row["date"] or "",
        "source": str(source.get("title") or ""),
        "source_url": web_address(str(source.get("url") or "")),
        "source_date": str(source.get("date") or ""),
        "retrieved": str(source.get("retrieved") or ""),
        "href": asked.link(explain_path(live["id"], row["path"]), drop=("draws",)),
    }


def _value(row: Row, asked: Speaking) -> str:
    value, unit = row["value"], row["unit"] or ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return printed_value(value)
    if unit in ("share", "prob"):
        return percent(float(value), 1)
    if unit == "USD":
        return f"{number(value)} USD"
    shown = number(value) if abs(value) >= WHOLE else f"{value:,.4g}"
    return f"{shown} {asked.words.base.either('unit', unit) if unit else ''}".strip()
