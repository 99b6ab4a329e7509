"""The sheet of results: the value, its parts, the cash by year, and onepill's own number beside it."""

from __future__ import annotations

from collections.abc import Sequence

from onepill.reports.catalogue import Catalogue
from onepill.reports.workbook.costs_sheet import DEVELOPMENT, ITEM, MARKET, CostRows
from onepill.reports.workbook.formula import Num, Told, sum_of, total
from onepill.reports.workbook.markets_sheet import Block
from onepill.reports.workbook.model import WorkbookModel
from onepill.reports.workbook.royalty_sheet import RoyaltyRows
from onepill.reports.workbook.sheets import Book, Sheet, letters
from onepill.reports.workbook.years_sheet import Years

SHEET = "Result"
FIRST = 3
TOTAL_CELL = (3, 1)
"""Where the value stands, from 0."""
TOLERANCE_USD = 1


def add_result(
    book: Book,
    model: WorkbookModel,
    costs: CostRows,
    blocks: Sequence[Block],
    royalties: Sequence[RoyaltyRows],
    years: Years,
    words: Catalogue,
) -> Num:
    """Write the sheet; returns the cell of the value."""
    sheet = book.add(SHEET)
    sheet.widths |= {0: 46, 1: 18, 2: 18} | {FIRST + k: 14 for k in range(len(years.columns))}
    sheet.put(0, 0, words("workbook.result.title", title=words.text(model.title)), "title")
    sheet.put(1, 0, words("workbook.result.help", day=model.as_of.isoformat()), "small")
    sheet.put(3, 0, words("workbook.result.rnpv"), "bold")
    parts = _parts(model, costs, blocks, royalties, words)
    first = 9
    sheet.put_all(first, 0, [words("workbook.result.part"), words("workbook.result.worth"), words("workbook.result.own")], "head")
    cells = []
    for row, (id_, name, worth) in enumerate(parts, start=first + 1):
        sheet.put(row, 0, name)
        cells.append(sheet.put(row, 1, worth, "usd"))
        sheet.put(row, 2, model.by_market[id_], "usd")
    value = sheet.put(*TOTAL_CELL, sheet.area((first + 1, 1), (first + len(cells), 1)).sum(), "total")
    _check(book, sheet, value, model, words)
    row = _yearly(sheet, first + len(cells) + 3, costs, blocks, royalties, years, words, model)
    _chart(book, row, years, words)
    sheet.freeze = (4, 1)
    return value


Part = tuple[str, str, Num]


def _parts(
    model: WorkbookModel,
    costs: CostRows,
    blocks: Sequence[Block],
    royalties: Sequence[RoyaltyRows],
    words: Catalogue,
) -> list[Part]:
    """The value by market: its sales and its launch cost; development, and each contract, apart."""
    key = costs.column(MARKET)
    is_work = [market == DEVELOPMENT for market in costs.markets]
    worth = sum_of(key, costs.total, f'"{DEVELOPMENT}"', _padded(is_work, costs))
    found = [(DEVELOPMENT, words("workbook.development"), worth)]
    for market in model.plan.markets:
        sold = [total(block.values) for block in blocks if block.market == market.id]
        owed = [name == market.id for name in costs.markets]
        launch = sum_of(key, costs.total, f'"{market.id}"', _padded(owed, costs))
        own = [_sum_row(block) for block in blocks if block.market == market.id]
        found.append((market.id, words.text(model.market_words[market.id].name), total([*own, launch]) if sold else launch))
    for contract in royalties:
        found.append((contract.contract, contract.name, _sum_of_row(contract.values)))
    return found


def _padded(flags: list[bool], costs: CostRows) -> list[bool]:
    return flags or [False] * len(costs.total.values)


def _sum_row(block: Block) -> Num:
    return _sum_of_row(block.values)


def _sum_of_row(cells: Sequence[Num]) -> Num:
    """The sum of cells that stand side by side."""
    last = cells[-1].text.rpartition("!")[2]
    return Num(f"SUM({cells[0].text}:{last})", sum(cell.value for cell in cells))


def _check(book: Book, sheet: Sheet, value: Num, model: WorkbookModel, words: Catalogue) -> None:
    sheet.put(4, 0, words("workbook.result.own_number"))
    own = sheet.put(4, 1, model.rnpv_usd, "cents")
    sheet.put(5, 0, words("workbook.result.difference"))
    sheet.put(5, 1, value - own, "cents")
    sheet.put(6, 0, words("workbook.result.check"))
    same, changed, broken = (words(f"workbook.result.{name}") for name in ("same", "changed", "broken"))
    test = f"IF(ABS({value.text}-{own.text})<{TOLERANCE_USD},\"{same}\",\"{changed}\")"
    sheet.put(6, 1, Told(f'IFERROR({test},"{broken}")', same), "flag")
    book.define("rnpv_usd", value)


