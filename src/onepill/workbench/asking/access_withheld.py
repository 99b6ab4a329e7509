"""What is taken out of an answer before it is told, and that it was: nothing goes missing in silence."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from onepill.core.documents import read_document
from onepill.core.errors import InputError
from onepill.workbench.asking.access_guard import may_see_job, sees_deal, standing_to, withheld_paths
from onepill.workbench.asking.access_rules import may, sees

if TYPE_CHECKING:
    from onepill.workbench.asking.context import Context

Row = dict[str, Any]
MARK = "withheld"
"""What stands in the place of a value above the reader's tier."""


def told(name: str, answer: Any, context: Context) -> Any:
    """The answer of an operation as the person who asked may see it; this machine's own user sees all."""
    if context.actor.is_local or name not in _TOLD:
        return answer
    return _TOLD[name](answer, context)


def without(text: str, paths: list[str]) -> str:
    """A programme's text with the values at these paths withheld, in scenarios too.

    It is written anew without its comments, since a comment may tell what the value beside it does.
    """
    if not paths:
        return text
    try:
        data = read_document(text).data
    except InputError:  # an earlier onepill may have kept what this one does not read: nothing of it is told
        return f"{MARK}: all\n"
    for path in paths:
        _withhold(data, path.split("."))
    for scenario in (data.get("scenarios") or {}).values():
        _withhold_changes(scenario, paths)
    # JSON is YAML, and needs no second writer of documents.
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def touches(path: str, withheld: str) -> bool:
    """Whether a path names a withheld field, a part of it or what it is a part of."""
    one, other = path.split("."), withheld.split(".")
    return all(a == b for a, b in zip(one, other, strict=False))


def _withhold(node: Any, parts: list[str]) -> None:
    """Put the mark in the place of a value; of a path that is not there nothing is told either."""
    for part in parts[:-1]:
        node = _child(node, part)
    last = parts[-1]
    if isinstance(node, dict) and last in node:
        node[last] = MARK
    elif isinstance(node, list) and last.isdigit() and int(last) < len(node):
        node[int(last)] = MARK
    elif isinstance(node, list):
        for row in (row for row in node if isinstance(row, dict) and last in (row.get("id"), row.get("name"))):
            kept = {key: row[key] for key in ("id", "name") if key in row}
            row.clear()
            row.update({**kept, MARK: True})


def _child(node: Any, part: str) -> Any:
    if isinstance(node, dict):
        return node.get(part)
    if isinstance(node, list) and part.isdigit():
        return node[int(part)] if int(part) < len(node) else None
    if isinstance(node, list):
        named = (row for row in node if isinstance(row, dict) and part in (row.get("id"), row.get("name")))
        return next(named, None)
    return None


def _withhold_changes(scenario: Any, paths: list[str]) -> None:
    changes = scenario.get("changes") if isinstance(scenario, dict) else None
    for change in changes if isinstance(changes, list) else []:
        if any(touches(str(change.get("path", "")), path) for path in paths):
            change.update({name: MARK for name in change if name != "path"})


def _programmes(answer: Row, context: Context) -> Row:
    rows = [row for row in answer["programmes"] if _sees(context, row["id"])]
    for row in rows:
        if withheld_paths(context, row["id"]):
            row["outlook"] = None
    return {**answer, "programmes": rows, "withheld": len(answer["programmes"]) - len(rows)}


def _sees(context: Context, programme_id: str) -> bool:
    kept, stands = standing_to(context, programme_id)
    return kept is not None and may(stands.role, "read", stands.reach) and sees(stands.cleared, kept.tier)


def _programme(answer: Row, context: Context) -> Row:
    paths = withheld_paths(context, answer["id"])
    titles = {name: title for name, title in answer["titles"].items() if not any(touches(name, p) for p in paths)}
    return {**answer, "text": without(answer["text"], paths), "titles": titles, "withheld": paths}


def _history(answer: Row, context: Context) -> Row:
    from onepill.workbench.common.document_changes import changed_values

    paths = withheld_paths(context, answer["id"])
    if not paths:
        return answer
    texts = {one.version: without(one.text, paths) for one in context.workspace.documents.history(answer["id"])}
    rows = []
    for row in answer["versions"]:
        before = texts.get(row["parent_version"] or 0)
        changes = changed_values(before, texts[row["version"]]) if before is not None else []
        rows.append({**row, "changes": changes})
    return {**answer, "versions": rows, "withheld": paths}


def _deals(answer: Row, context: Context) -> Row:
    placed = ((row, context.placed(row["id"])) for row in answer["deals"])
    rows = [row for row, deal in placed if deal is not None and sees_deal(context, deal)]
    return {**answer, "deals": rows, "withheld": len(answer["deals"]) - len(rows)}


def _jobs(answer: Row, context: Context) -> Row:
    rows = [row for row in answer["jobs"] if may_see_job(context, context.workspace.jobs.get(row["id"]))]
    return {**answer, "jobs": rows, "withheld": len(answer["jobs"]) - len(rows)}


_TOLD: dict[str, Callable[[Row, Context], Row]] = {
    "programmes list": _programmes,
    "programmes show": _programme,
    "programmes history": _history,
    "deals list": _deals,
    "jobs list": _jobs,
}
