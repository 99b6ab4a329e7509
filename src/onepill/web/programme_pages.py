"""The programmes: their list, and for each the live page, the passport, comparison, history and file."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from onepill.core.errors import InputError
from onepill.reports import render_passport, render_passport_body
from onepill.reports.catalogue import Lang, catalogue
from onepill.reports.signatures import Signed, signature_lines
from onepill.web.addresses import base_path, number_address
from onepill.web.asking import ask
from onepill.web.compare_view import compare_view
from onepill.web.explain_view import explain_view, ledger_view
from onepill.web.kept_pages import KeptPage
from onepill.web.layout import page
from onepill.web.live_view import head_view, live_view
from onepill.web.number_view import number_view, plain_words
from onepill.web.programme_exports import page_file, signature_rows
from onepill.web.programme_list_view import list_view
from onepill.web.sent_text import sent_text, under_another_id
from onepill.web.speaking import speaking
from onepill.web.turns import in_turn
from onepill.workbench.explain.number import PASSPORT

Row = dict[str, Any]
Sets = Annotated[Sequence[str], Query(alias="set")]
Sources = Annotated[Sequence[str], Query(alias="source")]
Draws = Annotated[int, Query(ge=100, le=1_000_000)]
Earlier = Annotated[int | None, Query(ge=1, le=2**53)]
"""Of what is listed from the newest on: what is earlier than this number."""
EXPORTED = 1_000
"""Versions in one file of a history; those before it have the address with `before`."""
QUICK = 10_000
pages = APIRouter(include_in_schema=False, default_response_class=Response, route_class=KeptPage)


@pages.get("/")
@pages.get("/programmes")
async def programmes(request: Request, outlook: bool = False, format: str = "") -> Response:  # noqa: A002
    """Every programme with stage, next milestone, chance of a launch and value."""
    found = await ask(request, "programmes list", outlook=outlook)
    if format:
        return await page_file("programmes", format, "onepill", found, part="", lang=speaking(request).lang)
    return page(request, "programmes.html.j2", rows=list_view(found, speaking(request)), here="programmes")


@pages.get("/keys")
async def keys(request: Request) -> Response:
    """The keyboard shortcuts, for browsers without script."""
    return page(request, "keys.html.j2", here="")


@pages.get("/programmes/new")
async def new_form(request: Request, like: str = "") -> Response:
    """A form for a new programme, empty or with the text of one that is there, under another id."""
    text = ""
    if like:
        shown = await ask(request, "programmes show", id=like)
        text = "" if shown.get("withheld") else under_another_id(shown["text"], "programme")
    known = await _known(request)
    return page(request, "new.html.j2", text=text, reason="", findings=[], known=known, here="programmes")


async def _known(request: Request) -> list[Row]:
    """The programmes that a new one may start from."""
    found: list[Row] = (await ask(request, "programmes list"))["programmes"]
    return found


@pages.post("/programmes")
async def new(request: Request) -> Response:
    """Keep a new programme, typed or of a file; the text stays where it is refused."""
    sent = await sent_text(request)
    text, reason = sent.text, sent.reason
    try:
        saved = await ask(request, "programmes add", text=text, file=sent.checked().file, reason=reason or "added")
    except InputError as error:
        findings = [found.as_row() for found in error.findings]
        typed: Row = {"text": text, "reason": reason, "findings": findings, "known": await _known(request)}
        return page(request, "new.html.j2", status=422, here="programmes", **typed)
    return RedirectResponse(base_path(saved["id"]), 303)


@dataclass(frozen=True)
class Asked:
    """What the address of a programme's pages says: version, changes, scenario, day."""

    sets: tuple[str, ...]
    sources: tuple[str, ...]
    scenario: str | None
    as_of: str | None
    version: int | None
    draws: int

    @property
    def is_edited(self) -> bool:
        """Whether it asks for something that no saved version says: other values, another day."""
        return bool(self.sets or self.sources or self.as_of)

    def fields(self, programme_id: str) -> Row:
        """The question of `programmes live`."""
        fields: Row = {"id": programme_id, "version": self.version, "draws": self.draws, "scenario": self.scenario}
        fields["changes"] = [one.replace(":", "=", 1) for one in self.sets]
        fields["sources"] = [one.replace(":", "=", 1) for one in self.sources]
        return fields | ({"as_of": self.as_of} if self.as_of else {})


def asked_of(  # noqa: PLR0917 -- FastAPI fills them by name
    changes: Sets = (),
    sources: Sources = (),
    scenario: str = "",
    as_of: str = "",
    version: Annotated[int | None, Query(ge=1)] = None,
    draws: Draws = QUICK,
) -> Asked:
    return Asked(tuple(changes), tuple(sources), scenario or None, as_of or None, version, draws)


InAddress = Annotated[Asked, Depends(asked_of)]


@dataclass(frozen=True)
class Shape:
    """As which file the page is asked for, and which part of it; empty for the page itself."""

    kind: str
    part: str

    async def of(self, name: str, request: Request, programme_id: str, found: Row) -> Response:
        return await page_file(name, self.kind, programme_id, found, part=self.part, lang=speaking(request).lang)


