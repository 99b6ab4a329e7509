"""A programme in one line: what its file is called, and what a kept passport says of days, chance and value."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from onepill.core.documents import read_document
from onepill.core.errors import InputError

if TYPE_CHECKING:
    from pydantic import BaseModel

    from onepill.store.workspace import Version, Workspace
    from onepill.workbench.operations import Operation

Row = dict[str, Any]
TITLED = ("development", "filings")
OUTLOOK_DRAWS = 10_000
"""Paths of the passport that a list shows: those of an edit, so that one serves the other."""


@lru_cache(maxsize=512)
def _head(text: str) -> tuple[dict[str, str], str, tuple[str, ...], dict[str, dict[str, str]]]:
    """Title, day, scenarios and the titles of parts of a text that was checked when it was saved."""
    data = read_document(text).data
    title = _both(data.get("title") or data["asset"]["name"])
    return title, str(data["as_of"]), tuple(data.get("scenarios") or {}), titles_of(data)


def _both(title: Any) -> dict[str, str]:
    named = title if isinstance(title, dict) else {"en": title, "zh": title}
    return {lang: str(named.get(lang) or next(iter(named.values()))) for lang in ("en", "zh")}


def titles_of(data: Any) -> dict[str, dict[str, str]]:
    """What a file calls its stages and filings, by their paths in small letters."""
    parts = ((f"{group}.{name}".lower(), part) for group in TITLED for name, part in (data.get(group) or {}).items())
    return {path: _both(part["title"]) for path, part in parts if isinstance(part, dict) and part.get("title")}


def head_of(text: str) -> Row:
    """What a programme's file is called, its day, and the names of its scenarios."""
    title, as_of, scenarios, _ = _head(text)
    return {"title": dict(title), "as_of": as_of, "scenarios": list(scenarios)}


def part_titles(text: str) -> dict[str, dict[str, str]]:
    """The same of a saved text."""
    return {path: dict(title) for path, title in _head(text)[3].items()}


def outlook(workspace: Workspace, version: Version, table: Version | None, *, compute: bool) -> Row | None:
    """The kept passport of a version in a line; None where there is none, and none is to be or can be computed."""
    from onepill.workbench.asking.kept_answers import run_key
    from onepill.workbench.operations import operation
    from onepill.workbench.workspace.programmes_answers import fields_of

    found = operation("passport")
    question = found.question.model_validate({**fields_of(version, table), "draws": OUTLOOK_DRAWS})
    key = run_key(found, question)
    if key not in _OUTLOOKS:
        text = _passport(workspace, found, question, key, compute=compute)
        if text is None:
            return None
        if len(_OUTLOOKS) >= MOST_OUTLOOKS:
            _OUTLOOKS.clear()
        _OUTLOOKS[key] = outlook_row(json.loads(text))
    return _OUTLOOKS[key]


def _passport(workspace: Workspace, found: Operation, question: BaseModel, key: str, *, compute: bool) -> str | None:
    from onepill.workbench.asking.kept_answers import ask_kept

    if run := workspace.runs.get(key):
        return run.answer
    try:
        return ask_kept(found, question, workspace) if compute else None
    except InputError:  # saved under an earlier rulebook, which knew what this one does not; its own page says so
        return None


_OUTLOOKS: dict[str, Row] = {}
MOST_OUTLOOKS = 2_000


def outlook_row(passport: Row) -> Row:
    """A passport in a line."""
    told = passport["answer"]
    ahead = [row for row in passport["milestones"] if row["status"] == "simulated" and row["p50"]]
    stages = [row for row in passport["activities"] if row["kind"] == "stage" and row["status"] == "simulated"]
    stage = min(stages, key=lambda row: row["finish"]["p50"] or "9999", default=None)
    first = min(ahead, key=lambda row: (row["p50"], row["id"]), default=None)
    names = ("id", "label", "jurisdiction", "p50", "prob")
    return {
        "draws": passport["draws"],
        "stage": stage["id"] if stage else None,
        "stage_label": stage["label"] if stage else None,
        "next_milestone": {name: first[name] for name in names} if first else None,
        "next_approval": told["next_approval"],
        "launch_prob": told["any_new_approval_prob"],
        "rnpv_usd": told["rnpv"],
    }
