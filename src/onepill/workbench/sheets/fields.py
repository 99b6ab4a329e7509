"""Which paths of a programme file take a plain number, and within which limits?"""

from __future__ import annotations

import types
from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from onepill.model.payer_shapes import PATHS
from onepill.model.positions import own_key
from onepill.model.schema import Programme
from onepill.model.values import Value

STATE = 4
"""The place of a state's or a transition's name in a path."""
TELLS_MORE = frozenset(("states.negotiated.price_factor",))
"""What changes more than itself where a file states it: Medicare's price by years falls away."""


@dataclass(frozen=True)
class NumberField:
    """A field that takes a number: as `{value: …, source: …}` (`has_source`) or as the bare number alone."""

    has_source: bool
    lowest: float | None = None
    highest: float | None = None


def field_at(path: str, data: Any, *, beside: Collection[str] = ()) -> NumberField | None:
    """The field at a dotted path, None where the schema has none or its market, stage or filing is not in the data.

    States and transitions of a named payer path need not be in the data. A mapping that is missing and that needs more
    than the field itself and those `beside` it is no place for the field either.
    """
    kind: Any = Programme
    field: FieldInfo | None = None
    parts, whole = path.split("."), data
    for place, part in enumerate(parts):
        kind = _bare(kind)
        origin = get_origin(kind)
        if origin in (dict, list):
            key = None if data is None else own_key(data, part)
            if key is None and not _is_of_path(parts, place, whole):
                return None
            data, kind, field = None if key is None else data[key], get_args(kind)[-1], None
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            field = kind.model_fields.get(part)
            if field is None or (data is None and _needs_more(kind, {part, *beside})):
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


def _is_of_path(parts: list[str], place: int, data: Any) -> bool:
    """Whether a part names a state or a transition of the payer path that the data name for the market."""
    if place != STATE or parts[0] != "markets" or parts[2] != "access":
        return False
    market = data["markets"][own_key(data["markets"], parts[1])]
    shape = PATHS.get(market["access"].get("path", "custom"))
    names = () if shape is None else shape.states if parts[3] == "states" else shape.moves
    return parts[place] in names and ".".join(parts[3:]) not in TELLS_MORE


def _needs_more(kind: type[BaseModel], given: Collection[str]) -> bool:
    return any(item.is_required() for name, item in kind.model_fields.items() if name not in given)


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
