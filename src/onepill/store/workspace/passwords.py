"""Passwords as they are kept: argon2id by its own recommended settings (RFC 9106), and never compared in haste."""

from __future__ import annotations

import threading
from functools import cache
from typing import TYPE_CHECKING

from onepill.core.errors import InputError, MissingExtra

if TYPE_CHECKING:
    from argon2 import PasswordHasher

FEWEST_LETTERS = 12
MOST_LETTERS = 256
"""Assumptions of ours: long enough without rules on letters, and short enough that hashing stays bounded."""
AT_ONCE = 2
"""Hashes at a time: each takes 64 MiB."""
_TURN = threading.BoundedSemaphore(AT_ONCE)


def checked_password(password: str) -> str:
    """A password that may be kept.

    Raises:
        InputError: `password.short`, `password.long`.
    """
    if len(password) < FEWEST_LETTERS:
        hint = f"take at least {FEWEST_LETTERS} letters: a few words are well remembered"
        raise InputError.single("password.short", "the password is too short", hint=hint, path="password")
    if len(password) > MOST_LETTERS:
        raise InputError.single("password.long", f"a password has at most {MOST_LETTERS} letters", path="password")
    return password


def hashed(password: str) -> str:
    """The password's hash with its salt and settings."""
    with _TURN:
        return _hasher().hash(password)


def is_right(kept: str | None, password: str) -> bool:
    """Whether the password is the one whose hash is kept.

    It takes as long where none is kept, so that nobody learns which names there are.
    """
    from argon2.exceptions import InvalidHashError, VerificationError

    if len(password) > MOST_LETTERS:
        return False
    try:
        with _TURN:
            _hasher().verify(kept or _nobody(), password)
        return kept is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    try:
        from argon2 import PasswordHasher
    except ImportError:
        raise MissingExtra("accounts need argon2-cffi: install onepill[web]") from None
    return PasswordHasher()


@cache
def _nobody() -> str:
    return _hasher().hash("no account has this password")
