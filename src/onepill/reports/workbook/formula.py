"""Formulas that know their value: each expression is written as spreadsheet text and computed here, in one step.

So every cell carries a cached result, and viewers that do not recalculate show numbers. That the text means what was
computed is proven by an independent engine in the tests.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

EPOCH = date(1899, 12, 30).toordinal()
"""Day 0 of a spreadsheet, as an ordinal."""
_COMPARE, _ADD, _MULTIPLY, _POWER, _ATOM = range(5)
"""How tightly an expression holds together; what holds less tightly than its place asks for gets parentheses."""


@dataclass(frozen=True)
class Num:
    """A number as spreadsheet text, with its value; truth is 1 or 0."""

    text: str
    value: float
    binds: int = _ATOM

    def __add__(self, other: Number) -> Num:
        return _join(self, "+", other, _ADD, lambda a, b: a + b)

    def __sub__(self, other: Number) -> Num:
        return _join(self, "-", other, _ADD, lambda a, b: a - b)

    def __mul__(self, other: Number) -> Num:
        return _join(self, "*", other, _MULTIPLY, lambda a, b: a * b)

    def __truediv__(self, other: Number) -> Num:
        return _join(self, "/", other, _MULTIPLY, lambda a, b: a / b)

    def __pow__(self, other: Number) -> Num:
        return _join(self, "^", other, _POWER, lambda a, b: a**b)

    def __rsub__(self, other: float) -> Num:
        return num(other) - self

    def __rmul__(self, other: float) -> Num:
        return num(other) * self

    def __radd__(self, other: float) -> Num:
        return num(other) + self

    def __rtruediv__(self, other: float) -> Num:
        return num(other) / self

    def __lt__(self, other: Number) -> Num:
        return _join(self, "<", other, _COMPARE, lambda a, b: float(a < b))

    def __le__(self, other: Number) -> Num:
        return _join(self, "<=", other, _COMPARE, lambda a, b: float(a <= b))

    def __gt__(self, other: Number) -> Num:
        return _join(self, ">", other, _COMPARE, lambda a, b: float(a > b))

    def __ge__(self, other: Number) -> Num:
        return _join(self, ">=", other, _COMPARE, lambda a, b: float(a >= b))

    def equals(self, other: Number) -> Num:
        return _join(self, "=", other, _COMPARE, lambda a, b: float(a == b))


Number = Num | float


@dataclass(frozen=True)
class Told:
    """A formula whose result is text, with that text."""

    text: str
    shown: str


def num(value: Number) -> Num:
    """A plain number as an expression; only for what is part of a formula's shape, never for an input."""
    if isinstance(value, Num):
        return value
    text = repr(int(value)) if float(value).is_integer() else repr(float(value))
    return Num(text, float(value), _ATOM if value >= 0 else _ADD)


def maximum(*items: Number) -> Num:
    return _call("MAX", items, max)


def minimum(*items: Number) -> Num:
    return _call("MIN", items, min)


def floor(item: Number) -> Num:
    return _call("INT", (item,), lambda values: float(math.floor(values[0])))


def exponential(item: Number) -> Num:
    return _call("EXP", (item,), lambda values: math.exp(values[0]))


def rounded(item: Number, decimals: int) -> Num:
    """Rounded half away from zero, as spreadsheets do; never to a negative nothing."""
    scale, value = 10.0**decimals, num(item).value
    found = math.copysign(math.floor(abs(value) * scale + 0.5), value) / scale + 0.0
    return Num(f"ROUND({num(item).text},{decimals})", found)


def half_even(item: Number) -> Num:
    """Rounded to a whole number, halves to the even one: spreadsheets have no function for it."""
    whole = num(item)
    return when((whole - floor(whole)).equals(0.5), 2 * rounded(whole / 2, 0), rounded(whole, 0))


def calendar_year(day: Num) -> Num:
    """The calendar year of a day as spreadsheets count days."""
    return _call("YEAR", (day,), lambda values: float(date.fromordinal(int(values[0]) + EPOCH).year))


