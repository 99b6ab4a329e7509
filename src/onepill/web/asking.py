"""How pages ask: an operation by its name, in the pool of threads, by the rules of every face."""

from __future__ import annotations

import json
from typing import Any

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from pydantic import ValidationError

from onepill.core.errors import Finding, InputError
from onepill.web.accounts import context_of
from onepill.workbench.operations import operation

Row = dict[str, Any]


async def ask(request: Request, name: str, /, **fields: Any) -> Row:
    """The answer of an operation as a plain document.

    Raises:
        InputError: the question is wrong, or the operation refuses it.
    """
    found = operation(name)
    context = context_of(request)
    try:
        question = found.remote_question.model_validate(fields)
    except ValidationError as error:
        findings = [_finding(item) for item in error.errors()]
        raise InputError(findings[0].message, findings=findings) from None
    answer: Row = json.loads(await run_in_threadpool(found.ask_remote, question, context))
    return answer


def _finding(item: Any) -> Finding:
    path = ".".join(str(part) for part in item["loc"])
    return Finding("question.value", "error", f"{path}: {item['msg']}", "", path)
