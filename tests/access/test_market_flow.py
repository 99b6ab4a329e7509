"""Pools and rivals in a market's tables, against a twin that sells day by day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.access import (
    FlowStep,
    MarketInput,
    OrderOfEntry,
    Pool,
    PriceLevel,
    Rival,
    build_market,
    funnel,
    loss_of_exclusivity,
    mean_price_factors,
    on_market_table,
    patient_table,
    patients_treated,
    share_steps,
    year_starts,
)
from tests.access.test_competition import expected_share
from tests.access.test_market import AS_OF, KINK, MARKETS, Daily, market, row, value

POOL_STEP = 2e-3
"""The twin's pool ends in the middle of a day: at most that day's part of the year, times the largest rate of 0.7 peak
days a day."""


class FlowDaily(Daily):
    """The twin with a pool that is treated evenly after the launch, and the mean share that rivals leave."""

    def uptake(self, day: date) -> float:
        yearly = super().uptake(day) if self.given.has_yearly_patients else 0.0
        return (yearly + self.pool(day)) * self.share(day)

    def pool(self, day: date) -> float:
        pool, begin = self.given.pool, (day - self.launch).days
        if pool is None or not 0 <= begin + 0.5 < pool.treated_over_years * 365.25:
            return 0.0
        return pool.ratio_years / pool.treated_over_years

    def share(self, day: date) -> float:
        entry = self.given.competition
        if entry is None:
            return 1.0
        launch, now = self.launch.toordinal(), day.toordinal()
        return expected_share(entry, launch, now) / expected_share(replace(entry, rivals=()), launch, now)


POOLS = st.one_of(
    st.none(), st.builds(Pool, ratio_years=st.sampled_from([0.5, 1.4]), treated_over_years=st.sampled_from([2.0, 3.5]))
)
ENTRIES = st.one_of(
    st.none(),
    st.builds(
        OrderOfEntry,
        as_of=st.just(AS_OF),
        order=st.just(2),
        others=st.just(1),
        exponent=st.sampled_from([0.5, 1.0]),
        rivals=st.lists(
            st.builds(
                Rival,
                days=st.lists(
                    st.integers(date(2025, 1, 1).toordinal(), date(2033, 1, 1).toordinal()), min_size=1, max_size=2
                ).map(tuple),
                prob=st.sampled_from([0.3, 1.0]),
            ),
            max_size=2,
        ).map(tuple),
    ),
)


@settings(max_examples=40, deadline=None)
@given(given=MARKETS, pool=POOLS, entry=ENTRIES, launch=st.dates(AS_OF, date(2032, 1, 1)), k=st.integers(0, 11))
def test_the_sales_table_with_pool_and_rivals_is_what_selling_day_by_day_gives(
    given: MarketInput, pool: Pool | None, entry: OrderOfEntry | None, launch: date, k: int
) -> None:
    given = replace(given, pool=pool, competition=entry)
    found = build_market(given, value())
    assert found.sales[row(found, launch), k] == pytest.approx(
        FlowDaily(given, launch).year(k), abs=KINK if pool is None else POOL_STEP
    )


@settings(max_examples=15, deadline=None)
@given(pool=POOLS.filter(bool), launched=st.dates(date(2022, 1, 1), AS_OF), k=st.integers(0, 5))
def test_of_a_pool_only_what_is_left_on_the_plans_day_is_sold(pool: Pool, launched: date, k: int) -> None:
    given = market(pool=pool, has_yearly_patients=False, launched=launched)
    found = build_market(given, value())
    assert found.sales[0, k] == pytest.approx(FlowDaily(given, launched).year(k), abs=POOL_STEP)


def test_a_pool_alone_brings_its_patients_evenly_over_its_years_and_then_nobody() -> None:
    """Three years of a scale over two years: 1.5 a year from 1 January 2026 to 31 December 2027, by hand."""
    given = market(pool=Pool(3.0, 2.0), has_yearly_patients=False)
    found = build_market(given, value())
    sales = found.sales[row(found, date(2026, 1, 1))]
    assert sales[2:5] == pytest.approx([1.5, 1.5, 0.0], abs=3e-3), "years of 365 days, a pool's of 365.25"
    assert given.peak_level == 1.5
    assert market().peak_level == 1.0


def test_a_pool_brings_all_its_patients_to_the_last_one() -> None:
    """Day by day they are three of the scale's years, of 365.25 days each, however calendar years cut them."""
    found = build_market(market(pool=Pool(3.0, 2.0), has_yearly_patients=False), value())
    sales = found.sales[row(found, date(2026, 1, 1))]
    days = [(date(AS_OF.year + k + 1, 1, 1) - date(AS_OF.year + k, 1, 1)).days for k in range(sales.size)]
    assert sum(sales * days) == pytest.approx(3 * 365.25, rel=1e-12)


def test_a_pool_adds_to_the_yearly_patients_what_it_brings_alone() -> None:
    """Linear: the tables of both together are the sum of each."""
    pool = Pool(1.3, 2.5)
    both, yearly = build_market(market(pool=pool), value()), build_market(market(), value())
    alone = build_market(market(pool=pool, has_yearly_patients=False), value())
    assert np.allclose(both.sales, yearly.sales + alone.sales, atol=1e-12)


def test_without_pool_and_rivals_every_bit_of_the_table_stays() -> None:
    plain = build_market(market(), value())
    empty = OrderOfEntry(AS_OF, 3, 2, 0.5, ())
    assert np.array_equal(build_market(market(competition=empty), value()).sales, plain.sales)
    assert np.array_equal(build_market(market(pool=Pool(0.0, 1.0)), value()).sales, plain.sales)


