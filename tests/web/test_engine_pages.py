"""Every engine's page answers in both languages, and its files hold what its document says."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from python_calamine import CalamineWorkbook

from onepill.core.spreadsheet import FORMULA, safe
from onepill.reports.catalogue import LANGUAGES, catalogue
from onepill.reports.charts.frame import Chart, Drawing, Twin
from onepill.rulebook.book import load_rulebook
from onepill.web import create_app
from onepill.web.assets import DECLARATIONS
from onepill.web.engine_exports import as_csv, as_xlsx
from onepill.web.engine_forms import HIDDEN
from onepill.web.engine_tables import Table, cells, file_columns, file_value, raw, rows_of, shown_tables
from onepill.web.engine_views import ENGINES
from onepill.web.programme_exports import TABLES as PROGRAMME_TABLES
from onepill.web.speaking import Words
from onepill.web.vega import chart_data
from onepill.workbench.asking.context import close_workspaces
from onepill.workbench.asking.kept_files import kept_text
from onepill.workbench.deals.comps_answers import filter_codes
from onepill.workbench.operations import operation
from tests.workbench.passports import ROOT

VIEWS = [(engine.id, view) for engine in ENGINES for view in engine.views]
NAMES = [f"{engine}.{view.id}" for engine, view in VIEWS]
PILL = "tunlametinib-nras-melanoma"
SMALL = {"draws": "200"}
ASKED = {
    "brief.since": {"since": "2026-08-01", "on": "2026-11-22", "programmes": "minimal", **SMALL},
    "world.rule": {"id": "us.fda.nda.statutory_review"},
    "world.plan": {"programme": PILL, **SMALL},
    "world.routes": {"programme": PILL, "routes": "us=standard\nus=priority", **SMALL},
    "policy.one": {"id": "cn.beijing.2024"},
    "policy.match": {"programme": "lm-302-gastric"},
    "policy.effect": {"programme": "lm-302-gastric", "policies": "cn.beijing.2024", **SMALL},
    "evidence.odds": {"programme": PILL},
    "evidence.enrichment": {
        "prevalence": "0.3",
        "differences": "0.5,0",
        "sd": "1",
        "patient_cost_usd": "100000",
        "accrual_per_month": "20",
    },
    "evidence.proof": {"programme": "lean-proof-of-concept", **SMALL},
    "evidence.regional": {"patients": "500"},
    "evidence.assurance": {"rates": "0.4,0.2", "effect": "0.15", "se": "0.05"},
    "evidence.interim": {"z": "1.2"},
    "evidence.responses": {"responses": "4", "patients": "12", "max_patients": "30", "null_rate": "0.1"},
    "landscape.table": {"programme": PILL, **SMALL},
    "value.forecast": {"programme": PILL, **SMALL},
}
DEAL = (ROOT / "examples" / "deals" / "licence.yaml").read_text(encoding="utf-8")
NEWCO = (ROOT / "examples" / "deals" / "newco.yaml").read_text(encoding="utf-8")
SENT = {
    "deals.value": {"programme": PILL, "deal": DEAL, **SMALL},
    "deals.compare": {"programme": PILL, "deals": [DEAL, NEWCO], **SMALL},
    "deals.solve": {"programme": PILL, "deal": DEAL, "unknowns": "upfront_usd", "licensor_share": "0.4", **SMALL},
    "deals.return_risk": {"programme": PILL, "deal": DEAL, **SMALL},
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONEPILL_HOME", str(tmp_path_factory.mktemp("home")))
        close_workspaces()
        yield TestClient(create_app(), base_url="http://127.0.0.1", headers={"sec-fetch-site": "same-origin"})
        close_workspaces()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("engine", "view"), VIEWS, ids=NAMES)
def test_every_view_opens_in_both_languages(client: TestClient, engine: str, view, lang: str) -> None:
    answer = client.get(f"/{engine}/{view.id}", params={"lang": lang})
    assert answer.status_code == 200
    assert Words(catalogue(lang))(f"lede.{engine}.{view.id}").replace("'", "&#39;") in answer.text
    assert "style=" not in answer.text


@pytest.mark.parametrize("name", [*ASKED, *SENT])
def test_every_declared_column_is_one_of_the_answer(client: TestClient, name: str) -> None:
    engine, _, view_id = name.partition(".")
    view = next(view for found, view in VIEWS if (found, view.id) == (engine, view_id))
    asked = {"format": "json", "asked": "1"}
    address = f"/{engine}/{view_id}"
    if name in SENT:
        answer = client.post(address, data={**SENT[name], **asked})
    else:
        answer = client.get(address, params={**ASKED[name], **asked})
    assert answer.status_code == 200, answer.text[:500]
    document = answer.json()
    filled = [table for table in view.tables if rows_of(document, table.path)]
    assert filled
    for table in filled:
        rows = rows_of(document, table.path)
        known = {column for column in table.columns if any(_has(row, column) for row in rows)}
        assert set(table.columns) - known <= {"on.value"}, table.id


def _has(row: object, column: str) -> bool:
    node = row
    for part in column.split("."):
        if node is None or node == "not_quantified":
            return True
        if not isinstance(node, dict) or part not in node:
            return False
        node = node[part]
    return True


def test_json_of_a_page_is_the_answer_of_the_api(client: TestClient) -> None:
    page = client.get("/world", params={"on": "2026-11-22", "jurisdictions": "CN", "format": "json"}).json()
    assert page == client.post("/api/world", json={"on": "2026-11-22", "jurisdictions": ["CN"]}).json()


def test_csv_and_xlsx_hold_every_row_of_the_document(client: TestClient) -> None:
    asked = {"on": "2026-11-22", "jurisdictions": "CN,US", "lang": "en"}
    document = client.get("/world", params={**asked, "format": "json"}).json()
    table = next(one for one in ENGINES[1].views[0].tables if one.id == "clocks")
    text = client.get("/world", params={**asked, "format": "csv", "part": "clocks"}).text
    head, *rows = csv.reader(io.StringIO(text))
    assert head == list(table.columns)
    wanted = [[file_value(raw(row, column), "en") for column in table.columns] for row in document["clocks"]]
    assert rows == [["" if value is None else str(safe(value)) for value in row] for row in wanted]
    book = client.get("/world", params={**asked, "format": "xlsx", "part": "clocks"}).content
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name("clocks").to_python()
    assert len(sheet) == len(wanted) + 1
    assert [row[1] for row in sheet[1:]] == [row[1] for row in wanted]


def test_a_file_has_a_column_for_each_part_of_an_estimate_and_texts_in_its_language() -> None:
    day = {"prob": 0.5, "p10": "2030-01-01", "p50": "2031-01-01", "p90": None}
    rows = [{"usd": None, "day": None, "waits": []}, {"usd": {"mean": 2, "standard_error": 1}, "day": day}]
    rows[1]["waits"] = [{"en": "a ends", "zh": "甲结束"}, {"en": "b ends", "zh": "乙结束"}]
    text = as_csv(Table("t", "rows", ("usd", "day", "day.prob", "waits")), {"rows": rows}, "zh")
    head, empty, full = csv.reader(io.StringIO(text))
    assert head == ["usd.mean", "usd.standard_error", "day.prob", "day.p10", "day.p50", "day.p90", "waits"]
    assert set(empty) == {""}
    assert full == ["2", "1", "0.5", "2030-01-01", "2031-01-01", "", "甲结束; 乙结束"]


@pytest.mark.parametrize("start", FORMULA)
def test_no_file_holds_a_formula(start: str) -> None:
    table, answer = Table("t", "rows", ("name", "usd")), {"rows": [{"name": f"{start}1+1", "usd": -5.5}]}
    row = list(csv.reader(io.StringIO(as_csv(table, answer, "en"), newline="")))[1]
    assert row == [f"'{start}1+1", "-5.5"]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx([table], answer, "en"))).get_sheet_by_index(0)
    assert sheet.to_python()[1][1] == -5.5
    assert sheet.to_python()[1][0].startswith("'")


def test_drawings_are_files_without_variables(client: TestClient) -> None:
    asked = {**ASKED["evidence.enrichment"], "part": ""}
    drawn = client.get("/evidence/enrichment", params={**asked, "format": "svg"})
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert "var(" not in drawn.text
    picture = client.get("/evidence/enrichment", params={**asked, "format": "png"})
    assert picture.content.startswith(b"\x89PNG")


WICKED = tuple(f"{start}cmd|'/c calc'!A1" for start in FORMULA)
FORMS = ("csv", "xlsx")


def _wicked(value: object, nth: list[int]) -> object:
    """The same document with every text a formula, of each beginning in turn; what a table's path reads stays."""
    if isinstance(value, dict):
        return {key: _wicked(one, nth) for key, one in value.items()}
    if isinstance(value, list):
        return [_wicked(one, nth) for one in value]
    if isinstance(value, str):
        nth[0] += 1
        return WICKED[nth[0] % len(WICKED)]
    return value


