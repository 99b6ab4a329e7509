"""How often may somebody ask? Buckets that fill with time, kept in the process, and never more than so many."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_KEYS = 10_000
"""The one that asked longest ago is forgotten first: its bucket is the likeliest to be full again."""


class Rate:
    """At most `per_minute` at once and in the long run, for each key; several processes count each for itself."""

    def __init__(
        self, per_minute: int, *, clock: Callable[[], float] = time.monotonic, most_keys: int = MOST_KEYS
    ) -> None:
        self._most, self._clock, self._most_keys = float(per_minute), clock, most_keys
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_seconds(self, key: str) -> float:
        """Take one; 0 where there was one, else how long to wait for it."""
        now = self._clock()
        with self._lock:
            left, since = self._left.pop(key, (self._most, now))
            left = min(self._most, left + (now - since) * self._most / 60)
            waits = 0.0 if left >= 1 else (1 - left) * 60 / self._most
            self._left[key] = (left - 1 if not waits else left, now)
            while len(self._left) > self._most_keys:
                self._left.popitem(last=False)
        return waits

    def __len__(self) -> int:
        return len(self._left)
