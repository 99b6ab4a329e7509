"""The five charts: what they draw, and that each is one definition that Altair reads too."""

from __future__ import annotations

import copy
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts import (
    Chart,
    cash_chart,
    distribution_chart,
    frame,
    gantt_chart,
    staircase_chart,
    tornado_chart,
)
from onepill.reports.charts.cash import cash_table
from onepill.reports.charts.distribution import colours_of
from onepill.reports.charts.gantt_rows import gantt_rows
from onepill.reports.charts.staircase import steps_of
from onepill.reports.charts.ticks import step_of, ticks, year_starts
from onepill.reports.markets import markets_of
from onepill.reports.numerals import Numerals

Document = dict[str, Any]
ENGLISH = Catalogue("en")
SVG = "{http://www.w3.org/2000/svg}"


def market(document: Document, market_id: str) -> Any:
    return next(m for m in markets_of(document, ENGLISH) if m.id == market_id)


CHARTS: dict[str, Callable[[Document], Chart | None]] = {
    "gantt": lambda d: gantt_chart(d, ENGLISH, Numerals(ENGLISH)),
    "staircase": lambda d: staircase_chart(d, market(d, "us"), ENGLISH),
    "distribution": lambda d: distribution_chart(d, ENGLISH),
    "tornado": lambda d: tornado_chart(d, ENGLISH),
    "cash": lambda d: cash_chart(d, ENGLISH),
}


@pytest.fixture(params=sorted(CHARTS))
def chart(request: pytest.FixtureRequest, sample: Document) -> Chart:
    found = CHARTS[request.param](sample)
    assert found is not None
    return found


def test_each_drawing_is_well_formed_and_refers_to_nothing_outside(chart: Chart) -> None:
    for svg in (chart.wide_svg, chart.narrow_svg):
        ET.fromstring(svg)
        outside = re.findall(r'(?:href|src)="[^"]*"|url\([^)]*\)|<script', svg)
        assert outside == []


def test_each_drawing_takes_its_colours_from_the_style(chart: Chart) -> None:
    for svg in (chart.wide_svg, chart.narrow_svg):
        colours = set(re.findall(r'(?:fill|stroke)="([^"]+)"', svg))
        assert {c for c in colours if "var(--" not in c and c not in ("none", "transparent")} == set()


def test_each_chart_says_its_values_in_a_sentence_and_has_them_in_a_table(chart: Chart) -> None:
    assert re.search(r"\d", chart.label)
    assert chart.twin.rows
    assert {len(row) for row in chart.twin.rows} == {len(chart.twin.columns)}


def test_letters_are_never_below_11_px(chart: Chart) -> None:
    for svg in (chart.wide_svg, chart.narrow_svg):
        assert min(float(px) for px in re.findall(r'font-size="([\d.]+)px"', svg)) >= 11