def new_year(year: Num) -> Num:
    """The first of January of a year, as spreadsheets count days."""
    value = float(date(int(year.value), 1, 1).toordinal() - EPOCH)
    return Num(f"DATE({year.text},1,1)", value)


def calendar_day(year: Num, month: int, day: int) -> Num:
    """A day of a year, as spreadsheets count days."""
    value = float(date(int(year.value), month, day).toordinal() - EPOCH)
    return Num(f"DATE({year.text},{month},{day})", value)


def both(*items: Num) -> Num:
    return _call("AND", items, lambda values: float(all(values)))


def when(condition: Num, then: Number, otherwise: Number) -> Num:
    """One of two; the other need not have a value."""
    yes, no = num(then), num(otherwise)
    text = f"IF({condition.text},{yes.text},{no.text})"
    return Num(text, yes.value if condition.value else no.value)


def product(items: Sequence[Number]) -> Num:
    """The items multiplied; 1 where there are none."""
    return _fold(items, lambda a, b: a * b, 1.0)


def total(items: Sequence[Number]) -> Num:
    """The items added one by one; 0 where there are none."""
    return _fold(items, lambda a, b: a + b, 0.0)


@dataclass(frozen=True)
class Area:
    """A block of cells, by its absolute address, with the values in it row by row."""

    text: str
    values: tuple[float, ...]
    columns: int = 1

    def at(self, row: Num, column: int = 1) -> Num:
        """The cell in that row (from 1); beyond the block an error, which shows in every cell that needs it."""
        where = f"INDEX({self.text},{row.text}" + (f",{column})" if self.columns > 1 else ")")
        place = -1 if math.isnan(row.value) else int(row.value) - 1
        inside = 0 <= place < len(self.values) // self.columns
        return Num(where, self.values[place * self.columns + column - 1] if inside else math.nan)

    def sum(self) -> Num:
        return Num(f"SUM({self.text})", math.fsum(self.values))

    def smallest(self, rank: int) -> Num:
        """The value of that rank, 1 for the smallest; every cell has a number."""
        return Num(f"SMALL({self.text},{rank})", sorted(self.values)[rank - 1])

    def count_up_to(self, limit: Num) -> Num:
        """How many cells are at most `limit`."""
        found = sum(value <= limit.value for value in self.values)
        return Num(f'COUNTIF({self.text},"<="&{limit.text})', float(found))

    def times(self, other: Area) -> Num:
        """The sum of the products, cell by cell; both areas have one form."""
        found = math.fsum(a * b for a, b in zip(self.values, other.values, strict=True))
        return Num(f"SUMPRODUCT({self.text},{other.text})", found)


def sum_of(keys: str, values: Area, wanted: Num | str, of: Sequence[bool]) -> Num:
    """The sum of the values whose key, in the area `keys`, is the wanted one; `of` says which these are."""
    key = wanted.text if isinstance(wanted, Num) else wanted
    found = math.fsum(value for value, is_one in zip(values.values, of, strict=True) if is_one)
    return Num(f"SUMIFS({values.text},{keys},{key})", found)


def _join(left: Num, sign: str, right: Number, binds: int, apply: Callable[[float, float], float]) -> Num:
    other = num(right)
    try:
        value = float(apply(left.value, other.value))
    except (ZeroDivisionError, OverflowError):
        value = math.nan
    return Num(f"{_held(left, binds)}{sign}{_held(other, binds + 1)}", value, binds)


def _held(item: Num, binds: int) -> str:
    return item.text if item.binds >= binds else f"({item.text})"


def _call(name: str, items: Sequence[Number], apply: Callable[[list[float]], float]) -> Num:
    parts = [num(item) for item in items]
    values = [part.value for part in parts]
    known = not any(math.isnan(value) for value in values)
    return Num(f"{name}({','.join(part.text for part in parts)})", float(apply(values)) if known else math.nan)


def _fold(items: Sequence[Number], apply: Callable[[Num, Num], Num], empty: float) -> Num:
    if not items:
        return num(empty)
    found = num(items[0])
    for item in items[1:]:
        found = apply(found, num(item))
    return found
