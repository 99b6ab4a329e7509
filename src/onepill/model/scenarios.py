"""Scenarios: ordered changes on top of a programme's data."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from onepill.core.documents import Path, dotted
from onepill.core.errors import Finding, InputError
from onepill.model.positions import Places, own_key
from onepill.model.schema import Programme


def with_scenario(
    data: dict[str, Any], declared: Programme, places: Places, *, name: str
) -> tuple[dict[str, Any], Places]:
    """A changed copy of `data`, and where its values now stand.

    A change sets the value at its path. All of the path but its last key must be there already; the last may be new,
    and the schema then decides whether it is one.

    Raises:
        InputError: `scenario.unknown`, or `scenario.path` for every change whose path leads nowhere.
    """
    if name not in declared.scenarios:
        hint = f"known: {', '.join(declared.scenarios) or 'none is declared'}"
        message, line = f"{name!r} is not a scenario of this file", places.document.line(("scenarios",))
        file = places.document.file
        raise InputError.single(
            "scenario.unknown", message, hint=hint, path="scenarios", file=file, line=line, value=name
        )
    changed, lost = deepcopy(data), []
    for index, change in enumerate(declared.scenarios[name].changes):
        where = ("scenarios", name, "changes", index)
        path = set_value(changed, change.path, change.value)
        if path is None:
            lost.append(_lost(change.path, where, places))
        else:
            places = places.with_change(path, where)
    if lost:
        raise InputError(lost[0].message, findings=lost)
    return changed, places


def with_change(data: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of `data` with one value set, all of its path but the last key being there already.

    Raises:
        InputError: `belief.path` if the path leads nowhere.
    """
    changed = deepcopy(data)
    if set_value(changed, path, value) is None:
        hint = "all of it but the last key must be in the programme file"
        raise InputError.single("belief.path", f"{path!r} is unknown", hint=hint, path=path, value=path)
    return changed


def set_value(data: dict[str, Any], path: str, value: Any) -> Path | None:
    """Set the value and return its path in the data's own keys, None where its parent is missing."""
    *parents, leaf = path.split(".")
    node: Any = data
    found: list[str | int] = []
    for part in parents:
        key = own_key(node, part)
        if key is None:
            return None
        found.append(key)
        node = node[key]
    last = own_key(node, leaf)
    if last is None:
        if not isinstance(node, dict) or not leaf:
            return None
        last = leaf
    node[last] = deepcopy(value)
    return (*found, last)


def _lost(path: str, where: Path, places: Places) -> Finding:
    message, hint = f"the scenario changes an unknown path {path!r}", "all of it but the last key must be in the file"
    place = (dotted((*where, "path")), places.document.file, places.document.line((*where, "path")))
    return Finding("scenario.path", "error", message, hint, *place, value=path)
