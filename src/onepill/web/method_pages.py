"""How the numbers are made: the pages of methods and how-tos, beside what they explain."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from onepill.web.layout import page
from onepill.web.method_text import DEVELOPERS, KINDS, address_of, method_page, pages_of
from onepill.web.method_words import method_title
from onepill.web.speaking import speaking

methods = APIRouter(include_in_schema=False, default_response_class=Response)


@methods.get("/methods")
async def every(request: Request) -> Response:
    """All of them, by their titles."""
    t = speaking(request).words
    names = {kind: sorted(pages_of(kind), key=lambda name: (name in DEVELOPERS, name)) for kind in KINDS}
    lists = {
        kind: [{"href": address_of(kind, name), "title": method_title(kind, name, t)} for name in names[kind]]
        for kind in KINDS
    }
    return page(request, "methods.html.j2", lists=lists, here="")


@methods.get("/methods/{name}")
async def method(request: Request, name: str) -> Response:
    """A method: formulae, sources, assumptions, limits, proof."""
    return _page(request, "methods", name)


@methods.get("/how-to/{name}")
async def how_to(request: Request, name: str) -> Response:
    """How something is done."""
    return _page(request, "how-to", name)


def _page(request: Request, kind: str, name: str) -> Response:
    found = method_page(kind, name)
    if found is None:
        raise HTTPException(404, "there is no such page")
    title = method_title(kind, name, speaking(request).words)
    return page(request, "method.html.j2", m=found, title=title, here="")
