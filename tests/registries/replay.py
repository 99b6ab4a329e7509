"""A server on this machine that replays pages of API v2 with the faults that a test asks for."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Fault = Callable[["Handler"], None]


@dataclass
class Replay:
    """`studies` in pages; `faults` by the number of the request, from 1; `epoch` is part of every page token."""

    studies: list[dict[str, Any]]
    faults: dict[int, Fault] = field(default_factory=dict)
    epoch: str = "a"
    requests: list[dict[str, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    connections: set[tuple[str, int]] = field(default_factory=set)
    address: str = ""

    def page(self, asked: dict[str, str]) -> dict[str, Any] | None:
        """The page of that token, none if the token is of another epoch."""
        epoch, _, start = asked.get("pageToken", f"{self.epoch}-0").partition("-")
        if epoch != self.epoch:
            return None
        begin, size = int(start), int(asked["pageSize"])
        found: dict[str, Any] = {"studies": self.studies[begin : begin + size]}
        if begin + size < len(self.studies):
            found["nextPageToken"] = f"{epoch}-{begin + size}"
        if "pageToken" not in asked:
            found["totalCount"] = len(self.studies)
        return found


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    replay: Replay

    def do_GET(self) -> None:
        replay = self.replay
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        replay.requests.append(asked)
        replay.times.append(time.monotonic())
        replay.connections.add(self.client_address)
        fault = replay.faults.get(len(replay.requests))
        if fault is not None:
            fault(self)
            return
        page = replay.page(asked)
        if page is None:
            self.answer(400, b"Invalid pageToken")
        else:
            self.answer(200, json.dumps(page).encode())

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name in the base class
        """Nothing on the test's screen."""


def status(code: int, **headers: str) -> Fault:
    return lambda handler: handler.answer(code, b"busy", **headers)


def silent(seconds: float) -> Fault:
    def wait(handler: Handler) -> None:
        time.sleep(seconds)
        handler.close_connection = True

    return wait


def cut(handler: Handler) -> None:
    """Half an answer, then the connection ends."""
    handler.send_response(200)
    handler.send_header("Content-Length", "10000")
    handler.end_headers()
    handler.wfile.write(b'{"studies": [')
    handler.close_connection = True


def html(handler: Handler) -> None:
    handler.answer(200, b"<html>maintenance</html>")


@contextmanager
def serving(replay: Replay) -> Iterator[Replay]:
    handler = type("Bound", (Handler,), {"replay": replay})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    replay.address = f"http://127.0.0.1:{server.server_address[1]}/api/v2/studies"
    try:
        yield replay
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
