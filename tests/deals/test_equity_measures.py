"""Multiples, rates of return and prices of exits: definitions by hand, roots against numpy's, laws."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.core.dates import NEVER
from onepill.deals.equity import Equity, EquityDays
from onepill.deals.equity_exits import exit_sums, exit_values, to_be_priced
from onepill.deals.equity_measures import (
    MoneyTally,
    cost_of_stake_capital,
    join_tallies,
    money_measures,
    rates_of_return,
    tally,
    years_ahead,
)
from onepill.deals.inputs import OUTSIDE, SIGNING, Exit, Fund, Round, Stake, Vehicle, When
from tests.deals.vehicles import day, discounts, run, structure, years_from

WHOLE = np.arange(6.0)


def rate(*flows: float, ahead=WHOLE) -> float:
    return float(rates_of_return(np.array([flows], dtype=float), ahead[: len(flows)])[0])


def test_rates_by_hand():
    assert rate(-100, 110) == pytest.approx(0.1, abs=1e-12)
    assert rate(-100, 0, 121) == pytest.approx(0.1, abs=1e-12)
    assert rate(-100, 50) == pytest.approx(-0.5, abs=1e-12)
    assert rate(0, -100, 0, 400) == pytest.approx(1.0, abs=1e-12)
    assert rate(-100, 144, ahead=np.array([0.0, 0.5])) == pytest.approx(1.44**2 - 1, abs=1e-11)


def test_rates_that_are_not():
    """Nothing lost or won, money that comes first, and flows that turn twice; outlays alone lose all."""
    assert np.isnan(rate(0, 0, 0))
    assert np.isnan(rate(100, -50, 10))
    assert np.isnan(rate(-100, 230, -132))
    assert rate(-100, -20) == -1


def test_norstrom_flows_whose_sums_turn_once_have_one_rate_above_nothing():
    """-100, 150, -20, 30: the sums are -100, 50, 30, 60."""
    found = rate(-100, 150, -20, 30)
    assert sum(usd / (1 + found) ** k for k, usd in enumerate((-100, 150, -20, 30))) == pytest.approx(0, abs=1e-9)
    assert found > 0


@given(st.lists(st.floats(1, 1e6), min_size=1, max_size=4), st.lists(st.floats(1, 1e6), min_size=1, max_size=10))
@settings(deadline=None)
def test_a_rate_is_the_root_that_numpy_finds(outlays, income):
    flows = [-usd for usd in outlays] + income
    found = rate(*flows, ahead=np.arange(20.0))
    roots = np.roots(flows[::-1])
    real = [root.real for root in roots if abs(root.imag) < 1e-7 * abs(root) and root.real > 0]
    assert min(abs(1 / (1 + found) - root) / root for root in real) < 1e-6


def test_years_ahead_are_those_of_discounting():
    years = years_from(date(2025, 7, 1), 3)
    assert years_ahead(years, convention="end_year").tolist() == [0, 1, 2]
    assert years_ahead(years, convention="mid_year").tolist() == [0, 0.5, 1.5]
    past = 181 / 365.25
    assert years_ahead(years, convention="exact").tolist() == pytest.approx([0.5 - past, 1.5 - past, 2.5 - past])


SOLD = Vehicle(
    "newco",
    (Stake("founder", 1.0),),
    (Round("A", (("fund", 100.0),), 100.0),),
    exits=(Exit("sale", SIGNING, 0.1),),
)
"""Half of it for 100, sold."""


def test_measures_of_money_by_hand():
    """Two paths: 100 in, 300 out after two years; 100 in, all lost."""
    found = run(SOLD, [[-100.0, 0.0, 0.0]] * 2, exits=[[day(2027), NEVER]], values=(600.0,))
    counted = tally(Equity.of(structure(SOLD), years=3), found, WHOLE[:3])
    measures = money_measures(counted, "fund", WHOLE[:3])
    assert (measures.paid_in_usd, measures.paid_out_usd, measures.multiple) == pytest.approx((100, 150, 1.5))
    assert measures.irr_per_year == pytest.approx(1.5**0.5 - 1)
    assert measures.dpi.tolist() == pytest.approx([0, 0, 1.5])
    assert (measures.path_multiple.p5, measures.path_multiple.p95) == pytest.approx((0, 3))
    assert (measures.path_irr_per_year.p5, measures.path_irr_per_year.p95) == pytest.approx((-1, 3**0.5 - 1))
    assert measures.path_irr_defined_share == 1
    assert measures.prob_loss == 0.5
    assert counted.exits.tolist() == [1]
    assert (counted.needed, counted.needed_usd) == (0, 0.0)


def test_a_fund_and_its_partners_are_measured_apart():
    """The fund has 3 times its money; its partners pay a fee of 2 in each of three years and carry on 194."""
    behind = (Fund("fund", "partners", "manager", "USD", 0.02, 10.0, 0.0, 1.0, 0.2),)
    found = run(SOLD, [[-100.0, 0.0, 0.0]], funds=behind, exits=[[day(2027)]], values=(600.0,))
    counted = tally(Equity.of(structure(SOLD, behind), years=3), found, WHOLE[:3])
    assert money_measures(counted, "fund", WHOLE[:3]).multiple == pytest.approx(3)
    partners = money_measures(counted, "partners", WHOLE[:3])
    assert partners.multiple == pytest.approx((300 - 0.2 * 194) / 106)
    assert partners.path_multiple.p50 == pytest.approx(partners.multiple)
    assert partners.irr_per_year == pytest.approx(partners.path_irr_per_year.p50)


def test_what_holders_pay_beyond_the_rounds_is_counted():
    plain = Vehicle("newco", (Stake("a", 0.25), Stake("b", 0.75)))
    found = run(plain, [[-100.0, 50.0, 300.0], [10.0, 0.0, 0.0]])
    counted = tally(Equity.of(structure(plain), years=3), found, WHOLE[:3])
    assert (counted.needed, counted.needed_usd) == (1, 50.0)


def test_tallies_of_stretches_join():
    equity = Equity.of(structure(SOLD), years=3)
    flows, leaving = [[-100.0, 0.0, 0.0], [-150.0, 20.0, 0.0], [0.0, 0.0, 0.0]], [day(2027), NEVER, day(2026)]
    parts = [run(SOLD, flows[i:j], exits=[leaving[i:j]], values=(600.0,)) for i, j in ((0, 3), (0, 1), (1, 3))]
    whole, *halves = (tally(equity, part, WHOLE[:3]) for part in parts)
    joined = join_tallies(halves)
    assert joined.paths == 3
    assert joined.multiples["fund"].tolist() == whole.multiples["fund"].tolist()
    assert joined.exits.tolist() == whole.exits.tolist() == [2]
    assert (joined.needed, joined.needed_usd) == (whole.needed, pytest.approx(whole.needed_usd))
    assert joined.mean_share == pytest.approx(whole.mean_share)
    one, two = (money_measures(found, "fund", WHOLE[:3]) for found in (joined, whole))
    assert one.irr_per_year == pytest.approx(two.irr_per_year)


def test_money_that_just_comes_back_is_no_loss_and_needs_of_stretches_add_up() -> None:
    flows = {("contribution", "fund"): np.array([-1.0, 0.0]), ("exit_price", "fund"): np.array([0.0, 1.0])}
    by_path = {"fund": np.array([0.5, 1.0, 2.0, 4.0])}
    parts = [MoneyTally(4, flows, {}, frozenset(), by_path, by_path, np.zeros(0, np.int64), n, 1.0) for n in (2, 3)]
    joined = join_tallies(parts)
    assert (joined.needed, money_measures(joined, "fund", WHOLE).prob_loss) == (5, 0.25)


def test_the_cost_of_capital_that_the_round_implies_for_a_stake():
    """50 % of 200 after the round is worth 100 today; it has 60 in each of the two years after the money is spent."""
    vehicle = Vehicle("newco", (Stake("licensor", 1.0),), (Round("A", (("fund", 100.0),), 100.0),))
    equity = Equity.of(structure(vehicle), years=3)
    found = tally(equity, run(vehicle, [[-100.0, 120.0, 120.0]]), WHOLE[:3])
    implied = cost_of_stake_capital(equity, found, "licensor", WHOLE[:3])
    assert 60 / (1 + implied) + 60 / (1 + implied) ** 2 == pytest.approx(100)
    assert cost_of_stake_capital(equity, found, "nobody", WHOLE[:3]) is None
    later = replace(vehicle, rounds=(replace(vehicle.rounds[0], tranches=((1.0, When(lag_days=90)),)),))
    assert cost_of_stake_capital(replace(equity, vehicle=later), found, "licensor", WHOLE[:3]) is None


def sums_of(vehicle, flows, exits, *, rate=0.25, as_of=date(2025, 1, 1)):
    years = years_from(as_of, len(flows[0]))
    equity = Equity.of(structure(vehicle), years=years.count)
    days = EquityDays(
        np.array(flows, dtype=float), np.zeros((0, len(flows)), dtype=np.int32), np.array(exits, dtype=np.int32)
    )
    return exit_sums(equity, days, years, [discounts(years, rate)] * len(vehicle.exits))


def with_exits(*exits: Exit) -> Vehicle:
    return Vehicle("newco", (Stake("founder", 1.0),), exits=exits)


def test_an_exit_is_worth_the_mean_of_the_flows_sold_on_its_day():
    """Sold on 1 January 2026: 100 now and 125 a year on at 25 % are 200; the other path's 40 now 40; a third never."""
    vehicle = with_exits(Exit("sale", SIGNING, 0.25, discount_share=0.1))
    flows = [[-1, 100, 125], [-1, 40, 0], [-1, 9e9, 9e9]]
    sums = sums_of(vehicle, flows, [[day(2026), day(2026), NEVER]])
    assert exit_values(vehicle, sums).tolist() == pytest.approx([0.9 * 120])
    assert to_be_priced(vehicle)


