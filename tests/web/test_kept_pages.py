"""A page that is told again is never old, never another's, and takes no more memory the more often it is asked."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from onepill.store.workspace import Workspace
from onepill.web import Settings, create_app, layout
from onepill.workbench.asking.recent_answers import ANSWERS, Shelf, Told, Turns

PAGE = "/programmes/minimal"
Reader = Callable[[str], TestClient]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates that were drawn."""
    drawn: list[str] = []
    render = layout.render

    def noted(asked: object, template: str, **values: object) -> str:
        drawn.append(template)
        return render(asked, template, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(layout, "render", noted)
    return drawn


@pytest.fixture
def client(workspace: Workspace) -> TestClient:
    return TestClient(create_app(), base_url="http://127.0.0.1", headers={"accept": "text/html"})


@pytest.fixture(scope="module")
def reader(workspace: Workspace) -> Reader:
    """A client with the token of a new account of that role, all of one server."""
    app = create_app(Settings(team=True))

    def named(name: str, role: str = "viewer") -> TestClient:
        workspace.accounts.add(name, role=role, actor="test", password="many long words here")
        token = workspace.tokens.add(name, "t", scopes=("read",), days=1, actor="test")[1]
        headers = {"authorization": f"Bearer {token}", "accept": "text/html"}
        return TestClient(app, base_url="http://127.0.0.1", headers=headers)

    return named


def save(workspace: Workspace, mark: str) -> None:
    newest = workspace.documents.get("minimal")
    text = f"{newest.text.rstrip()}\n# {mark}\n"
    workspace.documents.save("minimal", text, expected_version=newest.version, actor="ada", reason=mark)


def test_a_page_is_made_once_and_anew_after_a_save(client: TestClient, workspace: Workspace, made: list[str]) -> None:
    pages = [client.get(f"{PAGE}/history").text for _ in range(3)]
    assert (len(set(pages)), made) == (1, ["history.html.j2"])
    save(workspace, "a reason of this test")
    assert "a reason of this test" in client.get(f"{PAGE}/history").text


def test_language_theme_and_part_are_pages_of_their_own(client: TestClient, made: list[str]) -> None:
    asked = [
        client.get("/policy"),
        client.get("/policy", headers={"accept-language": "zh"}),
        client.get("/policy", headers={"hx-request": "true"}),
        client.get("/policy?theme=dark"),
        client.get("/policy?jurisdiction=CN"),
    ]
    assert len(made) == len(asked)
    assert len({asked[place].text for place in (0, 1, 3, 4)}) == 4
    assert "onepill_theme=dark" in client.get("/policy?theme=dark").headers["set-cookie"]


def test_who_has_a_page_already_is_told_so_until_it_changes(client: TestClient, workspace: Workspace) -> None:
    tag = client.get(f"{PAGE}/file").headers["etag"]
    again = client.get(f"{PAGE}/file", headers={"if-none-match": tag})
    assert (again.status_code, again.content, again.headers["cache-control"]) == (304, b"", "no-store")
    save(workspace, "another text")
    assert client.get(f"{PAGE}/file", headers={"if-none-match": tag}).status_code == 200


def test_readers_share_a_page_but_not_their_names(reader: Reader, made: list[str]) -> None:
    pages = [reader(name).get("/world/coverage").text for name in ("bela", "cleo")]
    assert made == ["engine.html.j2"]
    assert [("bela ·" in page, "cleo ·" in page) for page in pages] == [(True, False), (False, True)]
    assert pages[0].replace("bela", "cleo") == pages[1]


def test_a_form_of_a_kept_page_carries_its_own_readers_secret(workspace: Workspace, reader: Reader) -> None:
    from onepill.web.accounts import csrf_token

    for name in ("dora", "emil"):
        client = reader(name)
        session = workspace.sessions.start(name)
        client.headers.pop("authorization")
        client.cookies.set("onepill", session)
        found = client.get("/deals/value").text
        assert (f"{name} ·" in found, csrf_token(session) in found) == (True, True)


def test_no_page_is_told_to_who_may_not_read_it(workspace: Workspace, reader: Reader) -> None:
    text = workspace.documents.get("minimal").text.replace("programme: minimal", "programme: secret")
    workspace.documents.add("secret", text, kind="programme", actor="ada", reason="own")
    fay, gus = reader("fay"), reader("gus")
    workspace.accounts.grant("fay", "secret", "viewer", actor="ada")
    for path in ("/programmes/secret", "/programmes/secret/file", "/programmes/secret/history"):
        assert (fay.get(path).status_code, gus.get(path).status_code, fay.get(path).status_code) == (200, 403, 200)
    assert ("secret" in fay.get("/").text, "secret" in gus.get("/").text) == (True, False)
    workspace.accounts.withdraw("fay", "secret", actor="ada")
    assert (fay.get("/programmes/secret/file").status_code, "secret" in fay.get("/").text) == (403, False)


def test_a_field_that_is_withheld_leaves_kept_pages_at_once(workspace: Workspace, reader: Reader) -> None:
    hal = reader("hal")
    assert "15 MUSD" in hal.get(f"{PAGE}/file").text
    workspace.accounts.set_tier("minimal", "development.phase_2.cost", "strictly", actor="ada", reason="a contract")
    kept = hal.get(f"{PAGE}/file").text
    workspace.accounts.set_tier("minimal", "development.phase_2.cost", None, actor="ada", reason="over")
    assert "15 MUSD" not in kept
    assert hal.get(f"{PAGE}?draws=100").status_code == 200


def test_a_watch_that_comes_is_seen(client: TestClient, workspace: Workspace) -> None:
    assert "mekwatch" not in client.get("/landscape/watches").text
    text = '{"watch": 1, "warehouse": null, "filters": {}}'
    workspace.watches.save("mekwatch", text, actor="ada", owner=None)
    assert "mekwatch" in client.get("/landscape/watches").text


@pytest.mark.slow
def test_memory_is_steady_over_many_requests(client: TestClient) -> None:
    """Counted in objects, which no other program moves."""
    paths = [f"{PAGE}?draws=100", f"{PAGE}/file", "/policy", "/world/coverage", "/keys", "/evidence", "/nowhere"]

    def asked(times: int) -> int:
        for number in range(times):
            client.get(paths[number % len(paths)])
        gc.collect()
        return len(gc.get_objects())

    before = asked(70)
    assert asked(230) < before + 500


def test_a_shelf_is_bounded_in_bytes_and_in_questions() -> None:
    shelf = Shelf(most_bytes=10_000, most_questions=50)
    for number in range(200):
        shelf.put(number, Told.of(f"{number}" + "x" * 500))
    assert shelf.bytes_kept <= 10_000
    assert (len(shelf) < 50, shelf.get(199) is not None, shelf.get(0)) == (True, True, None)
    for number in range(200):
        shelf.put(number, Told.of("the same of all"))
    assert (len(shelf), shelf.get(199) is not None, shelf.get(0)) == (50, True, None)
    shelf.put("large", Told.of("y" * 5_000))
    assert shelf.get("large") is None


def test_of_many_who_ask_at_once_one_does_the_work() -> None:
    import threading

    turns, work, shelf = Turns(), [], dict[str, int]()

    def once() -> int:
        if "answer" not in shelf:
            work.append(1)
            shelf["answer"] = 7
        return shelf["answer"]

    threads = [threading.Thread(target=lambda: turns.take("question", once)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (work, len(turns)) == ([1], 0)


def test_each_version_of_a_long_history_is_reached_and_exported(client: TestClient, workspace: Workspace) -> None:
    """A page shows twenty, and the way to those before; a file has up to a thousand."""
    for number in range(21):
        save(workspace, f"one of many: {number}")
    newest = workspace.documents.get("minimal").version
    page, seen = f"{PAGE}/history", []
    while page:
        text = client.get(page).text
        seen += [int(found) for found in re.findall(r'<th scope="row"><a [^>]*>([0-9]+)</a>', text)]
        found = re.search(r'rel="next" href="([^"]*)"', text)
        page = found[1] if found else ""
    every = list(range(newest, 0, -1))
    told = client.get(f"{PAGE}/history?format=csv").text.splitlines()
    assert (seen, [int(row.partition(",")[0]) for row in told[1:]]) == (every, every)


def test_answers_of_one_home_are_not_told_in_another(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workspace: Workspace
) -> None:
    save(workspace, "only here")
    assert "only here" in client.get(f"{PAGE}/history").text
    monkeypatch.setenv("ONEPILL_HOME", str(tmp_path))
    assert "only here" not in client.get(f"{PAGE}/history").text
    ANSWERS.clear()
