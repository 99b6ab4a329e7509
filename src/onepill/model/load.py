"""From a programme's text to its model: overlays, validation and every finding at once, each with its line."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from onepill.core.documents import Document, Path, dotted, read_document
from onepill.core.errors import Finding, InputError, sort_findings
from onepill.model.checks import check_programme
from onepill.model.schema import Programme

_CODES = {
    "extra_forbidden": ("schema.unknown_key", "{key!r} is not a key here", "remove it or check its spelling"),
    "missing": ("schema.missing", "{key!r} is missing", "add it"),
    "literal_error": ("schema.choice", "{value!r} is not one of the allowed values", "one of: {expected}"),
    "string_pattern_mismatch": ("schema.pattern", "{value!r} has the wrong form", "expected {pattern}"),
}


@dataclass(frozen=True)
class Loaded:
    """A valid programme, the document it was read from, and what was noticed (no errors)."""

    programme: Programme
    document: Document
    data: dict[str, Any]
    findings: tuple[Finding, ...]


def load_programme(
    text: str, *, file: str = "", as_of: date | None = None, scenarios: Sequence[str] = (), hide_later: bool = True
) -> Loaded:
    """Read a programme file, apply `as_of` and the named scenarios in order, and check it.

    Events after `as_of` are hidden (they become plans again), so that an earlier day does not know what came later.

    Raises:
        InputError: with all findings, each with file, line, path, value and hint.
    """
    document = read_document(text, file=file)
    if not isinstance(document.data, dict):
        hint = "start with 'onepill: 1'"
        raise InputError.single("yaml.shape", "a programme is a mapping of keys", hint=hint, file=file, line=1)
    data = deepcopy(document.data)
    if as_of is not None:
        data["as_of"] = as_of.isoformat()
    base = _validated(data, document)
    for name in scenarios:
        data = _with_scenario(data, base, name=name, document=document)
    hidden = _hide_later(data, document) if hide_later else []
    programme = _validated(data, document)
    findings = [*hidden, *_placed(check_programme(programme), document)]
    _refuse(findings)
    return Loaded(programme, document, data, tuple(sort_findings(findings)))


def programme_json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the programme file, for editors."""
    schema = Programme.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "onepill programme", **schema}


def _validated(data: dict[str, Any], document: Document) -> Programme:
    try:
        return Programme.model_validate(data)
    except ValidationError as error:
        items = error.errors()
    findings = [_finding(item, document) for item in items]
    findings += _deeper(data, items, document)
    raise InputError(findings[0].message, findings=sort_findings(findings))


def _deeper(data: dict[str, Any], items: list[Any], document: Document) -> list[Finding]:
    """What the other checks say of the rest, once the values that are wrong by themselves are left out."""
    if any(item["type"] == "missing" for item in items):
        return []
    rest = deepcopy(data)
    for item in items:
        _remove(rest, _clean(item["loc"], data))
    try:
        programme = Programme.model_validate(rest)
    except ValidationError:
        return []
    return _placed(check_programme(programme), document)


def _remove(data: Any, path: Path) -> None:
    *parents, leaf = path
    for part in parents:
        data = data[part]
    if isinstance(data, dict):
        data.pop(leaf, None)


def _finding(item: Any, document: Document) -> Finding:
    path = _clean(item["loc"], document.data)
    kind, context = item["type"], item.get("ctx") or {}
    key = str(path[-1]) if path else ""
    code, message, hint = kind, item["msg"], str(context.get("hint", ""))
    if kind in _CODES:
        code, message, hint = _CODES[kind]
        words = {"key": key, "value": item.get("input"), **{k: str(v) for k, v in context.items()}}
        words = {"expected": "", "pattern": "", **words}
        message, hint = message.format(**words), hint.format(**words)
    elif "." not in kind:
        code = "schema.value"
    value = None if kind == "missing" else _plain(item.get("input"))
    return Finding(code, "error", message, hint, dotted(path), document.file, document.line(path), value)


def _clean(loc: tuple[str | int, ...], data: Any) -> Path:
    """The part of pydantic's location that exists in the document, plus its last key (a missing or unknown one)."""
    path: list[str | int] = []
    for part in loc:
        if part == "[key]":
            continue
        known = (isinstance(data, dict) and part in data) or (isinstance(data, list) and isinstance(part, int))
        path.append(part)
        if not known:
            break
        data = data[part]
    return tuple(path)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _placed(findings: list[Finding], document: Document) -> list[Finding]:
    return [f.at(file=document.file, line=document.line(_original(f.path, document.data))) for f in findings]