def test_a_given_value_is_taken_and_needs_no_paths():
    vehicle = with_exits(Exit("sale", SIGNING, 0.25, value_usd=77.0))
    assert exit_values(vehicle, None).tolist() == [77.0]
    assert not to_be_priced(vehicle)


def test_paths_of_a_worthless_exit_go_on_to_the_next_one():
    """The first exit would sell -50 on average: it does not take place, and its path is in the second one's price."""
    vehicle = with_exits(Exit("listing", SIGNING, 0.0), Exit("sale", SIGNING, 0.0))
    flows = [[0, -150, 100, 0], [0, 0, 0, 60]]
    sums = sums_of(vehicle, flows, [[day(2026), NEVER], [day(2027), day(2027)]], rate=0.0)
    assert exit_values(vehicle, sums).tolist() == pytest.approx([0.0, 80.0])


def test_no_path_reaches_the_exit():
    vehicle = with_exits(Exit("sale", SIGNING, 0.1))
    assert exit_values(vehicle, sums_of(vehicle, [[1, 1]], [[NEVER]])).tolist() == [0.0]


@given(
    st.lists(st.lists(st.floats(-1e6, 3e6), min_size=5, max_size=5), min_size=1, max_size=6),
    st.integers(day(2026), day(2029)),
)
@settings(deadline=None, max_examples=60)
def test_the_buyer_pays_what_he_gets(flows, leave):
    """On one exit day, at no costs and no discount: the outsiders' mean value at the buyer's rate is nothing."""
    vehicle = with_exits(Exit("sale", SIGNING, 0.1))
    values = exit_values(vehicle, sums_of(vehicle, flows, [[leave] * len(flows)], rate=0.1))
    found = run(vehicle, flows, exits=[[leave] * len(flows)], values=tuple(values), rate=0.1)
    if values[0] > 0:
        size = 1e-9 * np.abs(flows).sum()
        assert found.npv_usd[OUTSIDE].mean() == pytest.approx(0, abs=size)
    assert found.exit_at.tolist() == [0 if values[0] > 0 else -1] * len(flows)


