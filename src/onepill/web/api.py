"""One route an operation: the question as JSON in, the document of the command line's `--json` out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import Body, FastAPI, Request
from fastapi.responses import Response

from onepill.web.accounts import context_of
from onepill.web.turns import in_turn
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
                description=LONG if found.keeps else "",
                response_model=None,
                responses={200: {"model": found.answer, "description": "the answer"}, **ERRORS},
                tags=[found.name.split()[0]],
            )


DESCRIPTION = """Every operation as a POST of its question; the answer is what the command line prints with --json.

**Errors** are `{"error": …, "findings": [{"code", "severity", "message", "hint", "path", …}]}`.

**Accounts:** where everybody signs in, send `Authorization: Bearer onepill_…`; `onepill tokens add` makes a token.

**Long questions as jobs:** `POST /api/jobs/start` with
`{"operation": "passport", "programme": ID, "question": {"draws": 1000000}}` answers with the job's `id`.
`POST /api/jobs/show` with `{"id": …, "answer": true}` tells `state` (queued, running, done, failed, cancelled), `done`
of `total` futures, the `step`, and the finest answer so far. `POST /api/jobs/cancel` stops it. A job whose worker dies
is taken over within 15 seconds and goes on from its last kept answer.
"""

LONG = "Takes seconds. The same question may be asked as a job: see `/api/jobs/start`."
ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"description": "the body is no JSON"},
    401: {"description": "nobody is signed in"},
    403: {"description": "the person who asks may not"},
    409: {"description": "somebody else saved first; both texts are in the finding"},
    413: {"description": "the body is too large"},
    421: {"description": "the server has another name"},
    422: {"description": "the question or its document is wrong; every finding with its place and a hint"},
    429: {"description": "too many requests; Retry-After tells the seconds"},
    501: {"description": "an optional part is not installed"},
    503: {"description": "the store is in use"},
}


def address(found: Operation) -> str:
    """The path of an operation: `rules show` is `/api/rules/show`."""
    return "/api/" + found.name.replace(" ", "/")


def _endpoint(found: Operation) -> Callable[..., Any]:
    async def endpoint(request: Request, question: Any) -> Response:
        answer = await in_turn(found.ask_remote, question, context_of(request))
        return Response(answer, media_type="application/json")

    endpoint.__annotations__ = {"request": Request, "question": found.remote_question, "return": Response}
    endpoint.__defaults__ = (Body(),)
    return endpoint
