"""What is remembered of who asks and what was answered: true at the next request, whoever moved it, and cheap."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from onepill.store.workspace import Workspace, open_workspace
from onepill.web import Settings, create_app
from onepill.web.kept_pages import Pages
from onepill.workbench.asking.context import Actor
from onepill.workbench.asking.signed_in import AGAIN_SECONDS, People, SignedIn
from tests.loops import apart

PAGE = "/programmes/minimal"
MOST_STATEMENTS = 3
PASSWORD = "many long words here"


@pytest.fixture(scope="module")
def elsewhere(workspace: Workspace) -> Iterator[Workspace]:
    """The same workspace as another process has it open: nothing of it is shared but the file."""
    other = open_workspace(workspace.home)
    yield other
    other.close()


@pytest.fixture(scope="module")
def app(workspace: Workspace) -> Any:
    return create_app(Settings(team=True))


@pytest.fixture(scope="module")
def reader(workspace: Workspace, app: Any) -> Callable[..., TestClient]:
    def named(name: str, *, by: str = "token") -> TestClient:
        workspace.accounts.add(name, role="viewer", actor="test", password=PASSWORD)
        client = TestClient(app, base_url="http://127.0.0.1", headers={"accept": "text/html"}, follow_redirects=False)
        if by == "token":
            token = workspace.tokens.add(name, "t", scopes=("read",), days=1, actor="test")[1]
            client.headers["authorization"] = f"Bearer {token}"
        else:
            client.cookies.set("onepill", workspace.sessions.start(name))
        return client

    return named


@pytest.fixture(scope="module")
def secret(workspace: Workspace) -> str:
    text = workspace.documents.get("minimal").text.replace("programme: minimal", "programme: secret")
    workspace.documents.add("secret", text, kind="programme", actor="ada", reason="own")
    return "/programmes/secret/file"


def test_a_grant_given_or_taken_away_elsewhere_is_seen_by_the_next_request(
    reader: Callable[..., TestClient], elsewhere: Workspace, secret: str
) -> None:
    bela, cleo = reader("bela"), reader("cleo")
    told = []
    for _ in range(2):
        elsewhere.accounts.grant("bela", "secret", "viewer", actor="ada")
        told += [bela.get(secret).status_code, bela.get(secret).status_code, cleo.get(secret).status_code]
        elsewhere.accounts.withdraw("bela", "secret", actor="ada")
        told += [bela.get(secret).status_code, "secret" in bela.get("/").text]
    assert told == [200, 200, 403, 403, False] * 2


def test_a_token_revoked_elsewhere_ends_at_once(
    workspace: Workspace, reader: Callable[..., TestClient], elsewhere: Workspace
) -> None:
    dora = reader("dora")
    assert [dora.get("/keys").status_code for _ in range(2)] == [200, 200]
    elsewhere.tokens.revoke(workspace.tokens.list("dora")[0]["id"], user="dora", actor="ada")
    assert dora.get("/keys").status_code == 401


@pytest.mark.parametrize("how", ["signed out", "disabled", "new password"])
def test_a_session_that_ends_elsewhere_ends_at_once(
    how: str, reader: Callable[..., TestClient], elsewhere: Workspace
) -> None:
    name = how.replace(" ", "_")
    client = reader(name, by="session")
    assert [client.get("/keys").status_code for _ in range(2)] == [200, 200]
    if how == "signed out":
        elsewhere.sessions.end(client.cookies["onepill"])
    elif how == "disabled":
        elsewhere.accounts.change(name, disabled=True, actor="ada")
    else:
        elsewhere.accounts.set_password(name, f"{PASSWORD} too", actor="ada")
    assert client.get("/keys").status_code == 303


def test_a_role_that_is_taken_away_elsewhere_is_gone_at_once(
    workspace: Workspace, reader: Callable[..., TestClient], elsewhere: Workspace
) -> None:
    emil = reader("emil", by="session")
    elsewhere.accounts.change("emil", role="admin", actor="ada")
    assert [emil.get("/admin").status_code for _ in range(2)] == [200, 200]
    workspace.accounts.add("ada", role="admin", actor="test", password=PASSWORD)
    elsewhere.accounts.change("emil", role="viewer", actor="ada")
    assert emil.get("/admin").status_code == 403


def test_a_save_elsewhere_is_seen_at_once_and_moves_no_other_programme(
    reader: Callable[..., TestClient], elsewhere: Workspace, asked: list[str]
) -> None:
    fay = reader("fay")
    pages = (f"{PAGE}/history", "/programmes/tunlametinib-nras-melanoma/history", "/")
    for page in pages:
        fay.get(page)
    asked.clear()
    newest = elsewhere.documents.get("minimal")
    text, about = f"{newest.text.rstrip()}\n# elsewhere\n", {"actor": "ada", "reason": "a word from elsewhere"}
    elsewhere.documents.save("minimal", text, expected_version=newest.version, **about)
    assert "a word from elsewhere" in fay.get(pages[0]).text
    for page in pages[1:]:
        assert fay.get(page).status_code == 200
    assert set(asked) == {"programmes show minimal", "programmes history minimal", "programmes list "}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions that were worked on, each with what it is about."""
    from onepill.workbench.operations import Operation

    worked: list[str] = []
    ask = Operation.ask

    def noted(found: Operation, question: Any, **options: Any) -> Any:
        worked.append(f"{found.name} {getattr(question, 'id', '')}")
        return ask(found, question, **options)

    monkeypatch.setattr(Operation, "ask", noted)
    return worked


