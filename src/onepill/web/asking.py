"""How pages ask: an operation by its name, in the pool of threads, by the rules of every face."""

from __future__ import annotations

import json
from datetime import date
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


KINDS = (
    ("missing", "question.missing"),
    ("literal_error", "question.choice"),
    ("enum", "question.choice"),
    ("int_", "question.number"),
    ("float_", "question.number"),
    ("finite_number", "question.number"),
    ("date_", "question.day"),
    ("greater_", "question.range"),
    ("less_", "question.range"),
)
"""What is wrong with a field, by how the model's own word for it begins."""


def _finding(item: Any) -> Finding:
    path, given = ".".join(str(part) for part in item["loc"]), item.get("input")
    code = next((code for start, code in KINDS if item["type"].startswith(start)), "question.value")
    value = str(given)[:80] if isinstance(given, str | int | float | date) else None
    return Finding(code, "error", f"{path}: {item['msg']}", "", path, value=value)
