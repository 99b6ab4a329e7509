"""How the server gives memory back: large arrays stand apart from the heap, so that one that goes leaves no hole in it.

The C library of Linux raises the size from which it does so after the first large array that is freed; from then on
every run of futures goes through the heap, which grows with each crowd of readers and never shrinks.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress
from functools import cache

MMAP_THRESHOLD = -3
"""The number of the setting in glibc's malloc.h."""
LARGE_BYTES = 1 << 20


@cache
def keep_large_arrays_apart() -> bool:
    """Fix the size for this process; False where the C library knows no such setting."""
    with suppress(OSError, AttributeError, TypeError):
        return bool(ctypes.CDLL(None).mallopt(MMAP_THRESHOLD, LARGE_BYTES))
    return False
