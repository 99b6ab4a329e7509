"""The operations on workbooks: one written, one read back. Heavy parts are imported when asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from onepill.core.errors import InputError, OnepillError

if TYPE_CHECKING:
    from datetime import date

    from onepill.sim.plan import Market, Money
    from onepill.workbench.questions.workbook import ImportWorkbookAsk
    from onepill.workbench.sheets.build import Valued
    from onepill.workbench.sheets.read import Changed

Row = dict[str, Any]
ROUNDS = 3
"""How often inputs that move with others are written out before it is called our fault."""


def workbook_bytes(
    text: str,
    *,
    file: str = "",
    as_of: date | None = None,
    scenarios: Sequence[str] = (),
    lang: Literal["en", "zh"] = "en",
) -> bytes:
    """A programme's deterministic model as an .xlsx file with live formulas.

    Raises:
        MissingExtra: `onepill[workbook]` is not installed.
        InputError: all findings about the file; `plan.branches`, `workbook.size` or `workbook.plan`.
    """
    return valued_workbook(text, file=file, as_of=as_of, scenarios=scenarios, lang=lang)[0]


def valued_workbook(
    text: str,
    *,
    file: str = "",
    as_of: date | None = None,
    scenarios: Sequence[str] = (),
    lang: Literal["en", "zh"] = "en",
) -> tuple[bytes, float]:
    """The same with the value that it shows: deterministic rNPV in US dollars, every draw at its mean."""
    from onepill.workbench.sheets.build import make_workbook, value_inputs

    valued = value_inputs(text, file=file, as_of=as_of, scenarios=scenarios)
    return make_workbook(valued, lang=lang, scenarios=scenarios), valued.value.rnpv_usd


def import_workbook(ask: ImportWorkbookAsk) -> Row:
    """What was changed in a workbook, and the programme file with it."""
    from onepill.workbench.sheets.build import value_inputs
    from onepill.workbench.sheets.read import read_workbook

    _check_scenario(ask)
    before = value_inputs(ask.text, file=ask.file, as_of=ask.as_of)
    name = ask.workbook.file.replace("\\", "/").rpartition("/")[2]
    changes, told = read_workbook(ask.workbook.content, before, file=ask.workbook.file)
    kept: list[Changed] = []
    text, after = ask.text, before
    if changes:
        text, after, changes, kept = _brought_in(ask, before, changes, name)
    _check_formulas(ask, before, told, after.value.rnpv_usd)
    return {
        "programme": before.loaded.programme.programme,
        "as_of": before.loaded.programme.as_of.isoformat(),
        "workbook": ask.workbook.file,
        "scenario": ask.scenario if changes else None,
        "changes": [_row(change) for change in changes],
        "kept": [_row(change) for change in kept],
        "rnpv_before_usd": round(before.value.rnpv_usd),
        "rnpv_after_usd": round(after.value.rnpv_usd),
        "rnpv_in_workbook_usd": None if told is None else round(told),
        "text": text,
    }


def _check_formulas(ask: ImportWorkbookAsk, before: Valued, told: float | None, expected: float) -> None:
    """Look for overwritten formulas where the workbook does not show the value that its inputs give."""
    from onepill.workbench.sheets.build import make_workbook
    from onepill.workbench.sheets.read import refuse_overwritten

    if told is None or abs(told - expected) > 1:
        refuse_overwritten(ask.workbook.content, make_workbook(before), file=ask.workbook.file)


def _check_scenario(ask: ImportWorkbookAsk) -> None:
    if ask.scenario and not (ask.reason or "").strip():
        message, hint = "a scenario's changes need a reason", "add --reason TEXT"
        raise InputError.single("scenario.reason", message, hint=hint, path="reason")
    if ask.reason and not ask.scenario:
        message, hint = "a reason goes with a scenario", "add --scenario NAME, or leave --reason out"
        raise InputError.single("scenario.unnamed", message, hint=hint, path="reason")


def _brought_in(
    ask: ImportWorkbookAsk, before: Valued, changes: list[Changed], workbook: str
) -> tuple[str, Valued, list[Changed], list[Changed]]:
    """The new text, its value, the changes, and the inputs that had to be written out so that they stay as the workbook
    has them.

    A chance that the file states, for one, takes the place of a base rate that others rest on. So the new file is read
    again, and what differs from the workbook is written into it too.
    """
    from onepill.workbench.sheets.build import value_inputs
    from onepill.workbench.sheets.changes import edits_of, with_edits, with_scenario

    kept: list[Changed] = []
    wanted = changes
    changes = [change for change in changes if not change.row.follows]
    for _ in range(ROUNDS):
        edits = edits_of([*changes, *kept], before.loaded, workbook=workbook)
        if ask.scenario:
            reason = ask.reason or ""
            text = with_scenario(ask.text, before.loaded, edits, name=ask.scenario, reason=reason)
        else:
            text = with_edits(ask.text, edits)
        scenarios = [ask.scenario] if ask.scenario else []
        after = value_inputs(text, file=ask.file, as_of=ask.as_of, scenarios=scenarios)
        moved = _moved(before, after, [*wanted, *kept])
        if not moved:
            return text, after, changes, kept
        # What follows others, and does not come to the workbook's value by itself, was typed there.
        typed = {row.row.path for row in moved} & {change.row.path for change in wanted}
        changes += [change for change in wanted if change.row.path in typed]
        kept += [change for change in moved if change.row.path not in typed]
    raise OnepillError("the changes cannot be written so that the file says what the workbook says")


def _moved(before: Valued, after: Valued, changes: list[Changed]) -> list[Changed]:
    """Inputs that are not what the workbook says once the changes are made."""
    from onepill.workbench.sheets.read import Changed, is_same

    wanted = {row.path: row.value for row in before.inputs} | {c.row.path: c.after for c in changes}
    found = {row.path: row.value for row in after.inputs}
    # A chance that became certain is no gate of the plan any more: the file says what the workbook says.
    found |= {c.row.path: c.after for c in changes if c.after == 1.0 and c.row.path not in found}
    # A chance that is stated asks no floor any more.
    found |= {row.path: row.value for row in before.inputs if row.locked == "floor" and row.path not in found}
    moved = [row for row in before.inputs if not is_same(found.get(row.path, float("nan")), wanted[row.path])]
    stuck = [row.path for row in moved if not row.is_editable]
    stuck += [] if moved else _moved_tables(before, after)
    if stuck or set(found) != set(wanted):
        names = ", ".join(stuck or sorted(set(found) ^ set(wanted)))
        message = f"the changes move what a workbook cannot hold: {names}"
        raise InputError.single("workbook.moved", message, hint="make this change in the programme file", path=names)
    return [Changed(row, wanted[row.path], "") for row in moved]


def _moved_tables(before: Valued, after: Valued) -> list[str]:
    """Markets whose sales are looked up, in a table that is another one after the changes."""
    from onepill.reports.workbook.model import has_plain_cash, market_group

    tables = {market.id: market for market in after.base.plan.markets}
    given = {item.id: item for item in before.base.markets}

    def is_moved(market: Market) -> bool:
        other, own = tables.get(market.id), given[market.id]
        if other is None or not _are_same(market.sales, other.sales):
            return True
        return not has_plain_cash(own, market) and not _are_same(market.cash, other.cash)

    whole = (m for m in before.base.plan.markets if not m.part_of)
    looked_up = [m for m in whole if market_group(given[m.id]) in before.looked_up]
    return [f"markets.{market.id}" for market in looked_up if is_moved(market)] + _moved_states(before, after)


def _moved_states(before: Valued, after: Valued) -> list[str]:
    """Payer states that would start from another share, or at another price, than the numbers in their formulas."""
    from onepill.workbench.sheets.states import taken_over

    found = {given.id: taken_over(after.base, given) for given in after.base.markets if given.group}
    return [
        f"markets.{given.id}"
        for given in before.base.markets
        if given.group and found.get(given.id) != taken_over(before.base, given)
    ]


def _are_same(one: Money, other: Money) -> bool:
    import numpy as np

    return one.shape == other.shape and bool(np.allclose(one, other, rtol=1e-9, atol=1e-12))


def _row(change: Changed) -> Row:
    from onepill.reports.catalogue import LANGUAGES, catalogue

    row, title = change.row, {}
    for lang in LANGUAGES:
        words = catalogue(lang)
        owner, field = words.text(row.owner), words.either("field", row.field)
        title[lang] = words("path.named", owner=owner, field=field) if owner else field
    return {
        "path": row.path,
        "title": title,
        "before": row.value,
        "after": change.after,
        "unit": row.unit,
        "cell": change.cell,
    }
