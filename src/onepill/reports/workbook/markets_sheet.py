"""The sheet of markets: sales, cash and present value of each market by year, from its launch day."""

from __future__ import annotations

from dataclasses import dataclass, field

from onepill.access import MarketInput
from onepill.reports.catalogue import Catalogue
from onepill.reports.workbook.cases import Cases, Launch
from onepill.reports.workbook.chances_sheet import Chances, branch_name
from onepill.reports.workbook.costs_sheet import Outlay
from onepill.reports.workbook.formula import Area, Num, floor, half_even, maximum, minimum, product, total, when
from onepill.reports.workbook.inputs_sheet import Inputs
from onepill.reports.workbook.model import WorkbookModel, beyond_formulas
from onepill.reports.workbook.sheets import Book, Sheet
from onepill.reports.workbook.tables_sheet import Tables
from onepill.reports.workbook.timeline_sheet import Timeline, amount_of
from onepill.reports.workbook.years_sheet import Year, Years
from onepill.sim.compiler_cash import LAUNCH_COST

SHEET = "Markets"
FIRST = 3
"""The column of the first year; the second holds what is one number for all years, the third the total."""
FAR = 4_000_000
"""A day after every other: a loss of exclusivity that never comes."""


@dataclass
class Block:
    """One market in one branch: its sales if launched, its expected cash and value, by year."""

    market: str
    launch: Launch
    chance: Num
    sales: list[Num] = field(default_factory=list)
    cash: list[Num] = field(default_factory=list)
    values: list[Num] = field(default_factory=list)


class MarketSheet:
    """Writes the blocks one below the other."""

    def __init__(self, book: Book, model: WorkbookModel, inputs: Inputs, years: Years, words: Catalogue) -> None:
        self._model, self._inputs, self._years, self._words = model, inputs, years, words
        self.sheet = book.add(SHEET)
        self._row = 4
        self.sheet.put(0, 0, words("workbook.markets.title"), "title")
        self.sheet.put(1, 0, words("workbook.markets.help"), "small")
        self.sheet.put_all(3, 0, ["", words("workbook.markets.value"), words("workbook.markets.total")], "head_right")
        for k, year in enumerate(years.columns):
            self.sheet.put(3, FIRST + k, year.year, "year")
            self.sheet.widths[FIRST + k] = 14
        self.sheet.widths |= {0: 46, 1: 16, 2: 16}
        self.sheet.freeze, self.sheet.repeat_rows = (4, 1), (3, 3)

    def heading(self, text: str) -> None:
        self.sheet.put(self._row, 0, text, "heading")
        self._row += 1

    def one(self, key: str, value: Num, style: str) -> Num:
        """A row with one number."""
        self.sheet.put(self._row, 0, self._words(f"workbook.markets.{key}"))
        cell = self.sheet.put(self._row, 1, value, style)
        self._row += 1
        return cell

    def by_year(self, label: str, values: list[Num], style: str = "usd", *, is_summed: bool = False) -> list[Num]:
        """A row with a number a year."""
        self.sheet.put(self._row, 0, label, "bold" if style == "usd_bold" else "text")
        cells = [self.sheet.put(self._row, FIRST + k, value, style) for k, value in enumerate(values)]
        if is_summed:
            area = self.sheet.area((self._row, FIRST), (self._row, FIRST + len(values) - 1))
            self.sheet.put(self._row, 2, area.sum(), style)
        self._row += 1
        return cells

    def note(self, text: str) -> None:
        self.sheet.put(self._row, 0, text, "small")
        self._row += 1

    def gap(self) -> None:
        self._row += 1


