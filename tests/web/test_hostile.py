"""Bodies, uploads and addresses that nobody sends by accident: each is refused in words, none is a fault of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from onepill.core.errors import InputError
from onepill.web import Settings, create_app
from onepill.workbench.asking.context import close_workspaces
from onepill.workbench.results.derive import explain

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
        ("/api/due", JSON, b'{"count": ', 400),
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
        "cut JSON",
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


ADD = pytest.mark.parametrize("path", ["/programmes", "/programmes/minimal/deals"])


@ADD
@pytest.mark.parametrize(
    "case",
    [
        (b"onepill: 1\nprogramme: [\n", "", "yaml.syntax", "mine.yaml:"),
        (b"a: 1\nb: \xff\n", "", "upload.letters", "mine.yaml:2"),
        (b"a: 1\nb: \x00\n", "", "text.letters", "2"),
        (b"# " + b"x" * 3_000_000, "", "upload.size", ""),
        (b"a: 1", "mine: kept", "upload.both", ""),
        (b"", "", "upload.none", ""),
    ],
    ids=["no YAML", "no UTF-8", "control character", "too large", "typed too", "empty"],
)
def test_a_file_that_is_no_document_is_refused_and_the_text_kept(
    client: TestClient, path: str, case: tuple[bytes, str, str, str]
) -> None:
    content, typed, code, place = case
    files = {"upload": ("../../mine.yaml", content, "text/yaml")}
    answer = client.post(path, data={"text": typed, "reason": "said"}, files=files, headers=OWN)
    assert answer.status_code == 422
    kept = answer.text.partition("<textarea")[2].partition("</textarea>")[0]
    assert code in answer.text.partition("<form")[0]
    assert place in answer.text
    assert "said" in answer.text
    assert "../../mine" not in answer.text
    assert (typed or (content.decode("ascii", "ignore").strip() if place and b"\xff" not in content else "")) in kept


@ADD
def test_a_file_larger_than_any_question_is_refused_in_words(client: TestClient, path: str) -> None:
    files = {"upload": ("large.yaml", b"x" * (9 * 2**20), "text/yaml")}
    answer = client.post(path, files=files, headers={**OWN, "accept": "text/html"})
    assert answer.status_code == 413
    assert "request.size" in answer.text
    assert answer.headers["content-type"].startswith("text/html")


def test_a_file_is_kept_as_its_text(client: TestClient, repository: Path) -> None:
    text = (repository / "examples" / "minimal.yaml").read_text(encoding="utf-8")
    text = text.replace("programme: minimal", "programme: uploaded")
    files = {"upload": ("mine.yaml", b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(), "text/yaml")}
    sent = client.post("/programmes", files=files, headers=OWN, follow_redirects=False)
    assert (sent.status_code, sent.headers["location"]) == (303, "/programmes/uploaded")
    assert client.get("/programmes/uploaded/file?format=yaml").text == text


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