def test_sums_of_stretches_join():
    vehicle = with_exits(Exit("sale", SIGNING, 0.1))
    flows, days = [[-1.0, 5, 5], [-3.0, 7, 2], [-1.0, 1, 1]], [day(2026), day(2026, 7), NEVER]
    whole = sums_of(vehicle, flows, [days])
    parts = sums_of(vehicle, flows[:1], [days[:1]]) + sums_of(vehicle, flows[1:], [days[1:]])
    np.testing.assert_allclose(parts.value_usd, whole.value_usd, rtol=1e-15)
    assert parts.reached.tolist() == whole.reached.tolist()


def test_discounts_of_each_buyer_are_his_own():
    vehicle = with_exits(Exit("sale", SIGNING, 0.1), Exit("sale", SIGNING, 0.1))
    years = years_from(date(2025, 1, 1), 3)
    equity = Equity.of(structure(vehicle), years=3)
    exits = np.array([[day(2026), NEVER], [NEVER, day(2026)]], dtype=np.int32)
    days = EquityDays(np.full((2, 3), 100.0), np.zeros((0, 2), dtype=np.int32), exits)
    buyers = [discounts(years, 0.0), discounts(years, 1.0)]
    assert exit_values(vehicle, exit_sums(equity, days, years, buyers)).tolist() == pytest.approx([200.0, 150.0])
