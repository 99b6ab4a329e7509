"""The area of a condition as a registry names it: by MeSH tree branch where the term is known, else by words.

The assignment is this project's own (data/condition_areas.json). Order settles what belongs to several areas: a
tumour is oncology before it is of any organ, an infection before its organ, diabetes is endocrine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any


def area_of_conditions(
    conditions: Iterable[str], *, tree_numbers_by_term: Mapping[str, Sequence[str]] | None = None
) -> str | None:
    """The area of the first condition that has one.

    Args:
        conditions: condition texts in the order of the record.
        tree_numbers_by_term: MeSH tree numbers by lower-case term; without it words alone decide.

    Returns:
        An area, or None where no condition is recognised.
    """
    terms = tree_numbers_by_term or {}
    for condition in conditions:
        text = condition.strip().lower()
        area = area_of_tree_numbers(terms.get(text, ())) or area_of_words(text)
        if area is not None:
            return area
    return None


def area_of_tree_numbers(tree_numbers: Sequence[str]) -> str | None:
    """The area of the first listed branch that any of the tree numbers lies in; None for none."""
    for branch, area, *_ in _document()["tree_branches"]:
        if any(number == branch or number.startswith(branch + ".") for number in tree_numbers):
            return str(area)
    return None


def area_of_headings(mesh_ids: Iterable[str]) -> str | None:
    """The area of the first listed branch whose heading is among the ids (a condition's own and those above it).

    Args:
        mesh_ids: such as `D009369`, in any order.
    """
    found = set(mesh_ids)
    return next((str(area) for _, area, _, heading in _document()["tree_branches"] if heading in found), None)


def area_of_words(condition: str) -> str | None:
    """The area of the first listed word that begins a word of the condition (`*` anywhere); None for none."""
    text = condition.lower()
    for area, pattern in _word_patterns():
        if pattern.search(text):
            return area
    return None


def is_healthy_volunteers(conditions: Iterable[str]) -> bool:
    """Whether every condition names volunteers or clinical pharmacology instead of a disease."""
    texts = [condition.lower() for condition in conditions]
    words = _document()["healthy_words"]
    return bool(texts) and all(any(word in text for word in words) for text in texts)


@cache
def _word_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((area, re.compile("|".join(map(_pattern, words)))) for area, words in _document()["words"])


def _pattern(word: str) -> str:
    return re.escape(word[1:]) if word.startswith("*") else r"\b" + re.escape(word)


@cache
def _document() -> dict[str, Any]:
    import json
    from importlib.resources import files

    text = files("onepill.evidence").joinpath("data/condition_areas.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document