@pytest.mark.parametrize("name", sorted(CHARTS))
def test_altair_reads_each_definition(name: str, sample: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    """One definition for the page and for Altair: the schema that Altair is made from accepts it."""
    import altair

    specs: list[Any] = []

    def keep(spec: Any) -> str:
        specs.append(copy.deepcopy(spec))
        return "<svg ></svg>"

    monkeypatch.setattr(frame, "to_svg", keep)
    CHARTS[name](sample)
    read = [altair.LayerChart.from_dict(spec) for spec in specs]
    assert [len(chart.layer) for chart in read] == [len(spec["layer"]) for spec in specs]
    assert [spec["width"] + spec["padding"]["left"] + spec["padding"]["right"] for spec in specs][1] == frame.NARROW_PX


def test_charts_without_data_are_left_out(bare: Document) -> None:
    assert gantt_chart(bare, ENGLISH, Numerals(ENGLISH)) is None
    assert (distribution_chart(bare, ENGLISH), tornado_chart(bare, ENGLISH), cash_chart(bare, ENGLISH)) == (None,) * 3


def test_gantt_groups_follow_the_markets_and_rows_their_days(sample: Document) -> None:
    rows = gantt_rows(sample, ENGLISH.text, str)
    assert [row.name for row in rows if row.is_head] == ["development", "CN", "US", "EU", "JP"]
    china = [row.p50 or "" for row in rows if row.jurisdiction == "CN" and not row.is_head]
    assert china == sorted(china)
    assert [row.name for row in rows if row.is_fact] == ["Approval, conditional", "First shipment"]


def test_gantt_shows_a_step_only_where_it_makes_up_a_tenth_of_the_wait(sample: Document) -> None:
    assert "Second review cycle" in [row.name for row in gantt_rows(sample, ENGLISH.text, str)]
    approval = next(m for m in sample["milestones"] if m["id"] == "us.approval")
    approval["binding"] = [{"activity": "us.second_cycle", "share": 0.09}]
    assert "Second review cycle" not in [row.name for row in gantt_rows(sample, ENGLISH.text, str)]


def test_gantt_keeps_what_never_comes_without_a_mark(sample: Document) -> None:
    late = next(m for m in sample["milestones"] if m["id"] == "jp.approval")
    late |= {"p10": None, "p50": None, "p90": None, "prob": 0.0}
    chart = gantt_chart(sample, ENGLISH, Numerals(ENGLISH))
    assert chart is not None
    (row,) = [row for row in chart.twin.rows if row[:2] == ("Japan", "Approval")]
    assert row[3:] == ("", "", "", "0.0%")


def test_staircase_levels_are_products_of_the_gates(sample: Document) -> None:
    first, second = steps_of(sample, ("global_phase_3", "us.approval"), ENGLISH.text)
    assert (first.after, second.after) == pytest.approx((0.477, 0.477 * 0.92), abs=1e-12)
    assert (second.low, second.high) == pytest.approx((0.477 * 0.885, 0.477 * 0.945), abs=1e-12)


def test_staircase_of_the_other_table_holds_to_the_end_when_it_covers_approval(sample: Document) -> None:
    levels = [step.other for step in steps_of(sample, ("global_phase_3", "us.approval"), ENGLISH.text)]
    assert levels == pytest.approx([0.355, 0.355], abs=1e-12)


def test_staircase_of_the_other_table_multiplies_gate_by_gate_before_that(sample: Document) -> None:
    early = {**sample["success"]["gates"][1], "id": "phase_2", "prob": 0.25, "other_table_prob": 0.3}
    early["comparable"] = "phase_2_to_3"
    sample["success"]["gates"].insert(0, early)
    levels = [s.other for s in steps_of(sample, ("phase_2", "global_phase_3", "us.approval"), ENGLISH.text)]
    assert levels == pytest.approx([0.3, 0.3 * 0.355, 0.3 * 0.355], abs=1e-12)


def test_staircase_leaves_out_gates_counted_in_another(sample: Document) -> None:
    sample["success"]["gates"][2]["included"] = True
    assert [s.name for s in steps_of(sample, ("global_phase_3", "us.approval"), ENGLISH.text)] == [
        "Global phase 3 succeeds"
    ]


def test_cash_counts_every_row_once(sample: Document) -> None:
    value = sample["value"]
    table = cash_table(value, ["development", "cn", "us", "eu", "jp"])
    total = sum(row["cash_usd"] for row in value["yearly"])
    assert sum(table.net(year) for year in table.years) == pytest.approx(total, abs=1e-3)  # sums of whole dollars
    assert table.usd["us", 2030] == -1_000_000 - 2_400_000, "launch cost is the market's"
    assert table.series[-1] == "other", "the royalty belongs to no market"


def test_histogram_colours_are_distinct_and_the_worst_is_grey() -> None:
    for count in range(1, 6):
        keys = [{"id": str(i), "label": ""} for i in range(count)]
        colours = list(colours_of({"keys": keys}).values())
        assert len(set(colours)) == count
        assert "--chart-5" in colours[0]


def test_histogram_twin_holds_every_future(sample: Document) -> None:
    chart = distribution_chart(sample, ENGLISH)
    assert chart is not None
    counted = sum(int(cell.replace(",", "")) for row in chart.twin.rows for cell in row[2:])
    assert counted == sum(map(sum, sample["value"]["histogram"]["counts"].values()))


def test_a_tornado_whose_ends_lie_on_one_side_still_labels_both(sample: Document) -> None:
    sample["value"]["tornado"] = [{**sample["value"]["tornado"][0], "low_usd": 12_000_000, "high_usd": 15_000_000}]
    chart = tornado_chart(sample, ENGLISH)
    assert chart is not None
    texts = {t.text for t in ET.fromstring(chart.wide_svg).iter(f"{SVG}text")}
    assert {"12.0", "15.0"} <= texts


def test_inputs_without_a_label_are_named_by_their_path(sample: Document) -> None:
    bare = {"low_usd": 1, "high_usd": 2_000_000, "convention": "p10-p90", "origin": "user", "source_grade": "official"}
    rows = [
        {"path": "markets.us.peak_share", "low_value": 0.168, "high_value": 0.3, "unit": "share"},
        {"path": "development.global_phase_3.cost", "low_value": 24.5e6, "high_value": 38.5e6, "unit": "USD"},
        {"path": "capital.discount_rate_per_year", "low_value": 0.09, "high_value": 0.13, "unit": "share"},
    ]
    sample["value"]["tornado"] = [bare | row for row in rows]
    chart = tornado_chart(sample, ENGLISH)
    assert chart is not None
    assert [row[:3] for row in chart.twin.rows] == [
        ("United States: peak share", "16.8%", "30%"),
        ("Global phase 3: cost", "24.5 MUSD", "38.5 MUSD"),
        ("discount rate", "9%", "13%"),
    ]


@given(st.floats(-1e9, 1e9), st.floats(1e-3, 1e9), st.integers(2, 12))
def test_ticks_are_round_in_order_and_not_too_many(low: float, span: float, about: int) -> None:
    step, found = step_of(span, about=about), ticks(low, low + span, about=about)
    assert len(found) <= about + 1
    assert found == sorted(found)
    # a tick may lie outside by the rounding of a double of its size
    assert all(low - 1e-6 * (abs(low) + span) <= t <= low + span + 1e-6 * (abs(low) + span) for t in found)
    assert span / step <= about * (1 + 1e-6)


def test_year_starts_are_new_year_days() -> None:
    from datetime import date

    starts = year_starts(date(2023, 6, 1).toordinal(), date(2032, 1, 1).toordinal(), about=5)
    assert [(date.fromordinal(day).isoformat(), year) for day, year in starts] == [
        ("2024-01-01", "2024"),
        ("2026-01-01", "2026"),
        ("2028-01-01", "2028"),
        ("2030-01-01", "2030"),
        ("2032-01-01", "2032"),
    ]


def test_an_axis_labels_its_ticks_exactly(sample: Document) -> None:
    rows = sample["value"]["tornado"][:1]
    sample["value"]["tornado"] = [{**rows[0], "low_usd": -12_900_000, "high_usd": -4_200_000}]
    sample["value"]["rnpv_usd"]["mean"] = -8_600_000
    chart = tornado_chart(sample, ENGLISH)
    assert chart is not None
    texts = {t.text for t in ET.fromstring(chart.narrow_svg).iter(f"{SVG}text")}
    assert {"\u221212.5", "\u221210", "\u22127.5", "\u22125"} <= texts


def test_two_markets_of_one_place_differ_in_shade(sample: Document) -> None:
    by_market = sample["value"]["by_market"]
    by_market.insert(1, {**by_market[0], "market": "CN first line", "id": "cn_1l", "jurisdiction": "CN"})
    sample["value"]["yearly"].append(
        {"year": 2030, "item": "cn_1l", "market": "cn_1l", "cash_usd": 1e6, "discounted_usd": 5e5}
    )
    chart = cash_chart(sample, ENGLISH)
    assert chart is not None
    china = {item.words: item.colour for item in chart.legend if item.words.startswith("China")}
    assert list(china) == ["China", "China: first line"]
    assert len(set(china.values())) == 2
