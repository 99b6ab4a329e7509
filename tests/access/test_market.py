"""A market's tables against a slow twin that sells day by day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.access import Exclusivity, MarketInput, PriceLevel, Valuation, build_market, valuation
from onepill.core.dates import years_to_days
from onepill.sim.plan import SUCCEEDED, Link, Market

AS_OF = date(2024, 8, 1)
KINK = 2e-6
"""Simpson's rule misses the bend on the day on which a linear curve reaches its peak: at most a twelfth of that day's
rise, 1 / 182 for the shortest curve here, of 1 / 365 of a year."""
NEVER_LOST = Exclusivity(None, None, 0.2, 0)


def market(**changes: Any) -> MarketInput:
    plain = MarketInput(
        id="us",
        launch=Link("us.launch", SUCCEEDED),
        scale=(),
        years_to_peak=4,
        shape="s_curve",
        price_share=1.0,
        price_levels=(),
        growth_per_year=0.0,
        exclusivity=NEVER_LOST,
        cogs_share=0.0,
        selling_share=0.0,
        tax_share=0.0,
        launch_cost=None,
        launched=None,
        ends_on=(),
    )
    return replace(plain, **changes)


def value(convention: str = "mid_year", *, years: int = 12) -> Valuation:
    return valuation(AS_OF, years=years, convention=convention, rate_per_year=0.1)


def row(found: Market, launch: date) -> int:
    return launch.toordinal() - found.first_day


class Daily:
    """Sales day by day for a peak of one US dollar a year, from the words of the method page."""

    def __init__(self, given: MarketInput, launch: date) -> None:
        self.given, self.launch = given, launch

    def uptake(self, day: date) -> float:
        """The mean of the curve over the day, by Simpson's rule, which is exact for a cubic inside one piece."""
        begin = (day - self.launch).days
        return (self.curve(begin) + 4 * self.curve(begin + 0.5) + self.curve(begin + 1)) / 6

    def curve(self, days: float) -> float:
        x = min(max(days / (self.given.years_to_peak * 365.25), 0.0), 1.0)
        return x if self.given.shape == "linear" else 3 * x * x - 2 * x**3

    def kept(self, day: date) -> float:
        rule = self.given.exclusivity
        losses = [rule.patent] if rule.patent else []
        if rule.years is not None:
            approval = self.launch - timedelta(days=rule.approval_to_launch_days)
            losses.append(approval + timedelta(days=years_to_days(rule.years)))
        return rule.retained_share if losses and day >= max(losses) else 1.0

    def price(self, day: date) -> float:
        reached = [level for level in self.given.price_levels if level.since <= day]
        return self.given.price_share * (max(reached, key=lambda level: level.since).factor if reached else 1.0)

    def year(self, k: int) -> float:
        """Sales of the k-th calendar year from the valuation year on, after the valuation day."""
        first, after = date(AS_OF.year + k, 1, 1), date(AS_OF.year + k + 1, 1, 1)
        days = (first + timedelta(days=i) for i in range((after - first).days))
        sold = sum(self.uptake(d) * self.kept(d) * self.price(d) for d in days if d >= max(AS_OF, self.launch))
        return sold / (after - first).days * (1 + self.given.growth_per_year) ** k


MARKETS = st.builds(
    market,
    years_to_peak=st.sampled_from([0.5, 2, 4, 7.5]),
    shape=st.sampled_from(["linear", "s_curve"]),
    price_share=st.sampled_from([1.0, 0.7]),
    growth_per_year=st.sampled_from([0.0, 0.03, -0.1]),
    price_levels=st.lists(
        st.builds(
            PriceLevel, since=st.dates(date(2024, 9, 1), date(2035, 1, 1)), factor=st.sampled_from([0.5, 0.8, 1.2, 0.0])
        ),
        max_size=3,
        unique_by=lambda level: level.since,
    ).map(tuple),
    exclusivity=st.builds(
        Exclusivity,
        patent=st.one_of(st.none(), st.dates(date(2025, 1, 1), date(2036, 1, 1))),
        years=st.one_of(st.none(), st.sampled_from([0.0, 5.0, 7.5])),
        retained_share=st.sampled_from([0.0, 0.2, 1.0]),
        approval_to_launch_days=st.sampled_from([0, 90]),
    ),
)