def add_markets(
    book: Book,
    model: WorkbookModel,
    cases: Cases,
    inputs: Inputs,
    timeline: Timeline,
    chances: Chances,
    years: Years,
    words: Catalogue,
) -> tuple[list[Block], list[Outlay], MarketSheet]:
    """Write a block for each market and branch; returns them, and the launch costs for the sheet of costs."""
    given = {market.id: market for market in model.markets}
    sheet, blocks, outlays = MarketSheet(book, model, inputs, years, words), [], []
    tables = Tables(book, model, timeline, cases, words)
    for launch in cases.launches:
        market = given[launch.market.id]
        block, outlay = _block(sheet, model, market, launch, tables, inputs, timeline, chances, years, words)
        blocks.append(block)
        outlays += [outlay] if outlay else []
    return blocks, outlays, sheet


def _block(
    sheet: MarketSheet,
    model: WorkbookModel,
    given: MarketInput,
    launch: Launch,
    tables: Tables,
    inputs: Inputs,
    timeline: Timeline,
    chances: Chances,
    years: Years,
    words: Catalogue,
) -> tuple[Block, Outlay | None]:
    told, branch = model.market_words[given.id], branch_name(launch.case, model, words)
    sheet.heading(words.text(told.name) + (f" ({branch})" if branch else ""))
    chance = sheet.one("chance", chances.of(launch.case, launch.gates), "share")
    day = sheet.one("launch", timeline.event(launch.market.launch, launch.case)[0], "day")
    ends = [timeline.event(link, launch.case)[0] for link in launch.ends_on]
    end = sheet.one("end", minimum(*ends) if len(ends) > 1 else ends[0], "day") if ends else None
    block = Block(given.id, launch, chance)
    peak = sheet.one("peak", product([amount_of(draw, inputs) for draw in launch.market.scale]), "usd")
    sold = _sold_shares(sheet, given, told.path, told.lag, day, inputs, years, words)
    if beyond_formulas(given):
        return _looked_up(sheet, model, given, launch, block, peak, day, end, tables, inputs, timeline, years, words)
    growth = inputs[f"{told.path}.growth_per_year"]
    grown = [peak * (1 + growth) ** year.index * share for year, share in zip(years.columns, sold, strict=True)]
    kept = sheet.by_year(words("workbook.markets.kept"), [_kept(day, end, y, inputs) for y in years.columns], "share") if end else None
    sales = [amount * share for amount, share in zip(grown, kept, strict=True)] if kept else grown
    block.sales = sheet.by_year(words("workbook.markets.sales"), sales, is_summed=True)
    cash = _cash(sheet, told.path, block.sales, inputs, words)
    _discounted(sheet, block, cash, day, years, words)
    return block, _launch_cost(launch, words.text(told.name), branch, day, end, chance, inputs, timeline, words)


def _discounted(sheet: MarketSheet, block: Block, cash: list[Num], day: Num, years: Years, words: Catalogue) -> None:
    """The block's last rows: expected cash and its present value."""
    factors = [year.factor for year in years.columns]
    if not years.are_whole:
        days = [_discount_day(day, year, years) for year in years.columns]
        factors = sheet.by_year(words("workbook.markets.factor"), [years.factor_of(d) for d in days], "factor")
    expected = [block.chance * amount for amount in cash]
    block.cash = sheet.by_year(words("workbook.markets.expected"), expected, is_summed=True)
    worth = [amount * factor for amount, factor in zip(block.cash, factors, strict=True)]
    block.values = sheet.by_year(words("workbook.markets.present"), worth, "usd_bold", is_summed=True)
    sheet.gap()


