"""The sheet of inputs: every number that a formula uses, with its source; what may be changed is coloured."""

from __future__ import annotations

from collections.abc import Mapping

from onepill.core.dates import DAYS_PER_YEAR
from onepill.core.provenance import Provenance
from onepill.reports.catalogue import Catalogue
from onepill.reports.workbook.formula import Num, Told
from onepill.reports.workbook.model import DrawPaths, InputRow, WorkbookModel
from onepill.reports.workbook.sheets import Book, Sheet, serial

SHEET = "Inputs"
COLUMNS = (
    "path",
    "title",
    "value",
    "unit",
    "size",
    "used",
    "used_unit",
    "changed",
    "origin",
    "grade",
    "source",
    "address",
    "date",
    "note",
    "written",
)
"""The columns in their order; a workbook is read back by it."""
HEAD_ROW = 3
PATH, VALUE, UNIT, WRITTEN = (COLUMNS.index(name) for name in ("path", "value", "unit", "written"))
WIDTHS = (44, 40, 14, 15, 11, 16, 13, 11, 15, 13, 44, 36, 12, 60, 14)
FIRST_CONSTANT = "days_per_year"
NEVER = 2_958_465
"""The last day that spreadsheets know, 9999-12-31: the day of what does not happen."""


class Inputs:
    """The inputs as formulas use them: by path, in days, US dollars, shares and plain numbers."""

    def __init__(self, used: Mapping[str, Num], constants: Mapping[str, Num], draws: DrawPaths) -> None:
        self._used, self.draws = dict(used), draws
        self.constants = constants

    def derive(self, path: str, value: Num) -> None:
        """Let formulas read what another sheet makes of inputs as one."""
        self._used[path] = value

    def __getitem__(self, path: str) -> Num:
        return self._used[path]

    def get(self, path: str) -> Num | None:
        """An input, None where no formula needs it."""
        return self._used.get(path)

    def __contains__(self, path: str) -> bool:
        return path in self._used

    @property
    def never(self) -> Num:
        return self.constants["never"]

    @property
    def days_per_year(self) -> Num:
        return self.constants["days_per_year"]


def add_inputs(book: Book, model: WorkbookModel, words: Catalogue) -> Inputs:
    """Write the sheet; rates of exchange first, since amounts use them."""
    sheet = book.add(SHEET)
    sheet.put(0, 0, words("sheet.inputs.title"), "title")
    sheet.put(1, 0, words("sheet.inputs.help"), "small")
    for column, name in enumerate(COLUMNS):
        sheet.put(HEAD_ROW, column, words(f"sheet.column.{name}"), "head")
        sheet.widths[column] = WIDTHS[column]
    sheet.freeze, sheet.repeat_rows = (HEAD_ROW + 1, VALUE + 1), (HEAD_ROW, HEAD_ROW)
    sheet.filter_row, sheet.repeat_columns = HEAD_ROW, 1
    used: dict[str, Num] = {}
    row = HEAD_ROW + 1
    for item in model.inputs:
        used[item.path] = book.define(item.path, _add_row(sheet, row, item, used, words))
        row += 1
    return Inputs(used, _add_constants(book, sheet, row + 1, words), model.draws)


def rate_path(currency: str) -> str:
    return f"capital.exchange_rates.{currency}.per_usd"


def _add_row(sheet: Sheet, row: int, item: InputRow, used: Mapping[str, Num], words: Catalogue) -> Num:
    style = style_of(item)
    sheet.put(row, 0, item.path, "small")
    owner, field = words.text(item.owner), words.either("field", item.field)
    sheet.put(row, 1, words("path.named", owner=owner, field=field) if owner else field, "wrap")
    written = serial(int(item.value)) if item.kind == "day" else item.value
    value = sheet.put(row, VALUE, written, style)
    sheet.put(row, UNIT, words.either("sheet_unit", item.unit), "text")
    model_value = _used(sheet, row, item, value, used)
    _add_used_unit(sheet, row, item, words)
    sheet.put(row, WRITTEN, written, _plain_style(item))
    _add_change(sheet, row, value, words)
    _add_source(sheet, row, item, words)
    if item.is_editable:
        sheet.rules.append((row, VALUE, _rule(item, words)))
    return model_value


