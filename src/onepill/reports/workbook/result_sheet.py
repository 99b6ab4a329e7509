"""The sheet of results: the value, its parts, the cash by year, and onepill's own number beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from onepill.reports.workbook.check_sheet import TOLERANCE_USD, Summed
from onepill.reports.workbook.costs_sheet import DEVELOPMENT, ITEM, MARKET, CostRows
from onepill.reports.workbook.formula import Num, Told, rounded, sum_of, total
from onepill.reports.workbook.frame import Frame
from onepill.reports.workbook.market_block import Block
from onepill.reports.workbook.model import market_group
from onepill.reports.workbook.royalty_sheet import RoyaltyRows
from onepill.reports.workbook.sheets import Sheet, letters
from onepill.sim.compiler_cash import LAUNCH_COST

SHEET = "Result"
FIRST = 3
TOTAL_CELL = (3, 1)
"""Where the value stands, from 0."""
_PARTS = 9
"""The row of the head of the value's parts."""


@dataclass(frozen=True)
class Money:
    """What the value is made of."""

    costs: CostRows
    blocks: Sequence[Block]
    royalties: Sequence[RoyaltyRows]

    def of_market(self, market: str) -> list[Block]:
        return [block for block in self.blocks if market_group(block.launch.market) == market]


def add_result(frame: Frame, money: Money) -> Summed:
    """Write the sheet; returns what it adds up."""
    words, model, sheet = frame.words, frame.model, frame.book.add(SHEET)
    sheet.widths |= {0: 50, 1: 18, 2: 18} | {FIRST + k: 14 for k in range(len(frame.years.columns))}
    sheet.put(0, 0, words("sheet.result.title", title=words.text(model.title)), "title")
    sheet.put(1, 0, words("sheet.result.help", day=model.as_of.isoformat()), "small")
    sheet.put(3, 0, words("sheet.result.rnpv"), "bold")
    sheet.put(_PARTS, 0, words("sheet.result.part"), "head")
    sheet.put_all(_PARTS, 1, [words(f"sheet.result.{name}") for name in ("worth", "own", "difference")], "head_right")
    parts = []
    for row, (id_, name, worth) in enumerate(_parts(frame, money), start=_PARTS + 1):
        sheet.put(row, 0, name)
        cell, own = sheet.put(row, 1, worth, "usd"), sheet.put(row, 2, model.by_market[id_], "usd")
        sheet.put(row, 3, rounded(cell - own, 2), "usd")
        parts.append((name, cell, model.by_market[id_]))
    last = _PARTS + len(parts)
    value = sheet.put(*TOTAL_CELL, sheet.area((_PARTS + 1, 1), (last, 1)).sum(), "total")
    frame.book.define("rnpv_usd", value)
    _check(sheet, value, frame)
    rows, by_year, cumulative = _yearly(sheet, last + 3, frame, money)
    _chart(frame, rows)
    sheet.freeze, sheet.repeat_columns = (4, 1), 1
    return Summed(value, parts, by_year, cumulative)


def _parts(frame: Frame, money: Money) -> list[tuple[str, str, Num]]:
    """The value by market, its sales and its launch cost together; development, and each contract, apart."""
    costs = money.costs

    def spent(market: str) -> Num:
        owed = [name == market for name in costs.markets] or [False] * len(costs.total.values)
        return sum_of(costs.column(MARKET), costs.total, f'"{market}"', owed)

    found = [(DEVELOPMENT, frame.words("sheet.development"), spent(DEVELOPMENT))]
    for market in _markets(frame):
        own = [_row_sum(block.values) for block in money.of_market(market)]
        found.append((market, frame.market_name(market), total([*own, spent(market)])))
    found += [(row.contract, row.name, _row_sum(row.values)) for row in money.royalties]
    return found


def _markets(frame: Frame) -> list[str]:
    """The programme's markets; the payer states of one count together."""
    return list(dict.fromkeys(market_group(market) for market in frame.model.plan.markets))


def _row_sum(cells: Sequence[Num]) -> Num:
    """The sum of cells that stand side by side."""
    last = cells[-1].text.rpartition("!")[2]
    return Num(f"SUM({cells[0].text}:{last})", sum(cell.value for cell in cells))


