"""Chapter 3: the plan by jurisdiction, each milestone with what binds it, and the clocks in use."""

from __future__ import annotations

from collections.abc import Sequence

from onepill.reports.charts import gantt_chart, market_class
from onepill.reports.context import Context, Row, View
from onepill.reports.footnotes import grade_of
from onepill.reports.numerals import number, of_hundred, percent
from onepill.reports.said_values import printed_value
from onepill.reports.views.agencies import dossiers_view, gates_view, log_view, risks_view

MOST_BINDING = 3
SMALLEST_BINDING = 0.02


def review_view(context: Context) -> View:
    """The chapter's content; empty when the document has no milestone."""
    if not context.milestones:
        return {}
    return {
        "lede": _lede(context),
        "chart": context.drawn(gantt_chart(context.passport, context.words, context.numerals), "/milestones"),
        "groups": milestone_groups(context),
        "clocks": [_clock(context, row, i) for i, row in enumerate(context.passport.get("clocks") or ())],
        "gates": gates_view(context),
        "dossiers": dossiers_view(context),
        "risks": risks_view(context),
        "log": log_view(context),
    }


def _lede(context: Context) -> str:
    """Which work sets the days still open."""
    tops = [(m, top) for m in context.open_markets if (top := _top(m.approval or {}))]
    if not tops:
        return context.words("review.lede_none") if not context.open_markets else ""
    market, top = tops[0]
    name = context.activity_name(str(top["activity"]))
    place = context.words.place(market.jurisdiction)
    values = {"name": name, "place": place, "count": of_hundred(min(top.get("share") or 0.0, 1.0))}
    is_shared = len(tops) > 1 and len({t["activity"] for _, t in tops}) == 1
    values["count"] = context.told(str(values["count"]), _bound_at(context, market.approval or {}, top))
    lede = context.says("review.lede_all" if is_shared else "review.lede_one", **values)
    return context.join([lede, _days_of_wait(context, market.approval or {}, top)])


def _bound_at(context: Context, milestone: Row, top: Row) -> str:
    """The place of what binds a milestone."""
    return f"/milestones/{context.milestones.index(milestone)}/binding/{milestone['binding'].index(top)}"


def _days_of_wait(context: Context, milestone: Row, top: Row) -> str:
    """How much of the wait the binding work makes up, where the document counts it in days."""
    total = sum(weights := [b.get("mean_days") or 0.0 for b in milestone.get("binding") or ()])
    if not total or not any(weights):
        return ""
    at = _bound_at(context, milestone, top)
    days, whole = context.told(number(top["mean_days"]), at), context.told(number(total), at.rpartition("/")[0])
    return context.says("review.lede_days", days=days, total=whole)


def _top(milestone: Row) -> Row | None:
    """The row that binds most: by days on the critical path where they are counted, else by share of futures."""
    rows = [b for b in milestone.get("binding") or () if b.get("share")]
    return max(rows, key=weight_of, default=None)


def weight_of(row: Row) -> float:
    """Mean days that work adds to the critical path, else the share of futures in which it lies there."""
    days = row.get("mean_days")
    return float(days if days is not None else row.get("share") or 0.0)


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
    at, index = f"milestones.{row['id']}", context.milestones.index(row)
    p10, p50, p90 = (context.told(row.get(k) or "", f"{at}.{k}") for k in ("p10", "p50", "p90"))
    return {
        "name": context.label(row),
        "marks": context.milestone_marks(row),
        "actual": actual,
        "state": context.words("state.actual" if actual else "state.simulated"),
        "chance": "" if actual else context.told(percent(row.get("prob"), 1), f"{at}.prob"),
        "p10": "" if actual else p10 or "–",
        "p50": p50 or "–",
        "p90": "" if actual else p90 or "–",
        "never": context.words("review.never") if never else "",
        "binds": [] if actual else binding(context, row, f"/milestones/{index}/binding"),
        "span": "" if actual or never else context.says("review.span", p10=p10, p90=p90),
    }


