"""The five pictures of the landscape: every number of the document is drawn, in both languages, at both widths."""

from __future__ import annotations

import copy
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st

from onepill.reports.catalogue import Catalogue, Lang
from onepill.reports.charts import Chart, frame
from onepill.reports.charts.burden import burden_chart, drawn, equal_share, log_ticks, side_of
from onepill.reports.charts.competitors import competitors_chart, span_of, stretches_of
from onepill.reports.charts.entrants import entrants_chart, series_of
from onepill.reports.charts.heat_map import OTHERS, heat_map_chart, heat_steps, heat_table, level_of
from onepill.reports.charts.panels import Panel
from onepill.reports.charts.places import label_box, meet, place_labels
from onepill.reports.charts.trend import MEASURES, estimates_of, trend_chart
from tests.reports import landscape_pages as pages

Document = dict[str, Any]
SVG = "{http://www.w3.org/2000/svg}"
ENGLISH = Catalogue("en")
CHARTS: dict[str, Callable[[Document, Catalogue], Chart | None]] = {
    "heat-map": heat_map_chart,
    "competitors": lambda page, words: competitors_chart(page["timeline"], words),
    "trend": lambda page, words: trend_chart(page["trend"], words),
    "entrants": lambda page, words: entrants_chart(page["entrants"], words),
    "burden": lambda page, words: burden_chart(page["burden"], words),
}


@pytest.fixture(params=["en", "zh"])
def lang(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(params=sorted(CHARTS))
def chart(request: pytest.FixtureRequest, lang: Lang) -> Chart:
    found = CHARTS[request.param](pages.page(), Catalogue(lang))
    assert found is not None
    return found


def filled(svg: str, colour: str) -> int:
    """How many shapes of the drawing have a colour of that pattern."""
    shapes = [e for e in ET.fromstring(svg).iter() if e.tag in (f"{SVG}path", f"{SVG}rect", f"{SVG}line")]
    return sum(re.fullmatch(colour, shape.get("fill", "")) is not None for shape in shapes)


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]


def test_each_drawing_is_well_formed_and_refers_to_nothing_outside(chart: Chart) -> None:
    for svg in (chart.wide_svg, chart.narrow_svg):
        ET.fromstring(svg)
        assert re.findall(r'(?:href|src)="[^"]*"|url\([^)]*\)|<script|NaN|None', svg) == []


def test_each_drawing_takes_its_colours_from_the_style(chart: Chart) -> None:
    for svg in (chart.wide_svg, chart.narrow_svg):
        colours = set(re.findall(r'(?:fill|stroke)="([^"]+)"', svg))
        assert {c for c in colours if "var(--" not in c and c not in ("none", "transparent")} == set()


def test_letters_are_large_enough(chart: Chart, lang: Lang) -> None:
    smallest = min(float(px) for px in re.findall(r'font-size="([\d.]+)px"', chart.wide_svg + chart.narrow_svg))
    assert smallest >= (12 if lang == "zh" else 11)


def test_each_chart_says_values_in_a_sentence_and_has_all_in_a_table(chart: Chart) -> None:
    assert re.search(r"\d", chart.label)
    assert chart.title
    assert chart.subtitle
    assert chart.twin.rows
    assert {len(row) for row in chart.twin.rows} == {len(chart.twin.columns)}


def test_no_word_lies_outside_its_drawing(chart: Chart) -> None:
    """Names that are turned are held by their limit; all others by their anchor and estimated width."""
    for svg, width in ((chart.wide_svg, frame.WIDE_PX), (chart.narrow_svg, frame.NARROW_PX)):
        for element in ET.fromstring(svg).iter(f"{SVG}text"):
            if element.get("transform") or element.get("x") is None:
                continue
            px = float(element.get("font-size", "11px").removesuffix("px"))
            anchor = {"start": "left", "end": "right", "middle": "center"}[element.get("text-anchor", "start")]
            box = label_box(element.text or "", anchor, float(element.get("x", 0)), 0, letters_px=px)
            assert box[0] >= -6, element.text
            assert box[2] <= width + 6, element.text


