"""The address that a server listens at: taken before anything else starts, and told."""

from __future__ import annotations

import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from onepill.core.errors import InputError

if TYPE_CHECKING:
    from uvicorn import Config

BACKLOG = 2_048


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; with port 0 at any free port.

    Raises:
        InputError: `serve.port`: something else listens there, or the address is not this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        found = socket.socket(family, kind, protocol)
        if sys.platform != "win32":  # there it would let two servers share a port
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
        found.listen(BACKLOG)
    except OSError as error:
        hint = "another program may be there already: name another --port, or --port 0 for any free one"
        message = f"{host}:{port} cannot be served: {error.strerror or error}"
        raise InputError.single("serve.port", message, hint=hint, value=port) from None
    found.set_inheritable(True)
    return found


def address_of(listening: socket.socket, host: str, *, https: bool) -> str:
    """What to open in a browser of this machine."""
    name = f"[{host}]" if ":" in host else host
    return f"{'https' if https else 'http'}://{name}:{listening.getsockname()[1]}/"


def run(config: Config, listening: socket.socket) -> None:
    """Serve until stopped, in one process or several."""
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    with suppress(KeyboardInterrupt):
        if config.workers == 1:
            uvicorn.Server(config).run(sockets=[listening])
        else:
            Multiprocess(config, sockets=[listening]).run()
