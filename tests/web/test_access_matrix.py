"""Every route x every role x own and foreign programme, against one table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from onepill.core.errors import InputError
from onepill.store.workspace import Workspace
from onepill.web import Settings, create_app, login_page
from onepill.web.accounts import csrf_token
from onepill.workbench import access_guard
from onepill.workbench.context import close_workspaces, shared_workspace
from onepill.workbench.operations import OPERATIONS
from tests.web.access_table import EVERYBODY, EXPECTED, ROUTES, asked
from tests.web.routes import routes_of
from tests.workbench.passports import text_of

Row = dict[str, Any]
PASSED = "test.passed"
NOT_ASKED = {
    **dict.fromkeys(("GET /", "GET /programmes", "GET /programmes/new", "GET /keys", "GET /api/openapi.json"), 200),
    "GET /programmes/{programme_id}/apply": 303,
    "POST /logout": 303,
    "GET /login": 200,
    "GET /login/sso": 503,
    "GET /login/sso/callback": 403,
    "POST /login": 403,
    "GET /static/{name}": 200,
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


def ask(app: TestClient, route: str, role: str, *, programme: str, job: str) -> Any:
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
        return app.get(path, params=fields, headers=headers)
    if path.startswith("/api/"):
        return app.post(path, json=fields, headers=headers)
    return app.post(path, data=fields, headers=headers)


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
        # Pages that save look first, which every reader may.
        is_look = found.name == "programmes list" or (kind == "writes a programme" and found.effect == "read")
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
