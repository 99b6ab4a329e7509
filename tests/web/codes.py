"""Reads a page as people do, and finds words of a file's code where words of a language should stand."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from tests.web.figures import VOID

CODE = re.compile(
    r"(?<![\w/.@-])[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?![\w/.])|(?<![\w/@.-])[a-z_]+(?:\.[a-z0-9_]{2,})+(?![\w/])"
)
"""`snake_case` and `dotted.lower`, which no language has."""
ENGLISH = re.compile(r"[A-Za-z][a-z'’-]+(?: [A-Za-z][a-z'’-]*){2,}")
"""Three English words and more."""
OUTSIDE = frozenset({"script", "style", "template", "svg", "code", "pre", "textarea", "title", "option"})
"""Elements whose text is code and says so, or is not shown."""
PLACES = frozenset({"td", "th", "dd", "dt", "h1", "h2", "h3", "h4", "button", "legend", "summary", "figcaption"})
"""Elements in which a page says what things are; findings name the places of a file that they are about."""


class Said(HTMLParser):
    """The texts of a page's places, without what is quoted: links to sources, identifiers, other tongues."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        known = {name: value or "" for name, value in attrs}
        is_quoted = bool({"id", "src", "cited"} & set(known.get("class", "").split())) or "lang" in known
        self.open.append((tag, tag in OUTSIDE or (is_quoted and tag != "html")))
        if tag in PLACES:
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        is_said = any(tag in PLACES for tag, _ in self.open) and not any(quoted for _, quoted in self.open)
        if is_said and self.texts:
            self.texts[-1] += data


def codes(page: str) -> set[str]:
    """The codes and runs of English words that a page says."""
    found = Said()
    found.feed(page)
    texts = (" ".join(text.split()) for text in found.texts)
    return {one for text in texts for one in (*CODE.findall(text), *ENGLISH.findall(text))}