def _original(path: str, data: Any) -> Path:
    """The document's own path of a dotted path, whose keys may differ in case."""
    found: list[str | int] = []
    for part in path.split(".") if path else []:
        if isinstance(data, list) and part.isdigit() and int(part) < len(data):
            found.append(int(part))
            data = data[int(part)]
            continue
        keys = {str(key).lower(): key for key in data} if isinstance(data, dict) else {}
        key = keys.get(part.lower())
        if key is None:
            return tuple(found)
        found.append(key)
        data = data[key]
    return tuple(found)


def _refuse(findings: list[Finding]) -> None:
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise InputError(errors[0].message, findings=sort_findings(findings))


def _with_scenario(data: dict[str, Any], base: Programme, *, name: str, document: Document) -> dict[str, Any]:
    if name not in base.scenarios:
        known = ", ".join(base.scenarios) or "none is declared"
        message = f"{name!r} is not a scenario of this file"
        raise InputError.single("scenario.unknown", message, hint=f"known: {known}", file=document.file, value=name)
    changed = deepcopy(data)
    for index, change in enumerate(base.scenarios[name].changes):
        where: Path = ("scenarios", name, "changes", index)
        _set(changed, change.path, change.value, where=where, document=document)
    return changed


def _set(data: Any, path: str, value: Any, *, where: Path, document: Document) -> None:
    *parents, leaf = _original(path, data) if _exists(path, data) else tuple(path.split("."))
    node = data
    for part in parents:
        node = _child(node, part)
        if node is None:
            message, hint = f"the scenario changes an unknown path {path!r}", "its parent must stand in the file"
            place = {"file": document.file, "line": document.line((*where, "path")), "path": dotted(where)}
            raise InputError.single("scenario.path", message, hint=hint, value=path, **place)
    node[leaf] = deepcopy(value)


def _exists(path: str, data: Any) -> bool:
    return len(_original(path, data)) == len(path.split("."))


def _child(node: Any, part: str | int) -> Any:
    if isinstance(node, dict):
        keys = {str(key).lower(): key for key in node}
        key = keys.get(str(part).lower())
        return None if key is None else node[key]
    if isinstance(node, list) and str(part).isdigit() and int(part) < len(node):
        return node[int(part)]
    return None


def _hide_later(data: dict[str, Any], document: Document) -> list[Finding]:
    """Take out facts dated after `as_of`; each is named in a note."""
    as_of = str(data["as_of"])
    findings = []
    for group in ("development", "filings", "markets"):
        for name, item in (data.get(group) or {}).items():
            facts = item.get("done") if group != "markets" else item
            keys = [
                k for k in _EVENTS if isinstance(facts, dict) and isinstance(facts.get(k), str) and facts[k] > as_of
            ]
            for key in keys:
                path = (group, name, key) if group == "markets" else (group, name, "done", key)
                findings.append(_hidden(path, facts.pop(key), as_of=as_of, document=document))
    return (
        findings
        + _hide_list(data, "readouts", "cut_off", document)
        + _hide_list(data, "rights.granted", "since", document)
    )


_EVENTS = ("started", "finished", "succeeded", "failed", "submitted", "accepted", "approved", "refused", "launched")


def _hide_list(data: dict[str, Any], where: str, key: str, document: Document) -> list[Finding]:
    node: Any = data
    *parents, leaf = where.split(".")
    for part in parents:
        node = node.get(part) or {}
    items = node.get(leaf) or []
    later = [i for i, item in enumerate(items) if isinstance(item.get(key), str) and item[key] > str(data["as_of"])]
    findings = [
        _hidden((*where.split("."), i, key), items[i][key], as_of=str(data["as_of"]), document=document) for i in later
    ]
    if later:
        node[leaf] = [item for i, item in enumerate(items) if i not in later]
    return findings


def _hidden(path: Path, day: str, *, as_of: str, document: Document) -> Finding:
    message = f"{dotted(path)} ({day}) is later than {as_of} and is not known on that day"
    place = (dotted(path), document.file, document.line(path))
    return Finding("as_of.hidden", "note", message, "ask with a later --as-of to use it", *place, value=day)
