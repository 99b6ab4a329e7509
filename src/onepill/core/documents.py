"""YAML 1.2 documents with the line of every value, closed to what hides a value or its origin; days stay text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Literal

from onepill.core.errors import Finding, InputError

Path = tuple[str | int, ...]
DEEPEST = 64
"""Levels of nesting that a document may have; a programme needs about ten."""

_DIGITS = r"\d+(?:_\d+)*"
_INT = re.compile(rf"^[+-]?{_DIGITS}$")
_BASED_INT = re.compile(r"^0o[0-7]+$|^0x[0-9a-fA-F]+$")
_FLOAT = re.compile(rf"^[+-]?(?:\.{_DIGITS}|{_DIGITS}(?:\.(?:{_DIGITS})?)?)(?:[eE][+-]?\d+)?$")
_NOT_FINITE = re.compile(r"^[+-]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$")
_HALF = re.compile(r"[\ud800-\udfff]")
_NULLS = {"", "~", "null", "Null", "NULL"}
_TRUE = {"true", "True", "TRUE"}
_FALSE = {"false", "False", "FALSE"}


@dataclass(frozen=True)
class Document:
    """A parsed document: plain data, and the line (from 1) of each value by its path."""

    data: Any
    lines: dict[Path, int] = field(repr=False)
    file: str = ""

    def line(self, path: Path) -> int:
        """The line of the value at `path`, or of its nearest ancestor that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 0)


def dotted(path: Path) -> str:
    """`markets.us.net_price` for a path of keys and positions."""
    return ".".join(str(part) for part in path)


def read_document(text: str, *, file: str = "") -> Document:
    """Parse one YAML 1.2 document (core schema, with `_` between digits as in `3_000`).

    Keys are text. Refused, since they hide a value or where it comes from: aliases, repeated keys, merge keys, tags,
    numbers that are not finite, a second document. Refused too: halves of characters, which an escape can name and
    nothing can be written with.

    Raises:
        InputError: `yaml.syntax`, `yaml.empty`, `yaml.alias`, `yaml.duplicate_key`, `yaml.key`, `yaml.merge_key`,
            `yaml.tag`, `yaml.number`, `yaml.text`, `yaml.documents`, `yaml.depth`, each with its line; all that were
            found.
    """
    reader = _Reader(file)
    try:
        data = reader.document(_events(text, file=file))
    except InputError as error:
        raise _all([*reader.findings, *error.findings]) from None
    if reader.findings:
        raise _all(reader.findings)
    if data is None:
        hint = "start with 'onepill: 1'"
        raise InputError.single("yaml.empty", "the document is empty", hint=hint, file=file, line=1)
    return Document(data, reader.lines, file)


def _all(findings: list[Finding]) -> InputError:
    return InputError(findings[0].message, findings=findings)


