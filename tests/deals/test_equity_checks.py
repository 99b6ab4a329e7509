"""Contradictions in a vehicle's terms: each is found, with its place and what to do, and all together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from onepill.deals.equity import Equity
from onepill.deals.equity_checks import vehicle_findings
from onepill.deals.inputs import SIGNING, Exit, Fund, Round, Stake, Vehicle, Warrant
from tests.deals.vehicles import structure

GOOD = Vehicle(
    "newco",
    (Stake("licensor", 0.199, 400e6), Stake("founders", 0.801)),
    (Round("A", (("fund", 200e6),), 300e6), Round("B", (("fund", 300e6),), 700e6)),
    (Warrant("licensor", 0.05, 1e6),),
    (Exit("sale", SIGNING, 0.1), Exit("listing", SIGNING, 0.1, value_usd=1e9)),
    1.0,
)
FUND = Fund("fund", "partners", "manager", "USD", 0.02, 10.0, 0.08, 1.0, 0.2)
ROUND, EXIT = GOOD.rounds[0], GOOD.exits[0]


def with_round(**changed: object) -> Vehicle:
    return replace(GOOD, rounds=(replace(ROUND, **changed),))


@pytest.mark.parametrize(
    ("vehicle", "code", "path"),
    [
        (replace(GOOD, stakes=(Stake("a", 0.7), Stake("b", 0.4))), "deal.equity.above_whole", "vehicle.stakes"),
        (replace(GOOD, stakes=(Stake("a", -0.1), Stake("b", 0.4))), "deal.share", "vehicle.stakes[0].share"),
        (
            with_round(pre_money_usd=40e6),
            "deal.equity.above_whole",
            "vehicle.rounds[0].pre_money_usd",
        ),
        (with_round(pre_money_usd=0.0), "deal.round.value", "vehicle.rounds[0].pre_money_usd"),
        (with_round(investors=()), "deal.round.amount", "vehicle.rounds[0].investors"),
        (with_round(investors=(("fund", 0.0),)), "deal.round.amount", "vehicle.rounds[0].investors"),
        (with_round(tranches=((0.5, SIGNING), (0.4, SIGNING))), "deal.round.tranches", "vehicle.rounds[0].tranches"),
        (replace(GOOD, preference_multiple=-1.0), "deal.preference", "vehicle.preference_multiple"),
        (replace(GOOD, exits=(replace(EXIT, cost_share=1.2),)), "deal.share", "vehicle.exits[0].cost_share"),
        (replace(GOOD, exits=(replace(EXIT, value_usd=0.0),)), "deal.exit.value", "vehicle.exits[0].value_usd"),
        (replace(GOOD, exits=(EXIT,) * 7), "deal.exit.many", "vehicle.exits"),
        (replace(GOOD, warrants=(Warrant("a", 1.2, 1.0),)), "deal.warrant", "vehicle.warrants[0]"),
        (replace(GOOD, warrants=(Warrant("a", 0.6, 1.0),) * 2), "deal.equity.above_whole", "vehicle.warrants"),
    ],
)
def test_each_contradiction_of_a_vehicle_is_found_at_its_place(vehicle, code, path):
    found = vehicle_findings(vehicle)
    assert (code, path) in {(finding.code, finding.path) for finding in found}
    assert all(finding.hint and finding.severity == "error" for finding in found)
    with pytest.raises(ValueError, match=found[0].message[:20]):
        Equity.of(structure(vehicle), years=3)


@pytest.mark.parametrize(
    ("changed", "code", "path"),
    [
        ({"carry_share": 1.0}, "deal.fund.carry", "funds[0].carry_share"),
        ({"catch_up_share": 0.2}, "deal.fund.catch_up", "funds[0].catch_up_share"),
        ({"catch_up_share": 1.5}, "deal.share", "funds[0].catch_up_share"),
        ({"hurdle_per_year": -0.1}, "deal.fund.negative", "funds[0]"),
        ({"fee_share_per_year": 2.0}, "deal.share", "funds[0].fee_share_per_year"),
    ],
)
def test_each_contradiction_of_a_fund_is_found_at_its_place(changed, code, path):
    found = vehicle_findings(GOOD, (replace(FUND, **changed),))
    assert (code, path) in {(finding.code, finding.path) for finding in found}


def test_terms_that_hold_have_no_findings_and_bad_ones_have_all_theirs():
    assert vehicle_findings(GOOD, (FUND, replace(FUND, catch_up_share=0.0))) == []
    bad = replace(GOOD, preference_multiple=-1.0, warrants=(Warrant("a", 1.2, 1.0),))
    assert {f.code for f in vehicle_findings(bad)} == {"deal.preference", "deal.warrant", "deal.equity.above_whole"}


def test_protection_that_ends_between_two_rounds_is_checked_for_the_first_alone():
    """The second round alone would leave no room for a protected stake of 60 %."""
    stakes = (Stake("licensor", 0.6, 100e6), Stake("founders", 0.4))
    rounds = (Round("A", (("fund", 100e6),), 300e6), Round("B", (("fund", 900e6),), 300e6))
    assert vehicle_findings(Vehicle("newco", stakes, rounds)) == []
    assert vehicle_findings(Vehicle("newco", (replace(stakes[0], protected_until_usd=2e9), stakes[1]), rounds))


def test_a_stake_whose_protection_has_ended_makes_room():
    """60 % protected until 50 and 30 % until 200: a round of 100 at 25 first sells 50 of 75, which 10 % do not allow;
    without the first stake's protection 50 of 125 after it fit beside the other's 30 %."""
    stakes = (Stake("a", 0.6, 50e6), Stake("b", 0.3, 200e6), Stake("c", 0.1))
    assert vehicle_findings(Vehicle("newco", stakes, (Round("A", (("fund", 100e6),), 25e6),)))
    rounds = (Round("A", (("fund", 50e6),), 500e6), Round("B", (("fund", 50e6),), 75e6))
    assert vehicle_findings(Vehicle("newco", stakes, rounds)) == []


def test_a_structure_without_a_vehicle_has_no_equity():
    with pytest.raises(ValueError, match="no vehicle"):
        Equity.of(replace(structure(GOOD), vehicle=None), years=3)