@settings(max_examples=40, deadline=None)
@given(given=MARKETS, launch=st.dates(AS_OF, date(2034, 1, 1)), k=st.integers(0, 11))
def test_the_sales_table_is_what_selling_day_by_day_gives(given: MarketInput, launch: date, k: int) -> None:
    found = build_market(given, value())
    expected = Daily(given, launch).year(k)
    assert found.sales[row(found, launch), k] == pytest.approx(expected, abs=KINK)


@settings(max_examples=10, deadline=None)
@given(given=MARKETS, launched=st.dates(date(2020, 1, 1), AS_OF), k=st.integers(0, 11))
def test_a_market_that_is_already_supplied_sells_from_the_plans_day_on(
    given: MarketInput, launched: date, k: int
) -> None:
    sold = replace(given, launched=launched)
    found = build_market(sold, value())
    assert found.sales.shape[0] == 1
    assert found.sales[0, k] == pytest.approx(Daily(sold, launched).year(k), abs=KINK)


def test_a_full_year_after_the_peak_sells_the_peak() -> None:
    found = build_market(market(years_to_peak=1), value())
    assert found.sales[row(found, date(2025, 1, 1)), 5] == pytest.approx(1.0)


def test_nothing_is_sold_before_the_launch_or_after_the_loss_without_retained_share() -> None:
    rule = Exclusivity(date(2030, 1, 1), None, 0.0, 0)
    found = build_market(market(exclusivity=rule), value())
    sales = found.sales[row(found, date(2027, 1, 1))]
    assert np.all(sales[:3] == 0)
    assert np.all(sales[3:6] > 0)
    assert np.all(sales[6:] == 0)


def test_exclusivity_is_lost_on_the_later_of_patent_and_protection_from_approval() -> None:
    """Approval 90 days before a launch on 1 April 2026, ten years: 1 January 2036; the patent ends in 2030."""
    rule = Exclusivity(date(2030, 1, 1), 10.0, 0.0, 90)
    found = build_market(market(exclusivity=rule), value())
    sales = found.sales[row(found, date(2026, 4, 1))]
    assert sales[2030 - 2024] > 0.5
    assert sales[2035 - 2024] == pytest.approx(1.0)
    assert sales[2036 - 2024] < 0.01, "ten years of 365.25 days end within two days of the new year"


def test_cash_is_sales_less_costs_less_tax() -> None:
    found = build_market(market(cogs_share=0.1, selling_share=0.3, tax_share=0.25), value())
    assert np.allclose(found.cash, found.sales * (1 - 0.1 - 0.3) * (1 - 0.25), rtol=1e-12)


def test_a_price_share_of_the_payers_scales_every_sale() -> None:
    full, part = build_market(market(), value()), build_market(market(price_share=0.35), value())
    assert np.allclose(part.sales, 0.35 * full.sales, rtol=1e-12)


@pytest.mark.parametrize("convention", ["end_year", "mid_year"])
def test_whole_year_conventions_discount_a_year_as_one(convention: str) -> None:
    given, when = market(), value(convention)
    found = build_market(given, when)
    assert np.allclose(found.discounted, found.cash * when.by_year, rtol=1e-12)


@pytest.mark.parametrize("convention", ["exact", "continuous"])
def test_daily_conventions_discount_in_the_middle_of_the_days_sold(convention: str) -> None:
    when = value(convention)
    found = build_market(market(), when)
    launch = date(2027, 7, 1)
    at = row(found, launch)
    first = (launch + (date(2027, 12, 31) - launch) / 2 - AS_OF).days
    full = (date(2028, 1, 1) + (date(2028, 12, 31) - date(2028, 1, 1)) / 2 - AS_OF).days
    assert found.discounted[at, 3] == pytest.approx(found.cash[at, 3] * when.by_day[first])
    assert found.discounted[at, 4] == pytest.approx(found.cash[at, 4] * when.by_day[full])


def test_daily_discounting_is_near_to_discounting_each_days_sales() -> None:
    """The middle of the year stands for all its days: at 10 % within 0.1 % a full year, less while uptake rises."""
    given, when = market(years_to_peak=2), value("exact")
    found, launch = build_market(given, when), date(2025, 1, 1)
    twin = Daily(given, launch)
    by_day = 0.0
    for i in range((date(2036, 12, 31) - AS_OF).days + 1):
        day = AS_OF + timedelta(days=i)
        if day >= launch:
            length = (date(day.year + 1, 1, 1) - date(day.year, 1, 1)).days
            by_day += twin.uptake(day) / length * when.by_day[i]
    assert float(found.discounted[row(found, launch)].sum()) == pytest.approx(by_day, rel=5e-3)
