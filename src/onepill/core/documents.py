"""YAML 1.2 documents with the line of every value: closed to aliases and repeated keys, days stay text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from onepill.core.errors import Finding, InputError, OnepillError

Path = tuple[str | int, ...]
_INT = re.compile(r"^[+-]?\d[\d_]*$")
_FLOAT = re.compile(r"^[+-]?(\d[\d_]*)?\.?\d+([eE][+-]?\d+)?$")
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
    """Parse one YAML 1.2 document.

    Raises:
        InputError: `yaml.syntax`, `yaml.alias`, `yaml.duplicate_key`, `yaml.empty`, with the line; all that were found.
    """
    root = _compose(text, file=file)
    if root is None:
        hint = "start with 'onepill: 1'"
        raise InputError.single("yaml.empty", "the document is empty", hint=hint, file=file, line=1)
    builder = _Builder(file)
    data = builder.value(root, ())
    if builder.findings:
        raise InputError(builder.findings[0].message, findings=builder.findings)
    return Document(data, builder.lines, file)


def _compose(text: str, *, file: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.events import AliasEvent

    yaml = YAML(typ="safe", pure=True)
    try:
        aliases = [event for event in _events(yaml.parse(text)) if isinstance(event, AliasEvent)]
        if aliases:
            raise _alias_error(aliases, file=file)
        return YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, problem = (mark.line + 1 if mark else 0), error.problem or "cannot be read"
    except YAMLError as error:
        line, problem = 0, str(error)
    hint = "check the indentation and the quotes around this line"
    raise InputError.single("yaml.syntax", f"not valid YAML: {problem}", hint=hint, file=file, line=line)


def _events(events: Any) -> Iterator[Any]:
    yield from events


def _alias_error(aliases: list[Any], *, file: str) -> InputError:
    hint = "write the value out: aliases hide where a number comes from"
    findings = [
        Finding(
            "yaml.alias", "error", f"YAML alias *{event.anchor} is refused", hint, "", file, event.start_mark.line + 1
        )
        for event in aliases
    ]
    return InputError(findings[0].message, findings=findings)


class _Builder:
    """Turns composed nodes into plain data and notes the line of each value."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Path, int] = {}
        self.findings: list[Finding] = []

    def value(self, node: Any, path: Path) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if node.id == "mapping":
            return self._mapping(node, path)
        if node.id == "sequence":
            return [self.value(child, (*path, index)) for index, child in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: Any, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            child, line = (*path, key), key_node.start_mark.line + 1
            if key in found:
                hint = "keep one of the two"
                where = (dotted(child), self.file, line)
                self.findings.append(Finding("yaml.duplicate_key", "error", f"{key!r} stands twice", hint, *where))
            self.lines[child] = line
            found[key] = self.value(value_node, child)
        return found


def _scalar(node: Any) -> Any:
    """YAML 1.2 core schema by hand, so that days and `NO` stay text."""
    text = str(node.value)
    if node.style is not None:
        return text
    if text in _NULLS:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INT.match(text):
        return int(text.replace("_", ""))
    if _FLOAT.match(text):
        return float(text.replace("_", ""))
    return text


def require(condition: bool, message: str) -> None:
    """Fail loudly where our own code, not the user's input, is wrong."""
    if not condition:
        raise OnepillError(message)