def _check(sheet: Sheet, value: Num, frame: Frame) -> None:
    words = frame.words
    sheet.put(4, 0, words("sheet.result.own_number"))
    own = sheet.put(4, 1, frame.model.rnpv_usd, "cents")
    sheet.put(5, 0, words("sheet.result.difference"))
    sheet.put(5, 1, rounded(value - own, 2), "cents")
    sheet.put(6, 0, words("sheet.result.check"))
    same, changed, broken = (words(f"sheet.result.{name}") for name in ("same", "changed", "broken"))
    test = f'IF(ABS({value.text}-{own.text})<{TOLERANCE_USD},"{same}","{changed}")'
    sheet.put(6, 1, Told(f'IFERROR({test},"{broken}")', same), "check")


Kind = Literal["cash", "value"]


def _yearly(sheet: Sheet, row: int, frame: Frame, money: Money) -> tuple[tuple[int, int, int], list[Num], Num]:
    """Expected cash and present value by item and year; returns the rows of years, of cash and of cumulative value, the
    present value by year, and the last of the cumulative ones."""
    years, kinds, sums = frame.years.columns, dict[Kind, int](), list[Num]()
    year_row = row
    for kind in ("cash", "value"):
        sheet.put(row, 0, frame.words(f"sheet.result.{kind}_by_year"), "head")
        heads = [frame.words("sheet.costs.item"), frame.words("sheet.markets.total")]
        sheet.put_all(row, 1, heads, "head")
        for k, year in enumerate(years):
            sheet.put(row, FIRST + k, year.year, "year")
        lines = _lines(kind, frame, money)
        for offset, (name, item, cells) in enumerate(lines, start=1):
            sheet.put(row + offset, 0, name)
            sheet.put(row + offset, 1, item, "small")
            _fill(sheet, row + offset, cells, "usd")
        last = row + len(lines)
        columns = [sheet.area((row + 1, FIRST + k), (last, FIRST + k)).sum() for k in range(len(years))]
        sheet.put_all(last + 1, 0, [frame.words("sheet.markets.total"), None], "bold")
        sums = _fill(sheet, last + 1, columns, "usd_bold")
        kinds[kind] = last + 1
        row = last + 3
    sheet.put(row - 1, 0, frame.words("sheet.result.cumulative"))
    running = sums[0] + 0
    for k, cell in enumerate(sums):
        before = sheet.put(row - 1, FIRST + k, running if k == 0 else running + cell, "usd")
        running = before
    return (year_row, kinds["cash"], row - 1), sums, running


def _fill(sheet: Sheet, row: int, cells: Sequence[Num], style: str) -> list[Num]:
    found = [sheet.put(row, FIRST + k, cell, style) for k, cell in enumerate(cells)]
    sheet.put(row, 2, sheet.area((row, FIRST), (row, FIRST + len(found) - 1)).sum(), style)
    return found


def _lines(kind: Kind, frame: Frame, money: Money) -> list[tuple[str, str, list[Num]]]:
    costs = money.costs
    areas = costs.cash if kind == "cash" else costs.values
    found = []
    for item in dict.fromkeys(costs.items):
        is_one = [name == item for name in costs.items]
        cells = [sum_of(costs.column(ITEM), area, f'"{item}"', is_one) for area in areas]
        found.append((_item_name(item, frame), item, cells))
    for market in _markets(frame):
        own = [block.cash if kind == "cash" else block.values for block in money.of_market(market)]
        if own:
            cells = [total([row[k] for row in own]) for k in range(len(areas))]
            found.append((frame.market_name(market), market, cells))
    for contract in money.royalties:
        rows = contract.cash if kind == "cash" else contract.values
        found.append((contract.name, contract.contract, [cell + 0 for cell in rows]))
    return found


def _item_name(item: str, frame: Frame) -> str:
    if item.endswith(LAUNCH_COST):
        return f"{frame.market_name(item.removesuffix(LAUNCH_COST))}: {frame.words('sheet.launch_cost')}"
    return frame.words.either("item", item)


def _chart(frame: Frame, rows: tuple[int, int, int]) -> None:
    year, cash, cumulative = rows
    last, words = letters(FIRST + len(frame.years.columns) - 1), frame.words

    def line(row: int) -> str:
        return f"={SHEET}!${letters(FIRST)}${row + 1}:${last}${row + 1}"

    bars = {
        "name": words("sheet.result.cash_by_year"),
        "categories": line(year),
        "values": line(cash),
        "fill": {"color": "#5B9BD5"},
    }
    curve = {
        "name": words("sheet.result.cumulative"),
        "categories": line(year),
        "values": line(cumulative),
        "line": {"color": "#1F4E79", "width": 2},
    }
    chart = {"type": "column", "series": [bars], "line": curve, "title": words("sheet.result.chart")}
    frame.book.charts.append((SHEET, cumulative + 2, 1, chart))
