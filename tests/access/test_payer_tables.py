"""A payer state's table against selling day by day: start share, prices by age, yearly cuts, duties, instalments."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.access import Continued, Instalments, MarketInput, PriceAge, PriceLevel, YearlyCut, build_market
from onepill.access.payer_price import price_since_entry
from tests.access.test_market import AS_OF, KINK, market, row, value

LAUNCHED = date(2023, 3, 1)


class Daily:
    """Sales, units and duties day by day for a peak of one US dollar a year, from the words of the method page."""

    def __init__(self, given: MarketInput, entry: date) -> None:
        self.given, self.entry = given, entry

    def start(self) -> float:
        before = self.given.continues
        if before is None:
            return self.given.start_share
        x = min(max((self.entry - before.launched).days / (before.years_to_peak * 365.25), 0.0), 1.0)
        return before.ratio * (x if before.shape == "linear" else 3 * x * x - 2 * x**3)

    def level(self, day: date) -> float:
        """The mean of the curve over the day, by Simpson's rule, which is exact for a cubic inside one piece."""
        begin = (day - self.entry).days
        return (self.curve(begin) + 4 * self.curve(begin + 0.5) + self.curve(begin + 1)) / 6

    def curve(self, days: float) -> float:
        x = min(max(days / (self.given.years_to_peak * 365.25), 0.0), 1.0)
        rise = x if self.given.shape == "linear" else 3 * x * x - 2 * x**3
        return self.start() + (1 - self.start()) * rise

    def price(self, day: date) -> float:
        aged = [a for a in self.given.price_ages if (day - self.entry).days >= a.after_years * 365.25]
        factor = max(aged, key=lambda a: a.after_years).factor if aged else 1.0
        cut = self.given.yearly_cut
        if cut is not None:
            days = (date(y, cut.month, cut.day) for y in range(2020, 2045) if y % cut.every_years == 0)
            factor *= (1 - cut.cut_share) ** sum(self.entry < d <= day for d in days)
        return factor

    def duty(self, day: date) -> float:
        reached = [level for level in self.given.duties if level.since <= day]
        return max(reached, key=lambda level: level.since).factor if reached else 0.0

    def year(self, k: int) -> tuple[float, float, float]:
        """Sales, units and duties of the k-th calendar year."""
        first, after = date(AS_OF.year + k, 1, 1), date(AS_OF.year + k + 1, 1, 1)
        days = [first + timedelta(days=i) for i in range((after - first).days)]
        days = [d for d in days if d >= max(AS_OF, self.entry)]
        scale = 1 / (after - first).days
        levels = [self.level(d) * scale for d in days]
        sold = [level * self.price(d) for level, d in zip(levels, days, strict=True)]
        duties = [part * self.duty(d) for part, d in zip(sold, days, strict=True)]
        return sum(sold), sum(levels), sum(duties)


STATES = st.builds(
    market,
    years_to_peak=st.sampled_from([0.5, 2.0, 4.0]),
    shape=st.sampled_from(["linear", "s_curve"]),
    start_share=st.sampled_from([0.0, 0.3, 1.0, 1.2]),
    continues=st.one_of(st.none(), st.just(Continued(LAUNCHED, 0.5, 3.0, "s_curve"))),
    price_ages=st.sampled_from([(), (PriceAge(2.0, 0.9), PriceAge(4.0, 0.85)), (PriceAge(1.0, 0.0),)]),
    yearly_cut=st.sampled_from([None, YearlyCut(4, 1, 0.05), YearlyCut(4, 1, 0.1, 2)]),
    duties=st.sampled_from([(), (PriceLevel(date(2026, 9, 29), 0.3), PriceLevel(date(2028, 1, 1), 0.1))]),
    cogs_share=st.just(0.2),
    selling_share=st.just(0.25),
    tax_share=st.just(0.1),
)


