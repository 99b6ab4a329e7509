"""The founding question: what do a document's measures do for one pill, aspect by aspect, in days, money, patients?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from onepill.reports.context import Context, Row, View
from onepill.reports.ranges import DAYS, MONEY, PATIENTS, limits_words, shown
from onepill.reports.views.chapters import ASPECTS
from onepill.reports.views.policies import days_place, milestone_name, most_moved
from onepill.reports.views.tracks import Track, track_axis


def one_pill_views(context: Context) -> list[View]:
    """One page per policy of the document."""
    return [_page(context, row, f"/policies/{i}") for i, row in enumerate(context.passport.get("policies") or ())]


def _page(context: Context, row: Row, at: str) -> View:
    words, together = context.words, row["together"]
    document, rows = row.get("measures_in_document"), list(row["measures"])
    counted = {
        "total": len(rows),
        "applies": sum(m["applies"] for m in rows),
        "quantified": sum(m["applies"] and isinstance(m["alone"], Mapping) for m in rows),
    }
    counts = {name: context.told(str(count), f"{at}/measures") for name, count in counted.items()}
    known = "one_pill.counts" if document else "one_pill.counts_on_file"
    return {
        "title": words("one_pill.title", count=document) if document else words("one_pill.title_any"),
        "name": context.label(row),
        "id": row["id"],
        "marks": context.notes.source(row.get("source"), grade=None, used_for=str(row["id"])),
        "counts": context.says(known, document=document, **counts),
        "figures": _figures(context, together, f"{at}/together"),
        "timeline": _timeline(context, row.get("timeline") or (), f"{at}/timeline"),
        "aspects": [_aspect(context, a, f"{at}/aspects/{i}") for i, a in enumerate(row.get("aspects") or ())],
        "not_captured": words.text(row.get("not_captured")),
    }


def _figures(context: Context, together: Row, at: str) -> list[View]:
    """Days, patients, value and subsidies of all measures together."""
    words = context.words
    days, milestone = most_moved(context, together)
    year = _last_year(context)
    money, subsidy = together["rnpv_gain_usd"], together.get("subsidy_usd")
    about = (
        ("days", milestone or words("one_pill.nothing"), days_place(together), shown(days, DAYS)),
        (
            "patients",
            words("one_pill.patients_by", year=year),
            "patients_gain",
            shown(together["patients_gain"], PATIENTS),
        ),
        ("value", words("one_pill.value_note"), "rnpv_gain_usd", shown(money, MONEY)),
    )
    figures = [{"label": words(f"one_pill.{name}"), "sub": sub, "at": key, **told} for name, sub, key, told in about]
    if subsidy:
        figures.append(
            {
                "label": words("one_pill.subsidy"),
                "sub": words("one_pill.subsidy_note"),
                **shown(subsidy, MONEY),
                "at": "subsidy_usd",
            }
        )
    return [_leading(context, figure, f"{at}/{figure['at']}") for figure in figures]


def _leading(context: Context, figure: View, at: str) -> View:
    """A figure and its limits as links to where they stand in the document."""
    limits = context.told(limits_words(figure, context.words), f"{at}/low")
    return {**figure, "estimate": context.estimate(figure["estimate"], at), "limits": limits}


def _last_year(context: Context) -> str:
    first, years = int(str(context.passport["as_of"])[:4]), int(context.passport["capital"]["horizon_years"])
    return str(first + years - 1)


def _timeline(context: Context, rows: Sequence[Row], at: str) -> View | None:
    """Each milestone ahead, without the measures and with them, on one axis."""
    dated = [{**r, "at": f"{at}/{i}"} for i, r in enumerate(rows) if r["without"]["p50"] and r["with"]["p50"]]
    if not dated:
        return None
    dated.sort(key=lambda r: r["without"]["p50"])
    ends = [str(r[side][p]) for r in dated for side in ("without", "with") for p in ("p10", "p90")]
    axis = track_axis(ends, str(context.passport["as_of"]))
    ids = {m["id"]: m for m in context.milestones}
    found = [
        {
            "name": milestone_name(context, ids.get(r["id"]), str(r["id"])),
            "without": Track.of(r["without"], axis),
            "with": Track.of(r["with"], axis),
            "without_day": context.told(context.numerals.month_column(r["without"]["p50"]), f"{r['at']}/without/p50"),
            "with_day": context.told(context.numerals.month_column(r["with"]["p50"]), f"{r['at']}/with/p50"),
            "moves": r["without"] != r["with"],
        }
        for r in dated
    ]
    return {"axis": axis, "rows": found}


def _aspect(context: Context, row: Row, at: str) -> View:
    """One aspect: its counts, and what those of its measures that are in numbers do together."""
    words, effect = context.words, row["effect"]
    counts = words("one_pill.aspect_counts", **{key: row[key] for key in ("measures", "applies", "quantified")})
    view: dict[str, Any] = {
        "number": row["aspect"],
        "name": words(f"aspect_short.{ASPECTS[row['aspect'] - 1]}"),
        "counts": counts if row["measures"] else words("policy.no_measure"),
        "cells": None,
    }
    if not isinstance(effect, Mapping):
        return view
    days, milestone = most_moved(context, effect)
    kinds = [
        ("patients_gain", PATIENTS),
        ("rnpv_gain_usd", MONEY),
        *([("subsidy_usd", MONEY)] if effect["subsidy_usd"] else []),
    ]
    cells = [(days_place(effect), shown(days, DAYS)), *((key, shown(effect[key], kind)) for key, kind in kinds)]
    view["cells"] = [_leading(context, cell, f"{at}/effect/{key}") for key, cell in cells]
    view["milestone"] = milestone
    return view
