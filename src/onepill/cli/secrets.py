"""Passwords as the command line takes them: from the terminal without showing them, or one line of standard input."""

from __future__ import annotations

import sys

from onepill.core.errors import InputError


def typed_secret(label: str = "Password: ") -> str:
    """The password; never one of the words of the command, which stand in the list of processes.

    Raises:
        InputError: `password.missing`.
    """
    if sys.stdin.isatty():
        import getpass

        typed = getpass.getpass(label)
    else:
        typed = sys.stdin.readline().rstrip("\r\n")
    if not typed:
        hint = "type it, or give it as a line of standard input"
        raise InputError.single("password.missing", "there is no password", hint=hint, path="password")
    return typed
