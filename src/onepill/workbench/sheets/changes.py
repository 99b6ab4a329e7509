"""Changes of a workbook as edits of the programme file: in place, or as a scenario."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from onepill.core.documents import Path
from onepill.core.edits import REMOVED, set_value
from onepill.core.errors import InputError
from onepill.model import Loaded
from onepill.model.checks import values_of
from onepill.model.positions import own_key
from onepill.model.values import Value
from onepill.reports.workbook import InputRow
from onepill.workbench.plan.plain_inputs import value_path
from onepill.workbench.sheets.fields import field_at, names_assumption
from onepill.workbench.sheets.read import Changed

Row = dict[str, Any]


@dataclass(frozen=True)
class Edit:
    """A value to be set at a path of the file's own keys; `REMOVED` takes it out."""

    path: Path
    value: Any


def edits_of(changes: list[Changed], loaded: Loaded, *, workbook: str) -> list[Edit]:
    """The edits that bring the changes into the file, and say where they come from.

    A changed value replaces a number or a distribution by the plain number; its source no longer backs it, so that it
    becomes an assumption that names the workbook, the value before and what backed that.
    """
    values = {value_path(path): value for path, value in values_of(loaded.programme)}
    found: dict[Path, Any] = {}
    for change in changes:
        for edit in _edits(change, loaded, values.get(change.row.path), workbook):
            found[edit.path] = edit.value
    return [Edit(path, value) for path, value in found.items()]


def with_edits(text: str, edits: list[Edit]) -> str:
    """The file's text with the edits made; all else stays as it is."""
    for edit in edits:
        text = set_value(text, edit.path, edit.value)
    return text


def with_scenario(text: str, loaded: Loaded, edits: list[Edit], *, name: str, reason: str) -> str:
    """The file's text with the edits as a further scenario.

    Raises:
        InputError: `scenario.known` where the file has one of that name.
    """
    if name in loaded.programme.scenarios:
        message = f"the file has a scenario {name!r} already"
        raise InputError.single("scenario.known", message, hint="choose another name", path=f"scenarios.{name}")
    changes = [_change(edit, loaded.document.data, reason) for edit in _grouped(edits, loaded.document.data)]
    return set_value(text, ("scenarios", name), {"changes": changes})


def shown(value: float, row: InputRow) -> str:
    """A value with its unit as the file writes it: `12 months`, `71 MCNY`, `0.4`."""
    number = f"{value:.15g}"
    return f"{number} {row.unit}" if row.kind in ("duration", "amount") else number


def _edits(change: Changed, loaded: Loaded, value: Value | None, workbook: str) -> Iterator[Edit]:
    row, data = change.row, loaded.document.data
    path = _own_path(row.path, data)
    field = field_at(row.path, data, beside=[name for name, _ in row.beside])
    told = _told(change, value, workbook)
    if _at(data, path[:-1]) is None:
        yield from (Edit((*path[:-1], name), given) for name, given in row.beside)
    if field is not None and field.has_source:
        plain: Any = _quantity(change.after, row) if row.kind in ("duration", "amount") else change.after
        factors = {"factors": dict(value.factors)} if value is not None and value.factors else {}
        yield Edit(path, {"value": plain, **factors, "assumption": told})
        return
    yield Edit(path, change.after)
    yield from _owner_edits(path, data, told)


def _owner_edits(path: Path, data: Any, told: str) -> Iterator[Edit]:
    """What stands beside a bare number and says where it comes from."""
    for size in range(len(path) - 1, 0, -1):
        owner, kind = _at(data, path[:size]), names_assumption(path[:size])
        if kind is None:
            continue
        source = owner.get("source") if isinstance(owner, dict) else None
        before = owner.get("assumption") if isinstance(owner, dict) else None
        backed = f"; what stands beside it is backed by {_title(source)}" if source else f"; {before}" if before else ""
        if kind == "assumption":
            yield Edit((*path[:size], "assumption"), told + backed)
        if source is not None:
            yield Edit((*path[:size], "source"), REMOVED)
        return


def _told(change: Changed, value: Value | None, workbook: str) -> str:
    """Where the value comes from, and what was there before."""
    row = change.row
    known = row.provenance
    before = f"{shown(row.value, row)}"
    if value is not None and not value.distribution.is_fixed:
        before += f", the mean of {value.text}"
    backed = ""
    if known is not None and known.source is not None:
        backed = f"; source of the value before: {known.source.title}"
    elif value is not None and value.assumption:
        backed = f"; the assumption before: {value.assumption}"
    return f"changed in the workbook {workbook} from {before}{backed}"


def _quantity(value: float, row: InputRow) -> str:
    number = repr(int(value)) if float(value).is_integer() else repr(float(value))
    return f"{number} {row.unit}"


def _own_path(path: str, data: Any) -> Path:
    """The path in the file's own keys; keys that are not there yet are taken as they are."""
    found: list[str | int] = []
    for part in path.split("."):
        key = own_key(data, part) if isinstance(data, dict | list) else None
        found.append(part if key is None else key)
        data = None if key is None else data[key]
    return tuple(found)


def _at(data: Any, path: Path) -> Any:
    for key in path:
        if isinstance(data, dict):
            data = data.get(key)
        elif isinstance(data, list) and isinstance(key, int) and key < len(data):
            data = data[key]
        else:
            return None
    return data


def _title(source: Any) -> str:
    if not isinstance(source, dict):
        return str(source)
    return " ".join(str(source[key]) for key in ("title", "url", "date") if source.get(key))


def _grouped(edits: list[Edit], data: Any) -> list[Edit]:
    """Edits whose owner is not in the file yet, joined into one that sets the whole owner."""
    found: dict[Path, Any] = {}
    for edit in edits:
        size = next((n for n in range(1, len(edit.path)) if _at(data, edit.path[:n]) is None), len(edit.path))
        head, rest = edit.path[:size], edit.path[size:]
        if not rest:
            found[head] = edit.value
        elif edit.value is not REMOVED:
            node = found.setdefault(head, {})
            for key in rest[:-1]:
                node = node.setdefault(str(key), {})
            node[str(rest[-1])] = edit.value
    return [Edit(path, value) for path, value in found.items()]


def _change(edit: Edit, data: Any, reason: str) -> Row:
    value = None if edit.value is REMOVED else edit.value
    return {"path": ".".join(map(str, edit.path)), "value": value, "reason": reason}