def _looked_up(
    sheet: MarketSheet,
    model: WorkbookModel,
    given: MarketInput,
    launch: Launch,
    block: Block,
    peak: Num,
    day: Num,
    end: Num | None,
    tables: Tables,
    inputs: Inputs,
    timeline: Timeline,
    years: Years,
    words: Catalogue,
) -> tuple[Block, Outlay | None]:
    """A block whose sales and cash for one dollar of scale stand in a table by launch day."""
    told, branch = model.market_words[given.id], branch_name(launch.case, model, words)
    why = words.enumerate([words.either("workbook.feature", name) for name in beyond_formulas(given)])
    sheet.note(words("workbook.markets.looked_up", why=why))
    table = tables.of(launch.market, given)
    kept = [_kept(day, end, year, inputs) for year in years.columns] if end else None
    if kept:
        kept = sheet.by_year(words("workbook.markets.kept"), kept, "share")

    def amounts(area: Area) -> list[Num]:
        found = [peak * table.at(area, day, k, years, inputs) for k in range(len(years.columns))]
        return [amount * share for amount, share in zip(found, kept, strict=True)] if kept else found

    block.sales = sheet.by_year(words("workbook.markets.sales"), amounts(table.sales), is_summed=True)
    if table.cash is None:
        cash = _cash(sheet, told.path, block.sales, inputs, words)
    else:
        cash = sheet.by_year(words("workbook.markets.cash"), amounts(table.cash), is_summed=True)
    _discounted(sheet, block, cash, day, years, words)
    name = words.text(told.name)
    return block, _launch_cost(launch, name, branch, day, end, block.chance, inputs, timeline, words)


def _sold_shares(
    sheet: MarketSheet,
    given: MarketInput,
    path: str,
    lag: str,
    launch: Num,
    inputs: Inputs,
    years: Years,
    words: Catalogue,
) -> list[Num]:
    """What of a year's peak is sold, at the payers' share and the price level of its days."""
    loss = sheet.one("loss", _loss(given, path, lag, launch, inputs), "day")
    climb = sheet.one("climb", inputs[f"{path}.uptake.years_to_peak"] * inputs.days_per_year, "days")
    retained = inputs[f"{path}.loss_of_exclusivity.retained_share"]
    paid = sheet.one("paid", _price_share(given, path, inputs), "share")
    levels = _levels(given, path, inputs)
    parts: list[list[Num]] = []
    for number, (since, until, factor) in enumerate(levels):
        label = words("workbook.markets.level", number=str(number + 1)) if len(levels) > 1 else ""
        opens = [maximum(y.opens, since) if since else y.opens for y in years.columns]
        closes = [minimum(y.after, until) if until else y.after for y in years.columns]
        begins = sheet.by_year(label + words("workbook.markets.from"), opens, "day")
        last = [maximum(a, b) for a, b in zip(begins, closes, strict=True)]
        ends = sheet.by_year(label + words("workbook.markets.until"), last, "day")
        protected = [
            _uptake(minimum(b, loss) - launch, climb, given.shape) - _uptake(minimum(a, loss) - launch, climb, given.shape)
            for a, b in zip(begins, ends, strict=True)
        ]
        before = sheet.by_year(label + words("workbook.markets.protected"), protected, "days")
        open_days = [
            _uptake(maximum(b, loss) - launch, climb, given.shape) - _uptake(maximum(a, loss) - launch, climb, given.shape)
            for a, b in zip(begins, ends, strict=True)
        ]
        after = sheet.by_year(label + words("workbook.markets.unprotected"), open_days, "days")
        rows = zip(before, after, years.columns, strict=True)
        shares = [(p + retained * u) / year.length for p, u, year in rows]
        parts.append([share * factor for share in shares] if factor else shares)
    return [paid * total([part[k] for part in parts]) for k in range(len(years.columns))]


def _uptake(days: Num, climb: Num, shape: str) -> Num:
    """Peak-days sold in the first days after launch (see `access.uptake_integral`)."""
    share = minimum(maximum(days, 0) / climb, 1)
    ramp = share**2 / 2 if shape == "linear" else share**3 - share**4 / 2
    return climb * ramp + maximum(days - climb, 0)


