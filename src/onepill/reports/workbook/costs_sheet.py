"""The sheet of costs: each outlay by year, on the days that the timeline gives, times its chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from onepill.core.dates import NEVER
from onepill.reports.catalogue import Catalogue
from onepill.reports.workbook.cases import Step
from onepill.reports.workbook.formula import Area, Num, both, floor, maximum, minimum, when
from onepill.reports.workbook.frame import Frame
from onepill.reports.workbook.inputs_sheet import Inputs
from onepill.reports.workbook.sheets import Sheet, letters
from onepill.reports.workbook.timeline_sheet import Days, Timeline, amount_of
from onepill.reports.workbook.years_sheet import Year, Years
from onepill.sim.compiler_cash import LAUNCH_COST
from onepill.sim.plan import Cost

SHEET = "Costs"
COLUMNS = (
    "step",
    "item",
    "market",
    "branch",
    "timing",
    "chance",
    "amount",
    "from",
    "planned",
    "until",
    "cash",
    "value",
)
WIDTHS = (44, 14, 14, 30, 12, 10, 14, 12, 12, 12, 14, 14)
ITEM, MARKET, CASH, VALUE = (COLUMNS.index(name) for name in ("item", "market", "cash", "value"))
FIRST = len(COLUMNS)
TOP = 4
DEVELOPMENT = "development"


@dataclass(frozen=True)
class Outlay:
    """One row: `amount` is signed, received positive; it is spread from `start` to `until` or falls on `start`."""

    label: str
    item: str
    market: str
    branch: str
    timing: str
    chance: Num
    amount: Num
    start: Num
    planned: Num | None = None
    until: Num | None = None


@dataclass(frozen=True)
class CostRows:
    """What the sheet of results adds up: by row the item, the market and both totals, and the areas of each year."""

    items: tuple[str, ...]
    markets: tuple[str, ...]
    cash: tuple[Area, ...]
    values: tuple[Area, ...]
    total: Area

    def column(self, column: int) -> str:
        """The address of a column of labels."""
        last = TOP + max(len(self.items), 1)
        return f"{SHEET}!${letters(column)}${TOP + 1}:${letters(column)}${last}"


def add_costs(frame: Frame, timeline: Timeline, launches: Sequence[Outlay]) -> CostRows:
    """Write the sheet: the costs of every step, then the launch costs."""
    model, words, years, sheet = frame.model, frame.words, frame.years, frame.book.add(SHEET)
    sheet.put(0, 0, words("sheet.costs.title"), "title")
    sheet.put(1, 0, words("sheet.costs.help"), "small")
    _head(sheet, years, words)
    rows: list[Outlay] = []
    for step in frame.cases.steps.values():
        activity = step.activity
        is_sunk = activity.finished is not None and activity.finished < model.plan.as_of
        for number, cost in enumerate(() if is_sunk else activity.costs):
            if cost.party == model.plan.parties[0]:
                rows += _outlays(step, number, frame, timeline)
    rows += launches
    for row, outlay in enumerate(rows, start=TOP):
        _add_row(sheet, row, outlay, years)
    count, size = max(len(rows), 1), len(years.columns)
    last = TOP + count - 1
    return CostRows(
        items=tuple(row.item for row in rows),
        markets=tuple(row.market for row in rows),
        cash=tuple(sheet.area((TOP, FIRST + k), (last, FIRST + k)) for k in range(size)),
        values=tuple(sheet.area((TOP, FIRST + size + 1 + k), (last, FIRST + size + 1 + k)) for k in range(size)),
        total=sheet.area((TOP, VALUE), (last, VALUE)),
    )


def _head(sheet: Sheet, years: Years, words: Catalogue) -> None:
    for column, name in enumerate(COLUMNS):
        sheet.put(TOP - 1, column, words(f"sheet.costs.{name}"), "head")
        sheet.widths[column] = WIDTHS[column]
    size = len(years.columns)
    sheet.put(TOP - 2, FIRST, words("sheet.costs.cash_by_year"), "heading")
    sheet.put(TOP - 2, FIRST + size + 1, words("sheet.costs.value_by_year"), "heading")
    for k, year in enumerate(years.columns):
        for column in (FIRST + k, FIRST + size + 1 + k):
            sheet.put(TOP - 1, column, year.year, "year")
            sheet.widths[column] = 12
    sheet.freeze, sheet.repeat_rows, sheet.repeat_columns = (TOP, 1), (TOP - 1, TOP - 1), 1


def _outlays(step: Step, number: int, frame: Frame, timeline: Timeline) -> list[Outlay]:
    """The rows of one cost: one, or a half on each of the two middle days."""
    cost, days = step.activity.costs[number], timeline.days(step.activity.id, step.case)
    amount = amount_of(cost.amount, frame.inputs)
    signed = amount if cost.income else 0 - amount
    owed = _owed(step.activity.id, number, cost, days, frame.inputs)
    row = Outlay(
        label=frame.step_name(step.activity.id),
        item=cost.item,
        market=_market_of(cost.item),
        branch=frame.branch_name(step.case),
        timing=frame.words(f"sheet.timing.{cost.timing}"),
        chance=timeline.chances[step.activity.id, step.case],
        amount=signed if owed is None else when(owed, signed, 0),
        start=days.start,
    )
    if cost.timing == "even":
        return [_changed(row, planned=days.planned, until=days.finish)]
    if cost.timing == "middle":
        halves = [days.start + floor((days.planned - days.start + float(half)) / 2) for half in (0, 1)]
        return [_lump(row, half, days, share=0.5) for half in halves]
    return [_lump(row, days.start if cost.timing == "start" else days.planned, days)]


def _market_of(item: str) -> str:
    """The market that an item belongs to: that of a launch cost, else development."""
    return item.removesuffix(LAUNCH_COST) if item.endswith(LAUNCH_COST) else DEVELOPMENT


def _lump(row: Outlay, day: Num, days: Days, *, share: float = 1.0) -> Outlay:
    """A cost on one day, saved where a stop comes before it."""
    amount = row.amount * share if share != 1.0 else row.amount
    return _changed(row, start=day, amount=when(day <= days.finish, amount, 0) if days.stopped else amount)


def _changed(row: Outlay, **parts: Num) -> Outlay:
    return Outlay(**{**row.__dict__, **parts})


def _owed(activity: str, number: int, cost: Cost, days: Days, inputs: Inputs) -> Num | None:
    """Whether the cost falls at all: where its window or the step's start may leave it out."""
    limits = [] if days.is_sure else [days.start < inputs.never]
    if cost.start_from > 0:
        limits.append(days.start >= inputs[f"{activity}.cost.{number}.from"])
    if cost.start_until < NEVER:
        limits.append(days.start <= inputs[f"{activity}.cost.{number}.until"])
    return None if not limits else limits[0] if len(limits) == 1 else both(*limits)


