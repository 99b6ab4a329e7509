"""Pages about accounts, tokens, signatures and the trail: each form is an operation's own question."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, SecretStr, ValidationError
from starlette.concurrency import run_in_threadpool

from onepill.web.accounts import context_of
from onepill.web.layout import page
from onepill.web.live_view import head_view
from onepill.web.speaking import speaking
from onepill.workbench.common.document_ids import deal_name
from onepill.workbench.operations import operation
from onepill.workbench.questions.accounts import Meaning

Row = dict[str, Any]
OWN_FORMS = ("tokens add", "tokens revoke", "users password")
ADMIN_FORMS = ("users add", "users change", "users link", "users grant", "users withdraw")
PROGRAMME_FORMS = ("approvals sign", "tiers set")
FORMS = (*OWN_FORMS, *ADMIN_FORMS, *PROGRAMME_FORMS)
SHOWN_ROWS = 200


def add_team_pages(app: FastAPI, *, has_sso: bool = False) -> None:
    """`/account`, `/admin`, `/approvals/ID`, and where their forms are sent."""
    app.state.has_sso = has_sso
    for path, endpoint, method in (
        ("/account", _account, "GET"),
        ("/admin", _admin, "GET"),
        ("/approvals/{id}", _approvals, "GET"),
        ("/team/{group}/{verb}", _sent, "POST"),
    ):
        app.add_api_route(path, endpoint, methods=[method], include_in_schema=False, response_model=None)


def team_page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page of the workbench that stands under none of its sections."""
    return page(request, template, status=status, here="", **values)


def form(name: str, /, **fixed: str) -> Row:
    """An operation as a form: a field for each of its question's, those that are `fixed` hidden."""
    fields = operation(name).question.model_fields
    rows = [_field(key, field, fixed.get(key)) for key, field in fields.items() if key not in {"text_hash", "user"}]
    rows.sort(key=lambda row: row["key"] == "password")  # last: what is confirmed or set by it stands before
    return {"name": name, "action": "/team/" + name.replace(" ", "/"), "fields": rows, "fixed": fixed}


def _field(key: str, field: Any, fixed: str | None) -> Row:
    options = [part for part in (field.annotation, *get_args(field.annotation)) if get_origin(part) is Literal]
    is_secret = SecretStr in (field.annotation, *get_args(field.annotation))
    choices = list(get_args(options[0])) if options else []
    if bool in (field.annotation, *get_args(field.annotation)):
        choices = ["true", "false"]
    is_many = get_origin(field.annotation) is list
    if is_many:
        choices = list(get_args(get_args(field.annotation)[0]))
    kind = "password" if is_secret else "many" if is_many else "choice" if choices else "text"
    row = {"key": key, "kind": kind, "choices": choices, "required": field.is_required(), "fixed": fixed}
    return {**row, "default": "" if field.is_required() or field.default is None or is_many else field.default}


async def _account(request: Request) -> Response:
    name = context_of(request).actor.name
    tokens = (await _ask(request, "tokens list", {"name": name}))["tokens"]
    forms = [form(one, name=name) for one in OWN_FORMS]
    return team_page(request, "team_account.html.j2", tokens=tokens, forms=forms)


async def _admin(request: Request) -> Response:
    users = (await _ask(request, "users list", {}))["users"]
    checked = await _ask(request, "audit verify", {})
    after = max(0, checked["rows"] - SHOWN_ROWS)
    rows = (await _ask(request, "audit list", {"after": after, "limit": SHOWN_ROWS}))["rows"][::-1]
    forms = [form(one) for one in ADMIN_FORMS]
    return team_page(request, "team_admin.html.j2", users=users, checked=checked, rows=rows, forms=forms)


async def _approvals(request: Request, id: str) -> Response:  # noqa: A002 - the address says so
    """The signatures on a programme, or on one of its deals, under the head of its own pages."""
    found = await _ask(request, "approvals list", {"id": id})
    is_deal = bool(deal_name(id))
    shown = await _ask(request, "deals show" if is_deal else "programmes show", {"id": id})
    programme = await _ask(request, "programmes show", {"id": shown["programme"]}) if is_deal else shown
    values: Row = {"found": found, "shown": shown, "p": head_view(programme, speaking(request))}
    forms = [form("approvals sign", id=id, version=str(shown["newest_version"]))]
    if is_deal:
        at = f"/programmes/{quote(shown['programme'], safe='')}/deals/{quote(shown['deal'], safe='')}"
        values |= {"d": shown, "at": at, "sub": "approvals", "tab": "deals", "tiers": None}
    else:
        forms.append(form("tiers set", id=id))
        values |= {"tab": "approvals", "tiers": await _ask(request, "tiers list", {"id": id})}
    # The signature is bound to the text that stood when this page was made.
    values["seen"] = "" if shown.get("withheld") else shown["version"]["text_hash"]
    values |= {"sso": request.app.state.has_sso, "meanings": get_args(Meaning), "signatures": found["signatures"]}
    return page(request, "team_approvals.html.j2", here="programmes", forms=forms, **values)


async def _sent(request: Request, group: str, verb: str) -> Response:
    name = f"{group} {verb}"
    if name not in FORMS:
        return team_page(request, "team_outcome.html.j2", status=404, findings=[], name=name, made=None)
    sent = await request.form()
    given: Row = {}
    for key, field in operation(name).question.model_fields.items():
        values = [value for value in sent.getlist(key) if isinstance(value, str) and value]
        if values:
            given[key] = values if get_origin(field.annotation) is list else values[0]
    try:
        made = await _ask(request, name, given)
    except ValidationError as error:
        findings = [{"message": f"{'.'.join(map(str, item['loc']))}: {item['msg']}"} for item in error.errors()]
        return team_page(request, "team_outcome.html.j2", status=422, findings=findings, name=name, made=None)
    if name == "tokens add":
        return team_page(request, "team_outcome.html.j2", findings=[], name=name, made=made)
    if name in PROGRAMME_FORMS:
        return RedirectResponse(f"/approvals/{given['id']}", 303)
    return RedirectResponse("/admin" if name in ADMIN_FORMS else "/account", 303)


async def _ask(request: Request, name: str, given: Row) -> Row:
    found = operation(name)
    question: BaseModel = found.question.model_validate(given)
    answer: Row = await run_in_threadpool(lambda: found.ask(question, context=context_of(request)))
    return answer
