"""Pages that were just made, told again as long as all that they were made of is the same.

A page is made of its address, the language and theme, the role of who asks, the day, and the answers of its questions.
The first ones are its key; the questions are asked again, each under the rules of access and for the person who asks
now, and the kept page is told only if every answer has the same hash as when it was made. So a page can neither be old
nor show what its reader may not see. The name of the reader and the secret of their forms are put in last.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from fastapi.routing import APIRoute
from markupsafe import escape

from onepill.core.errors import OnepillError
from onepill.web.accounts import PERSONAL, asker_of, form_token
from onepill.web.asking import NOTED, Noted, tell
from onepill.web.engine_forms import today
from onepill.web.speaking import speaking
from onepill.workbench.recent_answers import outside_mark

MOST_BYTES = 48 * 2**20
"""Of pages in the memory of a process; a passport has 0.4 MB."""
LARGEST_PAGE = 4 * 2**20
MARKS = "onepill.marks"
Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class Marks:
    """What stands in a page in the place of its reader's name and secret: nobody outside this process knows it."""

    name: str
    token: str


THESE = Marks(secrets.token_hex(24), secrets.token_hex(24))


@dataclass(frozen=True)
class Kept:
    """A page with marks in it, the questions that it was made of, and for whom: None for everybody of the role."""

    body: bytes
    headers: Headers
    noted: tuple[Noted, ...]
    only_for: str | None


class Pages:
    """Kept pages by their key, the least asked for leaves first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._bytes = most_bytes, 0
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> Kept | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: str, page: Kept) -> None:
        with self._lock:
            self._drop(key)
            self._kept[key] = page
            self._bytes += len(page.body)
            while self._bytes > self._most:
                self._drop(next(iter(self._kept)))

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def _drop(self, key: str) -> None:
        gone = self._kept.pop(key, None)
        self._bytes -= len(gone.body) if gone else 0


class KeptPage(APIRoute):
    """A route whose pages are kept. What makes them reads the address, `speaking` and `ask`, and nothing else."""

    def get_route_handler(self) -> Handler:
        make = super().get_route_handler()

        async def handler(request: Request) -> Response:
            return await _answered(request, make) if request.method == "GET" else await make(request)

        return handler


async def _answered(request: Request, make: Handler) -> Response:
    key = await run_in_threadpool(_key, request)
    name = asker_of(request).actor.name
    pages: Pages = request.app.state.pages
    kept = pages.get(key) if key else None
    if kept is None or kept.only_for not in (None, name) or not await _is_true(request, kept.noted):
        made = await _made(request, make)
        if not isinstance(made, Kept):
            return made
        kept = made
        if key and all(one.is_lasting for one in kept.noted):
            pages.put(key, kept)
    return _personal(request, kept)


def _key(request: Request) -> str:
    """SHA-256 of what a page depends on beside answers; "" where that cannot be told."""
    asked, actor = speaking(request), asker_of(request).actor
    scopes = None if actor.scopes is None else sorted(actor.scopes)
    try:
        outside = outside_mark()
    except OnepillError:
        return ""
    has_token, query = bool(form_token(request)), str(request.url.query)
    parts = [asked.lang, asked.theme, asked.path, query, asked.is_part, today(), outside]
    parts += [actor.role, actor.is_local, bool(actor.name), scopes, has_token]
    return hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).hexdigest()


async def _is_true(request: Request, noted: Sequence[Noted]) -> bool:
    """Whether every question is answered to the person who asks now as it was when the page was made."""
    try:
        for one in noted:
            # What no workspace moves is the same as long as the key is.
            if one.moves and (await tell(request, one.name, one.fields)).digest != one.digest:
                return False
    except OnepillError:  # the page itself says what is refused
        return False
    return True


async def _made(request: Request, make: Handler) -> Kept | Response:
    """A new page; an answer that is no page of its own is told as it is."""
    noted: list[Noted] = []
    request.scope.update({NOTED: noted, MARKS: THESE})
    request.scope.pop(PERSONAL, None)
    try:
        made = await make(request)
    finally:
        request.scope.pop(MARKS, None)
        request.scope.pop(NOTED, None)
    body = getattr(made, "body", None)
    if not isinstance(body, bytes) or made.background is not None:
        return made
    only_for = asker_of(request).actor.name if request.scope.get(PERSONAL) else None
    headers = tuple((name, value) for name, value in made.raw_headers if name != b"content-length")
    page = Kept(body, headers, tuple(noted), only_for)
    if made.status_code != 200 or len(body) > LARGEST_PAGE:
        return _personal(request, page, status=made.status_code)
    return page


def _personal(request: Request, page: Kept, *, status: int = 200) -> Response:
    """The page for its reader, with the hash by which a reader who has it already is told so."""
    actor, token = asker_of(request).actor, form_token(request)
    body = page.body.replace(THESE.name.encode(), str(escape(actor.name)).encode())
    body = body.replace(THESE.token.encode(), token.encode())
    answer = Response(body, status)
    answer.raw_headers = [*page.headers, (b"content-length", str(len(body)).encode())]
    if status == 200:
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        answer.headers["etag"] = tag
        if tag in request.headers.get("if-none-match", ""):
            kept = [(name, value) for name, value in answer.raw_headers if not name.startswith(b"content-")]
            answer = Response(b"", 304)
            answer.raw_headers = kept
    return answer


@dataclass(frozen=True)
class Reader:
    """Who reads, for a template; a page that looks at the name itself is kept for that reader alone."""

    request: Request
    role: str
    is_local: bool

    @property
    def name(self) -> str:
        self.request.scope[PERSONAL] = True
        return asker_of(self.request).actor.name


def reader_values(request: Request) -> dict[str, Any]:
    """What templates know of who reads: the person, whether there is one, the name to be shown, the forms' secret."""
    actor, token = asker_of(request).actor, form_token(request)
    marks: Marks | None = request.scope.get(MARKS)
    reader = Reader(request, actor.role, actor.is_local)
    known = {"actor": reader, "is_known": bool(actor.name)}
    if marks is None:
        return {**known, "reader_name": actor.name, "token": token}
    return {**known, "reader_name": marks.name, "token": marks.token if token else ""}
