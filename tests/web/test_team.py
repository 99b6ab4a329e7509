"""A server with accounts: sign-in, sessions, forms, tokens, rates, and that nothing is served to who is not known."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text, update

import onepill.web
from onepill.store.workspace import Workspace
from onepill.store.workspace.append_only import unguard
from onepill.store.workspace.clock import seconds_ago
from onepill.store.workspace.sessions import IDLE_SECONDS
from onepill.store.workspace.tables import SESSIONS
from onepill.web import Settings, create_app
from onepill.web.rates import Rate
from onepill.web.sign_in import own_address
from onepill.web.speaking import _messages
from onepill.web.team_pages import FORMS, form
from onepill.workbench.asking.context import close_workspaces, shared_workspace
from tests.web.routes import routes_of
from tests.workbench.passports import text_of

PASSWORD = "correct horse battery"
SETTINGS = Settings(team=True, passwords_per_minute=1_000, requests_per_minute=100_000)
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setenv("ONEPILL_HOME", str(tmp_path / "home"))
    found = shared_workspace()
    for role in ("viewer", "analyst", "approver", "admin"):
        found.accounts.add(role, role=role, password=PASSWORD, actor="root", shown_name=SCRIPT)
    found.documents.add("own", text_of("minimal"), kind="programme", actor="root", reason="test")
    found.accounts.grant("approver", "own", "approver", actor="root")
    yield found
    close_workspaces()


def client(settings: Settings = SETTINGS, base: str = "http://127.0.0.1") -> TestClient:
    return TestClient(create_app(settings), base_url=base, follow_redirects=False)


def token_in(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([0-9a-f]{64})"', page)
    assert found, page
    return found[1]


def signed_in(name: str, settings: Settings = SETTINGS, base: str = "http://127.0.0.1") -> TestClient:
    browser = client(settings, base)
    token = token_in(browser.get("/login").text)
    given = {"csrf_token": token, "name": name, "password": PASSWORD, "next": "/account"}
    answer = browser.post("/login", data=given)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    return browser


def code_of(answer: Any) -> str:
    return str(answer.json()["findings"][0]["code"])


def test_nothing_is_answered_to_who_is_not_signed_in(workspace: Workspace) -> None:
    """Every route there is, asked by nobody: only the sign-in is answered."""
    app = create_app(SETTINGS)
    browser = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)
    asked = 0
    for method, pattern in routes_of(app):
        path = re.sub(r"{[^}]*}", "own", pattern)
        answer = browser.request(method, path)
        asked += 1
        if path.startswith("/static/"):
            assert answer.status_code == 404  # style and script, by their own names
        elif path == "/login" and method == "GET":
            assert answer.status_code == 200
        elif path == "/login":
            assert answer.status_code == 403  # a form without its token
        elif method == "GET" and not path.startswith("/api/"):
            assert (answer.status_code, answer.headers["location"][:12]) == (303, "/login?next=")
        else:
            assert answer.status_code == 401, path
    assert asked > 100
    assert browser.get("/api/openapi.json").status_code == 401


def test_a_new_session_at_every_sign_in(workspace: Workspace) -> None:
    """Fixation: an id that was planted, or used before, is not the one that is signed in, and the earlier one ends."""
    browser = client()
    browser.cookies.set("onepill", "planted")
    token = token_in(browser.get("/login").text)
    browser.post("/login", data={"csrf_token": token, "name": "viewer", "password": PASSWORD})
    first = browser.cookies.get("onepill", domain="127.0.0.1") or [c.value for c in browser.cookies.jar][-1]
    assert first != "planted"
    planted = client()
    planted.cookies.set("onepill", "planted")
    assert planted.get("/account").status_code == 303
    with workspace.reading() as connection:
        kept = connection.execute(SESSIONS.select()).mappings().all()
    assert len(kept) == 1
    assert first not in str(kept)
    second = workspace.sessions.start("viewer", replaces=first)
    assert workspace.sessions.user(first) is None
    assert workspace.sessions.user(second) is not None


def test_a_session_ends_when_idle_at_its_end_and_at_sign_out(workspace: Workspace) -> None:
    late = seconds_ago(IDLE_SECONDS + 1)
    for column in ("seen_at", "expires_at"):
        session = workspace.sessions.start("viewer")
        assert workspace.sessions.user(session) is not None
        with workspace.writing() as connection:
            connection.execute(update(SESSIONS).values({column: late}))
        assert workspace.sessions.user(session) is None
    browser = signed_in("viewer")
    page = browser.get("/account")
    assert page.status_code == 200
    assert browser.post("/logout", data={"csrf_token": token_in(page.text)}).status_code == 303
    assert browser.get("/account").status_code == 303


def test_who_is_disabled_or_gets_a_new_password_is_signed_out(workspace: Workspace) -> None:
    session = workspace.sessions.start("viewer")
    workspace.accounts.set_password("viewer", "another long password", actor="root")
    assert workspace.sessions.user(session) is None
    session = workspace.sessions.start("viewer")
    workspace.accounts.change("viewer", disabled=True, actor="root")
    assert workspace.sessions.user(session) is None
    assert workspace.accounts.verified("viewer", "another long password") is None


def test_the_cookie_is_closed_to_scripts_other_sites_and_plain_connections(workspace: Workspace) -> None:
    https = Settings(team=True, https=True)
    browser = client(https, "https://127.0.0.1")
    token = token_in(browser.get("/login").text)
    answer = browser.post("/login", data={"csrf_token": token, "name": "viewer", "password": PASSWORD})
    cookies = answer.headers.get_list("set-cookie")
    (session,) = [row for row in cookies if row.startswith("__Host-onepill=")]
    for word in ("HttpOnly", "SameSite=lax", "Secure", "Path=/"):
        assert word in session
    assert "domain" not in session.lower()


@pytest.mark.parametrize("given", [{}, {"csrf_token": ""}, {"csrf_token": "0" * 64}, {"csrf_token": "é"}])
def test_a_form_without_its_token_is_refused(workspace: Workspace, given: dict[str, str]) -> None:
    browser = signed_in("admin")
    for path in ("/logout", "/team/users/add", "/team/tokens/add"):
        answer = browser.post(path, data=given)
        assert (answer.status_code, code_of(answer)) == (403, "request.csrf")
    answer = browser.post("/api/programmes/list", json={})
    assert (answer.status_code, code_of(answer)) == (403, "request.csrf")
    own = token_in(browser.get("/account").text)
    other = token_in(signed_in("viewer").get("/account").text)
    assert browser.post("/logout", data={"csrf_token": other}).status_code == 403
    assert browser.post("/api/programmes/list", json={}, headers={"x-csrf-token": own}).status_code == 200


def test_without_accounts_another_sites_form_is_refused(workspace: Workspace) -> None:
    alone = client(Settings())
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"):
        answer = alone.post("/api/programmes/list", content=b"{}", headers={"content-type": kind})
        assert (answer.status_code, code_of(answer)) == (403, "request.csrf")
    assert alone.post("/api/programmes/list", json={}).status_code == 200


def test_wrong_names_and_wrong_passwords_are_told_alike(workspace: Workspace) -> None:
    browser = client()
    token = token_in(browser.get("/login").text)
    said = set()
    for name in ("viewer", "nobody", "' OR 1=1 --"):
        answer = browser.post("/login", data={"csrf_token": token, "name": name, "password": "wrong wrong wrong"})
        assert answer.status_code == 403
        said.add(answer.text)
    assert len(said) == 1
    assert [row["action"] for row in workspace.audit.rows()].count("sign in refused") == 3


def test_tries_of_a_password_are_few_a_minute(workspace: Workspace) -> None:
    browser = client(Settings(team=True, passwords_per_minute=3))
    token = token_in(browser.get("/login").text)
    given = {"csrf_token": token, "name": "viewer", "password": "wrong wrong wrong"}
    codes = [browser.post("/login", data=given).status_code for _ in range(4)]
    assert codes == [403, 403, 403, 429]
    late = browser.post("/login", data={**given, "password": PASSWORD})
    assert late.status_code == 429
    assert int(late.headers["retry-after"]) >= 1


def test_requests_are_limited_by_account(workspace: Workspace) -> None:
    _, token = workspace.tokens.add("viewer", "x", scopes=("read",), days=1, actor="root")
    asker = client(Settings(team=True, requests_per_minute=5))
    bearer = {"authorization": f"Bearer {token}"}
    codes = [asker.post("/api/programmes/list", json={}, headers=bearer).status_code for _ in range(6)]
    assert codes == [200] * 5 + [429]


def test_a_bucket_fills_with_time_and_the_oldest_is_forgotten() -> None:
    now = [0.0]
    rate = Rate(60, clock=lambda: now[0], most_keys=2)
    assert [rate.wait_seconds("a") for _ in range(60)] == [0.0] * 60
    assert rate.wait_seconds("a") == pytest.approx(1.0)
    now[0] = 1.0
    assert (rate.wait_seconds("a"), rate.wait_seconds("a") > 0) == (0.0, True)
    for key in "bcd":
        rate.wait_seconds(key)
    assert len(rate) == 2


def test_a_token_asks_within_its_scopes_and_until_it_ends(workspace: Workspace) -> None:
    row, token = workspace.tokens.add("approver", "x", scopes=("read",), days=1, actor="root")
    asker = client()
    bearer = {"authorization": f"Bearer {token}"}
    shown = asker.post("/api/programmes/show", json={"id": "own"}, headers=bearer)
    assert (shown.status_code, shown.json()["id"]) == (200, "minimal" if shown.json()["id"] == "minimal" else "own")
    save = {"id": "own", "version": 1, "expected_version": 1, "reason": "x"}
    refused = asker.post("/api/programmes/restore", json=save, headers=bearer)
    assert (refused.status_code, code_of(refused)) == (403, "access.scope")
    workspace.tokens.revoke(row["id"], user="approver", actor="root")
    assert asker.post("/api/programmes/show", json={"id": "own"}, headers=bearer).status_code == 401
    for wrong in ("Bearer nothing", "Bearer ", "Basic YTpi"):
        assert asker.post("/api/due", json={}, headers={"authorization": wrong}).status_code == 401
    with workspace.reading() as connection:
        assert token not in str(connection.execute(text("SELECT * FROM tokens")).all())


@pytest.mark.parametrize("role", ["viewer", "analyst", "approver", "admin"])
def test_pages_of_administration_are_the_administrators(workspace: Workspace, role: str) -> None:
    browser = signed_in(role)
    assert browser.get("/account").status_code == 200
    assert browser.get("/admin").status_code == (200 if role == "admin" else 403)
    assert browser.get("/approvals/own").status_code == (200 if role in {"approver", "admin"} else 403)
    given = {"csrf_token": token_in(browser.get("/account").text), "name": "eve", "role": "admin", "password": PASSWORD}
    assert browser.post("/team/users/add", data=given).status_code == (303 if role == "admin" else 403)


def test_a_version_is_signed_on_its_page_and_stored_scripts_stay_text(workspace: Workspace) -> None:
    browser = signed_in("approver")
    page = browser.get("/approvals/own").text
    seen = re.search(r'name="text_hash" value="([0-9a-f]{64})"', page)
    assert seen
    assert seen[1] == workspace.documents.get("own").text_hash
    given = {"csrf_token": token_in(page), "id": "own", "version": "1", "meaning": "approval", "text_hash": seen[1]}
    assert browser.post("/team/approvals/sign", data={**given, "password": "wrong wrong wrong"}).status_code == 403
    assert browser.post("/team/approvals/sign", data={**given, "password": PASSWORD}).status_code == 303
    page = browser.get("/approvals/own").text
    assert "&lt;script&gt;" in page
    assert SCRIPT not in page
    passport, few = "/programmes/own/passport", {"draws": 100, "format": "html", "lang": "en"}
    assert f"Approval of version 1 signed by {SCRIPT}" in html.unescape(browser.get(passport, params=few).text)
    assert SCRIPT not in browser.get(passport, params=few).text
    for other in ({"set": "capital.discount_rate_per_year:0.2"}, {"as_of": "2024-09-01"}):
        edited = browser.get(passport, params={**few, **other}).text
        assert "Unsigned: this is version 1 with changes that are not saved" in edited
        assert "Approval of" not in edited
    assert "Unsigned: nobody has signed" in browser.get("/programmes/minimal/passport", params=few).text
    rows = browser.get(passport, params={**few, "format": "csv", "part": "signatures"}).text.splitlines()
    assert rows[1].startswith('"Approval of version 1 signed by')
    made = browser.post(
        "/team/tokens/add", data={"csrf_token": given["csrf_token"], "name": "approver", "label": SCRIPT}
    )
    assert "onepill_" in made.text
    assert SCRIPT not in browser.get("/account").text
    admin = signed_in("admin").get("/admin").text
    assert SCRIPT not in admin
    assert "onepill_" not in admin


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\nb", ""])
def test_sign_in_leads_nowhere_else(path: str) -> None:
    assert own_address(path) == "/"
    assert own_address("/programmes/own?lang=zh") == "/programmes/own?lang=zh"


def test_signatures_stand_on_the_pages_of_programme_passport_and_deal(workspace: Workspace) -> None:
    deals = [kept.id for kept in workspace.documents.list("deal")]
    pill = workspace.documents.kept(deals[0]).programme_id or ""
    workspace.accounts.grant("approver", pill, "approver", actor="root")
    browser = signed_in("approver")
    for document in ("own", deals[0]):
        page = browser.get(f"/approvals/{document}").text
        given = {"csrf_token": token_in(page), "id": document, "version": "1", "meaning": "approval"}
        signed = browser.post("/team/approvals/sign", data={**given, "password": PASSWORD})
        assert (signed.status_code, signed.headers["location"]) == (303, f"/approvals/{document}")
    name = deals[0].partition(".deal.")[2]
    line = "approval of version 1 signed by"
    for path in ("/programmes/own", "/programmes/own/passport", f"/programmes/{pill}/deals/{name}/history"):
        assert line in browser.get(path).text.lower(), path
    assert line not in browser.get("/programmes/own?set=markets.us.peak_share:0.1").text.lower(), (
        "an edit is not signed"
    )
    workspace.documents.save("own", text_of("minimal") + "#\n", expected_version=1, actor="root", reason="mark")
    assert "Version 1 is the last that was signed; this is version 2" in browser.get("/programmes/own").text
    assert signed_in("viewer").get(f"/approvals/{deals[0]}").status_code == 200, "the example is public"


@pytest.mark.parametrize("path", ["/approvals/..%2f..%2fetc%2fpasswd", "/static/../../settings.py", "/login/../admin"])
def test_paths_lead_nowhere_else(workspace: Workspace, path: str) -> None:
    assert signed_in("viewer").get(path).status_code in {403, 404}


def test_malformed_bodies_are_refused(workspace: Workspace) -> None:
    browser = signed_in("admin")
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        answer = browser.post("/team/users/add", content=b"\xff\x00--x", headers={"content-type": kind})
        assert answer.status_code in {400, 403}, kind
    large = browser.post("/team/users/add", content=b"a=" + b"x" * (SETTINGS.upload_bytes + 1))
    assert large.status_code == 413


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit SET actor = 'eve' WHERE seq = 3", "changed"),
        ("DELETE FROM audit WHERE seq = 3", "missing"),
        ("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)", "noted"),
        ("UPDATE versions SET text = text || ' ' WHERE document_id = 'own'", "text of own"),
        ("UPDATE versions SET saved_by = 'eve' WHERE document_id = 'own'", "who saved own version 1"),
        ("UPDATE versions SET reason = 'because' WHERE document_id = 'own'", "who saved own version 1"),
        ("DELETE FROM audit WHERE action IN ('add') AND object = 'own'", "does not tell of own"),
        ("UPDATE approvals SET meaning = 'approval'", "does not tell of signature"),
        ("UPDATE approvals SET user_name = 'admin'", "does not tell of signature"),
    ],
)
def test_any_change_behind_the_servers_back_is_found(workspace: Workspace, statement: str, said: str) -> None:
    signed = {"seen_hash": workspace.documents.get("own").text_hash, "meaning": "review", "reason": ""}
    workspace.approvals.sign("own", 1, user="approver", **signed)
    workspace.audit.append("root", "look", "own", {})  # a row that no signature holds fast
    head = workspace.audit.checked().head
    assert workspace.audit.checked(head=head).problems == []
    with workspace.writing() as connection:
        unguard(connection, ("versions", "audit", "approvals"))
        assert connection.execute(text(statement)).rowcount == 1
    assert any(said in row["problem"] for row in workspace.audit.checked(head=head).problems)


def test_every_form_and_choice_has_its_words_in_both_languages() -> None:
    english, chinese = _messages("en"), _messages("zh")
    for name in FORMS:
        made = form(name)
        keys = [f"form.{name}"] + [f"team_field.{row['key']}" for row in made["fields"]]
        keys += [f"choice.{choice}" for row in made["fields"] for choice in row["choices"]]
        assert set(keys) <= set(english) & set(chinese)


def test_pages_speak_chinese(workspace: Workspace) -> None:
    browser = signed_in("admin")
    for path in ("/account", "/admin", "/approvals/own"):
        page = browser.get(path, params={"lang": "zh"}).text
        assert 'lang="zh-CN"' in page
        assert "账户" in page
        assert "style=" not in page
        assert "<script>" not in page


TEMPLATES = sorted(Path(onepill.web.__file__).parent.joinpath("templates").glob("*.j2"))


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_every_form_that_changes_something_carries_its_token(file: Path) -> None:
    template = file.read_text(encoding="utf-8")
    for opened in re.findall(r"<form[^>]*>.*?</form>", template, re.DOTALL):
        if re.search(r'^<form[^>]*method="(post|{{ method }})"', opened):
            assert "{{ own_form }}" in opened or 'name="{{ field }}" value="{{ token }}"' in opened, opened


def test_pages_ask_as_who_is_signed_in(workspace: Workspace) -> None:
    """Pages of programmes obey access as every face does: nobody sees what was not granted to them."""
    workspace.documents.add("secret", text_of("minimal"), kind="programme", actor="root", reason="test")
    html = {"accept": "text/html"}
    viewer, admin = signed_in("viewer"), signed_in("admin")
    assert "/programmes/secret" not in viewer.get("/", headers=html).text
    assert "/programmes/secret" in admin.get("/", headers=html).text
    for address in ("/programmes/secret", "/programmes/secret/file", "/programmes/secret/history"):
        assert viewer.get(address, headers=html).status_code == 403
        assert admin.get(address, headers=html).status_code == 200


def test_a_form_of_a_page_carries_the_token_of_the_session(workspace: Workspace) -> None:
    browser = signed_in("analyst")
    token = token_in(browser.get("/programmes/new").text)
    given = {"text": text_of("minimal").replace("programme: minimal", "programme: mine"), "reason": "new"}
    assert browser.post("/programmes", data=given).status_code == 403
    answer = browser.post("/programmes", data={**given, "csrf_token": token})
    assert (answer.status_code, answer.headers["location"]) == (303, "/programmes/mine")
