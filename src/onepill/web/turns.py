"""How many questions are worked on at once: so few that who signs in, or reads what is kept, never waits for them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from anyio.lowlevel import RunVar

MOST_AT_ONCE = 4
"""Questions of one process; two cores answer no sooner with more of them, and each takes memory."""
Answer = TypeVar("Answer")
_LIMITER: RunVar[CapacityLimiter] = RunVar("onepill.questions")


async def in_turn(work: Callable[..., Answer], *args: Any, **options: Any) -> Answer:
    """What `work` returns, from a thread of those that answer questions, once one is free."""
    limiter = _LIMITER.get(None)
    if limiter is None:
        limiter = CapacityLimiter(MOST_AT_ONCE)
        _LIMITER.set(limiter)
    return await anyio.to_thread.run_sync(partial(work, *args, **options), limiter=limiter)