def _cells(kind: str, table: Table, answer: object) -> list[object]:
    if kind == "csv":
        return [cell for row in csv.reader(io.StringIO(as_csv(table, answer, "en"), newline="")) for cell in row]
    book = CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx([table], answer, "en")))
    return [cell for row in book.get_sheet_by_index(0).to_python() for cell in row]


@pytest.mark.parametrize("name", [*ASKED, "world.places", "deals.comps"])
def test_no_table_of_any_page_gives_a_formula_to_a_spreadsheet(client: TestClient, name: str) -> None:
    engine, _, view_id = name.partition(".")
    view = next(view for found, view in VIEWS if (found, view.id) == (engine, view_id))
    asked = {**ASKED.get(name, {}), "format": "json", "asked": "1"}
    answer = _wicked(client.get(f"/{engine}/{view_id}", params=asked).json(), [0])
    for table in view.tables:
        assert _no_formula(table, answer)


def _no_formula(table: Table, answer: object) -> bool:
    for kind in FORMS:
        texts = [cell for cell in _cells(kind, table, answer) if isinstance(cell, str)]
        wicked = [text for text in texts if text.startswith(FORMULA)]
        # A number below zero stands in a table of commas as it is.
        assert [text for text in wicked if not _is_number(text)] == []
    return True


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("page", PROGRAMME_TABLES)
def test_no_file_of_a_programme_holds_a_formula_and_its_columns_are_the_documents(
    client: TestClient, page: str
) -> None:
    where = {"programmes": "/programmes", "live": f"/programmes/{PILL}"}.get(page, f"/programmes/{PILL}/{page}")
    asked = {"format": "json", "outlook": "true", **OF_PAGE.get(page, SMALL)}
    document = client.get(where, params=asked).json()
    for table in PROGRAMME_TABLES[page]:
        rows = rows_of(document, table.path)
        known = {column for column in table.columns if any(_has(row, column) for row in rows)}
        assert not rows or set(table.columns) == known, table.id
        assert _no_formula(table, _wicked(document, [0]))
        file = client.get(where, params={**asked, "format": "csv", "part": table.id})
        # Signatures stand beside a passport, not in its document: here one line, that there are none.
        assert len(list(csv.reader(io.StringIO(file.text)))) == len(rows) + (2 if table.id == "signatures" else 1)


