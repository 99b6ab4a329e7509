"""The one way by which an engine has pages: its views, asked by the address, shown by a template, as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from onepill.core.errors import AccessRefused, InputError
from onepill.reports.charts import Chart
from onepill.web.asking import ask
from onepill.web.engine_exports import download
from onepill.web.engine_forms import TERMS, controls, given
from onepill.web.engine_tables import shown_tables
from onepill.web.engine_views import ENGINES, Engine, View
from onepill.web.layout import page
from onepill.web.speaking import speaking
from onepill.workbench.operations import operation

Row = dict[str, Any]
Params = list[tuple[str, str]]
NOT_ASKED = ("format", "part", "lang", "theme")
engines = APIRouter(include_in_schema=False, default_response_class=Response)


def _add(engine: Engine, view: View) -> None:
    is_first = view is engine.views[0]

    async def shown(request: Request) -> Response:
        return await _answer(request, engine, view)

    methods = ["GET", "POST"] if set(TERMS) & set(operation(view.operation).question.model_fields) else ["GET"]
    for address in (f"/{engine.id}", f"/{engine.id}/{view.id}") if is_first else (f"/{engine.id}/{view.id}",):
        engines.add_api_route(address, shown, methods=methods)


async def _answer(request: Request, engine: Engine, view: View) -> Response:
    """The page with its form and, where something was asked, the answer; or the file that `format` names."""
    params, asked = await _params(request), speaking(request)
    model = operation(view.operation).remote_question
    fields = given(params, model, presets=view.presets)
    programme = next((value for name, value in params if name == "programme" and value), "")
    rows = (await ask(request, "programmes list"))["programmes"] if "text" in model.model_fields else []
    answer, findings, status = None, [], 200
    if not view.waits or any(name not in NOT_ASKED for name, _ in params):
        try:
            answer = await ask(request, view.operation, **{**fields, **await _programme(request, model, programme)})
            wanted = request.query_params.get("format") or dict(params).get("format", "")
            charts = await _charts(view, answer, asked.words.base)
            if wanted:
                file = f"onepill.{engine.id}.{view.id}"
                part = dict(params).get("part", "")
                named: Row = {"tables": view.tables, "charts": charts, "part": part, "lang": asked.lang}
                return await run_in_threadpool(download, wanted, file, answer, **named)
        except AccessRefused:
            raise
        except InputError as error:
            findings, status = [found.as_row() for found in error.findings], 422
            answer = None
    t = asked.words
    choices = [(row["id"], t.text(row["title"])) for row in rows]
    form = controls(model, fields, t, first=view.first, programmes=choices, programme=programme)
    values = {
        "here": engine.id,
        "engine": engine,
        "view": view,
        "form": form,
        "method": "post" if any(control.kind == "terms" for control in form) else "get",
        "answer": answer,
        "findings": findings or _findings(answer),
        "tables": shown_tables(view.tables, answer, t) if answer is not None else [],
        "charts": charts if answer is not None else [],
        "assumptions": answer.get("assumptions") or [] if isinstance(answer, Mapping) else [],
        "export": lambda **more: f"{request.url.path}?{urlencode([*_kept(params), *more.items()])}",
    }
    return page(request, view.template, status=status, **values)


async def _params(request: Request) -> Params:
    """What was asked: of the address, and of a form that was sent."""
    rows: Params = list(request.query_params.multi_items())
    if request.method == "POST":
        rows += [(name, value) for name, value in (await request.form()).multi_items() if isinstance(value, str)]
    return rows


def _kept(params: Params) -> Params:
    return [(name, value) for name, value in params if name not in NOT_ASKED]


async def _programme(request: Request, model: Any, programme: str) -> Row:
    """The text of the programme that was chosen, as the question takes it."""
    if "text" not in model.model_fields or not programme:
        return {}
    shown = await ask(request, "programmes show", id=programme)
    names = [name for name in ("text", "file", "competitors") if name in model.model_fields]
    told = {**shown, "competitors": _table(shown["competitors"])}
    return {name: told[name] for name in names if told[name] is not None}


def _table(competitors: Row | None) -> Row | None:
    return {name: competitors[name] for name in ("text", "file")} if competitors else None


async def _charts(view: View, answer: Any, words: Any) -> Sequence[Chart]:
    if view.draws is None:
        return []
    drawn = await run_in_threadpool(view.draws, answer, words)
    return [replace(chart, marks=()) for chart in drawn if chart is not None]


def _findings(answer: Any) -> list[Row]:
    found = answer.get("findings") if isinstance(answer, Mapping) else None
    return list(found or [])


for _engine in ENGINES:
    for _view in _engine.views:
        _add(_engine, _view)
