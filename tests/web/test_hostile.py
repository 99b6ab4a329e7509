"""Bodies, uploads and addresses that nobody sends by accident: each is refused in words, none is a fault of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from onepill.core.errors import InputError
from onepill.web import Settings, create_app
from onepill.workbench.context import close_workspaces
from onepill.workbench.derive import explain

OWN = {"origin": "http://127.0.0.1"}
JSON = {**OWN, "content-type": "application/json"}
PARTS = {**OWN, "content-type": "multipart/form-data; boundary=x"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONEPILL_HOME", str(tmp_path_factory.mktemp("home")))
        yield TestClient(create_app(Settings()), base_url="http://127.0.0.1", raise_server_exceptions=False)
        close_workspaces()


@pytest.mark.parametrize(
    ("path", "headers", "content", "status"),
    [
        ("/api/due", JSON, b"[" * 100_000, 400),
        ("/api/due", JSON, b'{"a":' * 5_000 + b"1" + b"}" * 5_000, 400),
        ("/api/due", JSON, b'{"count":' + b"9" * 6_000 + b"}", 400),
        ("/api/due", JSON, b"\xff\xfe{", 400),
        ("/api/due", {**JSON, "content-length": b"\xb2"}, b"{}", 413),
        ("/api/due", {**JSON, "content-length": b"1" * 400}, b"{}", 413),
        ("/api/due", {**JSON, "content-length": b"-1"}, b"{}", 413),
        ("/programmes", PARTS, b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\ncut', 422),
        ("/programmes", PARTS, b"--x\r\n" + b"A" * 100_000 + b"\r\n\r\n", 400),
        (
            "/programmes",
            PARTS,
            b'--x\r\nContent-Disposition: form-data; name="text"; filename="../../x"\r\n\r\na\r\n--x--',
            422,
        ),
        ("/programmes", {**OWN, "content-type": "multipart/form-data"}, b"--x", 400),
    ],
    ids=[
        "deep list",
        "deep object",
        "long number",
        "no UTF-8",
        "odd digit",
        "long length",
        "negative",
        "cut",
        "long head",
        "file for a text",
        "no boundary",
    ],
)
def test_a_malformed_body_is_refused(client: TestClient, path: str, headers: Any, content: bytes, status: int) -> None:
    assert client.post(path, content=content, headers=headers).status_code == status


def test_a_form_of_too_many_fields_is_refused(client: TestClient) -> None:
    fields = {f"f{number}": "x" for number in range(3_000)}
    assert client.post("/programmes", data=fields, headers=OWN).status_code == 400


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: " + "[" * 20_000, "yaml.depth"),
        ("a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n", "yaml.alias"),
        ("a: !!python/object/apply:os.system ['true']", "yaml.tag"),
    ],
)
def test_a_document_that_would_run_or_grow_is_refused(client: TestClient, text: str, code: str) -> None:
    said = client.post("/api/check", json={"text": text}).json()
    assert code in {row["code"] for row in said["findings"]}


@pytest.mark.parametrize(
    "path",
    [
        "/programmes/..%2f..%2fetc%2fpasswd/file",
        "/programmes/%2e%2e/file?format=yaml",
        "/programmes/minimal/explain/..%2f..%2f..%2fetc%2fpasswd",
        "/static/..%2fapp.py",
        "/static/%2e%2e%2fsettings.py",
        "/static//etc/passwd",
        "/programmes/%00",
        "/programmes/" + "a" * 5_000,
    ],
)
def test_a_path_leads_out_of_nothing(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in {404, 422}
    assert "root:" not in answer.text
    assert "class Settings" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1@evil.example", "evil.example#127.0.0.1", "127.0.0.1:80:80", "127.0.0.1."])
def test_a_name_that_only_looks_like_ours_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/keys", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "origin", ["http://127.0.0.1.evil.example", "http://evil.example/127.0.0.1", "file://", "null"]
)
def test_an_origin_that_only_looks_like_ours_is_refused(client: TestClient, origin: str) -> None:
    assert client.post("/api/schema", json={}, headers={"origin": origin}).status_code == 403


def test_a_name_never_becomes_a_file(client: TestClient, repository: Path) -> None:
    """The name of a download and the id in an address are those of the document, which has letters and digits alone."""
    text = (repository / "examples" / "minimal.yaml").read_text(encoding="utf-8")
    for name in ('"../x"', '"a\\r\\nb"', '"a/b"', '"a\\"b"'):
        made = client.post(
            "/api/programmes/add", json={"text": text.replace("programme: minimal", f"programme: {name}")}
        )
        assert made.status_code == 422
    answer = client.get("/programmes/minimal/file?format=yaml")
    assert answer.headers["content-disposition"] == 'attachment; filename="minimal.yaml"'


def test_explain_refuses_provenance_that_is_none_and_follows_the_longest_chain() -> None:
    for told in ("x", ["x"], [{"path": 1, "from": []}], [{"path": "a", "from": "b"}], [{"path": "a", "from": [1]}]):
        with pytest.raises(InputError) as error:
            explain({"provenance": told}, "a")
        assert error.value.findings[0].code == "explain.no_provenance"
    long = [{"path": f"p{number}", "from": [f"p{number + 1}"]} for number in range(5_000)]
    assert [row["depth"] for row in explain({"provenance": long}, "p0")] == list(range(5_000))