OF_PAGE = {
    "live": {**SMALL, "set": "markets.us.peak_share:0.2"},
    "compare": {**SMALL, "scenario": "expedited_us"},
}


@pytest.mark.parametrize("name", ["world.places", "policy.effect", "evidence.odds", "value.forecast"])
def test_a_link_reproduces_the_view(client: TestClient, name: str) -> None:
    """A stranger who opens the address sees the same page: it depends on nothing that the first visitor left."""
    engine, _, view_id = name.partition(".")
    asked = {**ASKED.get(name, {"on": "2026-11-22"}), "asked": "1", "lang": "zh", "theme": "dark"}
    first = client.get(f"/{engine}/{view_id}", params=asked)
    stranger = TestClient(create_app(), base_url="http://127.0.0.1", headers={"sec-fetch-site": "same-origin"})
    assert first.status_code == 200
    assert stranger.get(str(first.url)).text == first.text


@pytest.mark.parametrize(
    ("address", "params", "field", "said"),
    [
        ("/world", {"on": "nonsense"}, "on", "不是日期"),
        ("/evidence/fixed", {"rates": "a,b"}, "rates", "应为数字"),
        ("/evidence/single_arm", {"null_rate": "0.1"}, "target_rate", "请填写"),
        ("/landscape/matrix", {"rows": "colour"}, "rows", "没有“colour”这一选项"),
        ("/value", {"asked": "1"}, "programme", "请填写“项目”"),
    ],
)
def test_what_is_wrong_is_told_in_both_languages_at_its_field(
    client: TestClient, address: str, params: dict[str, str], field: str, said: str
) -> None:
    for lang in LANGUAGES:
        answer = client.get(address, params={**params, "asked": "1", "lang": lang})
        assert answer.status_code == 422
        assert (said in answer.text) == (lang == "zh")
        control = answer.text.partition(f'name="{field}"')[2].partition(">")[0]
        assert "aria-invalid" in control or field == "on"


