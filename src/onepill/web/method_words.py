"""What a page of the documentation is called in the language of the reader; its text is English."""

from __future__ import annotations

from onepill.web.method_text import page_address, title_of
from onepill.web.speaking import Words


def method_title(kind: str, name: str, t: Words) -> str:
    """The title of a page: in English its own heading."""
    key = f"{'method' if kind == 'methods' else 'howto'}.{name}"
    return t(key) if t.lang == "zh" and t.has(key) else title_of(kind, name)


def method_links(named: list[str], t: Words) -> list[dict[str, str]]:
    """Pages as an answer names them (`docs/methods/success.md`), each with its title and its address."""
    found = []
    for file in named:
        address = page_address(file)
        kind, _, name = address.removeprefix("/").partition("/")
        found.append({"file": file, "href": address, "title": method_title(kind, name, t) if address else file})
    return found
