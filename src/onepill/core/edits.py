"""Values set in the text of a YAML document; every other character stays as it is, comments and order included."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from onepill.core.documents import Path

_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)? [A-Za-z]{1,10}|[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*")
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}


@dataclass
class _Node:
    """A value's place in the text, from `start` up to `end`; `items` are (key, start, end, column, value)."""

    kind: str
    start: int
    end: int
    is_flow: bool = False
    items: list[tuple[str, int, int, int, _Node]] = field(default_factory=list)


class _Removed:
    """Stands for a key that is taken out."""


REMOVED = _Removed()


def set_value(text: str, path: Path, value: Any) -> str:
    """The text with the value at `path` set; keys that are missing are added at the end of their mapping.

    Args:
        path: the document's own keys and positions.
        value: text, a number, a mapping or a list of such; `REMOVED` takes the key out.

    Raises:
        KeyError: the path leads through a value that can hold no keys.
    """
    node = _parse(text)
    for depth, key in enumerate(path):
        found = next((item for item in node.items if item[0] == str(key)), None)
        last = depth == len(path) - 1
        if found is None:
            return text if value is REMOVED else _insert(text, node, path[depth:], value)
        if last:
            return _remove(text, node, found) if value is REMOVED else _replace(text, node, found, value)
        if found[4].kind == "scalar":
            if text[found[4].start : found[4].end].strip() not in ("", "~", "null"):
                raise KeyError(".".join(map(str, path[: depth + 1])))
            return text if value is REMOVED else _replace(text, node, found, _nested(path[depth + 1 :], value))
        node = found[4]
    raise KeyError("an empty path")


def _nested(path: Path, value: Any) -> Any:
    for key in reversed(path):
        value = {str(key): value}
    return value


def _replace(text: str, parent: _Node, item: tuple[str, int, int, int, _Node], value: Any) -> str:
    _, _, after_key, column, node = item
    if parent.is_flow or parent.kind == "sequence" or (node.is_flow and not isinstance(value, Mapping | list)):
        gap = " " if node.start == node.end else ""
        return text[: node.start] + gap + _flow(value) + text[node.end :]
    colon = text.index(":", after_key) + 1
    comments = re.findall(r"^[ ]*(#.*)$", text[colon : node.end], flags=re.MULTILINE)
    kept = "".join(f"\n{' ' * (column + 2)}{comment}" for comment in comments)
    if isinstance(value, Mapping | list):
        return text[:colon] + kept + "\n" + _block(value, column + 2) + text[node.end :]
    return text[:colon] + " " + _scalar(value) + kept + text[node.end :]


def _insert(text: str, node: _Node, path: Path, value: Any) -> str:
    key, nested = str(path[0]), _nested(path[1:], value)
    if node.kind != "mapping":
        raise KeyError(key)
    if node.is_flow:
        end = node.items[-1][4].end if node.items else node.start + 1
        return text[:end] + (", " if node.items else "") + f"{key}: {_flow(nested)}" + text[end:]
    column = node.items[0][3] if node.items else 0
    end = max((item[4].end for item in node.items), default=node.end)
    line_end = text.find("\n", end)
    place = len(text) if line_end < 0 else line_end
    return text[:place] + ("" if text[:place].endswith("\n") else "\n") + _block({key: nested}, column) + text[place:]


def _remove(text: str, parent: _Node, item: tuple[str, int, int, int, _Node]) -> str:
    index, (_, start, _, _, node) = parent.items.index(item), item
    if parent.is_flow:
        if index + 1 < len(parent.items):
            return text[:start] + text[parent.items[index + 1][1] :]
        begin = parent.items[index - 1][4].end if index else start
        return text[:begin] + text[node.end :]
    line = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", node.end)
    return text[:line] + (text[line_end + 1 :] if line_end >= 0 else "")


def _block(value: Any, column: int) -> str:
    """A mapping or a list on lines of its own, without the last line's end."""
    pad = " " * column
    if isinstance(value, Mapping):
        return "\n".join(f"{pad}{key}:{_below(item, column + 2)}" for key, item in value.items())
    lines = []
    for item in value:
        if isinstance(item, Mapping):
            lines.append(f"{pad}- {_block(item, column + 2).lstrip()}")
        else:
            lines.append(f"{pad}- {_flow(item)}")
    return "\n".join(lines)


def _below(value: Any, column: int) -> str:
    if isinstance(value, Mapping | list) and value:
        return "\n" + _block(value, column)
    return f" {_flow(value)}"


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int | float):
        return repr(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
    text = str(value)
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else json.dumps(text, ensure_ascii=False)


def _parse(text: str) -> _Node:
    from ruamel.yaml import YAML

    events = YAML(typ="safe", pure=True).parse(text)
    for event in events:
        if type(event).__name__ in ("MappingStartEvent", "SequenceStartEvent", "ScalarEvent"):
            return _node(event, events, text, column=-1)
    return _Node("mapping", 0, 0)


def _node(event: Any, events: Iterator[Any], text: str, *, column: int) -> _Node:
    kind = type(event).__name__
    start = event.start_mark.index
    if kind == "ScalarEvent":
        return _Node("scalar", start, _scalar_end(event, text, column))
    node = _Node("mapping" if kind == "MappingStartEvent" else "sequence", start, start, bool(event.flow_style))
    for item in events:
        if type(item).__name__ in ("MappingEndEvent", "SequenceEndEvent"):
            ends = [found[4].end for found in node.items]
            node.end = item.end_mark.index if node.is_flow else max(ends, default=start)
            return node
        if node.kind == "sequence":
            value = _node(item, events, text, column=column)
            node.items.append((str(len(node.items)), value.start, value.start, column, value))
            continue
        key_column = item.start_mark.column
        value = _node(next(events), events, text, column=key_column)
        if value.kind == "scalar" and value.start == value.end:
            # A value that is left out is reported where the next thing begins.
            value.start = value.end = text.index(":", item.end_mark.index) + 1
        node.items.append((str(item.value), item.start_mark.index, item.end_mark.index, key_column, value))
    return node


def _scalar_end(event: Any, text: str, column: int) -> int:
    """The end of a scalar without what follows it; a block scalar ends with its last line that is indented."""
    if event.style not in ("|", ">"):
        return int(event.end_mark.index)
    place = text.find("\n", event.start_mark.index)
    end = len(text) if place < 0 else place
    while 0 <= place < len(text):
        following = text.find("\n", place + 1)
        line = text[place + 1 : following if following >= 0 else len(text)]
        if line.strip() and len(line) - len(line.lstrip(" ")) <= column:
            break
        if line.strip():
            end = place + 1 + len(line)
        place = following
    return end
