"""Reads a page as a browser does, and finds figures that lead nowhere."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

PLACES = frozenset({"td", "dd", "h1", "h2", "h3", "h4", "figcaption"})
"""Elements that hold results: cells of tables, facts of cards, headlines, captions."""
CLASSES = frozenset({"big", "lede", "fig-title", "fig-sub", "metric", "kpi", "se"})
"""Classes of other elements that do."""
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
NO_RESULTS = {
    "a form's field": lambda one: (
        one.tag in {"label", "select", "textarea", "option", "legend", "button"} or "many" in one.classes
    ),
    "an input that is being edited": lambda one: one.tag == "tr" and "changed" in one.classes,
    "an identifier": lambda one: one.tag == "code" or "id" in one.classes,
    "a name, or an identifier, in a column of names": lambda one: one.attributes.get("data-kind") == "name",
    "a version, or the day and person that saved it": lambda one: one.attributes.get("data-kind") == "version",
    "the moment that something was saved": lambda one: one.tag == "time",
    "how far a job is": lambda one: "job-progress" in one.classes,
    "the reference of the API": lambda one: one.attributes.get("data-kind") == "reference",
    "the number that the page explains, and what it is made of": lambda one: "explain" in one.classes,
    "a footnote, and the table of sources that it leads to": lambda one: (
        "fn" in one.classes or one.attributes.get("data-kind") == "sources"
    ),
    "the number of a chapter, of an aspect": lambda one: "n" in one.classes,
    "how many rows of all are shown": lambda one: one.attributes.get("data-kind") == "rows",
    "drawn for the eye, its caption or table beside it": lambda one: one.tag in {"svg", "script", "style", "template"},
}
"""What holds figures that are no results."""
PURE = re.compile(r"[-−+±0-9.,%\s]+")
"""A figure and nothing else: no name."""
EXPLAINS = re.compile(r"/(explain|number)(/|$)")


@dataclass
class Element:
    """An open element of a page."""

    tag: str
    attributes: dict[str, str]
    explained: bool = False
    unlinked: list[str] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    @property
    def href(self) -> str:
        return self.attributes.get("href", "").partition("?")[0]


class Figures(HTMLParser):
    """Texts with figures in cells, headlines, captions that are in no link to what explains them: `loose`."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[Element] = []
        self.loose: list[str] = []
        self.links: list[str] = []
        self.texts: list[tuple[str, str]] = []
        """Each link to an explanation with what it says."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        if tag == "a" and EXPLAINS.search(element.href):
            self.links.append(element.attributes["href"])
            self.texts.append((element.attributes["href"], ""))
            for one in self.open:
                one.explained = True
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self.open and any(one.tag == tag for one in self.open):
            closed = self.open.pop()
            self._close(closed)
            if closed.tag == tag:
                return

    def _close(self, closed: Element) -> None:
        if not closed.unlinked:
            return
        # A drawing and its table of values lead on by one link beside them, in the section that holds them.
        if "drawn" in closed.classes and closed.explained:
            return
        # A sentence whose figures are links: what is left of it are names (Phase 3, p10) and "of 100 futures".
        if closed.tag in {"p", "dd", "small"} and closed.explained and not any(map(_counts, closed.unlinked)):
            return
        # A row of the form of a file's inputs opens the provenance of the input that it is about.
        if closed.tag == "tr" and closed.explained and any("inputs" in one.classes for one in self.open):
            return
        if closed.tag == "section" or not self.open:
            self.loose += closed.unlinked
        else:
            self.open[-1].unlinked += closed.unlinked

    def handle_data(self, data: str) -> None:
        if any(one.tag == "a" and EXPLAINS.search(one.href) for one in self.open):
            link, said = self.texts[-1]
            self.texts[-1] = link, said + data
        if not any(sign.isdigit() for sign in data) or not any(_holds(one) for one in self.open):
            return
        if any(one.tag == "a" and _leads(one, data) for one in self.open):
            return
        if any(is_none(one) for one in self.open for is_none in NO_RESULTS.values()):
            return
        where = next(one for one in reversed(self.open) if _holds(one))
        label = where.attributes.get("data-l") or where.attributes.get("class", "")
        self.open[-1].unlinked.append(f"<{where.tag} {label}> {' '.join(data.split())}")

    def close(self) -> None:
        super().close()
        while self.open:
            self._close(self.open.pop())


def _leads(link: Element, text: str) -> bool:
    """Whether a link leads to an explanation, or its text is a name or a source's title, which leads to its page."""
    return bool(EXPLAINS.search(link.href)) or (bool(link.href) and not PURE.fullmatch(text.strip()))


def _holds(one: Element) -> bool:
    return one.tag in PLACES or bool(CLASSES & one.classes)


def figures(page: str) -> Figures:
    """A page's figures that lead nowhere, and its links to what explains others."""
    found = Figures()
    found.feed(page)
    found.close()
    return found


NAMED_FIGURE = re.compile(r"(?:phase|p)\s?\d+|III?期|\d+\s*(?:种未来|of)|of 100|100种", re.IGNORECASE)
"""Figures that are part of a name, or of "of 100 futures"."""


def _counts(said: str) -> bool:
    """Whether a text has a figure besides those of names."""
    return any(sign.isdigit() for sign in NAMED_FIGURE.sub("", said.partition(">")[2]))
