"""Names within a few edits of a text, found among half a million without comparing with each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from onepill.core.errors import MissingExtra

MAX_EDITS = 2
SHORTEST = 7
"""Shorter texts are not matched by likeness: among them one letter makes another drug."""
_KEPT = SHORTEST - 1
_HEAD = _KEPT + MAX_EDITS
_PLACE = np.uint64(2**32 - 1)
"""The lower half of a key is the name's place: one sort orders both."""
_FACTORS = np.array([pow(0x9E3779B97F4A7C15, n, 2**64) for n in range(1, _KEPT + 1)], dtype=np.uint64)
"""Odd numbers for the hash of a row of letters: the sum of their products, modulo 2^64."""


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
    """Names by what stays of their first letters.

    Of two texts within `MAX_EDITS` edits, the first `_HEAD` letters of both hold the same `_KEPT` letters in the same
    order: each edit spoils at most one letter of either head, be it changed, left out, or pushed over the end. A name
    is therefore stored under every choice of `_KEPT` letters of its head, and a text is looked up under its own
    choices: no near name is missed. Heads, since endings are shared: a dozen INN stems end thousands of names. The
    distances of what is found are then computed by rapidfuzz.

    Source: Bocek T, Hunt E, Stiller B (2007), Fast similarity search in large dictionaries, University of Zurich
    ifi-2007.02, the neighbourhood of deletions; that the heads are enough is shown above.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._lengths = np.fromiter(map(len, self.names), dtype=np.int32, count=len(self.names))
        self._keys = np.concatenate([self._stored(length) for length in range(_KEPT, _HEAD + 1)])
        self._keys.sort()

    def near(self, text: str) -> tuple[Near, ...]:
        """The names within the edits allowed for the text's length, the nearest first, then by name.

        A name that is the text itself has 0 edits and is among them.

        Raises:
            MissingExtra: rapidfuzz is not installed.
        """
        limit = allowed_edits(len(text))
        if limit == 0:
            return ()
        extract, distance = _rapidfuzz()
        places = list(self._candidates(text, limit))
        close = extract(text, [self.names[place] for place in places], scorer=distance, score_cutoff=limit, limit=None)
        found = (Near(places[at], edits) for _, edits, at in close)
        return tuple(sorted(found, key=lambda near: (near.edits, self.names[near.place], near.place)))

    def _stored(self, length: int) -> NDArray[np.uint64]:
        """Keys of the names whose heads are of this length: a hash above, the place below."""
        places = np.flatnonzero(np.minimum(self._lengths, _HEAD) == length)
        letters = _letters([self.names[place] for place in places], length)
        below = places.astype(np.uint64)
        return np.concatenate([_hashed(letters[:, list(kept)]) | below for kept in _choices(length)])

    def _candidates(self, text: str, limit: int) -> set[int]:
        """Places of the names that share a choice of letters with the text and are about as long."""
        length = min(len(text), _HEAD)
        asked = np.unique(_hashed(_letters([text], length)[0][np.asarray(_choices(length))]))
        lows = np.searchsorted(self._keys, asked)
        highs = np.searchsorted(self._keys, asked | _PLACE, "right")
        runs = [self._keys[low:high] for low, high in zip(lows, highs, strict=True) if high > low]
        if not runs:
            return set()
        places = (np.concatenate(runs) & _PLACE).astype(np.int64)
        return set(places[np.abs(self._lengths[places] - len(text)) <= limit].tolist())


def _letters(texts: Sequence[str], length: int) -> NDArray[np.uint64]:
    """Code points of the first letters of texts that have so many, shape (texts, length)."""
    heads = np.array([text[:length] for text in texts], dtype=f"U{length}")
    return heads.view(np.uint32).reshape(len(texts), length).astype(np.uint64)


@cache
def _choices(length: int) -> tuple[tuple[int, ...], ...]:
    """Every choice of `_KEPT` places out of a head of this length."""
    return tuple(combinations(range(length), _KEPT))


def _hashed(chosen: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """32 bits of each choice of letters, in the upper half; choices that differ may share them, which costs one
    comparison more and changes no result.
    """
    return (chosen @ _FACTORS) & ~_PLACE


def _rapidfuzz() -> tuple[Callable[..., list[tuple[str, int, int]]], Callable[..., int]]:
    """The comparison of one text with many, and the Levenshtein distance."""
    try:
        from rapidfuzz.distance import Levenshtein
        from rapidfuzz.process import extract
    except ImportError:
        message = "linking names needs rapidfuzz, which is not installed: pip install 'onepill[registry]'"
        raise MissingExtra(message) from None
    return extract, Levenshtein.distance
