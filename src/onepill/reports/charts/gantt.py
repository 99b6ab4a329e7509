"""The plan by jurisdiction: facts are diamonds, simulated days capsules from p10 to p90 that change at the median."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts.frame import (
    INK,
    INK_3,
    PAST,
    WIDE_PX,
    Canvas,
    Chart,
    LegendItem,
    Spec,
    Twin,
    document,
    draw,
    layer,
    market_colour,
    nominal_colour,
    row_position,
    text,
)
from onepill.reports.charts.gantt_rows import GanttRow, gantt_rows
from onepill.reports.charts.ticks import day_number, year_starts
from onepill.reports.numerals import Numerals, percent

PAST_DAYS = 900  # facts older than this stand at the left edge, their day in the column at the right
MARGIN_DAYS = 60


@dataclass(frozen=True)
class _Layout:
    step_px: float
    first_px: float
    last_px: float
    bar_dy: float
    word_dy: float
    head_dy: float
    bar_px: float = 10


WIDE = _Layout(step_px=24, first_px=232, last_px=705, bar_dy=0, word_dy=0, head_dy=0)
NARROW = _Layout(step_px=42, first_px=6, last_px=352, bar_dy=10, word_dy=-9, head_dy=6)


def gantt_chart(passport: Mapping[str, Any], words: Catalogue, numerals: Numerals) -> Chart | None:
    """The Gantt chart of a passport, or None when nothing has a day."""
    rows = gantt_rows(
        passport, words.text, lambda group: words.either("group" if group == "development" else "jurisdiction", group)
    )
    dated = [row for row in rows if row.p50]
    if not dated:
        return None
    as_of = str(passport["as_of"])
    span = _span(dated, as_of)
    values = [_value(i, row, span, words) for i, row in enumerate(rows)]
    wide, narrow = draw(
        lambda canvas: _definition(values, span, as_of, canvas, words), wide_px=WIDE_PX, lang=words.lang
    )
    return Chart(
        id="gantt",
        title=words("gantt.title"),
        subtitle=words("gantt.subtitle"),
        label=_label(dated, words, numerals),
        wide_svg=wide,
        narrow_svg=narrow,
        twin=_twin(rows, words),
        legend=_legend(words, as_of),
    )


def _span(rows: Sequence[GanttRow], as_of: str) -> tuple[int, int]:
    """First and last day number of the axis."""
    today = day_number(as_of)
    days = [day_number(d) for row in rows for d in (row.begin, row.p10, row.p90) if d]
    first = max(min([*days, today - 180]), today - PAST_DAYS)
    return first - MARGIN_DAYS, max([*days, today + 365]) + MARGIN_DAYS


def _value(index: int, row: GanttRow, span: tuple[int, int], words: Catalogue) -> dict[str, Any]:
    """One row of the drawing: places as day numbers (cut at the left edge), words as printed."""
    days = {name: _place(getattr(row, name), span[0]) for name in ("begin", "p10", "p50", "p90")}
    chance = "" if row.is_head else words("state.actual") if row.is_fact else percent(row.prob)
    colour = market_colour(row.jurisdiction)
    kind = "head" if row.is_head else "fact" if row.is_fact else "days" if row.p50 else "never"
    early = bool(row.is_fact and row.p50 and day_number(row.p50) < span[0])
    return {
        "row": index,
        "name": row.name,
        "kind": kind,
        "early": early,
        "colour": colour,
        "date": row.p50 or "",
        "chance": chance,
        **days,
    }


def _place(iso: str | None, first: int) -> int | None:
    return None if iso is None else max(day_number(iso), first)


def _definition(
    values: list[dict[str, Any]], span: tuple[int, int], as_of: str, canvas: Canvas, words: Catalogue
) -> Spec:
    """The chart in the Vega-Lite grammar."""
    layout = NARROW if canvas.narrow else WIDE
    y, x = row_position(len(values)), _x_axis(span, layout)
    height = layout.step_px * len(values)
    layers = [
        *_ground(span, as_of, x, height),
        *_work(values, as_of, y, layout),
        *_capsules([v for v in values if v["kind"] == "days"], y, layout),
        *_facts([v for v in values if v["kind"] == "fact"], y, layout),
        *_names(values, y, layout, canvas),
        *_columns(values, y, layout, canvas, words),
    ]
    return document(layers, canvas=canvas, height_px=height, padding={"left": 0, "right": 0, "top": 24, "bottom": 2})


def _x_axis(span: tuple[int, int], layout: _Layout) -> Spec:
    years = year_starts(*span, about=10 if layout is WIDE else 5)
    names = ",".join(f"'{day}':'{year}'" for day, year in years)
    axis = {
        "orient": "top",
        "values": [day for day, _ in years],
        "labelExpr": f"({{{names}}})[datum.value]",
        "domain": False,
        "grid": True,
    }
    scale = {"domain": list(span), "range": [layout.first_px, layout.last_px], "zero": False, "nice": False}
    return {"type": "quantitative", "scale": scale, "axis": axis}


def _ground(span: tuple[int, int], as_of: str, x: Spec, height: float) -> list[Spec]:
    today = day_number(as_of)
    past = layer(
        {"type": "rect", "fill": PAST}, [{"from": span[0], "to": today}], x={"field": "from", **x}, x2={"field": "to"}
    )
    line = layer(
        {"type": "rule", "stroke": INK, "strokeDash": [2, 2]}, [{"day": today}], x="day", y=0, y2={"value": height}
    )
    return [past, line]


def _work(values: list[dict[str, Any]], as_of: str, y: Spec, layout: _Layout) -> list[Spec]:
    """Thin from the median start to the median end, thick where time has passed already."""
    today = day_number(as_of)
    lines = [v for v in values if v["kind"] == "days" and v["begin"] is not None and v["begin"] < v["p50"]]
    elapsed = [{**v, "until": min(today, v["p50"])} for v in lines if v["begin"] < today]
    offset = {"yOffset": layout.bar_dy}
    thin = layer(
        {"type": "rule", "strokeWidth": 1.25, **offset},
        lines,
        x="begin",
        x2={"field": "p50"},
        y=y,
        color=nominal_colour(),
    )
    thick = layer(
        {"type": "rule", "strokeWidth": 4, "strokeCap": "round", **offset},
        elapsed,
        x="begin",
        x2={"field": "until"},
        y=y,
        color=nominal_colour(),
    )
    return [thin, thick]


def _capsules(values: list[dict[str, Any]], y: Spec, layout: _Layout) -> list[Spec]:
    radius = layout.bar_px / 2
    bar = {"type": "bar", "height": layout.bar_px, "yOffset": layout.bar_dy}
    ground = layer({**bar, "cornerRadius": radius, "color": "var(--paper)"}, values, x="p10", x2={"field": "p90"}, y=y)
    outer = layer(
        {**bar, "cornerRadius": radius, "fillOpacity": 0.2, "strokeWidth": 1},
        values,
        x="p10",
        x2={"field": "p90"},
        y=y,
        fill=nominal_colour(),
        stroke=nominal_colour(),
    )
    inner = layer(
        {**bar, "cornerRadiusTopLeft": radius, "cornerRadiusBottomLeft": radius},
        values,
        x="p10",
        x2={"field": "p50"},
        y=y,
        fill=nominal_colour(),
    )
    median = layer(
        {
            "type": "tick",
            "orient": "vertical",
            "size": layout.bar_px + 5,
            "thickness": 1.5,
            "color": INK,
            "yOffset": layout.bar_dy,
        },
        values,
        x="p50",
        y=y,
    )
    return [ground, outer, inner, median]


def _facts(values: list[dict[str, Any]], y: Spec, layout: _Layout) -> list[Spec]:
    mark = {"type": "point", "filled": True, "fill": INK, "opacity": 1, "size": 70, "yOffset": layout.bar_dy}
    there = layer({**mark, "shape": "diamond"}, [v for v in values if not v["early"]], x="p50", y=y)
    before = layer({**mark, "shape": "triangle-left"}, [v for v in values if v["early"]], x="p50", y=y)
    return [there, before]


def _names(values: list[dict[str, Any]], y: Spec, layout: _Layout, canvas: Canvas) -> list[Spec]:
    heads = [v for v in values if v["kind"] == "head"]
    rest = [v for v in values if v["kind"] != "head"]
    limit = 190 if canvas.narrow else layout.first_px - 24
    key = layer(
        {"type": "square", "size": 80, "opacity": 1, "yOffset": layout.head_dy}, heads, x=5, y=y, fill=nominal_colour()
    )
    return [
        key,
        text(heads, field="name", colour=INK, strong=True, limit_px=limit, dy=layout.head_dy, x=15, y=y),
        text(rest, field="name", limit_px=limit, dy=layout.word_dy, x=0 if canvas.narrow else 15, y=y),
    ]


def _columns(values: list[dict[str, Any]], y: Spec, layout: _Layout, canvas: Canvas, words: Catalogue) -> list[Spec]:
    """Median and chance at the right, facts in strong ink."""
    at_date, at_chance = (302, 358) if canvas.narrow else (800, 859)
    facts = [v for v in values if v["kind"] == "fact"]
    others = [v for v in values if v["kind"] in ("days", "never")]
    columns = [
        text(facts, field="date", align="right", colour=INK, strong=True, dy=layout.word_dy, x=at_date, y=y),
        text(others, field="date", align="right", colour=INK, dy=layout.word_dy, x=at_date, y=y),
        text([*facts, *others], field="chance", align="right", dy=layout.word_dy, x=at_chance, y=y),
    ]
    heads = [{"text": words("gantt.median"), "at": at_date}, {"text": words("gantt.chance"), "at": at_chance}]
    pixels = {"field": "at", "type": "quantitative", "scale": None}
    return columns if canvas.narrow else [*columns, text(heads, align="right", colour=INK_3, x=pixels, y=-10)]


def _legend(words: Catalogue, as_of: str) -> tuple[LegendItem, ...]:
    return (
        LegendItem("diamond", words("state.actual")),
        LegendItem("capsule", words("gantt.legend_capsule"), "development"),
        LegendItem("work", words("gantt.legend_work"), "development"),
        LegendItem("asof", words("page.as_of", day=as_of)),
    )


def _label(rows: Sequence[GanttRow], words: Catalogue, numerals: Numerals) -> str:
    """The sentence read out in place of the drawing: every approval-like row with its day and chance would be long, so
    the facts and the rows of the longest waits stay in the table; here come the last row of each jurisdiction."""
    last = {row.jurisdiction: row for row in rows if not row.is_fact}
    said = [
        words(
            "gantt.said",
            name=f"{words.either('jurisdiction', j or 'development')}, {row.name}",
            day=row.p50,
            chance=percent(row.prob),
        )
        for j, row in last.items()
    ]
    facts = [words("gantt.said_fact", name=row.name, day=row.p50) for row in rows if row.is_fact]
    return words("gantt.label", said=words("list.semicolon").join([*facts, *said]))


def _twin(rows: Sequence[GanttRow], words: Catalogue) -> Twin:
    columns = tuple(words(f"column.{name}") for name in ("where", "what", "start", "p10", "p50", "p90", "chance"))
    body = [_twin_row(row, words) for row in rows if not row.is_head]
    return Twin(columns, tuple(body), left_columns=2)


def _twin_row(row: GanttRow, words: Catalogue) -> tuple[str, ...]:
    where = words.either("jurisdiction", row.jurisdiction or "development")
    if row.is_fact:
        return (where, row.name, "", "", row.p50 or "", "", words("state.actual"))
    return (where, row.name, row.begin or "", row.p10 or "", row.p50 or "", row.p90 or "", percent(row.prob, 1))
