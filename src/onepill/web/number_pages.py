"""Where any number of a page of an engine, or of a job, comes from: the address asks the page's question again."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from onepill.web.asking import ask, is_long
from onepill.web.engine_questions import params_of, question_of
from onepill.web.engine_view import Engine, View
from onepill.web.engine_views import ENGINES
from onepill.web.kept_pages import KeptPage
from onepill.web.layout import page
from onepill.web.number_view import counted_link, number_part, number_view, plain_words
from onepill.web.speaking import speaking

Row = dict[str, Any]
numbers = APIRouter(include_in_schema=False, default_response_class=Response, route_class=KeptPage)


def _add(engine: Engine, view: View) -> None:
    async def explained(request: Request, path: str) -> Response:
        return await _of_view(request, engine, view, path)

    numbers.add_api_route(f"/{engine.id}/{view.id}/number/{{path:path}}", explained, methods=["GET"])


async def _of_view(request: Request, engine: Engine, view: View, path: str) -> Response:
    """A number of an engine's page; to the page itself where nothing was asked, or its answer is a job's."""
    asked, at = speaking(request), f"/{engine.id}/{view.id}"
    question = await question_of(request, view, await params_of(request))
    if not question.is_asked or await is_long(request, view.operation, **question.fields):
        return RedirectResponse(asked.link(at), 303)
    fields = {"operation": view.operation, "question": question.fields, "path": pointer(path)}
    found = await ask(request, "explain number", **fields)
    lede = asked.words(f"lede.{engine.id}.{view.id}")
    about = {"title": asked.words(f"view.{engine.id}.{view.id}"), "lede": lede, "here": engine.id}
    return await _page(request, found, at, about, programme=question.programme)


@numbers.get("/jobs/{job_id}/number/{path:path}")
async def of_job(request: Request, job_id: str, path: str) -> Response:
    """A number of a job's finest answer so far."""
    from onepill.web.job_pages import job_view

    shown = await ask(request, "jobs show", id=job_id)
    fields = {"operation": "jobs show", "question": {"id": job_id, "answer": True}, "path": pointer(path)}
    found = await ask(request, "explain number", **fields)
    view = job_view(shown, speaking(request).words)
    about = {"title": view["name"], "lede": "", "here": "jobs"}
    return await _page(request, found, view["address"], about, programme=shown["programme"] or "")


async def _page(request: Request, found: Row, at: str, about: Row, *, programme: str) -> Response:
    asked = speaking(request)
    titles = (await ask(request, "programmes show", id=programme))["titles"] if programme else {}
    view = number_view(
        found, plain_words(titles, asked), link=lambda one: asked.link(f"{at}/number/{number_part(one)}")
    )
    counted = counted_link(found["operation"], found["question"], found["row"])
    values: Row = {"n": view, "back": asked.link(at), "counted": counted, **about}
    return page(request, "number.html.j2", **values)


def pointer(path: str) -> str:
    """The place in an answer that an address names: a pointer, or the path of a number's provenance."""
    is_of_chain = "/" not in path and "." in path
    return path if is_of_chain or not path else f"/{path}"


for _engine in ENGINES:
    for _view in _engine.views:
        _add(_engine, _view)
