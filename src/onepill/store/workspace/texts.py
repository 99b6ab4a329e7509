"""Texts and ids that may be kept: bounded, and nothing in them that a file, a page or PostgreSQL cannot hold."""

from __future__ import annotations

import hashlib
import re

from onepill.core.errors import InputError

MOST_TEXT_BYTES = 2 * 2**20
"""A programme file has some 50 kB."""
MOST_REASON_LETTERS = 2_000
_ID = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}")
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def checked_text(text: str) -> str:
    """The text as it is.

    Raises:
        InputError: `text.size`, `text.letters` with the line.
    """
    found = _UNSEEN.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        message = f"line {line} holds the control character U+{ord(found[0]):04X}"
        hint = "save it as plain UTF-8 text"
        raise InputError.single("text.letters", message, hint=hint, line=line)
    if len(text.encode("utf-8")) > MOST_TEXT_BYTES:
        message = f"the text is larger than {MOST_TEXT_BYTES:,} bytes"
        raise InputError.single("text.size", message, hint="keep tables beside the file", value=len(text))
    return text


def checked_reason(reason: str) -> str:
    """Why something is saved: not empty.

    Raises:
        InputError: `reason.missing`, `reason.size`, `text.letters`.
    """
    said = checked_text(reason).strip()
    if not said:
        hint = "say in a few words why this is saved"
        raise InputError.single("reason.missing", "a save needs its reason", hint=hint, path="reason")
    if len(said) > MOST_REASON_LETTERS:
        message = f"a reason has at most {MOST_REASON_LETTERS:,} letters"
        raise InputError.single("reason.size", message, hint="shorten it", path="reason", value=len(said))
    return said


def checked_id(text: str) -> str:
    """An id: small letters, digits, `-`, `_` and `.`, at most 100.

    Raises:
        InputError: `document.id`.
    """
    if not _ID.fullmatch(text):
        hint = "small letters, digits, - _ and . after the first; at most 100"
        raise InputError.single("document.id", f"{text[:120]!r} is no id", hint=hint, path="id", value=text[:120])
    return text


def text_hash(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes: what a signature is bound to."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
