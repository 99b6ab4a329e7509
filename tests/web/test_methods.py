"""Pages of methods and how-tos: all are served, all links among them lead somewhere, no text becomes markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from onepill.reports.catalogue import catalogue
from onepill.web import create_app, method_text
from onepill.web.method_text import KINDS, address_of, anchor_of, page_address, pages_of
from onepill.web.method_words import method_title
from onepill.web.speaking import Words
from onepill.workbench.asking.context import close_workspaces
from onepill.workbench.explain.methods import METHODS

PAGES = [address_of(kind, name) for kind in KINDS for name in pages_of(kind)]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONEPILL_HOME", str(tmp_path_factory.mktemp("home")))
        close_workspaces()
        yield TestClient(create_app(), base_url="http://127.0.0.1", follow_redirects=False)
        close_workspaces()


class Document(HTMLParser):
    """The links, anchors and styles of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: list[str] = []
        self.styled: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if "id" in values:
            self.anchors.append(values["id"])
        self.styled += [tag for name in values if name == "style" or name.startswith("on")]


def test_every_file_is_served_and_every_link_of_every_page_leads_somewhere(
    client: TestClient, repository: Path
) -> None:
    files = {f"/{kind}/{file.stem}" for kind in KINDS for file in (repository / "docs" / kind).glob("*.md")}
    assert set(PAGES) == files
    found = {address: client.get(address) for address in (*PAGES, "/methods")}
    assert {address: one.status_code for address, one in found.items() if one.status_code != 200} == {}
    pages = {address: Document(one.text) for address, one in found.items()}
    assert set(PAGES) <= set(pages["/methods"].links)
    lost = []
    for address, page in pages.items():
        assert len(page.anchors) == len(set(page.anchors)), address
        assert page.styled == [], address
        for link in page.links:
            at, _, anchor = link.partition("#")
            target = at.partition("?")[0] or address
            if target.startswith(("/methods", "/how-to")) and (
                target not in pages or (anchor and anchor not in pages[target].anchors)
            ):
                lost.append((address, link))
    assert lost == []
    among = [link for page in pages.values() for link in page.links if link.startswith(("/methods/", "/how-to/"))]
    assert len(among) > len(PAGES) + 60, "methods name one another"


def test_a_page_says_what_its_file_says_and_carries_its_formulae_and_tables(client: TestClient) -> None:
    page = client.get("/methods/assurance").text
    assert "Assurance, predictive probability and the size of phase II" in page
    assert "<em>z</em><sub>α</sub>" in page
    assert re.search(r'<div class="scroll"[^>]*><table>', page)
    counted = client.get("/methods/rulebook").text
    assert "counts: made by" not in unescape(counted)
    assert 'href="/methods/success"' in client.get("/methods/base-rates").text
    assert client.get("/methods/review-times").headers["content-security-policy"].startswith("default-src 'self'")


def test_titles_are_chinese_in_chinese_and_a_note_says_that_the_text_is_not(client: TestClient) -> None:
    page = client.get("/methods/success", params={"lang": "zh"}).text
    assert '<article class="prose" lang="en"' in page
    assert "正文目前只有英文" in page
    t = Words(catalogue("zh"))
    for kind in KINDS:
        for name in pages_of(kind):
            title = method_title(kind, name, t)
            assert re.search(r"[\u4e00-\u9fff]", title), f"{kind}/{name} has no Chinese title"


@pytest.mark.parametrize("name", ["nothing", "..%2F..%2FREADME", "success.md", "%2Fetc%2Fpasswd", "README"])
def test_a_page_that_is_not_there_is_not_found(client: TestClient, name: str) -> None:
    assert client.get(f"/methods/{name}").status_code == 404
    assert client.get(f"/how-to/{name}").status_code == 404


def test_markup_in_a_text_is_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "methods").mkdir()
    text = '# A <b>title</b>\n\n<script>alert(1)</script>\n\nx<sub onclick="a()">2</sub>, [a](javascript:alert(1)), '
    text += "[b](other.md), `<i>`, ![](x)\n\n```\n<u>\n```\n\n| a |\n|---:|\n| <img src=x> |\n"
    (tmp_path / "methods" / "evil.md").write_text(text, encoding="utf-8")
    monkeypatch.setattr(method_text, "_docs", lambda: tmp_path)
    method_text.pages_of.cache_clear()
    method_text.method_page.cache_clear()
    try:
        found = method_text.method_page("methods", "evil")
        assert found is not None
        page = Document(str(found.body))
        assert page.tags <= {"p", "sub", "a", "code", "pre", "div", "table", "thead", "tbody", "tr", "th", "td"}
        assert (page.links, page.styled) == ([], [])
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in found.body
    finally:
        method_text.pages_of.cache_clear()
        method_text.method_page.cache_clear()


def test_what_answers_name_as_their_method_is_a_page() -> None:
    for name in {name for names in METHODS.values() for name in names}:
        assert page_address(f"docs/methods/{name}.md") == f"/methods/{name}"
    assert page_address("docs/design.md") == ""
    assert anchor_of("What is told: μ, and `code`") == "what-is-told-μ-and-code"
