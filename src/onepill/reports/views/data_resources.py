"""Chapter 7: on which sources the passport stands, counted by grade, and up to which day the calendars are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from onepill.reports.context import Context, View
from onepill.reports.footnotes import GRADES, grade_of
from onepill.reports.numerals import number

AREAS = ("development", "filings", "markets", "success", "capital", "other")
COMPUTED = ("value.", "milestones.", "success.markets.")
FOUNDING = "founding"  # figures of the founding documents, which are not rules of a jurisdiction


def data_view(context: Context) -> View:
    """Counts of values by part of the programme and grade, and the calendars; empty without provenance."""
    rows = [
        row for row in context.passport.get("provenance") or () if not row.get("from") and _is_input(str(row["path"]))
    ]
    calendars = [
        {"name": context.place(code), "through": _through(context, code, row or {})}
        for code, row in (context.passport.get("calendars") or {}).items()
        if code in _places(context)
    ]
    if not rows and not calendars:
        return {}
    heat = _heat(context, [(_area(str(r["path"])), grade_of(r)) for r in rows])
    return {"heat": heat, "rules": rules_on_file(context), "calendars": calendars}


def rules_on_file(context: Context) -> View | None:
    """How many rules are on file by topic, in the jurisdictions of the programme; None without such a table."""
    rows = context.passport.get("rules_on_file") or ()
    rows = [row for row in rows if row["topic"] != FOUNDING and row["jurisdiction"] in _places(context)]
    counts = {(str(r["jurisdiction"]), str(r["topic"])): int(r.get("rules") or 0) for r in rows}
    if not any(counts.values()):
        return None
    topics = [
        t for t in dict.fromkeys(t for _, t in counts) if any(n for (_, topic), n in counts.items() if topic == t)
    ]
    largest = max(counts.values())
    places = dict.fromkeys(place for (place, _), count in counts.items() if count)
    body = [
        {"name": context.place(p), "cells": [_cell(counts.get((p, t), 0), largest) for t in topics]} for p in places
    ]
    columns = [context.words.either("topic", t) for t in topics]
    return {"columns": columns, "rows": body, "href": context.href("/rules_on_file")}


def _through(context: Context, code: str, row: Mapping[str, Any]) -> str:
    return context.told(row.get("published_through") or "–", f"/calendars/{code}/published_through")


def _places(context: Context) -> set[str]:
    """The jurisdictions that this programme touches; the others' rules and calendars are none of its data."""
    found = {
        str(row["jurisdiction"]) for row in (*context.milestones, *context.activities.values()) if row["jurisdiction"]
    }
    return found | {str(market.jurisdiction) for market in context.markets}


def _is_input(path: str) -> bool:
    return not path.startswith(COMPUTED)


def _area(path: str) -> str:
    head = path.split(".", maxsplit=1)[0]
    return head if head in AREAS else "other"


def _heat(context: Context, cells: list[tuple[str, str]]) -> View:
    """A heat map: parts of the programme by grade; five classes of one hue, a dash where there is none."""
    counts = Counter(cells)
    largest = max(counts.values(), default=1)
    areas = [a for a in AREAS if any(cell[0] == a for cell in cells)]
    rows = [
        {
            "name": context.words(f"part.{area}"),
            "cells": [_cell(counts[area, grade], largest) for grade in GRADES],
        }
        for area in areas
    ]
    columns = [context.words(f"grade.{grade}") for grade in GRADES]
    return {"columns": columns, "rows": rows, "total": number(len(cells)), "href": context.href("/provenance")}


def _cell(count: int, largest: int) -> View:
    level = 0 if count == 0 else min(1 + int(3.999 * count / largest), 4)
    return {"text": str(count) if count else "–", "level": level}
