"""Builds the whole workbook: sheets in reading order, computed in the order in which they need each other."""

from __future__ import annotations

from datetime import datetime, time

from onepill.core.errors import OnepillError
from onepill.reports.catalogue import Catalogue, Lang, catalogue
from onepill.reports.workbook.cases import Cases
from onepill.reports.workbook.chances_sheet import add_chances
from onepill.reports.workbook.check_sheet import TOLERANCE_USD, add_check
from onepill.reports.workbook.costs_sheet import add_costs
from onepill.reports.workbook.days_sheet import add_clocks
from onepill.reports.workbook.frame import Frame
from onepill.reports.workbook.inputs_sheet import add_inputs
from onepill.reports.workbook.markets_sheet import add_markets
from onepill.reports.workbook.model import FORMAT_VERSION, WorkbookModel
from onepill.reports.workbook.result_sheet import Money, add_result
from onepill.reports.workbook.royalty_sheet import add_royalties
from onepill.reports.workbook.selection_cells import add_selections
from onepill.reports.workbook.sheets import Book, Sheet, write_book
from onepill.reports.workbook.timeline_sheet import add_timeline
from onepill.reports.workbook.years_sheet import add_years

README = "Read me"
ORDER = (
    README,
    "Result",
    "Check",
    "Inputs",
    "Timeline",
    "Chances",
    "Markets",
    "Rivals",
    "Starts",
    "Royalties",
    "Costs",
    "Years",
    "Clocks",
    "Tables",
)
MARKS = ("format", "programme", "as_of", "scenario", "engine", "rulebook")
"""What a workbook says of itself, by which it is known again when it is read back."""
MARKS_ROW = 4


def build_workbook(model: WorkbookModel, *, lang: Lang) -> bytes:
    """The workbook's bytes.

    Raises:
        MissingExtra: `onepill[workbook]` is not installed.
        InputError: `workbook.size` or `workbook.plan`, where the plan has no sheets of a sensible size.
        OnepillError: the formulas do not give onepill's own number; nothing is written then.
    """
    words = catalogue(lang)
    made = datetime.combine(model.as_of, time())
    properties = {"title": words.text(model.title), "author": f"onepill {model.engine_version}", "created": made}
    book = Book(properties=properties, lang=lang)
    readme = book.add(README)
    inputs = add_inputs(book, model, words)
    cases = Cases(model.plan)
    years = add_years(book, model, inputs, words)
    chances = add_chances(book, model, cases, inputs, words)
    frame = Frame(book, model, words, inputs, cases, chances, years, add_clocks(book, model, words))
    timeline = add_timeline(frame)
    blocks, launches = add_markets(frame, timeline)
    add_selections(frame, blocks)
    royalties = add_royalties(frame, blocks)
    summed = add_result(frame, Money(add_costs(frame, timeline, launches), blocks, royalties))
    add_check(frame, summed, blocks)
    value = summed.value
    if not abs(value.value - model.rnpv_usd) < TOLERANCE_USD:
        raise OnepillError(f"the workbook's formulas give {value.value:,.2f} where onepill gives {model.rnpv_usd:,.2f}")
    _add_readme(readme, model, words, written={sheet.name.lower() for sheet in book.sheets})
    book.sheets.sort(key=lambda sheet: ORDER.index(sheet.name))
    return write_book(book)


def _add_readme(sheet: Sheet, model: WorkbookModel, words: Catalogue, *, written: set[str]) -> None:
    sheet.widths, sheet.landscape = {0: 24, 1: 110}, False
    sheet.put(0, 0, words.text(model.title), "title")
    sheet.put(1, 0, words("sheet.readme.subtitle"), "small")
    marks = {
        "format": str(FORMAT_VERSION),
        "programme": model.programme,
        "as_of": model.as_of.isoformat(),
        "scenario": model.scenario,
        "engine": model.engine_version,
        "rulebook": model.rulebook_hash,
    }
    sheet.put(MARKS_ROW - 1, 0, words("sheet.readme.about"), "heading")
    for row, name in enumerate(MARKS, start=MARKS_ROW):
        sheet.put(row, 0, words(f"sheet.mark.{name}"))
        sheet.put(row, 1, marks[name])
    row = MARKS_ROW + len(MARKS) + 1
    row = _add_texts(sheet, row, "how", ("change", "recompute", "back", "locked", "beyond"), words)
    row = _add_texts(sheet, row, "meaning", ("number", "mean", "chance", "days", "money"), words)
    sheets = tuple(name.lower() for name in ORDER[1:] if name.lower() in written)
    row = _add_texts(sheet, row, "sheets", sheets, words)
    _add_texts(sheet, row, "limits", ("disclaimer",), words)


def _add_texts(sheet: Sheet, row: int, section: str, keys: tuple[str, ...], words: Catalogue) -> int:
    sheet.put(row, 0, words(f"sheet.readme.{section}"), "heading")
    for key in keys:
        row += 1
        sheet.put(row, 0, words(f"sheet.readme.{section}.{key}.name"), "wrap")
        sheet.put(row, 1, words(f"sheet.readme.{section}.{key}"), "wrap")
    return row + 2
