"""Texts folded to a common form: width, case, accents, Greek letters, quotes and marks."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ω": "omega", "ß": "beta",
}  # fmt: skip
_MARKS = str.maketrans(dict.fromkeys("®™©*†‡§", "") | {"’": "'", "‘": "'", "`": "'", "–": "-", "—": "-", "−": "-"})
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_SPACE = re.compile(r"\s+")
_MICRO = re.compile(r"(?<=\d)\s*[µμ](?=(?:g|mol|l)\b)")


@lru_cache(maxsize=1 << 17)
def fold(text: str) -> str:
    """The text in one width and case, without accents, trade marks and double spaces; Greek letters spelt out.

    Idempotent. Chinese characters stay as they are; full-width letters and Roman numerals become plain ones.
    """
    if text.isascii():
        return " ".join(text.lower().replace("`", "'").split())
    marked = _MICRO.sub("mc", text).translate(_MARKS)
    plain = unicodedata.normalize("NFKC", marked).casefold().translate(_MARKS)
    spelt = "".join(_GREEK.get(letter, letter) for letter in plain)
    bare = "".join(c for c in unicodedata.normalize("NFD", spelt) if not unicodedata.combining(c))
    return _SPACE.sub(" ", unicodedata.normalize("NFC", bare)).strip()


def has_chinese(text: str) -> bool:
    """Whether the text holds a Chinese character."""
    return _CHINESE.search(text) is not None


def slug(text: str) -> str:
    """An id of the text: words joined by hyphens, apostrophes left out; Chinese characters stay."""
    return re.sub(r"[^0-9a-z\u3400-\u9fff]+", "-", fold(text).replace("'", "")).strip("-")
