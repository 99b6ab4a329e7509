"""Who is told that a machine does something long, once, before it can answer?"""

from __future__ import annotations

from collections.abc import Callable

_teller: list[Callable[[], None]] = []


def when_preparing(tell: Callable[[], None]) -> None:
    """Call this once, when the first thing has to be prepared, and not who waited before; never where all is there."""
    _teller[:] = [tell]


def preparing() -> None:
    """Something is being prepared that takes seconds."""
    while _teller:
        _teller.pop()()
