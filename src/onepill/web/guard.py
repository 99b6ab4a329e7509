"""What every request passes first: known hosts, own origins, bounded bodies; and what every answer says."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException

from onepill.web.settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "content-security-policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
    "img-src 'self' data:",
    "x-content-type-options": "nosniff",
    # Not no-referrer: with it a browser sends the forms of our own pages with the origin "null".
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>onepill</title>
<main><h1>Not taken</h1><p>{message} (<code>{code}</code>). Go back: what you typed is still there.</p>
<h1 lang="zh-CN">未受理</h1><p lang="zh-CN">请求未被受理（<code>{code}</code>）。请返回上一页：已输入的内容仍在。</p>
</main></html>
"""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
AUTHORITY = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^\[\]:@,/\s]+)(:[0-9]{1,5})?")
"""A name and nothing but a port after it: what follows an `@` is another server's name."""


class Guard:
    """Refuses what comes under another name, from another site or too large, before anything reads it."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app, self._settings = app, settings
        self._hosts = frozenset(name.lower() for name in settings.hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = self._refusal(scope["method"], headers)
        if refusal is not None:
            await _refuse(send, *refusal, as_page="text/html" in headers.get("accept", ""))
            return
        body = _Body(receive, self._settings.upload_bytes)
        await self._app(scope, body.receive, _with_headers(send))

    def _refusal(self, method: str, headers: dict[str, str]) -> tuple[int, str, str] | None:
        host = headers.get("host", "")
        if not self._is_own(host):
            return 421, "request.host", f"this server is not {host!r}"
        origin = headers.get("origin")
        if method not in SAFE_METHODS and origin is not None and not self._is_own_page(origin, host):
            return 403, "request.origin", f"pages of {origin!r} may not ask here"
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()) or int(length[:20]) > self._settings.upload_bytes:
            return 413, "request.size", f"more than {self._settings.upload_bytes} bytes"
        return None

    def _is_own(self, host: str) -> bool:
        found = AUTHORITY.fullmatch(host.lower())
        return found is not None and found["name"] in self._hosts

    def _is_own_page(self, origin: str, host: str) -> bool:
        """A browser's page of this very server. Without accounts forms carry no secret, and another program of this
        machine that serves pages has the same name at another port; in a team a proxy may stand before the port.
        """
        place = origin.partition("://")[2]
        return self._is_own(place) and (self._settings.team or place.lower() == host.lower())


class _Body:
    """Counts what comes in, since a length may be left out."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._left = receive, most

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise HTTPException(413, "the question is too large")
        return message


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *_header_rows()]
        await send(message)

    return sent


def _header_rows() -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in HEADERS.items()]


async def _refuse(send: Send, status: int, code: str, message: str, *, as_page: bool) -> None:
    """A document for programs; for people a page in both languages, since nothing of the request was read."""
    finding: dict[str, Any] = {"code": code, "severity": "error", "message": message}
    body = json.dumps({"error": message, "findings": [finding]}).encode()
    if as_page:
        body = PAGE.format(code=code, message=html.escape(message)).encode()
    kind = b"text/html; charset=utf-8" if as_page else b"application/json"
    headers = [(b"content-type", kind), *_header_rows()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
