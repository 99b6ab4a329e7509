"""What is asked of an agent's server runs in an event loop of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio


def apart(work: Callable[[], Awaitable[Any]]) -> Any:
    """Run in a thread of its own, which has no loop yet, whatever a browser's tests left running in this one."""
    with ThreadPoolExecutor(1) as own:
        return own.submit(anyio.run, work).result()
