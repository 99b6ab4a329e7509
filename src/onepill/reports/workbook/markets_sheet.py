"""The sheet of markets: sales, cash and present value of each market by year, from its launch day."""

from __future__ import annotations

from dataclasses import dataclass, field

from onepill.access import MarketInput
from onepill.reports.workbook.cases import Launch
from onepill.reports.workbook.costs_sheet import Outlay
from onepill.reports.workbook.formula import Area, Num, floor, half_even, maximum, minimum, num, product, total, when
from onepill.reports.workbook.frame import Frame
from onepill.reports.workbook.inputs_sheet import Inputs
from onepill.reports.workbook.model import MarketWords, beyond_formulas
from onepill.reports.workbook.sheets import serial
from onepill.reports.workbook.tables_sheet import Tables
from onepill.reports.workbook.timeline_sheet import Timeline, amount_of
from onepill.reports.workbook.years_sheet import Year, Years
from onepill.sim.compiler_cash import LAUNCH_COST

SHEET = "Markets"
FIRST = 3
"""The column of the first year; the second holds what is one number for all years, the third the total."""


@dataclass
class Block:
    """One market in one branch, launched on `day` and ended on `end`: its sales if launched, its expected cash and
    value, by year."""

    market: str
    launch: Launch
    told: MarketWords
    chance: Num
    day: Num
    end: Num | None
    sales: list[Num] = field(default_factory=list)
    cash: list[Num] = field(default_factory=list)
    values: list[Num] = field(default_factory=list)

    def input(self, inputs: Inputs, name: str) -> Num:
        """A value of this market."""
        return inputs[f"{self.told.path}.{name}"]


def add_markets(frame: Frame, timeline: Timeline) -> tuple[list[Block], list[Outlay]]:
    """Write a block for each market and branch; returns them, and the launch costs for the sheet of costs."""
    sheet, tables = _MarketSheet(frame), Tables(frame, timeline)
    given = {market.id: market for market in frame.model.markets}
    blocks, outlays = [], []
    for launch in frame.cases.launches:
        block = _opened(sheet, launch, frame, timeline)
        peak = sheet.one("peak", product([amount_of(draw, frame.inputs) for draw in launch.market.scale]), "usd")
        market = given[launch.market.id]
        if beyond_formulas(market):
            cash = _looked_up(sheet, block, market, peak, tables)
        else:
            cash = _computed(sheet, block, market, peak)
        _discounted(sheet, block, cash)
        blocks.append(block)
        outlays += _launch_costs(block, frame, is_sure=timeline.event(launch.market.launch, launch.case)[1])
    return blocks, outlays


class _MarketSheet:
    """Writes rows one below the other."""

    def __init__(self, frame: Frame) -> None:
        self.frame, self.words, self._row = frame, frame.words, 4
        self.sheet = frame.book.add(SHEET)
        self.sheet.put(0, 0, self.words("sheet.markets.title"), "title")
        self.sheet.put(1, 0, self.words("sheet.markets.help"), "small")
        heads = ["", self.words("sheet.markets.value"), self.words("sheet.markets.total")]
        self.sheet.put_all(3, 0, heads, "head_right")
        for k, year in enumerate(frame.years.columns):
            self.sheet.put(3, FIRST + k, year.year, "year")
            self.sheet.widths[FIRST + k] = 14
        self.sheet.widths |= {0: 60, 1: 16, 2: 16}
        self.sheet.freeze, self.sheet.repeat_rows = (4, 1), (3, 3)

    def text(self, text: str, style: str) -> None:
        """A row with text alone."""
        self.sheet.put(self._row, 0, text, style)
        self._row += 1

    def one(self, key: str, value: Num, style: str) -> Num:
        """A row with one number."""
        self.sheet.put(self._row, 0, self.words(f"sheet.markets.{key}"))
        cell = self.sheet.put(self._row, 1, value, style)
        self._row += 1
        return cell

    def by_year(self, key: str, values: list[Num], style: str, *, level: str = "") -> list[Num]:
        """A row with a number a year, amounts with their total."""
        name = level + self.words(f"sheet.markets.{key}")
        self.sheet.put(self._row, 0, name, "bold" if style == "usd_bold" else "text")
        cells = [self.sheet.put(self._row, FIRST + k, value, style) for k, value in enumerate(values)]
        if style in ("usd", "usd_bold"):
            area = self.sheet.area((self._row, FIRST), (self._row, FIRST + len(values) - 1))
            self.sheet.put(self._row, 2, area.sum(), style)
        self._row += 1
        return cells


