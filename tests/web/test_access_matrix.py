"""Every route x every role x own and foreign programme, against one table."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi.testclient import TestClient

from onepill.core.errors import AccessRefused, InputError
from onepill.store.workspace import Workspace
from onepill.web import Settings, create_app, login_page
from onepill.web.accounts import csrf_token
from onepill.workbench.asking import access_guard
from onepill.workbench.asking.context import Actor, Context, close_workspaces, shared_workspace
from onepill.workbench.operations import OPERATIONS, operation
from tests.web.access_table import DEAL_TEXT, EVERYBODY, EXPECTED, ROUTES, asked
from tests.web.routes import routes_of
from tests.workbench.passports import text_of

Row = dict[str, Any]
PASSED = "test.passed"
NOT_ASKED = {
    **dict.fromkeys(
        ("GET /", "GET /programmes", "GET /programmes/new", "GET /keys", "GET /api", "GET /api/openapi.json"), 200
    ),
    "GET /programmes/{programme_id}/apply": 303,
    "GET /programmes/{programme_id}/deals/{name}/apply": 303,
    "POST /logout": 303,
    "GET /login": 200,
    "GET /login/sso": 503,
    "GET /login/sso/callback": 403,
    "POST /login": 403,
    "GET /static/{name}": 200,
    **dict.fromkeys(("GET /methods", "GET /methods/{name}", "GET /how-to/{name}"), 200),
    "POST /team/sso/sign": 503,
    "POST /api/programmes/list": 200,
}
"""What is answered where no operation, or only the list, is asked: the service of single sign-on is away, nobody has a
password. Every other route passes its question on, which is where the test ends it."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    home = tmp_path_factory.mktemp("home")
    (home / "sso.yaml").write_text("issuer: http://127.0.0.1:9\nclient_id: x\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONEPILL_HOME", str(home))
        found = shared_workspace()
        for name in ("own", "foreign"):
            text = text_of("minimal").replace("programme: minimal", f"programme: {name}")
            found.documents.add(name, text, kind="programme", actor="root", reason="test")
            about: Row = {"kind": "deal", "programme_id": name, "actor": "root", "reason": "test"}
            found.documents.add(f"{name}.deal.test", DEAL_TEXT, **about)
        for role in EVERYBODY:
            found.accounts.add(role, role=role, actor="root")
            found.accounts.grant(role, "own", role, actor="root")
        found.accounts.add("other", role="viewer", actor="root")
        settings = Settings(
            team=True, sso=str(home / "sso.yaml"), requests_per_minute=10**6, passwords_per_minute=10**6
        )
        with TestClient(create_app(settings), base_url="http://127.0.0.1", follow_redirects=False) as client:
            yield client
        close_workspaces()
        login_page._provider.cache_clear()


@pytest.fixture(scope="module")
def workspace(app: TestClient) -> Workspace:
    return shared_workspace()


def ask(app: TestClient, route: str, role: str, *, programme: str, job: str, **more: str) -> Any:
    """The answer to this person, in a session of their own."""
    workspace = shared_workspace()
    method, (path, fields) = route.partition(" ")[0], asked(route, programme, role, job)
    app.cookies.clear()
    headers = {"accept": "text/html"}
    if role != "none":
        session = workspace.sessions.start(role)
        app.cookies.set("onepill", session, domain="127.0.0.1")
        headers["x-csrf-token"] = csrf_token(session)
    elif route == "POST /login":
        app.cookies.set("onepill-form", "secret", domain="127.0.0.1")
        headers["x-csrf-token"] = csrf_token("secret")
    if method == "GET":
        return app.get(path, params={**fields, **more}, headers=headers)
    if path.startswith("/api/"):
        return app.post(path, json=fields, headers=headers)
    return app.post(path, data=fields, params=more, headers=headers)


def test_every_route_stands_in_the_table_once(app: TestClient) -> None:
    listed = [route for rows in ROUTES.values() for route in rows]
    assert sorted(listed) == sorted(f"{method} {path}" for method, path in routes_of(app.app))  # type: ignore[arg-type]


def test_what_needs_no_workspace_reads_alone() -> None:
    """The table says "signed in" of these, whatever their question: none of them may change anything."""
    assert {found.effect for found in OPERATIONS if "web" in found.faces and found.needs != "workspace"} == {"read"}


