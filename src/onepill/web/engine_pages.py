"""The one way by which an engine has pages: its views, asked by the address, shown by a template, as files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from onepill.core.errors import InputError
from onepill.reports.charts import Chart
from onepill.web.asking import ask, is_long
from onepill.web.engine_deals import TYPED, takes_deals
from onepill.web.engine_exports import download
from onepill.web.engine_questions import LINKED, Question, form_of, kept_params, params_of, question_of, unread
from onepill.web.engine_tables import shown_tables
from onepill.web.engine_views import ENGINES, Engine, View
from onepill.web.kept_pages import KeptPage
from onepill.web.layout import page
from onepill.web.number_view import number_part
from onepill.web.packed import PACKED, packed
from onepill.web.speaking import Words, speaking
from onepill.web.turns import in_turn
from onepill.web.vega import chart_data
from onepill.workbench.operations import operation

Row = dict[str, Any]
EXAMPLE_TABLE = "tunlametinib-nras-melanoma"
"""The programme of the packaged examples that has a competitor table beside it."""
engines = APIRouter(include_in_schema=False, default_response_class=Response, route_class=KeptPage)


def _add(engine: Engine, view: View) -> None:
    is_first = view is engine.views[0]

    async def shown(request: Request) -> Response:
        return await _answer(request, engine, view)

    async def started(request: Request) -> Response:
        return await _start(request, engine, view)

    methods = ["GET", "POST"] if takes_deals(operation(view.operation).question) else ["GET"]
    for address in (f"/{engine.id}", f"/{engine.id}/{view.id}") if is_first else (f"/{engine.id}/{view.id}",):
        engines.add_api_route(address, shown, methods=methods)
    if operation(view.operation).keeps:
        engines.add_api_route(f"/jobs/start/{engine.id}/{view.id}", started, methods=["POST"])


async def _answer(request: Request, engine: Engine, view: View) -> Response:
    """The page with its form and, where something was asked, the answer; or the file that `format` names."""
    params, asked = await params_of(request), speaking(request)
    named = dict(params)
    wanted, _, part = named.get("format", "").partition(":")
    answer, starts, charts, findings, status = None, False, list[Chart](), list[Row](), 200
    question = unread(view, params)
    try:
        question = await question_of(request, view, params)
        starts = question.is_asked and (
            bool(named.get("job")) or await is_long(request, view.operation, **question.fields)
        )
        if question.is_asked and not starts:
            answer = await ask(request, view.operation, **question.fields)
            charts = await drawings(view, answer, asked.words.base)
            if wanted:
                file = f"onepill.{engine.id}.{view.id}"
                about: Row = {"tables": view.tables, "charts": charts, "part": part or named.get("part", "")}
                return await in_turn(download, wanted, file, answer, **about, lang=asked.lang)
    except InputError as error:
        findings, status = [found.as_row() for found in error.findings], 422
        answer, starts = None, False
    values: Row = {"answer": answer, "charts": charts, "findings": findings, "starts_job": starts}
    return await engine_page(request, engine, question, status=status, **values)


async def engine_page(
    request: Request,
    engine: Engine,
    question: Question,
    *,
    status: int,
    answer: Any = None,
    charts: Sequence[Chart] = (),
    findings: Sequence[Row] = (),
    starts_job: bool = False,
) -> Response:
    """The page of a view: its form, what is wrong with it, and the answer where there is one."""
    view, t, kept = question.view, speaking(request).words, kept_params(question.params)
    values = {
        "here": engine.id,
        "engine": engine,
        "view": view,
        "params": question.params,
        "form": await form_of(request, question, t),
        "refused": {str(row["path"]).partition(".")[0] for row in findings if row["path"]},
        "example_table": EXAMPLE_TABLE,
        "method": "post" if question.is_typed else "get",
        "answer": answer,
        "findings": [_named(row, t) for row in findings] or _findings(answer),
        "tables": shown_tables(view.tables, answer, t) if answer is not None else [],
        "charts": charts if answer is not None else [],
        "chart_data": chart_data(charts) if answer is not None and charts else "",
        "assumptions": answer.get("assumptions") or [] if isinstance(answer, Mapping) else [],
        "export": lambda **more: f"{request.url.path}?{urlencode([*kept, *more.items()])}",
        "explain": _explains(request, question) if answer is not None and question.view.explains else None,
        "number": _numbers(request, question) if answer is not None else None,
        "series": view.series,
        "lasting_link": _lasting_link(request, question) if answer is not None else "",
        "typed_link": _typed_link(request, question),
        "may_be_job": question.may_be_job,
        "starts_job": starts_job,
        "start": f"/jobs/start/{engine.id}/{view.id}" + ("" if question.is_typed else f"?{urlencode(kept)}"),
    }
    return page(request, view.template, status=status, **values)


def _explains(request: Request, question: Question) -> Callable[[str, object], str] | None:
    """How a number's path becomes the address that explains it."""
    address = _asking_again(request, question, "explain")
    return (lambda path, _: address(quote(path, safe="."))) if address else None