def _loss(given: MarketInput, path: str, lag: str, launch: Num, inputs: Inputs) -> Num:
    """The later of the patent and the exclusivity that runs from approval."""
    rule, found = given.exclusivity, []
    if rule.patent is not None:
        found.append(inputs[f"{path}.loss_of_exclusivity.patent"])
    if rule.years is not None:
        years = half_even(inputs[f"{path}.loss_of_exclusivity.exclusivity_years"] * inputs.days_per_year)
        known = f"{path}.approval_to_launch_days"
        back = half_even(inputs[lag]) if lag else inputs[known] if known in inputs else None
        found.append(launch - back + years if back is not None else launch + years)
    return maximum(*found) if len(found) > 1 else found[0] if found else inputs.never + 0


def _price_share(given: MarketInput, path: str, inputs: Inputs) -> Num:
    shares: list[Num] = []
    while f"{path}.payers.{len(shares)}.patient_share" in inputs:
        payer = f"{path}.payers.{len(shares)}"
        shares.append(inputs[f"{payer}.patient_share"] * inputs[f"{payer}.price_share"])
    return total(shares) if shares else Num("1", 1.0)


def _levels(given: MarketInput, path: str, inputs: Inputs) -> list[tuple[Num | None, Num | None, Num | None]]:
    """(from, until, factor) of each price level; the first runs from the beginning at 1."""
    order = sorted(range(len(given.price_levels)), key=lambda i: given.price_levels[i].since)
    since = [inputs[f"{path}.price_steps.{i}.since"] for i in order]
    factors = [inputs[f"{path}.price_steps.{i}.factor"] for i in order]
    return list(zip([None, *since], [*since, None], [None, *factors], strict=True))


def _kept(launch: Num, end: Num | None, year: Year, inputs: Inputs) -> Num:
    """The share of a year's cash before the market ends; none at all where it ends by its launch."""
    if end is None:
        return Num("1", 1.0)
    ends = maximum(end, inputs["as_of"])
    opens = maximum(year.opens, launch)
    part = maximum(ends - opens, 0) / maximum(year.after - opens, 1)
    share = when(ends >= year.after, 1, when(ends < year.opens, 0, part))
    return when(end <= launch, 0, share)


def _cash(sheet: MarketSheet, path: str, sales: list[Num], inputs: Inputs, words: Catalogue) -> list[Num]:
    """Cash after cost of goods, selling and tax."""
    goods = sheet.by_year(words("workbook.markets.cogs"), [0 - s * inputs[f"{path}.cogs_share"] for s in sales], is_summed=True)
    selling = sheet.by_year(words("workbook.markets.selling"), [0 - s * inputs[f"{path}.selling_share"] for s in sales], is_summed=True)
    before = [s + g + c for s, g, c in zip(sales, goods, selling, strict=True)]
    tax = sheet.by_year(words("workbook.markets.tax"), [0 - b * inputs[f"{path}.tax_share"] for b in before], is_summed=True)
    after = [b + t for b, t in zip(before, tax, strict=True)]
    return sheet.by_year(words("workbook.markets.cash"), after, is_summed=True)


def _discount_day(launch: Num, year: Year, years: Years) -> Num:
    """The middle of the days sold in a year, to which its cash is discounted."""
    closes = year.after - 1
    begins = minimum(maximum(year.opens, launch), closes)
    return minimum(floor((begins + closes) / 2), years.last_day)


def _launch_cost(
    launch: Launch,
    name: str,
    branch: str,
    day: Num,
    end: Num | None,
    chance: Num,
    inputs: Inputs,
    timeline: Timeline,
    words: Catalogue,
) -> Outlay | None:
    """The launch cost as a row of the sheet of costs; none where the market ends by its launch or never comes."""
    draw = launch.market.launch_cost
    if draw is None:
        return None
    amount = 0 - amount_of(draw, inputs)
    if end is not None:
        amount = when(end > day, amount, 0)
    if not timeline.event(launch.market.launch, launch.case)[1]:
        amount = when(day < inputs.never, amount, 0)
    label = f"{name}: {words('workbook.launch_cost')}"
    item = launch.market.id + LAUNCH_COST
    return Outlay(label, item, launch.market.id, branch, words("workbook.timing.start"), chance, amount, day)
