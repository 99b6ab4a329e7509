"""A number of any answer leads to its source, its rule or the question that it was computed from, and invents none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from onepill.core.errors import AccessRefused, InputError
from onepill.workbench.asking.context import Actor, Context, close_workspaces
from onepill.workbench.explain.marks import made_with, rules_of, sources_of
from onepill.workbench.explain.methods import FOLDER, METHODS, methods_of
from onepill.workbench.explain.way import row_of, unit_of, way_to
from onepill.workbench.operations import ALL_FACES, OPERATIONS, operation
from tests.workbench.passports import ROOT, text_of

Row = dict[str, Any]
DAY = {"on": "2026-11-22", "jurisdictions": ["CN"]}
SMALL = {"text": text_of("minimal"), "file": "minimal.yaml", "draws": 200}


@pytest.fixture(scope="module", autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONEPILL_HOME", str(tmp_path_factory.mktemp("home")))
        close_workspaces()
        yield
        close_workspaces()


def explained(name: str, path: str, question: Row, context: Context | None = None) -> Row:
    found = operation("explain number")
    asked = found.question.model_validate({"operation": name, "path": path, "question": question})
    answer: Row = found.ask(asked, context=context)
    return found.answer.model_validate(answer).model_dump(by_alias=True)  # type: ignore[no-any-return]


def answer_of(name: str, question: Row) -> Any:
    found = operation(name)
    return found.ask(found.question.model_validate(question))


def test_a_clock_leads_to_its_rule_its_version_and_its_source() -> None:
    clocks = answer_of("world", DAY)["clocks"]
    number = next(i for i, row in enumerate(clocks) if row["from"] and row["source"])
    told = explained("world", f"/clocks/{number}/value", DAY)
    row = clocks[number]
    assert (told["value"], told["unit"], told["basis"]) == (row["value"], row["unit"], "row")
    assert [(one["rule"], one["from"]) for one in told["rules"]] == [(row["rule"], row["from"])]
    assert [(one["title"], one["grade"]) for one in told["sources"]] == [(row["source"]["title"], row["source_grade"])]
    assert {"key": "on", "path": "on", "value": "2026-11-22", "stated": "asked"} in told["question"]


def test_a_planned_day_leads_to_the_rules_of_its_procedure_in_force_on_the_day_of_the_plan() -> None:
    told = explained("path", "/plan/US/approval/p50", SMALL)
    plan = answer_of("path", SMALL)
    assert told["value"] == plan["plan"]["US"]["approval"]["p50"]
    clocks = [one for one in told["rules"] if one["procedure"] == plan["plan"]["US"]["procedure"]]
    assert len(clocks) > 1
    assert all(one["source"] for one in clocks if one["value"] is not None and one["source_grade"] != "unverified")
    begun = [one["from"] for one in clocks if one["from"]]
    assert begun
    assert max(begun) <= plan["as_of"]
    assert told["documents"][0]["file"] == "minimal.yaml"
    assert SMALL["text"] not in str(told), "the programme is named by its hash and not repeated"


def test_a_value_follows_the_chain_of_its_answer_to_the_inputs() -> None:
    told = explained("value", "/rnpv_usd/mean", SMALL)
    assert (told["basis"], told["unit"], told["name"]) == ("chain", "USD", "rnpv_usd")
    assert told["standard_error"] > 0
    assert told["chain"][0]["path"] == "value.rnpv_usd.mean"
    assert {one["origin"] for one in told["chain"]} > {"derived"}
    inner = explained("value", "capital.discount_rate_per_year", SMALL)
    assert [one["path"] for one in inner["chain"]] == ["capital.discount_rate_per_year"]
    error = explained("value", "/rnpv_usd/standard_error", SMALL)
    assert (error["basis"], error["methods"][0]) == ("kin", f"{FOLDER}/simulation.md")
    assert error["kin"][0]["path"] == "value.rnpv_usd.mean"


def test_a_number_without_a_source_says_so_and_names_its_question_and_method() -> None:
    told = explained("design fixed", "/size/patients", {"rates": [0.4, 0.2]})
    assert (told["basis"], told["sources"], told["rules"], told["chain"]) == ("computed", [], [], [])
    assert told["methods"] == [f"{FOLDER}/trial-designs.md"]
    assert {"key": "rates", "path": "rates", "value": [0.4, 0.2], "stated": "asked"} in told["question"]
    assert told["value"] == answer_of("design fixed", {"rates": [0.4, 0.2]})["size"]["patients"]


@pytest.mark.parametrize(
    ("name", "path", "question", "code"),
    [
        ("world", "/clocks/99999/value", DAY, "explain.unknown_path"),
        ("world", "/clocks/-1/value", DAY, "explain.unknown_path"),
        ("world", "/clocks/0/value/more", DAY, "explain.unknown_path"),
        ("world", "/x", {**DAY, "colour": 1}, "explain.question"),
        ("wurld", "/x", DAY, "explain.operation"),
        ("explain number", "/x", {}, "explain.operation"),
        ("users password", "/x", {}, "explain.operation"),
        ("programmes save", "/x", {}, "explain.operation"),
        ("tokens add", "/x", {"name": "ada"}, "explain.operation"),
    ],
)
def test_what_cannot_be_explained_is_refused(name: str, path: str, question: Row, code: str) -> None:
    with pytest.raises(InputError) as caught:
        explained(name, path, question)
    assert [found.code for found in caught.value.findings] == [code]


def test_what_somebody_may_not_ask_is_not_explained_to_them_either() -> None:
    answer_of("programmes add", {"text": SMALL["text"].replace("programme: minimal", "programme: mine")})
    stranger = Context(actor=Actor("eve", "viewer", is_local=False))
    with pytest.raises(AccessRefused):
        explained("programmes show", "/newest_version", {"id": "mine"}, stranger)
    assert explained("programmes show", "/newest_version", {"id": "mine"})["value"] == 1


def test_the_row_of_a_number_names_its_source_before_what_it_is_part_of() -> None:
    whole: Row = {
        "source": {"title": "of all"},
        "as_of": "2024-01-01",
        "data": {"sources": [{"source": "ctgov", "day": "2024-01-01"}]},
        "rows": [{"name": "a", "usd": 5, "source": {"title": "own"}}, {"name": "b", "upfront_usd": {"p50": 7}}],
        "by_key": {"x/y": {"value": 3, "unit": "days"}},
    }
    own, other = way_to(whole, "/rows/0/usd"), way_to(whole, "/rows/1/upfront_usd/p50")
    assert [(one["title"], one["of"]) for one in sources_of(own, row_of(own))] == [("own", "row")]
    assert [(one["title"], one["of"]) for one in sources_of(other, row_of(other))] == [("of all", "around")]
    assert (unit_of(own), unit_of(other)) == ("USD", "USD")
    keyed = way_to(whole, "/by_key/x~1y/value")
    assert (keyed[-1].value, unit_of(keyed)) == (3, "days")
    assert rules_of(own, row_of(own), None) == []
    assert {"ctgov 2024-01-01"} <= {one["value"] for one in made_with(whole)}


def test_every_operation_that_is_explained_has_a_method_page_that_is_there() -> None:
    asked = [one.name for one in OPERATIONS if one.effect == "read" and set(ALL_FACES) <= set(one.faces)]
    without = [name for name in asked if not methods_of(name) and not name.startswith("explain")]
    assert without == []
    pages = {page for name in METHODS for page in methods_of(name)}
    assert [page for page in pages if not (Path(ROOT) / page).is_file()] == []


SHANGHAI = {
    "text": text_of("adc_shanghai"),
    "file": "adc_shanghai.yaml",
    "draws": 100,
    "policies": ["cn.shanghai.2024"],
}


def test_an_effect_of_measures_tells_each_fact_what_holds_without_it_and_what_changes() -> None:
    told = explained("policy effect", "/together/rnpv_gain_usd/mean", SHANGHAI)
    assert told["error_formula"] == "paired_difference"
    place = _of("trial_start_up_25_weeks")
    start_up = [row for row in told["inputs"] if row["path"].startswith(place)]
    measure, baseline, change = start_up
    assert [measure[key] for key in ("role", "value", "unit", "from")] == ["measure", 25, "weeks", "2024-08-01"]
    assert measure["source"]["title"]
    assert (baseline["role"], baseline["key"]) == ("baseline", "cn.performance.trial_start_up_site")
    assert "Beijing Hospital" in baseline["source"]["title"]
    assert (change["key"], change["value"]) == ("span trial_start_up cap", "25 weeks")
    alone = explained("policy effect", f"{place}/alone/days_saved", SHANGHAI)
    assert alone["inputs"] == start_up


def _of(name: str) -> str:
    rows = answer_of("policy effect", SHANGHAI)["measures"]
    return f"/measures/{next(i for i, row in enumerate(rows) if row['id'].endswith(name))}"


def test_an_effect_of_one_aspect_is_of_the_measures_of_that_aspect() -> None:
    answer = answer_of("policy effect", SHANGHAI)
    number = next(i for i, row in enumerate(answer["aspects"]) if row["quantified"])
    told = explained("policy effect", f"/aspects/{number}/effect/rnpv_gain_usd/mean", SHANGHAI)
    aspect = answer["aspects"][number]
    named = [row["key"] for row in told["inputs"] if row["role"] == "measure"]
    assert len(named) == aspect["quantified"]
    of_aspect = {row["id"] for row in answer["measures"] if row["aspect"] == aspect["aspect"]}
    assert set(named) <= of_aspect
    assert explained("policy effect", "/draws", SHANGHAI)["inputs"] == []


def test_cash_of_a_year_leads_to_the_inputs_of_its_market_and_a_part_to_the_number_of_its_row() -> None:
    rows = answer_of("passport", SMALL)["value"]["yearly"]
    at = {str(row["market"]): i for i, row in enumerate(rows)}
    cash = explained("passport", f"/value/yearly/{at['us']}/cash_usd", SMALL)
    assert (cash["basis"], cash["chain"], cash["kin"][0]["path"]) == ("kin", [], "value.by_market.us.rnpv_usd.mean")
    assert "markets.us.peak_share" in {row["path"] for row in cash["kin"]}
    spent = explained("passport", f"/value/yearly/{at['development']}/cash_usd", SMALL)
    assert spent["kin"][0]["path"] == "value.by_market.development.rnpv_usd.mean"
    low = explained("passport", "/success/gates/0/low", SMALL)
    assert (low["basis"], low["kin"][0]["path"]) == ("kin", "success.gates.phase_2.prob")
    assert explained("passport", "/draws", SMALL)["kin"] == []


def test_an_error_tells_its_formula_and_a_question_what_was_asked_and_what_is_the_default() -> None:
    error = explained("passport", "/value/rnpv_usd/standard_error", SMALL)
    assert (error["error_formula"], error["kin"][0]["path"]) == ("mean_of_draws", "value.rnpv_usd.mean")
    assert explained("passport", "/value/rnpv_usd/p50", SMALL)["error_formula"] is None
    size = explained("design fixed", "/size/patients", {"difference": 2.5, "sd": 8})
    stated = {row["key"]: row["stated"] for row in size["question"]}
    assert [stated[key] for key in ("difference", "sd", "power", "alpha")] == ["asked", "asked", "default", "default"]
    assert [row["key"] for row in size["remarks"]] == ["method"]