@settings(max_examples=40, deadline=None)
@given(given=STATES, entry=st.dates(AS_OF, date(2031, 1, 1)), k=st.integers(0, 11))
def test_the_tables_of_a_state_are_what_selling_day_by_day_gives(given: MarketInput, entry: date, k: int) -> None:
    """A price that changes by age within a day is taken from the day after: at most a day's sales of the change."""
    found, twin = build_market(given, value()), Daily(given, entry)
    sold, units, duties = twin.year(k)
    at = row(found, entry)
    slack = KINK + (2 / 365 if given.price_ages else 0.0)
    assert found.sales[at, k] == pytest.approx(sold, abs=slack)
    cash = (sold * 0.75 - 0.2 * units - duties) * 0.9
    assert found.cash[at, k] == pytest.approx(cash, abs=slack + 2 * KINK)


@settings(max_examples=30, deadline=None)
@given(given=STATES, entry=st.dates(AS_OF, date(2031, 1, 1)), ahead=st.integers(0, 3_000))
def test_the_shown_price_is_that_of_the_table(given: MarketInput, entry: date, ahead: int) -> None:
    day = entry + timedelta(days=ahead)
    shown = price_since_entry(given, np.array([entry.toordinal()]), day.toordinal())
    assert shown[0] == pytest.approx(Daily(given, entry).price(day))


def test_the_cost_of_goods_does_not_fall_with_the_price() -> None:
    plain = market(cogs_share=0.2, start_share=1.0)
    cheap = replace(plain, price_ages=(PriceAge(1.0, 0.5),))
    at, year = row(build_market(plain, value()), AS_OF), 5
    full, half = build_market(plain, value()), build_market(cheap, value())
    assert full.cash[at, year] == pytest.approx(0.8)
    assert half.sales[at, year] == pytest.approx(0.5)
    assert half.cash[at, year] == pytest.approx(0.5 - 0.2)


def test_instalments_spread_what_is_paid_and_lose_those_who_stop() -> None:
    """1,000 a year in three parts with 90 % kept: 1/3, 1/3 x 0.9, 1/3 x 0.81 of each year's sales, a year apart."""
    plain = market(start_share=1.0, cogs_share=0.1)
    spread = replace(plain, instalments=Instalments(3, 0.9))
    at = row(build_market(plain, value()), AS_OF)
    once, parts = build_market(plain, value()), build_market(spread, value())
    assert parts.sales[at, 0] == pytest.approx(once.sales[at, 0] / 3)
    assert parts.sales[at, 1] == pytest.approx(once.sales[at, 1] / 3 + once.sales[at, 0] * 0.9 / 3)
    assert parts.sales[at, 6] == pytest.approx((1 + 0.9 + 0.81) / 3)
    assert parts.cash[at, 6] == pytest.approx((1 + 0.9 + 0.81) / 3 - 0.1), "goods are paid for when they are used"


def test_a_state_entered_at_its_peak_sells_the_peak_at_once() -> None:
    found = build_market(market(start_share=1.0), value())
    assert found.sales[row(found, AS_OF), 3] == pytest.approx(1.0)


def test_a_duty_begins_on_its_day() -> None:
    given = market(start_share=1.0, duties=(PriceLevel(date(2027, 7, 2), 0.4),))
    found = build_market(given, value())
    at = row(found, AS_OF)
    assert found.cash[at, 2] == pytest.approx(1.0)
    assert found.cash[at, 3] == pytest.approx(1 - 0.4 * 183 / 365), "2 July to the end of the year are 183 days"
    assert found.cash[at, 4] == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("entry", "factor"), [(date(2025, 3, 31), 0.95), (date(2025, 4, 1), 1.0), (date(2025, 4, 2), 1.0)]
)
def test_a_state_entered_on_the_day_of_the_cut_is_cut_a_year_later(entry: date, factor: float) -> None:
    given = market(yearly_cut=YearlyCut(4, 1, 0.05), start_share=1.0)
    shown = price_since_entry(given, np.array([entry.toordinal()]), date(2025, 6, 1).toordinal())
    assert shown[0] == pytest.approx(factor)
    found = build_market(given, value())
    assert found.sales[row(found, entry), 2] == pytest.approx(factor * (90 + 275 * 0.95) / 365)
