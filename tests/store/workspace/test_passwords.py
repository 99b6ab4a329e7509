"""Passwords are kept as RFC 9106 recommends where memory is short; the other tests hash in one light pass."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import _password_hasher

from onepill.store.workspace import passwords

PASSWORD = "correct horse battery"


@pytest.fixture
def heavy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The settings of the product, also for the account that nobody has."""
    kept = (passwords._hasher, passwords._nobody)
    for one in kept:
        one.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr("argon2.PasswordHasher", _password_hasher.PasswordHasher)
        yield
    for one in kept:
        one.cache_clear()


def test_a_password_is_kept_with_the_recommended_settings(heavy: None) -> None:
    """RFC 9106, section 4, the second recommended option: argon2id, 3 passes, 4 lanes, 64 MiB, a salt of 128 bits."""
    first, second = passwords.hashed(PASSWORD), passwords.hashed(PASSWORD)
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert first != second, "each has a salt of its own"
    assert passwords.is_right(first, PASSWORD)
    assert not passwords.is_right(first, PASSWORD + " ")
    assert not passwords.is_right("no hash", PASSWORD)


def test_a_name_without_a_password_costs_as_much_as_a_wrong_one(heavy: None) -> None:
    """Nobody learns by the clock which names there are."""
    assert not passwords.is_right(None, PASSWORD)
    assert not passwords.is_right(None, "no account has this password")
    assert passwords._nobody().startswith("$argon2id$v=19$m=65536,t=3,p=4$")
