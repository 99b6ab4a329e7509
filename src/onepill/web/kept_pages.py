"""Pages that were just made, told again as long as all that they were made of is the same.

A page is made of its address, the language and theme, the role of who asks, the day, and the answers of its questions.
The first ones are its key; the questions are asked again, each under the rules of access and for the person who asks
now, and the kept page is told only if every answer has the same hash as when it was made. So a page can neither be old
nor show what its reader may not see. As long as nothing at all has moved in the workspace, the same person need not be
asked for twice. The name of the reader and the secret of their forms are put in last.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Coroutine, Hashable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from sys import getsizeof
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from fastapi.routing import APIRoute
from markupsafe import escape

from onepill.core.errors import OnepillError
from onepill.web.accounts import PERSONAL, asker_of, form_token, present
from onepill.web.asking import NOTED, Noted, tell
from onepill.web.engine_forms import today
from onepill.web.speaking import speaking
from onepill.workbench.asking.recent_answers import OWN, outside_mark, standing_of

if TYPE_CHECKING:
    from onepill.store.workspace.moved import Mark

MOST_BYTES = 48 * 2**20
"""Of pages in the memory of a process; a passport has 0.4 MB."""
LARGEST_PAGE = 4 * 2**20
MOST_READERS = 10_000
MARKS = "onepill.marks"
Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class Marks:
    """What stands in a page in the place of its reader's name and secret: nobody outside this process knows it."""

    name: str
    token: str

    @property
    def all(self) -> tuple[tuple[str, bytes], ...]:
        return ("name", self.name.encode()), ("token", self.token.encode())


THESE = Marks(secrets.token_hex(24), secrets.token_hex(24))


@dataclass(frozen=True)
class Cut:
    """A page cut where its reader's name and secret stand, which are put in for each reader."""

    pieces: tuple[bytes, ...]
    fills: tuple[str, ...]
    """What stands after each piece but the last: `name` or `token`."""
    digest: str

    @classmethod
    def of(cls, body: bytes) -> Cut:
        pieces, fills = [], []
        rest = body
        while found := sorted((at, name) for name, mark in THESE.all if (at := rest.find(mark)) >= 0):
            at, name = found[0]
            pieces.append(rest[:at])
            fills.append(name)
            rest = rest[at + len(dict(THESE.all)[name]) :]
        return cls((*pieces, rest), tuple(fills), hashlib.sha256(body).hexdigest())

    def filled(self, **values: bytes) -> bytes:
        """The page with these in it."""
        told = [part for piece, fill in zip(self.pieces, self.fills, strict=False) for part in (piece, values[fill])]
        return b"".join([*told, self.pieces[-1]])

    def tag(self, **values: bytes) -> str:
        """What tells the filled page from every other."""
        filled = repr((self.digest, sorted(values.items()))) if self.fills else self.digest
        return f'"{hashlib.sha256(filled.encode()).hexdigest()[:32]}"'

    @property
    def bytes_kept(self) -> int:
        return sum(getsizeof(piece) for piece in self.pieces)


@dataclass
class Kept:
    """A page, the questions that it was made of, and for whom: None for everybody of the role.

    `proved_for` holds how those stand to the workspace who were told every answer as it was when the page was made, or
    their names where answers differ from person to person; it holds as long as the workspace is as it was
    `proved_under`.
    """

    cut: Cut
    headers: Headers
    noted: tuple[Noted, ...]
    only_for: str | None
    proved_under: Mark | None = None
    proved_for: set[Hashable] = field(default_factory=set)

    @property
    def moves(self) -> bool:
        return any(one.moves for one in self.noted)

    def is_for(self, who: Who) -> bool:
        return self.only_for in (None, who.name)

    def is_proved(self, who: Who) -> bool:
        """Whether the page is known to be true for somebody."""
        is_now = who.mark is not None and self.proved_under is who.mark
        return not self.moves or (is_now and self._alike(who) in self.proved_for)

    def prove(self, who: Who) -> None:
        """Note that it is true for somebody."""
        if self.proved_under is not who.mark or len(self.proved_for) >= MOST_READERS:
            self.proved_under, self.proved_for = who.mark, set()
        self.proved_for.add(self._alike(who))

    def _alike(self, who: Who) -> Hashable:
        return who.name if any(one.name in OWN for one in self.noted) else who.standing