@pytest.mark.parametrize(("day", "kept"), [(date(2029, 12, 31), 1.0), (date(2030, 1, 1), 0.5858)])
def test_a_rival_takes_its_share_from_its_day_on(day: date, kept: float) -> None:
    """A drug launched in 2025 alone in its class, at the peak; the rival of 1 January 2030 leaves 1 / 1.7071."""
    rival = OrderOfEntry(AS_OF, 1, 0, 0.5, (Rival((date(2030, 1, 1).toordinal(),), 1.0),))
    given = replace(market(competition=rival, shape="linear", years_to_peak=1.0), peak_patients_per_year=365.25)
    first = day.toordinal()
    sold = patients_treated(given, date(2025, 1, 1).toordinal(), first=first, end=first + 1)
    assert float(sold) == pytest.approx(kept, abs=5e-5)


@settings(max_examples=25, deadline=None)
@given(pool=POOLS, entry=ENTRIES, launch=st.integers(-700, 1_500), end=st.integers(1, 2_500))
def test_patients_treated_are_the_sum_of_days(
    pool: Pool | None, entry: OrderOfEntry | None, launch: int, end: int
) -> None:
    given = replace(market(), peak_patients_per_year=365.25, pool=pool, competition=entry)
    first, launched = AS_OF.toordinal(), AS_OF + timedelta(days=launch)
    twin = FlowDaily(given, launched)
    days = (AS_OF + timedelta(days=i) for i in range(end))
    total = sum(twin.uptake(day) for day in days if day >= launched)
    found = float(patients_treated(given, launched.toordinal(), first=first, end=first + end))
    assert found == pytest.approx(total, abs=0.8), "a pool ends within a day of its rate, and linear curves bend"


def test_the_patient_table_has_the_patients_of_each_calendar_year() -> None:
    given = market(pool=Pool(1.0, 2.0), years_to_peak=2)
    table, launches = patient_table(given, value()), range(AS_OF.toordinal(), AS_OF.toordinal() + 3_000, 500)
    starts = year_starts(value())
    for launch in launches:
        one = replace(given, peak_patients_per_year=1.0)
        by_hand = [float(patients_treated(one, launch, first=a, end=b)) for a, b in pairwise(starts)]
        assert table[launch - AS_OF.toordinal()] == pytest.approx(by_hand)
    assert table[0].sum() == pytest.approx(1.0 + (12.415 - 1.0), abs=0.01), "the pool, and 12.4 years less half of two"


def test_time_on_the_market_is_the_share_of_the_years_days() -> None:
    table = on_market_table(market(), value())
    launch = date(2026, 7, 2)
    assert table[launch.toordinal() - AS_OF.toordinal()][:4] == pytest.approx([0, 0, 183 / 365, 1])
    assert table[0][0] == 1, "of the days from the plan's day on"


def test_a_years_price_level_is_the_mean_over_its_days() -> None:
    levels = (PriceLevel(date(2026, 7, 2), 0.5), PriceLevel(date(2028, 1, 1), 0.2))
    factors = mean_price_factors(market(price_levels=levels, price_share=0.8), value())
    assert factors[:5] == pytest.approx([0.8, 0.8, 0.8 * (182 + 183 * 0.5) / 365, 0.4, 0.16])


def test_the_loss_of_exclusivity_is_a_day_beyond_every_calendar_where_there_is_none() -> None:
    assert loss_of_exclusivity(market(), np.array([1, 2])).min() > date.max.toordinal()


SHARES = st.lists(st.floats(0, 1), max_size=6)


@given(count=st.floats(0, 1e6), shares=SHARES)
def test_a_funnel_is_the_product_of_its_steps_and_never_widens(count: float, shares: list[float]) -> None:
    steps = [
        FlowStep("incidence", "a", count, "count"),
        *(FlowStep(f"s{i}", "b", x, "share") for i, x in enumerate(shares)),
    ]
    rows = funnel(steps)
    assert rows[-1].running == pytest.approx(count * np.prod(shares))
    assert all(late.running <= early.running for early, late in pairwise(rows))


@given(shares=st.lists(st.floats(0, 1), min_size=1, max_size=6), data=st.data())
def test_a_funnel_rises_with_each_share(shares: list[float], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(shares) - 1))
    raised = [*shares]
    raised[at] = data.draw(st.floats(shares[at], 1))
    low, high = (funnel([FlowStep("s", "p", x, "share") for x in xs])[-1].running for xs in (shares, raised))
    assert high >= low


def test_a_funnel_changes_what_it_counts_with_its_steps() -> None:
    steps = [
        FlowStep("population", "p", 1e6, "people"),
        FlowStep("incidence_per_100_000", "i", 3e-5, "count"),
        FlowStep("eligible_share", "e", 0.5, "share"),
        FlowStep("months_on_treatment", "m", 4.0, "months"),
        FlowStep("compliance_share", "c", 0.75, "share"),
        FlowStep("net_price_per_month", "n", 100.0, "price"),
    ]
    assert [(round(row.running, 6), row.unit) for row in funnel(steps)] == [
        (1e6, "people"),
        (30.0, "patients"),
        (15.0, "patients"),
        (60.0, "months"),
        (45.0, "months"),
        (4_500.0, "USD"),
    ]


def test_the_share_steps_of_a_market_hold_for_every_launch_at_once() -> None:
    entry = OrderOfEntry(AS_OF, 1, 0, 0.5, (Rival((AS_OF.toordinal() + 100,), 1.0),))
    assert share_steps(entry).on(
        np.arange(AS_OF.toordinal(), AS_OF.toordinal() + 200), AS_OF.toordinal() + 300
    ).shape == (200,)
