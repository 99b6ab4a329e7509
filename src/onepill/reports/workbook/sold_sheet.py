"""What of a year's peak is sold: uptake and pool, loss of exclusivity, and each day's price, duty and rivals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from onepill.access import MarketInput, YearlyCut
from onepill.reports.workbook.formula import (
    Num,
    calendar_day,
    calendar_year,
    floor,
    half_even,
    maximum,
    minimum,
    num,
    total,
    when,
)
from onepill.reports.workbook.inputs_sheet import Inputs
from onepill.reports.workbook.market_block import Block, MarketSheet
from onepill.reports.workbook.model import StateWords
from onepill.reports.workbook.rivals_sheet import ShareSpan
from onepill.reports.workbook.sheets import serial
from onepill.reports.workbook.starts_sheet import Starts, curve
from onepill.reports.workbook.state_price import listed, price_left, renewed

PER_100_000 = 100_000


@dataclass(frozen=True)
class Shares:
    """Of a year's peak, by year: what is sold at the price of the day, what that would be at the first price (None
    where it is the same), and what duties take of it (None without any)."""

    sold: list[Num]
    units: list[Num] | None = None
    duties: list[Num] | None = None


@dataclass(frozen=True)
class _Level:
    """Days from `since` on, before `until`, at one price (None: the first) and one duty (None: none)."""

    since: Num | None
    until: Num | None
    price: Num | None
    duty: Num | None


@dataclass(frozen=True)
class _Half:
    """The part of each year before or after its price cut: bounds by year, and what cuts have left of the price."""

    key: str = ""
    opens: Sequence[Num] = ()
    closes: Sequence[Num] = ()
    left: Sequence[Num] = ()


@dataclass
class _Sums:
    """Parts by year, to be added up."""

    sold: list[list[Num]] = field(default_factory=list)
    units: list[list[Num]] = field(default_factory=list)
    duties: list[list[Num]] = field(default_factory=list)


@dataclass(frozen=True)
class Around:
    """What other sheets tell of a block: how rivals lower its share, and how far uptake had come where it begins."""

    spans: Sequence[ShareSpan]
    starts: Starts


def sold_shares(sheet: MarketSheet, block: Block, given: MarketInput, around: Around) -> Shares:
    """Write the days sold in each year, piece by piece: price levels, halves around a yearly cut, spans of rivals."""
    inputs, years = sheet.frame.inputs, sheet.frame.years.columns
    state, spans = block.told.state, around.spans
    loss = None if state else sheet.one("loss", _loss(given, block, inputs), "day")
    volume = _volume(sheet, block, given, around.starts)
    block.paid = paid = sheet.one("paid", _price_share(block, inputs), "share")
    if state is not None:
        block.left = sheet.one("price_left", price_left(state, inputs), "share")
        paid = paid * block.left
    levels, halves = _levels(given, block, inputs), _halves(sheet, block, given)
    seller = _Seller(sheet, block, given, volume, loss)
    pieces = [(level, half, span) for level in levels for half in halves for span in (spans or (None,))]
    sums = _Sums()
    for level, half, span in pieces:
        label = _label(sheet, levels.index(level), len(levels), half, spans.index(span) if span else None)
        days = _days(sheet, label, level, half, span)
        whole, cheaper = seller.piece(days, label)
        factors = [[price] * len(years) for price in (level.price, span.factor if span else None) if price is not None]
        sums.units.append(_times(whole, *factors))
        at_price = [total(parts) for parts in zip(whole, *cheaper, strict=True)] if cheaper else whole
        left = [half.left] if half.left else []
        sums.sold.append(_times(at_price, *factors, *left))
        if level.duty is not None:
            spread = [span.factor] * len(years) if span else None
            sums.duties.append(_times(at_price, [level.duty] * len(years), *([spread] if spread else []), *left))
    is_same = not given.price_ages and given.yearly_cut is None
    added = [
        [paid * total([part[k] for part in parts]) for k in range(len(years))] if parts else None
        for parts in (sums.sold, [] if is_same else sums.units, sums.duties)
    ]
    assert added[0] is not None
    return Shares(added[0], added[1], added[2])


def _times(amounts: Sequence[Num], *factors: Sequence[Num]) -> list[Num]:
    found = list(amounts)
    for factor in factors:
        found = [amount * by for amount, by in zip(found, factor, strict=True)]
    return found


def _label(sheet: MarketSheet, level: int, levels: int, half: _Half, span: int | None) -> str:
    """What a piece is, where there are several."""
    parts = [sheet.words("sheet.markets.level", number=str(level + 1))] if levels > 1 else []
    if half.key:
        parts.append(sheet.words(f"sheet.markets.{half.key}"))
    if span is not None:
        parts.append(sheet.words("sheet.markets.span", number=str(span)))
    return "".join(parts)


def _days(sheet: MarketSheet, label: str, level: _Level, half: _Half, span: ShareSpan | None) -> list[tuple[Num, Num]]:
    """The days of each year that belong to a piece: from the first, before the second."""
    since = [bound for bound in (level.since, span.since if span else None) if bound is not None]
    until = [bound for bound in (level.until, span.until if span else None) if bound is not None]
    years, opens, closes = sheet.frame.years.columns, list[Num](), list[Num]()
    for k, year in enumerate(years):
        first = [year.opens, *since, *half.opens[k : k + 1]]
        after = [year.after, *until, *half.closes[k : k + 1]]
        opens.append(maximum(*first) if len(first) > 1 else first[0])
        closes.append(minimum(*after) if len(after) > 1 else after[0])
    begins = sheet.by_year("from", opens, "day", level=label)
    last = [maximum(a, b) for a, b in zip(begins, closes, strict=True)]
    ends = sheet.by_year("until", last, "day", level=label)
    return list(zip(begins, ends, strict=True))


@dataclass(frozen=True)
class _Seller:
    """Writes what a market sells in the days of a piece; `loss` is the day of the loss of exclusivity, if any."""

    sheet: MarketSheet
    block: Block
    given: MarketInput
    volume: _Volume
    loss: Num | None

    def piece(self, days: list[tuple[Num, Num]], label: str) -> tuple[list[Num], list[list[Num]]]:
        """By year, the share of its peak at the first price, and what each fall of the price by age takes from it."""
        sheet, sold, loss = self.sheet, self.volume, self.loss
        years = sheet.frame.years.columns
        if loss is None:
            whole = sheet.by_year("peak_days", [sold.between(a, b) for a, b in days], "days", level=label)
            return [part / y.length for part, y in zip(whole, years, strict=True)], self._cheaper(days, label)
        retained = self.block.input(sheet.frame.inputs, "loss_of_exclusivity.retained_share")
        kept = [sold.between(minimum(a, loss), minimum(b, loss)) for a, b in days]
        before = sheet.by_year("protected", kept, "days", level=label)
        lost = [sold.between(maximum(a, loss), maximum(b, loss)) for a, b in days]
        after = sheet.by_year("unprotected", lost, "days", level=label)
        return [(p + retained * u) / y.length for p, u, y in zip(before, after, years, strict=True)], []

    def _cheaper(self, days: list[tuple[Num, Num]], label: str) -> list[list[Num]]:
        """What each fall of the price by age takes from the days sold after it (see `access.forecast`)."""
        sheet, found, before = self.sheet, list[list[Num]](), num(1)
        for years, factor in _prices_by_age(self.block, self.given, sheet.frame.inputs):
            begins = self.block.day + years * sheet.frame.inputs.days_per_year
            later = [self.volume.between(maximum(a, begins), maximum(b, begins)) for a, b in days]
            level = label + sheet.words("sheet.markets.age", years=f"{years:g}", price=f"{factor.value:.1%}")
            later = sheet.by_year("peak_days", later, "days", level=level)
            fall = factor - before
            found.append([fall * amount / y.length for amount, y in zip(later, sheet.frame.years.columns, strict=True)])
            before = factor
        return found


def _prices_by_age(block: Block, given: MarketInput, inputs: Inputs) -> list[tuple[float, Num]]:
    """By years since entry, the price over that of the first day."""
    ages, state = sorted(given.price_ages, key=lambda age: age.after_years), block.told.state
    if state is None or not state.renewal:
        return [(age.after_years, num(age.factor)) for age in ages]
    factors = renewed(inputs[state.renewal], state.weights)
    return [(age.after_years, factor) for age, factor in zip(ages, factors, strict=True)]


@dataclass(frozen=True)
class _Volume:
    """Peak-days sold from the launch on (see `access.forecast.volume_integral`): uptake on `climb` days (None: nobody
    falls ill anew), and a pool of `pool` peak-days treated evenly over `pool_days`."""

    launch: Num
    climb: Num | None
    shape: str
    start: Num | None = None
    pool: Num | None = None
    pool_days: Num | None = None

    def between(self, first: Num, after: Num) -> Num:
        return self._until(after) - self._until(first)

    def _until(self, day: Num) -> Num:
        days, parts = day - self.launch, list[Num]()
        if self.climb is not None:
            parts.append(self._risen(days, self.climb))
        if self.pool is not None and self.pool_days is not None:
            parts.append(self.pool * minimum(maximum(days, 0) / self.pool_days, 1))
        return total(parts)

    def _risen(self, days: Num, climb: Num) -> Num:
        share = minimum(maximum(days, 0) / climb, 1)
        ramp = share**2 / 2 if self.shape == "linear" else share**3 - share**4 / 2
        risen = climb * ramp + maximum(days - climb, 0)
        return risen if self.start is None else self.start * maximum(days, 0) + (1 - self.start) * risen


def _volume(sheet: MarketSheet, block: Block, given: MarketInput, starts: Starts) -> _Volume:
    inputs, state = sheet.frame.inputs, block.told.state
    climb = start = pool = pool_days = None
    if given.has_yearly_patients:
        years = inputs[state.years] if state else block.input(inputs, "uptake.years_to_peak")
        climb = sheet.one("climb", years * inputs.days_per_year, "days")
        start = _start(sheet, block, given, starts)
    if given.pool is not None:
        waiting = _waiting(block, inputs) if given.has_yearly_patients else num(1)
        ratio = sheet.one("pool_years", waiting, "number")
        pool = ratio * inputs.days_per_year
        over = block.input(inputs, "patients.prevalence.treated_over_years")
        pool_days = sheet.one("pool_days", over * inputs.days_per_year, "days")
    return _Volume(block.day, climb, given.shape, start, pool, pool_days)


def _waiting(block: Block, inputs: Inputs) -> Num:
    """Years of new patients who wait at launch: those who wait over those who fall ill in a year."""

    def given(name: str) -> bool:
        return f"{block.told.path}.patients.{name}" in inputs

    def patients(name: str) -> Num:
        return block.input(inputs, f"patients.{name}")

    if given("prevalence.patients"):
        wait = patients("prevalence.patients")
    else:
        wait = patients("population") * patients("prevalence.per_100_000") / PER_100_000
    if given("incidence"):
        return wait / patients("incidence")
    return wait / (patients("population") * patients("incidence_per_100_000") / PER_100_000)


def _start(sheet: MarketSheet, block: Block, given: MarketInput, starts: Starts) -> Num | None:
    """The share of its peak that a payer state has on its first day (see `access.start_shares`); None for nothing."""
    inputs, told, before = sheet.frame.inputs, block.told.state, given.continues
    if told is None:
        return None
    if told.start:
        return sheet.one("start", inputs[told.start], "share")
    if before is None and not told.levels:
        return sheet.one("start", num(given.start_share), "share") if given.start_share else None
    if before is not None:
        climb = block.input(inputs, "uptake.years_to_peak") * inputs.days_per_year
        since = sheet.one("since", num(serial(before.launched.toordinal())), "day")
        level = curve(block.day - since, climb, before.shape)
    else:
        level = total([starts.level(block, item, shape=told.shape) for item in told.levels]) / len(told.levels)
    level = sheet.one("start_level", level, "share")
    ratio = sheet.one("start_ratio", _patients_before(told, inputs), "number")
    return sheet.one("start", ratio * level, "share")


def _patients_before(told: StateWords, inputs: Inputs) -> Num:
    """The patients of the states that lead to this one, over its own."""
    if not told.before:
        return num(1)
    before = total([inputs[path] if path else num(1) for path in told.before]) / len(told.before)
    return before / inputs[told.patients] if told.patients else before


def _loss(given: MarketInput, block: Block, inputs: Inputs) -> Num:
    """The later of the patent and the exclusivity that runs from approval."""
    rule, found = given.exclusivity, []
    if rule.patent is not None:
        found.append(block.input(inputs, "loss_of_exclusivity.patent"))
    if rule.years is not None:
        years = half_even(block.input(inputs, "loss_of_exclusivity.exclusivity_years") * inputs.days_per_year)
        known = inputs.get(f"{block.told.path}.approval_to_launch_days")
        back = listed(half_even(inputs[block.told.lag]), block.told.listing_days) if block.told.lag else known
        found.append(block.day + years if back is None else block.day - back + years)
    return maximum(*found) if len(found) > 1 else found[0] if found else inputs.never + 0


def _price_share(block: Block, inputs: Inputs) -> Num:
    shares: list[Num] = []
    while f"{block.told.path}.payers.{len(shares)}.patient_share" in inputs:
        payer = f"payers.{len(shares)}"
        shares.append(block.input(inputs, f"{payer}.patient_share") * block.input(inputs, f"{payer}.price_share"))
    return total(shares) if shares else Num("1", 1.0)


def _levels(given: MarketInput, block: Block, inputs: Inputs) -> list[_Level]:
    """The days of each price and duty; prices begin at 1 and duties at none, of two from one day the first holds."""
    prices = _first_of_each_day(
        [
            (level.since, f"price_steps.{i}.since", f"price_steps.{i}.factor")
            for i, level in enumerate(given.price_levels)
        ]
    )
    is_stated = f"{block.told.path}.access.tariff.rate" in inputs

    def duty(number: int) -> str:
        return "access.tariff" if is_stated else f"access.tariff.levels.{number}"

    duties = _first_of_each_day(
        [(level.since, f"{duty(i)}.since", f"{duty(i)}.rate") for i, level in enumerate(given.duties)]
    )
    customs = block.input(inputs, "access.tariff.customs_value_share") if given.duties else None
    days = sorted({day for day in (*prices, *duties) if day > date.min})
    cells = {day: block.input(inputs, (prices.get(day) or duties[day])[0]) for day in days}
    found = []
    for day, until in zip([date.min, *days], [*days, None], strict=True):
        price = max((known for known in prices if known <= day), default=None)
        since = max((known for known in duties if known <= day), default=None)
        found.append(
            _Level(
                since=cells.get(day),
                until=cells[until] if until else None,
                price=None if price is None else block.input(inputs, prices[price][1]),
                duty=None if since is None or customs is None else block.input(inputs, duties[since][1]) * customs,
            )
        )
    return found


def _first_of_each_day(levels: Sequence[tuple[date, str, str]]) -> dict[date, tuple[str, str]]:
    found: dict[date, tuple[str, str]] = {}
    for day, since, value in levels:
        found.setdefault(day, (since, value))
    return found


def _halves(sheet: MarketSheet, block: Block, given: MarketInput) -> list[_Half]:
    """The year before and after its price cut; the whole year where there is none."""
    cut = given.yearly_cut
    if cut is None or block.told.state is None:
        return [_Half()]
    inputs, years = sheet.frame.inputs, sheet.frame.years.columns
    share = inputs[f"{block.told.state.path}.revision.cut_share"]
    passed = sheet.one("cuts_passed", _cuts_by(block.day, cut), "plain")
    on = [calendar_day(year.year, cut.month, cut.day) for year in years]
    days = sheet.by_year("cut_day", on, "day")
    rows = []
    for key, back in (("cut_before", 1), ("cut_after", 0)):
        made = [maximum(floor((year.year - back) / cut.every_years) - passed, 0) for year in years]
        left = [when(count.equals(0), 1, (1 - share) ** count) for count in made]
        rows.append(sheet.by_year(f"{key}_left", left, "factor"))
    return [_Half("cut_before", (), days, rows[0]), _Half("cut_after", days, (), rows[1])]


def _cuts_by(day: Num, cut: YearlyCut) -> Num:
    """How many cuts there were up to a day, counted from year 0."""
    year = calendar_year(day)
    waits = (day < calendar_day(year, cut.month, cut.day)) * 1
    return floor((year - waits) / cut.every_years)