def shape_of(format: str = "", part: str = "") -> Shape:  # noqa: A002
    return Shape(format, part)


InShape = Annotated[Shape, Depends(shape_of)]


async def _live(request: Request, programme_id: str, asked: Asked, **more: Any) -> tuple[Row, float]:
    started = time.perf_counter()
    found = await ask(request, "programmes live", **asked.fields(programme_id), **more)
    return found, time.perf_counter() - started


@pages.get("/programmes/{programme_id}")
async def live(request: Request, programme_id: str, asked: InAddress, shape: InShape) -> Response:
    """The programme live: key figures, what moved, every input as a field; as `pdf` its passport."""
    if shape.kind == "pdf":
        return await passport(request, programme_id, asked, shape)
    found, seconds = await _live(request, programme_id, asked)
    if shape.kind:
        return await shape.of("live", request, programme_id, found)
    return await _live_page(request, found, seconds)


async def _live_page(request: Request, found: Row, seconds: float) -> Response:
    asked = speaking(request)
    rows = await ask(request, "programmes list")
    view = live_view(found, asked, seconds=seconds, refine=True)
    signed = await signatures_of(request, found["id"])
    values: Row = {"rows": list_view(rows, asked), "signatures": signed}
    return page(request, "live.html.j2", p=view, **values, here="programmes", tab="live")


async def signatures_of(request: Request, document_id: str) -> list[Row]:
    """The signatures on a programme or a deal, with whether each still holds for its text."""
    rows: list[Row] = (await ask(request, "approvals list", id=document_id))["signatures"]
    return rows


@pages.get("/programmes/{programme_id}/outcome")
async def outcome(request: Request, programme_id: str, asked: InAddress) -> Response:
    """What moved, on as many futures as asked for; it asks for more itself until there are enough."""
    found, seconds = await _live(request, programme_id, asked)
    view = live_view(found, speaking(request), seconds=seconds, refine=True)
    return page(request, "outcome.html.j2", p=view)


@pages.get("/programmes/{programme_id}/apply")
async def apply(request: Request, programme_id: str) -> Response:
    """What was typed into the fields becomes an address; a part of the page for htmx, else the page itself."""
    address = applied_address(base_path(programme_id), request.query_params.multi_items())
    if not speaking(request).is_part:
        return RedirectResponse(address, 303)
    query = address.partition("?")[2]
    request.scope["query_string"], request.scope["path"] = query.encode("ascii"), base_path(programme_id)
    again = Request(request.scope, request.receive)
    names = again.query_params
    asked = asked_of(
        tuple(names.getlist("set")),
        tuple(names.getlist("source")),
        names.get("scenario", ""),
        names.get("as_of", ""),
        # Python refuses to read thousands of digits; what is left of them is refused as well.
        int(names["version"][:20]) if names.get("version", "").isdecimal() else None,
    )
    found, seconds = await _live(again, programme_id, asked)
    view = live_view(found, speaking(again), seconds=seconds, refine=True)
    answer = page(again, "applied.html.j2", p=view)
    is_same = _edited_paths(address) == _edited_paths(request.headers.get("hx-current-url", ""))
    answer.headers["hx-replace-url" if is_same else "hx-push-url"] = address
    return answer


def _edited_paths(address: str) -> list[str]:
    """What an address changes: the way back leads over inputs, not over the letters typed into one."""
    pairs = parse_qsl(address.partition("?")[2], max_num_fields=1_000)
    return [value.partition(":")[0] for name, value in pairs if name == "set"]


def applied_address(path: str, fields: list[tuple[str, str]]) -> str:
    """The address that says what the fields say: `v:PATH` typed, `o:PATH` saved, `s:PATH` its source.

    Of a list (`l:PATH`) each word that is chosen comes by itself, as `m:PATH`.
    """
    typed = {name[2:]: value.strip() for name, value in fields if name.startswith("v:")}
    for listed in (name[2:] for name, _ in fields if name.startswith("l:")):
        typed[listed] = f"[{', '.join(value.strip() for name, value in fields if name == f'm:{listed}')}]"
    saved = {name[2:]: value.strip() for name, value in fields if name.startswith("o:")}
    sources = {name[2:]: value.strip() for name, value in fields if name.startswith("s:")}
    rows = [(name, value) for name, value in fields if name[1:2] != ":" and value and name != "draws"]
    changed = [name for name, value in typed.items() if value and value != saved.get(name, "")]
    rows += [("set", f"{name}:{typed[name]}") for name in changed]
    rows += [("source", f"{name}:{sources[name]}") for name in changed if sources.get(name)]
    return path + (f"?{urlencode(rows)}" if rows else "")


