"""Signing in and out: a form with its token, a new session at every sign-in, the same answer to every wrong one."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from onepill.core.errors import AccessRefused
from onepill.web.accounts import context_of, form_cookie, session_cookie
from onepill.web.login_page import forget, keep, login_page, outside_address, own_address, provider
from onepill.web.settings import Settings
from onepill.web.team_pages import add_team_pages, team_page
from onepill.workbench.asking.context import Context


def add_sign_in(app: FastAPI, settings: Settings) -> None:
    """`/login` and `/logout`, and where there are accounts the pages about them."""
    if not settings.team:
        return

    def login(request: Request, next: str = "/") -> Response:  # noqa: A002 - the address says so
        return login_page(request, settings, next)

    async def enter(
        request: Request,
        name: Annotated[str, Form()],
        password: Annotated[str, Form()],
        next: Annotated[str, Form()] = "/",  # noqa: A002 - the form says so
    ) -> Response:
        before = request.cookies.get(session_cookie(settings), "")
        session = await run_in_threadpool(_entered, name, password, before)
        if not session:
            return login_page(request, settings, next, "team.wrong", status=403)
        answer = RedirectResponse(own_address(next), 303)
        keep(answer, session_cookie(settings), session, settings)
        forget(answer, form_cookie(settings), settings)
        return answer

    async def leave(request: Request) -> Response:
        there = await run_in_threadpool(_left, request, settings)
        page = team_page(request, "team_left.html.j2", there=there, token="") if there else None
        answer = page or RedirectResponse("/login", 303)
        forget(answer, session_cookie(settings), settings)
        return answer

    for path, endpoint, method in (("/login", login, "GET"), ("/login", enter, "POST"), ("/logout", leave, "POST")):
        app.add_api_route(path, endpoint, methods=[method], include_in_schema=False, response_model=None)
    if settings.sso:
        from onepill.web.sso_pages import add_sso

        add_sso(app, settings)
    add_team_pages(app, has_sso=bool(settings.sso))


def _entered(name: str, password: str, before: str) -> str:
    """The id of a new session; "" where name and password do not belong together."""
    workspace = Context().workspace
    found = workspace.accounts.verified(name, password)
    if found is None:
        workspace.audit.append("", "sign in refused", name[:64])
        return ""
    return workspace.sessions.start(found.name, replaces=before)


def _left(request: Request, settings: Settings) -> str | None:
    """End the session; where to sign out of the service too, for whom it knows."""
    workspace, service = Context().workspace, provider(settings)
    issuer = workspace.accounts.get(context_of(request).actor.name).issuer
    workspace.sessions.end(request.cookies.get(session_cookie(settings), ""))
    if service is None or issuer != service.settings.issuer:
        return None
    try:
        return service.end_address(outside_address(request, settings) + "/login")
    except AccessRefused:  # it does not answer: who signs out is signed out here all the same
        return None
