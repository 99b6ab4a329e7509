"""Signing in, and signing documents, through a service that people have their account with: OpenID Connect."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import SecretStr, ValidationError
from starlette.concurrency import run_in_threadpool

from onepill.core.errors import AccessRefused, OnepillError
from onepill.web.accounts import context_of, form_cookie, session_cookie
from onepill.web.login_page import forget, keep, login_page, outside_address, own_address, provider
from onepill.web.settings import Settings
from onepill.web.sso_provider import Provider, refused
from onepill.web.team_pages import team_page
from onepill.workbench.asking.context import Context
from onepill.workbench.operations import operation
from onepill.workbench.questions.accounts import SignAsk
from onepill.workbench.workspace.sso_accounts import account_of, role_of

BACK = "/login/sso/callback"
SIGN = "/team/sso/sign"
SIGNED = ("id", "version", "meaning", "reason", "text_hash")
Row = dict[str, Any]


def add_sso(app: FastAPI, settings: Settings) -> None:
    """`/login/sso`, where the service sends people back, and where a signature is begun."""
    service = provider(settings)
    assert service is not None
    pages = _Pages(settings, service)
    for path, endpoint, method in (
        ("/login/sso", pages.begin, "GET"),
        (BACK, pages.back, "GET"),
        (SIGN, pages.sign, "POST"),
    ):
        app.add_api_route(path, endpoint, methods=[method], include_in_schema=False, response_model=None)


def sso_cookie(settings: Settings) -> str:
    """The cookie of the browser that began a sign-in."""
    return f"{session_cookie(settings)}-sso"


@dataclass(frozen=True)
class _Pages:
    settings: Settings
    service: Provider

    async def begin(self, request: Request, next: str = "/") -> Response:  # noqa: A002 - the address says so
        """To the service, to sign in there."""
        try:
            address, browser = await run_in_threadpool(self._begun, request, {"next": own_address(next)})
        except AccessRefused:
            return login_page(request, self.settings, next, "team.sso_failed", status=503)
        answer = RedirectResponse(address, 303)
        keep(answer, sso_cookie(self.settings), browser, self.settings)
        return answer

    async def sign(self, request: Request) -> Response:
        """Keep what is to be signed, and show the way to the service, which asks for the password again."""
        sent = await request.form()
        given = {key: value for key in SIGNED if isinstance(value := sent.get(key), str) and value}
        try:
            SignAsk.model_validate({**given, "password": ""})
        except ValidationError as error:
            rows = [{"message": f"{'.'.join(map(str, item['loc']))}: {item['msg']}"} for item in error.errors()]
            return _outcome(request, rows, 422)
        purpose = {"sign": given, "user": context_of(request).actor.name}
        try:
            address, browser = await run_in_threadpool(self._begun, request, purpose)
        except AccessRefused as error:
            return _outcome(request, [finding.as_row() for finding in error.findings], 503)
        values: Row = {"address": address, "service": self.service.settings.shown_name, "given": given}
        answer = team_page(request, "team_confirm.html.j2", **values)
        keep(answer, sso_cookie(self.settings), browser, self.settings)
        return answer

    async def back(self, request: Request) -> Response:
        """What the service said of who came back: a session, or a signature."""
        purpose: Row = {}
        try:
            answer = await run_in_threadpool(self._finished, request, purpose)
        except OnepillError as error:
            rows = [finding.as_row() for finding in error.findings]
            about = str(purpose.get("user", ""))
            action = "sign refused" if "sign" in purpose else "sign in refused"
            detail = {"code": rows[0]["code"] if rows else "", "message": str(error)[:500]}
            await run_in_threadpool(
                Context().workspace.audit.append, about, action, self.service.settings.issuer, detail
            )
            if "sign" in purpose:
                return _outcome(request, rows, 403)
            wrong = {"sso.unknown": "team.sso_unknown", "sso.disabled": "team.sso_unknown"}.get(detail["code"])
            return login_page(request, self.settings, "/", wrong or "team.sso_failed", status=403)
        forget(answer, sso_cookie(self.settings), self.settings)
        return answer

    def _begun(self, request: Request, purpose: Row) -> tuple[str, str]:
        browser = secrets.token_urlsafe(32)
        flow = Context().workspace.sign_ins.begin(browser, purpose)
        back, fresh = self._back_address(request), "sign" in purpose
        told = {"state": flow.state, "nonce": flow.nonce, "verifier": flow.verifier}
        return self.service.address(redirect=back, fresh=fresh, **told), browser

    def _finished(self, request: Request, purpose: Row) -> Response:
        asked, workspace = request.query_params, Context().workspace
        flow = workspace.sign_ins.take(asked.get("state", ""), request.cookies.get(sso_cookie(self.settings), ""))
        if flow is None:
            raise refused("state", "this sign-in was not begun here, is over, or took too long")
        purpose.update(flow.purpose)
        issuer = self.service.settings.issuer
        if asked.get("iss", issuer) != issuer:
            raise refused("issuer", "another service answered")
        if "code" not in asked:
            raise refused("denied", f"the service says {asked.get('error', 'nothing')[:80]!r}")
        fresh = datetime.fromisoformat(flow.begun_at).timestamp() if "sign" in purpose else None
        proof = {"nonce": flow.nonce, "verifier": flow.verifier, "redirect": self._back_address(request)}
        claims = self.service.claims(code=asked["code"], fresh_since=fresh, **proof)
        return self._signed(request, purpose, claims) if "sign" in purpose else self._entered(request, purpose, claims)

    def _entered(self, request: Request, purpose: Row, claims: Row) -> Response:
        settings, workspace = self.service.settings, Context().workspace
        role = role_of(claims, settings.groups_claim, settings.roles)
        makes = settings.first_sign_in == "viewer"
        found = account_of(workspace, claims, makes_viewers=makes, role=role)
        before = request.cookies.get(session_cookie(self.settings), "")
        session = workspace.sessions.start(found.name, replaces=before)
        answer = RedirectResponse(own_address(str(purpose.get("next", "/"))), 303)
        keep(answer, session_cookie(self.settings), session, self.settings)
        forget(answer, form_cookie(self.settings), self.settings)
        return answer

    def _signed(self, request: Request, purpose: Row, claims: Row) -> Response:
        context = context_of(request)
        found = context.workspace.accounts.by_subject(claims["iss"], claims["sub"])
        if found is None or found.name != context.actor.name or found.name != purpose["user"]:
            raise refused("person", "somebody else signed in at the service than is signed in here")
        question = SignAsk.model_validate({**purpose["sign"], "password": SecretStr("")})
        operation("approvals sign").ask(question, context=replace(context, proved_by=claims["iss"]))
        return RedirectResponse(f"/approvals/{question.id}", 303)

    def _back_address(self, request: Request) -> str:
        return outside_address(request, self.settings) + BACK


def _outcome(request: Request, findings: list[Row], status: int) -> Response:
    return team_page(
        request, "team_outcome.html.j2", status=status, findings=findings, name="approvals sign", made=None
    )
