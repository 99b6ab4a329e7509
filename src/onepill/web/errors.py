"""Errors as answers: the findings of the command line's JSON, with a status for each kind."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from onepill.core.errors import AccessRefused, Finding, InputError, MissingExtra, OnepillError, StoreBusy
from onepill.workbench.common.documents import to_json

CONFLICT = "store.conflict"
UNKNOWN = "document.unknown"
STATUS: tuple[tuple[type[OnepillError], int], ...] = (
    (AccessRefused, 403),
    (InputError, 422),
    (MissingExtra, 501),
    (StoreBusy, 503),
)

NO_JSON = "json_invalid"
CODES = {400: "request.body", 404: "request.unknown", 405: "request.method", 413: "request.size"}


def add_errors(app: FastAPI) -> None:
    """What goes wrong is told as one JSON document, never as a trace."""
    app.add_exception_handler(OnepillError, _told)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _failed)


def _shown(request: Request, status: int, message: str, findings: list[dict[str, Any]]) -> Response:
    """A page for who looks at pages, a document for who asks the API."""
    if request.url.path.startswith(("/api/", "/static/")) or "text/html" not in request.headers.get("accept", ""):
        return error_answer(status, message, findings)
    from onepill.web.layout import page

    values = {"message": message, "findings": findings, "here": ""}
    return page(request, "error.html.j2", status=status, **{**values, "status_code": status})


def error_answer(status: int, message: str, findings: list[dict[str, Any]]) -> Response:
    """An error as JSON; half of a character that was asked is told as the escape that it came as."""
    text = to_json({"error": message, "findings": findings})
    return Response(text.encode("utf-8", "backslashreplace"), status, media_type="application/json")


async def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, OnepillError)
    status = next((number for kind, number in STATUS if isinstance(error, kind)), 500)
    if any(finding.code == CONFLICT for finding in error.findings):
        status = 409
    # A page about a programme is not there without it; elsewhere its id is one value among others.
    if "programme_id" in request.path_params and any(finding.code == UNKNOWN for finding in error.findings):
        status = 404
    return _shown(request, status, str(error), [finding.as_row() for finding in error.findings])


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if broken := next((item for item in error.errors() if item["type"] == NO_JSON), None):
        message = f"the body is no JSON from character {broken['loc'][-1]}: {broken['ctx']['error']}"
        found = Finding(CODES[400], "error", message, "send one JSON object, as /api shows it")
        return _shown(request, 400, message, [found.as_row()])
    rows = [_finding(item).as_row() for item in error.errors()]
    return _shown(request, 422, "the question is not understood", rows)


def _finding(item: Any) -> Finding:
    path = ".".join(str(part) for part in item["loc"][1:])
    return Finding("question.value", "error", f"{path}: {item['msg']}", "see /api/openapi.json", path)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = str(error.detail)
    code = CODES.get(error.status_code, "request.refused")
    return _shown(request, error.status_code, message, [Finding(code, "error", message).as_row()])


async def _failed(_: Request, error: Exception) -> Response:
    return error_answer(500, f"{type(error).__name__}: this is our fault; report it with the question", [])
