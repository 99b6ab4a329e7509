"""How pages ask: an operation by its name, in the pool of threads, by the rules of every face."""

from __future__ import annotations

import json
from typing import Any

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from pydantic import ValidationError

from onepill.core.errors import Finding, InputError
from onepill.web.accounts import context_of
from onepill.workbench.operations import Operation, operation

Row = dict[str, Any]
MOST_DRAWS = 200_000
"""Futures that a page draws while somebody waits; more are a job's."""


async def ask(request: Request, name: str, /, **fields: Any) -> Row:
    """The answer of an operation as a plain document.

    Raises:
        InputError: the question is wrong, or the operation refuses it.
    """
    question = _question(operation(name), fields)
    answer: Row = json.loads(await run_in_threadpool(operation(name).ask_remote, question, context_of(request)))
    return answer


async def is_long(request: Request, name: str, /, **fields: Any) -> bool:
    """Whether an answer would keep a page waiting: many futures, and not in the workspace yet.

    Raises:
        InputError: the question is wrong.
    """
    found = operation(name)
    question = _question(found, fields)
    if not found.keeps or getattr(question, "draws", 0) <= MOST_DRAWS:
        return False
    return not await run_in_threadpool(found.is_kept, question, context_of(request))


def _question(found: Operation, fields: Row) -> Any:
    try:
        return found.remote_question.model_validate(fields)
    except ValidationError as error:
        findings = [_finding(item) for item in error.errors()]
        raise InputError(findings[0].message, findings=findings) from None


def _finding(item: Any) -> Finding:
    path = ".".join(str(part) for part in item["loc"])
    return Finding("question.value", "error", f"{path}: {item['msg']}", "", path)
