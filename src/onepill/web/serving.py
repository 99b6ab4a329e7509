"""How a process that serves behaves as a whole: it gives memory back, and lets short work pass by long work."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from functools import cache

MMAP_THRESHOLD = -3
"""The number of the setting in glibc's malloc.h."""
LARGE_BYTES = 1 << 20
SWITCH_SECONDS = 0.0005
"""How long a thread that computes may keep the others waiting, ten times less than Python leaves it to: a page that is
kept needs a hundred turns of some microseconds each."""


@cache
def settle_process() -> bool:
    """Once a process; False where the C library leaves memory no choice.

    The C library of Linux raises the size from which an array stands apart from the heap after the first one that is
    freed. From then on every run of futures goes through the heap, which grows with each crowd of readers and never
    shrinks: fixed, the size stays, and a large array that goes leaves no hole.
    """
    sys.setswitchinterval(min(SWITCH_SECONDS, sys.getswitchinterval()))
    with suppress(OSError, AttributeError, TypeError):
        return bool(ctypes.CDLL(None).mallopt(MMAP_THRESHOLD, LARGE_BYTES))
    return False
