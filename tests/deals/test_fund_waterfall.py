"""A fund's waterfall: published examples, a slow twin that pays out in small pieces, and laws."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.deals.equity import Equity, EquityDays, share_out
from onepill.deals.inputs import SIGNING, Exit, Fund, Round, Stake, Vehicle
from tests.deals import vehicle_twin as twin
from tests.deals.vehicles import AS_OF, day, discounts, run, structure, years_from


def fund(**terms: float) -> Fund:
    return Fund("fund", "partners", "manager", **{"hurdle_per_year": 0.08, "carry_share": 0.2} | terms)


def sole_investment(paid_usd: float, price_usd: float, years: int, terms: Fund, needs: int = 1):
    """A fund that owns all but nothing of a vehicle, pays at once and sells after whole years."""
    vehicle = Vehicle("newco", (Stake("fund", 1.0),), (Round("A", (("fund", paid_usd),), 1.0),), (), ())
    leave = Vehicle(vehicle.party, vehicle.stakes, vehicle.rounds, (), (Exit("sale", SIGNING, 0.1),))
    flows = [-paid_usd / needs] * needs + [0.0] * (years + 1 - needs)
    return run(leave, [flows], funds=(terms,), exits=[[day(AS_OF.year + years)]], values=(price_usd,))


@pytest.mark.parametrize(
    ("paid", "price", "hurdle", "partners", "manager"),
    [(50e6, 100e6, 0.08, 40e6, 10e6), (20e6, 30e6, 0.07, 8e6, 2e6)],
)
def test_published_schweser_waterfall_full_catch_up(paid, price, hurdle, partners, manager):
    """50 in, sold for 100 a year later, 8 % hurdle, full catch-up, 80/20: 40 to the partners (4 of it the hurdle),
    10 to the manager (1 of it the catch-up, .25 x 4); and 20 sold for 30 at 7 %: 1.4 of hurdle, .35 of catch-up, 8.25
    left of the gain of 10 (Schweser's examples for the CFA Level II curriculum, analystforum.com threads 124656 and
    124301)."""
    found = sole_investment(paid, price, 1, fund(hurdle_per_year=hurdle))
    assert found.net_usd["partners"][0].sum() == pytest.approx(partners, rel=1e-12)
    assert found.net_usd["manager"][0].sum() == pytest.approx(manager, rel=1e-12)


def test_without_a_catch_up_the_manager_has_his_share_of_what_exceeds_the_hurdle():
    """50 to 100 at 8 %: 20 % of 46."""
    found = sole_investment(50e6, 100e6, 1, fund(catch_up_share=0.0))
    assert found.net_usd["manager"][0].sum() == pytest.approx(0.2 * 46e6, rel=1e-12)


def test_half_a_catch_up_by_hand():
    """Of a gain of 46 beyond 4 of hurdle, 8/3 are paid half and half until he has 4/3 = 20 % of 20/3; then 20 %."""
    found = sole_investment(50e6, 100e6, 1, fund(catch_up_share=0.5))
    assert found.net_usd["manager"][0].sum() == pytest.approx(10e6, rel=1e-12)
    short = sole_investment(50e6, 55e6, 1, fund(catch_up_share=0.5))
    assert short.net_usd["manager"][0].sum() == pytest.approx(0.5e6, rel=1e-12)


@pytest.mark.parametrize("catch_up", [0.0, 0.5, 1.0])
def test_the_hurdle_is_compound(catch_up):
    """100 over five years at 8 %: 146.93 go to the partners alone, and the first dollar beyond is shared."""
    hurdle = 100e6 * 1.08**5
    for price, expected in ((hurdle, 0.0), (hurdle + 1e6, 1e6 * (catch_up or 0.2))):
        found = sole_investment(100e6, price, 5, fund(catch_up_share=catch_up))
        assert found.net_usd["manager"][0].sum() == pytest.approx(expected, rel=1e-9, abs=0.1)


def test_no_hurdle_shares_every_gain_and_no_loss():
    assert sole_investment(100e6, 130e6, 3, fund(hurdle_per_year=0.0)).got_usd["manager"][0] == pytest.approx(6e6)
    assert sole_investment(100e6, 90e6, 3, fund(hurdle_per_year=0.0)).got_usd["manager"][0] == 0


def test_fees_are_paid_on_top_while_the_vehicle_works_and_come_back_before_any_carry():
    """2 % on 100 in each of 2025 to 2028, the year of the sale; 108 in, 208 out: 20 % of 100 at no hurdle."""
    found = sole_investment(100e6, 208e6, 3, fund(hurdle_per_year=0.0, fee_share_per_year=0.02))
    fees = found.flows_usd["management_fee", "manager"]
    assert fees.tolist() == pytest.approx([2e6] * 4)
    assert found.flows_usd["carried_interest", "manager"].sum() == pytest.approx(20e6)
    terms = fund(hurdle_per_year=0.0, fee_share_per_year=0.02, catch_up_share=0.0)
    assert sole_investment(100e6, 208e6, 3, terms).flows_usd["carried_interest", "manager"].sum() == pytest.approx(20e6)
    shorter = sole_investment(100e6, 208e6, 3, fund(fee_share_per_year=0.02, fee_years=1.5))
    assert shorter.flows_usd["management_fee", "manager"].tolist() == pytest.approx([2e6, 1e6, 0, 0])


def test_a_first_year_that_is_half_over_bears_half_a_fee():
    vehicle = Vehicle("newco", (Stake("founder", 1.0),), (Round("A", (("fund", 1e6),), 1e6),))
    as_of = date(2025, 7, 2)
    found = run(vehicle, [[-5e5, -5e5]], funds=(fund(fee_share_per_year=0.02),), as_of=as_of)
    rest = (date(2026, 1, 1) - as_of).days / 365
    assert found.flows_usd["management_fee", "manager"].tolist() == pytest.approx([2e4 * rest, 2e4])


def test_what_was_carried_too_early_is_paid_back():
    """A dividend in 2026 bears carry, the calls of 2027 are lost: the manager ends with nothing."""
    vehicle = Vehicle("newco", (Stake("fund", 1.0),))
    found = run(vehicle, [[-10e6, 30e6, -40e6]], funds=(fund(hurdle_per_year=0.0),))
    assert found.flows_usd["carried_interest", "manager"].tolist() == pytest.approx([0, 4e6, 0])
    assert found.flows_usd["clawback", "manager"].tolist() == pytest.approx([0, 0, -4e6])
    gains = run(vehicle, [[-10e6, 30e6, -15e6]], funds=(fund(hurdle_per_year=0.0),))
    assert gains.net_usd["manager"][0].sum() == pytest.approx(0.2 * 5e6)


def test_partners_short_of_their_hurdle_are_made_whole_out_of_the_carry():
    """At a hurdle of 50 %: of 30 in 2026, 15 are due, 1.25 are the catch-up, 20 % of 13.75 the carry: 4 in all. Then 30
    are paid in and 12 come back. 3.6 exceed 20 % of the gain of 2, but the partners lack (13.5 x 1.5 - 12)."""
    vehicle = Vehicle("newco", (Stake("fund", 1.0),))
    found = run(vehicle, [[-10e6, 30e6, -30e6, 12e6]], funds=(fund(hurdle_per_year=0.5),))
    assert found.flows_usd["carried_interest", "manager"].sum() == pytest.approx(4e6)
    assert found.flows_usd["clawback", "manager"].tolist() == pytest.approx([0, 0, 0, -4e6])


def test_two_funds_side_by_side_each_by_its_own_terms():
    """A renminbi fund and a dollar fund put in half each: the same money, other hurdles and carries."""
    cny = Fund("cny", "cny partners", "cny manager", "CNY", 0.02, 7.0, 0.06, 1.0, 0.15)
    usd = Fund("usd", "usd partners", "usd manager", "USD", 0.025, 10.0, 0.08, 1.0, 0.2)
    both = Round("A", (("cny", 50e6), ("usd", 50e6)), 100e6)
    vehicle = Vehicle("newco", (Stake("licensor", 1.0),), (both,), (), (Exit("sale", SIGNING, 0.1),))
    flows = [[-50e6, -50e6, 0.0, 0.0, 0.0]]
    kwargs = {"exits": [[day(2029)]], "values": (800e6,)}
    found = run(vehicle, flows, funds=(cny, usd), **kwargs)
    assert found.got_usd["cny"][0] == found.got_usd["usd"][0] == pytest.approx(200e6)
    for one in (cny, usd):
        fees = found.flows_usd["management_fee", one.manager].sum()
        carry = one.carry_share * (150e6 - fees)
        assert found.net_usd[one.manager][0].sum() == pytest.approx(fees + carry, rel=1e-12)
        alone = run(vehicle, flows, funds=(one,), **kwargs)
        assert alone.net_usd[one.partners][0].tolist() == found.net_usd[one.partners][0].tolist()


def in_currency(rates: list[float]):
    vehicle = Vehicle("newco", (Stake("fund", 1.0),), (Round("A", (("fund", 1e6),), 1.0),))
    terms = Fund("fund", "partners", "manager", "CNY", 0.0, 10.0, 0.08, 1.0, 0.2)
    years = years_from(AS_OF, 3)
    equity = Equity.of(structure(vehicle, (terms,)), years=3, usd_per_unit={"CNY": np.array(rates)})
    flows = np.array([[-1e6, 0.0, 1.3e6]])
    days = EquityDays(flows, np.array([[AS_OF.toordinal()]], dtype=np.int32), np.zeros((0, 1), dtype=np.int32))
    return share_out(
        equity, days, years, dict.fromkeys(equity.parties, discounts(years, 0.0)), exit_value_usd=(), keep=["manager"]
    )


def test_a_constant_rate_changes_nothing_and_a_falling_one_raises_the_gain_in_the_funds_money():
    """100,000 dollars of gain are carried on whatever a renminbi costs; where it loses a tenth, the gain in renminbi
    is 1.3 / .9 - 1 and the carry that share of it, back in dollars."""
    assert in_currency([0.14] * 3).net_usd["manager"][0] == pytest.approx(in_currency([1.0] * 3).net_usd["manager"][0])
    assert in_currency([1.0, 0.95, 0.9]).net_usd["manager"][0, 2] == pytest.approx(0.2 * (1.3e6 / 0.9 - 1e6) * 0.9)


TERMS = st.builds(
    fund,
    fee_share_per_year=st.sampled_from((0.0, 0.02)),
    fee_years=st.sampled_from((0.0, 2.5, 10.0)),
    hurdle_per_year=st.sampled_from((0.0, 0.05, 0.08, 0.3)),
    catch_up_share=st.sampled_from((0.0, 0.6, 1.0)),
    carry_share=st.sampled_from((0.0, 0.2, 0.3)),
)
FLOWS = st.lists(st.one_of(st.just(0.0), st.floats(-5e7, 9e7)), min_size=6, max_size=6)


@given(TERMS, FLOWS)
@settings(deadline=None, max_examples=60)
def test_the_waterfall_is_what_the_twin_pays_out_piece_by_piece(terms, flows):
    found = run(Vehicle("newco", (Stake("fund", 1.0),)), [flows], funds=(terms,))
    paid, got = (np.maximum(sign * np.array(flows), 0).tolist() for sign in (-1, 1))
    at_work = max((y for y, usd in enumerate(flows) if usd), default=-1)
    slow = twin.run_fund(terms, paid, got, [1.0] * 6, at_work)
    # A piece is a 20,000th of a year's distribution, and stands on one side of a tier's end.
    pieces = sum(got) / 20_000 * 2 + 0.01
    np.testing.assert_allclose(found.net_usd["partners"][0], slow["partners"], atol=pieces)
    np.testing.assert_allclose(found.net_usd["manager"][0], slow["manager"], atol=pieces)


@given(TERMS, FLOWS)
@settings(deadline=None, max_examples=200)
def test_partners_and_manager_are_the_fund_and_nobody_carries_more_than_his_share(terms, flows):
    found = run(Vehicle("newco", (Stake("fund", 1.0),)), [flows], funds=(terms,))
    partners, manager = found.net_usd["partners"][0], found.net_usd["manager"][0]
    size = 1e-9 * (1 + np.abs(flows).sum())
    np.testing.assert_allclose(partners + manager, found.net_usd["fund"][0], atol=size)
    nothing = np.zeros(6)
    carried = sum(found.flows_usd.get((item, "manager"), nothing) for item in ("carried_interest", "clawback"))
    fees = found.flows_usd.get(("management_fee", "manager"), nothing).sum()
    gain = sum(flows) - fees
    assert carried.sum() >= -size
    assert carried.sum() <= terms.carry_share * max(gain, 0.0) + size
