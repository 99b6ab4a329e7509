"""How pages ask: an operation by its name, in the pool of threads, by the rules of every face."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from pydantic import ValidationError

from onepill.core.errors import AccessRefused, Finding, InputError
from onepill.web.accounts import asker_of, context_of
from onepill.web.turns import in_turn
from onepill.workbench.asking.recent_answers import Told, remembered
from onepill.workbench.operations import Operation, operation

Row = dict[str, Any]
MOST_DRAWS = 200_000
"""Futures that a page draws while somebody waits; more are a job's."""
NOTED = "onepill.noted"
"""Where a request keeps what its page has asked; see `kept_pages`."""


@dataclass(frozen=True)
class Noted:
    """A question of a page: what it was answered, whether that moves with the workspace, and whether it lasts."""

    name: str
    fields: Row
    digest: str
    moves: bool
    is_lasting: bool


async def ask(request: Request, name: str, /, **fields: Any) -> Row:
    """The answer of an operation as a plain document.

    Raises:
        InputError: the question is wrong, or the operation refuses it.
    """
    told, found = await tell(request, name, fields), operation(name)
    noted = request.scope.get(NOTED)
    if noted is not None:
        moves = found.needs != ""
        noted.append(Noted(name, fields if moves else {}, told.digest, moves=moves, is_lasting=remembered(found)))
    answer: Row = json.loads(told.text)
    return answer


async def ask_whole(request: Request, programme_id: str) -> Row:
    """A programme as `programmes show` tells it, for a page that computes from its text.

    Raises:
        AccessRefused: a field of it is withheld from the person who asks; what is computed could give it away.
    """
    shown = await ask(request, "programmes show", id=programme_id)
    if withheld := shown.get("withheld"):
        message = f"this page takes fields of {programme_id} that are above your tier"
        raise AccessRefused.single("access.tier", message, hint="ask somebody with a higher role", value=withheld)
    return shown


async def tell(request: Request, name: str, fields: Row) -> Told:
    """The text of the answer, with the hash that tells it from every other. Errors as for `ask`."""
    found = operation(name)
    return await in_turn(found.tell, _question(found, fields), asker_of(request), compact=True)


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
