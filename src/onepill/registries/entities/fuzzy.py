"""Names within a few edits of a text, found among half a million without comparing with each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from onepill.core.errors import MissingExtra

MAX_EDITS = 2
SHORTEST = 7
"""Shorter texts are not matched by likeness: among them one letter makes another drug."""


@dataclass(frozen=True)
class Near:
    """A name near a text: its place in the index and the number of edits between."""

    place: int
    edits: int


def allowed_edits(length: int) -> int:
    """Edits allowed for a text of this many characters: none below 7, one below 12, then two."""
    if length < SHORTEST:
        return 0
    return 1 if length < 12 else MAX_EDITS


class FuzzyIndex:
    """Names by their segments.

    A name is cut into `MAX_EDITS` + 1 segments. Of two texts within `MAX_EDITS` edits at least one segment is the
    same, shifted by at most `MAX_EDITS` places (pigeonhole), so looking up the segments misses no near name; the
    distances of what is found are then computed by rapidfuzz.

    Source: Li G, Deng D, Wang J, Feng J (2011), Pass-Join, PVLDB 5(3):253-264, the segment scheme.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._by_length: dict[int, tuple[NDArray[np.int64], NDArray[np.int32]]] = {}
        places: dict[int, list[int]] = {}
        for place, name in enumerate(self.names):
            if len(name) >= SHORTEST - 1:
                places.setdefault(len(name), []).append(place)
        for length, of_length in places.items():
            self._by_length[length] = self._segments(length, of_length)

    def near(self, text: str) -> tuple[Near, ...]:
        """The names within the edits allowed for the text's length, the nearest first, then by name.

        A name that is the text itself has 0 edits and is among them.

        Raises:
            MissingExtra: rapidfuzz is not installed.
        """
        limit = allowed_edits(len(text))
        if limit == 0:
            return ()
        distance = _distance()
        found = []
        for place in self._candidates(text, limit):
            edits = distance(text, self.names[place], score_cutoff=limit)
            if edits <= limit:
                found.append(Near(place, edits))
        return tuple(sorted(found, key=lambda near: (near.edits, self.names[near.place], near.place)))

    def _segments(self, length: int, places: list[int]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        cuts = list(_cuts(length))
        keys = np.empty(len(places) * len(cuts), dtype=np.int64)
        whose = np.repeat(np.asarray(places, dtype=np.int32), len(cuts))
        at = 0
        for place in places:
            name = self.names[place]
            for number, (start, end) in enumerate(cuts):
                keys[at] = hash((number, name[start:end]))
                at += 1
        order = np.argsort(keys, kind="stable")
        return keys[order], whose[order]

    def _candidates(self, text: str, limit: int) -> Iterable[int]:
        found: set[int] = set()
        for length in range(len(text) - limit, len(text) + limit + 1):
            table = self._by_length.get(length)
            if table is None:
                continue
            keys, whose = table
            asked = np.asarray([hash(key) for key in _asked(text, length, limit)], dtype=np.int64)
            for low, high in zip(
                np.searchsorted(keys, asked, "left"), np.searchsorted(keys, asked, "right"), strict=True
            ):
                found.update(whose[low:high].tolist())
        return found


def _asked(text: str, length: int, limit: int) -> set[tuple[int, str]]:
    """The segments under which a name of this length may be stored, if it is near the text."""
    asked = set()
    for number, (start, end) in enumerate(_cuts(length)):
        for shift in range(-limit, limit + 1):
            low = start + shift
            if low >= 0 and end + shift <= len(text):
                asked.add((number, text[low : end + shift]))
    return asked


def _cuts(length: int) -> Iterator[tuple[int, int]]:
    """Start and end of each segment of a name of this length, as even as can be."""
    parts = MAX_EDITS + 1
    bounds = [round(length * part / parts) for part in range(parts + 1)]
    return pairwise(bounds)


def _distance() -> Callable[..., int]:
    try:
        from rapidfuzz.distance import Levenshtein
    except ImportError:
        message = "linking names needs rapidfuzz, which is not installed: pip install 'onepill[registry]'"
        raise MissingExtra(message) from None
    return Levenshtein.distance
