"""The workbook: an independent spreadsheet engine computes what onepill computes, also after changes."""

from __future__ import annotations

import math
import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from onepill.reports.workbook import InputRow
from onepill.reports.workbook.formula import Num
from onepill.reports.workbook.sheets import defined_name
from onepill.workbench.questions.workbook import ImportWorkbookAsk
from onepill.workbench.sheets.answers import import_workbook
from onepill.workbench.sheets.build import make_workbook, value_inputs
from tests.workbench.sheets import EVERYTHING, EXAMPLES, Recomputed, example_text, is_close, opened, valued, workbook

TEXTS = {**{name: example_text(name) for name in EXAMPLES}, "everything": EVERYTHING}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name == "tunlametinib" else []) for name in TEXTS]
)
def test_another_engine_computes_the_same_value_in_chinese_to_within_a_dollar(name: str, tmp_path: Path) -> None:
    text = TEXTS[name]
    found = Recomputed(workbook(text, "zh"), tmp_path).change({})
    assert abs(found.rnpv_usd - valued(text).value.rnpv_usd) < 1


@pytest.mark.parametrize("name", TEXTS)
def test_another_engine_computes_what_each_cell_was_written_with_and_the_value(name: str) -> None:
    """To within a dollar of onepill's number; viewers that do not recalculate show what a spreadsheet would compute."""
    book, compared = opened(TEXTS[name]), 0
    cached = {sheet: _cells(book, sheet) for sheet in book.sheets if sheet not in ("Clocks", "Tables", "Starts")}
    book.model.evaluate()
    assert abs(book.rnpv_usd - valued(TEXTS[name]).value.rnpv_usd) < 1
    for sheet, cells in cached.items():
        for (row, column), before in cells.items():
            after = book.cell(sheet, row, column)
            if after == "":
                continue  # an empty result is saved as an empty cell
            assert type(after) is type(before), (sheet, row, column, before, after)
            assert is_close(before, after) if isinstance(before, float) else before == after, (sheet, row, column)
            compared += 1
    assert compared > 1_000


def _cells(book: Recomputed, sheet: str) -> dict[tuple[int, int], Any]:
    index = book.sheets.index(sheet)
    _, last_row, _, last_column = book.model.get_sheet_dimensions(index)
    every = ((r, c) for r in range(last_row) for c in range(last_column))
    return {place: value for place in every if (value := book.cell(sheet, *place)) not in (None, "")}


CHANGES = {
    "tunlametinib": [
        {"development.global_phase_3.duration": 50.5, "filings.us.preparation": 3.0},
        {"markets.us.cogs_share": 0.2, "markets.us.uptake.years_to_peak": 4.5, "markets.us.growth_per_year": 0.05},
        {"markets.cn.cogs_share": 0.04, "markets.cn.tax_share": 0.1, "markets.cn.growth_per_year": 0.1},
        {"markets.cn.selling_share": 0.2, "markets.us.selling_share": 0.4, "markets.us.tax_share": 0.15},
        {"markets.us.patients.incidence": 9_900.0, "markets.cn.patients.incidence_per_100_000": 0.8},
        {"markets.us.net_price_per_month": 21_000.0, "capital.exchange_rates.CNY.per_usd": 6.9},
        {"development.global_phase_3.success_prob": 0.71, "filings.eu.approval_prob": 1.0},
        {"capital.discount_rate_per_year": 0.0, "markets.jp.launch_lag": 11.0},
        {"development.confirmatory_phase_3.success_prob": 0.2, "development.confirmatory_phase_3.duration": 60.0},
    ],
    "everything": [
        {"development.side.duration": 41.0, "filings.cn.first_cycle_prob": 1.0},
        {"development.phase_2.duration": 1.0, "markets.cn.uptake.years_to_peak": 0.7},
        {"rights.upstream.0.royalty.1.above_usd": 1e6, "rights.upstream.0.royalty.2.rate": 0.01},
        {"markets.cn.price_steps.0.factor": 2.0, "markets.cn.payers.1.price_share": 0.1},
        {"markets.us.competition.class_share": 0.9, "markets.us.competition.entrants.0.delay": 3.0},
        {"capital.discount_rate_per_year": 0.0, "development.phase_3.success_prob": 0.0},
    ],
    "adc_shanghai": [{"development.gastric_3l_phase_3.duration": 20.0, "markets.cn_1l.peak_share": 0.4}],
    "minimal": [{"development.phase_2.duration": 400.0, "markets.us.loss_of_exclusivity.retained_share": 1.0}],
}


FIRST_CHANGES = 3
"""Changes of one file in the daily suite: the larger example takes 2 seconds for each."""


def _daily(name: str, number: int) -> Any:
    return pytest.param(name, number, marks=[pytest.mark.slow] if number >= FIRST_CHANGES else [])


