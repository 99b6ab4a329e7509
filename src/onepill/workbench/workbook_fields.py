"""Which paths of a programme file take a plain number, and within which limits?"""

from __future__ import annotations

import types
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from onepill.model.positions import own_key
from onepill.model.schema import Programme
from onepill.model.values import Value


@dataclass(frozen=True)
class NumberField:
    """A field that takes a number: as `{value: …, source: …}` (`has_source`) or as the bare number alone."""

    has_source: bool
    lowest: float | None = None
    highest: float | None = None


def field_at(path: str, data: Any) -> NumberField | None:
    """The field at a dotted path, None where the schema has none or its market, stage or filing is not in the data."""
    kind: Any = Programme
    field: FieldInfo | None = None
    for part in path.split("."):
        kind = _bare(kind)
        origin = get_origin(kind)
        if origin in (dict, list):
            key = own_key(data, part)
            if key is None or data is None:
                return None
            data, kind, field = data[key], get_args(kind)[-1], None
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            field = kind.model_fields.get(part)
            if field is None:
                return None
            key = own_key(data, part) if isinstance(data, dict) else None
            data = data.get(key) if key is not None and isinstance(data, dict) else None
            kind = field.annotation
        else:
            return None
    kind = _bare(kind)
    if kind is Value:
        return NumberField(has_source=True)
    return _plain(field) if kind is float and field is not None else None


def _plain(field: FieldInfo) -> NumberField:
    low: float | None = None
    high: float | None = None
    for limit in field.metadata:
        for name in ("ge", "gt"):
            low = getattr(limit, name, low) if hasattr(limit, name) else low
        for name in ("le", "lt"):
            high = getattr(limit, name, high) if hasattr(limit, name) else high
    return NumberField(has_source=False, lowest=low, highest=high)


def _bare(kind: Any) -> Any:
    """A type without `None` and annotations."""
    while True:
        origin = get_origin(kind)
        if origin is Annotated:
            kind = get_args(kind)[0]
        elif origin in (Union, types.UnionType):
            kind = next(arg for arg in get_args(kind) if arg is not type(None))
        else:
            return kind


def names_assumption(path: tuple[str | int, ...]) -> str | None:
    """How the mapping at `path` says where its numbers come from: by an `assumption`, by a `source` alone, or not."""
    kind: Any = Programme
    for part in path:
        kind = _bare(kind)
        if get_origin(kind) in (dict, list):
            kind = get_args(kind)[-1]
        elif isinstance(kind, type) and issubclass(kind, BaseModel) and str(part) in kind.model_fields:
            kind = kind.model_fields[str(part)].annotation
        else:
            return None
    kind = _bare(kind)
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return None
    return next((name for name in ("assumption", "source") if name in kind.model_fields), None)
