"""Published terms, reproduced."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from onepill.core.dates import NEVER
from onepill.deals import Years, evaluate
from onepill.deals.inputs import Cap, Discounts, Payment, Royalty, When, Window
from tests.deals.contracts import OWNER, PARTNER, YEARS, case, contract, day, make_bases, sold_plan

ORLADEYO_2020 = ((0.0, 0.0875), (350e6, 0.0275), (550e6, 0.0))
ORLADEYO_2021 = ((0.0, 0.0075), (350e6, 0.0175), (550e6, 0.0))
OMERS_2021 = ((0.0, 0.075), (350e6, 0.06), (550e6, 0.0))
"""BioCryst's releases of 2020-12-07 and 2021-11-22 (GlobeNewswire); the last one's rates are the least ones."""


def royalty(tiers: tuple[tuple[float, float], ...], **parts: object) -> Royalty:
    return Royalty("royalty", "royalty", OWNER, PARTNER, markets=("home",), tiers=tiers, **parts)  # type: ignore[arg-type]


def paid_by_year(leg: Royalty, *yearly_usd: float) -> np.ndarray:
    """What the partner is paid in each year from the plan's own on, of sales on the market since 2020."""
    bases = make_bases(sold_plan(yearly_usd, launch=date(2020, 12, 16)))
    return evaluate(case(contract(leg)), bases, keep=(PARTNER,)).yearly_usd[PARTNER][0]


def test_accelerated_royalty_of_three_per_cent_for_nine_years_equals_three_payments_of_69_4737() -> None:
    """A textbook sum (notes on valuation): 3 % of 1,000 a year for 9 years at 10 % is 172.7707 today."""
    plan = sold_plan([0.0, *[1_000.0] * 9], launch=date(2025, 1, 1))
    bases = make_bases(plan)
    sold = evaluate(case(contract(royalty(((0.0, 0.03),))), 0.1), bases).npv_usd[PARTNER][0]
    three = Payment(
        "p", "payment", OWNER, PARTNER, amount_usd=3 * 69.4737, when=When(day=day("2025-12-31")), instalments=3
    )
    paid = evaluate(case(contract(three), 0.1), bases).npv_usd[PARTNER][0]
    assert sold == pytest.approx(172.7707, abs=5e-5)
    # The instalment is rounded to four digits, times an annuity of 2.49.
    assert paid == pytest.approx(172.7707, abs=1.3e-4)


def test_biocryst_2021_declining_tiers_by_hand() -> None:
    """0.75 % to 350, 1.75 % from there to 550, nothing above, in millions of sales: 300, 350, 450, 550, 900."""
    sales = (300e6, 350e6, 450e6, 550e6, 900e6)
    assert paid_by_year(royalty(ORLADEYO_2021), *sales)[:5] == pytest.approx(
        [2.25e6, 2.625e6, 4.375e6, 6.125e6, 6.125e6]
    )


def test_biocryst_form_10_k_2024_royalties_paid_are_the_tiers_on_reported_sales() -> None:
    """Sales of 437.7 million in 2024 (release of 2025-02-24); paid and payable 33.652 and 4.205 million (10-K, note on
    royalty financing), which hold a share of sublicences too: at most 2.5 % above the tiers on direct sales.
    """
    for tiers, filed_usd in ((ORLADEYO_2020, 33.652e6), (ORLADEYO_2021, 4.205e6)):
        assert 1.0 <= filed_usd / paid_by_year(royalty(tiers), 437.7e6)[0] <= 1.025


def test_omers_2021_pays_nothing_before_the_fourth_quarter_of_its_second_year() -> None:
    """The release of 2021-11-22 with its days moved on: a window opens on the first day of a fourth quarter."""
    leg = royalty(OMERS_2021, window=Window(When(day=day("2026-10-01"))))
    paid = paid_by_year(leg, 100e6, 250e6, 365e6, 600e6)
    assert paid[:2] == pytest.approx([0.0, 0.0])
    assert paid[2] == pytest.approx(0.075 * 92e6)  # the 92 days of October to December of 365
    assert paid[3] == pytest.approx(0.075 * 350e6 + 0.06 * 200e6)


@pytest.mark.parametrize(
    ("sales_usd", "total_usd"),
    [
        (350e6, 1.65 * 100e6),  # 35 a year from 2025: 175 by the end of 2029 is above 165, reached in time
        (300e6, 2.00 * 100e6),  # 30 a year: 150 by then, so that 200 is what holds
        (100e6, 110e6),  # 10 a year: no cap is reached in the eleven years to 2035
    ],
)
def test_time_tiered_cap_of_1_65_times_if_by_a_year_else_2_0_times(sales_usd: float, total_usd: float) -> None:
    """The form of Ascendis' royalty funding: 1.65 times what was paid if reached by 2029, else 2.0 times."""
    caps = (Cap(165e6, day("2029-12-31")), Cap(200e6))
    leg = royalty(((0.0, 0.1),), cap=caps)
    paid = paid_by_year(leg, 0.0, *[sales_usd] * (YEARS - 1))
    assert paid.sum() == pytest.approx(total_usd)
    yearly = 0.1 * sales_usd
    assert ((paid == 0) | (paid <= yearly + 1e-6)).all()


def test_a_cap_that_ends_inside_a_year_counts_its_days() -> None:
    """20 a year from 2025: 40 by the end of 2026 and 10 more by 2027-07-02, its 183rd day, are 50 and not 50.1."""
    by = day("2027-07-02")
    reached = 40e6 + 20e6 * 183 / 365
    for total, expected in ((reached - 1.0, reached - 1.0), (reached + 1.0, 90e6)):
        leg = royalty(((0.0, 0.1),), cap=(Cap(total, by), Cap(90e6, NEVER)))
        assert paid_by_year(leg, 0.0, *[200e6] * 11).sum() == pytest.approx(expected)


def test_nothing_caps_a_royalty_after_the_last_caps_day() -> None:
    """20 a year from 2025: held to 30 if that is reached by the end of 2026, and owed in full where it is not."""
    for total, expected in ((30e6, 30e6), (41e6, 220e6)):
        leg = royalty(((0.0, 0.1),), cap=(Cap(total, day("2026-12-31")),))
        assert paid_by_year(leg, 0.0, *[200e6] * 11).sum() == pytest.approx(expected)


def test_a_cap_that_is_just_reached_on_its_day_ends_the_royalty() -> None:
    """20 a year from 2025 are 40 on the last day of 2026; a dollar more is not reached, and the next cap holds."""
    for total, expected in ((40e6, 40e6), (40e6 + 1.0, 90e6)):
        leg = royalty(((0.0, 0.1),), cap=(Cap(total, day("2026-12-31")), Cap(90e6)))
        assert paid_by_year(leg, 0.0, *[200e6] * 11).sum() == pytest.approx(expected)


def test_every_further_structure_is_discounted_at_each_partys_own_rate() -> None:
    bases = make_bases(sold_plan([0.0, 100e6], launch=date(2025, 1, 1)))
    years = Years.of(bases.plan)
    own = case(contract(royalty(((0.0, 0.1),))), 0.1)
    flat = Discounts(np.full(YEARS, 0.5), np.full(int(years.bounds[-1] - years.bounds[0]), 0.5))
    found = evaluate(replace(own, discounts={**own.discounts, PARTNER: flat}), bases)
    assert found.npv_usd[PARTNER][0] == pytest.approx(5e6)
    alone = evaluate(case(contract(), 0.1), bases).npv_usd[OWNER][0]
    assert found.npv_usd[OWNER][0] == pytest.approx(alone - 10e6 / 1.1)