@pytest.mark.parametrize("kind", ROUTES)
def test_matrix(app: TestClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    real = access_guard.permit

    def permit(found: Any, question: Any, context: Any) -> None:
        real(found, question, context)
        # Pages that save look first, which every reader may; a number is explained under the rule of its question.
        is_first = found.name in {"programmes list", "explain number"}
        is_look = is_first or (kind == "writes a programme" and found.effect == "read")
        if not is_look:
            raise InputError.single(PASSED, PASSED)

    monkeypatch.setattr(access_guard, "permit", permit)
    unlike = []
    for programme in ("own",) if EXPECTED[kind]["own"] == EXPECTED[kind]["foreign"] else ("own", "foreign"):
        job = workspace.jobs.start("path", {"programme": programme}, actor="root").id
        for role in ("none", *EVERYBODY):
            for route in ROUTES[kind]:
                answer = ask(app, route, role, programme=programme, job=job)
                expected = status_of(route, role, programme, kind)
                if answer.status_code != expected:
                    unlike.append((route, role, programme, answer.status_code, expected))
    assert unlike == [], sorted({(row[0], *row[3:]) for row in unlike})


def status_of(route: str, role: str, programme: str, kind: str) -> int:
    """The one status that the table allows."""
    if role in EXPECTED[kind][programme]:
        return NOT_ASKED.get(route, 422)
    is_page = route.startswith("GET /") and not route.startswith("GET /api/")
    return 403 if role != "none" else 303 if is_page else 401


def test_a_question_that_passes_is_ended_by_the_test_and_by_nothing_else(
    app: TestClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise 422 could mean that the fields above are wrong, and that access was never asked."""
    passed: list[str] = []
    real = access_guard.permit
    job = workspace.jobs.start("path", {"programme": "own"}, actor="root").id

    def end(found: Any, question: Any, context: Any) -> None:
        real(found, question, context)
        passed.append(found.name)
        if found.name != "programmes list":
            raise InputError.single(PASSED, PASSED)

    monkeypatch.setattr(access_guard, "permit", end)
    kinds = ("writers", "reads a programme", "writes a programme", "approves a programme", "an account")
    silent = []
    for route in (route for kind in (*kinds, "administrators") for route in ROUTES[kind]):
        passed.clear()

        ask(app, route, "admin", programme="own", job=job)
        if set(passed) <= {"programmes list"}:
            silent.append(route)
    assert silent == []


MARKER = "77665544"
FORMATS = ("", "csv", "json", "xlsx", "svg", "png", "pdf", "yaml", "html")


@pytest.fixture(scope="module")
def guarded(app: TestClient, workspace: Workspace) -> str:
    """A programme with a marker in a confidential field, in a scenario, in a comment and in its history."""
    text = text_of("minimal").replace("programme: minimal", "programme: guarded")
    first = text.replace("15 MUSD", f"{MARKER} USD") + f"# {MARKER}\n"
    assert first != text + f"# {MARKER}\n"
    change = f"{{path: development.phase_2.cost, value: {MARKER} USD, reason: because}}"
    scenario = f"scenarios:\n  dear:\n    changes:\n      - {change}\n"
    dear = DEAL_TEXT.replace("5 MUSD", f"{MARKER} USD")
    workspace.documents.add("guarded", first, kind="programme", actor="root", reason="test")
    workspace.documents.save("guarded", first + scenario, expected_version=1, actor="root", reason="scenario")
    about: Row = {"kind": "deal", "programme_id": "guarded", "tier": "confidential"}
    workspace.documents.add("guarded.deal.test", dear, **about, actor="root", reason="test")
    workspace.accounts.set_tier("guarded", "development.phase_2.cost", "confidential", actor="root", reason="test")
    for role in EVERYBODY:
        workspace.accounts.grant(role, "guarded", role, actor="root")
    return "guarded"


def read(content: bytes) -> str:
    """What an answer says; a workbook is unpacked."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return " ".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    return content.decode("utf-8", "replace")


def test_no_page_and_no_export_tells_a_field_above_the_tier(app: TestClient, guarded: str) -> None:
    """Every page about a programme and every kind of file, as a viewer; the same page tells an analyst."""
    kinds = ("reads a programme", "writes a programme", "approves a programme")
    routes = [route for kind in kinds for route in ROUTES[kind] if not route.startswith("POST /api/")]
    routes += ["GET /", "GET /deals", "GET /deals/kept", "GET /jobs"]
    job = shared_workspace().jobs.start("path", {"programme": guarded, "text": MARKER}, actor="root").id
    told = 0
    for route in routes:
        for kind in FORMATS if route.startswith("GET") and "/number/" not in route else ("",):
            for lang in ("en", "zh") if not kind else ("en",):
                more = {"lang": lang, **({"format": kind} if kind else {})}
                answer = ask(app, route, "viewer", programme=guarded, job=job, **more)
                assert answer.status_code < 500, route
                assert MARKER not in read(answer.content), (route, more)
                assert MARKER not in str(answer.headers)
                told += answer.status_code == 200
    assert told > 10
    for page in ("GET /programmes/{programme_id}/file", "GET /programmes/{programme_id}/history"):
        assert MARKER in ask(app, page, "analyst", programme=guarded, job=job).text


def test_no_answer_of_the_api_or_a_tool_tells_a_field_above_the_tier(app: TestClient, guarded: str) -> None:
    """An agent's tools answer by the same function, `Operation.ask_remote`: it is asked by itself too."""
    job = shared_workspace().jobs.start("path", {"programme": guarded, "text": MARKER}, actor="root").id
    kinds = ("reads a programme", "writes a programme", "approves a programme", "writers", "an account")
    routes = [route for kind in kinds for route in ROUTES[kind] if route.startswith("POST /api/")]
    routes += ["POST /api/programmes/list", "POST /api/jobs/list", "POST /api/deals/list"]
    viewer = Context(actor=Actor("viewer", "viewer", is_local=False))
    for route in routes:
        assert MARKER not in ask(app, route, "viewer", programme=guarded, job=job).text, route
        name = route.removeprefix("POST /api/").replace("/", " ")
        found = operation(name)
        if "mcp" in found.faces:
            fields = asked(route, guarded, "viewer", job)[1]
            try:
                said = found.ask_remote(found.remote_question.model_validate(fields), viewer)
            except (AccessRefused, InputError) as error:
                said = str(error) + json.dumps([row.as_row() for row in error.findings], default=str)
            assert MARKER not in said, name
    shown = ask(app, "POST /api/programmes/show", "analyst", programme=guarded, job=job)
    assert MARKER in shown.text


def test_no_explanation_of_a_number_tells_a_field_above_the_tier(app: TestClient, guarded: str) -> None:
    """What explains a number asks its question again as the person who asks: texts, histories and refusals."""
    places = [
        ("programmes show", {"id": guarded}, "/text"),
        ("programmes history", {"id": guarded}, "/versions/*/changes"),
        ("deals show", {"id": f"{guarded}.deal.test"}, "/text"),
        ("programmes live", {"id": guarded, "draws": 100}, "/inputs"),
    ]
    told = {role: [_explained(role, *one) for one in places] for role in ("viewer", "analyst")}
    assert [text for text in told["viewer"] if MARKER in text] == []
    assert sum(MARKER in text for text in told["analyst"]) >= 2
    assert "access.programme" in _explained("viewer", "programmes show", {"id": "foreign"}, "/text")


def _explained(role: Any, name: str, question: Row, path: str) -> str:
    """What `explain number` says to this person, or why it refuses."""
    asker, found = Context(actor=Actor(role, role, is_local=False)), operation("explain number")
    asked_for = found.remote_question.model_validate({"operation": name, "question": question, "path": path})
    try:
        return found.ask_remote(asked_for, asker)
    except (AccessRefused, InputError) as error:
        return str(error) + json.dumps([row.as_row() for row in error.findings], default=str)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_script_that_was_stored_in_any_text_is_text_on_every_page(
    app: TestClient, workspace: Workspace, lang: str
) -> None:
    """Reason, title, names, account, token, document: pages are parsed, and hold no element that was stored."""
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg onload=alert(1)>"
    name = f"evil-{lang}"
    text = text_of("minimal").replace("programme: minimal", f"programme: {name}")
    quoted = json.dumps(evil)
    text, labels = re.subn(r"\{en: [^{}]*, zh: [^{}]*\}", lambda _: f"{{en: {quoted}, zh: {quoted}}}", text)
    assert labels == 3  # title, asset, indication
    workspace.documents.add(name, text, kind="programme", actor=evil, reason=evil)
    workspace.documents.save(name, text + f"# {evil}\n", expected_version=1, actor=evil, reason=evil)
    for role in EVERYBODY:
        workspace.accounts.grant(role, name, role, actor="root")
    workspace.tokens.add("admin", evil, scopes=("read",), days=1, actor=evil)
    if lang == "en":
        workspace.accounts.add("evil", role="viewer", actor=evil, shown_name=evil, issuer=evil, subject=evil)
    light = ("", "/file", "/history", "/outcome", "/passport")
    routes = ["GET /", "GET /account", "GET /admin", "GET /approvals/{id}", "POST /programmes/{programme_id}/restore"]
    routes += [f"GET /programmes/{{programme_id}}{page}" for page in light]
    for route in routes:
        answer = ask(app, route, "admin", programme=name, job="", lang=lang)
        assert answer.status_code == (409 if route.endswith("/restore") else 200), route
        found = Elements()
        found.feed(answer.text)
        assert found.bad == [], route
        assert "alert(1)" not in answer.text or "&lt;script&gt;" in answer.text, route
    assert "&lt;script&gt;" in ask(app, "GET /programmes/{programme_id}/history", "admin", programme=name, job="").text


class Elements(HTMLParser):
    """Elements that no page of ours has: scripts with a body, handlers as attributes, images from anywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "script" and not (values.get("src") or "").startswith("/static/"):
            self.bad.append(f"{tag} {values}")
        self.bad += [f"{tag} {key}" for key in values if key.startswith("on")]
        self.bad += [f"{tag} {key}" for key, value in attrs if (value or "").strip().lower().startswith("javascript:")]
        if tag == "img" and not (values.get("src") or "").startswith(("/", "data:")):
            self.bad.append(f"{tag} {values}")


def test_a_page_that_computes_from_withheld_fields_is_refused_in_words(app: TestClient, guarded: str) -> None:
    for route in ("GET /value", "GET /programmes/{programme_id}/deals/{name}"):
        answer = ask(app, route, "viewer", programme=guarded, job="")
        assert answer.status_code == 403, route
    assert "access.tier" in ask(app, "GET /value", "viewer", programme=guarded, job="").text
    assert ask(app, "GET /value", "analyst", programme=guarded, job="").status_code == 200
