"""The inputs of a programme as a page lists them: what is typed, where it comes from, what it was."""

from __future__ import annotations

import re
from collections.abc import Set
from datetime import date
from typing import Any

from onepill.core.provenance import Ledger, Provenance, Source
from onepill.model.positions import resolve
from onepill.model.values import META_KEYS
from onepill.rulebook import load_rulebook
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.plan.plain_inputs import note_plain_inputs
from onepill.workbench.workspace.live_choices import choices_at
from onepill.workbench.workspace.typed_values import DASH, grouped, shape_of, typed

Row = dict[str, Any]
TOLD = META_KEYS | {"title", "label", "name", "owner", "launch_source", "signed_source", "value_source", "en", "zh"}
"""What is said about an input, or for people alone."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
WHOLE = 1_000_000
FLAG = "flag"
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
    """Every number that was given or filled in, every day, choice and list of the file, in the file's order."""
    entries = [entry for entry in base.filled.ledger if entry.path.partition(".")[0] in GROUPS]
    told = {entry.path.lower() for entry in entries}
    moved = {path.lower() for path in changed}
    rows = [_row(saved, data, entry, base, is_changed=entry.path.lower() in moved) for entry in entries]
    noted = _noted(base)
    for place in plain_inputs(data, told):
        path = ".".join(place).lower()
        row = _plain_row(saved, data, path, is_changed=path in moved)
        known = noted.get(path) or noted.get(path.rpartition(".")[0])
        choices = choices_at(path, value_at(data, path), base.filled.programme, load_rulebook())
        rows.append({**row, "explained_by": known, "choices": choices})
    rows.sort(key=lambda row: _place(data, row["path"]))
    return rows


def _noted(base: Assembled) -> dict[str, str]:
    """The plain numbers and days whose origin a passport tells, by their paths in small letters."""
    ledger = Ledger()
    note_plain_inputs(ledger, base.filled.programme)
    return {entry.path.lower(): entry.path for entry in ledger}


def plain_inputs(data: Any, told: Set[str]) -> list[tuple[str, ...]]:
    """Where a file holds a day, a choice, a plain number or a list of them, none of it below a path of `told`.

    Texts that nothing is computed from are left out.
    """
    found: list[tuple[str, ...]] = []
    for group in GROUPS:
        _walk(data.get(group), (group,), told, found)
    return found


def _walk(node: Any, place: tuple[str, ...], told: Set[str], found: list[tuple[str, ...]]) -> None:
    if ".".join(place).lower() in told:
        return
    if isinstance(node, dict) and "value" not in node:
        for key, value in node.items():
            if key not in TOLD and "." not in str(key):
                _walk(value, (*place, str(key)), told, found)
    elif len(place) > 1 and not (isinstance(node, list) and any(isinstance(part, dict) for part in node)):
        found.append(place)


def _plain_row(saved: Any, data: Any, path: str, *, is_changed: bool) -> Row:
    """A value that stands bare in the file, with what its surroundings say about it."""
    raw, before = value_at(data, path), value_at(saved, path)
    parent = value_at(data, path.rpartition(".")[0]) or {}
    about = raw if isinstance(raw, dict) else parent
    source: Row = about["source"] if isinstance(about.get("source"), dict) else {}
    is_sourced = bool(source.get("title"))
    return {
        "path": path,
        "text": typed(raw),
        "shown": typed(raw),
        "unit": _kind(path, raw.get("value") if isinstance(raw, dict) else raw),
        "before": typed(before) if is_changed and before is not None else None,
        "origin": "assumption" if about.get("assumption") and not is_sourced else "user",
        "source_grade": "secondary" if is_sourced else "unverified",
        "source": Source(**{key: str(value) for key, value in source.items()}).as_row() if is_sourced else None,
        "note": about.get("assumption") or None,
        "may_change": True,
        "may_source": isinstance(raw, dict) or bool({"source", "assumption"} & set(parent)),
        "shape": None,
    }


def _kind(path: str, value: Any) -> str:
    if path.endswith(("_share", "_prob")):
        return "share"
    if isinstance(value, list):
        return "list"
    if isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return "day"
    return "count" if isinstance(value, int | float) and not isinstance(value, bool) else "choice"


def _place(data: Any, path: str) -> tuple[int, ...]:
    """Where a path stands: the positions of its keys in the file, those that are not there last."""
    order = [GROUPS.index(path.partition(".")[0])]
    for part in path.split("."):
        keys = list(data) if isinstance(data, dict) else []
        lower = [str(key).lower() for key in keys]
        order.append(lower.index(part.lower()) if part.lower() in lower else len(keys))
        data = data[keys[order[-1]]] if order[-1] < len(keys) else None
    return tuple(order)


def _row(saved: Any, data: Any, entry: Provenance, base: Assembled, *, is_changed: bool) -> Row:
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
        "may_source": True,
        "explained_by": entry.path,
        "choices": choices_at(entry.path, True, base.filled.programme, load_rulebook()) if entry.unit == FLAG else [],
        "shape": shape_of(entry.value if raw is None else raw, entry.unit),
    }


def _shown(entry: Provenance) -> str:
    """A filled-in value in its unit, as it may be typed: a number, the ends and mode of a distribution, a curve."""
    value = entry.value
    if entry.unit == "curve":
        return str(value).partition(", ")[2].removesuffix(" to peak")
    if isinstance(value, dict):
        value = DASH.join(f"{part:.4g}" for part in _ends(value))
    shown = _number(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
    is_measured = bool(shown) and shown[-1].isdigit() and entry.unit not in ("share", "count", "rate", "text", "")
    return f"{shown} {entry.unit}" if is_measured else shown


def _number(value: float) -> str:
    """Six figures, a large one whole."""
    return grouped(f"{value:.0f}" if abs(value) >= WHOLE else f"{value:.6g}")


def _ends(value: dict[str, Any]) -> list[float]:
    """Parameters, or the quantiles of an observed distribution."""
    return list(value.get("params") or (part for name, part in value.items() if name.startswith("p")))
