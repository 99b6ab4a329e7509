"""One route an operation: the question as JSON in, the document of the command line's `--json` out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import Body, FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from onepill.web.accounts import context_of
from onepill.workbench.operations import OPERATIONS, Operation


def add_operations(app: FastAPI) -> None:
    """`POST /api/<name>` for every operation of the web, a word a path segment."""
    for found in OPERATIONS:
        if "web" in found.faces:
            app.add_api_route(
                address(found),
                _endpoint(found),
                methods=["POST"],
                operation_id=found.name.replace(" ", "_"),
                summary=found.summary,
                response_model=None,
                responses={200: {"model": found.answer, "description": "the answer"}, **ERRORS},
                tags=[found.name.split()[0]],
            )


ERRORS: dict[int | str, dict[str, Any]] = {
    403: {"description": "the person who asks may not"},
    422: {"description": "the question or its document is wrong; every finding with its place and a hint"},
    501: {"description": "an optional part is not installed"},
    503: {"description": "the store is in use"},
}


def address(found: Operation) -> str:
    """The path of an operation: `rules show` is `/api/rules/show`."""
    return "/api/" + found.name.replace(" ", "/")


def _endpoint(found: Operation) -> Callable[..., Any]:
    async def endpoint(request: Request, question: Any) -> Response:
        answer = await run_in_threadpool(found.ask_remote, question, context_of(request))
        return Response(answer, media_type="application/json")

    endpoint.__annotations__ = {"request": Request, "question": found.remote_question, "return": Response}
    endpoint.__defaults__ = (Body(),)
    return endpoint
