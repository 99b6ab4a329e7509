"""Cuts, duties, instalments, contracts, pools and rivals as live formulas: changed in a sheet, and brought back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from onepill.core.errors import InputError
from onepill.reports.catalogue import catalogue
from onepill.reports.workbook import cases, rival_cells
from onepill.reports.workbook.check_sheet import SHEET as CHECK
from onepill.reports.workbook.check_sheet import VERDICT_ROW
from onepill.reports.workbook.inputs_sheet import HEAD_ROW
from onepill.rulebook import load_rulebook
from onepill.workbench.plan.assemble import assemble
from onepill.workbench.plan.fill import fill
from onepill.workbench.questions.workbook import ImportWorkbookAsk
from onepill.workbench.results.deterministic import deterministic_value
from onepill.workbench.sheets.answers import import_workbook
from onepill.workbench.sheets.build import make_workbook, value_inputs
from tests.workbench.sheets import Recomputed, valued, workbook


def programme(market: str, flow: str, *, convention: str = "mid_year", horizon: int = 22) -> str:
    """One trial, one filing, one market; `flow` are the market's lines after its money."""
    currency = {"US": "USD", "JP": "JPY", "EU": "EUR", "CN": "CNY"}[market]
    price = {"US": 12_000, "JP": 600_000, "EU": 5_000, "CN": 12_000}[market]
    return f"""\
onepill: 1
programme: small
as_of: 2024-08-01
asset: {{name: small, modality: small_molecule}}
indication: {{name: a tumour, area: oncology}}
development:
  trial: {{kind: phase_3, regions: [{market}], held: [{market}], cost: 12 MUSD, success_prob: 0.6, duration: 30 months}}
filings:
  {market}: {{after: [trial], review: 10 months, preparation: 6 months, approval_prob: 0.9}}
markets:
  {market}:
    months_on_treatment: 10
    net_price_per_month: {price} {currency}
    cogs_share: 0.1
    {flow.strip()}
capital:
  convention: {convention}
  horizon_years: {horizon}
  exchange_rates:
    CNY: {{per_usd: 7.1, date: 2024-01-01}}
    EUR: {{per_usd: 0.92, date: 2024-01-01}}
    JPY: {{per_usd: 150, date: 2024-01-01}}
"""