@pytest.mark.parametrize("name", sorted(CHARTS))
def test_altair_reads_each_definition_and_words_stand_where_vega_draws_them(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import altair

    specs: list[Any] = []
    setter = frame.to_svg

    def keep(spec: Any) -> str:
        specs.append(copy.deepcopy(spec))
        return setter(spec)

    monkeypatch.setattr(frame, "to_svg", keep)
    CHARTS[name](pages.page(), ENGLISH)
    assert len(specs) == 2
    for spec in specs:
        assert len(altair.LayerChart.from_dict(spec).layer) == len(spec["layer"])
        ours = places(setter(spec))
        theirs = places(vl_convert.vegalite_to_svg(spec))
        assert len(ours) == len(theirs)
        assert [one for one in ours if not any(is_near(one, other) for other in theirs)] == []


def places(svg: str) -> list[tuple[str, float, float, str]]:
    """Anchor, place and turn of every word: Vega moves a turned word by a second shift, ours stands at x and y."""
    found = []
    for element in ET.fromstring(svg).iter(f"{SVG}text"):
        shift = element.get("transform", "")
        numbers = [tuple(map(float, pair)) for pair in re.findall(r"translate\(([-\d.]+)[ ,]([-\d.]+)\)", shift)]
        turn = re.search(r"rotate\(([-\d.]+)\)", shift)
        x = float(element.get("x", 0)) + sum(x for x, _ in numbers)
        y = float(element.get("y", 0)) + sum(y for _, y in numbers)
        found.append((element.get("text-anchor", "start"), x, y, turn[1] if turn else ""))
    return [one for one, element in zip(found, ET.fromstring(svg).iter(f"{SVG}text"), strict=True) if element.text]


def is_near(one: tuple[str, float, float, str], other: tuple[str, float, float, str]) -> bool:
    return one[0] == other[0] and abs(one[1] - other[1]) <= 1 and abs(one[2] - other[2]) <= 1 and one[3] == other[3]


# The heat map


def test_every_filled_cell_is_drawn_with_its_figure(lang: Lang) -> None:
    page = pages.page()
    chart = heat_map_chart(page, Catalogue(lang))
    assert chart is not None
    for svg, rows, columns in ((chart.wide_svg, 20, 14), (chart.narrow_svg, 12, 6)):
        table = heat_table(page["heat_map"], Catalogue(lang), most_rows=rows, most_columns=columns)
        own = [n for key, n in table.programmes.items() if OTHERS not in key]
        assert filled(svg, r"var\(--heat-[1-4]\)") == len(own)
        figures = [text.replace(",", "") for text in texts(svg)]
        assert sum(int(text) for text in figures if text.isdigit()) == sum(table.programmes.values())
        empty = len(table.rows) * len(table.columns) - len(table.programmes)
        assert figures.count("–") == empty
    body = [cell.replace(",", "") for row in chart.twin.rows for cell in row[1:]]
    assert sum(int(cell) for cell in body if cell != "–") == sum(c["programmes"] for c in page["heat_map"]["cells"])


@given(st.integers(1, 30), st.integers(1, 20), st.booleans(), st.integers(1, 25), st.integers(1, 20))
def test_no_programme_is_lost_where_a_heat_map_is_folded(
    rows: int, columns: int, others: bool, most_rows: int, most_columns: int
) -> None:
    found = pages.heat_map(rows, columns, others=others)
    table = heat_table(found, ENGLISH, most_rows=most_rows, most_columns=most_columns)
    assert sum(table.programmes.values()) == sum(cell["programmes"] for cell in found["cells"])
    assert all(row in table.rows and column in table.columns for row, column in table.programmes)
    assert len(table.rows) <= most_rows + 1
    hidden = len([row for row in found["rows"] if row["id"] != OTHERS and row["id"] not in table.rows])
    if OTHERS in table.rows:
        assert table.names["rows", OTHERS] == f"others ({hidden + found['other_rows']})"


@given(st.integers(1, 100_000))
def test_steps_of_colour_cover_every_figure_once(largest: int) -> None:
    starts = heat_steps(largest)
    assert starts[0] == 1
    assert starts == sorted(set(starts))
    assert len(starts) <= 4
    levels = [level_of(figure, starts) for figure in sorted({1, *starts, largest})]
    assert (levels[0], levels[-1], level_of(0, starts)) == (1, len(starts), 0)
    assert levels == sorted(levels)


def test_four_steps_of_equal_ratio() -> None:
    assert heat_steps(10_000) == [1, 10, 100, 1000]
    assert (heat_steps(1), heat_steps(2), heat_steps(7)) == ([1], [1, 2], [1, 2, 3, 4])


# The competitors


def test_every_stretch_of_every_agent_is_drawn(lang: Lang) -> None:
    timeline = pages.timeline()
    chart = competitors_chart(timeline, Catalogue(lang))
    assert chart is not None
    milestones = sum(len(way["milestones"]) for way in timeline["ways"])
    for svg in (chart.wide_svg, chart.narrow_svg):
        assert filled(svg, r"var\(--heat-[0-4]\)") == milestones - 1
        assert filled(svg, r"var\(--paper\)") == 1, "what only a list tells is drawn hollow"
    assert len(chart.twin.rows) == milestones
    assert "▸ inventinib-5 <b>" in " ".join(texts(chart.wide_svg))


def test_a_stretch_ends_where_the_next_begins_and_the_last_on_the_day() -> None:
    timeline = pages.timeline()
    own = [(one.stage, one.begin, one.end) for one in stretches_of(timeline) if one.row == 1]
    days = [pages.ordinal(day) for day in ("2006-01-01", "2009-05-04", "2012-01-01", "2016-07-07", pages.AS_OF)]
    assert own == list(zip(("phase_1", "phase_2", "phase_3", "approval"), days, days[1:], strict=False))


def test_a_timeline_within_conditions_says_so() -> None:
    for within, said in ((True, True), (False, False)):
        chart = competitors_chart({**pages.timeline(), "within_conditions": within}, ENGLISH)
        assert chart is not None
        assert ("an approval without any does not" in chart.subtitle) is said


def test_an_old_fact_begins_at_the_edge_and_says_so() -> None:
    timeline = pages.timeline()
    first, last = span_of(timeline)
    assert last - first == pytest.approx(20 * 365.2425, abs=1)
    (old,) = [one for one in stretches_of(timeline) if one.row == 0]
    assert (old.begin, old.end, old.is_cut) == (first, last, True)


@given(st.lists(st.integers(0, 60 * 365), min_size=1, max_size=5, unique=True))
def test_stretches_are_whole_and_within_the_drawing(ages: list[int]) -> None:
    days = [date.fromordinal(pages.ordinal(pages.AS_OF) - age).isoformat() for age in sorted(ages, reverse=True)]
    timeline = {**pages.timeline(), "ways": [pages.way(1, *zip(pages.STAGES, days, strict=False))]}
    first, last = span_of(timeline)
    found = stretches_of(timeline)
    assert found[-1].end == last
    assert all(first <= one.begin <= one.end <= last for one in found)
    assert all(one.end == after.begin for one, after in pairwise(found))


# The trend


def test_every_defined_value_is_a_dot_and_no_line_crosses_a_list(lang: Lang) -> None:
    trend = pages.trend()
    chart = trend_chart(trend, Catalogue(lang))
    assert chart is not None
    defined = sum(one.value is not None for measure in MEASURES for one in estimates_of(trend, measure))
    joined = defined - 2 * len(MEASURES)  # each panel has one step fewer than dots, and one that the list breaks
    for svg in (chart.wide_svg, chart.narrow_svg):
        assert filled(svg, r"var\(--chart-main\)") == defined == 59
        strokes = [e.get("stroke") for e in ET.fromstring(svg).iter(f"{SVG}line")]
        assert strokes.count("var(--chart-main)") == joined
    assert len(chart.twin.rows) == len(trend["days"])
    assert chart.twin.rows[0][3] == "–"
    assert chart.twin.rows[-1][2] == "21.0 [18.9, 23.1]"


def test_a_trend_without_lists_is_joined_throughout() -> None:
    chart = trend_chart({**pages.trend(), "lists": []}, ENGLISH)
    assert chart is not None
    strokes = [e.get("stroke") for e in ET.fromstring(chart.wide_svg).iter(f"{SVG}line")]
    assert strokes.count("var(--chart-main)") == 59 - len(MEASURES)
    assert [item.sign for item in chart.legend] == ["swatch"]


# The entrants


def test_every_year_with_an_entrant_is_a_bar(lang: Lang) -> None:
    entrants = pages.entrants()
    series = series_of(entrants, Catalogue(lang))
    chart = entrants_chart(entrants, Catalogue(lang))
    assert chart is not None
    bars = sum(count > 0 for one in series for count in one.counts)
    parts = sum(one.counts[-1] > 0 for one in series)
    for svg in (chart.wide_svg, chart.narrow_svg):
        assert filled(svg, r"var\(--chart-main\)") == bars - parts
        assert filled(svg, r"var\(--chart-main-soft\)") == parts, "a year that is not over is drawn as a part"
    total = sum(map(sum, entrants["counts"]))
    assert sum(int(row[-1].replace(",", "")) for row in chart.twin.rows) == total


def test_origins_beyond_four_are_gathered_and_the_unknown_stand_last() -> None:
    found = series_of(pages.entrants(), ENGLISH)
    assert [one.name for one in found] == ["United States", "China", "Japan", "DE", "2 other origins", "origin unknown"]
    assert found[4].counts == (1, 0, 0, 1, 0, 0, 1, 0, 0, 2)


@given(
    st.dictionaries(
        st.sampled_from(["CN", "US", "JP", "GB", "DE", "FR", "KR", "?"]),
        st.lists(st.integers(0, 50), min_size=3, max_size=3),
    )
)
def test_no_entrant_is_lost(counts: dict[str, list[int]]) -> None:
    entrants = {
        "origins": list(counts),
        "counts": list(counts.values()),
        "years": [2022, 2023, 2024],
        "as_of": pages.AS_OF,
    }
    assert sum(sum(one.counts) for one in series_of(entrants, ENGLISH)) == sum(map(sum, counts.values()))


def test_a_year_that_is_over_is_a_whole_bar() -> None:
    chart = entrants_chart({**pages.entrants(), "as_of": "2024-12-31", "lists": []}, ENGLISH)
    assert chart is not None
    assert filled(chart.wide_svg, r"var\(--chart-main-soft\)") == 0
    assert chart.legend == ()


# The burden


def test_every_measured_cause_is_a_mark_of_its_side(lang: Lang) -> None:
    burden = pages.burden()
    chart = burden_chart(burden, Catalogue(lang))
    assert chart is not None
    sides = [side_of(cause) for cause in drawn(burden)]
    for svg in (chart.wide_svg, chart.narrow_svg):
        assert filled(svg, r"var\(--up\)") == sides.count("above")
        assert filled(svg, r"var\(--down\)") == sides.count("below")
        marks = [e for e in ET.fromstring(svg).iter(f"{SVG}path") if e.get("stroke") == "var(--down)"]
        assert len(marks) == sides.count("none") == 3, "a cause without a trial stands in a strip of its own"
    assert len(chart.twin.rows) == len(burden["causes"])
    assert chart.twin.rows[-1][-1] == Catalogue(lang).text(burden["causes"][-1]["unmeasured"])


def test_a_mark_lies_above_the_line_of_equal_share_by_its_ratio(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow twin: the line at a cause's DALYs, set against the cause's own place."""
    specs: list[Any] = []
    monkeypatch.setattr(frame, "to_svg", lambda spec: specs.append(spec) or "<svg ></svg>")
    burden = pages.burden()
    burden_chart(burden, ENGLISH)
    layers = specs[0]["layer"]
    (line,) = [la["data"]["values"][0] for la in layers if la["mark"].get("strokeDash") == [5, 4]]
    slope = (line["y2"] - line["y"]) / (line["x2"] - line["x"])
    marks = {m["text"]: m for la in layers if la["mark"]["type"] == "point" for m in la["data"]["values"]}
    some = [cause for cause in drawn(burden) if cause["trials"]]
    above = [
        line["y"] + slope * (marks[c["cause"]["en"]]["x"] - line["x"]) - marks[c["cause"]["en"]]["y"] for c in some
    ]
    a_unit = [px / cause["log_ratio"] for px, cause in zip(above, some, strict=True)]
    assert a_unit == pytest.approx([a_unit[0]] * len(some)), "so far above as the logarithm of its ratio says"
    assert a_unit[0] > 0


def test_causes_without_a_trial_stand_on_the_line_of_zero_below_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    specs: list[Any] = []
    monkeypatch.setattr(frame, "to_svg", lambda spec: specs.append(spec) or "<svg ></svg>")
    burden_chart(pages.burden(), ENGLISH)
    layers = specs[0]["layer"]
    marks = [m for la in layers if la["mark"]["type"] == "point" for m in la["data"]["values"]]
    (zero,) = [row["y"] for la in layers for row in la["data"]["values"] if row.get("text") == "0"]
    assert {mark["y"] for mark in marks if mark["side"] == "none"} == {zero}
    assert max(mark["y"] for mark in marks if mark["side"] != "none") < zero


def test_the_corners_of_a_panel_are_the_ends_of_its_scales() -> None:
    for log in (False, True):
        panel = Panel(10, 20, 100, 50, x=(1, 100), y=(10, 1000), log=log)
        assert (panel.x_px(1), panel.x_px(100), panel.y_px(10), panel.y_px(1000)) == (10, 110, 70, 20)
    assert Panel(10, 20, 100, 50, x=(1, 100), y=(10, 1000), log=True).y_px(100) == pytest.approx(45)


def test_names_of_marks_side_by_side_give_way() -> None:
    marks = [{"x": 100.0 + 20 * i, "y": 50.0, "text": "a rather long name", "weight": i} for i in range(3)]
    found = place_labels(marks, letters_px=11, sideways_px=(0, 400))
    boxes = [label_box(one["text"], one["align"], one["x"], one["y"], letters_px=11) for one in found]
    assert len(boxes) >= 2
    assert not any(meet(box, other) for place, box in enumerate(boxes) for other in boxes[:place])


def test_equal_share_is_all_trials_over_all_dalys() -> None:
    burden = pages.burden((("a", 30, 1e6), ("b", 10, 3e6)))
    assert equal_share(burden) == pytest.approx(40 / 4e6)


@pytest.mark.parametrize(
    ("trials", "low", "high", "side"),
    [
        (0, None, -1.0, "none"),
        (5, -0.2, 0.3, "even"),
        (5, 0.0, 0.3, "even"),
        (5, 0.1, 0.3, "above"),
        (5, -2, -0.1, "below"),
    ],
)
def test_a_side_needs_limits_that_leave_zero_out(trials: int, low: float | None, high: float, side: str) -> None:
    assert side_of({"trials": trials, "low": low, "high": high}) == side


@given(st.floats(1e-3, 1e9), st.floats(1.1, 1e6), st.integers(3, 12))
def test_ticks_of_a_logarithmic_scale_are_round_and_within(low: float, ratio: float, most: int) -> None:
    found = log_ticks(low, low * ratio, most=most)
    assert found == sorted(set(found))
    assert all(low <= tick <= low * ratio for tick in found)
    assert all(f"{tick:.0e}"[0] in "125" for tick in found)


MARK = st.fixed_dictionaries(
    {"x": st.floats(0, 800), "y": st.floats(0, 400), "text": st.text("abcdeW ", min_size=1, max_size=24)}
)


@given(st.lists(MARK, max_size=30))
def test_no_name_lies_upon_another_or_upon_a_mark(marks: list[Document]) -> None:
    weighted = [{**mark, "weight": place} for place, mark in enumerate(marks)]
    found = place_labels(weighted, letters_px=11, sideways_px=(0, 860), kept_free=[(0, 0, 50, 50)])
    boxes = [label_box(one["text"], one["align"], one["x"], one["y"], letters_px=11) for one in found]
    dots = [(mark["x"] - 6, mark["y"] - 6, mark["x"] + 6, mark["y"] + 6) for mark in marks]
    for place, box in enumerate(boxes):
        assert not any(meet(box, other) for other in [*boxes[:place], *dots, (0, 0, 50, 50)])
        assert box[0] >= 0
        assert box[2] <= 860
    assert len(found) <= len(marks)


def test_a_lone_mark_has_its_name_beside_it() -> None:
    (found,) = place_labels([{"x": 10.0, "y": 10.0, "text": "alone", "weight": 1}], letters_px=11, sideways_px=(0, 99))
    assert (found["align"], found["x"], found["y"]) == ("left", 18.0, 10.0)


# None of them


def test_nothing_is_drawn_of_nothing() -> None:
    page = pages.empty_page()
    assert [make(page, ENGLISH) for make in CHARTS.values()] == [None] * len(CHARTS)


def test_one_of_everything_is_drawn_too(lang: Lang) -> None:
    words = Catalogue(lang)
    one = pages.page()
    one["heat_map"] = pages.heat_map(1, 1, others=False)
    one["timeline"]["ways"] = one["timeline"]["ways"][-1:]
    one["trend"]["days"] = one["trend"]["days"][-2:]
    one["entrants"] = {"as_of": pages.AS_OF, "origins": ["?"], "years": [2024], "counts": [[1]], "lists": []}
    one["burden"] = pages.burden((("alone", 1, 1e6),))
    for make in CHARTS.values():
        found = make(one, words)
        assert found is not None
        ET.fromstring(found.wide_svg)