@pytest.mark.parametrize("name", ["value.forecast", "evidence.enrichment", "evidence.proof"])
def test_charts_carry_their_definitions_and_only_styles_that_the_sheet_knows(client: TestClient, name: str) -> None:
    engine, _, view_id = name.partition(".")
    text = client.get(f"/{engine}/{view_id}", params={**ASKED[name], "asked": "1"}).text
    data = json.loads(text.partition('id="charts-data">')[2].partition("</script>")[0])
    drawn = re.findall(r'<figure class="chart[^"]*" id="chart-([^"]+)"', text)
    assert drawn
    assert list(data) == drawn
    assert all(one["wide"]["width"] > one["narrow"]["width"] for one in data.values())
    assert set(re.findall(r'data-s="([^"]*)"', text)) <= set(DECLARATIONS)


def test_nothing_in_a_definition_ends_its_block() -> None:
    wicked = "</script><script>alert(1)</script>&\u2028"
    drawing = Drawing("<svg/>", {"data": {"values": [{"tip": wicked}]}})
    chart = Chart("x", "", "", "", drawing, drawing, Twin((), ()))
    block = str(chart_data([chart]))
    assert not set("<>&\u2028") & set(block)
    assert json.loads(block)["x"]["wide"]["data"]["values"][0]["tip"] == wicked


def test_the_library_is_made_once_and_kept(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEPILL_HOME", str(tmp_path))
    assert kept_text("a.js", lambda: "made") == "made"
    assert kept_text("a.js", lambda: "again") == "made"
    (tmp_path / "cache" / "a.js").write_bytes(b"\xff\xfe")
    assert kept_text("a.js", lambda: "mended") == "mended"
    monkeypatch.setenv("ONEPILL_HOME", str(tmp_path / "cache" / "a.js"))
    assert kept_text("b.js", lambda: "not kept") == "not kept"


def test_a_factor_is_turned_over_by_its_switch_and_back(client: TestClient) -> None:
    def switches(address: str) -> dict[str, tuple[str, str]]:
        text = client.get(address).text
        found = re.findall(r'role="switch" aria-checked="(\w+)" href="([^"]+)"><span[^>]*></span>([^<]+)', text)
        return {name: (state, href.replace("&amp;", "&")) for state, href, name in found}

    start = f"/evidence/odds?programme={PILL}&asked=1&lang=en"
    first = switches(start)
    assert first["selection by biomarker"][0] == "true"
    turned = switches(first["selection by biomarker"][1])
    assert turned["selection by biomarker"][0] == "false"
    assert {name: state for name, (state, _) in turned.items() if name != "selection by biomarker"} == {
        name: state for name, (state, _) in first.items() if name != "selection by biomarker"
    }
    again = switches(turned["selection by biomarker"][1])
    assert {name: state for name, (state, _) in again.items()} == {name: state for name, (state, _) in first.items()}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_programme_and_its_passport_are_a_pdf(client: TestClient, lang: str) -> None:
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    for address in (f"/programmes/{PILL}", f"/programmes/{PILL}/passport"):
        answer = client.get(address, params={"format": "pdf", "lang": lang, **SMALL})
        if "pdf_font.missing" in answer.text[:2000]:
            pytest.skip("no font with Chinese characters is installed")
        assert answer.headers["content-type"] == "application/pdf"
        title = pypdf.PdfReader(io.BytesIO(answer.content)).metadata.title
        assert {"en": "Tunlametinib", "zh": "妥拉美替尼"}[lang] in title
        first = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages[:2])
        assert {"en": "Unsigned", "zh": "未签署"}[lang] in first