YEARLY = "patients_per_year: 20_000\n    peak_share: 0.3\n    loss_of_exclusivity: {exclusivity_years: 9}\n    "
AMERICA = (
    "US",
    YEARLY
    + """access:
      path: us_medicare
      states: {negotiated: {price_factor: 0.7}}
      transitions: {selection: {prob: 0.3, rounds: 2}}
      tariff: {origin: CN, customs_value_share: 0.3, rate: 0.25, since: 2030-05-17}
      outcome_contract: {refund_share: 0.5, non_response_share: 0.4}
      instalments: {years: 3, kept_share_per_year: 0.8}
      free_goods_share: 0.05""",
)
JAPAN = (
    "JP",
    YEARLY
    + """access:
      path: jp_nhi
      states:
        listed: {revision: {day: "04-01", cut_share: 0.05, every_years: 2}}
        repriced: {price_factor: 0.85, revision: {day: "04-01", cut_share: 0.03}}
      transitions: {market_expansion: {prob: 0.4}}""",
)
CHINA = (
    "CN",
    YEARLY
    + """access:
      path: cn_national
      states: {listed: {price_factor: 0.4, renewal: {every_years: 2, cut_share: 0.1, halved_after_years: 4}}}
      transitions: {listing: {rounds: 2, prob: 0.5}, commercial_listing: {prob: 0}}""",
)
EUROPE = ("EU", YEARLY + "access: {path: eu_reimbursement}")
RIVALS = (
    "US",
    """patients:
      population: 330_000_000
      incidence_per_100_000: 5
      prevalence: {patients: 40_000, treated_over_years: 3, assumption: p}
    price_steps: [{since: 2032-05-10, factor: 0.6, assumption: c}]
    competition:
      in_class: 1
      class_share: 0.5
      entrants:
        - {delay: {low: 2 years, mode: 4 years, high: 9 years}, prob: 0.6, assumption: e}
        - {day: 2033-06-01, count: 2, assumption: f}
        - {delay: 7 years, assumption: g}""",
)
POOL = (
    "US",
    """patients:
      population: 330_000_000
      prevalence: {per_100_000: 12, treated_over_years: 6, assumption: p}
    peak_share: 0.2""",
)
US, JP, CN, EU = (f"markets.{name}.access" for name in ("us", "jp", "cn", "eu"))
FLOW = "markets.us.patients"
CASES: dict[str, tuple[tuple[str, str], str, dict[str, float]]] = {
    "duties": (AMERICA, "exact", {f"{US}.tariff.rate": 1.0, f"{US}.tariff.customs_value_share": 0.1}),
    "contracts": (
        AMERICA,
        "continuous",
        {
            f"{US}.instalments.kept_share_per_year": 0.35,
            f"{US}.outcome_contract.refund_share": 0.9,
            f"{US}.outcome_contract.non_response_share": 0.15,
            f"{US}.free_goods_share": 0.2,
        },
    ),
    "selection": (
        (AMERICA[0], AMERICA[1].replace("exclusivity_years: 9", "exclusivity_years: 17")),
        "end_year",
        {
            f"{US}.transitions.selection.prob": 0.8,
            f"{US}.states.negotiated.price_factor": 0.35,
            "markets.us.uptake.years_to_peak": 7.5,
            "markets.us.launch_lag": 200.0,
            "markets.us.loss_of_exclusivity.exclusivity_years": 14.0,
        },
    ),
    "cuts": (
        JAPAN,
        "exact",
        {f"{JP}.states.listed.revision.cut_share": 0.11, f"{JP}.states.repriced.revision.cut_share": 0.0},
    ),
    "cuts_before": (JAPAN, "mid_year", {f"{JP}.transitions.market_expansion.prob": 0.9, "markets.jp.launch_lag": 25.0}),
    "renewals": (
        CHINA,
        "exact",
        {
            f"{CN}.states.listed.renewal.cut_share": 0.17,
            f"{CN}.states.self_pay.patient_share": 0.5,
            f"{CN}.transitions.listing.prob": 0.25,
            f"{CN}.transitions.bid.lag": 11.0,
            f"{CN}.transitions.bid.prob": 1.0,
            "markets.cn.uptake.years_to_peak": 6.0,
        },
    ),
    "by_default": (
        EUROPE,
        "mid_year",
        {f"{EU}.transitions.reimbursement.lag": 620.0, "markets.eu.loss_of_exclusivity.exclusivity_years": 11.5},
    ),
    "rivals": (
        RIVALS,
        "mid_year",
        {
            "markets.us.competition.entrants.0.delay": 3.25,
            "markets.us.competition.entrants.0.prob": 0.95,
            "markets.us.competition.entrants.1.prob": 0.35,
            "markets.us.competition.entrants.2.delay": 1.5,
            "markets.us.competition.entry_exponent": 0.9,
            "markets.us.competition.class_share": 0.7,
        },
    ),
    "pool": (
        RIVALS,
        "exact",
        {
            f"{FLOW}.prevalence.patients": 90_000.0,
            f"{FLOW}.prevalence.treated_over_years": 1.5,
            f"{FLOW}.incidence_per_100_000": 3.0,
            f"{FLOW}.population": 300_000_000.0,
        },
    ),
    "listed": (("JP", YEARLY), "exact", {"markets.jp.launch_lag": 400.0}),
    "pool_alone": (
        POOL,
        "end_year",
        {f"{FLOW}.prevalence.treated_over_years": 2.0, f"{FLOW}.prevalence.per_100_000": 7.0},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_changed_feature_recomputes_and_comes_back(name: str, tmp_path: Path) -> None:
    case, convention, changes = CASES[name]
    text = programme(*case, convention=convention, horizon=16 if case[0] == "CN" else 22)
    book = Recomputed(workbook(text, "zh" if name in ("cuts", "rivals") else "en"), tmp_path).change({})
    before = valued(text).value.rnpv_usd
    assert valued(text).looked_up == {}
    assert abs(book.rnpv_usd - before) < 1
    for path, value in changes.items():
        told = book.rnpv_usd
        assert abs(book.change({path: value}).rnpv_usd - told) > 1, f"{path} matters, or nothing is tested"
    answer = _imported(text, book.saved())
    assert {row["path"]: row["after"] for row in answer["changes"]} == changes
    assert answer["kept"] == []
    assert abs(book.rnpv_usd - answer["rnpv_after_usd"]) < 1


def _imported(text: str, content: bytes) -> dict[str, Any]:
    asked = {"text": text, "file": "f.yaml", "workbook": {"content": content, "file": "book.xlsx"}}
    return import_workbook(ImportWorkbookAsk.model_validate(asked))


def test_a_value_of_the_paths_own_is_written_below_the_path(tmp_path: Path) -> None:
    text, path = programme(*EUROPE), f"{EU}.transitions.reimbursement.lag"
    book = Recomputed(workbook(text), tmp_path).change({path: 500.0})
    access = value_inputs(_imported(text, book.saved())["text"]).loaded.programme.markets["EU"].access
    assert access is not None
    lag = access.transitions["reimbursement"].lag
    assert lag is not None
    assert lag.number == 500
    assert "book.xlsx" in lag.assumption


CUTS = programme("CN", YEARLY + "access: {path: cn_national, transitions: {listing: {rounds: 1}}}")
REVISED = programme("JP", YEARLY + "access: {path: jp_nhi, price_maintenance: false}")


@pytest.mark.parametrize(
    ("text", "path", "beside"),
    [
        (CUTS, f"{CN}.states.listed.renewal.cut_share", {"every_years": 2, "halved_after_years": 4, "until_years": 8}),
        (REVISED, f"{JP}.states.listed.revision.cut_share", {"day": "04-01", "every_years": 1}),
    ],
    ids=["renewal", "revision"],
)
def test_a_cut_that_the_file_leaves_to_the_rules_comes_back_with_what_stands_beside_it(
    text: str, path: str, beside: dict[str, Any], tmp_path: Path
) -> None:
    book = Recomputed(workbook(text), tmp_path).change({path: 0.12})
    answer = _imported(text, book.saved())
    assert {row["path"]: row["after"] for row in answer["changes"]} == {path: 0.12}
    assert answer["kept"] == []
    assert abs(book.rnpv_usd - answer["rnpv_after_usd"]) < 1
    assert abs(book.rnpv_usd - valued(text).value.rnpv_usd) > 1_000
    _, where, _, _, state, kind, _ = path.split(".")
    access = value_inputs(answer["text"]).loaded.programme.markets[where.upper()].access
    assert access is not None
    cut = getattr(access.states[state], kind)
    assert {name: getattr(cut, name) for name in beside} == beside
    assert "book.xlsx" in cut.cut_share.assumption


def test_notes_beside_inputs_are_in_the_language_of_the_sheets(tmp_path: Path) -> None:
    book, words = Recomputed(workbook(programme(*RIVALS), "zh"), tmp_path), catalogue("zh")
    row = [item.path for item in valued(programme(*RIVALS)).inputs].index("markets.us.competition.entrants.1.prob")
    assert book.cell("Inputs", HEAD_ROW + 1 + row, 13) == words("sheet.note.certain")


def test_all_rivals_that_a_file_may_name_are_formulas(tmp_path: Path) -> None:
    days = "".join(
        f"\n        - {{day: 20{27 + i}-0{1 + i % 9}-11, prob: 0.{1 + i % 9}, assumption: e}}" for i in range(12)
    )
    market, flow = RIVALS
    text = programme(market, flow[: flow.index("      entrants:")] + "      entrants:" + days)
    assert valued(text).looked_up == {}
    changes = {"markets.us.competition.entrants.11.prob": 0.9, "markets.us.competition.entrants.0.prob": 0.7}
    book = Recomputed(workbook(text), tmp_path).change(changes)
    answer = _imported(text, book.saved())
    assert {row["path"]: row["after"] for row in answer["changes"]} == changes
    assert abs(book.rnpv_usd - answer["rnpv_after_usd"]) < 1
    assert abs(book.rnpv_usd - valued(text).value.rnpv_usd) > 1_000


def test_rivals_of_too_many_cells_are_looked_up_and_the_sheets_say_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rival_cells, "MOST_CELLS", 1_000)
    text = programme(*RIVALS)
    found = value_inputs(text)
    assert found.looked_up["us"].rivals == 4
    assert found.looked_up["us"].cells > 1_000
    rows = {row.path: row for row in found.inputs}
    for path in ("markets.us.competition.entrants.0.prob", f"{FLOW}.prevalence.treated_over_years"):
        assert path not in rows or rows[path].locked == "table"
    assert rows[f"{FLOW}.population"].locked == "table"
    book = Recomputed(make_workbook(found), tmp_path).change({"markets.us.competition.class_share": 0.6})
    words = catalogue("en")
    notes = [book.cell("Inputs", row, 13) for row in range(4, 40)]
    assert any(note and note.startswith(words("sheet.locked.table")) for note in notes)
    told = [row for row in range(VERDICT_ROW, 80) if book.cell(CHECK, row, 4) == words("sheet.check.from_table")]
    assert len(told) == 1
    assert "4 possible rivals on 14 days in 1 launches" in book.cell(CHECK, told[0], 0)
    answer = _imported(text, book.saved())
    assert abs(book.rnpv_usd - answer["rnpv_after_usd"]) < 1


def test_payer_states_are_looked_up_with_their_market(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rival_cells, "MOST_CELLS", 1_000)
    market, flow = RIVALS
    flow = re.sub(r" *(?:prevalence|price_steps): .*\n", "", flow)
    text = programme(
        market, flow + "\n    loss_of_exclusivity: {exclusivity_years: 9}\n    access: {path: us_medicare}"
    )
    found = value_inputs(text)
    assert found.looked_up["us"].launches > 1
    book = Recomputed(make_workbook(found), tmp_path).change({})
    assert abs(book.rnpv_usd - found.value.rnpv_usd) < 1
    answer = _imported(text, book.change({"filings.us.approval_prob": 0.5}).saved())
    assert abs(book.rnpv_usd - answer["rnpv_after_usd"]) < 1


MEDICARE = programme(
    "US", YEARLY.replace("exclusivity_years: 9", "exclusivity_years: 17") + "access: {path: us_medicare}"
)


BELOW_FLOOR, SELECTION = MEDICARE.replace("20_000", "2_000"), f"{US}.transitions.selection.prob"
CLOSED = programme("CN", YEARLY + "access: {path: cn_national, transitions: {bid: {prob: 0}, listing: {rounds: 1}}}")

CERTAIN = CLOSED.replace("bid: {prob: 0}, listing: {rounds: 1}", "bid: {prob: 1}, listing: {rounds: 2, prob: 1}")


@pytest.mark.parametrize(
    ("text", "changes", "follows"),
    [
        (MEDICARE, {"markets.us.peak_share": 0.02}, 0.0),
        (BELOW_FLOOR, {"markets.us.peak_share": 0.99, "markets.us.net_price_per_month": 40_000.0}, 0.2),
        (MEDICARE, {SELECTION: 0.0}, None),
        (BELOW_FLOOR, {SELECTION: 0.35}, None),
        (CLOSED, {f"{CN}.transitions.bid.prob": 0.4}, None),
        (CERTAIN, {f"{CN}.transitions.listing.prob": 0.6, f"{CN}.transitions.bid.prob": 0.4}, None),
    ],
    ids=["impossible", "possible", "to_zero", "stated", "opened", "certain"],
)
def test_a_chance_of_zero_or_one_is_a_chance_like_others_and_medicares_follows_its_floor(
    text: str, changes: dict[str, float], follows: float | None, tmp_path: Path
) -> None:
    words = catalogue("en")
    before = valued(text)
    plain = deterministic_value(assemble(fill(before.loaded.programme, load_rulebook())).plan)
    assert before.value.rnpv_usd == pytest.approx(plain.rnpv_usd, abs=0.01)
    book = Recomputed(workbook(text), tmp_path).change({})
    assert book.cell(CHECK, VERDICT_ROW, 1) == words("sheet.check.all_good")
    book.change(changes)
    assert book.cell(CHECK, VERDICT_ROW, 1) == words("sheet.check.all_changed")
    answer = _imported(text, book.saved())
    assert {row["path"]: row["after"] for row in answer["changes"]} == changes
    assert answer["kept"] == []
    after = value_inputs(answer["text"])
    assert abs(book.rnpv_usd - after.value.rnpv_usd) < 0.01
    assert abs(book.rnpv_usd - before.value.rnpv_usd) > 1_000
    assert [row.value for row in after.inputs if row.follows] == ([] if follows is None else [follows])


def test_what_was_typed_over_medicares_chance_stays_typed(tmp_path: Path) -> None:
    """The number that stood there is typed too: it does not follow the peak below the floor."""
    book = Recomputed(workbook(MEDICARE), tmp_path).change({"markets.us.peak_share": 0.02, SELECTION: 0.2})
    answer = _imported(MEDICARE, book.saved())
    assert [row["path"] for row in answer["kept"]] == [SELECTION]
    assert abs(book.rnpv_usd - answer["rnpv_after_usd"]) < 1


def test_a_chance_that_other_states_rest_on_is_told_in_the_sheet_and_refused_at_zero(tmp_path: Path) -> None:
    """The list's start is the mean over the states that lead to it, of which the commercial list is one."""
    stated = CLOSED.replace("bid: {prob: 0}", "commercial_listing: {prob: 0.2}, bid: {prob: 0}")
    words, path = catalogue("en"), f"{CN}.transitions.commercial_listing.prob"
    book = Recomputed(workbook(stated), tmp_path).change({})
    assert book.cell(CHECK, VERDICT_ROW, 1) == words("sheet.check.all_good")
    book.change({path: 0.0})
    assert book.cell(CHECK, VERDICT_ROW, 1) == words("sheet.check.all_refused")
    assert book.cell(CHECK, VERDICT_ROW - 1, 1) == 1
    with pytest.raises(InputError) as refused:
        _imported(stated, book.saved())
    assert refused.value.findings[0].code == "workbook.moved"


def test_states_of_no_chance_are_left_out_where_they_make_a_workbook_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "MOST_ROWS", 40)
    found = value_inputs(CLOSED)
    assert not found.base.paths["cn"].path.kept
    monkeypatch.undo()
    assert value_inputs(CLOSED).base.paths["cn"].path.kept == {"bid"}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_sheet_of_checks_tells_a_change_from_a_fault(lang: Any, tmp_path: Path) -> None:
    text, words = programme(*EUROPE), catalogue(lang)
    book = Recomputed(workbook(text, lang), tmp_path).change({})
    verdict = (VERDICT_ROW, 1)
    assert book.cell(CHECK, *verdict) == words("sheet.check.all_good")
    assert [book.cell(CHECK, row, 1) for row in range(2, VERDICT_ROW)] == [0] * 5
    book.change({"markets.eu.peak_share": 0.25})
    assert book.cell(CHECK, *verdict) == words("sheet.check.all_changed")
    assert book.cell(CHECK, 2, 1) == 1
    assert book.cell(CHECK, 3, 1) > 3
    result = book.sheets.index("Result")
    book.model.update_cell_with_number(result, 12, 2, 1.0)  # a formula typed over
    book.model.evaluate()
    assert book.cell(CHECK, *verdict) == words("sheet.check.all_bad")


def test_rounds_after_the_models_last_day_leave_a_number(tmp_path: Path) -> None:
    """Medicare's rounds of nine years after an approval of about 2028 lie beyond a horizon of twelve years."""
    text = programme(*AMERICA, horizon=12)
    book = Recomputed(workbook(text), tmp_path).change({})
    assert abs(book.rnpv_usd - valued(text).value.rnpv_usd) < 1
    book.change({"development.trial.duration": 70.0})
    answer = _imported(text, book.saved())
    assert abs(book.rnpv_usd - answer["rnpv_after_usd"]) < 1