@pytest.mark.parametrize(
    ("name", "number"), [_daily(name, i) for name, rows in CHANGES.items() for i in range(len(rows))]
)
def test_after_a_change_it_computes_what_onepill_computes_of_the_changed_file(name: str, number: int) -> None:
    text, changes = TEXTS[name], CHANGES[name][number]
    book, before = opened(text), {row.path: row.value for row in valued(text).inputs}
    book.change(changes)
    answer = import_workbook(_ask(text, book.saved()))
    told = book.rnpv_usd
    book.change({path: before[path] for path in changes})
    assert {row["path"]: row["after"] for row in answer["changes"]} == changes
    assert abs(told - answer["rnpv_after_usd"]) < 1
    assert abs(told - valued(text).value.rnpv_usd) > 1, "the change matters, or nothing is tested"
    assert abs(book.rnpv_usd - valued(text).value.rnpv_usd) < 1, "the book is as it was, for the next change"


def test_rounds_of_medicares_negotiation_lie_within_the_clocks() -> None:
    """Five selections from the ninth year after an approval of about 2027: the workbook refuses itself otherwise."""
    text = """\
onepill: 1
programme: large
as_of: 2024-08-01
asset: {name: large, modality: small_molecule}
indication: {name: a tumour, area: oncology}
development:
  trial: {kind: phase_3, regions: [US], held: [US], cost: 12 MUSD, success_prob: 0.6, duration: 30 months}
filings:
  US: {after: [trial], review: 10 months, preparation: 6 months, approval_prob: 0.9}
markets:
  US:
    patients_per_year: 20_000
    peak_share: 0.3
    months_on_treatment: 10
    net_price_per_month: 12_000 USD
    loss_of_exclusivity: {exclusivity_years: 18}
    access: {path: us_medicare}
"""
    assert make_workbook(valued(text))


def test_the_payer_states_of_the_main_example_are_formulas() -> None:
    """Nothing of tunlametinib lies in a table, so that its inputs stay live."""
    found = valued(TEXTS["tunlametinib"])
    assert found.looked_up == {}
    assert len(found.base.markets) > len(found.base.filled.programme.markets)


def _ask(text: str, content: bytes, **options: Any) -> ImportWorkbookAsk:
    return ImportWorkbookAsk.model_validate(
        {"text": text, "file": "test.yaml", "workbook": {"content": content, "file": "book.xlsx"}, **options}
    )


