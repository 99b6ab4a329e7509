"""Signing in and out: a form with its token, a new session at every sign-in, the same answer to every wrong one."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from onepill.web.accounts import csrf_token, form_cookie, session_cookie
from onepill.web.settings import Settings
from onepill.web.team_pages import add_team_pages, team_page
from onepill.workbench.context import Context


def add_sign_in(app: FastAPI, settings: Settings) -> None:
    """`/login` and `/logout`, and where there are accounts the pages about them."""
    if not settings.team:
        return

    def login(request: Request, next: str = "/") -> Response:  # noqa: A002 - the address says so
        return _form(request, settings, next, "")

    async def enter(
        request: Request,
        name: Annotated[str, Form()],
        password: Annotated[str, Form()],
        next: Annotated[str, Form()] = "/",  # noqa: A002 - the form says so
    ) -> Response:
        before = request.cookies.get(session_cookie(settings), "")
        session = await run_in_threadpool(_entered, name, password, before)
        if not session:
            return _form(request, settings, next, "team.wrong", status=403)
        answer = RedirectResponse(own_address(next), 303)
        _keep(answer, session_cookie(settings), session, settings)
        answer.delete_cookie(form_cookie(settings), secure=settings.https, httponly=True, samesite="lax")
        return answer

    async def leave(request: Request) -> Response:
        await run_in_threadpool(Context().workspace.sessions.end, request.cookies.get(session_cookie(settings), ""))
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(session_cookie(settings), secure=settings.https, httponly=True, samesite="lax")
        return answer

    for path, endpoint, method in (("/login", login, "GET"), ("/login", enter, "POST"), ("/logout", leave, "POST")):
        app.add_api_route(path, endpoint, methods=[method], include_in_schema=False, response_model=None)
    add_team_pages(app)


def own_address(path: str) -> str:
    """An address of this server; what leads elsewhere is not followed."""
    is_own = (
        path.startswith("/") and not path.startswith(("//", "/\\")) and all(" " < letter < "\x7f" for letter in path)
    )
    return path if is_own else "/"


def _form(request: Request, settings: Settings, next_path: str, wrong: str, *, status: int = 200) -> HTMLResponse:
    secret = request.cookies.get(form_cookie(settings)) or secrets.token_urlsafe(32)
    token = csrf_token(secret)
    answer = team_page(
        request, "team_login.html.j2", status=status, token=token, next=own_address(next_path), wrong=wrong
    )
    _keep(answer, form_cookie(settings), secret, settings)
    return answer


def _keep(answer: Response, name: str, value: str, settings: Settings) -> None:
    answer.set_cookie(name, value, httponly=True, samesite="lax", secure=settings.https, path="/")


def _entered(name: str, password: str, before: str) -> str:
    """The id of a new session; "" where name and password do not belong together."""
    workspace = Context().workspace
    found = workspace.accounts.verified(name, password)
    if found is None:
        workspace.audit.append("", "sign in refused", name[:64])
        return ""
    return workspace.sessions.start(found.name, replaces=before)
