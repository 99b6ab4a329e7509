"""What one server is told when it is started."""

from __future__ import annotations

from dataclasses import dataclass

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
UPLOAD_BYTES = 8 * 2**20
"""The largest question: a programme file has some 50 kB, a passport some 500."""


@dataclass(frozen=True)
class Settings:
    """`hosts` are the names under which the server is asked, with or without its port."""

    hosts: tuple[str, ...] = LOOPBACK
    upload_bytes: int = UPLOAD_BYTES