def style_of(item: InputRow) -> str:
    """How the value of an input looks."""
    if item.is_editable:
        return "input_decimals" if _plain_style(item) == "decimals" else "input"
    return _plain_style(item)


def _plain_style(item: InputRow) -> str:
    """Six decimals for shares and for what is no whole number now; the cell holds them all."""
    if item.kind == "day":
        return "day"
    return "decimals" if item.kind in ("share", "rate") or item.value % 1 else "number"


def _used(sheet: Sheet, row: int, item: InputRow, value: Num, used: Mapping[str, Num]) -> Num:
    """The value as the model counts it: in days, US dollars, a share or a plain number."""
    size_column, used_column = COLUMNS.index("size"), COLUMNS.index("used")
    amount = value
    if item.size != 1.0:
        amount = amount * sheet.put(row, size_column, item.size, "number" if item.size % 1 else "whole")
    if item.currency:
        amount = amount / used[rate_path(item.currency)]
    style = {"day": "day", "amount": "usd", "share": "factor", "rate": "factor"}.get(item.kind, _plain_style(item))
    return sheet.put(row, used_column, amount, style)


def _add_used_unit(sheet: Sheet, row: int, item: InputRow, words: Catalogue) -> None:
    unit = {"duration": "wd" if item.unit == "wd" else "days", "amount": "USD"}.get(item.kind, "")
    sheet.put(row, COLUMNS.index("used_unit"), words.either("sheet_unit", unit) if unit else "", "small")


def _add_change(sheet: Sheet, row: int, value: Num, words: Catalogue) -> None:
    before = sheet.address(row, WRITTEN)
    flag = Told(f'IF({value.text}={before},"","{words("sheet.changed")}")', "")
    sheet.put(row, COLUMNS.index("changed"), flag, "flag")


def _add_source(sheet: Sheet, row: int, item: InputRow, words: Catalogue) -> None:
    known: Provenance | None = item.provenance
    notes = [words(f"sheet.locked.{item.locked}") if item.locked else ""]
    notes += [words(f"sheet.note.{item.note}", days=f"{item.elapsed_days:,.0f}")] if item.note else []
    notes += [words("sheet.inputs.follows")] if item.follows else []
    if known is not None:
        origin = words.either("sheet_origin", known.origin)
        sheet.put(row, COLUMNS.index("origin"), origin, "text")
        sheet.put(row, COLUMNS.index("grade"), words.either("grade", known.source_grade), "text")
        if known.source is not None:
            day = known.source.date or known.date or known.source.retrieved
            cells = {"source": known.source.title, "address": known.source.url, "date": day}
            for name, text in cells.items():
                sheet.put(row, COLUMNS.index(name), text, "wrap" if name == "source" else "text")
        notes += [known.note, known.formula]
    sheet.put(row, COLUMNS.index("note"), "; ".join(note for note in notes if note), "wrap")


def _rule(item: InputRow, words: Catalogue) -> dict[str, object]:
    """What may be typed into the cell."""
    low, high = item.lowest, item.highest
    limits = {"criteria": "between", "minimum": low, "maximum": high} if high is not None else None
    if high is None:
        message = words("sheet.limits_open", low=f"{low:g}")
    else:
        message = words("sheet.limits", low=f"{low:g}", high=f"{high:g}")
    found = {"validate": "decimal", **(limits or {"criteria": ">=", "value": low})}
    return {**found, "error_title": "onepill", "error_message": message[:255]}


def _add_constants(book: Book, sheet: Sheet, row: int, words: Catalogue) -> dict[str, Num]:
    sheet.put(row, 0, words("sheet.constants"), "heading")
    found = {}
    for offset, (name, value) in enumerate({FIRST_CONSTANT: DAYS_PER_YEAR, "never": float(NEVER)}.items(), start=1):
        sheet.put(row + offset, 0, name, "small")
        sheet.put(row + offset, 1, words(f"sheet.constant.{name}"), "text")
        cell = sheet.put(row + offset, COLUMNS.index("used"), value, "day" if name == "never" else "number")
        found[name] = book.define(name, cell)
    return found
