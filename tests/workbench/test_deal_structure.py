"""A terms file as the engine's structure: dollars, days, plan markets, activities, links, sales under protection."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from onepill.core.dates import NEVER
from onepill.core.errors import InputError
from onepill.deals import FlowKey
from onepill.deals import inputs as engine
from onepill.model import load_programme
from onepill.model.deal_load import load_deal
from onepill.rulebook import load_rulebook
from onepill.sim.plan import Link
from onepill.workbench.deals.structure import discounts, market_terms, structure_of, vehicle_errors, without_deal
from onepill.workbench.deals.words import item_label
from onepill.workbench.plan.assemble import Assembled, assemble
from onepill.workbench.plan.fill import fill
from tests.model.deals import TEXT, VEHICLE, spoilt
from tests.model.programmes import TEXT as PROGRAMME

CNY_PER_USD = 7.2441
UPSTREAM = """\
rights:
  upstream: [{licensor: a university, royalty: [{above_usd: 0, rate: 0.02}], territories: [US]}]
development:
"""


@pytest.fixture(scope="module")
def base() -> Assembled:
    return assembled(PROGRAMME)


def assembled(text: str) -> Assembled:
    return assemble(fill(load_programme(text).programme, load_rulebook()))


def structure(text: str, base: Assembled) -> engine.Structure:
    return structure_of(load_deal(text, base.filled.programme).deal, base)


def leg(found: engine.Structure, name: str) -> engine.Leg:
    return next(leg for leg in found.legs if leg.id == name)


def test_amounts_are_dollars_at_the_programmes_rate_or_the_deals(base: Assembled) -> None:
    paid = leg(structure(TEXT, base), "approval")
    assert isinstance(paid, engine.Payment)
    assert paid.amount_usd == pytest.approx(80e6 / CNY_PER_USD)
    own = "exchange_rates:\n  CNY: {per_usd: 7.0, date: 2024-08-01}\nterms:\n"
    paid = leg(structure(spoilt(TEXT, ("terms:\n", own)), base), "approval")
    assert isinstance(paid, engine.Payment)
    assert paid.amount_usd == pytest.approx(80e6 / 7)


def test_an_amount_of_a_day_takes_the_rate_of_that_day(base: Assembled) -> None:
    own = "exchange_rates:\n  CNY: {per_usd: 7.0, date: 2024-07-01}\nterms:\n"
    for day, rate in (("2024-07-01", 7.0), ("2024-08-01", CNY_PER_USD)):
        text = spoilt(TEXT, ("terms:\n", own), ("80 MCNY", f"{{value: 80 MCNY, date: {day}}}"))
        paid = leg(structure(text, base), "approval")
        assert isinstance(paid, engine.Payment)
        assert paid.amount_usd == pytest.approx(80e6 / rate)


def test_events_are_links_of_the_plan_and_days_are_ordinals(base: Assembled) -> None:
    text = spoilt(
        TEXT, ("amount: 10 MUSD", "amount: 10 MUSD, on: {event: phase_3:started, day: 2026-01-02, lag: 2 weeks}")
    )
    found = structure(text, base)
    paid, approval = leg(found, "upfront"), leg(found, "approval")
    assert isinstance(paid, engine.Payment)
    assert isinstance(approval, engine.Payment)
    assert paid.when == engine.When(date(2026, 1, 2).toordinal(), Link("phase_3", "started"), None, 14)
    assert approval.when == engine.When(link=Link("us.approval", "succeeded"))
    assert found.signed == date(2024, 12, 1).toordinal()


def test_a_grant_has_its_markets_and_the_work_that_it_pays_for(base: Assembled) -> None:
    (grant,) = structure(TEXT, base).grants
    assert grant.markets == ("us",)
    assert grant.window.since == engine.When(option="opt_in")
    costly = {activity.id for activity in base.plan.activities if activity.costs}
    assert set(grant.activities) == {name for name in costly if name.startswith(("phase_3", "us."))}
    assert "phase_3" in grant.activities


def test_a_term_on_sales_counts_what_its_payer_is_granted(base: Assembled) -> None:
    royalty = leg(structure(TEXT, base), "royalty")
    assert isinstance(royalty, engine.Royalty)
    assert royalty.markets == ("us",)
    assert royalty.tiers == ((0.0, 0.08), (100e6, 0.1))
    assert royalty.cap == (engine.Cap(50e6, date(2035, 12, 31).toordinal()), engine.Cap(80e6, NEVER))


@pytest.mark.parametrize("territory", ["world", "US", "[us]", "{world_except: []}"])
def test_ways_to_say_where_are_one(territory: str, base: Assembled) -> None:
    (grant,) = structure(spoilt(TEXT, ("territory: US", f"territory: {territory}")), base).grants
    assert grant.markets == ("us",)


def test_what_is_owed_upstream_stays_with_the_owner_with_and_without_the_deal() -> None:
    base = assembled(spoilt(PROGRAMME, ("development:\n", UPSTREAM)))
    found = structure(TEXT, base)
    (owed,) = without_deal(found).legs
    assert isinstance(owed, engine.Royalty)
    assert (owed.payer, owed.payee, owed.tiers) == ("owner", engine.OUTSIDE, ((0.0, 0.02),))
    assert owed in found.legs
    assert without_deal(found).grants == ()


def test_sales_under_protection_are_those_before_the_loss_of_exclusivity(base: Assembled) -> None:
    text = spoilt(
        PROGRAMME,
        (
            "    net_price_per_month",
            "    loss_of_exclusivity: {patent: 2035-12-31, retained_share: 0.25}\n    net_price_per_month",
        ),
    )
    built = assembled(text)
    (terms,), (market,) = market_terms(built), built.plan.markets
    assert terms.protected_sales is not None
    launch = date(2030, 1, 1).toordinal() - market.first_day
    years = np.arange(built.value.as_of.year, built.value.as_of.year + market.sales.shape[1])
    rule = built.markets[0].exclusivity
    last = max(2035, 2030 + int(rule.years or 0))
    protected, sales = terms.protected_sales[launch], market.sales[launch]
    np.testing.assert_allclose(protected[years < last], sales[years < last], rtol=1e-12)
    assert (protected[years > last + 1] == 0).all()
    assert (sales[years > last + 1] > 0).all()


def test_parties_of_one_rate_share_their_factors_and_others_do_not(base: Assembled) -> None:
    found = discounts({"a": 0.1, "b": 0.1, "c": 0.05}, base)
    assert found["a"] is found["b"]
    assert found["c"].by_year[-1] > found["a"].by_year[-1]
    np.testing.assert_array_equal(discounts({"a": 0.11}, base)["a"].by_day, base.plan.discount_by_day)


def test_an_event_that_the_plan_lacks_is_told_with_its_path(base: Assembled) -> None:
    kept = tuple(activity for activity in base.plan.activities if activity.id != "us.approval")
    without = replace(base, plan=replace(base.plan, activities=kept))
    with pytest.raises(InputError) as caught:
        structure(TEXT, without)
    (found,) = caught.value.findings
    assert (found.code, found.path) == ("deal.event_plan", "terms.approval.on")


def test_a_vehicle_and_its_fund_carry_every_number(base: Assembled) -> None:
    found = structure(VEHICLE, base)
    assert found.vehicle is not None
    assert found.vehicle.stakes == (engine.Stake("owner", 0.25, 40e6), engine.Stake("pool", 0.75))
    (round_,) = found.vehicle.rounds
    assert (round_.pre_money_usd, round_.investors) == (20e6, (("fund", 40e6),))
    assert [share for share, _ in round_.tranches] == [0.4, 0.6]
    assert found.vehicle.warrants == (engine.Warrant("pool", 0.05, 5e6),)
    assert found.vehicle.exits[0].when == engine.When(link=Link("us.approval", "succeeded"), lag_days=365)
    (fund,) = found.funds
    assert (fund.party, fund.fee_share_per_year, fund.catch_up_share, fund.carry_share) == ("fund", 0.02, 1.0, 0.2)
    assert vehicle_errors(load_deal(VEHICLE, base.filled.programme).deal, found) == []


def test_what_contradicts_itself_only_in_dollars_is_told_at_the_files_path(base: Assembled) -> None:
    """Protected 25 % and a round in two currencies that sells 80 %: 20 million dollars and 434.6 million renminbi."""
    change = (
        "investors: {fund: 40 MUSD}, pre_money: 20 MUSD",
        "investors: {fund: 20 MUSD, pool: 434.646 MCNY}, pre_money: 20 MUSD",
    )
    text = spoilt(VEHICLE, change, ("protected_until: 40 MUSD", "protected_until: 100 MUSD"))
    read = load_deal(text, base.filled.programme)
    (found,) = vehicle_errors(read.deal, structure_of(read.deal, base))
    assert found.path == "vehicle.rounds.a.pre_money"


def test_the_launch_cost_of_a_market_with_payer_states_goes_with_its_grant_and_is_called_a_launch() -> None:
    more = "    access: {path: us_medicare}\n    launch_cost: 3 MUSD\n"
    text = spoilt(PROGRAMME, ("    net_price_per_month", f"{more}    net_price_per_month"))
    built = assembled(text)
    bearers = {a.id for a in built.plan.activities if any(cost.item == "us.launch_cost" for cost in a.costs)}
    assert bearers == {"us.payer.launched"}
    assert all(market.launch_cost is None for market in built.plan.markets), "and no state bears it again"
    (grant,) = structure(TEXT, built).grants
    assert bearers <= set(grant.activities)
    deal = load_deal(TEXT, built.filled.programme).deal
    label = item_label(FlowKey("cost", "us.launch_cost", "owner"), deal, built)
    assert (label["en"], label["zh"]) == ("United States: launch", "美国：上市费用")
