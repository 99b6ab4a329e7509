"""In which language and theme a page is asked for: the address first, then a cookie, then the browser's own wish."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from fastapi import Request

from onepill.reports.catalogue import LANGUAGES, Catalogue, Lang, catalogue, messages_in
from onepill.workbench.asking.first_start import REASON
from onepill.workbench.workspace.typed_values import UNSOURCED

THEMES = ("light", "dark")
OWN_REASONS = {REASON: "reason.example", "added": "reason.added", UNSOURCED: "note.changed"}
"""Reasons in a history and notes at an input that onepill wrote itself; all others are a person's own words."""
BETWEEN_NOTES = "; "
LANG_COOKIE, THEME_COOKIE = "onepill_lang", "onepill_theme"


@cache
def _messages(lang: str) -> dict[str, str]:
    loaded: dict[str, str] = {}
    for name in ("messages", "inputs", "engines", "numbers", "methods", "team", "deals"):
        loaded |= messages_in("onepill.web", name, lang)
    return loaded


@cache
def _law(lang: str) -> dict[str, str]:
    """Free texts of the rulebook, which are English there, in another language."""
    return {} if lang == "en" else messages_in("onepill.web", "law", lang)


@dataclass(frozen=True)
class Words:
    """The pages' own words, and behind them those of the passport; a key that neither has is an error."""

    base: Catalogue

    @property
    def lang(self) -> Lang:
        return self.base.lang

    def __call__(self, key: str, /, **values: Any) -> str:
        own = _messages(self.base.lang)
        return own[key].format_map(values) if key in own else self.base(key, **values)

    def has(self, key: str) -> bool:
        return key in _messages(self.base.lang) or self.base.has(key)

    def text(self, label: object) -> str:
        return self.base.text(label)

    def law(self, text: str) -> str:
        """A free text of the rulebook in the page's language, or several that stand in one; else as it stands."""
        known, said, parts = _law(self.lang), list[str](), text.split(BETWEEN_NOTES)
        while known and parts:
            ends = (end for end in range(len(parts), 0, -1) if BETWEEN_NOTES.join(parts[:end]) in known)
            end = next(ends, 0)
            if not end:
                return text
            said.append(known[BETWEEN_NOTES.join(parts[:end])])
            parts = parts[end:]
        return self("list.semicolon").join(said) if said else text

    def reason(self, text: str) -> str:
        """Why a version was saved: as it was typed, in the page's language where onepill said it."""
        return self(OWN_REASONS[text]) if text in OWN_REASONS else text

    def either(self, family: str, code: object) -> str:
        key = f"{family}.{code}"
        return self(key) if key in _messages(self.base.lang) else self.base.either(family, code)


@dataclass(frozen=True)
class Speaking:
    """The language, the theme (empty: the system's), the address with its query, and whether htmx asks for a part."""

    lang: Lang
    theme: str
    path: str
    query: tuple[tuple[str, str], ...]
    is_part: bool

    @property
    def words(self) -> Words:
        return Words(catalogue(self.lang))

    def link(self, path: str | None = None, /, drop: tuple[str, ...] = (), **changed: str) -> str:
        """The address with some of its query changed; an empty value takes a name out."""
        gone = {*drop, *changed}
        rows = [(name, value) for name, value in self.query if name not in gone]
        rows += [(name, value) for name, value in changed.items() if value]
        return (path or self.path) + (f"?{urlencode(rows)}" if rows else "")


def speaking(request: Request) -> Speaking:
    """How this request wants to be answered."""
    query = tuple(request.query_params.multi_items())
    asked = request.query_params.get("lang") or request.cookies.get(LANG_COOKIE) or _wished(request)
    lang: Lang = next((known for known in LANGUAGES if asked.startswith(known)), "en")
    theme = request.query_params.get("theme") or request.cookies.get(THEME_COOKIE, "")
    kept = tuple((name, value) for name, value in query if name not in ("lang", "theme"))
    is_part = (
        request.headers.get("hx-request") == "true" and request.headers.get("hx-history-restore-request") != "true"
    )
    return Speaking(lang, theme if theme in THEMES else "", request.url.path, kept, is_part)


def _wished(request: Request) -> str:
    first = request.headers.get("accept-language", "").partition(",")[0]
    return "zh" if first.lower().startswith("zh") else "en"
