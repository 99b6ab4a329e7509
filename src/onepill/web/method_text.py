"""The pages of `docs/methods` and `docs/how-to` as parts of the workbench: Markdown in, safe HTML out."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token

KINDS = ("methods", "how-to")
"""Folders of the documentation that are served, under their own names."""
DEVELOPERS = frozenset({"run-the-tests", "add-an-engine"})
"""How-tos for who changes onepill, listed last."""
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
PLAIN_TAGS = re.compile(r"</?(?:sub|sup)>|<br ?/?>")
"""All of HTML that a page may hold: indices and exponents of formulae, and line breaks in cells."""
PAGE = re.compile(r"(?:(?:\.\./)?(?:docs/)?(methods|how-to)/)?([a-z0-9-]+)\.md(#[\w-]*)?", re.ASCII)
NAMED = re.compile(r"docs/(?:methods|how-to)/[a-z0-9-]+\.md", re.ASCII)


@dataclass(frozen=True)
class Heading:
    """A heading below the title: where it stands, what it says, how deep."""

    anchor: str
    text: str
    depth: int


@dataclass(frozen=True)
class MethodPage:
    """A page of the documentation, in English: its title, its headings, its body as HTML."""

    kind: str
    name: str
    title: str
    headings: tuple[Heading, ...]
    body: Markup

    @property
    def address(self) -> str:
        return address_of(self.kind, self.name)


def address_of(kind: str, name: str) -> str:
    """Where a page of the documentation is served."""
    return f"/{kind}/{name}"


def page_address(file: str) -> str:
    """Where a file such as `docs/methods/success.md` is served; empty for one that is not."""
    found = PAGE.fullmatch(file)
    kind, name = (found[1] or "", found[2]) if found else ("", "")
    return address_of(kind, name) if name in pages_of(kind) else ""


@cache
def pages_of(kind: str) -> dict[str, Path]:
    """The pages of a folder by their names: a closed list, so that no path is made of an address."""
    if kind not in KINDS:
        return {}
    return {file.stem: file for file in sorted((_docs() / kind).glob("*.md"))}


def _docs() -> Path:
    """Where the documentation stands: in the package, or at the root of the source tree."""
    packed = Path(str(files("onepill"))) / "docs"
    return packed if packed.is_dir() else Path(__file__).resolve().parents[3] / "docs"


@cache
def method_page(kind: str, name: str) -> MethodPage | None:
    """A page of the documentation; None where there is none of this name."""
    file = pages_of(kind).get(name)
    if file is None:
        return None
    parser, renderer = _parser()
    tokens = parser.parse(COMMENT.sub("", file.read_text(encoding="utf-8")))
    headings = _headings(tokens)
    title = headings[0].text if headings else name
    body = [token for token in tokens if not _is_title(tokens, token)]
    html = renderer.render(body, parser.options, {"kind": kind})
    return MethodPage(kind, name, title, tuple(headings[1:]), Markup(html))  # noqa: S704 -- its own rules escape


def title_of(kind: str, name: str) -> str:
    """What a page is called, in English; empty where there is none."""
    found = method_page(kind, name)
    return found.title if found else ""


def _is_title(tokens: Sequence[Token], token: Token) -> bool:
    """Whether a part belongs to the first heading, which stands at the head of the page already."""
    return bool(tokens) and tokens[0].type == "heading_open" and any(token is one for one in tokens[:3])


def _headings(tokens: Sequence[Token]) -> list[Heading]:
    """The headings in order, each given its anchor, as GitHub makes it."""
    found, seen = list[Heading](), Counter[str]()
    for opened, inline in pairwise(tokens):
        if opened.type != "heading_open":
            continue
        text = "".join(part.content for part in inline.children or () if part.type in ("text", "code_inline"))
        anchor = anchor_of(text)
        seen[anchor] += 1
        anchor = anchor if seen[anchor] == 1 else f"{anchor}-{seen[anchor] - 1}"
        opened.attrSet("id", anchor)
        found.append(Heading(anchor, text, int(opened.tag[1:])))
    return found


def anchor_of(text: str) -> str:
    """A heading as an anchor: lower case, letters, digits, hyphens; what is left out leaves no gap."""
    kept = (sign for sign in text.lower() if sign in " -_" or unicodedata.category(sign)[0] in "LN")
    return "".join(kept).strip().replace(" ", "-")


@cache
def _parser() -> tuple[MarkdownIt, RendererHTML]:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML

    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    renderer = RendererHTML()
    rules: dict[str, Any] = {
        "html_inline": _html,
        "html_block": _html,
        "link_open": _link,
        "code_inline": _code,
        "fence": _block,
        "code_block": _block,
        "table_open": lambda *_: '<div class="scroll" tabindex="0" role="group"><table>',
        "table_close": lambda *_: "</table></div>\n",
        "th_open": _cell,
        "td_open": _cell,
        "image": lambda *_: "",
    }
    renderer.rules.update(rules)
    return parser, renderer


def _html(tokens: Sequence[Token], at: int, *_: Any) -> str:
    content = tokens[at].content
    return content if PLAIN_TAGS.fullmatch(content) else str(escape(content))


def _cell(tokens: Sequence[Token], at: int, *_: Any) -> str:
    """A cell; one on the right by a class, since no page has a style inline."""
    token = tokens[at]
    is_right = "right" in str(token.attrs.get("style", ""))
    scope, side = ' scope="col"' if token.tag == "th" else "", ' class="r"' if is_right else ""
    return f"<{token.tag}{scope}{side}>"


def _link(tokens: Sequence[Token], at: int, _options: Any, env: dict[str, str]) -> str:
    """A link to another page, to a heading, or out; a file that is not served is named and not linked."""
    href = str(tokens[at].attrs.get("href", ""))
    found = PAGE.fullmatch(href)
    if found and found[2] in pages_of(found[1] or env["kind"]):
        return f'<a href="{address_of(found[1] or env["kind"], found[2])}{found[3] or ""}">'
    if href.startswith("#"):
        return f'<a href="{escape(href)}">'
    if href.startswith("https://"):
        return f'<a href="{escape(href)}" rel="noreferrer noopener">'
    return "<a>"


def _code(tokens: Sequence[Token], at: int, *_: Any) -> str:
    """A word of code; one that names another page leads there."""
    content = tokens[at].content
    address = page_address(content) if NAMED.fullmatch(content) else ""
    said = f"<code>{escape(content)}</code>"
    return f'<a href="{address}">{said}</a>' if address else said


def _block(tokens: Sequence[Token], at: int, *_: Any) -> str:
    return f'<pre tabindex="0"><code>{escape(tokens[at].content)}</code></pre>\n'