@pytest.mark.parametrize(
    ("params", "code"), [({"format": "pdf"}, "export.kind"), ({"format": "csv", "part": "x"}, "export.part")]
)
def test_a_file_that_there_is_not_is_refused(client: TestClient, params: dict[str, str], code: str) -> None:
    answer = client.get("/world", params=params)
    assert answer.status_code == 422
    assert code in answer.text


def test_what_was_typed_stays_where_it_is_refused(client: TestClient) -> None:
    answer = client.get("/world", params={"jurisdictions": "<b>XX</b>"})
    assert answer.status_code == 422
    assert "&lt;b&gt;XX&lt;/b&gt;" in answer.text
    assert "<b>XX</b>" not in answer.text


def test_terms_are_refused_with_their_line(client: TestClient) -> None:
    answer = client.post("/deals/value", data={"programme": PILL, "deal": DEAL.replace("licence_abroad", "=1", 1)})
    assert answer.status_code == 422
    assert "terms-1.yaml" in answer.text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_of_a_page_is_there(lang: str) -> None:
    t = Words(catalogue(lang))
    for engine, view in VIEWS:
        assert t(f"view.{engine}.{view.id}")
        assert all(t(f"etable.{table.id}") for table in view.tables)
        columns = [column for table in view.tables for column in table.columns]
        assert [c for c in columns if not t.has(f"ecol.{c}") and not t.has(f"ecol.{c.rpartition('.')[2]}")] == []
        fields = operation(view.operation).remote_question.model_fields
        shown = [name for name in fields if name not in HIDDEN]
        assert [name for name in shown if not t.has(f"field.{name}")] == []
        assert lang == "en" or [name for name in shown if not t.has(f"help.{name}")] == []


def test_without_a_warehouse_the_landscape_says_so(client: TestClient) -> None:
    answer = client.get("/landscape/firsts", params={"asked": "1"})
    assert answer.status_code == 422
    assert "holds no trials" in answer.text
    assert "onepill registry load ctgov" in answer.text
    offered = re.search(r'href="(/landscape/table[^"]+)"', answer.text)
    assert offered
    assert "trametinib" in client.get(offered[1].replace("&amp;", "&")).text


def test_every_number_of_a_deals_page_is_explained_down_to_its_terms(client: TestClient) -> None:
    at = f"/programmes/{PILL}/deals/licence_abroad"
    page = client.get(at, params={"lang": "zh"}).text
    links = sorted(set(re.findall(rf'href="({at}/explain/[^"]+)"', page)))
    results = [link for link in links if "/explain/deals." not in link]
    assert len(results) == 2 * 7 + 2, "seven numbers of each party, and the share of each"
    assert len(links) > len(results) + 10, "and the terms"
    for link in links:
        assert client.get(link).status_code == 200, link
    worth = client.get(f"{at}/explain/parties.licensor.npv_usd.mean", params={"lang": "zh"}).text
    wanted = ("terms.<wbr>upfront.<wbr>amount", "首付款：金额", "development.<wbr>global_<wbr>phase_<wbr>3.<wbr>cost")
    assert [one for one in wanted if one not in worth] == []
    assert "许可方 <code" in page