@dataclass(frozen=True)
class Who:
    """Who asks, how they stand to the workspace, and its state; None where it cannot be opened."""

    name: str
    standing: Hashable
    mark: Mark | None


class Pages:
    """Kept pages by their key, the least asked for leaves first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._bytes = most_bytes, 0
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._lock = threading.Lock()
        self._turns: dict[Hashable, tuple[asyncio.Lock, int]] = {}

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
            self._bytes += page.cut.bytes_kept
            while self._bytes > self._most:
                self._drop(next(iter(self._kept)))

    @asynccontextmanager
    async def turn(self, key: str) -> AsyncIterator[None]:
        """One reader at a time makes a page, so that the others find it made; none of them holds a thread meanwhile."""
        own = (id(asyncio.get_running_loop()), key)
        lock, waiting = self._turns.get(own, (asyncio.Lock(), 0))
        self._turns[own] = lock, waiting + 1
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._turns[own]
            if waiting == 1:
                del self._turns[own]
            else:
                self._turns[own] = lock, waiting - 1

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def _drop(self, key: str) -> None:
        gone = self._kept.pop(key, None)
        self._bytes -= gone.cut.bytes_kept if gone else 0


class KeptPage(APIRoute):
    """A route whose pages are kept. What makes them reads the address, `speaking` and `ask`, and nothing else."""

    def get_route_handler(self) -> Handler:
        make = super().get_route_handler()

        async def handler(request: Request) -> Response:
            return await _answered(request, make) if request.method == "GET" else await make(request)

        return handler


async def _answered(request: Request, make: Handler) -> Response:
    key, who = _key(request), await _who(request)
    pages: Pages = request.app.state.pages
    kept = pages.get(key) if key else None
    if kept is not None and kept.is_for(who) and kept.is_proved(who):
        return _personal(request, kept)
    if not key:
        made = await _made(request, make)
        return _personal(request, made) if isinstance(made, Kept) else made
    # The first one after something moved looks at the page, or makes it; those who wait find it looked at.
    async with pages.turn(key):
        return await _told(request, make, key, who)


async def _told(request: Request, make: Handler, key: str, who: Who) -> Response:
    """The kept page where it is true, else a new one, which is kept in its place."""
    pages: Pages = request.app.state.pages
    kept = pages.get(key)
    if kept is None or not kept.is_for(who) or not (kept.is_proved(who) or await _is_true(request, kept.noted)):
        made = await _made(request, make)
        if not isinstance(made, Kept):
            return made
        kept = made
        if all(one.is_lasting for one in kept.noted):
            pages.put(key, kept)
    kept.prove(who)
    return _personal(request, kept)


async def _who(request: Request) -> Who:
    """Who asks, by the state of the workspace to which this request keeps; without one where it cannot be opened."""
    context = asker_of(request)
    name = context.actor.name
    try:
        context = replace(context, seen=context.seen or await present())
        # The first one of a person after something moved asks the database.
        known = context.actor.is_local or context.knows_grants
        standing = standing_of(context) if known else await run_in_threadpool(standing_of, context)
    except OnepillError:  # as its own pages say
        return Who(name, None, None)
    request.scope["onepill.context"] = context
    return Who(name, standing, context.seen)


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
    page = Kept(Cut.of(body), headers, tuple(noted), only_for)
    if made.status_code != 200 or len(body) > LARGEST_PAGE:
        return _personal(request, page, status=made.status_code)
    return page


def _personal(request: Request, page: Kept, *, status: int = 200) -> Response:
    """The page for its reader, with the hash by which a reader who has it already is told so."""
    values = {"name": str(escape(asker_of(request).actor.name)).encode(), "token": form_token(request).encode()}
    headers = [*page.headers]
    if status == 200:
        tag = page.cut.tag(**values)
        headers.append((b"etag", tag.encode()))
        if tag in request.headers.get("if-none-match", ""):
            answer = Response(b"", 304)
            answer.raw_headers = [(name, value) for name, value in headers if not name.startswith(b"content-")]
            return answer
    body = page.cut.filled(**values)
    answer = Response(body, status)
    answer.raw_headers = [*headers, (b"content-length", str(len(body)).encode())]
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