@settings(max_examples=3, phases=[Phase.explicit, Phase.generate])
@given(st.data())
def test_any_programme_and_any_change_agree(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    text = data.draw(programmes())
    found = valued(text)
    rows = [row for row in found.inputs if row.is_editable]
    chosen = data.draw(st.lists(st.sampled_from(rows), min_size=1, max_size=5, unique_by=lambda row: row.path))
    changes = {row.path: data.draw(_values(row), label=row.path) for row in chosen}
    book = Recomputed(make_workbook(found), tmp_path_factory.mktemp("book")).change({})
    assert abs(book.rnpv_usd - found.value.rnpv_usd) < 1
    book.change(changes)
    answer = import_workbook(_ask(text, book.saved()))
    assert abs(book.rnpv_usd - answer["rnpv_after_usd"]) < 1


def _values(row: InputRow) -> st.SearchStrategy[float]:
    low = max(row.lowest or 0.0, row.value / 3) if row.kind not in ("share", "rate") else row.lowest or 0.0
    high = min(row.highest or math.inf, max(row.value * 2, 1.0))
    low = max(low, 0.1) if row.field == "years_to_peak" else low
    return st.floats(min(low, high), high).map(lambda x: float(f"{x:.4g}")).filter(lambda x: low <= x <= high)


@st.composite
def programmes(draw: st.DrawFn) -> str:
    """Small programmes that differ in form: conventions, timings, cycles, ends, tiers."""
    number = lambda low, high: draw(st.integers(low, high))  # noqa: E731 -- a word for what is drawn all over
    convention = draw(st.sampled_from(["end_year", "mid_year", "exact", "continuous"]))
    timing = draw(st.sampled_from(["even", "start", "middle", "finish"]))
    cycle = f"first_cycle_prob: 0.{number(1, 9)}" if draw(st.booleans()) else "approval_prob: 0.8"
    ends = 'ends_on: ["side:failed"]' if draw(st.booleans()) else ""
    stops = 'stops_on: ["phase_2:failed"]' if draw(st.booleans()) else ""
    started = f"done: {{started: 2023-0{number(1, 9)}-11}}" if draw(st.booleans()) else ""
    tiers = "[{above_usd: 0, rate: 0.03}]"
    if draw(st.booleans()):
        tiers = "[{above_usd: 0, rate: 0.04}, {above_usd: 20_000_000, rate: 0.09}]"
    return f"""\
onepill: 1
programme: made
as_of: 2024-0{number(1, 9)}-{number(10, 28)}
asset: {{name: made, modality: small_molecule}}
indication: {{name: made, area: oncology}}
rights: {{upstream: [{{licensor: L, territories: [], royalty: {tiers}}}]}}
development:
  phase_2: {{kind: phase_2, regions: [US], held: [US],
    duration: {{low: {number(3, 9)} months, high: {number(10, 40)} months}}, cost: {number(1, 30)} MUSD,
    cost_timing: {timing}, {started}}}
  side: {{kind: other, regions: [CN], held: [CN], duration: {number(1, 500)} wd, cost: 20 MCNY,
    success_prob: 0.6, {stops}}}
filings:
  US: {{route: nda, after: [phase_2], {cycle}}}
  CN: {{route: nda, after: [phase_2], {cycle}}}
markets:
  US: {{patients_per_year: {number(1, 90)}_000, peak_share: 0.2, months_on_treatment: 5, net_price_per_month: 4_000 USD,
    uptake: {{years_to_peak: {number(1, 9)}, shape: {draw(st.sampled_from(["linear", "s_curve"]))}}}, {ends}}}
  CN: {{patients_per_year: 30_000, peak_share: 0.1, months_on_treatment: 5, net_price_per_month: 5_000 CNY,
    growth_per_year: 0.0{number(0, 9)}, launch_cost: 3 MUSD,
    price_steps: [{{since: 20{number(26, 45)}-03-04, factor: 0.7}}]}}
capital: {{discount_rate_per_year: 0.{number(0, 2)}5, convention: {convention}, horizon_years: {number(12, 30)},
  exchange_rates: {{CNY: {{per_usd: 7.1, date: 2024-01-01}}}}}}
"""


def test_untrusted_text_is_never_a_formula() -> None:
    text = EVERYTHING.replace("licensor: Alpha", "licensor: '=HYPERLINK(\"http://x\")'").replace("cut}", "'+1+1'}")
    content = make_workbook(value_inputs(text))
    with zipfile.ZipFile(BytesIO(content)) as packed:
        sheets = [packed.read(name).decode() for name in packed.namelist() if name.startswith("xl/worksheets/sheet")]
        strings = packed.read("xl/sharedStrings.xml").decode()
        assert not [name for name in packed.namelist() if "vba" in name.lower() or "externalLink" in name]
    formulas = [found for sheet in sheets for found in re.findall(r"<f>(.*?)</f>", sheet)]
    assert len(formulas) > 1_000
    assert not any("HYPERLINK" in found or found.startswith("+") for found in formulas)
    assert "=HYPERLINK" in strings
    assert "=One of each" in strings
    assert not any("<hyperlink" in sheet for sheet in sheets)


def test_the_same_programme_gives_the_same_bytes() -> None:
    assert make_workbook(value_inputs(TEXTS["minimal"])) == make_workbook(value_inputs(TEXTS["minimal"]))


def test_only_inputs_that_can_come_back_are_unlocked() -> None:
    rows = {row.path: row for row in valued(EVERYTHING).inputs}
    assert rows["markets.cn.peak_share"].is_editable
    assert not rows["as_of"].is_editable
    assert not rows["cn.launch.not_before"].is_editable if "cn.launch.not_before" in rows else True
    assert rows["markets.us.patients.incidence_per_100_000"].is_editable
    assert all(bool(row.locked) != row.is_editable for row in rows.values()), "what is locked says why"
    assert all(row.provenance or row.note or not row.is_editable for row in rows.values())


def test_every_input_of_an_example_names_its_origin_and_its_source() -> None:
    found = valued(TEXTS["tunlametinib"])
    known = {row.path: row.provenance for row in found.inputs}
    rate = known["capital.discount_rate_per_year"]
    assert rate is not None
    assert rate.source is not None
    assert rate.source.url.startswith("https://docslib.org")
    assert [row.path for row in found.inputs if row.is_editable and row.provenance is None] == []


def test_formulas_hold_together_as_their_values_do() -> None:
    a, b = Num("A1", 7.0), Num("B1", 2.0)
    assert (a - (b - 1)).text == "A1-(B1-1)"
    assert (a / (b * 2)).text == "A1/(B1*2)"
    assert ((a + b) * 3).text == "(A1+B1)*3"
    assert (1 / (1 + b) ** (a - 1)).text == "1/(1+B1)^(A1-1)"


@given(st.text(min_size=1, max_size=60))
def test_any_path_becomes_a_name_that_a_spreadsheet_takes(path: str) -> None:
    name = defined_name(path)
    assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", name)
    assert not re.fullmatch(r"[A-Za-z]{1,3}[0-9]+|[rR]|[cC]|[rR][0-9]+[cC][0-9]+", name)
