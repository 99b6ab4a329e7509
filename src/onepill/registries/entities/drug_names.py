"""A drug's name as free text writes it, brought to a key: without dose, form, salt, marks and code punctuation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from onepill.registries.entities.drug_words import (
    BARE_NUMBER,
    BIOSIMILAR,
    DOSE,
    FORMS,
    ION_DRUGS,
    PERCENT,
    SALTS,
    SOLVATE,
    ZH_FORMS,
    ZH_HEADS,
    ZH_SALT_TAILS,
    ZH_SALTS,
)
from onepill.registries.entities.text import fold, has_chinese

_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|（([^（）]*)）|【([^【】]*)】|《([^《》]*)》")
_PUNCTUATION = re.compile(r"[^\w\s\u3400-\u9fff-]+")
_LOOSE_HYPHEN = re.compile(r"(?<!\w)-+|-+(?!\w)|_")
_FIGURE = re.compile(r"\d")
_SPELLINGS = (
    ("oestr", "estr"), ("sulph", "sulf"), ("ceph", "cef"), ("amoxy", "amoxi"), ("cyclosporin", "ciclosporin"),
    ("aluminum", "aluminium"), ("adrenalin ", "adrenaline "),
)  # fmt: skip
_CODE = re.compile(r"^[a-z]{1,6}[\s-]?\d{2,}[a-z0-9]*(?:[\s-]\d{1,4}[a-z]?)*$|^\d{1,4}[a-z]{1,5}\d{2,}$")


@lru_cache(maxsize=1 << 17)
def plain_key(name: str) -> str:
    """The name folded, with one spelling and without punctuation other than hyphens inside words; idempotent."""
    text = fold(name)
    if not text.replace(" ", "").isalnum():
        text = _PUNCTUATION.sub(" ", BIOSIMILAR.sub(r"\1", text).replace("'", ""))
        text = " ".join(_LOOSE_HYPHEN.sub(" ", text).split())
    for other, usual in _SPELLINGS:
        text = text.replace(other, usual)
    return text


@lru_cache(maxsize=1 << 17)
def drug_key(name: str) -> str:
    """The name without doses, forms, routes and salts: what two spellings of one substance share.

    A name that consists of nothing else (magnesium sulfate, sodium chloride) keeps its words. Idempotent.
    """
    plain = plain_key(name)
    if _is_latin_word(plain):
        return plain
    key = _drug_key_once(name)
    while (again := _drug_key_once(key)) != key:
        key = again
    return key


def _is_latin_word(key: str) -> bool:
    """Whether a plain key is one word of letters, from which nothing can be taken off: most names are."""
    return key.isalpha() and not has_chinese(key)


def _drug_key_once(name: str) -> str:
    if has_chinese(name):
        return _chinese_key(name)
    if code_key(name):
        return plain_key(name)
    bare = without_doses(name)
    words = [word for word in plain_key(bare).split() if word not in FORMS]
    if not words:
        return plain_key(name)
    return " ".join(_without_salts(SOLVATE.sub("", " ".join(words)).split()))


def without_doses(name: str) -> str:
    """The folded name with doses, percentages and bare numbers taken out."""
    folded = fold(name)
    if not _FIGURE.search(folded):
        return folded
    return " ".join(BARE_NUMBER.sub(" ", PERCENT.sub(" ", DOSE.sub(" ", folded))).split())


def code_key(name: str) -> str:
    """A company code without blanks and hyphens (HL-085, HL 085 and HL085 are one); empty for what is no code."""
    key = plain_key(name)
    if key.isalpha() or not _CODE.match(key):
        return ""
    return re.sub(r"[\s-]", "", key)


def inside_and_outside(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without its brackets, and what stood in them, in order."""
    insides: list[str] = []

    def take(match: re.Match[str]) -> str:
        insides.append(next((part for part in match.groups() if part), "").strip())
        return " "

    outside = _BRACKETS.sub(take, text)
    return " ".join(outside.split()), tuple(part for part in insides if part)


def lookup_keys(text: str) -> Iterator[tuple[str, str]]:
    """The keys under which a text may be stored, with the rule that made each, the most literal first."""
    plain = plain_key(text)
    if _is_latin_word(plain):
        yield "name", plain
        return
    seen = set()
    for rule, key in (("name", plain), ("code", code_key(text)), ("form", _form_key(text)),
                      ("salt", drug_key(text)), ("code", code_key(_form_key(text)))):  # fmt: skip
        if key and key not in seen:
            seen.add(key)
            yield rule, key


def _form_key(text: str) -> str:
    """Without dose and form, with the salt."""
    if has_chinese(text):
        return _chinese_without_form(plain_key(text))
    if code_key(text):
        return plain_key(text)
    return " ".join(word for word in plain_key(without_doses(text)).split() if word not in FORMS)


def _without_salts(words: list[str]) -> list[str]:
    if words[0] in ION_DRUGS:
        return words
    kept = [word for word in words if word not in SALTS]
    return kept or words


def _chinese_key(name: str) -> str:
    key = _chinese_without_form(plain_key(name))
    for salt in sorted(ZH_SALTS, key=len, reverse=True):
        if key.startswith(salt) and len(key) - len(salt) >= 2:
            key = key[len(salt) :]
            break
    for tail in sorted(ZH_SALT_TAILS, key=len, reverse=True):
        if key.endswith(tail) and len(key) - len(tail) >= 3:
            return key[: -len(tail)]
    return key


def _chinese_without_form(key: str) -> str:
    text = re.sub(r"\s+", "", without_doses(key)) if has_chinese(key) else key
    text = text or key
    for head in ZH_HEADS:
        if text.startswith(head) and len(text) - len(head) >= 2:
            text = text[len(head) :]
            break
    for form in sorted(ZH_FORMS, key=len, reverse=True):
        if text.endswith(form) and len(text) - len(form) >= 2:
            return text[: -len(form)]
    return text
