"""Who came when: agents first seen in humans by year, a panel for each country of origin on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts.frame import (
    INK,
    INK_2,
    INK_3,
    MAIN,
    MAIN_SOFT,
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
from onepill.reports.charts.panels import BREAK, Panel, Tiling, boxes, grid, lines, words_at
from onepill.reports.charts.ticks import ticks
from onepill.reports.numerals import number

NAMED = 4
UNKNOWN, OTHERS = "?", "others"
WIDE, NARROW = Tiling(across=3, height_px=92, left_px=40), Tiling(across=1, height_px=84, left_px=40)
BAR_SHARE = 0.74


@dataclass(frozen=True)
class Series:
    """Entrants of one origin by year; `code` is a country, `others` or `?`."""

    code: str
    name: str
    counts: tuple[int, ...]


def series_of(entrants: Mapping[str, Any], words: Catalogue) -> list[Series]:
    """The four origins with most entrants, the others together, and those of unknown origin, each if there are any."""
    by_code = dict(zip(entrants["origins"], entrants["counts"], strict=True))
    known = sorted((code for code in by_code if code != UNKNOWN), key=lambda code: (-sum(by_code[code]), code))
    found = [Series(code, words.either("jurisdiction", code), tuple(by_code[code])) for code in known[:NAMED]]
    rest = known[NAMED:]
    if rest:
        counts = tuple(map(sum, zip(*(by_code[code] for code in rest), strict=True)))
        found.append(Series(OTHERS, words("entrants.others", count=number(len(rest))), counts))
    if UNKNOWN in by_code:
        found.append(Series(UNKNOWN, words("entrants.unknown"), tuple(by_code[UNKNOWN])))
    return found


def entrants_chart(entrants: Mapping[str, Any], words: Catalogue) -> Chart | None:
    """Entrants by origin and year, or None where nobody entered."""
    series = series_of(entrants, words)
    if not series:
        return None
    wide, narrow = draw(lambda canvas: _definition(series, entrants, canvas), wide_px=WIDE_PX, lang=words.lang)
    total = sum(sum(one.counts) for one in series)
    years = entrants["years"]
    return Chart(
        id="entrants",
        title=words("entrants.title"),
        subtitle=words("entrants.subtitle", count=number(total), first=years[0], last=years[-1]),
        label=_label(series, years, words),
        wide_svg=wide,
        narrow_svg=narrow,
        twin=_twin(series, years, words),
        legend=_legend(entrants, words),
    )


def is_whole_year(entrants: Mapping[str, Any]) -> bool:
    """Whether the last year is over on the day asked for."""
    return str(entrants["as_of"]).endswith("-12-31")


def _definition(series: Sequence[Series], entrants: Mapping[str, Any], canvas: Canvas) -> Spec:
    tiling = NARROW if canvas.narrow else WIDE
    years = entrants["years"]
    top = max(max(one.counts) for one in series)
    panels = [tiling.panel(i, canvas.width_px, x=(0, len(years)), y=(0, top * 1.12)) for i in range(len(series))]
    bars = [
        bar
        for one, panel in zip(series, panels, strict=True)
        for bar in _bars(one, panel, is_whole=is_whole_year(entrants))
    ]
    steps = [(mark, number(mark)) for mark in ticks(0, top, about=3) if mark.is_integer()]
    heads = [
        {"x": panel.left_px - 28, "y": panel.top_px - 17, "text": f"{one.name} · {number(sum(one.counts))}"}
        for one, panel in zip(series, panels, strict=True)
    ]
    layers = [
        *grid((panel, steps) for panel in panels),
        boxes([bar for bar in bars if not bar["is_part"]]),
        boxes([bar for bar in bars if bar["is_part"]], stroke=MAIN, strokeWidth=1, strokeDash=[2, 2]),
        words_at(heads, colour=INK, strong=True, limit_px=panels[0].width_px + 30),
        *(_lists(entrants, panel) for panel in panels),
        *_figures(bars, years, panels, canvas),
    ]
    height = tiling.total_px(len(series))
    return document(layers, canvas=canvas, height_px=height, padding={"left": 0, "right": 0, "top": 0, "bottom": 0})


def _lists(entrants: Mapping[str, Any], panel: Panel) -> Spec:
    """A dashed line on the day on which a list of drugs became known: its undated approvals seem to enter then."""
    first, days = entrants["years"][0], {date.fromisoformat(row["day"]) for row in entrants["lists"]}
    places = [panel.x_px(day.year - first + day.timetuple().tm_yday / 366) for day in sorted(days)]
    return lines([{"x": x, "x2": x, "y": panel.top_px, "y2": panel.bottom_px} for x in places], **BREAK)


def _bars(one: Series, panel: Panel, *, is_whole: bool) -> list[dict[str, Any]]:
    """A bar for each year with any entrant; that of a year which is not over is drawn as a part."""
    part, half = -1 if is_whole else len(one.counts) - 1, BAR_SHARE / 2
    return [
        {
            "x": panel.x_px(i + 0.5 - half),
            "x2": panel.x_px(i + 0.5 + half),
            "y": panel.y_px(count),
            "y2": panel.bottom_px,
            "middle": panel.x_px(i + 0.5),
            "count": count,
            "is_part": i == part,
            "colour": MAIN_SOFT if i == part else MAIN,
        }
        for i, count in enumerate(one.counts)
        if count
    ]


def _figures(bars: list[dict[str, Any]], years: Sequence[int], panels: Sequence[Panel], canvas: Canvas) -> list[Spec]:
    """Each count above its bar where it has room, and the years below."""
    year_px = panels[0].width_px / len(years)
    counts = [
        {"x": bar["middle"], "y": bar["y"] - 7, "text": number(bar["count"])}
        for bar in bars
        if width_px(number(bar["count"]), letters_px=canvas.letters_px) <= year_px + 8
    ]
    every = max(1, -(-len(years) // max(1, int(panels[0].width_px // 40))))
    below = [
        {"x": panel.x_px(i + 0.5), "y": panel.bottom_px + 10, "text": str(year)}
        for panel in panels
        for i, year in enumerate(years)
        if (len(years) - 1 - i) % every == 0
    ]
    return [
        words_at(counts, align="center", colour=INK_2),
        words_at(below, align="center", colour=INK_3),
    ]


def _legend(entrants: Mapping[str, Any], words: Catalogue) -> tuple[LegendItem, ...]:
    items = []
    if not is_whole_year(entrants):
        said = words("entrants.part_year", year=entrants["years"][-1], day=entrants["as_of"])
        items.append(LegendItem("swatch", said, MAIN_SOFT))
    if entrants["lists"]:
        named = [words("trend.list", source=row["source"], day=row["day"]) for row in entrants["lists"]]
        items.append(LegendItem("dashed", words("entrants.lists", lists=words("list.comma").join(named))))
    return tuple(items)


def _label(series: Sequence[Series], years: Sequence[int], words: Catalogue) -> str:
    said = [words("entrants.said", name=one.name, count=number(sum(one.counts))) for one in series]
    return words("entrants.label", first=years[0], last=years[-1], said=words("list.semicolon").join(said))


def _twin(series: Sequence[Series], years: Sequence[int], words: Catalogue) -> Twin:
    columns = (words("column.year"), *(one.name for one in series), words("column.all"))
    rows = [
        (str(year), *(number(one.counts[i]) for one in series), number(sum(one.counts[i] for one in series)))
        for i, year in enumerate(years)
    ]
    return Twin(columns, tuple(rows))