def _numbers(request: Request, question: Question) -> Callable[[str], str] | None:
    """How a number's place in the answer becomes the address that says where it comes from."""
    address = _asking_again(request, question, "number")
    return (lambda at: address(number_part(at))) if address else None


def _asking_again(request: Request, question: Question, page: str) -> Callable[[str], str] | None:
    """Addresses below the page that ask its question again: what was sent as a form goes into the address."""
    at, asked = f"/{_engine_of(question.view)}/{question.view.id}/{page}", speaking(request)
    if request.method == "GET":
        # Days that the page filled in stand in the link, which shows the same tomorrow.
        days = dict(question.dated())
        return lambda part: asked.link(f"{at}/{part}", drop=LINKED, **days)
    typed = packed(kept_params(question.params))
    return (lambda part: f"{at}/{part}?{PACKED}={typed}") if typed else None


def _engine_of(view: View) -> str:
    return next(engine.id for engine in ENGINES if view in engine.views)


def _lasting_link(request: Request, question: Question) -> str:
    """The address of this view with the days that it filled in; "" where it has them all."""
    days = question.dated()
    return f"{request.url.path}?{urlencode([*kept_params(question.params), *days])}" if days else ""


def _typed_link(request: Request, question: Question) -> str:
    """Where terms are typed instead of chosen, or the way back; "" where the question takes none."""
    if not takes_deals(question.model):
        return ""
    if question.is_typed:
        return request.url.path
    return f"{request.url.path}?{urlencode([*kept_params(question.params), (TYPED, '1')])}"


async def _start(request: Request, engine: Engine, view: View) -> Response:
    """The question of the page as a job; the page of the job leads back to it."""
    params = await params_of(request)
    try:
        question = await question_of(request, view, params)
        job = await ask(request, "jobs start", **question.job())
    except InputError as error:
        findings = [found.as_row() for found in error.findings]
        return await engine_page(request, engine, unread(view, params), status=422, findings=findings)
    back = "" if question.is_typed else f"/{engine.id}/{view.id}?{urlencode(kept_params(params))}"
    return RedirectResponse(f"/jobs/{job['id']}" + (f"?{urlencode({'page': back})}" if back else ""), 303)


async def drawings(view: View, answer: Any, words: Any) -> list[Chart]:
    """The drawings of an answer, without marks, which only a passport explains."""
    if view.draws is None:
        return []
    drawn = await in_turn(view.draws, answer, words)
    return [replace(chart, marks=()) for chart in drawn if chart is not None]


def _named(found: Row, t: Words) -> Row:
    """A finding about a field of the form under the name that the form gives it; the programme stands for its text."""
    name = "programme" if found["path"] == "text" else str(found["path"]).partition(".")[0]
    if not found["code"].startswith("question.") or not t.has(f"field.{name}"):
        return found
    label = t(f"field.{name}")
    return {**found, "path": label, "message": found["message"].replace(f"{found['path']}:", f"{label}:", 1)}


def _findings(answer: Any) -> list[Row]:
    found = answer.get("findings") if isinstance(answer, Mapping) else None
    return list(found or [])


for _engine in ENGINES:
    for _view in _engine.views:
        _add(_engine, _view)
