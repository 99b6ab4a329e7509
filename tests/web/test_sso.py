"""Single sign-on: who is let in on another service's word, and every word that is not believed."""

from __future__ import annotations

import base64
import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from onepill.core.errors import InputError
from onepill.store.workspace import Workspace
from onepill.store.workspace.clock import seconds_ago
from onepill.store.workspace.sign_ins import MOST_WAITING
from onepill.store.workspace.tables import SIGN_INS
from onepill.web import Settings, create_app, login_page
from onepill.web.sso_settings import SECRET as SECRET_VARIABLE
from onepill.web.sso_settings import read_sso
from onepill.workbench.asking.context import close_workspaces, shared_workspace
from onepill.workbench.workspace.sso_accounts import role_of
from tests.web.sso_service import CLIENT, SECRET, Service, service
from tests.workbench.passports import text_of

HTML = {"accept": "text/html"}
Row = dict[str, Any]


@pytest.fixture(scope="module")
def running() -> Iterator[Service]:
    with service() as found:
        yield found


@pytest.fixture
def idp(running: Service) -> Service:
    """The service, as honest as when it began."""
    fresh = Service(issuer=running.issuer, keys=running.keys)
    for name in ("person", "claims", "algorithm", "key", "sign", "description", "codes", "fetched", "unread"):
        setattr(running, name, getattr(fresh, name))
    login_page._provider.cache_clear()
    return running


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setenv("ONEPILL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(SECRET_VARIABLE, SECRET)
    found = shared_workspace()
    found.accounts.add("root", role="admin", actor="root")
    found.documents.add("own", text_of("minimal"), kind="programme", actor="root", reason="test")
    yield found
    close_workspaces()


@pytest.fixture
def serve(idp: Service, workspace: Workspace, tmp_path: Path) -> Callable[..., TestClient]:
    def served(**changes: Any) -> TestClient:
        file = tmp_path / "sso.yaml"
        told = {"issuer": idp.issuer, "client_id": CLIENT, "first_sign_in": "viewer", "name": "Lab SSO", **changes}
        file.write_text(json.dumps(told), encoding="utf-8")
        login_page._provider.cache_clear()
        settings = Settings(team=True, sso=str(file), passwords_per_minute=1_000, requests_per_minute=100_000)
        return TestClient(create_app(settings), base_url="http://127.0.0.1", follow_redirects=False)

    return served


def sign_in(browser: TestClient, idp: Service, next_path: str = "/account") -> Any:
    """To the service and back; the answer to the way back."""
    begun = browser.get("/login/sso", params={"next": next_path})
    assert begun.status_code == 303, begun.text
    return browser.get(idp.authorize(begun.headers["location"]), headers=HTML)


def refusals(workspace: Workspace) -> list[str]:
    """Why the trail says that sign-ins were refused."""
    rows = [row for row in workspace.audit.rows() if row["action"] in {"sign in refused", "sign refused"}]
    return [row["detail"]["code"] for row in rows if "code" in row["detail"]]


def token_in(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([0-9a-f]{64})"', page)
    assert found, page
    return found[1]


def test_a_sign_in_that_one_process_began_is_finished_by_another(
    serve: Callable[..., TestClient], idp: Service
) -> None:
    """Each application knows nothing but the workspace, as each process of `--workers 2`."""
    one, other = serve(), serve()
    begun = one.get("/login/sso", params={"next": "/account"})
    other.cookies.update(one.cookies)
    answer = other.get(idp.authorize(begun.headers["location"]), headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    one.cookies.update(other.cookies)
    pages = [client.get("/account", headers=HTML) for client in (one, other, one)]
    assert [page.status_code for page in pages] == [200] * 3
    assert other.post("/logout", data={"csrf_token": token_in(pages[0].text)}).status_code == 200
    assert one.get("/account").status_code == 303


def test_who_signs_in_there_is_signed_in_here(
    serve: Callable[..., TestClient], idp: Service, workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    browser = serve()
    assert "Lab SSO" in browser.get("/login").text
    answer = sign_in(browser, idp, "/account?lang=zh")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?lang=zh")
    assert browser.get("/account").status_code == 200
    user = workspace.accounts.by_subject(idp.issuer, "248289761001")
    assert user is not None
    assert (user.name, user.role, user.shown_name, user.password_hash) == ("ada", "viewer", "Ada L", None)
    assert idp.asked["redirect_uri"] == "http://127.0.0.1/login/sso/callback"
    assert set(idp.asked["scope"].split()) == {"openid", "profile", "email"}
    assert "prompt" not in idp.asked
    sign_in(browser, idp)
    assert len(workspace.accounts.list()) == 2
    assert SECRET not in caplog.text
    assert workspace.audit.checked().problems == []


def test_a_new_session_at_every_sign_in_and_the_one_before_ends(
    serve: Callable[..., TestClient], idp: Service, workspace: Workspace
) -> None:
    """Fixation: an id that was planted in the browser is never the one that is signed in."""
    browser = serve()
    browser.cookies.set("onepill", "planted", domain="127.0.0.1")
    answer = sign_in(browser, idp)
    (first,) = re.findall(r"(?:^|, )onepill=([^;]+)", ", ".join(answer.headers.get_list("set-cookie")))
    assert first != "planted"
    assert workspace.sessions.user("planted") is None
    assert workspace.sessions.user(first) is not None
    browser.cookies.clear()
    browser.cookies.set("onepill", first, domain="127.0.0.1")
    sign_in(browser, idp)
    assert workspace.sessions.user(first) is None


def of_nobody(claims: Row) -> str:
    """A token that says it needs no signature."""
    parts = [{"alg": "none", "typ": "JWT"}, claims]
    return ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in parts) + "."


def by_secret(claims: Row) -> str:
    """Signed with a secret that both know: whoever learns it could sign for anybody."""
    return jwt.encode({"alg": "HS256", "kid": "rsa"}, claims, OctKey.import_key(SECRET), algorithms=["HS256"])


def by_stranger(kid: str) -> Callable[[Row], str]:
    key = RSAKey.generate_key(2048)
    return lambda claims: jwt.encode({"alg": "RS256", "kid": kid}, claims, key)


def as_text(claims: Row) -> str:
    return "no token at all"


FORGED: dict[str, tuple[Row, str]] = {
    "wrong issuer": ({"claims": {"iss": "https://evil.example"}}, "sso.issuer"),
    "wrong audience": ({"claims": {"aud": "somebody-else"}}, "sso.audience"),
    "several audiences and none that is authorised": ({"claims": {"aud": [CLIENT, "other"]}}, "sso.audience"),
    "another authorised party": ({"claims": {"azp": "other"}}, "sso.audience"),
    "no audience": ({"claims": {"aud": None}}, "sso.audience"),
    "another sign-in's nonce": ({"claims": {"nonce": "another"}}, "sso.nonce"),
    "no nonce": ({"claims": {"nonce": None}}, "sso.nonce"),
    "expired": ({"claims": {"exp": 1_700_000_000}}, "sso.time"),
    "never ending": ({"claims": {"exp": None}}, "sso.time"),
    "made tomorrow": ({"claims": {"iat": 9_000_000_000, "exp": 9_000_000_300}}, "sso.time"),
    "not yet": ({"claims": {"nbf": 9_000_000_000}}, "sso.time"),
    "a time that is none": ({"claims": {"exp": True}}, "sso.time"),
    "a time that is no number": ({"claims": {"exp": float("nan")}}, "sso.time"),
    "of nobody": ({"claims": {"sub": None}}, "sso.subject"),
    "of an empty person": ({"claims": {"sub": ""}}, "sso.subject"),
    "unsigned": ({"sign": of_nobody}, "sso.signature"),
    "signed with the shared secret": ({"sign": by_secret}, "sso.signature"),
    "signed with a stranger's key under a known name": ({"sign": by_stranger("rsa")}, "sso.signature"),
    "signed with a key that is not published": ({"sign": by_stranger("unknown")}, "sso.key"),
    "no token": ({"sign": as_text}, "sso.signature"),
    "another description": ({"description": {"issuer": "https://evil.example"}}, "sso.provider"),
    "keys over a plain connection": ({"description": {"jwks_uri": "http://evil.example/keys"}}, "sso.provider"),
}


def test_no_forged_word_is_believed(serve: Callable[..., TestClient], idp: Service, workspace: Workspace) -> None:
    """All of them on one server, each from a browser without a cookie; a right word is believed afterwards."""
    browser = serve()
    honest = {"claims": {}, "sign": None, "description": {}}
    told: dict[str, tuple[int, str]] = {}
    for name, (changes, _) in FORGED.items():
        browser.cookies.clear()
        begun = browser.get("/login/sso")
        back = idp.authorize(begun.headers["location"])
        login_page._provider(str(workspace.home.parent / "sso.yaml"))._known.clear()  # what it knows is asked anew
        for key, value in changes.items():
            setattr(idp, key, value)
        answer = browser.get(back, headers=HTML)
        told[name] = (answer.status_code, refusals(workspace)[-1])
        assert "Single sign-on did not work" in answer.text
        assert browser.get("/account").status_code == 303, name
        for key, value in honest.items():
            setattr(idp, key, value)
    assert told == {name: (403, code) for name, (_, code) in FORGED.items()}
    assert [user.name for user in workspace.accounts.list()] == ["root"]
    assert sign_in(browser, idp).status_code == 303


def test_a_service_that_describes_another_is_not_gone_to(serve: Callable[..., TestClient], idp: Service) -> None:
    idp.description = {"issuer": "https://evil.example"}
    answer = serve().get("/login/sso")
    assert (answer.status_code, "location" in answer.headers) == (503, False)


@pytest.mark.parametrize(("key", "algorithm"), [("rsa", "RS256"), ("ec", "ES256")])
def test_both_kinds_of_key_are_believed(
    serve: Callable[..., TestClient], idp: Service, key: str, algorithm: str
) -> None:
    idp.key, idp.algorithm = key, algorithm
    assert sign_in(serve(), idp).status_code == 303


def test_published_keys_that_cannot_be_read_shut_nobody_out(serve: Callable[..., TestClient], idp: Service) -> None:
    """RFC 7517, section 5: keys of unknown kinds, without what they need or off their curve are to be ignored."""
    curve = {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "off"}
    idp.unread = [{"kty": "AKP", "kid": "later"}, {"kty": "RSA", "kid": "bare"}, {"kid": "none"}, curve, "text"]
    assert sign_in(serve(), idp).status_code == 303


def test_a_new_key_is_fetched_but_not_at_every_word(
    serve: Callable[..., TestClient], idp: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = serve()
    assert sign_in(browser, idp).status_code == 303
    idp.keys = {**idp.keys, "new": RSAKey.generate_key(2048)}
    idp.key = "new"
    assert sign_in(browser, idp).status_code == 403
    fetched = idp.fetched.count("/keys")
    found = login_page._provider(str(tmp_path / "sso.yaml"))
    monkeypatch.setattr(found, "clock", lambda now=found.clock: now() + 31)
    assert sign_in(browser, idp).status_code == 303
    assert idp.fetched.count("/keys") == fetched + 1


def test_the_way_back_works_once_for_the_browser_that_went(
    serve: Callable[..., TestClient], idp: Service, workspace: Workspace
) -> None:
    """State: neither another browser, nor a second use, nor a made-up one, nor one that is over, signs anybody in."""
    browser, other = serve(), serve()
    back = idp.authorize(browser.get("/login/sso").headers["location"])
    other.get("/login/sso")
    assert other.get(back, headers=HTML).status_code == 403
    assert browser.get(back, headers=HTML).status_code == 303
    assert browser.get(back, headers=HTML).status_code == 403
    made_up = "/login/sso/callback?code=x&state=y"
    assert browser.get(made_up, headers=HTML).status_code == 403
    late = idp.authorize(other.get("/login/sso").headers["location"])
    with workspace.writing() as connection:
        connection.execute(SIGN_INS.update().values(expires_at=seconds_ago(1)))
    assert other.get(late, headers=HTML).status_code == 403
    assert refusals(workspace) == ["sso.state"] * 4


def test_a_refusal_there_another_answerer_and_a_stolen_code_end_it(
    serve: Callable[..., TestClient], idp: Service, workspace: Workspace
) -> None:
    browser = serve()
    back = idp.authorize(browser.get("/login/sso").headers["location"])
    state = back.partition("&state=")[2]
    assert browser.get(f"/login/sso/callback?error=access_denied&state={state}").status_code == 403
    back = idp.authorize(browser.get("/login/sso").headers["location"])
    assert browser.get(back + "&iss=https://evil.example").status_code == 403
    stolen = idp.authorize(serve().get("/login/sso").headers["location"]).partition("code=")[2].partition("&")[0]
    back = idp.authorize(browser.get("/login/sso").headers["location"])
    state = back.partition("&state=")[2]
    assert browser.get(f"/login/sso/callback?code={stolen}&state={state}").status_code == 403  # PKCE
    assert refusals(workspace) == ["sso.denied", "sso.issuer", "sso.code"]


def test_sign_in_leads_nowhere_else(serve: Callable[..., TestClient], idp: Service) -> None:
    assert sign_in(serve(), idp, "//evil.example").headers["location"] == "/"


def test_who_is_not_known_is_refused_until_an_administrator_links_an_account(
    serve: Callable[..., TestClient], idp: Service, workspace: Workspace
) -> None:
    browser = serve(first_sign_in="refuse")
    answer = sign_in(browser, idp)
    assert answer.status_code == 403
    assert "no account here is open to you" in answer.text
    assert refusals(workspace) == ["sso.unknown"]
    workspace.accounts.add("ada", role="analyst", actor="root")
    assert sign_in(browser, idp).status_code == 403  # the same name is not the same person
    workspace.accounts.link("ada", issuer=idp.issuer, subject="248289761001", actor="root")
    assert sign_in(browser, idp).status_code == 303
    assert "ada" in browser.get("/account").text
    workspace.accounts.change("ada", disabled=True, actor="root")
    assert sign_in(browser, idp).status_code == 403
    with pytest.raises(InputError, match="that person's already"):
        workspace.accounts.link("root", issuer=idp.issuer, subject="248289761001", actor="root")


def test_a_name_that_is_taken_is_never_taken_over(
    serve: Callable[..., TestClient], idp: Service, workspace: Workspace
) -> None:
    idp.person = {"sub": "evil", "preferred_username": "root", "email": "root@example.org"}
    assert sign_in(serve(), idp).status_code == 303
    made = workspace.accounts.by_subject(idp.issuer, "evil")
    assert made is not None
    assert (made.name, made.role) == ("root-2", "viewer")
    assert workspace.accounts.get("root").issuer is None


def test_groups_decide_the_role_at_every_sign_in(
    serve: Callable[..., TestClient], idp: Service, workspace: Workspace
) -> None:
    browser = serve(first_sign_in="refuse", groups_claim="teams", roles={"science": "analyst", "qa": "approver"})
    steps = ((["qa", "science"], 303, "approver"), (["science"], 303, "analyst"), ([], 303, "analyst"))
    for groups, status, role in steps:
        idp.person = {"sub": "x", "teams": groups}
        assert sign_in(browser, idp).status_code == status
        user = workspace.accounts.by_subject(idp.issuer, "x")
        assert user is not None
        assert user.role == role
    idp.person = {"sub": "y", "teams": ["canteen"]}
    assert sign_in(browser, idp).status_code == 403
    workspace.accounts.link("root", issuer=idp.issuer, subject="z", actor="root")
    idp.person = {"sub": "z", "teams": "science"}
    assert sign_in(browser, idp).status_code == 303
    assert workspace.accounts.get("root").role == "admin"  # the last administrator stays


@pytest.mark.parametrize("told", [None, 7, {"a": 1}, [7, None], ["nobody"], "nobody"])
def test_groups_of_any_form_give_no_role(told: Any) -> None:
    assert role_of({"groups": told}, "groups", {"qa": "approver"}) is None


def test_sign_out_ends_the_session_and_shows_the_way_out_there(serve: Callable[..., TestClient], idp: Service) -> None:
    browser = serve()
    sign_in(browser, idp)
    answer = browser.post("/logout", data={"csrf_token": token_in(browser.get("/account").text)})
    assert answer.status_code == 200
    assert f"{idp.issuer}/leave?client_id={CLIENT}" in answer.text.replace("&amp;", "&")
    assert browser.get("/account").status_code == 303


@pytest.fixture
def approver(serve: Callable[..., TestClient], idp: Service, workspace: Workspace) -> TestClient:
    browser = serve(roles={"qa": "approver"})
    idp.person = {"sub": "x", "preferred_username": "bo", "groups": ["qa"]}
    sign_in(browser, idp)
    workspace.accounts.grant("bo", "own", "approver", actor="root")
    return browser


def begin_signature(browser: TestClient, **changes: str) -> str:
    """The way to the service, from the page of signatures."""
    page = browser.get("/approvals/own").text
    seen = re.search(r'name="text_hash" value="([0-9a-f]{64})"', page)
    assert seen
    given = {"id": "own", "version": "1", "meaning": "approval", "text_hash": seen[1], **changes}
    answer = browser.post("/team/sso/sign", data={"csrf_token": token_in(page), **given})
    assert answer.status_code == 200, answer.text
    found = re.search(r'href="(http://127.0.0.1:\d+/authorize[^"]+)"', answer.text)
    assert found
    return found[1].replace("&amp;", "&")


def test_a_signature_asks_for_the_password_again_there(
    approver: TestClient, idp: Service, workspace: Workspace
) -> None:
    back = idp.authorize(begin_signature(approver))
    assert (idp.asked["prompt"], idp.asked["max_age"]) == ("login", "0")
    answer = approver.get(back, headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (303, "/approvals/own")
    (row,) = workspace.approvals.list("own")
    assert (row["user_name"], row["meaning"], row["holds"]) == ("bo", "approval", True)
    (told,) = [row for row in workspace.audit.rows() if row["action"] == "sign"]
    assert told["detail"]["proof"] == idp.issuer
    assert workspace.audit.checked().problems == []
    assert approver.get(back, headers=HTML).status_code == 403


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"auth_time": None}, "sso.fresh"),
        ({"auth_time": 1_700_000_000}, "sso.fresh"),
        ({"auth_time": "now"}, "sso.time"),
        ({"sub": "somebody else"}, "sso.person"),
    ],
)
def test_a_signature_without_proof_is_not_made(
    approver: TestClient, idp: Service, workspace: Workspace, claims: Row, code: str
) -> None:
    back = idp.authorize(begin_signature(approver))
    idp.claims = claims
    assert approver.get(back, headers=HTML).status_code == 403
    assert refusals(workspace) == [code]
    assert workspace.approvals.list("own") == []


def test_a_signature_obeys_access_and_the_text_that_was_seen(
    approver: TestClient, idp: Service, workspace: Workspace
) -> None:
    for changes, status in (({"id": "foreign"}, 403), ({"text_hash": "0" * 64}, 403), ({"version": "7"}, 403)):
        assert approver.get(idp.authorize(begin_signature(approver, **changes)), headers=HTML).status_code == status
    back = idp.authorize(begin_signature(approver))
    workspace.accounts.withdraw("bo", "own", actor="root")
    assert approver.get(back, headers=HTML).status_code == 403
    assert workspace.approvals.list("own") == []
    bad = approver.post("/team/sso/sign", data={"csrf_token": token_in(approver.get("/account").text), "id": "own"})
    assert bad.status_code == 422
    assert approver.post("/team/sso/sign", data={"id": "own"}).status_code == 403


def test_a_signature_of_who_signed_out_meanwhile_is_not_made(
    approver: TestClient, idp: Service, workspace: Workspace
) -> None:
    back = idp.authorize(begin_signature(approver))
    approver.post("/logout", data={"csrf_token": token_in(approver.get("/account").text)})
    assert approver.get(back, headers=HTML).status_code == 403
    assert refusals(workspace) == ["sso.person"]


def test_waiting_sign_ins_are_bounded(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_WAITING >= 1_000
    monkeypatch.setattr("onepill.store.workspace.sign_ins.MOST_WAITING", 3)
    begun = [workspace.sign_ins.begin("b", {"n": number}) for number in range(5)]
    with workspace.reading() as connection:
        kept = connection.execute(SIGN_INS.select()).mappings().all()
    assert len(kept) == 3
    assert begun[-1].state not in str(kept)
    assert workspace.sign_ins.take(begun[-1].state, "b") is not None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"issuer": "http://id.example"}, "sso.value"),
        ({"issuer": None}, "sso.value"),
        ({"first_sign_in": "admin"}, "sso.value"),
        ({"roles": {"a": "king"}}, "sso.value"),
        ({"colour": "red"}, "sso.value"),
        ({"client_secret_file": "/nowhere/secret"}, "sso.secret"),
    ],
)
def test_a_wrong_file_is_told_without_the_secret(tmp_path: Path, changes: Row, code: str) -> None:
    file = tmp_path / "sso.yaml"
    told = {"issuer": "https://id.example", "client_id": "x", **changes}
    if "client_secret_file" not in changes:
        told["client_secret"] = SECRET
    file.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_sso(file)
    assert error.value.findings[0].code == code
    assert SECRET not in str(error.value) + repr(error.value.findings)


def test_the_secret_comes_from_a_file_too_and_is_never_shown(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET + "\n", encoding="utf-8")
    file = tmp_path / "sso.yaml"
    told = {"issuer": "https://id.example", "client_id": "x", "client_secret_file": str(tmp_path / "secret")}
    file.write_text(json.dumps(told), encoding="utf-8")
    assert read_sso(file).secret() == SECRET
    file.write_text(json.dumps({**told, "client_secret": SECRET}), encoding="utf-8")
    assert SECRET not in repr(read_sso(file))
    with pytest.raises(InputError):
        read_sso(tmp_path / "absent.yaml")