def _opened(sheet: _MarketSheet, launch: Launch, frame: Frame, timeline: Timeline) -> Block:
    """The head of a block: chance, launch day, and the day that ends the market."""
    name, branch = frame.market_name(launch.market.id), frame.branch_name(launch.case)
    sheet.text(f"{name} ({branch})" if branch else name, "heading")
    chance = sheet.one("chance", frame.chances.of(launch.case, launch.gates), "share")
    day = sheet.one("launch", timeline.event(launch.market.launch, launch.case)[0], "day")
    ends = [timeline.event(link, launch.case)[0] for link in launch.ends_on]
    end = sheet.one("end", minimum(*ends) if len(ends) > 1 else ends[0], "day") if ends else None
    return Block(launch.market.id, launch, frame.model.market_words[launch.market.id], chance, day, end)


def _computed(sheet: _MarketSheet, block: Block, given: MarketInput, peak: Num) -> list[Num]:
    """Sales and cash by formulas from uptake, price levels and loss of exclusivity."""
    growth, years = block.input(sheet.frame.inputs, "growth_per_year"), sheet.frame.years.columns
    rows = [
        [peak * (1 + growth) ** year.index * share for year, share in zip(years, sold, strict=True)]
        for sold in _sold_shares(sheet, block, given)
    ]
    rows = _until_end(sheet, block, *rows)
    block.sales = sheet.by_year("sales", rows[0], "usd")
    return _cash(sheet, block, sheet.by_year("first_price", rows[1], "usd") if len(rows) > 1 else block.sales)


def _looked_up(sheet: _MarketSheet, block: Block, given: MarketInput, peak: Num, tables: Tables) -> list[Num]:
    """Sales and cash for one dollar of scale from a table by launch day."""
    features = dict.fromkeys(sheet.words.either("sheet_feature", name) for name in beyond_formulas(given))
    why = sheet.words.enumerate(list(features))
    sheet.text(sheet.words("sheet.markets.looked_up", why=why), "small")
    table, years = tables.of(block.launch.market, given), range(len(sheet.frame.years.columns))

    def amounts(area: Area) -> list[Num]:
        return [peak * table.at(area, block.day, k, sheet.frame) for k in years]

    rows = [amounts(area) for area in (table.sales, table.cash) if area is not None]
    rows = _until_end(sheet, block, *rows)
    block.sales = sheet.by_year("sales", rows[0], "usd")
    if table.margin is not None:
        return sheet.by_year("cash", [amount * table.margin for amount in block.sales], "usd")
    return sheet.by_year("cash", rows[1], "usd") if table.cash is not None else _cash(sheet, block, block.sales)


def _until_end(sheet: _MarketSheet, block: Block, *rows: list[Num]) -> list[list[Num]]:
    """The rows up to the end of the market, where it may end."""
    if block.end is None:
        return list(rows)
    kept = [_kept(block.day, block.end, year, sheet.frame.inputs) for year in sheet.frame.years.columns]
    shares = sheet.by_year("kept", kept, "share")
    return [[amount * share for amount, share in zip(row, shares, strict=True)] for row in rows]


def _kept(launch: Num, end: Num, year: Year, inputs: Inputs) -> Num:
    """The share of a year's cash before the market ends; none at all where it ends by its launch."""
    ends = maximum(end, inputs["as_of"])
    opens = maximum(year.opens, launch)
    part = maximum(ends - opens, 0) / maximum(year.after - opens, 1)
    share = when(ends >= year.after, 1, when(ends < year.opens, 0, part))
    return when(end <= launch, 0, share)


