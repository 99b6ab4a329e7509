"""Who is told that a machine does something long, once, before it can answer?"""

from __future__ import annotations

from collections.abc import Callable

_tellers: list[Callable[[], None]] = []


def when_preparing(tell: Callable[[], None]) -> None:
    """Call this once, when the first thing has to be prepared; never where all is there already."""
    _tellers.append(tell)


def preparing() -> None:
    """Something is being prepared that takes seconds."""
    while _tellers:
        _tellers.pop()()
