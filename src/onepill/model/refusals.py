"""What the schema refuses, as findings: a stable code, plain words, the line and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from onepill.core.documents import Path, dotted
from onepill.core.errors import Finding
from onepill.model.positions import Places
from onepill.model.schema import Programme

_TEXT = ("schema.type", "{value} is not a text", "put it in quotes")
_WHOLE = ("schema.type", "{value} is not a whole number", "write a whole number without quotes")
_MAPPING = ("schema.type", "{key} is {value}, not a mapping", "write its keys below it, or leave it out")
_RANGE = "schema.range"
TAG = "kind"
"""The key by which one of several models is chosen."""
WRONG_TAG = "union_tag_invalid"
TAG_ERRORS = (WRONG_TAG, "union_tag_not_found")
_CODES = {
    "extra_forbidden": ("schema.unknown_key", "{key!r} is not a key here", "remove it or check its spelling{near}"),
    "missing": ("schema.missing", "{key!r} is missing", "add it"),
    "union_tag_not_found": ("schema.missing", "{key!r} does not say its {tag_key}", "add {tag_key}, such as {example}"),
    WRONG_TAG: (
        "schema.choice",
        "{tag!r} is not one of the known kinds",
        "{tag_key} is one of: {expected_tags}",
    ),
    "literal_error": ("schema.choice", "{value} is not one of the allowed values", "one of: {expected}"),
    "string_pattern_mismatch": ("schema.pattern", "{value} has the wrong form", "{form}"),
    "string_type": _TEXT,
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": ("schema.type", "{value} is not a number", "write a plain number without quotes"),
    "bool_type": ("schema.type", "{value} is neither true nor false", "write true or false"),
    "list_type": ("schema.type", "{key} is {value}, not a list", "write [a, b], or a line with - for each"),
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
    "too_short": ("schema.too_short", "{key} is empty", "write at least one, or leave it out"),
    "greater_than": (_RANGE, "{value} is out of range", "write a number above {gt}"),
    "greater_than_equal": (_RANGE, "{value} is out of range", "write {ge} or more"),
    "less_than": (_RANGE, "{value} is out of range", "write a number below {lt}"),
    "less_than_equal": (_RANGE, "{value} is out of range", "write {le} or less"),
}
_FORMS = {
    "^[A-Z]{2}$": "two capital letters, such as CN",
    "^[A-Z]{2}-[A-Z]{2,3}$": "a country and its part, such as CN-SH",
    "^[A-Z]{3}$": "three capital letters, such as CNY",
}
_LONGEST = 60


def schema_findings(
    items: Sequence[Any], data: Any, places: Places, *, model: type[BaseModel] = Programme
) -> list[Finding]:
    """One finding for each of pydantic's errors about `data`, which `model` refuses."""
    return [_finding(item, data, places, model) for item in items]


def known_path(loc: tuple[str | int, ...], data: Any) -> Path:
    """The part of pydantic's location that the data has, plus its last key (a missing or an unknown one)."""
    path: list[str | int] = []
    for part in loc:
        if part == "[key]" or _is_tag(part, data):
            continue
        path.append(part)
        is_there = (isinstance(data, dict) and part in data) or (isinstance(data, list) and isinstance(part, int))
        if not is_there:
            break
        data = data[part]
    return tuple(path)


def _is_tag(part: str | int, data: Any) -> bool:
    """Whether this part of a location only tells which of several models the `kind` of the data has chosen."""
    return isinstance(data, dict) and part not in data and data.get(TAG) == part


def _finding(item: Any, data: Any, places: Places, model: type[BaseModel]) -> Finding:
    path, kind, context = known_path(item["loc"], data), item["type"], item.get("ctx") or {}
    given = None if kind == "missing" else item.get("input")
    if kind == WRONG_TAG:
        path = (*path, TAG)
    if kind in _CODES:
        words = {"key": str(path[-1]) if path else "the file", "value": _shown(given), "near": "", "expected": ""}
        words |= {"tag_key": TAG, "example": f"{TAG}: upfront"}
        words |= {name: str(word) for name, word in context.items()}
        words["form"] = _FORMS.get(words.get("pattern", ""), f"expected {words.get('pattern', '')}")
        if kind == "extra_forbidden":
            words["near"] = _near(path, data, model)
        code, message, hint = (part.format(**words) for part in _CODES[kind])
    else:
        code, message = (kind if "." in kind else "schema.value"), item["msg"]
        hint = str(context.get("hint") or "see `onepill schema` for what may stand here")
    where = (dotted(path), places.document.file, places.line(path))
    found = Finding(code, "error", message, hint, *where, value=_plain(given))
    name = places.scenario(path)
    return (
        found if not name else Finding(code, "error", f"{message} (scenario {name})", hint, *where, value=found.value)
    )


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "empty"
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _plain(value: Any) -> Any:
    text = value if isinstance(value, str | int | float | bool | None) else str(value)
    return f"{text[:200]}…" if isinstance(text, str) and len(text) > 200 else text


def _near(path: Path, data: Any, model: type[BaseModel]) -> str:
    """Keys of the same place that look like the unknown one."""
    node: Any = model
    for part in path[:-1]:
        fields = getattr(node, "model_fields", None)
        node = _held(node) if fields is None else fields[part].annotation
        data = data[part]
        node = _chosen(node, data)
    near = get_close_matches(str(path[-1]), list(getattr(node, "model_fields", ())), n=2)
    return f"; near it: {', '.join(near)}" if near else ""


def _held(annotation: Any) -> Any:
    """What a list or a mapping holds."""
    return get_args(annotation)[-1]


def _chosen(annotation: Any, data: Any) -> Any:
    """What of an annotation holds for the data: not its absence, and of several models the one of its `kind`."""
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) not in (Union, UnionType):
        return annotation
    arms = [arm for arm in get_args(annotation) if arm is not type(None)]
    tag = data.get(TAG) if isinstance(data, dict) else None
    return next((arm for arm in arms if tag in _tags(arm)), arms[0])


def likely_kind(part: Mapping[str, Any], models: Sequence[type[BaseModel]]) -> str:
    """The kind that a part with an unknown one, or with none, was most likely meant to have.

    The one that is spelt nearly so; else the one that knows most of its keys, and of these the one with fewest others.
    """
    keys = {tag: {field.alias or name for name, field in m.model_fields.items()} for m in models for tag in _tags(m)}
    near = get_close_matches(str(part.get(TAG)), keys, n=1)
    return near[0] if near else max(keys, key=lambda tag: (len(keys[tag] & part.keys()), -len(keys[tag])))


def _tags(model: Any) -> tuple[str, ...]:
    """The kinds that a model stands for."""
    field = getattr(model, "model_fields", {}).get(TAG)
    return get_args(field.annotation) if field is not None and get_origin(field.annotation) is Literal else ()