def _sold_shares(sheet: _MarketSheet, block: Block, given: MarketInput) -> list[list[Num]]:
    """What of a year's peak is sold, at the payers' share and the price level of its days; then what it would be at the
    first price, where the price falls by age."""
    inputs, years = sheet.frame.inputs, sheet.frame.years.columns
    state = block.told.state
    loss = None if state else sheet.one("loss", _loss(given, block, inputs), "day")
    years_to_peak = inputs[state.years_path] if state else block.input(inputs, "uptake.years_to_peak")
    climb = sheet.one("climb", years_to_peak * inputs.days_per_year, "days")
    paid = sheet.one("paid", _price_share(block, inputs), "share")
    if state and state.price_left != 1:
        paid = paid * sheet.one("price_left", num(state.price_left), "share")
    start = _start(sheet, block, given)
    levels = _levels(given, block, inputs)
    parts: list[list[Num]] = []
    cheaper: list[list[Num]] = []
    for number, (since, until, factor) in enumerate(levels, start=1):
        level = sheet.words("sheet.markets.level", number=str(number)) if len(levels) > 1 else ""
        opens = [maximum(y.opens, since) if since else y.opens for y in years]
        closes = [minimum(y.after, until) if until else y.after for y in years]
        begins = sheet.by_year("from", opens, "day", level=level)
        last = [maximum(a, b) for a, b in zip(begins, closes, strict=True)]
        ends = sheet.by_year("until", last, "day", level=level)
        sold = _Sold(block.day, climb, given.shape, start)
        days = list(zip(begins, ends, strict=True))
        if loss is None:
            whole = sheet.by_year("peak_days", [sold.between(a, b) for a, b in days], "days", level=level)
            parts.append([days_sold / y.length for days_sold, y in zip(whole, years, strict=True)])
            cheaper += _cheaper(sheet, block, given, sold, days)
            continue
        retained = block.input(inputs, "loss_of_exclusivity.retained_share")
        kept = [sold.between(minimum(a, loss), minimum(b, loss)) for a, b in days]
        before = sheet.by_year("protected", kept, "days", level=level)
        lost = [sold.between(maximum(a, loss), maximum(b, loss)) for a, b in days]
        after = sheet.by_year("unprotected", lost, "days", level=level)
        shares = [(p + retained * u) / y.length for p, u, y in zip(before, after, years, strict=True)]
        parts.append([share * factor for share in shares] if factor else shares)
    sums = [parts, [*parts, *cheaper]] if cheaper else [parts]
    return [[paid * total([part[k] for part in items]) for k in range(len(years))] for items in reversed(sums)]


def _cheaper(
    sheet: _MarketSheet, block: Block, given: MarketInput, sold: _Sold, days: list[tuple[Num, Num]]
) -> list[list[Num]]:
    """What each fall of the price by age takes from the days sold after it (see `access.forecast`)."""
    found, factor = [], 1.0
    for age in sorted(given.price_ages, key=lambda age: age.after_years):
        begins = block.day + age.after_years * sheet.frame.inputs.days_per_year
        later = [sold.between(maximum(a, begins), maximum(b, begins)) for a, b in days]
        level = sheet.words("sheet.markets.age", years=f"{age.after_years:g}", price=f"{age.factor:.1%}")
        later = sheet.by_year("peak_days", later, "days", level=level)
        fall = num(age.factor - factor)
        found.append([fall * amount / y.length for amount, y in zip(later, sheet.frame.years.columns, strict=True)])
        factor = age.factor
    return found


@dataclass(frozen=True)
class _Sold:
    """Peak-days sold from the launch on (see `access.uptake_integral`)."""

    launch: Num
    climb: Num
    shape: str
    start: Num | None = None

    def between(self, first: Num, after: Num) -> Num:
        return self._until(after) - self._until(first)

    def _until(self, day: Num) -> Num:
        days = day - self.launch
        share = minimum(maximum(days, 0) / self.climb, 1)
        ramp = share**2 / 2 if self.shape == "linear" else share**3 - share**4 / 2
        risen = self.climb * ramp + maximum(days - self.climb, 0)
        return risen if self.start is None else self.start * maximum(days, 0) + (1 - self.start) * risen


def _start(sheet: _MarketSheet, block: Block, given: MarketInput) -> Num | None:
    """The share of its peak that a payer state has on its first day (see `access.start_shares`); None for nothing."""
    before = given.continues
    if before is None:
        return sheet.one("start", num(given.start_share), "share") if given.start_share else None
    climb = before.years_to_peak * sheet.frame.inputs.days_per_year
    since = sheet.one("since", num(serial(before.launched.toordinal())), "day")
    share = minimum(maximum(block.day - since, 0) / climb, 1)
    level = share if before.shape == "linear" else 3 * share**2 - 2 * share**3
    ratio = sheet.one("start_ratio", num(before.ratio), "number")
    return sheet.one("start", ratio * level, "share")


