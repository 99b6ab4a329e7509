"""The deals of a programme: their list, and for each its terms in place, its text, its history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from onepill.core.errors import InputError, OnepillError, StoreBusy
from onepill.web.asking import ask, ask_whole
from onepill.web.deal_explain_view import compared_words, deal_words
from onepill.web.engine_tables import shown_tables
from onepill.web.engine_views import ENGINES
from onepill.web.explain_view import chain_view
from onepill.web.layout import page
from onepill.web.live_view import head_view
from onepill.web.number_view import number_part
from onepill.web.path_words import PathWords
from onepill.web.programme_pages import Earlier, applied_address, signatures_of
from onepill.web.saving_pages import conflict_view
from onepill.web.sent_text import sent_text, under_another_id
from onepill.web.speaking import speaking
from onepill.workbench.common.document_ids import deal_id
from onepill.workbench.workspace.deal_edits import renamed

Row = dict[str, Any]
Text = Annotated[str, Form()]
Many = Annotated[list[str], Form()]
Number = Annotated[int, Form(ge=1)]
Sets = Annotated[Sequence[str], Query(alias="set")]
DRAWS = 10_000
AT = "/programmes/{programme_id}/deals"
ONE = AT + "/{name}"
kept_deals = APIRouter(include_in_schema=False, default_response_class=Response)


@kept_deals.get(AT)
async def listed(request: Request, programme_id: str, like: str = "") -> Response:
    """The deals of a programme, and a form for another, which may start from terms that are there."""
    text = ""
    if like:
        shown = await ask(request, "deals show", id=like)
        text = under_another_id(shown["text"], "deal")
    return await _list_page(request, programme_id, text=text, reason="", findings=[])


@kept_deals.post(AT)
async def add(request: Request, programme_id: str) -> Response:
    """Keep a new deal, typed or of a file; the text stays where it is refused."""
    sent = await sent_text(request)
    text, reason = sent.text, sent.reason
    try:
        about = {"programme": programme_id, "file": sent.checked().file, "reason": reason or "added"}
        saved = await ask(request, "deals add", text=text, **about)
    except InputError as error:
        findings = [found.as_row() for found in error.findings]
        return await _list_page(request, programme_id, text=text, reason=reason, findings=findings, status=422)
    return RedirectResponse(deal_path(programme_id, saved["id"].partition(".deal.")[2]), 303)


async def _list_page(request: Request, programme_id: str, *, status: int = 200, **typed: Any) -> Response:
    shown = await ask(request, "programmes show", id=programme_id)
    found = await ask(request, "deals list", programme=programme_id)
    values = {
        **typed,
        "rows": found["deals"],
        "known": (await ask(request, "deals list"))["deals"],
        "withheld": found.get("withheld", 0),
        "p": head_view(shown, speaking(request)),
    }
    return page(request, "programme_deals.html.j2", status=status, here="programmes", tab="deals", **values)


@kept_deals.get(ONE)
async def terms(
    request: Request,
    programme_id: str,
    name: str,
    changes: Sets = (),
    version: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """The terms of a deal as fields, what it brings each party, and what unsaved changes move."""
    shown = await _shown(request, programme_id, name, changes, version)
    errors = [row for row in shown["findings"] if row["severity"] == "error"]
    value, saved, tables, findings = None, None, list[Row](), list[Row](shown["findings"])
    if not errors:
        try:
            saved, value, findings = await _valued(request, programme_id, shown)
        except OnepillError as error:
            findings = [*findings, *(found.as_row() for found in error.findings)]
    if value is not None:
        view = next(one for engine in ENGINES for one in engine.views if one.operation == "deal value")
        tables = shown_tables(view.tables[:2], value, speaking(request).words)
    at, kept = deal_path(programme_id, name), f"{shown['id']}@{shown['version']['version']}"
    asked: list[tuple[str, Any]] = [("asked", 1), ("kept", kept), ("draws", DRAWS)]
    asked += [("change", one.replace(":", "=", 1)) for one in changes]
    known = {row["path"] for row in (value or {}).get("inputs", ())}
    values = {
        "tables": tables,
        "findings": findings,
        "saved": saved,
        "number": lambda at: f"/deals/value/number/{number_part(at)}?{urlencode(asked)}",
        "traced": {row["path"] for row in shown["terms"] if f"deals.{name}.{row['path']}" in known},
        "explain": lambda path, _: speaking(request).link(f"{at}/explain/{quote(path, safe='.')}"),
        "method": "get",
        "export": lambda **more: f"/deals/value?{urlencode([*asked, *more.items()])}",
    }
    status = 422 if errors else 200
    return await _deal_page(request, "deal_terms.html.j2", shown, sub="terms", status=status, value=value, **values)


async def _valued(request: Request, programme_id: str, shown: Row) -> tuple[Row | None, Row, list[Row]]:
    """What the deal as saved (None where nothing is changed) and as shown brings, and what is to be said of it."""
    programme = await ask_whole(request, programme_id)
    fields: Row = {name: programme[name] for name in ("text", "file")}
    given = _given(shown)
    if not shown["changes"]:
        found = await ask(request, "deal value", **fields, deal=given, draws=DRAWS)
        return None, found, found["findings"]
    _, both = await _both(request, programme_id, shown, fields)
    own = [row for row in both["findings"] if row["file"] != f"saved.{shown['file']}"]
    return both["deals"][0], {**both["deals"][1], "inputs": both["inputs"]}, own


async def _both(request: Request, programme_id: str, shown: Row, fields: Row) -> tuple[Row, Row]:
    """The deal as saved, and it and the changed one against each other."""
    before = await _shown(request, programme_id, shown["deal"], (), shown["version"]["version"])
    saved = {"text": renamed(before["text"], f"{shown['deal']}_saved"), "file": f"saved.{shown['file']}"}
    return before, await ask(request, "deal compare", **fields, deals=[saved, _given(shown)], draws=DRAWS)


@kept_deals.get(ONE + "/explain/{path:path}")
async def explain(  # noqa: PLR0917 -- FastAPI fills them by name
    request: Request,
    programme_id: str,
    name: str,
    path: str,
    changes: Sets = (),
    version: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """Where a number of a deal comes from: its flows, their terms, and the programme that they rest on."""
    shown = await _shown(request, programme_id, name, changes, version)
    programme = await ask_whole(request, programme_id)
    fields: Row = {name: programme[name] for name in ("text", "file")}
    asked = speaking(request)
    told = PathWords(programme["titles"], asked)
    if shown["changes"] and path.startswith("deals."):
        before, answer = await _both(request, programme_id, shown, fields)
        words: PathWords = _words_of_both(told, before, shown, answer)
    else:
        answer = await ask(request, "deal value", **fields, deal=_given(shown), draws=DRAWS)
        words = deal_words(told, shown, answer)
    chain = await ask(request, "explain", passport=answer, path=path)
    at = deal_path(programme_id, name)
    address = f"{at}/explain"
    found = chain_view(chain, words, link=lambda one: asked.link(f"{address}/{quote(one, safe='.')}"), document=answer)
    view = {**found, "back": asked.link(at)}
    return page(request, "deal_explain.html.j2", e=view, d=shown, p={"id": programme_id}, here="programmes")


def _words_of_both(words: PathWords, before: Row, shown: Row, both: Row) -> PathWords:
    """The words of a deal as saved, which its title says, and as changed."""
    saved, changed = both["deals"]
    t = words.asked.words
    title = dict.fromkeys(saved["deal_title"], f"{t.text(saved['deal_title'])} · {t('deals.before')}")
    return compared_words(words, [(before, {**saved, "deal_title": title}), (shown, changed)])


@kept_deals.get(ONE + "/apply")
async def apply(request: Request, programme_id: str, name: str) -> Response:
    """What was typed into the fields becomes an address."""
    return RedirectResponse(applied_address(deal_path(programme_id, name), request.query_params.multi_items()), 303)


@kept_deals.post(ONE + "/save")
async def save(  # noqa: PLR0917 -- FastAPI fills them by name
    request: Request,
    programme_id: str,
    name: str,
    reason: Text,
    expected: Number,
    set: Many,  # noqa: A002 -- the name in the address
) -> Response:
    """The changes of the address written into the terms file, as its next version."""
    try:
        shown = await _shown(request, programme_id, name, set, expected)
        about = {"programme": programme_id, "expected_version": expected, "reason": reason}
        await ask(request, "deals save", text=shown["text"], file=shown["file"], **about)
    except (InputError, StoreBusy) as error:
        return await _refused(request, programme_id, name, error, [("set", one) for one in set])
    return RedirectResponse(deal_path(programme_id, name), 303)


@kept_deals.get(ONE + "/text")
async def text(request: Request, programme_id: str, name: str, changes: Sets = (), format: str = "") -> Response:  # noqa: A002
    """The whole terms file, to be read, fetched or edited; findings are told while it is typed."""
    shown = await _shown(request, programme_id, name, changes, None)
    if format == "yaml":
        headers = {"content-disposition": f'attachment; filename="{shown["file"]}"'}
        return Response(shown["text"], media_type="application/yaml; charset=utf-8", headers=headers)
    typed = {"text": shown["text"], "reason": "", "expected": shown["newest_version"], "findings": shown["findings"]}
    return await _deal_page(request, "deal_text.html.j2", shown, sub="text", f=typed)


@kept_deals.post(ONE + "/text")
async def save_text(  # noqa: PLR0917 -- FastAPI fills them by name
    request: Request, programme_id: str, name: str, text: Text, reason: Text, expected: Number
) -> Response:
    """The whole file as its next version; what was typed stays where it is refused."""
    text = text.replace("\r\n", "\n")
    try:
        about = {"programme": programme_id, "expected_version": expected, "reason": reason}
        await ask(request, "deals save", text=text, file=f"{name}.yaml", **about)
    except (InputError, StoreBusy) as error:
        if any(found.code == "store.conflict" for found in error.findings):
            return await _refused(request, programme_id, name, error, [])
        shown = await _shown(request, programme_id, name, (), None)
        findings = [found.as_row() for found in error.findings]
        typed = {"text": text, "reason": reason, "expected": expected, "findings": findings}
        return await _deal_page(request, "deal_text.html.j2", shown, sub="text", status=422, f=typed)
    return RedirectResponse(deal_path(programme_id, name), 303)


@kept_deals.get(ONE + "/history")
async def history(request: Request, programme_id: str, name: str, before: Earlier = None) -> Response:
    """Every version: who, when, why, and which terms changed."""
    shown = await _shown(request, programme_id, name, (), None)
    found = await ask(request, "deals history", id=shown["id"], before=before)
    return await _deal_page(request, "deal_history.html.j2", shown, sub="history", rows=found["versions"])


@kept_deals.post(ONE + "/restore")
async def restore(  # noqa: PLR0917 -- FastAPI fills them by name
    request: Request, programme_id: str, name: str, version: Number, expected: Number, reason: Text
) -> Response:
    """An earlier version as the newest; what came between stays in the history."""
    about = {"version": version, "expected_version": expected, "reason": reason}
    try:
        await ask(request, "deals restore", id=deal_id(programme_id, name), **about)
    except (InputError, StoreBusy) as error:
        return await _refused(request, programme_id, name, error, [])
    return RedirectResponse(f"{deal_path(programme_id, name)}/history", 303)


def _given(shown: Row) -> Row:
    return {"text": shown["text"], "file": shown["file"]}


def deal_path(programme_id: str, name: str) -> str:
    return f"/programmes/{quote(programme_id, safe='')}/deals/{quote(name, safe='')}"


async def _shown(request: Request, programme_id: str, name: str, changes: Sequence[str], version: int | None) -> Row:
    written = [one.replace(":", "=", 1) for one in changes]
    return await ask(request, "deals show", id=deal_id(programme_id, name), changes=written, version=version)


async def _deal_page(
    request: Request, template: str, shown: Row, *, sub: str, status: int = 200, **values: Any
) -> Response:
    """A page of one deal, under the head of its programme."""
    programme = await ask(request, "programmes show", id=shown["programme"])
    head = head_view(programme, speaking(request))
    words = deal_words(PathWords(programme["titles"], speaking(request)), shown, values.get("value"))
    shared = {
        "d": shown,
        "at": deal_path(shown["programme"], shown["deal"]),
        "sub": sub,
        "signatures": await signatures_of(request, shown["id"]),
        "p": {**head, "say": words.term},
        "here": "programmes",
        "tab": "deals",
    }
    return page(request, template, status=status, **{**shared, **values})


async def _refused(
    request: Request, programme_id: str, name: str, error: OnepillError, kept: list[tuple[str, str]]
) -> Response:
    """Why nothing was saved; after a conflict what the other editor changed, and the way on with one's own edits."""
    theirs: Row = {}
    if any(found.code == "store.conflict" for found in error.findings):
        found = await ask(request, "deals history", id=deal_id(programme_id, name))
        theirs = conflict_view(error, found["versions"], with_text=not kept)
    again = deal_path(programme_id, name) + (f"?{urlencode(kept)}" if kept else "")
    findings = [found.as_row() for found in error.findings]
    view = {"message": str(error), "findings": findings, "theirs": theirs, "again": again, "edits": kept}
    status = 409 if theirs else 422
    return page(request, "refused.html.j2", status=status, r=view, p={"id": programme_id}, here="programmes")
