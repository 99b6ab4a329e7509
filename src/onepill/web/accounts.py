"""Who asks: a session's cookie, a token, or on a server of this machine alone its own user; and that a form is our own.

The middleware stands behind the guard and before every route, so that none can be forgotten.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse

from onepill.web.errors import error_answer
from onepill.web.guard import SAFE_METHODS
from onepill.web.rates import Rate
from onepill.workbench.asking.context import Actor, Context, local_actor
from onepill.workbench.asking.signed_in import People, SignedIn, by_session, by_token

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from onepill.store.workspace.moved import Mark
    from onepill.web.settings import Settings

OPEN = ("/static/",)
SIGN_IN = frozenset({"/login", "/login/sso", "/login/sso/callback"})
"""What is answered to who is not signed in."""
PASSWORDS = frozenset(
    {"/login", "/team/approvals/sign", "/team/users/password", "/api/approvals/sign", "/api/users/password"}
)
"""Where a password is tried."""
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
"""What a page of another site can send without asking."""
FIELD, HEADER = "csrf_token", "x-csrf-token"


def session_cookie(settings: Settings) -> str:
    """The cookie of a session; with https its prefix keeps other hosts and plain connections from setting it."""
    return "__Host-onepill" if settings.https else "onepill"


def form_cookie(settings: Settings) -> str:
    """The cookie of a form that stands before any session."""
    return f"{session_cookie(settings)}-form"


def csrf_token(secret: str) -> str:
    """What a form carries: made of a cookie's secret, from which nobody without the cookie can tell it."""
    return hashlib.sha256(f"form {secret}".encode()).hexdigest()


PERSONAL = "onepill.personal"
"""Noted where a page was made with the person in sight; see `kept_pages`."""


def context_of(request: Request) -> Context:
    """Who asks, in sight of whoever makes the answer: what is made of it is kept for that person alone."""
    request.scope[PERSONAL] = True
    return asker_of(request)


def asker_of(request: Request) -> Context:
    """Who asks, to be handed on to the workbench and nothing else."""
    found: Context = request.scope.get("onepill.context") or Context()
    return found


def form_token(request: Request) -> str:
    """The token that forms of this answer carry; "" where there is no cookie to make it of."""
    return csrf_token(secret) if (secret := request.scope.get("onepill.secret", "")) else ""


class Accounts:
    """Finds who asks, and refuses who may not at all: unknown, too often, or from a form that is not ours."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app, self._settings = app, settings
        self._requests = Rate(settings.requests_per_minute)
        self._passwords = Rate(settings.passwords_per_minute)
        self._people = People()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            request, receive = await self._admitted(Request(scope, receive))
        except Refused as refused:
            await refused.answer(scope, receive, send)
            return
        except HTTPException as error:
            await _told(error.status_code, "request.body", str(error.detail))(scope, receive, send)
            return
        await self._app(request.scope, receive, send)

    async def _admitted(self, request: Request) -> tuple[Request, Receive]:
        cookies = request.cookies
        mark = await present() if self._settings.team else None
        who = await self._who(request, cookies, mark) if mark else local_actor()
        self._check_rates(request, who)
        self._require(request, who)
        # What only reads goes by one state of the workspace; what writes looks again at what it has written.
        seen = mark if request.method in SAFE_METHODS else None
        request.scope["onepill.context"] = Context(actor=NOBODY if who is None else who, seen=seen)
        return request, await self._own_form(request, cookies, who)

    async def _who(self, request: Request, cookies: dict[str, str], mark: Mark) -> Actor | None:
        """The person; None where nobody is signed in."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme:
            found = await self._found(by_token, token.strip(), mark) if scheme.lower() == "bearer" else None
            if found is None:
                raise Refused(_told(401, "request.token", "the token is not known, or has ended"))
            return found
        session = cookies.get(session_cookie(self._settings), "")
        return await self._found(by_session, session, mark) if session else None

    async def _found(self, look: Callable[[str], SignedIn | None], secret: str, mark: Mark) -> Actor | None:
        """Who is behind a secret: remembered while accounts stand as they did, else looked up."""
        kept = f"{look.__name__} {secret}"
        known = self._people.get(kept, mark.of_people)
        if known is not None:
            return known
        found = await run_in_threadpool(look, secret)
        if found is None:
            return None
        self._people.put(kept, mark.of_people, found)
        return found.actor

    def _check_rates(self, request: Request, who: Actor | None) -> None:
        if not self._settings.team:
            return
        address = request.client.host if request.client else ""
        key = who.name if who else f"address {address}"
        waits = self._requests.wait_seconds(key)
        if request.url.path in PASSWORDS and request.method not in SAFE_METHODS:
            waits = max(waits, self._passwords.wait_seconds(key))
        if waits:
            answer = _told(429, "request.rate", "too many requests: wait a moment")
            answer.headers["retry-after"] = str(math.ceil(waits))
            raise Refused(answer)

    def _require(self, request: Request, who: Actor | None) -> None:
        path = request.url.path
        if who is not None or path in SIGN_IN or path.startswith(OPEN):
            return
        if request.method in SAFE_METHODS and not path.startswith("/api/"):
            asked = path + (f"?{request.url.query}" if request.url.query else "")
            raise Refused(RedirectResponse(f"/login?next={quote(asked, safe='')}", 303))
        raise Refused(_told(401, "request.unknown_person", "sign in, or send a token"))

    async def _own_form(self, request: Request, cookies: dict[str, str], who: Actor | None) -> Receive:
        """The body, read where the token stands in it; a token of a program needs no form's."""
        secret = cookies.get(session_cookie(self._settings)) if self._settings.team and who else None
        request.scope["onepill.secret"] = secret or cookies.get(form_cookie(self._settings), "")
        if request.method in SAFE_METHODS or "authorization" in request.headers:
            return request.receive
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if not self._settings.team:
            # Without accounts there is no session to ride on, but other sites' forms are refused all the same.
            is_own = "origin" in request.headers or request.headers.get("sec-fetch-site") == "same-origin"
            if kind in FORMS and not is_own and not await _carries(request):
                raise Refused(_told(403, "request.csrf", "this form did not come from a page of this server"))
        elif not await _carries(request):
            raise Refused(
                _told(403, "request.csrf", "this form did not come from a page of this server: load it again")
            )
        return _again(await request.body()) if hasattr(request, "_body") else request.receive


NOBODY = Actor("", role="viewer", is_local=False, scopes=frozenset())
"""Who is not signed in: may ask nothing."""


class Refused(Exception):
    """A request that goes no further, with its answer."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


async def _carries(request: Request) -> bool:
    """Whether the request carries the token of its cookie, in its header or as a field of its form."""
    expected = form_token(request)
    if not expected:
        return False
    given = request.headers.get(HEADER)
    if given is None and request.headers.get("content-type", "").startswith(FORMS[:2]):
        await request.body()
        form = await request.form(max_files=20, max_fields=1_000)
        field = form.get(FIELD)
        given = field if isinstance(field, str) else None
    return given is not None and hmac.compare_digest(given.encode(), expected.encode())


def _again(body: bytes) -> Receive:
    """The body once more for the route."""
    parts: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return parts.pop() if parts else {"type": "http.disconnect"}

    return receive


async def present() -> Mark:
    """The present state of the workspace: at a glance where that is certain, else asked for in the pool of threads."""
    moved = Context().workspace.moved
    certain = moved.glance()
    return certain if certain is not None else await run_in_threadpool(moved.mark)


def _told(status: int, code: str, message: str) -> Response:
    return error_answer(status, message, [{"code": code, "severity": "error", "message": message}])
