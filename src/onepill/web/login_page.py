"""The page that asks who somebody is, and the cookies around it."""

from __future__ import annotations

import secrets
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from onepill.core.errors import MissingExtra
from onepill.web.accounts import csrf_token, form_cookie
from onepill.web.settings import Settings
from onepill.web.team_pages import team_page

if TYPE_CHECKING:
    from onepill.web.sso_provider import Provider


def own_address(path: str) -> str:
    """An address of this server; what leads elsewhere is not followed."""
    is_own = (
        path.startswith("/") and not path.startswith(("//", "/\\")) and all(" " < letter < "\x7f" for letter in path)
    )
    return path if is_own else "/"


def provider(settings: Settings) -> Provider | None:
    """The service of single sign-on; None where the server has none."""
    return _provider(settings.sso) if settings.sso else None


def outside_address(request: Request, settings: Settings) -> str:
    """This server as browsers reach it: the address that is set, else the name that it was asked by."""
    service = provider(settings)
    if service is not None and service.settings.address:
        return service.settings.address.rstrip("/")
    return f"{'https' if settings.https else 'http'}://{request.headers['host']}"


@cache
def _provider(file: str) -> Provider:
    """One for all of a process, so that what it knows of the service is asked once."""
    try:
        from onepill.web.sso_provider import Provider
    except ImportError as error:
        raise MissingExtra(f"single sign-on needs authlib and httpx: install onepill[web] ({error})") from None
    from onepill.web.sso_settings import read_sso

    return Provider(read_sso(Path(file)))


def login_page(
    request: Request, settings: Settings, next_path: str, wrong: str = "", *, status: int = 200
) -> HTMLResponse:
    """The form for name and password, and the way to the service of single sign-on."""
    secret = request.cookies.get(form_cookie(settings)) or secrets.token_urlsafe(32)
    service = provider(settings)
    values = {"token": csrf_token(secret), "next": own_address(next_path), "wrong": wrong}
    values["service"] = service.settings.shown_name if service else ""
    answer = team_page(request, "team_login.html.j2", status=status, **values)
    keep(answer, form_cookie(settings), secret, settings)
    return answer


def keep(answer: Response, name: str, value: str, settings: Settings) -> None:
    """Give the browser a cookie that no script and no plain connection reads; it ends with the browser."""
    answer.set_cookie(name, value, httponly=True, samesite="lax", secure=settings.https, path="/")


def forget(answer: Response, name: str, settings: Settings) -> None:
    """Take a cookie from the browser."""
    answer.delete_cookie(name, secure=settings.https, httponly=True, samesite="lax")
