"""Forms made from a question's model: its fields as controls, what was typed as a question again."""

from __future__ import annotations

import re
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from onepill.web.speaking import Words

HIDDEN = frozenset({"text", "file", "as_of_file", "warehouse", "competitors", "threads", "own_table", "trade", "take"})
"""Fields that a page fills in itself, or that are of this machine."""
TERMS = ("deal", "deals")
"""Fields that hold terms files."""
TODAY = ("on",)
MOST_TERMS = 3
BACK = re.compile(r"today-(\d{1,4})")
"""A day as so many before the one on which the page is opened."""


@dataclass(frozen=True)
class Control:
    """One field: how it is asked for, what stands in it."""

    name: str
    kind: Literal["text", "number", "date", "switch", "choice", "many", "lines", "programme", "terms", "kept"]
    label: str
    help: str
    values: tuple[str, ...]
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = False
    is_first: bool = True

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""


def today() -> str:
    """The day on which a page is opened: what a question's day is where the address names none."""
    return datetime.now(tz=UTC).date().isoformat()


def given(params: Sequence[tuple[str, str]], model: type[BaseModel], *, presets: Mapping[str, str]) -> dict[str, Any]:
    """The question's fields out of an address or a form; what is left empty is left out.

    A list is one value a line; the day is today's where none is named. Terms files are named `terms-1.yaml` and so on.
    """
    typed: dict[str, list[str]] = {}
    for name, value in params:
        if value.strip():
            typed.setdefault(name, []).append(value.replace("\r\n", "\n"))
    fields: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        found = typed.get(name) or ([presets[name]] if name in presets and not typed.get("asked") else [])
        if not found and name in TODAY and "today" in (field.description or ""):
            found = [today()]
        if found and (back := BACK.fullmatch(found[0])):
            found = [(date.fromisoformat(today()) - timedelta(days=int(back[1]))).isoformat()]
        if not found or name in HIDDEN:
            continue
        if name in TERMS:
            texts = [{"text": text, "file": f"terms-{i}.yaml"} for i, text in enumerate(found, start=1)]
            fields[name] = texts if _is_list(field) else texts[0]
        elif _is_list(field):
            fields[name] = [line.strip() for text in found for line in text.splitlines() if line.strip()]
        else:
            fields[name] = found[0].strip()
    return fields


def controls(
    model: type[BaseModel],
    fields: Mapping[str, Any],
    t: Words,
    *,
    first: Sequence[str],
    programmes: Sequence[tuple[str, str]],
    programme: str,
    codes: Mapping[str, tuple[str, Sequence[str]]],
) -> list[Control]:
    """The form: the fields named first, in their order, then all others; a programme is chosen before them.

    Fields of `codes`, each with the family of its words, are chosen from, several at once.
    """
    rows = []
    if "text" in model.model_fields:
        needed = model.model_fields["text"].is_required()
        options = tuple(programmes) if needed else (("", "–"), *programmes)
        words = t("field.programme"), ""
        rows.append(Control("programme", "programme", *words, (programme,), options, needed))
    names = [name for name in model.model_fields if name not in HIDDEN]
    for name in sorted(names, key=lambda one: first.index(one) if one in first else len(first)):
        is_first = name in first
        if name in codes:
            rows.append(_many(name, fields.get(name) or [], codes[name], t, is_first=is_first))
        else:
            rows.append(_control(name, model.model_fields[name], fields.get(name), t, is_first=is_first))
    return rows


def _many(name: str, chosen: Sequence[str], codes: tuple[str, Sequence[str]], t: Words, *, is_first: bool) -> Control:
    """A choice of several codes by their words; what an address names one after another, with commas, too."""
    family, known = codes
    values = tuple(code.strip() for one in chosen for code in one.split(","))
    choices = tuple((code, t.either(family, code)) for code in known)
    return Control(name, "many", t(f"field.{name}"), t("help.several"), values, choices, is_first=is_first)


def _control(name: str, field: FieldInfo, value: Any, t: Words, *, is_first: bool) -> Control:
    kind, choices = _kind(name, field)
    words = t(f"field.{name}"), help_of(name, field, t)
    shown = field.get_default(call_default_factory=True) if value is None and not field.is_required() else value
    options = tuple((code, t.either("choice", code)) for code in choices)
    if options and not field.is_required() and field.default is None:
        options = (("", "–"), *options)
    return Control(
        name, kind, *words, _values(shown, kind), options, field.is_required(), is_first or field.is_required()
    )


def help_of(name: str, field: FieldInfo, t: Words) -> str:
    """What a field means: the question's own words in English, a message in Chinese."""
    if t.base.lang == "en" or not field.description:
        return field.description or ""
    return t(f"help.{name}")


def _values(value: Any, kind: str) -> tuple[str, ...]:
    if kind == "terms":
        texts = [row["text"] for row in (value if isinstance(value, list) else [value]) if isinstance(row, Mapping)]
        return tuple(texts)
    if value is None:
        return ()
    if isinstance(value, list):
        return ("\n".join(str(item) for item in value),)
    return (str(value).lower() if isinstance(value, bool) else str(value),)


def _kind(name: str, field: FieldInfo) -> tuple[Any, tuple[str, ...]]:
    inner = _inner(field.annotation)
    if name in TERMS:
        return "terms", ()
    if get_origin(inner) is Literal:
        return "choice", tuple(str(code) for code in get_args(inner))
    if _is_list(field):
        return "lines", ()
    if inner is bool:
        return "switch", ()
    if "date" in str(inner):
        return "date", ()
    return ("number" if inner in (int, float) else "text"), ()


def _is_list(field: FieldInfo) -> bool:
    return get_origin(_inner(field.annotation)) is list


def _inner(kind: Any) -> Any:
    if get_origin(kind) in (Union, types.UnionType):
        return next(arg for arg in get_args(kind) if arg is not type(None))
    return kind
