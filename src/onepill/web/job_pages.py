"""Long questions on pages: all of them, one with its progress and its finest answer so far, cancelled, gone on with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from onepill.reports.charts import Chart
from onepill.web.asking import ask
from onepill.web.engine_exports import download
from onepill.web.engine_pages import drawings
from onepill.web.engine_tables import shown_tables
from onepill.web.engine_view import View
from onepill.web.engine_views import ENGINES
from onepill.web.layout import page
from onepill.web.login_page import own_address
from onepill.web.number_view import number_part
from onepill.web.speaking import Words, speaking
from onepill.web.turns import in_turn
from onepill.web.vega import chart_data

Row = dict[str, Any]
OPEN = ("queued", "running")
jobs = APIRouter(include_in_schema=False, default_response_class=Response)


@jobs.get("/jobs")
async def listed(request: Request, format: str = "") -> Response:  # noqa: A002 -- the name in the address
    """The newest jobs: who asked what, and how far each is."""
    found, asked = await ask(request, "jobs list"), speaking(request)
    if format:
        from onepill.web.engine_tables import Table

        columns = ("id", "operation", "programme", "state", "done", "total", "created_by", "created_at", "finished_at")
        table = Table("jobs", "jobs", columns)
        return download(format, "onepill.jobs", found, tables=[table], charts=[], part="", lang=asked.lang)
    rows = [job_view(row, asked.words) for row in found["jobs"]]
    waits = any(row["is_open"] for row in rows)
    return page(request, "jobs.html.j2", rows=rows, withheld=found.get("withheld", 0), waits=waits, here="jobs")


@jobs.get("/jobs/{job_id}")
async def one(request: Request, job_id: str, format: str = "") -> Response:  # noqa: A002
    """One job; its finest answer so far in the tables of the page that asked, and as files."""
    asked = speaking(request)
    shown = await ask(request, "jobs show", id=job_id, answer=True)
    view, answer = view_of(shown["operation"]), shown["answer"]
    charts: Sequence[Chart] = await drawings(view, answer, asked.words.base) if view and answer else []
    tables = view.tables if view else ()
    if format and answer is not None:
        wanted, _, part = format.partition(":")
        part = part or request.query_params.get("part", "")
        about: Row = {"tables": tables, "charts": charts, "part": part, "lang": asked.lang}
        return await in_turn(download, wanted, f"onepill.job.{job_id}", answer, **about)
    values = {
        "job": job_view(shown, asked.words),
        "answer": answer,
        "charts": charts,
        "tables": shown_tables(tables, answer, asked.words) if answer is not None else [],
        "chart_data": chart_data(charts) if charts else "",
        "assumptions": [],
        "method": "get",
        "export": lambda **more: asked.link(f"/jobs/{quote(job_id, safe='')}", **more),
        "number": lambda at: asked.link(f"/jobs/{quote(job_id, safe='')}/number/{number_part(at)}"),
        "series": view.series if view else {},
        "back": own_address(request.query_params.get("page", "")),
    }
    return page(request, "job.html.j2", here="jobs", **values)


@jobs.post("/jobs/{job_id}/cancel")
async def cancel(request: Request, job_id: str) -> Response:
    """Stop a job; what it has found so far stays."""
    await ask(request, "jobs cancel", id=job_id)
    return RedirectResponse(speaking(request).link(f"/jobs/{quote(job_id, safe='')}"), 303)


@jobs.post("/jobs/{job_id}/resume")
async def resume(request: Request, job_id: str) -> Response:
    """Go on with a job that was cancelled or failed."""
    await ask(request, "jobs resume", id=job_id)
    return RedirectResponse(speaking(request).link(f"/jobs/{quote(job_id, safe='')}"), 303)


def view_of(operation: str) -> View | None:
    """The page of an operation, whose tables show its answer."""
    views = (view for engine in ENGINES for view in engine.views)
    return next((view for view in views if view.operation == operation), None)


def job_view(row: Row, t: Words) -> Row:
    """A job as pages show it."""
    place = next((f"{e.id}.{v.id}" for e in ENGINES for v in e.views if v.operation == row["operation"]), "")
    name = t(f"view.{place}") if place else t.either("operation", row["operation"])
    section = t(f"web.section_{place.partition('.')[0]}") if place else ""
    return {
        **row,
        "name": f"{section}: {name}" if section else name,
        "state_name": t(f"jobs.state_{row['state']}"),
        "is_open": row["state"] in OPEN,
        "may_resume": row["state"] in ("cancelled", "failed"),
        "step_name": t.either("step", row["step"]) if row["step"] else "",
        "share": row["done"] / row["total"] if row["total"] else 0,
        "asked_at": row["created_at"][:16].replace("T", " "),
        "address": f"/jobs/{quote(row['id'], safe='')}",
    }
