"""Every engine's page answers in both languages, and its files hold what its document says."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from python_calamine import CalamineWorkbook

from onepill.reports.catalogue import LANGUAGES, catalogue
from onepill.web import create_app
from onepill.web.engine_exports import FORMULA, as_csv, as_xlsx, safe
from onepill.web.engine_forms import HIDDEN
from onepill.web.engine_tables import Table, file_value, raw, rows_of
from onepill.web.engine_views import ENGINES
from onepill.web.speaking import Words
from onepill.workbench.context import close_workspaces
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
