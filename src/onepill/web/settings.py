"""What one server is told when it is started."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
UPLOAD_BYTES = 8 * 2**20
"""The largest question: a programme file has some 50 kB, a passport some 500."""
VARIABLE = "ONEPILL_SERVES"
"""Where a server leaves its settings for the processes that it starts."""


@dataclass(frozen=True)
class Settings:
    """`hosts` are the names under which the server is asked, with or without its port.

    With `team`, everybody signs in; `sso` is the file that describes a service of single sign-on. `https` is whether
    browsers reach it so, here or at a proxy before it. Rates are requests a minute: of one account or address, and of
    sign-ins and other questions for a password.
    """

    hosts: tuple[str, ...] = LOOPBACK
    upload_bytes: int = UPLOAD_BYTES
    team: bool = False
    sso: str = ""
    https: bool = False
    requests_per_minute: int = 1_200
    passwords_per_minute: int = 10

    def leave(self) -> None:
        """Leave them for processes that are started from here."""
        os.environ[VARIABLE] = json.dumps(asdict(self))

    @classmethod
    def left(cls) -> Settings:
        """Those that were left; a server of this machine alone where none were."""
        found = json.loads(os.environ.get(VARIABLE, "{}"))
        return replace(cls(), **{**found, "hosts": tuple(found.get("hosts", LOOPBACK))})