def _loss(given: MarketInput, block: Block, inputs: Inputs) -> Num:
    """The later of the patent and the exclusivity that runs from approval."""
    rule, found = given.exclusivity, []
    if rule.patent is not None:
        found.append(block.input(inputs, "loss_of_exclusivity.patent"))
    if rule.years is not None:
        years = half_even(block.input(inputs, "loss_of_exclusivity.exclusivity_years") * inputs.days_per_year)
        known = inputs.get(f"{block.told.path}.approval_to_launch_days")
        back = half_even(inputs[block.told.lag]) if block.told.lag else known
        found.append(block.day + years if back is None else block.day - back + years)
    return maximum(*found) if len(found) > 1 else found[0] if found else inputs.never + 0


def _price_share(block: Block, inputs: Inputs) -> Num:
    shares: list[Num] = []
    while f"{block.told.path}.payers.{len(shares)}.patient_share" in inputs:
        payer = f"payers.{len(shares)}"
        shares.append(block.input(inputs, f"{payer}.patient_share") * block.input(inputs, f"{payer}.price_share"))
    return total(shares) if shares else Num("1", 1.0)


def _levels(given: MarketInput, block: Block, inputs: Inputs) -> list[tuple[Num | None, Num | None, Num | None]]:
    """(from, until, factor) of each price level; the first runs from the beginning at 1."""
    order = sorted(range(len(given.price_levels)), key=lambda i: given.price_levels[i].since)
    since = [block.input(inputs, f"price_steps.{i}.since") for i in order]
    factors = [block.input(inputs, f"price_steps.{i}.factor") for i in order]
    return list(zip([None, *since], [*since, None], [None, *factors], strict=True))


def _cash(sheet: _MarketSheet, block: Block, units: list[Num]) -> list[Num]:
    """Cash after cost of goods, which are a share of sales at the first price (`units`), selling and tax."""
    cogs, selling, tax = (block.input(sheet.frame.inputs, f"{name}_share") for name in ("cogs", "selling", "tax"))
    if block.told.state and block.told.state.goods_ratio != 1:
        cogs = cogs * sheet.one("goods_ratio", num(block.told.state.goods_ratio), "number")
    goods = sheet.by_year("cogs", [0 - amount * cogs for amount in units], "usd")
    sold = sheet.by_year("selling", [0 - amount * selling for amount in block.sales], "usd")
    before = [s + g + c for s, g, c in zip(block.sales, goods, sold, strict=True)]
    taxed = sheet.by_year("tax", [0 - amount * tax for amount in before], "usd")
    return sheet.by_year("cash", [b + t for b, t in zip(before, taxed, strict=True)], "usd")


def _discounted(sheet: _MarketSheet, block: Block, cash: list[Num]) -> None:
    """The block's last rows: expected cash and its present value."""
    years = sheet.frame.years
    factors = [year.factor for year in years.columns]
    if not years.are_whole:
        days = [_discount_day(block.day, year, years) for year in years.columns]
        factors = sheet.by_year("factor", [years.factor_of(day) for day in days], "factor")
    block.cash = sheet.by_year("expected", [block.chance * amount for amount in cash], "usd")
    worth = [amount * factor for amount, factor in zip(block.cash, factors, strict=True)]
    block.values = sheet.by_year("present", worth, "usd_bold")
    sheet.text("", "text")


def _discount_day(launch: Num, year: Year, years: Years) -> Num:
    """The middle of the days sold in a year, to which its cash is discounted."""
    closes = year.after - 1
    begins = minimum(maximum(year.opens, launch), closes)
    return minimum(floor((begins + closes) / 2), years.last_day)


def _launch_costs(block: Block, frame: Frame, *, is_sure: bool) -> list[Outlay]:
    """The launch cost as a row of the sheet of costs; nothing where the market ends by its launch or never comes."""
    draw = block.launch.market.launch_cost
    if draw is None:
        return []
    amount = 0 - amount_of(draw, frame.inputs)
    if block.end is not None:
        amount = when(block.end > block.day, amount, 0)
    if not is_sure:
        amount = when(block.day < frame.inputs.never, amount, 0)
    label = f"{frame.market_name(block.market)}: {frame.words('sheet.launch_cost')}"
    branch, timing = frame.branch_name(block.launch.case), frame.words("sheet.timing.start")
    item = block.market + LAUNCH_COST
    return [Outlay(label, item, block.market, branch, timing, block.chance, amount, block.day)]
