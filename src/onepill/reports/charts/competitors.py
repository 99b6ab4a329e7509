"""The competitors' way: since when each agent has stood at which stage, the furthest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts.frame import (
    AXIS,
    GRID,
    INK,
    INK_2,
    INK_3,
    WIDE_PX,
    Canvas,
    Chart,
    LegendItem,
    Spec,
    Twin,
    document,
    draw,
)
from onepill.reports.charts.lettering import width_px
from onepill.reports.charts.panels import Panel, boxes, lines, words_at
from onepill.reports.charts.ticks import day_number, year_starts
from onepill.reports.numerals import number

STAGE_LEVELS = {
    "phase_1": 1,
    "early_phase_1": 1,
    "phase_1_2": 1,
    "phase_2": 2,
    "phase_2_3": 2,
    "phase_3": 3,
    "preapproval": 3,
    "approval": 4,
}
"""The step of the one hue by stage; what is before humans has the palest."""
LEVELS = (("phase_1", 1), ("phase_2", 2), ("phase_3", 3), ("approval", 4))
LONGEST_YEARS = 20
SHORTEST_YEARS = 3
DAYS_A_YEAR = 365.2425
AXIS_PX = 20.0


@dataclass(frozen=True)
class _Layout:
    line_px: float
    names_px: float
    states_px: float
    bar_px: float
    bar_down_px: float


WIDE = _Layout(line_px=26, names_px=164, states_px=166, bar_px=14, bar_down_px=13)
NARROW = _Layout(line_px=42, names_px=0, states_px=0, bar_px=14, bar_down_px=30)


@dataclass(frozen=True)
class Stretch:
    """A time at one stage, in day numbers; `is_cut` where it began before the drawing does."""

    row: int
    stage: str
    begin: int
    end: int
    is_listed: bool
    is_cut: bool


def span_of(timeline: Mapping[str, Any]) -> tuple[int, int]:
    """First and last day of the drawing: up to the day asked for, at most twenty years back and at least three."""
    last = day_number(timeline["as_of"])
    first = min(day_number(way["milestones"][0]["day"]) for way in timeline["ways"])
    longest, shortest = (round(last - years * DAYS_A_YEAR) for years in (LONGEST_YEARS, SHORTEST_YEARS))
    return min(max(first - 60, longest), shortest), last


def stretches_of(timeline: Mapping[str, Any]) -> list[Stretch]:
    """Every agent's times at its stages that reach into the drawing; each ends where the next begins."""
    first, last = span_of(timeline)
    found = []
    for row, way in enumerate(timeline["ways"]):
        days = [day_number(one["day"]) for one in way["milestones"]]
        for one, begin, end in zip(way["milestones"], days, [*days[1:], last], strict=True):
            if end >= first:
                shown = Stretch(row, one["stage"], max(begin, first), end, bool(one["is_listed"]), begin < first)
                found.append(shown)
    return found


def competitors_chart(timeline: Mapping[str, Any] | None, words: Catalogue) -> Chart | None:
    """The timeline of a document, or None where there is none or it holds no agent."""
    if not timeline or not timeline["ways"]:
        return None
    wide, narrow = draw(lambda canvas: _definition(timeline, canvas, words), wide_px=WIDE_PX, lang=words.lang)
    ways = timeline["ways"]
    agents = number(timeline["agents"])
    shown = words("competitors.subtitle", shown=len(ways), agents=agents, day=timeline["as_of"])
    return Chart(
        id="competitors",
        title=words("competitors.title"),
        subtitle=words.join([shown, words("competitors.within") if timeline["within_conditions"] else ""]),
        label=_label(timeline, words),
        wide_svg=wide,
        narrow_svg=narrow,
        twin=_twin(timeline, words),
        legend=_legend(timeline, words),
    )


def _definition(timeline: Mapping[str, Any], canvas: Canvas, words: Catalogue) -> Spec:
    layout, ways = (NARROW if canvas.narrow else WIDE), timeline["ways"]
    panel = Panel(
        left_px=layout.names_px + 2,
        top_px=AXIS_PX,
        width_px=canvas.width_px - layout.names_px - layout.states_px - 4,
        height_px=layout.line_px * len(ways),
        x=span_of(timeline),
        y=(len(ways), 0),
    )
    stretches = [_bar(one, panel, layout) for one in stretches_of(timeline)]
    known = [bar for bar in stretches if not bar["is_listed"]]
    listed = [{**bar, "colour": "var(--paper)"} for bar in stretches if bar["is_listed"]]
    layers = [
        *_years(panel),
        boxes(known, stroke=AXIS, strokeWidth=0.5),
        boxes(listed, stroke=INK_2, strokeWidth=1, strokeDash=[3, 2]),
        *_inside([*known, *listed], canvas, words),
        *_beside(timeline, panel, layout, canvas, words),
    ]
    height = panel.bottom_px + 4
    return document(layers, canvas=canvas, height_px=height, padding={"left": 0, "right": 0, "top": 0, "bottom": 0})


