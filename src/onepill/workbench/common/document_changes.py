"""Which values differ between two texts of a programme."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from onepill.core.documents import Path, dotted, read_document
from onepill.core.errors import InputError, StoreBusy
from onepill.model.values import META_KEYS

if TYPE_CHECKING:
    from onepill.store.workspace import Version, Workspace

Row = dict[str, Any]
MISSING = object()


def changed_values(before: str, after: str) -> list[Row]:
    """Path, value before and value after of each value that differs, in the order of the later text; then what is gone.

    A list that differs is one value. A number is told at its own path whether or not its source stands beside it.
    """
    old, new = (dict(_values(_data(text))) for text in (before, after))
    paths = [*new, *(path for path in old if path not in new)]
    differing = (path for path in paths if old.get(path, MISSING) != new.get(path, MISSING))
    return [{"path": dotted(path), "before": old.get(path), "after": new.get(path)} for path in differing]


def kept_changes(workspace: Workspace, before: Version, after: Version) -> list[Row]:
    """The same of two saved versions: kept, since reading a long file takes a fifth of a second."""
    key = f"changes 2 {before.text_hash} {after.text_hash}"
    if run := workspace.runs.get(key):
        found: list[Row] = json.loads(run.answer)
        return found
    changes = changed_values(before.text, after.text)
    with suppress(StoreBusy):
        workspace.runs.put(key, "changes", json.dumps(changes, ensure_ascii=False), seconds=0)
    return changes


def _data(text: str) -> Any:
    try:
        return read_document(text).data
    except InputError:  # an earlier onepill may have kept what this one does not read
        return {"text": text}


def _values(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value with its path; a number that says where it comes from (`{value: …, source: …}`) stands at its own."""
    if isinstance(node, dict) and node:
        is_sourced = "value" in node and set(node) <= META_KEYS
        for key, value in node.items():
            yield from _values(value, path if is_sourced and key == "value" else (*path, key))
    else:
        yield path, node