def _add_row(sheet: Sheet, row: int, outlay: Outlay, years: Years) -> None:
    for column, text in enumerate((outlay.label, outlay.item, outlay.market, outlay.branch, outlay.timing)):
        sheet.put(row, column, text, "text" if column == 0 else "small")
    chance = sheet.put(row, 5, outlay.chance, "share")
    amount = sheet.put(row, 6, outlay.amount, "usd")
    start = sheet.put(row, 7, outlay.start, "day")
    planned = sheet.put(row, 8, outlay.planned, "day") if outlay.planned else None
    until = sheet.put(row, 9, outlay.until, "day") if outlay.until else None
    size = len(years.columns)
    for k, year in enumerate(years.columns):
        share, day_sum = _share(start, planned, until, year, years)
        cash = sheet.put(row, FIRST + k, chance * amount * share, "usd")
        worth = cash * year.factor if day_sum is None else chance * amount * day_sum
        sheet.put(row, FIRST + size + 1 + k, worth, "usd")
    for column, first in ((CASH, FIRST), (VALUE, FIRST + size + 1)):
        sheet.put(row, column, sheet.area((row, first), (row, first + size - 1)).sum(), "usd")


def _share(start: Num, planned: Num | None, until: Num | None, year: Year, years: Years) -> tuple[Num, Num | None]:
    """The share of the amount that falls in a year, and that share discounted where days differ."""
    if planned is None or until is None:
        day = minimum(start, years.last_day)
        falls = both(day >= year.opens, day < year.after)
        return when(falls, 1, 0), None if years.are_whole else when(falls, years.factor_of(day), 0)
    span = maximum(planned - start, 1)
    ends = when(planned <= start, start + 1, until)
    opens, closes = maximum(start, year.opens), minimum(ends, year.after)
    share = maximum(closes - opens, 0) / span
    return share, None if years.are_whole else _discounted_days(opens, closes, years) / span


def _discounted_days(opens: Num, closes: Num, years: Years) -> Num:
    """The sum of the days' discount factors from `opens` up to `closes`: a geometric series."""
    daily = years.daily_factor
    if daily is None:
        raise ValueError("whole years have no daily factor")
    series = (daily ** (opens - years.as_of) - daily ** (closes - years.as_of)) / (1 - daily)
    return when(closes <= opens, 0, when(daily.equals(1), closes - opens, series))
