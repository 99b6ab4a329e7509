"""Word lists of the packaged file `data/words.json`."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


def word_list(name: str) -> tuple[str, ...]:
    """The words of a list in the file's order."""
    lines = _document()["lists"][name]["words"]
    return tuple(" ".join(lines).split())


def word_set(name: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(word_list(name))


@cache
def _document() -> dict[str, Any]:
    text = files("onepill.registries.entities").joinpath("data", "words.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document