def _yearly(
    sheet: Sheet,
    row: int,
    costs: CostRows,
    blocks: Sequence[Block],
    royalties: Sequence[RoyaltyRows],
    years: Years,
    words: Catalogue,
    model: WorkbookModel,
) -> tuple[int, int, int]:
    """Expected cash and present value by item and year; returns the rows of years, of cash and of cumulative value."""
    places = []
    year_row = row
    for kind in ("cash", "value"):
        sheet.put(row, 0, words(f"workbook.result.{kind}_by_year"), "head")
        sheet.put_all(row, 1, [words("workbook.costs.item"), words("workbook.markets.total")], "head")
        for k, year in enumerate(years.columns):
            sheet.put(row, FIRST + k, year.year, "year")
        lines = _lines(kind, costs, blocks, royalties, words, model)
        for offset, (name, item, cells) in enumerate(lines, start=1):
            sheet.put(row + offset, 0, name)
            sheet.put(row + offset, 1, item, "small")
            _fill(sheet, row + offset, cells, "usd")
        last = row + len(lines)
        sums = [sheet.area((row + 1, FIRST + k), (last, FIRST + k)).sum() for k in range(len(years.columns))]
        sheet.put(last + 1, 0, words("workbook.markets.total"), "bold")
        cells = _fill(sheet, last + 1, sums, "usd_bold")
        places.append(last + 1)
        row = last + 3
    sheet.put(row - 1, 0, words("workbook.result.cumulative"), "text")
    running: Num | None = None
    for k, cell in enumerate(cells):
        running = sheet.put(row - 1, FIRST + k, running + cell if running else cell + 0, "usd")
    return year_row, places[0], row - 1


def _fill(sheet: Sheet, row: int, cells: Sequence[Num], style: str) -> list[Num]:
    found = [sheet.put(row, FIRST + k, cell, style) for k, cell in enumerate(cells)]
    sheet.put(row, 2, sheet.area((row, FIRST), (row, FIRST + len(found) - 1)).sum(), style)
    return found


def _lines(
    kind: str,
    costs: CostRows,
    blocks: Sequence[Block],
    royalties: Sequence[RoyaltyRows],
    words: Catalogue,
    model: WorkbookModel,
) -> list[tuple[str, str, list[Num]]]:
    areas = costs.cash if kind == "cash" else costs.values
    found = []
    for item in dict.fromkeys(costs.items):
        is_one = [name == item for name in costs.items]
        cells = [sum_of(costs.column(ITEM), area, f'"{item}"', is_one) for area in areas]
        found.append((_item_name(item, words, model), item, cells))
    for market in model.plan.markets:
        own = [block.cash if kind == "cash" else block.values for block in blocks if block.market == market.id]
        if own:
            name = words.text(model.market_words[market.id].name)
            found.append((name, market.id, [total([row[k] for row in own]) for k in range(len(areas))]))
    for contract in royalties:
        cells = list(contract.cash if kind == "cash" else contract.values)
        found.append((contract.name, contract.contract, [cell + 0 for cell in cells]))
    return found


def _item_name(item: str, words: Catalogue, model: WorkbookModel) -> str:
    market, _, rest = item.partition(".")
    if rest == "launch_cost" and market in model.market_words:
        return f"{words.text(model.market_words[market].name)}: {words('workbook.launch_cost')}"
    return words.either("item", item)


def _chart(book: Book, rows: tuple[int, int, int], years: Years, words: Catalogue) -> None:
    year, cash, cumulative = rows
    last = letters(FIRST + len(years.columns) - 1)

    def line(row: int) -> str:
        return f"={SHEET}!${letters(FIRST)}${row + 1}:${last}${row + 1}"

    bars = {
        "name": words("workbook.result.cash_by_year"),
        "categories": line(year),
        "values": line(cash),
        "fill": {"color": "#5B9BD5"},
    }
    curve = {
        "name": words("workbook.result.cumulative"),
        "categories": line(year),
        "values": line(cumulative),
        "line": {"color": "#1F4E79", "width": 2},
    }
    chart = {"type": "column", "series": [bars], "line": curve, "title": words("workbook.result.chart")}
    book.charts.append((SHEET, cumulative + 2, 0, chart))