@pytest.mark.parametrize(("lang", "word", "limit"), [("en", "phase 3", "95 % from"), ("zh", "三期", "95%下限")])
def test_filters_of_comparables_are_chosen_by_words_and_medians_have_limits(
    client: TestClient, lang: str, word: str, limit: str
) -> None:
    asked = {"stages": ["phase_2", "phase_3"], "asked": "1", "lang": lang}
    text = client.get("/deals/comps", params=asked).text
    for name, (_, codes) in filter_codes().items():
        select = text.partition(f'<select name="{name}" multiple')[2].partition("</select>")[0]
        assert re.findall(r'value="(\w+)"', select) == list(codes)
        assert not re.findall(r">\w+_\w+<", select), "a code stands where its word should"
    assert f'<option value="phase_3" selected>{word}</option>' in text
    assert limit in text
    assert "--" not in re.sub(r"<[^>]*>", "", text.partition('id="told"')[2].partition("</section>")[0])
    answer = client.get("/deals/comps", params={**asked, "format": "json"}).json()
    assert answer["filters"]["stages"] == ["phase_2", "phase_3"]
    file = client.get("/deals/comps", params={**asked, "format": "csv", "part": "quantiles"}).text
    rows = {row["key"]: row for row in csv.DictReader(io.StringIO(file.lstrip("\ufeff")))}
    assert float(rows["upfront_usd"]["p50_low"]) == answer["quantiles"]["upfront_usd"]["p50_low"]


def test_a_filter_that_an_address_lists_with_commas_is_chosen(client: TestClient) -> None:
    text = client.get("/deals/comps?stages=phase_2,phase_3&asked=1&lang=en").text
    assert text.count(" selected>phase ") == 2


def test_shares_among_measures_of_a_crowd_are_percent() -> None:
    view = next(view for engine, view in VIEWS if (engine, view.id) == ("landscape", "crowding"))
    told = {
        "top_5_share": 0.123,
        "share_on_at_least_10": 0.5,
        "late_entrant_share": 0.25,
        "hhi": 0.0125,
        "sponsors": 7.0,
    }
    rest = {"low": 0.0, "high": 1.0, "n": 40, "interval": "bootstrap"}
    answer = {"measures": {name: {"meaning": {"en": name, "zh": name}, "value": v, **rest} for name, v in told.items()}}
    shown = [[cell.text for cell in row[1:5]] for row in cells(view.tables[0], answer, Words(catalogue("en")))]
    assert [row[0] for row in shown] == ["12.3%", "50.0%", "25.0%", "0.0125", "7"]
    assert shown[0][1:] == ["0.0%", "100.0%", "40"]
    assert shown[3][1:] == ["0", "1", "40"]


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "an example, to look at and to change"), ("zh", "示例，供查看和修改")]
)
def test_the_reason_of_an_example_is_told_in_the_language_of_the_page(client: TestClient, lang: str, said: str) -> None:
    for page in (f"/programmes/{PILL}/history", f"/programmes/{PILL}/deals/licence_abroad/history"):
        assert f"<td>{said}</td>" in client.get(page, params={"lang": lang}).text
    brief = client.get("/brief", params={"since": "2020-01-01", "programmes": PILL, "asked": "1", "lang": lang}).text
    assert f">{said}</td>" in brief
    assert Words(catalogue("zh")).reason("a person's own words") == "a person's own words"


def test_every_free_text_of_the_rulebook_is_told_in_chinese_and_no_other() -> None:
    t, book = Words(catalogue("zh")), load_rulebook()
    values = [version.value for rule in book.rules() for version in rule.all_versions()]
    texts = {text for text in values if isinstance(text, str) and not re.fullmatch(r"[\d-]+", text)}
    notes = {row["note"] for row in book.absent_topics}
    assert len(texts) > 100
    assert not [text for text in texts | notes if not re.search(r"[\u4e00-\u9fff]", t.law(text))]
    assert t.law("no fee was found; not found") == "没有找到费用；没有找到"
    assert t.law("a text of nobody") == "a text of nobody"
    assert Words(catalogue("en")).law("no fee was found") == "no fee was found"


def test_a_column_that_is_empty_in_every_row_is_left_out_of_the_page_and_kept_in_the_file() -> None:
    words = Words(catalogue("en"))
    table = Table("rivals", "rows", ("drug", "company", "targets"), spare=("company", "targets"))
    known = {"drug": "a", "company": None, "targets": ["T"]}
    (some,) = shown_tables([table], {"rows": [known, {"drug": "b", "company": "", "targets": []}]}, words)
    (none,) = shown_tables([table], {"rows": []}, words)
    assert [len(some["heads"]), [len(row) for row in some["rows"]]] == [2, [2, 2]]
    assert len(none["heads"]) == 3
    assert file_columns(table, {"rows": [known]}) == ("drug", "company", "targets")
