"""The inputs of a programme as a page lists them: what is typed, where it comes from, what it was."""

from __future__ import annotations

from typing import Any

from onepill.core.provenance import Provenance
from onepill.model.positions import resolve
from onepill.workbench.assemble import Assembled
from onepill.workbench.typed_values import typed

Row = dict[str, Any]
GROUPS = ("development", "filings", "markets", "capital", "rights", "policy_uptake")
"""The parts of a file whose numbers a person changes, in the order of the page."""


def value_paths(base: Assembled) -> frozenset[str]:
    """Paths, in small letters, at which a file holds a number with its source."""
    return frozenset(entry.path.lower() for entry in base.filled.ledger)


def value_at(data: Any, path: str) -> Any:
    """What the file holds at a path; None where it holds nothing."""
    found = resolve(path, data)
    if not path or len(found) != len(path.split(".")):
        return None
    for key in found:
        if isinstance(data, dict) and key not in data:
            return None
        data = data[key]
    return data


def input_rows(saved: Any, data: Any, base: Assembled, *, changed: frozenset[str]) -> list[Row]:
    """Every number that was given or filled in, by part of the file, in the file's order within it."""
    entries = [entry for entry in base.filled.ledger if entry.path.partition(".")[0] in GROUPS]
    entries.sort(key=lambda entry: _place(data, entry.path))
    moved = {path.lower() for path in changed}
    return [_row(saved, data, entry, is_changed=entry.path.lower() in moved) for entry in entries]


def _place(data: Any, path: str) -> tuple[int, ...]:
    """Where a path stands: the positions of its keys in the file, those that are not there last."""
    order = [GROUPS.index(path.partition(".")[0])]
    for part in path.split("."):
        keys = list(data) if isinstance(data, dict) else []
        lower = [str(key).lower() for key in keys]
        order.append(lower.index(part.lower()) if part.lower() in lower else len(keys))
        data = data[keys[order[-1]]] if order[-1] < len(keys) else None
    return tuple(order)


def _row(saved: Any, data: Any, entry: Provenance, *, is_changed: bool) -> Row:
    raw, before = value_at(data, entry.path), value_at(saved, entry.path)
    parent = entry.path.rpartition(".")[0]
    return {
        "path": entry.path,
        "text": None if raw is None else typed(raw),
        "shown": _shown(entry),
        "unit": entry.unit,
        "before": typed(before) if is_changed and before is not None else None,
        "origin": entry.origin,
        "source_grade": entry.source_grade,
        "source": entry.source.as_row() if entry.source else None,
        "note": entry.note or None,
        "may_change": isinstance(value_at(data, parent), dict),
    }


def _shown(entry: Provenance) -> str:
    """A filled-in value in its unit: a number, or the ends and mode of a distribution."""
    value = entry.value
    if isinstance(value, dict):
        value = " – ".join(f"{part:g}" for part in value.get("params") or ())
    shown = f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
    return shown if entry.unit in ("share", "count", "rate", "") else f"{shown} {entry.unit}"
