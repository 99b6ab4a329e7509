"""A kept deal while it is edited: its numbers and days as they are typed, and its text with changes in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onepill.core.documents import read_document
from onepill.core.errors import InputError

if TYPE_CHECKING:
    from onepill.core.provenance import Provenance
    from onepill.model.deal import Deal
    from onepill.model.deal_load import LoadedDeal
    from onepill.store.workspace import Kept
    from onepill.workbench.asking.context import Context

Row = dict[str, Any]
MOST_TERMS = 200


def edited_deal(saved: str, changes: list[str], kept: Kept, context: Context) -> Row:
    """Text, terms, changes and findings of a deal with `PATH=VALUE` changes; what cannot be read is a finding.

    Where the programme has fields above the reader's tier the deal is not read beside it: a finding may tell them.
    """
    from onepill.workbench.asking.access_guard import withheld_paths
    from onepill.workbench.common.document_changes import changed_values

    is_whole = not withheld_paths(context, kept.programme_id or "")
    before, told = _read(saved, context, kept) if is_whole else (None, [])
    sourced = frozenset(path for path, entry in (_noted(before.deal) if before else {}).items() if is_value(entry))
    text, refused, loaded = saved, list[Row](), before
    try:
        text = with_changes(saved, changes, sourced=sourced)
    except InputError as error:
        refused = [finding.as_row() for finding in error.findings]
    if is_whole and text != saved:
        loaded, told = _read(text, context, kept)
    shown = loaded or before
    return {
        "text": text,
        "terms": term_rows(shown.deal, text, saved) if shown else [],
        "changes": changed_values(saved, text),
        "findings": refused + told,
    }


def _read(text: str, context: Context, kept: Kept) -> tuple[LoadedDeal | None, list[Row]]:
    from onepill.workbench.common.document_ids import deal_file
    from onepill.workbench.workspace.deals_answers import checked_deal

    try:
        loaded = checked_deal(text, deal_file(kept.id), context, kept.programme_id or "")
    except InputError as error:
        return None, [finding.as_row() for finding in error.findings]
    return loaded, [finding.as_row() for finding in loaded.findings]


def with_changes(text: str, changes: list[str], *, sourced: frozenset[str] = frozenset()) -> str:
    """The terms file with each `PATH=VALUE` in its place; comments and order stay to the letter.

    `sourced` are the paths of numbers that may say where they come from: those say after the change that they have no
    source, whatever was said of the number before.

    Raises:
        InputError: `deal.change`: it is no change, or its path leads to no single value; `edit.value`, `yaml.…`.
    """
    from onepill.core.document_edits import with_value
    from onepill.model.positions import resolve
    from onepill.workbench.workspace.live_inputs import value_at
    from onepill.workbench.workspace.typed_values import read_typed, with_origin

    for written in changes:
        path, sign, value = written.partition("=")
        path, data = path.strip(), read_document(text).data
        before = value_at(data, path)
        if not sign or not value.strip() or before is None or isinstance(before, list):
            hint = "write PATH=VALUE with a path of the terms file, such as terms.upfront.amount=5 MUSD"
            message = f"{written[:200]!r} changes no term"
            raise InputError.single("deal.change", message, hint=hint, path=path[:200], value=value[:200])
        new = read_typed(value)
        has_origin = path in sourced or isinstance(before, dict)
        text = with_value(text, resolve(path, data), with_origin(new, before, "") if has_origin else new)
    return text


def renamed(text: str, name: str) -> str:
    """The same terms under another name, so that two versions of a deal can stand side by side."""
    from onepill.core.document_edits import with_value

    return with_value(text, ("deal",), name)


def term_rows(deal: Deal, text: str, saved: str) -> list[Row]:
    """Every number and day of a deal that stands in its file, in the file's order, as a person types them."""
    from onepill.workbench.workspace.live_inputs import value_at
    from onepill.workbench.workspace.typed_values import typed

    data, old = read_document(text).data, read_document(saved).data
    found = [(path, entry) for path, entry in _noted(deal).items() if value_at(data, path) is not None]
    rows = []
    for path, entry in sorted(found, key=lambda both: _place(data, both[0])):
        shown, before = typed(value_at(data, path)), value_at(old, path)
        was = None if before is None else typed(before)
        rows.append(
            {
                "path": path,
                "title": _title(deal, path),
                "text": shown,
                "unit": entry.unit,
                "before": was if was != shown else None,
                "origin": entry.origin,
                "source_grade": entry.source_grade,
                "source": entry.source.as_row() if entry.source else None,
                "note": entry.note or None,
            }
        )
    return rows[:MOST_TERMS]


def is_value(entry: Provenance) -> bool:
    """Whether a file may say of this number where it comes from; plain numbers and days have none of their own."""
    return entry.unit not in ("number", "day")


def _noted(deal: Deal) -> dict[str, Provenance]:
    """Where each number of a deal comes from, by its path in the file."""
    from onepill.core.provenance import Ledger
    from onepill.workbench.deals.inputs import note_deal

    ledger = Ledger()
    note_deal(ledger, deal, dict.fromkeys(deal.parties, 0.0))
    return {entry.path.removeprefix(f"deals.{deal.deal}."): entry for entry in ledger}


def _place(data: Any, path: str) -> tuple[int, ...]:
    """The positions of a path's keys in the file."""
    order = []
    for part in path.split("."):
        keys = [str(key).lower() for key in (data if isinstance(data, dict) else range(len(data)))]
        order.append(keys.index(part.lower()))
        data = list(data.values())[order[-1]] if isinstance(data, dict) else data[order[-1]]
    return tuple(order)


def _title(deal: Deal, path: str) -> Row | None:
    """What the file calls the part that a number stands in."""
    section, _, rest = path.partition(".")
    parts = getattr(deal, section, None)
    part = parts.get(rest.partition(".")[0]) if isinstance(parts, dict) else None
    title = getattr(part, "title", None) or getattr(part, "name", None)
    return dict(title) if title else None
