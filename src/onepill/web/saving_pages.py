"""What pages save: a scenario with its reason, a version, the whole file, an earlier version brought back."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from onepill.core.errors import InputError, OnepillError, StoreBusy
from onepill.web.addresses import base_path
from onepill.web.asking import ask
from onepill.web.layout import page
from onepill.web.live_view import head_view
from onepill.web.speaking import speaking
from onepill.workbench.common.documents import to_json

Row = dict[str, Any]
CONFLICT = "store.conflict"
Text = Annotated[str, Form()]
Many = Annotated[list[str], Form()]
Number = Annotated[int, Form(ge=1)]
saving = APIRouter(include_in_schema=False, default_response_class=Response)


@saving.post("/programmes/{programme_id}/scenarios")
async def scenario(  # noqa: PLR0917 -- FastAPI fills them by name
    request: Request,
    programme_id: str,
    name: Text,
    reason: Text,
    expected: Number,
    set: Many,  # noqa: A002 -- the name in the address
    source: Many = [],  # noqa: B006 -- FastAPI copies it
    scenario: Text = "",
) -> Response:
    """The changes of the address as a scenario of the file, on top of the one that was looked at."""
    fields = _edited(programme_id, set, source, scenario=scenario, version=expected)
    try:
        live = await ask(request, "programmes live", **fields, draws=100)
        changes = [f"{row['path']}={_one_line(row['value'])}" for row in live["changes"]]
        if scenario:
            changes = await _below(request, programme_id, scenario, expected) + changes
        about = {"changes": changes, "reason": reason, "expected_version": expected}
        await ask(request, "scenarios save", id=programme_id, name=name, **about)
    except (InputError, StoreBusy) as error:
        return await _refused(request, programme_id, error, [("set", one) for one in set])
    return RedirectResponse(f"{base_path(programme_id)}?{urlencode({'scenario': name})}", 303)


@saving.post("/programmes/{programme_id}/save")
async def save(  # noqa: PLR0917 -- as above
    request: Request,
    programme_id: str,
    reason: Text,
    expected: Number,
    set: Many,  # noqa: A002
    source: Many = [],  # noqa: B006
) -> Response:
    """The changes of the address written into the file, as its next version."""
    fields = _edited(programme_id, set, source, version=expected)
    try:
        live = await ask(request, "programmes live", **fields, draws=100, with_text=True)
        if live["findings"]:
            raise InputError("not all changes can be saved", findings=_as_findings(live["findings"]))
        about = {"file": f"{programme_id}.yaml", "expected_version": expected, "reason": reason}
        await ask(request, "programmes save", text=live["text"], **about)
    except (InputError, StoreBusy) as error:
        return await _refused(request, programme_id, error, [("set", one) for one in set])
    return RedirectResponse(base_path(programme_id), 303)


@saving.post("/programmes/{programme_id}/file")
async def file(request: Request, programme_id: str, text: Text, reason: Text, expected: Number) -> Response:
    """The whole file as its next version; what was typed stays where it is refused."""
    text = text.replace("\r\n", "\n")
    try:
        about = {"file": f"{programme_id}.yaml", "expected_version": expected, "reason": reason}
        await ask(request, "programmes save", text=text, **about)
    except (InputError, StoreBusy) as error:
        if _is_conflict(error):
            return await _refused(request, programme_id, error, [])
        view = {"text": text, "reason": reason, "findings": [f.as_row() for f in error.findings], "expected": expected}
        shown = await ask(request, "programmes show", id=programme_id)
        head = head_view(shown, speaking(request))
        return page(request, "file.html.j2", status=422, f=view, p=head, here="programmes", tab="file")
    return RedirectResponse(base_path(programme_id), 303)


@saving.post("/programmes/{programme_id}/restore")
async def restore(request: Request, programme_id: str, version: Number, expected: Number, reason: Text) -> Response:
    """An earlier version as the newest; what came between stays in the history."""
    try:
        about = {"version": version, "expected_version": expected, "reason": reason}
        await ask(request, "programmes restore", id=programme_id, **about)
    except (InputError, StoreBusy) as error:
        return await _refused(request, programme_id, error, [])
    return RedirectResponse(f"{base_path(programme_id)}/history", 303)


def _edited(programme_id: str, sets: list[str], sources: list[str], *, version: int, scenario: str = "") -> Row:
    fields: Row = {"id": programme_id, "version": version, "scenario": scenario or None}
    fields["changes"] = [one.replace(":", "=", 1) for one in sets]
    return fields | {"sources": [one.replace(":", "=", 1) for one in sources]}


async def _below(request: Request, programme_id: str, name: str, version: int) -> list[str]:
    """The changes of the scenario that the new one stands on."""
    found = await ask(request, "programmes compare", id=programme_id, version=version, scenarios=[name], draws=100)
    return [f"{row['path']}={_one_line(row['value'])}" for row in found["sides"][0]["changes"]]


def _one_line(value: Any) -> str:
    """A value as a file may hold it on one line: JSON is YAML."""
    text = to_json(value)
    return " ".join(line.strip() for line in text.splitlines())


def _as_findings(rows: list[Row]) -> list[Any]:
    from onepill.core.errors import Finding

    return [Finding(**row) for row in rows]


def _is_conflict(error: OnepillError) -> bool:
    return any(found.code == CONFLICT for found in error.findings)


async def _refused(request: Request, programme_id: str, error: OnepillError, kept: list[tuple[str, str]]) -> Response:
    """Why nothing was saved; after a conflict what the other editor changed, and the way on with one's own edits."""
    findings = [found.as_row() for found in error.findings]
    theirs: Row = {}
    if _is_conflict(error):
        history = await ask(request, "programmes history", id=programme_id)
        theirs = conflict_view(error, history["versions"], with_text=not kept)
    again = base_path(programme_id) + (f"?{urlencode(kept)}" if kept else "")
    view = {"message": str(error), "findings": findings, "theirs": theirs, "again": again, "edits": kept}
    status = 409 if theirs else 422
    return page(request, "refused.html.j2", status=status, r=view, p={"id": programme_id}, here="programmes")


def conflict_view(error: OnepillError, versions: list[Row], *, with_text: bool) -> Row:
    """What the other editor saved since the version that both began from, and the text that was not saved."""
    value = next(found.value for found in error.findings if found.code == CONFLICT)
    base = value["base"]["version"] if value["base"] else 0
    since = [row for row in versions if row["version"] > base]
    return {"versions": since, "yours": value["yours"] if with_text else "", "saved": value["saved"]}