@pages.get("/programmes/{programme_id}/passport")
async def passport(request: Request, programme_id: str, asked: InAddress, shape: InShape) -> Response:
    """The passport of the programme as the address changes it; as a page, a file of its own, or its document."""
    found, _ = await _live(request, programme_id, asked, with_passport=True)
    document, lang = found["passport"], speaking(request).lang
    signed = Signed(found["version"], asked.is_edited, await signatures_of(request, programme_id))
    if shape.kind == "pdf":
        made = await in_turn(_pdf, document, lang, signed)
        return _download(made, f"{programme_id}.passport.pdf", "application/pdf")
    if shape.kind == "html":
        whole = await in_turn(render_passport, document, lang=lang, signed=signed)
        return _download(whole, f"{programme_id}.passport.html", "text/html")
    if shape.kind:
        told = document if shape.kind == "json" else {**document, "signatures": signature_rows(signed, lang)}
        return await shape.of("passport", request, programme_id, told)
    address = number_address(programme_id, speaking(request))
    body = await in_turn(render_passport_body, document, lang=lang, address=address)
    view = live_view(found, speaking(request), seconds=0, refine=False)
    values: Row = {"body": body, "signed": signature_lines(signed, catalogue(lang))}
    return page(request, "passport_page.html.j2", p=view, **values, here="programmes", tab="passport")


@pages.get("/programmes/{programme_id}/explain/{path:path}")
async def explain(request: Request, programme_id: str, path: str, asked: InAddress) -> Response:
    """Where a number comes from, down to its sources; without a path, every number with its own."""
    found, _ = await _live(request, programme_id, asked, with_passport=True)
    if not path:
        ledger = ledger_view(found, speaking(request))
        return page(request, "ledger.html.j2", e=ledger, p={"id": programme_id}, here="programmes")
    chain = await ask(request, "explain", passport=found["passport"], path=path)
    view = explain_view(chain, found, speaking(request))
    return page(request, "explain.html.j2", e=view, p={"id": programme_id}, here="programmes")


@pages.get("/programmes/{programme_id}/number/{path:path}")
async def number(request: Request, programme_id: str, path: str, asked: InAddress) -> Response:
    """Where a number of the passport comes from that has no provenance of its own, by its place in the document."""
    question = {**asked.fields(programme_id), "with_passport": True}
    fields = {"operation": "programmes live", "question": question, "path": f"{PASSPORT}/{path}"}
    found = await ask(request, "explain number", **fields)
    titles = (await ask(request, "programmes show", id=programme_id))["titles"]
    at = number_address(programme_id, speaking(request))
    view = number_view(found, plain_words(titles, speaking(request)), link=lambda one: at(one.removeprefix(PASSPORT)))
    t = speaking(request).words
    about: Row = {"title": t("live.tab_passport"), "lede": "", "here": "programmes", "counted": ""}
    back = speaking(request).link(f"{base_path(programme_id)}/passport", drop=("draws",))
    return page(request, "number.html.j2", n=view, back=back, **about)


@pages.get("/programmes/{programme_id}/compare")
async def compare(
    request: Request,
    programme_id: str,
    scenario: Annotated[list[str], Query()] = [],  # noqa: B006 -- FastAPI copies it
    version: Annotated[list[int], Query()] = [],  # noqa: B006
    draws: Draws = QUICK,
    *,
    shape: InShape,
) -> Response:
    """Scenarios and versions side by side, on the same futures; all scenarios of the file where none is named."""
    shown = await ask(request, "programmes show", id=programme_id)
    chosen = scenario or ([] if version else shown["scenarios"])
    found = await ask(request, "programmes compare", id=programme_id, scenarios=chosen, versions=version, draws=draws)
    if shape.kind:
        return await shape.of("compare", request, programme_id, found)
    view = compare_view(found, shown, speaking(request))
    return page(
        request, "compare.html.j2", c=view, p=head_view(shown, speaking(request)), here="programmes", tab="compare"
    )


@pages.get("/programmes/{programme_id}/history")
async def history(request: Request, programme_id: str, shape: InShape, before: Earlier = None) -> Response:
    """Every version: who, when, why, and which values changed; the newest twenty, and from each page those before."""
    shown = await ask(request, "programmes show", id=programme_id)
    asked: Row = {"limit": EXPORTED} if shape.kind else {}
    found = await ask(request, "programmes history", id=programme_id, before=before, **asked)
    if shape.kind:
        return await shape.of("history", request, programme_id, found)
    rows = found["versions"]
    return page(
        request, "history.html.j2", rows=rows, p=head_view(shown, speaking(request)), here="programmes", tab="history"
    )


@pages.get("/programmes/{programme_id}/file")
async def file(request: Request, programme_id: str, version: int | None = None, format: str = "") -> Response:  # noqa: A002
    """The programme's text, to be read, fetched or edited as a whole."""
    shown = await ask(request, "programmes show", id=programme_id, version=version)
    if format == "yaml":
        return _download(shown["text"], shown["file"], "application/yaml")
    view = {"text": shown["text"], "reason": "", "findings": [], "expected": shown["newest_version"]}
    return page(request, "file.html.j2", f=view, p=head_view(shown, speaking(request)), here="programmes", tab="file")


def _pdf(document: Row, lang: Lang, signed: Signed) -> bytes:
    from onepill.reports.pdf import render_passport_pdf

    return render_passport_pdf(document, lang=lang, signed=signed)


def _download(content: str | bytes, name: str, kind: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    charset = "; charset=utf-8" if isinstance(content, str) else ""
    return Response(content, media_type=f"{kind}{charset}", headers=headers)