def _events(text: str, *, file: str) -> Iterator[Any]:
    """The parser's events; what it refuses becomes one finding with its line."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.reader import ReaderError

    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except ReaderError as error:
        line, problem = text.count("\n", 0, error.position) + 1, str(error.reason)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, problem = (mark.line + 1 if mark else 1), error.problem or "cannot be read"
    except (YAMLError, ValueError) as error:
        line, problem = 1, str(error)
    else:
        return
    is_tab = r"\t" in problem
    hint = "indent with spaces, not tabs" if is_tab else "check the indentation and the quotes around this line"
    raise InputError.single("yaml.syntax", f"not valid YAML: {problem}", hint=hint, file=file, line=line)


Shape = Literal["mapping", "sequence", "alias", "scalar", "end", "document", "other"]
_SHAPES: dict[str, Shape] = {
    "MappingStartEvent": "mapping",
    "SequenceStartEvent": "sequence",
    "AliasEvent": "alias",
    "ScalarEvent": "scalar",
    "MappingEndEvent": "end",
    "SequenceEndEvent": "end",
    "DocumentStartEvent": "document",
}


def _shape(event: Any) -> Shape:
    return _SHAPES.get(type(event).__name__, "other")


class _Reader:
    """Turns events into plain data, notes the line of each value, and collects what is refused."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Path, int] = {}
        self.findings: list[Finding] = []

    def document(self, events: Iterator[Any]) -> Any:
        """The first document, or None where there is none."""
        data, documents = None, 0
        for event in events:
            shape = _shape(event)
            documents += shape == "document"
            if documents > 1:
                hint = "keep one programme a file"
                self._refuse("yaml.documents", "a second document begins here", hint, event)
                break
            if shape not in ("document", "other"):
                data = self._value(event, (), events)
        return data

    def _refuse(self, code: str, message: str, hint: str, event: Any, path: Path = ()) -> None:
        line = event.start_mark.line + 1
        self.findings.append(Finding(code, "error", message, hint, dotted(path), self.file, line))

    def _value(self, event: Any, path: Path, events: Iterator[Any]) -> Any:
        self.lines.setdefault(path, event.start_mark.line + 1)
        shape = _shape(event)
        if len(path) > DEEPEST:
            where = {"hint": "take levels out", "file": self.file, "line": event.start_mark.line + 1}
            raise InputError.single("yaml.depth", f"values are nested more than {DEEPEST} deep", **where)
        if shape == "alias":
            hint = "write the value out: aliases hide where a number comes from"
            self._refuse("yaml.alias", f"YAML alias *{event.anchor} is refused", hint, event, path)
            return None
        if event.tag is not None:
            hint = "take the tag out; quotes make text"
            self._refuse("yaml.tag", f"YAML tag {event.tag} is refused", hint, event, path)
        if shape == "mapping":
            return self._mapping(path, events)
        if shape == "sequence":
            return self._sequence(path, events)
        return self._scalar(event, path)

    def _sequence(self, path: Path, events: Iterator[Any]) -> list[Any]:
        found: list[Any] = []
        for event in events:
            if _shape(event) == "end":
                break
            found.append(self._value(event, (*path, len(found)), events))
        return found

    def _mapping(self, path: Path, events: Iterator[Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in events:
            if _shape(event) == "end":
                break
            key = self._key(event, path, events)
            child = (*path, key)
            if key in found:
                message = f"{key!r} stands twice (first on line {self.lines[child]})"
                self._refuse("yaml.duplicate_key", message, "keep one of the two", event, child)
            self.lines[child] = event.start_mark.line + 1
            found[key] = self._value(next(events), child, events)
        return found

    def _key(self, event: Any, path: Path, events: Iterator[Any]) -> str:
        if _shape(event) != "scalar":
            self._value(event, (*path, "?"), events)
            self._refuse("yaml.key", "a key must be plain text", "write key: value", event, path)
            return "?"
        if event.value == "<<" and event.style is None:
            hint = "write the keys out: merging hides where a number comes from"
            self._refuse("yaml.merge_key", "the merge key << is refused", hint, event, path)
        return self._text(event, path)

    def _scalar(self, event: Any, path: Path) -> Any:
        text = self._text(event, path)
        value = text if event.style is not None else _plain(text)
        is_special = event.style is None and _NOT_FINITE.match(text)
        if is_special or not _is_finite(value):
            hint = "write a finite number, or put text in quotes"
            shown = text if len(text) <= 20 else f"{text[:20]}…"
            self._refuse("yaml.number", f"{shown} is not a finite number", hint, event, path)
            return None
        return value

    def _text(self, event: Any, path: Path) -> str:
        text = str(event.value)
        if not _HALF.search(text):
            return text
        self._refuse("yaml.text", "half of a character is no text", "write the character itself", event, path)
        return _HALF.sub("?", text)


def _plain(text: str) -> Any:
    """An unquoted scalar by the YAML 1.2 core schema, without times: days and `NO` stay text."""
    if text in _NULLS:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _BASED_INT.match(text):
        return int(text, 0)
    if _FLOAT.match(text):
        number = float(text.replace("_", ""))
        # Python refuses to read an integer of thousands of digits, and none of that size is meant.
        return int(text.replace("_", "")) if _INT.match(text) and isfinite(number) else number
    return text


def _is_finite(value: Any) -> bool:
    if isinstance(value, int):
        return value.bit_length() < 1024
    return not isinstance(value, float) or isfinite(value)


def is_plain_text(text: str) -> bool:
    """Whether an unquoted scalar of these letters is read as text, and not as a number, a truth value or nothing."""
    return isinstance(_plain(text), str) and not _NOT_FINITE.match(text)
