"""The sheet of markets: sales, cash and present value of each market by year, from its launch day."""

from __future__ import annotations

from onepill.access import MarketInput
from onepill.reports.workbook.cases import Launch
from onepill.reports.workbook.costs_sheet import Outlay
from onepill.reports.workbook.formula import Area, Num, floor, maximum, minimum, num, product, total, when
from onepill.reports.workbook.frame import Frame
from onepill.reports.workbook.inputs_sheet import Inputs
from onepill.reports.workbook.market_block import Block, MarketSheet
from onepill.reports.workbook.model import market_group
from onepill.reports.workbook.rivals_sheet import Rivals, ShareSpan
from onepill.reports.workbook.sold_sheet import Around, sold_shares
from onepill.reports.workbook.starts_sheet import Starts
from onepill.reports.workbook.state_price import goods_ratio
from onepill.reports.workbook.tables_sheet import Tables
from onepill.reports.workbook.timeline_sheet import Timeline, amount_of
from onepill.reports.workbook.years_sheet import Year, Years
from onepill.sim.compiler_cash import LAUNCH_COST


def add_markets(frame: Frame, timeline: Timeline) -> tuple[list[Block], list[Outlay]]:
    """Write a block for each market and branch; returns them, and the launch costs for the sheet of costs."""
    sheet, tables = MarketSheet(frame), Tables(frame, timeline)
    rivals, starts = Rivals(frame), Starts(frame)
    given = {market.id: market for market in frame.model.markets}
    blocks, outlays = [], []
    for launch in frame.cases.launches:
        block = _opened(sheet, launch, frame, timeline)
        market = given[launch.market.id]
        is_beyond = market_group(market) in frame.model.looked_up
        spans = [] if is_beyond else _spans(rivals, block, market, frame)
        block.peak = peak = sheet.one(
            "peak", product([amount_of(draw, frame.inputs) for draw in launch.market.scale]), "usd"
        )
        if is_beyond:
            cash = _looked_up(sheet, block, market, peak, tables)
        else:
            cash = _computed(sheet, block, market, peak, Around(spans, starts))
        _discounted(sheet, block, cash)
        blocks.append(block)
        outlays += _launch_costs(block, frame, is_sure=timeline.event(launch.market.launch, launch.case)[1])
    return blocks, outlays


def _opened(sheet: MarketSheet, launch: Launch, frame: Frame, timeline: Timeline) -> Block:
    """The head of a block: chance, launch day, and the day that ends the market."""
    name, branch = frame.market_name(launch.market.id), frame.branch_name(launch.case)
    title = f"{name} ({branch})" if branch else name
    sheet.text(title, "heading")
    chance = sheet.one("chance", frame.chances.of(launch.case, launch.gates), "share")
    day = sheet.one("launch", timeline.event(launch.market.launch, launch.case)[0], "day")
    ends = [timeline.event(link, launch.case)[0] for link in launch.ends_on]
    end = sheet.one("end", minimum(*ends) if len(ends) > 1 else ends[0], "day") if ends else None
    return Block(launch.market.id, launch, title, frame.model.market_words[launch.market.id], chance, day, end)


def _spans(rivals: Rivals, block: Block, given: MarketInput, frame: Frame) -> list[ShareSpan]:
    """What the rivals of a market leave of its share, by the days on which they may come."""
    if given.competition is None:
        return []
    told = block.told
    rivals.open_class(told.path, frame.market_name(market_group(given)), given.competition, told.entrants)
    return rivals.spans(told.path, block.title, block.day)


def _computed(sheet: MarketSheet, block: Block, given: MarketInput, peak: Num, around: Around) -> list[Num]:
    """Sales and cash by formulas from uptake, price levels and loss of exclusivity."""
    growth, years = block.input(sheet.frame.inputs, "growth_per_year"), sheet.frame.years.columns

    def amounts(shares: list[Num]) -> list[Num]:
        return [peak * (1 + growth) ** year.index * share for year, share in zip(years, shares, strict=True)]

    shares = sold_shares(sheet, block, given, around)
    billed = received = amounts(shares.sold)
    if given.instalments is not None:
        billed = sheet.by_year("billed", billed, "usd")
        received = _received(billed, given.instalments.years, block, sheet.frame.inputs)
    rows = [received]
    if shares.units is not None or given.instalments is not None:
        rows.append(billed if shares.units is None else amounts(shares.units))
    if shares.duties is not None:
        rows.append(amounts(shares.duties))
    sales, *further = _until_end(sheet, block, *rows)
    block.sales = units = sheet.by_year("sales", sales, "usd")
    duties = sheet.by_year("duties", [0 - amount for amount in further.pop()], "usd") if shares.duties else None
    if further:
        units = sheet.by_year("first_price", further[0], "usd")
    return _cash(sheet, block, units, duties)


def _received(billed: list[Num], parts: int, block: Block, inputs: Inputs) -> list[Num]:
    """What comes in by year where the price is paid in parts (see `access.forecast`)."""
    kept, shares = block.input(inputs, "access.instalments.kept_share_per_year"), [num(1)]
    for _ in range(min(parts, len(billed)) - 1):
        shares.append(kept if len(shares) == 1 else shares[-1] * kept)
    return [
        total([billed[k - wait] * share for wait, share in enumerate(shares) if wait <= k]) / parts
        for k in range(len(billed))
    ]


def _looked_up(sheet: MarketSheet, block: Block, given: MarketInput, peak: Num, tables: Tables) -> list[Num]:
    """Sales and cash for one dollar of scale from a table by launch day."""
    sheet.text(sheet.frame.looked_up(market_group(given)), "small")
    table, years = tables.of(block.launch.market, given), range(len(sheet.frame.years.columns))

    def amounts(area: Area) -> list[Num]:
        return [peak * table.at(area, block.day, k, sheet.frame) for k in years]

    rows = [amounts(area) for area in (table.sales, table.cash) if area is not None]
    rows = _until_end(sheet, block, *rows)
    block.sales = sheet.by_year("sales", rows[0], "usd")
    if table.margin is not None:
        return sheet.by_year("cash", [amount * table.margin for amount in block.sales], "usd")
    return sheet.by_year("cash", rows[1], "usd") if table.cash is not None else _cash(sheet, block, block.sales)


def _until_end(sheet: MarketSheet, block: Block, *rows: list[Num]) -> list[list[Num]]:
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


def _cash(sheet: MarketSheet, block: Block, units: list[Num], duties: list[Num] | None = None) -> list[Num]:
    """Cash after cost of goods, which are a share of sales at the first price (`units`), selling, duties and tax."""
    cogs, selling, tax = (block.input(sheet.frame.inputs, f"{name}_share") for name in ("cogs", "selling", "tax"))
    state, inputs = block.told.state, sheet.frame.inputs
    if state is not None and block.left is not None:
        cogs = cogs * sheet.one("goods_ratio", goods_ratio(state, block.left, inputs), "number")
    goods = sheet.by_year("cogs", [0 - amount * cogs for amount in units], "usd")
    sold = sheet.by_year("selling", [0 - amount * selling for amount in block.sales], "usd")
    before = [s + g + c for s, g, c in zip(block.sales, goods, sold, strict=True)]
    before = [amount + duty for amount, duty in zip(before, duties, strict=True)] if duties else before
    taxed = sheet.by_year("tax", [0 - amount * tax for amount in before], "usd")
    return sheet.by_year("cash", [b + t for b, t in zip(before, taxed, strict=True)], "usd")


def _discounted(sheet: MarketSheet, block: Block, cash: list[Num]) -> None:
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