@pytest.fixture
def statements(workspace: Workspace) -> Iterator[list[str]]:
    """What the database was asked."""
    found: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        found.append(statement)

    event.listen(workspace.engine, "before_cursor_execute", note)
    yield found
    event.remove(workspace.engine, "before_cursor_execute", note)


def test_a_warm_page_asks_the_database_next_to_nothing(
    reader: Callable[..., TestClient], statements: list[str], elsewhere: Workspace
) -> None:
    gus, hal = reader("gus"), reader("hal", by="session")
    pages = (f"{PAGE}/history", f"{PAGE}/file", "/", "/deals", "/policy", "/keys", f"{PAGE}/compare")
    for client in (gus, hal):
        for page in pages:
            client.get(page)
    statements.clear()
    assert {client.get(page).status_code for client in (gus, hal) for page in pages} == {200}
    assert statements == []
    # Something that moves nothing was written: it is looked at once, and no page is asked for anew.
    elsewhere.audit.append("ada", "sign in refused", "nobody")
    for client in (gus, hal):
        for page in pages:
            statements.clear()
            client.get(page)
            assert len([one for one in statements if not one.startswith("BEGIN")]) <= MOST_STATEMENTS, page


def test_readers_who_wait_for_the_same_page_cause_one_piece_of_work() -> None:
    async def all_of_them() -> tuple[int, int]:
        pages, made, at_once = Pages(), [], [0, 0]

        async def reader() -> None:
            async with pages.turn("page"):
                at_once[0] += 1
                at_once[1] = max(at_once)
                if not made:
                    await asyncio.sleep(0)
                    made.append(1)
                at_once[0] -= 1

        await asyncio.gather(*(reader() for _ in range(50)))
        assert not pages._turns
        return len(made), at_once[1]

    assert apart(all_of_them) == (1, 1)


def test_who_was_found_is_looked_up_again_after_a_minute_and_never_outlives_a_session() -> None:
    now = [0.0]
    people, ada = People(clock=lambda: now[0]), Actor("ada", is_local=False)
    people.put("long", ("", 1), SignedIn(ada, None))
    people.put("over", ("", 1), SignedIn(ada, "2026-01-01T00:00:00.000Z"))
    assert (people.get("long", ("", 1)), people.get("over", ("", 1)), people.get("none", ("", 1))) == (ada, None, None)
    assert people.get("long", ("", 2)) is None
    now[0] = AGAIN_SECONDS
    assert people.get("long", ("", 1)) is None


def test_a_restored_backup_is_another_state_altogether(
    workspace: Workspace, elsewhere: Workspace, tmp_path: Path
) -> None:
    before = workspace.moved.mark()
    elsewhere.backup(tmp_path / "kept.sqlite")
    elsewhere.audit.append("ada", "backup", "kept.sqlite")
    assert workspace.moved.mark().since == before.since
    elsewhere.restore(tmp_path / "kept.sqlite")
    assert workspace.moved.mark().since != before.since
