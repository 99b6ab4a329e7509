"""One question, one answer, whichever face it is asked through."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from pydantic import TypeAdapter
from typer.testing import CliRunner

import onepill
from onepill.cli.commands import build_app, joined
from onepill.core.errors import InputError
from onepill.mcp import make_server
from onepill.store.places import home_folder
from onepill.web import create_app
from onepill.workbench.asking.context import shared_workspace
from onepill.workbench.asking.hidden_places import without_fields
from onepill.workbench.asking.recent_answers import OF_THE_WORKSPACE, OWN, TELLS_OUTLOOKS
from onepill.workbench.common.documents import to_json
from onepill.workbench.operations import LOCAL_FIELDS, OPERATIONS, operation
from onepill.workbench.sheets.answers import workbook_bytes
from tests.loops import apart
from tests.registries.replay import Replay, serving
from tests.workbench.faces_accounts import PASSWORD, account_questions
from tests.workbench.faces_learned import learned_questions
from tests.workbench.faces_workspace import workspace_questions
from tests.workbench.landscape_warehouse import make_warehouse
from tests.workbench.passports import ROOT, SHANGHAI, example, text_of
from tests.workbench.registry_files import studies_file, study

MINIMAL = str(ROOT / "examples" / "minimal.yaml")
LEAN = str(ROOT / "examples" / "lean_poc.yaml")
CONJUGATE = str(ROOT / "examples" / "adc_shanghai.yaml")


@dataclass(frozen=True)
class Asked:
    """The same question in words of the command line and as fields; `before` makes the world that it is asked in."""

    words: list[str]
    fields: dict[str, Any] = field(default_factory=dict)
    before: Callable[[], object] = lambda: None


def questions(passport: Path) -> dict[str, Asked]:
    document = json.loads(passport.read_text(encoding="utf-8"))
    small = {"text": text_of("minimal"), "file": MINIMAL}
    pill = {"text": text_of("adc_shanghai"), "file": CONJUGATE}
    lean = {"text": (ROOT / "examples" / "lean_poc.yaml").read_text(encoding="utf-8"), "file": LEAN}
    cta = "cn.nmpa.clinical_trial_application.review"
    minimal_book = workbook_bytes(text_of("minimal"))
    return {
        "passport": Asked(
            [CONJUGATE, "--draws", "500", "--seed", "3", "--threads", "1", "--policy", SHANGHAI],
            {**pill, "draws": 500, "seed": 3, "threads": 1, "policies": [SHANGHAI]},
        ),
        "check": Asked([MINIMAL], small),
        "schema": Asked([]),
        "rules list": Asked([]),
        "rules show": Asked(
            [cta, "--on", "2025-09-12", "--condition", "class_1_innovative", "--condition", "national_key_support"],
            {"id": cta, "on": "2025-09-12", "conditions": ["class_1_innovative", "national_key_support"]},
        ),
        "world": Asked(["--on", "2026-11-22", "--jurisdiction", "CN"], {"on": "2026-11-22", "jurisdictions": ["CN"]}),
        "rules coverage": Asked([]),
        "path": Asked([MINIMAL, "--markets", "US", "--draws", "500"], {**small, "markets": ["US"], "draws": 500}),
        "path compare": Asked(
            [MINIMAL, "--route", "us=standard", "--route", "us=priority", "--draws", "500"],
            {**small, "routes": ["us=standard", "us=priority"], "draws": 500},
        ),
        "backtest reviews": Asked([]),
        "policy list": Asked(["--jurisdiction", "CN-SH"], {"jurisdiction": "CN-SH"}),
        "policy show": Asked([SHANGHAI], {"id": SHANGHAI}),
        "policy match": Asked([CONJUGATE], pill),
        "policy effect": Asked(
            [CONJUGATE, "--policy", SHANGHAI, "--draws", "500"], {**pill, "policies": [SHANGHAI], "draws": 500}
        ),
        "value": Asked(
            [CONJUGATE, "--market", "CN", "--scenario", "third_line_only", "--draws", "500"],
            {**pill, "market": ["CN"], "scenarios": ["third_line_only"], "draws": 500},
        ),
        "import-workbook": Asked(
            [str(passport.with_name("minimal.xlsx")), MINIMAL],
            {**small, "workbook": {"content": minimal_book, "file": str(passport.with_name("minimal.xlsx"))}},
            before=lambda: passport.with_name("minimal.xlsx").write_bytes(minimal_book),
        ),
        "poc plan": Asked([LEAN, "--months", "20", "--draws", "500"], {**lean, "months": 20, "draws": 500}),
        "poc simulate": Asked(
            [LEAN, "--budget", "4 MUSD", "--draws", "500", "--trials", "400"],
            {**lean, "budget": "4 MUSD", "draws": 500, "trials": 400},
        ),
        "success": Asked(
            [MINIMAL, "--table", "wong", "--without", "novelty", "--with", "class_precedent"],
            {**small, "table": "wong", "without_factors": ["novelty"], "with_factors": ["class_precedent"]},
        ),
        "deal comps": Asked(
            [MINIMAL, "--stage", "phase_1,phase_2", "--area", "oncology", "--since", "2023-06-01", "--limit", "3"],
            {**small, "stages": ["phase_1", "phase_2"], "areas": ["oncology"], "since": "2023-06-01", "limit": 3},
        ),
        **deal_questions(),
        "due": Asked(
            ["--jurisdiction", "CN", "--from", "2024-02-05", "--count", "60 wd"],
            {"jurisdiction": "CN", "start": "2024-02-05", "count": "60 wd"},
        ),
        "explain number": Asked(
            ["world", "/clocks/0/value", "--question", '{"on": "2026-11-22", "jurisdictions": ["CN"]}'],
            {
                "operation": "world",
                "path": "/clocks/0/value",
                "question": {"on": "2026-11-22", "jurisdictions": ["CN"]},
            },
        ),
        "explain": Asked([str(passport), "value.rnpv_usd.mean"], {"passport": document, "path": "value.rnpv_usd.mean"}),
    }


def deal_questions() -> dict[str, Asked]:
    """Questions about example deals on the example that they are written for."""
    programme = ROOT / "examples" / "tunlametinib.yaml"
    files = [ROOT / "examples" / "deals" / f"{name}.yaml" for name in ("licence", "newco")]
    texts = [{"text": file.read_text(encoding="utf-8"), "file": str(file)} for file in files]
    base = {"text": programme.read_text(encoding="utf-8"), "file": str(programme), "draws": 500}
    words = [str(programme), "--draws", "500"]
    both = [word for file in files for word in ("--deal", str(file))]
    one = Asked([*words, *both[:2]], {**base, "deal": texts[0]})
    return {
        "deal value": one,
        "deal return-risk": one,
        "deal compare": Asked([*words, *both], {**base, "deals": texts}),
        "deal solve": Asked(
            [
                *words,
                *both[:2],
                "--for",
                "upfront_usd=0..9 MUSD",
                "--licensor-share",
                "0.45",
                "--most-loss",
                "partner=1",
            ],
            {
                **base,
                "deal": texts[0],
                "unknowns": ["upfront_usd=0..9 MUSD"],
                "licensor_share": 0.45,
                "most_loss": ["partner=1"],
            },
        ),
    }


DESIGN_QUESTIONS = {
    "design fixed": Asked(["--rates", "0.4,0.2"], {"rates": [0.4, 0.2]}),
    "design sequential": Asked(
        ["--at", "0.3,0.6,1", "--futility", "hsd:-2", "--hazard-ratio", "0.7"],
        {"at": [0.3, 0.6, 1.0], "futility": "hsd:-2", "hazard_ratio": 0.7},
    ),
    "design single_arm": Asked(["--null-rate", "0.1", "--target-rate", "0.3"], {"null_rate": 0.1, "target_rate": 0.3}),
    "design enrichment": Asked(
        ["--prevalence", "0.3", "--rates", "0.5,0.25,0.2", "--patient-cost-usd", "60000", "--accrual-per-month", "9"],
        {"prevalence": 0.3, "rates": [0.5, 0.25, 0.2], "patient_cost_usd": 60_000, "accrual_per_month": 9},
    ),
    "design programme": Asked(
        [
            *("--hazard-ratio", "0.8", "--events", "90,99", "--patient-costs-musd", "0.075,0.1"),
            *("--fixed-costs-musd", "10,15", "--gains-musd", "100,300,500"),
        ],
        {
            "hazard_ratio": 0.8,
            "events": [90, 99],
            "patient_costs_musd": [0.075, 0.1],
            "fixed_costs_musd": [10, 15],
            "gains_musd": [100, 300, 500],
        },
    ),
    "assurance": Asked(
        ["--hazard-ratio", "0.7", "--looks", "2", "--prior", "normal:0.8,0.2"],
        {"hazard_ratio": 0.7, "looks": 2, "prior": "normal:0.8,0.2"},
    ),
    "assurance interim": Asked(["--z", "1.2"], {"z": 1.2}),
    "assurance responses": Asked(
        ["--responses", "4", "--patients", "9", "--max-patients", "20", "--null-rate", "0.3"],
        {"responses": 4, "patients": 9, "max_patients": 20, "null_rate": 0.3},
    ),
    "design regional": Asked(["--region", "CN", "--shares", "0.2"], {"region": "CN", "shares": [0.2]}),
}


def registry_questions(folder: Path, address: str) -> dict[str, Asked]:
    """Questions to a warehouse in which a small file is loaded, and to a server on this machine."""
    file, root = str(studies_file(folder / "studies.json", range(1, 6))), str(folder / "warehouse")
    here, there = ["--warehouse", root], {"warehouse": root}

    def load() -> None:
        ask_fields("registry load", {**there, "source": "ctgov", "path": file})

    synced = str(folder / "synced")
    sync = {"source": "ctgov", "address": address, "warehouse": synced}
    return {
        "registry sources": Asked([]),
        "registry load": Asked(["ctgov", file, *here], {**there, "source": "ctgov", "path": file}, load),
        "registry sync": Asked(
            ["ctgov", "--address", address, "--warehouse", synced], sync, lambda: ask_fields("registry sync", sync)
        ),
        "registry status": Asked([*here, "--on", "2027-01-01"], {**there, "on": "2027-01-01"}, load),
        "registry verify": Asked(here, there, load),
        "registry review": Asked([*here, "--unknown", "--limit", "3"], {**there, "unknown": True, "limit": 3}, load),
        "registry forget": Asked(["ctgov", *here], {**there, "source": "ctgov"}, load),
    }


def trade_file(folder: Path) -> Path:
    file = folder / "trade.csv"
    rows = "294110,2018,CN,IN,import,100\n294110,2018,CN,IT,import,300\n294110,2018,CN,US,export,1200\n"
    file.write_text(f"hs_code,year,reporter,partner,flow,value_usd\n{rows}", encoding="utf-8")
    return file


def trade_given(folder: Path) -> dict[str, str]:
    file = trade_file(folder)
    return {"text": file.read_text(encoding="utf-8"), "file": str(file)}


def landscape_questions(root: Path) -> dict[str, Asked]:
    """Questions to a warehouse of invented drugs."""
    make_warehouse(root)
    words, fields = (
        ["--warehouse", str(root), "--on", "2021-07-01"],
        {"warehouse": str(root), "on": "2021-07-01"},
    )
    return {
        "landscape": Asked(
            [*words, "--target", "MEK", "--indication", "Melanoma"],
            {**fields, "targets": ["MEK"], "indications": ["Melanoma"]},
        ),
        "landscape firsts": Asked([*words, "--origin", "CN"], {**fields, "origins": ["CN"]}),
        "landscape crowding": Asked([*words, "--pd1-as-one"], {**fields, "pd1_as_one": True}),
        "landscape matrix": Asked(
            [*words, "--rows", "modality", "--group", "MEK=MAP2K1,MAP2K2"],
            {**fields, "rows": "modality", "groups": ["MEK=MAP2K1,MAP2K2"]},
        ),
        "landscape entrants": Asked([*words, "--first-year", "2015"], {**fields, "first_year": 2015}),
        "success transitions": Asked(
            [*words, "--area", "oncology", "--from", "2015", "--to", "2020", "--within-years", "2", "--with-academic"],
            {
                **fields,
                "areas": ["oncology"],
                "from_year": 2015,
                "to_year": 2020,
                "within_years": [2],
                "with_academic": True,
            },
        ),
        "landscape page": Asked(
            [*words, "--target", "MEK", "--years", "5"], {**fields, "targets": ["MEK"], "years": 5}
        ),
        "landscape compare": Asked([*words, "--origin", "CN", "--with", "rest"], {**fields, "origin": "CN"}),
        "landscape whitespace": Asked([*words, "--at-most", "1"], {**fields, "at_most": 1}),
        "landscape industry": Asked(
            [*words, "--trade", str(trade_file(root.parent)), "--hs", "2941", "--hs", "2933"],
            {**fields, "trade": trade_given(root.parent), "hs_codes": ["2941", "2933"]},
        ),
        "landscape readouts": Asked([*words, "--endpoint", "survival"], {**fields, "endpoints": ["survival"]}),
        "landscape burden": Asked([*words, "--area", "CN", "--year", "2016"], {**fields, "area": "CN", "year": 2016}),
        **watch_questions(root),
    }


def watch_questions(root: Path) -> dict[str, Asked]:
    """Questions to a watch of MEK, each saved anew before it is asked."""
    fields = {"name": "mek", "targets": ["MEK"]}

    def forgotten() -> None:
        shared_workspace().watches.delete("mek", actor="ada")

    def saved() -> None:
        ask_fields("landscape watch save", {**fields, "warehouse": str(root)})

    days = {"since": "2019-12-31", "on": "2021-07-01"}
    return {
        "landscape watch save": Asked(["mek", "--target", "MEK"], fields, forgotten),
        "landscape watch list": Asked([], {}, lambda: ask_fields("landscape watch save", fields)),
        "landscape watch forget": Asked(["mek"], {"name": "mek"}, saved),
        "landscape diff": Asked(["mek", "--since", days["since"], "--on", days["on"]], {"name": "mek", **days}, saved),
    }


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Asked]]:
    folder = tmp_path_factory.mktemp("faces")
    file = folder / "passport.json"
    file.write_text(to_json(example("minimal")), encoding="utf-8")
    with serving(Replay([study(number) for number in range(1, 6)])) as replay:
        landscape = landscape_questions(folder / "landscape" / "warehouse")
        learned = {name: Asked(*both) for name, both in learned_questions(folder / "learned").items()}
        kept = {name: Asked(*three) for name, three in workspace_questions(folder / "kept").items()}
        kept |= {name: Asked(*three) for name, three in account_questions(folder / "accounts").items()}
        asked = {**questions(file), **registry_questions(folder, replay.address), **landscape, **learned, **kept}
        yield {**asked, **DESIGN_QUESTIONS}


def ask_fields(name: str, fields: dict[str, Any]) -> Any:
    found = operation(name)
    return found.ask(found.question.model_validate(fields))


def timeless(document: Any) -> Any:
    """The document without how long it took, and without what counts the loads before it."""
    if isinstance(document, dict) and {"heartbeat_at", "token", "audit_seq"} & set(document):
        document = {**document, "id": "a job, a token and a signature have a new one each time"}
    if isinstance(document, dict):
        return {key: timeless(value) for key, value in document.items() if key not in VOLATILE}
    return [timeless(item) for item in document] if isinstance(document, list) else document


VOLATILE = {
    "seconds",
    "generation",
    "bytes",
    "bytes_freed",
    "saved_at",
    "created_at",
    "finished_at",
    "undo",
    "token",
    "expires_at",
    "revoked_at",
    "signed_at",
}
"""Each segment carries its generation, which may pack to another length."""


def by_command(name: str, words: list[str]) -> Any:
    args = joined([*name.split(), *words, "--json"])
    result = CliRunner().invoke(build_app(frozenset(args)), args, input=f"{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def said(asked: dict[str, Asked]) -> Callable[[str], str]:
    """What Python is told, asked once by operation; every face is compared with it."""

    @cache
    def told(name: str) -> str:
        asked[name].before()
        return to_json(ask_fields(name, asked[name].fields))

    return told


def test_every_operation_of_the_command_line_is_asked_here(asked: dict[str, Asked]) -> None:
    assert set(asked) == {found.name for found in OPERATIONS if "cli" in found.faces}


@pytest.mark.parametrize("name", [found.name for found in OPERATIONS if "cli" in found.faces])
def test_python_and_the_command_line_give_the_same_document(
    name: str, asked: dict[str, Asked], said: Callable[[str], str]
) -> None:
    answer = timeless(json.loads(said(name)))
    asked[name].before()
    assert timeless(by_command(name, asked[name].words)) == answer


@pytest.mark.parametrize("name", [found.name for found in OPERATIONS])
def test_the_answer_is_the_one_that_the_operation_declares(name: str, said: Callable[[str], str]) -> None:
    TypeAdapter(operation(name).answer).validate_python(json.loads(said(name)))


def places_in(text: str) -> list[str]:
    """Folders of this machine that a text names."""
    return [place for place in (str(home_folder()), str(Path(onepill.__file__).parent)) if place in text]


@pytest.mark.parametrize("name", [found.name for found in OPERATIONS if "warehouse" in found.question.model_fields])
def test_a_page_names_no_place_of_the_warehouse_and_the_command_line_does(name: str, asked: dict[str, Asked]) -> None:
    found = operation(name)
    if found.effect != "read" or not name.startswith(("landscape", "success transitions")):
        pytest.skip("it is asked on the command line alone")
    asked[name].before()
    text = found.tell(found.question.model_validate(asked[name].fields)).text
    assert places_in(text) == []
    assert json.loads(text).get("warehouse") == ""
    assert ask_fields(name, asked[name].fields)["warehouse"]


def test_an_error_names_no_place_of_the_server() -> None:
    found = operation("landscape")
    with pytest.raises(InputError) as error:
        found.tell(found.question.model_validate({}))
    told = json.dumps([str(error.value), *(one.as_row() for one in error.value.findings)])
    assert places_in(told) == []
    assert "ONEPILL_HOME" in told


def by_http(name: str, fields: dict[str, Any]) -> Any:
    from fastapi.testclient import TestClient

    client = TestClient(create_app(), base_url="http://127.0.0.1")
    answer = client.post("/api/" + name.replace(" ", "/"), json=fields)
    assert answer.status_code == 200, answer.text
    assert places_in(answer.text) == []
    return answer.json()


def by_agent(name: str, fields: dict[str, Any]) -> Any:
    async def call() -> str:
        async with Client(make_server()) as client:
            answer = await client.call_tool(name.replace(" ", "_"), fields)
            text: str = answer.content[0].text
            assert not answer.is_error, text
            return text

    text = apart(call)
    assert places_in(text) == []
    return json.loads(text)


def test_an_agent_is_told_every_wrong_question_as_findings() -> None:
    """A wrong day is refused while the question is read; it must not end as an error of the protocol."""

    async def call() -> tuple[bool, str]:
        async with Client(make_server()) as client:
            given = {"jurisdiction": "CN", "start": "tomorrow", "count": "30 wd"}
            answer = await client.call_tool("due", given)
            return answer.is_error, answer.content[0].text

    is_error, text = apart(call)
    assert is_error
    assert [row["code"] for row in json.loads(text)["findings"]] == ["day.format"]


@pytest.mark.parametrize("name", [found.name for found in OPERATIONS if {"web", "mcp"} & set(found.faces)])
def test_web_and_agents_give_the_same_document(name: str, asked: dict[str, Asked], said: Callable[[str], str]) -> None:
    answer = without_fields(timeless(json.loads(said(name))), LOCAL_FIELDS)
    fields = json.loads(json.dumps(asked[name].fields, default=lambda raw: base64.b64encode(raw).decode("ascii")))
    with home_of(fields.pop("warehouse", None)):
        if "web" in operation(name).faces:
            asked[name].before()
            assert timeless(by_http(name, fields)) == answer
        if "mcp" in operation(name).faces:
            asked[name].before()
            assert timeless(by_agent(name, fields)) == answer


@contextmanager
def home_of(warehouse: str | None) -> Iterator[None]:
    """The home with a warehouse, which is the one that pages and agents ask."""
    place = home_folder() / "warehouse"
    if warehouse is not None:
        place.symlink_to(warehouse, target_is_directory=True)
    try:
        yield
    finally:
        if warehouse is not None:
            place.unlink()


ONLY_LOOKS = frozenset({"backup", "users list", "audit verify", "audit list"})
"""What an administrator alone may ask, and what changes nothing."""


@pytest.mark.parametrize(
    "name",
    [found.name for found in OPERATIONS if found.needs and found.effect != "read" and found.name not in ONLY_LOOKS],
)
def test_what_changes_the_workspace_moves_its_trail(name: str, asked: dict[str, Asked]) -> None:
    """Answers are kept for as long as the trail stands still: a change that it does not tell would leave them old."""
    asked[name].before()
    before = shared_workspace().audit.head()
    ask_fields(name, asked[name].fields)
    assert shared_workspace().audit.head() != before


def test_what_is_remembered_only_reads_and_is_there() -> None:
    known = {found.name: found for found in OPERATIONS}
    assert all(known[name].effect == "read" and known[name].needs for name in OF_THE_WORKSPACE | OWN | TELLS_OUTLOOKS)


def test_sixty_working_days_by_the_operation_are_those_counted_by_hand(asked: dict[str, Asked]) -> None:
    assert by_command("due", asked["due"].words)["due"] == "2024-05-08"
