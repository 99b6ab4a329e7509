"""The way from an answer to one of its numbers, by a JSON pointer (RFC 6901), and what stands along it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from onepill.core.errors import InputError

Row = Mapping[str, Any]
NAMES = (
    *("label", "name", "title", "deal_title", "meaning", "key", "party", "market", "route", "programme", "rule", "id"),
    *("deal_id", "drug", "jurisdiction", "activity", "cause", "target", "row_name", "asset", "design", "market_id"),
)
"""Fields that say what a row is about, the most telling first."""
NEAR = 8
EVERY = "*"
OF_PARTS = frozenset(
    {
        *("mean", "standard_error", "sd", "value", "low", "high", "before", "after", "counterfactual"),
        *("prob", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "p50_low", "p50_high", "zone_low", "zone_high"),
    }
)
"""Parts of an amount or estimate: the unit stands beside them, or in the name of what they are parts of."""
OF_CHANCE = frozenset({"base", "low", "high", "base_low", "base_high"})
"""Beside a `prob`, the rate that it began with and its limits."""
UNITS = {"usd": "USD", "prob": "share", "share": "share", "days": "days", "months": "months", "years": "years"}
"""Units by the last word of a name."""


@dataclass(frozen=True)
class Place:
    """A value in an answer: the pointer to it, its own key, itself."""

    path: str
    key: str
    value: Any


def way_to(answer: Any, path: str) -> list[Place]:
    """Every place from the answer to the one that the pointer names, both included; `*` in it stands for every row.

    Raises:
        InputError: `explain.unknown_path` with what stands where the pointer leaves the answer.
    """
    places = [Place("", "", answer)]
    for part in path.removeprefix("/").split("/") if path.strip("/") else ():
        key, last = part.replace("~1", "/").replace("~0", "~"), places[-1]
        if key == EVERY:
            return [*places, _every(last, path)]
        if not _has(last.value, key):
            raise _unknown(path, last)
        value = last.value[int(key)] if isinstance(last.value, list) else last.value[key]
        places.append(Place(f"{last.path}/{part}", key, value))
    return places


def _every(last: Place, path: str) -> Place:
    """All rows at a place of every row of a list, or of every key of an object, together."""
    inner = path.removeprefix("/").split("/")[last.path.count("/") + 1 :]
    rest, rows = "/".join(inner), list[Any]()
    children = last.value.values() if isinstance(last.value, Mapping) else last.value
    for child in children if isinstance(children, Iterable) and not isinstance(children, str) else ():
        try:
            found = way_to(child, rest)[-1].value
        except InputError:  # a row may lack a part that others have
            continue
        rows += found if isinstance(found, list) else [found]
    if not rows:
        raise _unknown(path, last)
    return Place(path, inner[-1] if inner else last.key, rows)


def _has(node: Any, key: str) -> bool:
    if isinstance(node, list):
        return key.isascii() and key.isdecimal() and len(key) < 10 and int(key) < len(node)
    return isinstance(node, Mapping) and key in node


def _unknown(path: str, last: Place) -> InputError:
    if isinstance(last.value, list):
        known = f"{last.path or '/'} has {len(last.value)} rows, counted from 0"
    elif isinstance(last.value, Mapping) and last.value:
        known = f"near it: {', '.join(f'{last.path}/{key}' for key in list(last.value)[:NEAR])}"
    else:
        known = f"{last.path or 'the answer'} has no parts"
    message = f"{path!r} has no provenance in this document"
    return InputError.single("explain.unknown_path", message, hint=known, path="path", value=path)


def escaped(key: object) -> str:
    """A key as a part of a pointer."""
    return str(key).replace("~", "~0").replace("/", "~1")


def named(node: Any) -> Any:
    """What a row is called, in one or two languages; None where it has no name."""
    if not isinstance(node, Mapping):
        return None
    found = (node[key] for key in NAMES if key in node)
    return next((value for value in found if is_text(value)), None)


def is_text(value: Any) -> bool:
    """Whether a value is a text of one language, or of two."""
    return isinstance(value, str) or (isinstance(value, Mapping) and set(value) == {"en", "zh"})


def row_of(way: list[Place]) -> int:
    """The place in the way of the row that a number stands in: the nearest object of a list, or with a name, a source
    or a rule; else the nearest one that is no estimate.
    """
    objects = [i for i, place in enumerate(way[:-1]) if isinstance(place.value, Mapping)]
    whole = [i for i in reversed(objects) if not set(way[i].value) <= OF_PARTS or not i]
    telling = (i for i in whole if i and (_tells(way[i].value) or isinstance(way[i - 1].value, list)))
    return next(telling, (whole or [0])[0])


def _tells(row: Row) -> bool:
    """Whether an object is a thing of its own: it has a name, or says what it rests on."""
    return named(row) is not None or bool({"source", "sources", "source_title", "procedure"} & set(row))


def plain(node: Any) -> Iterator[tuple[str, Any]]:
    """The plain values of an object: numbers, texts, yes and no; of estimates their mean."""
    for key, value in node.items() if isinstance(node, Mapping) else ():
        if value is None or is_text(value) or isinstance(value, bool | int | float):
            yield key, value
        elif isinstance(value, Mapping) and {"mean", "standard_error"} <= set(value):
            yield key, value["mean"]


def unit_of(way: list[Place]) -> str | None:
    """The unit of a number: that beside it, else what its name, or the name of what it is a part of, ends in."""
    leaf = way[-1]
    if isinstance(leaf.value, bool) or not isinstance(leaf.value, int | float):
        return None
    around = way[-2].value if len(way) > 1 else None
    if leaf.key in OF_CHANCE and isinstance(around, Mapping) and "prob" in around:
        return "share"
    named = _unit_by_name(way)
    beside = around.get("unit") if leaf.key in OF_PARTS and isinstance(around, Mapping) else None
    if not isinstance(beside, str):
        return named
    # A measure's `unit` says what it counts, also where it is a share of these; that of a ratio says of what to what.
    return named if named == "share" and not beside.startswith("ratio") else beside


def _unit_by_name(way: list[Place]) -> str | None:
    for place in reversed(way[1:]):
        if place.key.isdecimal():
            continue
        words = place.key.split("_")
        if "per" in words:
            return None
        if found := UNITS.get(words[-1]) or ("share" if words[0] == "prob" else None):
            return found
        if place.key not in OF_PARTS:
            return None
    return None
