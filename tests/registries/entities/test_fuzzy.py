"""The index by segments finds what a comparison with every name finds."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from onepill.registries.entities import FuzzyIndex
from onepill.registries.entities.fuzzy import SHORTEST, Near, allowed_edits

NAMES = st.lists(st.text("abnimtuz ", min_size=5, max_size=16), max_size=30)


def slow_near(names: tuple[str, ...], text: str) -> list[tuple[int, str]]:
    """The twin: every name compared."""
    limit = allowed_edits(len(text))
    found = [(Levenshtein.distance(text, name), name) for name in names if len(name) >= SHORTEST - 1]
    return sorted(pair for pair in found if limit and pair[0] <= limit)


@given(NAMES, st.text("abnimtuz ", min_size=5, max_size=16))
def test_the_index_agrees_with_the_full_comparison(names: list[str], text: str) -> None:
    index = FuzzyIndex(names)
    assert [(near.edits, index.names[near.place]) for near in index.near(text)] == slow_near(index.names, text)


@given(NAMES, st.data())
def test_edited_names_are_found_as_the_full_comparison_finds_them(names: list[str], data: st.DataObject) -> None:
    index = FuzzyIndex(names)
    if names:
        letters = list(data.draw(st.sampled_from(names)))
        for _ in range(2):
            place = data.draw(st.integers(0, len(letters)))
            letters[place : place + data.draw(st.integers(0, 1))] = data.draw(st.sampled_from(["", "x", "ab"]))
        text = "".join(letters)
        assert [(near.edits, index.names[near.place]) for near in index.near(text)] == slow_near(index.names, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("abcdefgh", "bcdefgh"),  # a letter left out before the head
        ("abcdefghijkl", "xyabcdefghijkl"),  # two letters pushed over the end of the head
        ("xyabcdefghijkl", "abcdefghijkl"),
        ("abcdefghijkl", "xbcdefyhijkl"),  # two letters changed in the head
        ("abcdefghijkl", "abcdefghijxy"),  # both edits behind the head
        ("abcdefgxhijkl", "abcdefghijkl"),  # at the end of the head
        ("abcdef", "abcdefg"),  # a name shorter than any text that is asked for
    ],
)
def test_an_edit_at_every_place_of_the_head(name: str, text: str) -> None:
    edits = Levenshtein.distance(name, text)
    assert 0 < edits <= allowed_edits(len(text))
    assert FuzzyIndex([name, "quite another name"]).near(text) == (Near(0, edits),)


def test_an_index_without_names_finds_nothing() -> None:
    assert FuzzyIndex([]).near("abcdefgh") == ()


def test_made_names_in_a_larger_set() -> None:
    chance = random.Random(4)
    names = tuple("".join(chance.choices("abcdefgilmnoprstuvxz", k=chance.randint(6, 18))) + "mab" for _ in range(3000))
    index = FuzzyIndex(names)
    for name in names[:60]:
        place = chance.randrange(len(name))
        text = name[:place] + chance.choice("aeiou") + name[place + 1 :]
        assert [(near.edits, index.names[near.place]) for near in index.near(text)] == slow_near(names, text)


def test_short_texts_are_never_guessed() -> None:
    assert FuzzyIndex(["insulin", "inulin"]).near("inulin") == ()
