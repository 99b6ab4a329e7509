"""What the page of watches changes: one is kept, one is forgotten."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from onepill.core.errors import AccessRefused, InputError
from onepill.web.asking import ask
from onepill.web.engine_forms import given
from onepill.web.engine_pages import engine_page
from onepill.web.engine_questions import params_of, unread
from onepill.web.views_landscape import LANDSCAPE
from onepill.web.watch_view import SAVE
from onepill.workbench.operations import operation

ADDRESS = "/landscape/watches"
VIEW = next(view for view in LANDSCAPE.views if view.id == "watches")
watches = APIRouter(include_in_schema=False, default_response_class=Response)


@watches.post(f"{ADDRESS}/save")
async def save(request: Request) -> Response:
    """Keep the filters of the form under its name; what was typed stays where it is refused."""
    params = await params_of(request)
    try:
        saved = await ask(request, SAVE, **given(params, operation(SAVE).remote_question, presets={}))
    except AccessRefused:
        raise
    except InputError as error:
        return await _refused(request, params, error)
    return RedirectResponse(f"{ADDRESS}?{urlencode({'saved': saved['watch']['name']})}", 303)


@watches.post(f"{ADDRESS}/forget")
async def forget(request: Request) -> Response:
    """Forget the watch that the form names."""
    params = await params_of(request)
    name = next((value for key, value in params if key == "name"), "")
    try:
        await ask(request, "landscape watch forget", name=name)
    except AccessRefused:
        raise
    except InputError as error:
        return await _refused(request, [], error)
    return RedirectResponse(ADDRESS, 303)


async def _refused(request: Request, params: Any, error: InputError) -> Response:
    listed = await ask(request, VIEW.operation)
    findings = [found.as_row() for found in error.findings]
    return await engine_page(request, LANDSCAPE, unread(VIEW, params), status=422, answer=listed, findings=findings)
