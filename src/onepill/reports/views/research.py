"""Chapter 1: who else is on the same targets, out of a loaded warehouse."""

from __future__ import annotations

from onepill.reports.charts import Chart
from onepill.reports.charts.competitors import competitors_chart
from onepill.reports.charts.entrants import entrants_chart
from onepill.reports.context import Context, Row
from onepill.reports.numerals import percent


def landscape_rows(context: Context) -> list[tuple[str, str]]:
    """The competitors, the drug's own place and what that rests on, as label and text; empty without a warehouse."""
    chapters = context.passport.get("chapters") or ()
    found = next((row["landscape"] for row in chapters if row.get("landscape")), None)
    if found is None:
        return []
    words = context.words
    rests = words("landscape.coverage", generation=found["generation"], share=percent(found["world_class_share"], 0))
    return [
        (words("landscape.on"), _rivals(context, found)),
        (words("landscape.own"), _own(context, found)),
        (words("landscape.rests"), rests),
    ]


def landscape_charts(context: Context) -> list[Chart]:
    """Who came how far when, and entrants by origin; none without a warehouse, or where it knows no drug."""
    chapters = context.passport.get("chapters") or ()
    pictures = next((row["landscape"].get("pictures") for row in chapters if row.get("landscape")), None)
    if not pictures:
        return []
    charts = (
        competitors_chart(pictures["timeline"], context.words),
        entrants_chart(pictures["entrants"], context.words),
    )
    return [chart for chart in charts if chart]


def _rivals(context: Context, found: Row) -> str:
    words, rivals = context.words, found["rivals"]
    if not rivals:
        return words("landscape.none", day=found["as_of"])
    count = words("landscape.count", n=found["rivals_known"], shown=len(rivals), day=found["as_of"])
    named = [
        words("landscape.rival", name=row["name"], stage=words.text(row["stage_name"]), day=row["reached"])
        for row in rivals
    ]
    return words("list.semicolon").join([count, *named])


def _own(context: Context, found: Row) -> str:
    if not found["own"]:
        return context.words("landscape.own_unknown", day=found["as_of"])
    return str(context.words.text(found["own"]["tag_reason"]))
