"""Chapter 3: the plan by jurisdiction, each milestone with what binds it, and the clocks in use."""

from __future__ import annotations

from collections.abc import Sequence

from onepill.reports.charts import gantt_chart, market_class
from onepill.reports.context import Context, Row, View
from onepill.reports.footnotes import grade_of
from onepill.reports.numerals import number, of_hundred, percent

MOST_BINDING = 3
SMALLEST_BINDING = 0.005


def review_view(context: Context) -> View:
    """The chapter's content; empty when the document has no milestone."""
    if not context.milestones:
        return {}
    return {
        "lede": _lede(context),
        "chart": gantt_chart(context.passport, context.words, context.numerals),
        "groups": milestone_groups(context),
        "clocks": [_clock(context, row) for row in context.passport.get("clocks") or ()],
    }


def _lede(context: Context) -> str:
    """Which work sets the days still open."""
    tops = {m: _top(context.approval(m) or {}) for m in context.open_markets}
    tops = {m: top for m, top in tops.items() if top}
    if not tops:
        return context.words("review.lede_none") if not context.open_markets else ""
    market, (activity, share) = next(iter(tops.items()))
    name = context.activity_name(activity)
    values = {"name": name, "place": context.words.either("place", market), "count": of_hundred(share)}
    shared = len(tops) > 1 and len({top[0] for top in tops.values()}) == 1
    return context.words("review.lede_all" if shared else "review.lede_one", **values)


def _top(milestone: Row) -> tuple[str, float] | None:
    rows = [(str(b["activity"]), float(b["share"])) for b in milestone.get("binding") or () if b.get("share")]
    return max(rows, key=lambda row: row[1], default=None)


def milestone_groups(context: Context) -> list[View]:
    """Milestones by jurisdiction, in the order of the document; the shared ones under development."""
    places = dict.fromkeys(m.get("jurisdiction") for m in context.milestones)
    return [
        {
            "css": market_class(place),
            "name": context.place(place),
            "rows": [_milestone(context, m) for m in context.milestones if m.get("jurisdiction") == place],
        }
        for place in places
    ]


def _milestone(context: Context, row: Row) -> View:
    actual = row.get("status") == "actual"
    never = not actual and not row.get("p50")
    p10, p50, p90 = (row.get(k) or "" for k in ("p10", "p50", "p90"))
    return {
        "name": context.label(row),
        "marks": context.milestone_marks(row),
        "actual": actual,
        "state": context.words("state.actual" if actual else "state.simulated"),
        "chance": "" if actual else percent(row.get("prob"), 1),
        "p10": "" if actual else p10 or "–",
        "p50": p50 or "–",
        "p90": "" if actual else p90 or "–",
        "never": context.words("review.never") if never else "",
        "binds": [] if actual else binding(context, row),
        "span": "" if actual or never else context.words("review.span", p10=p10, p90=p90),
    }


def binding(context: Context, row: Row) -> list[View]:
    """What binds a milestone, largest share first, as places along a bar of one."""
    rows: Sequence[Row] = sorted(row.get("binding") or (), key=lambda b: -(b.get("share") or 0.0))
    shown = [b for b in rows if (b.get("share") or 0.0) >= SMALLEST_BINDING][:MOST_BINDING]
    parts, start = [], 0.0
    for part in shown:
        width = min(part["share"], 1.0) * 100
        parts.append({"name": context.activity_name(str(part["activity"])), "share": percent(part["share"]), "at": start,
                      "width": min(width, 100 - start)})
        start = min(start + width, 100.0)
    return parts


def _clock(context: Context, row: Row) -> View:
    words = context.words
    grade = grade_of(row)
    name = words.text(row.get("name")) or str(row["rule"])
    marks = context.notes.source(row.get("source"), grade=grade, used_for=str(row["rule"]))
    return {
        "name": name,
        "rule": row["rule"],
        "css": market_class(row.get("jurisdiction")),
        "nature": words.either("nature", row.get("nature") or "–"),
        "value": _clock_value(context, row),
        "version": _version(context, row),
        "used_as": words.either("used_as", row.get("used_as") or "–"),
        "grade": grade,
        "grade_name": words(f"grade.{grade}"),
        "marks": marks or context.notes.path(row["rule"]),
    }


def _clock_value(context: Context, row: Row) -> str:
    value, unit = row.get("value"), row.get("unit")
    if value is None:
        return "–"
    shown = number(value, 0 if float(value).is_integer() else 1) if isinstance(value, int | float) else str(value)
    return context.words("review.clock_value", value=shown, unit=context.words.either("unit", unit)) if unit else shown


def _version(context: Context, row: Row) -> str:
    """Since when a version is in force, or since when it is attested."""
    attested = row.get("attested")
    attested = attested[0] if isinstance(attested, list) and attested else attested
    if row.get("from"):
        return context.words("review.from", day=row["from"])
    if row.get("start_unknown"):
        return context.words("review.start_unknown")
    return context.words("review.attested", day=attested) if attested else "–"
