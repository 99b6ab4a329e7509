"""What a document is made of: plain rows that the setting knows how to lay out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from onepill.reports.charts.frame import HALF_PX, Chart, LegendItem
from onepill.reports.footnotes import Mark
from onepill.reports.numerals import Estimate
from onepill.reports.paper import PRINT_PAPER, on_paper, with_namespace

Part = dict[str, Any]
FULL_SHARE, HALF_SHARE = 1.0, 0.72
SIGNS = {
    "diamond": "◆",
    "ring": "○",
    "side_above": "▲",
    "side_below": "▼",
    "side_even": "●",
    "side_none": "◇",
    "asof": "╎",
    "mean": "┃",
    "step": "━",
    "dashed": "┄",
    "work": "─",
}
"""Signs of a legend as characters; all others are a patch of their colour."""
COLOURS = {"low": "var(--chart-main-soft)", "high": "var(--chart-main)", "band": "var(--chart-fan-3)"}


def cell(
    text: object,
    marks: Iterable[Mark] = (),
    small: object = "",
    *,
    beside: str = "",
    grade: str = "",
    right: bool = False,
    colour: str = "",
    strong: bool = False,
) -> Part:
    """A cell: its text with footnotes, its error beside it, a smaller line below, the grade of what stands in it."""
    return {
        "text": str(text),
        "small": str(small),
        "beside": beside,
        "marks": numbers(marks),
        "grade": grade,
        "right": right,
        "colour": on_paper(f"var(--chart-{colour})") if colour else "",
        "strong": strong,
    }


def figure(text: object, small: object = "", *, error: str = "") -> Part:
    """A cell with a number: to the right, its standard error beside it."""
    return cell(text, (), small, beside=f"± {error}" if error else "", right=True)


def estimate(found: Estimate | None, small: object = "") -> Part:
    """A mean with its standard error."""
    return figure("", small) if found is None else figure(found.mean, small, error=found.error)


def numbers(marks: Iterable[Mark]) -> list[int]:
    return [mark.number for mark in marks]


def heading(text: str) -> Part:
    return {"kind": "heading", "text": text}


def words(text: str, *, marks: Iterable[Mark] = (), voice: str = "note") -> Part:
    """A paragraph: a `lede` stands large, a `note` small, `units` small and never parted from what they head."""
    return {"kind": "words", "text": text, "marks": numbers(marks), "voice": voice}


def table(columns: Sequence[str], rows: Sequence[Sequence[Part]], *, widths: Sequence[str] = ()) -> Part:
    """A table; a row of one cell is the name of the group below it. Widths are fractions (`2`) or `auto`."""
    return {
        "kind": "table",
        "columns": list(columns),
        "rows": [list(row) for row in rows],
        "widths": list(widths) or ["1"] * len(columns),
    }


def facts(rows: Iterable[tuple[str, str]]) -> Part:
    return {"kind": "facts", "rows": [list(row) for row in rows]}


def chart(drawn: Chart, fonts: Sequence[str]) -> Part:
    """A chart: its title, units, legend and drawing, and the sentence that says what it shows."""
    svg = with_namespace(on_paper(drawn.wide_svg, ground=PRINT_PAPER))
    family = ", ".join(fonts)
    svg = svg.replace('font-family="sans-serif"', "").replace("<svg ", f'<svg font-family="{family}" ', 1)
    is_half = f'width="{HALF_PX}"' in svg.partition(">")[0]
    return {
        "kind": "chart",
        "title": drawn.title,
        "subtitle": drawn.subtitle,
        "marks": numbers(drawn.marks),
        "label": drawn.label,
        "legend": [_legend(item) for item in drawn.legend],
        "svg": svg,
        "share": HALF_SHARE if is_half else FULL_SHARE,
    }


def _legend(item: LegendItem) -> Part:
    if item.sign in SIGNS:
        return {"sign": SIGNS[item.sign], "words": item.words, "colour": ""}
    colour = COLOURS.get(item.sign, item.colour)
    shown = on_paper(colour if "(" in colour else f"var(--chart-{colour})", ground=PRINT_PAPER)
    return {"sign": "pill" if item.sign == "capsule" else "patch", "words": item.words, "colour": shown}


def heat(found: Mapping[str, Any]) -> Part:
    """A table whose cells are shaded by their step."""
    rows = [
        {"name": row["name"], "cells": [{"text": c["text"], "level": c["level"]} for c in row["cells"]]}
        for row in found["rows"]
    ]
    return {"kind": "heat", "columns": [name.replace("\u00ad", "") for name in found["columns"]], "rows": rows}


def findings(rows: Iterable[Mapping[str, Any]]) -> Part:
    kept = ("severity_name", "severity", "message", "hint", "place", "code")
    return {"kind": "findings", "rows": [{name: row[name] for name in kept} for row in rows]}
