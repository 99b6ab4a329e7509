"""Changing one value of a YAML document in its text: comments, order and the writing of all else stay to the letter."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from dataclasses import dataclass
from math import isfinite
from typing import Any

from onepill.core.documents import Path, dotted, is_plain_text, read_document
from onepill.core.errors import InputError

_PLAIN = re.compile(r"[^\W_][^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff,\[\]{}#&*!|>'\"%@`:?]*")
_UNSEEN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_FOLDED = 100
"""A collection whose one line would be longer is written over several."""


def with_value(text: str, path: Path, value: Any) -> str:
    """The text with `value` at `path`: in the place of what stands there, else as a further key of what is above it.

    Args:
        text: one document that `read_document` accepts.
        path: keys and positions; all but the last must be there, and only a key may be new.
        value: text, a finite number, true, false, None, or lists and dicts of such.

    Raises:
        InputError: `edit.path`: nothing stands above the value; `edit.value`: it cannot be written.
    """
    expected = _expected(text, path, value)
    node, above = _composed(text), None
    for depth, part in enumerate(path):
        above = _Place(text, node)
        found = above.child(part)
        if found is None:
            if depth != len(path) - 1:
                raise _lost(path)
            changed = above.with_key(str(part), value)
            break
        node = found
    else:
        if above is None:
            raise _lost(path)
        changed = above.with_child(path[-1], value)
    if read_document(changed).data != expected:
        message = f"{dotted(path)} cannot be changed in place"
        raise InputError.single("edit.value", message, hint="change it in the file itself", path=dotted(path))
    return changed


def _expected(text: str, path: Path, value: Any) -> Any:
    """The data that the changed text must hold."""
    data = deepcopy(read_document(text).data)
    node: Any = data
    try:
        for part in path[:-1]:
            node = node[part]
        last = path[-1]
        is_place = isinstance(last, int) if isinstance(node, list) else isinstance(node, dict) and isinstance(last, str)
        if is_place:
            node[last] = deepcopy(value)
        else:
            raise _lost(path)
    except (IndexError, KeyError, TypeError):
        raise _lost(path) from None
    return data


def _lost(path: Path) -> InputError:
    hint = "all of a path but its last key must be in the file"
    return InputError.single("edit.path", f"nothing stands above {dotted(path)!r}", hint=hint, path=dotted(path))


def _composed(text: str) -> Any:
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).compose(text)


@dataclass(frozen=True)
class _Place:
    """A collection in the text: ruamel's node, whose marks say where it begins and ends."""

    text: str
    node: Any

    def child(self, part: str | int) -> Any:
        """The node of a key or a position; None where there is none."""
        if isinstance(part, int):
            return self.node.value[part]
        return next((value for key, value in self._pairs() if key.value == part), None)

    def with_child(self, part: str | int, value: Any) -> str:
        """The text with what stands at a key or a position written anew."""
        child = self.child(part)
        if isinstance(part, int):
            start, lead, tail = child.start_mark.index, "", ""
        else:
            key = next(key for key, _ in self._pairs() if key.value == part)
            start, lead = self._colon(key) + 1, " "
            between = "" if _is_nothing(child) else self.text[start : child.start_mark.index].strip()
            tail = f"  {between.splitlines()[0]}" if between.startswith("#") else ""
        written = self._flow(value) if self._is_flow() or tail or not lead else self._written(value)
        stop = max(start, self._end(child))
        lead = "" if written.startswith(self._line_end) else lead
        return f"{self.text[:start]}{lead}{written}{tail}{self.text[stop:]}"

    def with_key(self, key: str, value: Any) -> str:
        """The text with a further key as the last one."""
        if self.node.id != "mapping":
            raise _lost((key,))
        pairs = self._pairs()
        if self._is_flow():
            at = self._pair_end(pairs[-1]) if pairs else self.node.start_mark.index + 1
            entry = f"{_scalar(key)}: {self._flow(value)}"
            return self.text[:at] + (f", {entry}" if pairs else entry) + self.text[at:]
        at = self.text.find(self._line_end, self._pair_end(pairs[-1]))
        at = len(self.text) if at < 0 else at
        written = self._written(value)
        space = "" if written.startswith(self._line_end) else " "
        return f"{self.text[:at]}{self._line_end}{' ' * self._indent}{_scalar(key)}:{space}{written}{self.text[at:]}"

    @property
    def _line_end(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    @property
    def _indent(self) -> int:
        """The column in which the keys stand."""
        column: int = self._pairs()[0][0].start_mark.column
        return column

    def _pairs(self) -> list[tuple[Any, Any]]:
        return self.node.value if self.node.id == "mapping" else []

    def _is_flow(self) -> bool:
        return bool(self.node.flow_style)

    def _colon(self, key: Any) -> int:
        return self.text.index(":", key.end_mark.index)

    def _pair_end(self, pair: tuple[Any, Any]) -> int:
        return max(self._end(pair[1]), self._colon(pair[0]) + 1)

    def _end(self, node: Any) -> int:
        """The index after the last letter of a node, without the blank lines and comments that follow a block."""
        if _is_nothing(node):  # its mark stands where the next word begins
            return 0
        if node.id == "scalar" and node.style in ("|", ">"):
            return len(self.text[: node.end_mark.index].rstrip())
        if node.id == "scalar" or node.flow_style:
            return int(node.end_mark.index)
        if node.id == "sequence":
            return self._end(node.value[-1])
        return _Place(self.text, node)._pair_end(node.value[-1])

    def _written(self, value: Any) -> str:
        """A value of a block: on the line of its key where it is short, else on lines of its own below it."""
        return _block(value, self._indent, self._line_end)

    @staticmethod
    def _flow(value: Any) -> str:
        return _flow(value)


def _is_nothing(node: Any) -> bool:
    """Whether a key has no value at all."""
    return bool(node.id == "scalar" and node.start_mark.index == node.end_mark.index)


def _block(value: Any, indent: int, line_end: str) -> str:
    one_line = _flow(value)
    if not isinstance(value, dict | list) or not value or (len(one_line) <= _FOLDED and _is_flat(value)):
        return one_line
    margin = f"{line_end}{' ' * (indent + 2)}"
    if isinstance(value, list):
        return "".join(f"{margin}- {_flow(item)}" for item in value)
    rows = []
    for key, item in value.items():
        below = _block(item, indent + 2, line_end)
        rows.append(f"{margin}{_scalar(str(key))}:{'' if below.startswith(line_end) else ' '}{below}")
    return "".join(rows)


def _is_flat(value: dict[str, Any] | list[Any]) -> bool:
    items = value.values() if isinstance(value, dict) else value
    return not any(isinstance(item, dict | list) for item in items)


def _flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(str(key))}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        is_plain = _PLAIN.fullmatch(value) and not value.endswith(" ") and is_plain_text(value)
        return value if is_plain else _quoted(value)
    if isinstance(value, int | float) and isfinite(value):
        return repr(value)
    message = f"{value!r} cannot be written"
    raise InputError.single("edit.value", message, hint="a finite number or text", value=str(value))


def _quoted(text: str) -> str:
    """Text between quotes; what YAML would fold or refuse is written as its number."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