def _bar(one: Stretch, panel: Panel, layout: _Layout) -> dict[str, Any]:
    middle = panel.top_px + one.row * layout.line_px + layout.bar_down_px
    level = STAGE_LEVELS.get(one.stage, 0)
    left = panel.x_px(one.begin)
    return {
        "x": left,
        "x2": max(panel.x_px(one.end), left + 2),
        "y": middle - layout.bar_px / 2,
        "y2": middle + layout.bar_px / 2,
        "colour": f"var(--heat-{level})",
        "stage": one.stage,
        "ink": "var(--heat-ink-strong)" if level > 2 and not one.is_listed else "var(--heat-ink)",
        "is_listed": one.is_listed,
    }


def _years(panel: Panel) -> list[Spec]:
    about = 10 if panel.width_px > 400 else 6
    starts = [(panel.x_px(day), year) for day, year in year_starts(int(panel.x[0]), int(panel.x[1]), about=about)]
    rules = [{"x": x, "x2": x, "y": panel.top_px, "y2": panel.bottom_px} for x, _ in starts]
    named = [(x, year) for x, year in starts if panel.left_px + 8 < x < panel.right_px - 8]
    heads = [{"x": x, "y": AXIS_PX / 2, "text": year} for x, year in named]
    return [lines(rules, stroke=GRID), words_at(heads, align="center", colour=INK_3)]


def _inside(bars: list[dict[str, Any]], canvas: Canvas, words: Catalogue) -> list[Spec]:
    """The stage in each stretch that has room for it, so that no stage is told by its colour alone."""
    layers = []
    for ink in ("var(--heat-ink)", "var(--heat-ink-strong)"):
        told = []
        for bar in (bar for bar in bars if bar["ink"] == ink):
            code = words(f"stage_short.{bar['stage']}")
            if width_px(code, letters_px=canvas.letters_px) + 6 <= bar["x2"] - bar["x"]:
                told.append({"x": bar["x"] + 4, "y": (bar["y"] + bar["y2"]) / 2, "text": code})
        layers.append(words_at(told, colour=ink))
    return layers


def _beside(timeline: Mapping[str, Any], panel: Panel, layout: _Layout, canvas: Canvas, words: Catalogue) -> list[Spec]:
    """Names with origins to the left and where each stands to the right; on a narrow page both above the bar."""
    names: list[dict[str, Any]] = []
    own: list[dict[str, Any]] = []
    states: list[dict[str, Any]] = []
    for row, way in enumerate(timeline["ways"]):
        y = panel.top_px + row * layout.line_px + (11 if canvas.narrow else layout.bar_down_px)
        named = {"x": 2, "y": y, "text": way_name(way, words)}
        (own if way["is_own"] else names).append(named)
        states.append({"x": canvas.width_px - 2, "y": y, "text": standing(way, words)})
    limit = canvas.width_px * 0.52 if canvas.narrow else layout.names_px - 8
    end = canvas.width_px * 0.44 if canvas.narrow else layout.states_px - 8
    return [
        words_at(names, colour=INK, limit_px=limit),
        words_at(own, colour=INK, strong=True, limit_px=limit * 0.95),
        words_at(states, align="right", colour=INK_2, limit_px=end),
    ]


def way_name(way: Mapping[str, Any], words: Catalogue) -> str:
    """An agent's name with its country of origin where that is known; the programme's own is pointed at."""
    name = f"{way['name']} · {way['origin']}" if way["origin"] else str(way["name"])
    return words("competitors.own", name=name) if way["is_own"] else name


def standing(way: Mapping[str, Any], words: Catalogue) -> str:
    """Where an agent stands since which day, or that only a list without days tells it."""
    last = way["milestones"][-1]
    key = "competitors.listed" if last["is_listed"] else "competitors.standing"
    return words(key, stage=words.text(last["stage_name"]), day=last["day"])


def _legend(timeline: Mapping[str, Any], words: Catalogue) -> tuple[LegendItem, ...]:
    passed = {one["stage"] for way in timeline["ways"] for one in way["milestones"]}
    used = {STAGE_LEVELS.get(stage, 0) for stage in passed}
    items = [
        LegendItem("swatch", words(f"stage.{stage}"), f"var(--heat-{level})")
        for stage, level in LEVELS
        if level in used
    ]
    if any(one["is_listed"] for way in timeline["ways"] for one in way["milestones"]):
        items.append(LegendItem("swatch", words("competitors.legend_listed"), "var(--paper)"))
    return tuple(items)


def _label(timeline: Mapping[str, Any], words: Catalogue) -> str:
    said = [f"{way_name(way, words)}: {standing(way, words)}" for way in timeline["ways"][:5]]
    return words("competitors.label", count=len(timeline["ways"]), said=words("list.semicolon").join(said))


def _twin(timeline: Mapping[str, Any], words: Catalogue) -> Twin:
    columns = tuple(words(f"column.{name}") for name in ("agent", "origin", "stage", "since", "records"))
    rows = [
        (
            str(way["name"]),
            way["origin"] or "–",
            words.text(one["stage_name"]) + (words("competitors.list_only") if one["is_listed"] else ""),
            one["day"],
            _records(one["records"]),
        )
        for way in timeline["ways"]
        for one in way["milestones"]
    ]
    return Twin(columns, tuple(rows), left_columns=len(columns))


def _records(records: Sequence[str]) -> str:
    """The first records of a day, by their publishers' ids, and how many more there are."""
    return ", ".join(records[:2]) + (f" +{len(records) - 2}" if len(records) > 2 else "")
