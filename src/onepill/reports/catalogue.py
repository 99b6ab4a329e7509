"""The words of the passport: one JSON file of messages per language."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

Lang = Literal["en", "zh"]
LANGUAGES: tuple[Lang, ...] = ("en", "zh")
HYPHEN_MINUS = re.compile(r"(?<![\w-])-(?=\d)")
HTML_LANG: Mapping[str, str] = {"en": "en", "zh": "zh-CN"}


def messages_in(package: str, name: str, lang: str) -> dict[str, str]:
    """The messages of one file of a package, by key."""
    file = resources.files(package).joinpath("messages", f"{name}.{lang}.json")
    loaded: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return loaded


@cache
def _messages(lang: str) -> Mapping[str, str]:
    return messages_in("onepill.reports", "messages", lang)


@dataclass(frozen=True)
class Catalogue:
    """Messages of one language; a missing key is an error, so that no page shows a key instead of a word."""

    lang: Lang

    def __call__(self, key: str, /, **values: Any) -> str:
        """The message of `key` with its `{names}` filled.

        Raises:
            KeyError: no such message, or a value that it names is missing.
        """
        return _messages(self.lang)[key].format_map(values)

    def message(self, key: str) -> str:
        """The message of `key` as it is written, its names not filled."""
        return _messages(self.lang)[key]

    def has(self, key: str) -> bool:
        return key in _messages(self.lang)

    def count(self, key: str, count: int, /, **values: Any) -> str:
        """The plural form of `key`: `key.zero` (if it exists), `key.one` or `key.other`, with `{count}` filled."""
        form = {0: "zero", 1: "one"}.get(count, "other")
        chosen = f"{key}.{form}" if self.has(f"{key}.{form}") else f"{key}.other"
        return self(chosen, count=f"{count:,}", **values)

    def either(self, key: str, code: object) -> str:
        """The message `key.code`, or the code itself in plain words: packs may add codes that have no message yet."""
        known = f"{key}.{code}"
        return self(known) if self.has(known) else str(code).replace("_", " ")

    def place(self, code: object) -> str:
        """A jurisdiction within a sentence: with its article where it takes one."""
        return self(f"place.{code}") if self.has(f"place.{code}") else self.either("jurisdiction", code)

    def text(self, label: object) -> str:
        """A label of the document: `{en, zh}` in this language (else in the other one), or plain text; "" for null."""
        if label is None:
            return ""
        if isinstance(label, Mapping):
            return str(label.get(self.lang) or label.get("en") or next(iter(label.values()), "") or "")
        return str(label)

    def sentence(self, label: object) -> str:
        """A label as a sentence: with a capital, a real minus and a full stop, however the document wrote it."""
        text = HYPHEN_MINUS.sub("\u2212", self.text(label))
        if not text:
            return ""
        return capital(text) + ("" if text[-1] in ".。!?" else self("list.stop"))

    def join(self, parts: list[str]) -> str:
        """Sentences or clauses in a row: a space between them in English, none in Chinese."""
        return ("" if self.lang == "zh" else " ").join(part for part in parts if part)

    def enumerate(self, names: list[str]) -> str:
        """Names as a list in a sentence: "a, b and c"."""
        if len(names) < 2:
            return "".join(names)
        return self("list.names").join(names[:-1]) + self("list.and") + names[-1]


def capital(text: str) -> str:
    """A label as it begins a line; nothing else of it is changed."""
    return text[:1].upper() + text[1:]


def catalogue(lang: Lang) -> Catalogue:
    """The catalogue of a language.

    Raises:
        ValueError: the language is neither "en" nor "zh".
    """
    if lang not in LANGUAGES:
        raise ValueError(f"the passport speaks {' and '.join(LANGUAGES)}, not {lang!r}")
    return Catalogue(lang)


HAN = re.compile(r"[\u3400-\u9fff]")
LATIN_WORDS = re.compile(r"[A-Za-z]{2,}[ ,:;-]+[A-Za-z]{2,}")


def tongue(text: object, lang: str) -> str:
    """The language of a text that is plainly not the page's, as an address of languages names it; else "".

    Names, codes and numbers have no language of their own.
    """
    said = str(text or "")
    if lang == "zh":
        return "en" if LATIN_WORDS.search(said) and not HAN.search(said) else ""
    return "zh-CN" if HAN.search(said) and not LATIN_WORDS.search(said) else ""
