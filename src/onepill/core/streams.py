"""Named chance: a counter-based generator keyed by (seed, stream name, draw, path).

The word for a path is splitmix64's finaliser over `key + (path + 1) * GOLDEN` (Steele, Lea and Flood 2014,
doi:10.1145/2660193.2660195). It has no state, so a stream neither depends on other streams nor on how paths are cut
into blocks or threads.
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

GOLDEN = 0x9E3779B97F4A7C15
MIX_1 = 0xBF58476D1CE4E5B9
MIX_2 = 0x94D049BB133111EB
_BELOW_ONE = 1 - 2.0**-53
"""The largest number below 1; the last cell's middle would round to 1."""


def stream_key(seed: int, name: str, *, draw: int = 0) -> int:
    """A 64-bit key for one named draw; independent names give independent keys (BLAKE2b)."""
    digest = hashlib.blake2b(f"{seed}\x1f{name}\x1f{draw}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def uniforms(seed: int, *, stream: str, paths: npt.ArrayLike, draw: int = 0) -> npt.NDArray[np.float64]:
    """Uniform numbers strictly between 0 and 1 for the given path numbers (any shape, from 0)."""
    key = np.uint64(stream_key(seed, stream, draw=draw))
    counter = np.asarray(paths, dtype=np.uint64) + np.uint64(1)
    with np.errstate(over="ignore"):
        word = key + counter * np.uint64(GOLDEN)
        word = (word ^ (word >> np.uint64(30))) * np.uint64(MIX_1)
        word = (word ^ (word >> np.uint64(27))) * np.uint64(MIX_2)
        word = word ^ (word >> np.uint64(31))
    return np.minimum(((word >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53, _BELOW_ONE)