def binding(context: Context, row: Row, at: str) -> list[View]:
    """What binds a milestone, most first, as parts of a bar of the whole wait (or of all futures); `at`: its place."""
    rows: Sequence[Row] = sorted(row.get("binding") or (), key=lambda b: -weight_of(b))
    total = sum(weight_of(b) for b in rows)
    whole = total if any(b.get("mean_days") is not None for b in rows) else max(total, 1.0)
    shown = [b for b in rows if whole and weight_of(b) / whole >= SMALLEST_BINDING][:MOST_BINDING]
    parts, start = [], 0.0
    for part in shown:
        width = weight_of(part) / whole * 100
        parts.append(
            {
                "name": context.activity_name(str(part["activity"])),
                "share": context.told(_bound(context, part), f"{at}/{row['binding'].index(part)}")
                if at
                else _bound(context, part),
                "at": start,
                "width": width,
            }
        )
        start += width
    return parts


def _bound(context: Context, part: Row) -> str:
    if part.get("mean_days") is None:
        return percent(part["share"])
    return context.words("review.days", days=number(part["mean_days"]))


def _clock(context: Context, row: Row, index: int) -> View:
    words, at = context.words, f"/clocks/{index}"
    grade = grade_of(row)
    name = words.text(row.get("name")) or str(row["rule"])
    marks = context.notes.source(row.get("source"), grade=grade, used_for=str(row["rule"]))
    return {
        "name": name,
        "rule": row["rule"],
        "css": market_class(row.get("jurisdiction")),
        "nature": words.either("nature", row.get("nature") or "–"),
        "value": context.told(_clock_value(context, row), f"{at}/value"),
        "version": context.told(_version(context, row), f"{at}/from", f"{at}/attested"),
        "used_as": words.either("used_as", row.get("used_as") or "–"),
        "grade": grade,
        "grade_name": words(f"grade.{grade}"),
        "marks": marks or context.notes.path(row["rule"]),
        "behind": context.told(_behind(context, row.get("review") or {}), f"{at}/review"),
    }


def _behind(context: Context, review: Row) -> str:
    """The reviews behind a review time and how the back-test of its step went; empty for a rule."""
    tested = review.get("validated")
    if not tested:
        return ""
    words, forward = context.words, tested["forward_coverage_p10_p90"]
    shown = {"n": number(review["n"]), "day": review["knows_through"]}
    shown |= {"covered": percent(tested["coverage_p10_p90"], 1), "tested": number(tested["n"])}
    said = [words("review.model", **shown)]
    if forward is not None:
        values = {"covered": percent(forward, 1), "tested": number(tested["forward_n"])}
        said.append(words("review.model_forward", **values))
    return words.join(said)


def _clock_value(context: Context, row: Row) -> str:
    value, unit = row.get("value"), row.get("unit")
    if value is None:
        return "–"
    shown = _spread(value) if isinstance(value, dict) else printed_value(value)
    return context.words("review.clock_value", value=shown, unit=context.words.either("unit", unit)) if unit else shown


def _spread(value: Row) -> str:
    """A performance distribution: its middle, and its ends in brackets."""
    middle = value.get("p50", value.get("mode"))
    ends = [value.get(k) for k in (("p10", "p90") if "p10" in value else ("low", "high"))]
    if None in ends:
        return printed_value(value)
    said = f"{printed_value(ends[0])}–{printed_value(ends[1])}"
    return said if middle is None else f"{printed_value(middle)} ({said})"


def _version(context: Context, row: Row) -> str:
    """Since when a version is in force, or since when it is attested."""
    attested = row.get("attested")
    attested = attested[0] if isinstance(attested, list) and attested else attested
    if row.get("from"):
        return context.words("review.from", day=row["from"])
    if row.get("start_unknown"):
        return context.words("review.start_unknown")
    return context.words("review.attested", day=attested) if attested else "–"
