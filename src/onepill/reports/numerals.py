"""Numbers and days as people read them: money, shares, estimates with their errors, dates in two languages."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from onepill.reports.catalogue import Catalogue

MINUS = "\u2212"
MILLION = 1_000_000
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NBSP = "\u00a0"


@dataclass(frozen=True)
class Estimate:
    """A mean and one standard error of simulation, as printed in a column."""

    mean: str
    error: str
    negative: bool = False
    href: str = ""
    """Where the page says what it comes from; empty where it does not."""


def number(value: float | None, decimals: int = 0) -> str:
    """A number with thousands separators and U+2212 for minus; never "-0"; "" for null."""
    if value is None:
        return ""
    printed = f"{value:,.{decimals}f}"
    if float(printed.replace(",", "")) == 0:
        printed = printed.lstrip("-")
    return printed.replace("-", MINUS)


def musd(value_usd: float | None, decimals: int = 1) -> str:
    """US dollars printed in millions."""
    return "" if value_usd is None else number(value_usd / MILLION, decimals)


def mean_decimals(values_usd: Iterable[float | None]) -> int:
    """How many decimals a column of millions shares: none from 1,000 million up, two where all is below ten million."""
    largest = max((abs(v) for v in values_usd if v is not None), default=0.0) / MILLION
    if largest >= 1000:
        return 0
    return 1 if largest >= 10 else 2


def error_decimals(errors_usd: Iterable[float | None], *, at_least: int) -> int:
    """How many decimals a column of standard errors shares: enough for its smallest one, at most four."""
    smallest = min((e / MILLION for e in errors_usd if e), default=1.0)
    needed = math.ceil(-math.log10(smallest)) if smallest < 1 else 0
    return min(max(at_least, needed), at_least + 2, 3)


def money_estimates(rows: Iterable[Mapping[str, float | None] | None]) -> list[Estimate | None]:
    """A column of `{mean, standard_error}` in US dollars, printed in millions with the decimals that it shares."""
    column = list(rows)
    present = [row for row in column if row is not None]
    decimals = mean_decimals(row["mean"] for row in present)
    errors = error_decimals((row.get("standard_error") for row in present), at_least=decimals)
    return [row if row is None else _estimate(row, decimals, errors) for row in column]


def _estimate(row: Mapping[str, float | None], decimals: int, errors: int) -> Estimate:
    mean = row["mean"]
    return Estimate(musd(mean, decimals), musd(row.get("standard_error"), errors), bool(mean is not None and mean < 0))


def money_estimate(row: Mapping[str, float | None]) -> Estimate:
    """One `{mean, standard_error}` in US dollars that stands alone."""
    (estimate,) = money_estimates([row])
    assert estimate is not None  # a row goes in, so an estimate comes out
    return estimate


def days_estimate(row: Mapping[str, float | None]) -> Estimate:
    """A paired difference in days with its standard error, one decimal each; an exact zero has no decimals."""
    mean, error = row.get("mean"), row.get("standard_error")
    exact = mean == 0 and not error
    negative = bool(mean is not None and mean < 0)
    return Estimate(number(mean, 0 if exact else 1), "" if exact else number(error, 1), negative)


def percent(share: float | None, decimals: int = 0) -> str:
    """A share from 0 to 1 in percent; never 0 % or 100 % for what is merely near it."""
    if share is None:
        return ""
    printed = f"{share * 100:.{decimals}f}"
    step = 10.0**-decimals
    if share > 0 and float(printed) == 0:
        return f"<{number(step, decimals)}%"
    if share < 1 and float(printed) == 100:
        return f">{number(100 - step, decimals)}%"
    return f"{printed}%"


def of_hundred(share: float) -> int:
    """A share as a count of 100 futures; 0 and 100 only for exactly none and exactly all."""
    if share in (0.0, 1.0):
        return round(share * 100)
    return min(max(round(share * 100), 1), 99)


@dataclass(frozen=True)
class Numerals:
    """The figures whose form depends on the language."""

    words: Catalogue

    def money(self, value_usd: float) -> str:
        """Money in a sentence: "USD 11 million", or Chinese wan and yi; two or three significant digits."""
        size, sign = abs(value_usd), MINUS if value_usd < 0 else ""
        if self.words.lang == "zh":
            return self._money_zh(size, sign)
        for unit, name in ((1e9, "billion"), (1e6, "million")):
            if size >= unit * 0.9995:
                return f"USD{NBSP}{sign}{_significant(size / unit)}{NBSP}{name}"
        return f"USD{NBSP}{sign}{round(size, -3 if size >= 1e4 else 0):,.0f}"

    def _money_zh(self, size: float, sign: str) -> str:
        if size >= 1e8 * 0.9995:
            return f"{sign}{_significant(size / 1e8)}亿美元"
        if size >= 1e4:
            return f"{sign}{_rounded(size / 1e4):,.0f}万美元"
        return f"{sign}{size:,.0f}美元"

    def day(self, iso: str | None) -> str:
        """A day in words: "15 Mar 2024", in Chinese ISO (figures line up)."""
        if not iso:
            return ""
        day = date.fromisoformat(iso)
        return iso if self.words.lang == "zh" else f"{day.day}{NBSP}{MONTHS[day.month - 1]}{NBSP}{day.year}"

    def month(self, iso: str | None) -> str:
        """A month in words: "Oct 2029"."""
        if not iso:
            return ""
        day = date.fromisoformat(iso)
        return f"{day.year}年{day.month}月" if self.words.lang == "zh" else f"{MONTHS[day.month - 1]}{NBSP}{day.year}"

    def month_column(self, iso: str | None) -> str:
        """A month as it stands in a table: "Oct 2029", in Chinese ISO."""
        if not iso:
            return ""
        return iso[:7] if self.words.lang == "zh" else self.month(iso)

    def season(self, iso: str) -> str:
        """A part of a year for the answer: early (to April), mid (to August), late."""
        day = date.fromisoformat(iso)
        return self.words(("season.early", "season.mid", "season.late")[(day.month - 1) // 4], year=day.year)


def _rounded(value: float) -> float:
    """Three significant digits, so that a sentence claims no more than the simulation gives."""
    return round(value, 2 - math.floor(math.log10(value))) if value else 0.0


def _significant(value: float) -> str:
    """Two digits from ten up, else one decimal; a trailing ".0" is dropped."""
    return f"{value:,.0f}" if value >= 9.95 else f"{value:.1f}".removesuffix(".0")
