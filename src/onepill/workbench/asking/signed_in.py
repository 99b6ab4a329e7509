"""Who was found behind a session or a token, remembered until accounts move; never beyond the end of either."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from onepill.workbench.asking.context import Actor, Context, account

MOST_SIGNED_IN = 10_000
AGAIN_SECONDS = 60.0
"""After so long somebody is looked up again, so that the workspace notes who is there."""


@dataclass(frozen=True)
class SignedIn:
    """A person, and the moment at which the session or token ends; None where it does not."""

    actor: Actor
    ends_at: str | None


class People:
    """Who is known by which secret, of which only the hash is held."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._found: OrderedDict[str, tuple[tuple[str, int], float, SignedIn]] = OrderedDict()

    def get(self, secret: str, state: tuple[str, int]) -> Actor | None:
        """The person, as long as no account, session, token or grant has moved since `state`."""
        key = _key(secret)
        with self._lock:
            as_of, until, found = self._found.get(key, (None, 0.0, None))
            if found is None or as_of != state or self._clock() >= until:
                return None
            self._found.move_to_end(key)
        return found.actor if found.ends_at is None or found.ends_at > _now() else None

    def put(self, secret: str, state: tuple[str, int], found: SignedIn) -> None:
        """Remember somebody who was looked up after the state was seen; who asked longest ago is forgotten first."""
        with self._lock:
            self._found[_key(secret)] = state, self._clock() + AGAIN_SECONDS, found
            while len(self._found) > MOST_SIGNED_IN:
                self._found.popitem(last=False)

    def __len__(self) -> int:
        return len(self._found)


def by_token(token: str) -> SignedIn | None:
    """Whose token this is, with its scopes; None where it ended or was never given."""
    found = Context().workspace.tokens.lasting(token)
    return SignedIn(account(found[0], found[1]), found[2]) if found else None


def by_session(session: str) -> SignedIn | None:
    """Who is signed in under this id; None where it ended or was never given."""
    found = Context().workspace.sessions.signed_in(session)
    return SignedIn(account(found[0]), found[1]) if found else None


def _now() -> str:
    from onepill.store.workspace.clock import now_utc

    return now_utc()


def _key(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
