"""Solving for terms and the two sides' zone, on values whose answers are known by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.core.errors import InputError
from onepill.deals.inputs import (
    CostShare,
    Funding,
    Loan,
    Party,
    Payment,
    ProfitShare,
    Round,
    Royalty,
    SalesMilestone,
    Stake,
    Structure,
    Supply,
    Vehicle,
)
from onepill.deals.measures import Risk, prob_loss, tail_mean, utility_usd
from onepill.deals.negotiate import FACTORS, frontier, split_gap, zone
from onepill.deals.solve import Evaluate, Limit, Values, Wish, solve
from onepill.deals.vary import Term, find_term, terms_of, with_terms

BOTH = {"licensor": 0.0, "licensee": 0.0}
MILLION = 1e6


def licence(upfront_usd: float = 10 * MILLION, rate: float = 0.05) -> Structure:
    upfront = Payment("upfront", "upfront", "licensee", "licensor", amount_usd=upfront_usd)
    royalty = Royalty(
        "royalty", "royalty", "licensee", "licensor", markets=("us",), tiers=((0.0, rate), (100 * MILLION, rate + 0.05))
    )
    parties = tuple(Party(name, 0.1) for name in BOTH)
    return Structure("licence", "licence", "licensor", 738_000, parties, legs=(upfront, royalty))


def pie(sales_usd: float, profit: np.ndarray, *, licensee_rate: float = 1.0) -> Evaluate:
    """Sales of one amount on each path; the licensee pays upfront and the first tier's rate on them.

    `licensee_rate` is what the licensee makes of a dollar of later money.
    """

    def evaluate(structure: Structure) -> Values:
        terms = {name: term.value for name, term in terms_of(structure).items()}
        upfront, royalty = terms["upfront.amount_usd"], terms["royalty.rate"] * sales_usd
        return {
            "licensor": np.full(profit.size, upfront + royalty),
            "licensee": licensee_rate * (profit - royalty) - upfront,
        }

    return evaluate


PROFIT = np.linspace(-50, 250, 1_001) * MILLION
"""100 million on average; 1 path in 6 loses."""


def test_upfront_for_a_share_of_45_percent_by_hand() -> None:
    """45 % of 100 million less a royalty of 5 % on 200 million leaves 35 million."""
    deal = licence()
    found = solve(deal, [find_term(deal, "upfront_usd")], pie(200 * MILLION, PROFIT), wish=Wish("licensor", 0.45, BOTH))
    assert found.feasible
    assert found.terms["upfront.amount_usd"] == pytest.approx(35 * MILLION, rel=1e-9)
    assert found.binding == ("licensor.share",)
    assert found.evaluations < 12


@settings(max_examples=40, deadline=None)
@given(share=st.floats(0.11, 0.9), name=st.sampled_from(["upfront_usd", "royalty_rate"]))
def test_whatever_is_solved_for_the_share_is_met_or_told_to_be_missed(share: float, name: str) -> None:
    deal = licence()
    found = solve(deal, [find_term(deal, name)], pie(200 * MILLION, PROFIT), wish=Wish("licensor", share, BOTH))
    total = sum(float(found.values[party].mean()) for party in BOTH)
    reached = float(found.values["licensor"].mean()) / total
    assert found.feasible == (abs(reached - share) < 1e-5)
    assert found.feasible or any(name.startswith("range.") for name in found.binding)


def test_a_share_out_of_reach_is_infeasible_and_the_range_binds() -> None:
    deal = licence()
    term = Term("upfront.amount_usd", 10 * MILLION, 0.0, 20 * MILLION)
    found = solve(deal, [term], pie(200 * MILLION, PROFIT), wish=Wish("licensor", 0.9, BOTH))
    assert not found.feasible
    assert found.terms == {"upfront.amount_usd": 20 * MILLION}
    assert "range.upfront.amount_usd" in found.binding


def test_what_a_side_keeps_anyway_is_not_shared() -> None:
    """The licensor keeps 30 million of its own: 45 % of the other 70 million less 10 of royalty, beside its own 30."""
    deal = licence()
    kept = {"licensor": 30 * MILLION, "licensee": 0.0}

    def evaluate(structure: Structure) -> Values:
        values = dict(pie(200 * MILLION, PROFIT - 30 * MILLION)(structure))
        return values | {"licensor": values["licensor"] + 30 * MILLION}

    found = solve(deal, [find_term(deal, "upfront_usd")], evaluate, wish=Wish("licensor", 0.45, kept))
    assert found.terms["upfront.amount_usd"] == pytest.approx(0.45 * 70 * MILLION - 10 * MILLION, rel=1e-9)


def test_two_terms_change_least_and_keep_the_buyers_limit() -> None:
    """With equal ranges in money both move alike: +35 million over two terms whose ranges are worth 100 each."""
    deal = licence(upfront_usd=0.0, rate=0.0)
    terms = [Term("upfront.amount_usd", 0.0, 0.0, 100 * MILLION), Term("royalty.rate", 0.0, 0.0, 0.5)]
    found = solve(
        deal,
        terms,
        pie(200 * MILLION, PROFIT),
        wish=Wish("licensor", 0.35, BOTH),
        limits=[Limit("licensee", least_usd=0.0)],
    )
    assert found.feasible
    assert found.terms["upfront.amount_usd"] == pytest.approx(17.5 * MILLION, rel=1e-4)
    assert found.terms["royalty.rate"] == pytest.approx(0.0875, rel=1e-4)


def test_two_terms_that_cannot_meet_it_all_end_nearer_than_they_began() -> None:
    """60 % for the licensor leaves the buyer 40 of 100 million, who asks for 60: both are missed by 10 at best."""
    deal = licence(upfront_usd=90 * MILLION, rate=0.0)
    terms = [
        Term("upfront.amount_usd", 90 * MILLION, 0.0, 1_000 * MILLION),
        Term("royalty.rate", 0.0, 0.0, 0.5),
    ]
    limit = Limit("licensee", least_usd=60 * MILLION)
    found = solve(deal, terms, pie(200 * MILLION, PROFIT), wish=Wish("licensor", 0.6, BOTH), limits=[limit])
    assert not found.feasible
    assert float(found.values["licensee"].mean()) == pytest.approx(50 * MILLION, rel=0.02)


@pytest.mark.parametrize("most_usd", [100 * MILLION, 1_000 * MILLION])
def test_terms_that_a_search_brings_to_an_end_of_their_ranges_bind(most_usd: float) -> None:
    """Less than nothing for the licensor is out of reach: both terms end at 0, and both ranges hold them."""
    terms = [Term("upfront.amount_usd", 5 * MILLION, 0.0, most_usd), Term("royalty.rate", 0.4, 0.0, 0.5)]
    found = solve(licence(), terms, pie(200 * MILLION, PROFIT), wish=Wish("licensor", -0.05, BOTH))
    assert not found.feasible
    assert found.terms == pytest.approx({"upfront.amount_usd": 0.0, "royalty.rate": 0.0}, abs=1e-4)
    assert found.binding == ("licensor.share", "range.upfront.amount_usd", "range.royalty.rate")


@pytest.mark.parametrize("low", [0.0, 0.01, 0.02, 0.03])
def test_an_end_of_a_range_that_a_search_comes_close_to_binds(low: float) -> None:
    """A dollar of royalty costs the licensee 1.4 dollars: the licensor takes all it can as an upfront."""
    deal = licence()
    terms = [Term("upfront.amount_usd", 4 * MILLION, 0.0, 200 * MILLION), Term("royalty.rate", 0.07, low, 0.12)]
    limits = [Limit("licensee", least_usd=2 * MILLION)]
    found = solve(deal, terms, pie(200 * MILLION, PROFIT, licensee_rate=1.4), limits=limits, favour="licensor")
    assert found.terms["royalty.rate"] == pytest.approx(low, abs=1e-6)
    assert set(found.binding) == {"licensee.least_usd", "range.royalty.rate"}


def test_without_a_wish_the_favoured_side_has_all_that_the_limit_leaves() -> None:
    deal = licence(rate=0.0)
    found = solve(
        deal,
        [find_term(deal, "upfront_usd")],
        pie(0.0, PROFIT),
        limits=[Limit("licensee", least_usd=30 * MILLION)],
        favour="licensor",
    )
    assert found.feasible
    assert found.terms["upfront.amount_usd"] == pytest.approx(70 * MILLION, rel=1e-4)
    assert found.binding == ("licensee.least_usd",)


def test_a_limit_on_the_chance_of_loss_holds() -> None:
    """Upfront u loses on the paths below u: at most 30 % of them lie below 40 million."""
    deal = licence(rate=0.0)
    limit = Limit("licensee", most_prob_loss=0.3)
    found = solve(deal, [find_term(deal, "upfront_usd")], pie(0.0, PROFIT), limits=[limit], favour="licensor")
    assert found.feasible
    assert found.terms["upfront.amount_usd"] == pytest.approx(40 * MILLION, rel=1e-3)
    assert prob_loss(found.values["licensee"] + 1_000) <= 0.3


@pytest.mark.parametrize(("wish", "code"), [(None, "solve.nothing")])
def test_nothing_wished_is_refused(wish: Wish | None, code: str) -> None:
    deal = licence()
    with pytest.raises(InputError) as caught:
        solve(deal, [find_term(deal, "upfront_usd")], pie(0.0, PROFIT), wish=wish)
    assert caught.value.findings[0].code == code


def test_an_unknown_term_names_those_that_there_are() -> None:
    with pytest.raises(InputError) as caught:
        find_term(licence(), "upfrnt_usd")
    assert "upfront.amount_usd" in caught.value.findings[0].hint


def test_a_rate_moves_all_tiers_and_ends_where_the_highest_is_all() -> None:
    deal = licence(rate=0.05)
    moved = with_terms(deal, {"royalty.rate": 0.08}).legs[1]
    assert isinstance(moved, Royalty)
    assert [rate for _, rate in moved.tiers] == pytest.approx([0.08, 0.13])
    assert terms_of(deal)["royalty.rate"].high == pytest.approx(0.95)
    falling = replace(deal, legs=(deal.legs[0], replace(moved, tiers=((0.0, 0.08), (1e6, 0.03)))))
    lowered = with_terms(falling, {"royalty.rate": 0.02}).legs[1]
    assert isinstance(lowered, Royalty)
    assert [rate for _, rate in lowered.tiers] == pytest.approx([0.02, 0.0])


def test_a_future_that_brings_nothing_is_no_loss() -> None:
    assert prob_loss(np.array([-1.0, 0.0, 0.0, 1.0])) == 0.25


def test_every_term_is_changed_alone() -> None:
    """One leg of each kind and two rounds: what is set is read back, and nothing else has moved."""
    deal, sides = licence(), ("licensee", "licensor")
    legs = (
        SalesMilestone("reached", "milestone", *sides, amount_usd=2.0, threshold_usd=3.0),
        Funding("research", "funding", *sides, usd_per_year=4.0),
        ProfitShare("profit", "profit_share", *sides, share=0.3),
        CostShare("costs", "cost_share", *sides, share=0.4, cap_usd=5.0),
        Supply("goods", "supply", *sides, share_of_sales=0.2),
        Loan("loan", "loan", *sides, amount_usd=6.0, interest_per_year=0.05),
    )
    rounds = tuple(Round(id_, (("fund", 1.0),), pre_money_usd=7.0) for id_ in ("a", "b"))
    vehicle = Vehicle("newco", (Stake("licensor", 0.2), Stake("founders", 0.8)), rounds)
    deal = replace(deal, legs=(*deal.legs, *legs), vehicle=vehicle)
    before = {name: term.value for name, term in terms_of(deal).items()}
    before = {name: value for name, value in before.items() if not name.startswith("stake.")}
    assert {"round.b.pre_money_usd", "costs.cap_usd", "goods.share_of_sales"} < set(before)
    for place, name in enumerate(before):
        wanted = before | {name: 0.01 * (place + 1)}
        found = {other: term.value for other, term in terms_of(with_terms(deal, {name: wanted[name]})).items()}
        assert {other: found[other] for other in wanted} == pytest.approx(wanted)


def newco() -> Structure:
    """A fifth that 10 million do not dilute, the rest in two hands; 10 million at 30 before it."""
    stakes = (Stake("licensor", 0.2, 10 * MILLION), Stake("founders", 0.6), Stake("pool", 0.2))
    rounds = (Round("a", (("fund", 10 * MILLION),), pre_money_usd=30 * MILLION),)
    return replace(licence(), vehicle=Vehicle("newco", stakes, rounds))


def test_a_first_stake_is_taken_from_the_others_in_their_proportions() -> None:
    moved = with_terms(newco(), {"stake.licensor.share": 0.4}).vehicle
    assert moved is not None
    assert [stake.share for stake in moved.stakes] == pytest.approx([0.4, 0.45, 0.15])


def test_terms_of_a_vehicle_end_where_what_is_not_diluted_and_what_is_sold_are_all_of_it() -> None:
    """A quarter is sold, so that three quarters may be protected; a fifth is, so that four fifths may be sold."""
    known = terms_of(newco())
    stake, value = known["stake.licensor.share"], known["round.a.pre_money_usd"]
    assert (stake.low, stake.high) == pytest.approx((0.0, 0.75))
    assert (value.low, value.high) == pytest.approx((2.5 * MILLION, 1e9))
    for name, term in known.items():
        if name.startswith(("stake.", "round.")):
            assert with_terms(newco(), {name: term.low}) != with_terms(newco(), {name: term.high})


def test_terms_of_a_vehicle_that_do_not_fit_together_are_told() -> None:
    with pytest.raises(InputError) as caught:
        with_terms(newco(), {"stake.licensor.share": 0.7, "round.a.pre_money_usd": 3 * MILLION})
    assert [(found.code, found.value) for found in caught.value.findings] == [
        ("term.contradiction", pytest.approx(10 / 13))
    ]


def test_zone_of_agreement_by_hand() -> None:
    """The seller wants 20 million, of which the royalty brings 10; the buyer has 90 million to give before it loses."""
    deal = licence()
    limits = [Limit("licensor", least_usd=20 * MILLION), Limit("licensee", least_usd=0.0)]
    found = zone(deal, find_term(deal, "upfront_usd"), pie(200 * MILLION, PROFIT), limits)
    assert found.low == pytest.approx(10 * MILLION)
    assert found.high == pytest.approx(90 * MILLION)


def test_no_zone_where_the_seller_asks_more_than_the_buyer_has() -> None:
    deal = licence()
    limits = [Limit("licensor", least_usd=120 * MILLION), Limit("licensee", least_usd=0.0)]
    found = zone(deal, find_term(deal, "upfront_usd"), pie(200 * MILLION, PROFIT), limits)
    assert (found.low, found.high) == (None, None)


def test_no_zone_where_one_side_accepts_nothing_at_all() -> None:
    """Even for nothing the buyer has 90 million, and asks 95; the seller would take 10 million and more."""
    deal = licence()
    limits = [Limit("licensor", least_usd=20 * MILLION), Limit("licensee", least_usd=95 * MILLION)]
    found = zone(deal, find_term(deal, "upfront_usd"), pie(200 * MILLION, PROFIT), limits)
    assert (found.low, found.high) == (None, None)
    assert found.accepts["licensee"] is None
    assert found.accepts["licensor"] == pytest.approx((10 * MILLION, 1_000 * MILLION))


def test_a_fearful_buyer_narrows_the_zone() -> None:
    deal = licence()
    term = find_term(deal, "upfront_usd")
    ends = []
    for weight in (0.0, 0.3, 0.6):
        limits = [Limit("licensor", least_usd=0.0), Limit("licensee", least_usd=0.0, risk=Risk(weight))]
        ends.append(zone(deal, term, pie(200 * MILLION, PROFIT), limits).high or 0.0)
    assert ends[0] > ends[1] > ends[2]


def test_on_one_future_seen_alike_every_point_is_efficient() -> None:
    deal = licence()
    terms = [Term("upfront.amount_usd", 0.0, 0.0, 50 * MILLION), Term("royalty.rate", 0.0, 0.0, 0.2)]
    limits = [Limit(party, least_usd=0.0) for party in BOTH]
    points = frontier(deal, terms, pie(200 * MILLION, PROFIT), limits)
    assert all(point.efficient for point in points)


def test_who_minds_later_money_less_should_pay_in_royalties() -> None:
    """The buyer gives 0.7 for a later dollar: a royalty costs it less than the seller gains, so upfront is beaten."""
    deal = licence()
    terms = [Term("upfront.amount_usd", 0.0, 0.0, 50 * MILLION), Term("royalty.rate", 0.0, 0.0, 0.2)]
    limits = [Limit(party, least_usd=0.0) for party in BOTH]
    points = frontier(deal, terms, pie(200 * MILLION, PROFIT, licensee_rate=0.7), limits)
    efficient = {(p.terms["upfront.amount_usd"], p.terms["royalty.rate"]): p.efficient for p in points}
    assert efficient[0.0, 0.2]
    assert not efficient[50 * MILLION, 0.0]


def additive(parts: dict[str, float]) -> Callable[[frozenset[str]], float]:
    return lambda chosen: 7.0 + sum(parts[name] for name in chosen)


@given(st.lists(st.floats(-1e3, 1e3), min_size=4, max_size=4))
def test_an_additive_gap_is_split_into_its_own_parts(parts: list[float]) -> None:
    named = dict(zip(FACTORS, parts, strict=True))
    assert split_gap(additive(named)) == pytest.approx(named, abs=1e-9)


def test_a_product_is_split_evenly_and_adds_up() -> None:
    """Two factors that double each, from 1 to 4: each has 1.5 of the 3."""
    parts = split_gap(lambda chosen: 2.0 ** len(chosen & {"beliefs", "tax"}))
    assert parts == pytest.approx({"beliefs": 1.5, "discount_rate": 0.0, "tax": 1.5, "risk": 0.0})


def slow_tail_mean(values: list[float], share: float) -> float:
    """The integral of the empirical quantile function from 0 to `share`, over `share`."""
    ordered, left, total = sorted(values), share * len(values), 0.0
    for value in ordered:
        part = min(1.0, left)
        total, left = total + part * value, left - part
        if left <= 0:
            break
    return total / (share * len(values))


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60), st.floats(0.01, 1.0))
def test_tail_mean_is_the_integral_of_the_quantiles(values: list[float], share: float) -> None:
    assert tail_mean(np.array(values), share) == pytest.approx(slow_tail_mean(values, share), rel=1e-9, abs=1e-6)


@given(st.floats(0, 1), st.floats(-1e6, 1e6))
def test_a_sure_dollar_adds_a_dollar(weight: float, sure: float) -> None:
    npv, risk = PROFIT / MILLION, Risk(weight)
    assert utility_usd(npv + sure, risk) == pytest.approx(utility_usd(npv, risk) + sure, abs=1e-6)
    assert utility_usd(npv, risk) <= npv.mean() + 1e-9
