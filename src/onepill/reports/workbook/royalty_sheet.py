"""The sheet of royalties that the owner owes: tiers on the yearly sales of their markets, branch by branch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product as combinations

from onepill.core.errors import InputError
from onepill.reports.workbook.chances_sheet import Chances
from onepill.reports.workbook.formula import Num, maximum, total
from onepill.reports.workbook.frame import Frame
from onepill.reports.workbook.inputs_sheet import Inputs
from onepill.reports.workbook.market_block import Block
from onepill.reports.workbook.sheets import Sheet
from onepill.sim.plan import Contract, Royalty
from onepill.sim.ways import Case
from onepill.sim.weighting import is_linear

SHEET = "Royalties"
FIRST = 3
MOST_ROWS = 1_000


@dataclass(frozen=True)
class RoyaltyRows:
    """What one contract costs the owner, by year: expected cash and value, received positive."""

    contract: str
    name: str
    cash: tuple[Num, ...]
    values: tuple[Num, ...]


def add_royalties(frame: Frame, blocks: Sequence[Block]) -> list[RoyaltyRows]:
    """Write what each upstream contract costs; nothing is written where there is none."""
    if not frame.model.plan.contracts:
        return []
    words, sheet = frame.words, frame.book.add(SHEET)
    sheet.put(0, 0, words("sheet.royalties.title"), "title")
    sheet.put(1, 0, words("sheet.royalties.help"), "small")
    sheet.put_all(3, 0, [words(f"sheet.royalties.{k}") for k in ("row", "chance", "total")], "head")
    for k, year in enumerate(frame.years.columns):
        sheet.put(3, FIRST + k, year.year, "year")
        sheet.widths[FIRST + k] = 13
    sheet.widths |= {0: 60, 1: 10, 2: 14}
    sheet.freeze, sheet.repeat_columns = (4, 1), 1
    row, found = 4, []
    for contract in frame.model.plan.contracts:
        rows, row = _contract(sheet, row, contract, blocks, frame)
        found.append(rows)
    return found


def _contract(
    sheet: Sheet, row: int, contract: Contract, blocks: Sequence[Block], frame: Frame
) -> tuple[RoyaltyRows, int]:
    words, years = frame.words, frame.years.columns
    sheet.put(row, 0, contract.payee, "heading")
    row, cash = row + 1, [list[Num]() for _ in years]
    for number, royalty in enumerate(contract.royalties):
        for chance, sold, label in _futures(royalty, blocks, frame):
            sheet.put(row, 0, words("sheet.royalties.sales", label=label))
            sums = [total([block.sales[k] for block in sold]) for k in range(len(years))]
            sales = [sheet.put(row, FIRST + k, amount, "usd") for k, amount in enumerate(sums)]
            sheet.put(row + 1, 0, words("sheet.royalties.owed", label=label))
            weight = sheet.put(row + 1, 1, chance, "share")
            for k, amount in enumerate(sales):
                due = 0 - weight * _tiers(amount, _path(contract, number), royalty, frame.inputs)
                cash[k].append(sheet.put(row + 1, FIRST + k, due, "usd"))
            row += 2
    sheet.put(row, 0, words("sheet.royalties.expected"), "bold")
    sheet.put(row + 1, 0, words("sheet.royalties.present"), "bold")
    paid = [sheet.put(row, FIRST + k, total(items), "usd_bold") for k, items in enumerate(cash)]
    worth = [amount * year.factor for amount, year in zip(paid, years, strict=True)]
    values = [sheet.put(row + 1, FIRST + k, amount, "usd_bold") for k, amount in enumerate(worth)]
    for line in (row, row + 1):
        sheet.put(line, 2, sheet.area((line, FIRST), (line, FIRST + len(paid) - 1)).sum(), "usd_bold")
    return RoyaltyRows(contract.id, contract.payee, tuple(paid), tuple(values)), row + 3


def _path(contract: Contract, number: int) -> str:
    return f"rights.{contract.id}.royalty" if number == 0 else f"{contract.id}.{number}"


Future = tuple[Num, list[Block], str]


def _futures(royalty: Royalty, blocks: Sequence[Block], frame: Frame) -> list[Future]:
    """The exclusive futures of a royalty: market by market where it adds up, else all its markets together."""
    members = {name: [block for block in blocks if block.market == name] for name in royalty.markets}
    if is_linear(royalty.tiers) or len(royalty.markets) == 1:
        every = [block for group in members.values() for block in group]
        return [(block.chance, [block], _label([block], frame)) for block in every]
    found: list[Future] = []
    for chosen in combinations(*([None, *group] for group in members.values())):
        sold = [block for block in chosen if block is not None]
        if sold and _joined(sold) is not None:
            names = {block.market for block in sold}
            others = [block for group in members.values() for block in group if block.market not in names]
            found.append((_exactly(sold, others, frame.chances), sold, _label(sold, frame)))
        if len(found) > MOST_ROWS:
            hint = "value it with onepill passport FILE instead"
            raise InputError.single("workbook.size", "the royalty has too many exclusive futures", hint=hint)
    return found


def _joined(blocks: Sequence[Block]) -> Case | None:
    """The cases of several launches as one; None where they exclude each other."""
    known: dict[str, str] = {}
    for block in blocks:
        for name, outcome in block.launch.case:
            if known.setdefault(name, outcome) != outcome:
                return None
    return tuple(known.items())


def _exactly(sold: Sequence[Block], others: Sequence[Block], chances: Chances) -> Num:
    """The chance that these are launched and none of the others: inclusion and exclusion over the others."""
    case = _joined(sold)
    if case is None:
        return Num("0", 0.0)
    gates = tuple(dict.fromkeys(gate for block in sold for gate in block.launch.gates))
    if not others:
        return chances.of(case, gates)
    first, rest = others[0], others[1:]
    with_it = [*sold, first]
    if _joined(with_it) is None:
        return _exactly(sold, rest, chances)
    same = [block for block in rest if block.market == first.market]
    further = [block for block in rest if block not in same]
    found = _exactly(sold, further, chances)
    for block in [first, *same]:
        if _joined([*sold, block]) is not None:
            found = found - _exactly([*sold, block], further, chances)
    return found


def _label(blocks: Sequence[Block], frame: Frame) -> str:
    parts = []
    for block in blocks:
        branch = frame.branch_name(block.launch.case)
        parts.append(frame.market_name(block.market) + (f" ({branch})" if branch else ""))
    return " + ".join(parts)


def _tiers(sales: Num, path: str, royalty: Royalty, inputs: Inputs) -> Num:
    """Each slice above a threshold at its own rate."""
    parts, before = [], Num("0", 0.0)
    for number in range(len(royalty.tiers)):
        rate = inputs[f"{path}.{number}.rate"]
        step = rate - before if number else rate
        parts.append(step * maximum(sales - inputs[f"{path}.{number}.above_usd"], 0))
        before = rate
    return total(parts)
