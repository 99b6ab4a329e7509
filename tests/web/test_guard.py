"""Requests of other names, other sites and other sizes are refused; every answer forbids what pages need not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from onepill.web import Settings, create_app

DUE = {"jurisdiction": "CN", "start": "2024-02-05", "count": "60 wd"}


@pytest.fixture
def client() -> TestClient:
    return TestClient(create_app(Settings(upload_bytes=2_000)), base_url="http://127.0.0.1")


def code_of(answer: object) -> str:
    return str(answer.json()["findings"][0]["code"])  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "",
        "evil.example:80",
        "[::2]",
        "127.0.0.1:8765@evil.example",
        "127.0.0.1:8765, evil.example",
        "127.0.0.1:",
        "localhost:evil.example",
    ],
)
def test_another_name_is_refused(client: TestClient, host: str) -> None:
    """An attacker's name that resolves to this machine must not reach it (rebinding)."""
    answer = client.post("/api/due", json=DUE, headers={"host": host})
    assert (answer.status_code, code_of(answer)) == (421, "request.host")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8765", "LocalHost:80", "[::1]:9", "[::1]"])
def test_the_own_names_are_answered(client: TestClient, host: str) -> None:
    assert client.post("/api/due", json=DUE, headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://localhost.evil.example",
        "http://127.0.0.1:9999",
        "http://localhost",
    ],
)
def test_another_sites_page_is_refused(client: TestClient, origin: str) -> None:
    answer = client.post("/api/due", json=DUE, headers={"origin": origin})
    assert (answer.status_code, code_of(answer)) == (403, "request.origin")


def test_an_own_page_is_answered(client: TestClient) -> None:
    headers = {"host": "127.0.0.1:8765", "origin": "http://127.0.0.1:8765"}
    assert client.post("/api/due", json=DUE, headers=headers).status_code == 200


def test_in_a_team_the_port_of_a_proxy_may_be_another() -> None:
    team = TestClient(create_app(Settings(hosts=("pill.example",), team=True)), base_url="http://pill.example:8765")
    headers = {"origin": "https://pill.example"}
    assert code_of(team.post("/api/due", json=DUE, headers=headers)) == "request.unknown_person"


def test_a_large_question_is_refused_whether_or_not_it_tells_its_length(client: TestClient) -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 100

    for content in (b" " * 2_001, parts()):
        answer = client.post("/api/due", content=content, headers={"content-type": "application/json"})
        assert (answer.status_code, code_of(answer)) == (413, "request.size")


@pytest.mark.parametrize("path", ["/api/openapi.json", "/nowhere", "/api/due"])
def test_every_answer_forbids_foreign_content(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_places_of_the_servers_machine_cannot_be_named(client: TestClient) -> None:
    answer = client.post("/api/success", json={"text": "onepill: 1", "warehouse": "/etc"})
    assert answer.status_code == 422
    assert [row["path"] for row in answer.json()["findings"]] == ["warehouse"]


def test_wrong_input_has_the_findings_of_the_command_line(client: TestClient) -> None:
    answer = client.post(
        "/api/check", json={"text": "onepill: 1\nprogramme: x\nas_off: 2024-01-01\n", "file": "p.yaml"}
    )
    assert answer.status_code in {200, 422}
    rows = answer.json()["findings"]
    assert {"p.yaml"} == {row["file"] for row in rows if row["line"]}
    assert all(row["hint"] for row in rows if row["severity"] == "error")


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/api/check", r'{"text": "\ud800"}', "question.text"),
        ("/api/passport", r'{"text": "onepill: 1", "file": "\udfff"}', "question.text"),
        ("/api/due", r'{"\ud800": 1}', "question.value"),
        ("/api/due", r'{"jurisdiction": "CN", "start": "\ud800", "count": "1 wd"}', "day.format"),
        ("/api/due", '{"jurisdiction": "CN", "start": Infinity, "count": "1 wd"}', "day.format"),
        ("/api/due", '{"jurisdiction": "CN", "start": NaN, "count": "1 wd"}', "day.format"),
    ],
)
def test_what_no_answer_can_be_written_with_is_refused(client: TestClient, path: str, body: str, code: str) -> None:
    """JSON's escapes name halves of characters, and Python's reader of JSON takes numbers that are none."""
    answer = client.post(path, content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, code in {row["code"] for row in answer.json()["findings"]}) == (422, True)


def test_a_team_that_no_plan_can_count_is_refused(client: TestClient) -> None:
    answer = client.post("/api/path", json={"text": "onepill: 1", "team": 2**63})
    assert (answer.status_code, [row["path"] for row in answer.json()["findings"]]) == (422, ["team"])
