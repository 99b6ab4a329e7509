"""Where a value stands: its line in the file, or in the scenario's change that put it there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from onepill.core.documents import Document, Path
from onepill.core.errors import Finding


@dataclass(frozen=True)
class Places:
    """The document, and the change (its own path in the document) behind each value that scenarios have set."""

    document: Document
    changes: Mapping[Path, Path] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        return self.document.line(self._origin(path))

    def scenario(self, path: Path) -> str:
        """The scenario that put the value there, empty for the file's own."""
        origin = self._origin(path)
        return str(origin[1]) if self._changed(path) else ""

    def with_change(self, path: Path, where: Path) -> Places:
        return replace(self, changes={**self.changes, path: where})

    def placed(self, findings: list[Finding], data: Any) -> list[Finding]:
        """The findings with file, line, and the scenario where one is behind it."""
        return [self._place(finding, resolve(finding.path, data)) for finding in findings]

    def _place(self, finding: Finding, path: Path) -> Finding:
        name = self.scenario(path)
        message = f"{finding.message} (scenario {name})" if name else finding.message
        return replace(finding, message=message).at(file=self.document.file, line=self.line(path))

    def _changed(self, path: Path) -> Path | None:
        """The longest changed path that holds `path`."""
        heads = (path[:size] for size in range(len(path), 0, -1))
        return next((head for head in heads if head in self.changes), None)

    def _origin(self, path: Path) -> Path:
        head = self._changed(path)
        return path if head is None else (*self.changes[head], "value", *path[len(head) :])


def resolve(path: str, data: Any) -> Path:
    """The data's own path of a dotted path, whose keys may differ in case; as far as it goes."""
    found: list[str | int] = []
    for part in path.split(".") if path else []:
        key = own_key(data, part)
        if key is None:
            break
        found.append(key)
        data = data[key]
    return tuple(found)


def own_key(node: Any, part: str) -> str | int | None:
    """The key or position by which `node` holds `part`, None where it holds none."""
    if isinstance(node, list):
        return int(part) if part.isdecimal() and int(part) < len(node) else None
    if not isinstance(node, dict) or part in node:
        return part if isinstance(node, dict) else None
    return next((key for key in node if str(key).lower() == part.lower()), None)
