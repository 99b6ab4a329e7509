"""What ends of licences are worth: nothing is lost between the parties, more hazard helps nobody who is paid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.core.dates import NEVER
from onepill.deals import Bases, evaluate
from onepill.deals.clauses import ClauseEffect, SecondLife, changed, clause_factors
from onepill.deals.inputs import Grant, ProfitShare, When, Window
from onepill.deals.return_values import end_days, ended_case, licence, licence_ends
from onepill.deals.returns import Hazard
from onepill.deals.second_life import returned_timeline
from tests.deals.licence_plans import OWNER, PARTNER, TERMS, bases, case, contract, drawn, programme

PLAN = programme()
FUTURES = drawn(PLAN, draws=500)
BASES = bases(FUTURES)
LIFE = SecondLife(0.5, 180, 180, 0.1, 0.1)


def valued(structure=None, *, hazard: Hazard, life: SecondLife | None):  # type: ignore[no-untyped-def]
    found = licence(case(PLAN, structure or contract(PLAN)), TERMS, PLAN)
    assert found is not None
    ended = end_days(found, BASES, licence_ends(found, BASES.timeline.futures), hazard)
    return evaluate(ended_case(found, BASES, ended, life), BASES), ended


@pytest.mark.parametrize("life", [None, LIFE])
def test_what_the_programme_would_do_on_paths_on_which_it_does_not_come_back_changes_nothing(
    life: SecondLife | None,
) -> None:
    found = licence(case(PLAN, contract(PLAN)), TERMS, PLAN)
    assert found is not None
    ended = end_days(found, BASES, licence_ends(found, BASES.timeline.futures), Hazard((0.1,)))
    given = ended_case(found, BASES, ended, life)
    everywhere = Bases(returned_timeline(BASES.timeline, ended, found.stopped, life), BASES.terms, BASES.years)
    assert given.returned is not None
    assert (given.returned.timeline.launch != everywhere.timeline.launch).any()
    ours, whole = evaluate(given, BASES), evaluate(replace(given, returned=everywhere), BASES)
    for party, usd in whole.npv_usd.items():
        assert ours.npv_usd[party] == pytest.approx(usd, rel=1e-12, abs=1e-6)
        assert (ours.first_cash_day[party] == whole.first_cash_day[party]).all()


@pytest.mark.parametrize("life", [None, LIFE])
def test_without_hazard_the_deal_is_worth_what_it_is(life: SecondLife | None) -> None:
    found, ended = valued(hazard=Hazard((0.0,)), life=life)
    plain = evaluate(case(PLAN, contract(PLAN)), BASES)
    assert (ended == NEVER).all()
    for party, usd in plain.npv_usd.items():
        assert found.npv_usd[party] == pytest.approx(usd, rel=1e-12, abs=1e-6)


@settings(max_examples=12)
@given(rate=st.floats(0.02, 1.0), fee=st.sampled_from([0.0, 5e6]), royalty=st.floats(0, 0.3))
def test_a_perfect_second_life_leaves_the_whole_as_it_was_on_every_path(
    rate: float, fee: float, royalty: float
) -> None:
    """At one discount rate all parties together have what the programme has, whoever holds it."""
    structure = contract(PLAN, royalty=royalty, fee=fee)
    found, ended = valued(structure, hazard=Hazard((rate,)), life=SecondLife(1.0, 0, 0))
    plain = evaluate(case(PLAN, structure), BASES)
    assert (ended < NEVER).any()
    whole, before = sum(found.npv_usd.values()), sum(plain.npv_usd.values())
    assert whole == pytest.approx(before, rel=1e-9, abs=1.0)


@settings(max_examples=12)
@given(rate=st.floats(0.01, 0.6), factor=st.floats(1, 4))
def test_more_hazard_never_raises_what_a_licensor_gets_who_is_paid_and_has_no_second_life(
    rate: float, factor: float
) -> None:
    """Path by path: milestones and royalties end earlier, and nothing comes in their place."""
    less, _ = valued(hazard=Hazard((rate,)), life=None)
    more, _ = valued(hazard=Hazard((rate * factor,)), life=None)
    assert (more.npv_usd[OWNER] <= less.npv_usd[OWNER] + 1e-6).all()


def test_a_break_fee_is_paid_where_the_partner_leaves_and_nowhere_else() -> None:
    with_fee, ended = valued(contract(PLAN, fee=5e6), hazard=Hazard((0.2,)), life=None)
    without, _ = valued(contract(PLAN), hazard=Hazard((0.2,)), life=None)
    left = ended < NEVER
    gain = with_fee.npv_usd[OWNER] - without.npv_usd[OWNER]
    at_end = PLAN.discount_by_day[np.where(left, ended - PLAN.as_of, 0)]
    assert gain == pytest.approx(np.where(left, 5e6 * at_end, 0.0), abs=1e-3)
    assert with_fee.npv_usd[PARTNER] - without.npv_usd[PARTNER] == pytest.approx(-gain, abs=1e-3)


def test_the_partner_bears_nothing_after_it_has_left() -> None:
    """A second life is the owner's alone: the partner has the same with it and without."""
    again, _ = valued(hazard=Hazard((0.3,)), life=LIFE)
    lost, ended = valued(hazard=Hazard((0.3,)), life=None)
    assert again.npv_usd[PARTNER] == pytest.approx(lost.npv_usd[PARTNER], abs=1e-3)
    same = ended == NEVER
    assert again.npv_usd[OWNER][same] == pytest.approx(lost.npv_usd[OWNER][same], abs=1e-3)
    assert not np.allclose(again.npv_usd[OWNER][~same], lost.npv_usd[OWNER][~same])


def test_the_owners_home_market_is_untouched_where_nothing_abroad_goes_on() -> None:
    none = contract(PLAN, upfront=0, milestone=0, royalty=0)
    lost, _ = valued(none, hazard=Hazard((1.0,)), life=None)
    plain = evaluate(case(PLAN, none), BASES)
    assert lost.npv_usd[OWNER] == pytest.approx(plain.npv_usd[OWNER], abs=1e-3)


def test_what_ends_or_begins_after_the_plans_last_year_changes_nothing() -> None:
    plain, structure = evaluate(case(PLAN, contract(PLAN)), BASES), contract(PLAN)
    late = int(BASES.years.bounds[-1])
    for day in (late, late + 1, late + 5_000):
        held = replace(case(PLAN, structure), held_until=np.full(BASES.paths, day, dtype=np.int32), returned=BASES)
        for party, usd in evaluate(held, BASES).npv_usd.items():
            assert usd == pytest.approx(plain.npv_usd[party], rel=1e-9, abs=1e-3)
        grant = Grant("later", PARTNER, markets=("home",), window=Window(When(day=day)))
        more = replace(structure, grants=(*structure.grants, grant))
        for party, usd in evaluate(case(PLAN, more), BASES).npv_usd.items():
            assert usd == pytest.approx(plain.npv_usd[party], rel=1e-9, abs=1e-3)
    found = licence(case(PLAN, structure), TERMS, PLAN)
    assert found is not None
    ended = end_days(found, BASES, licence_ends(found, BASES.timeline.futures), Hazard((0.05,), after_launch=True))
    assert ((ended < late) | (ended == NEVER)).all()


def test_a_deal_that_grants_no_market_cannot_come_back() -> None:
    assert licence(case(PLAN, replace(contract(PLAN), grants=())), TERMS, PLAN) is None
    kept = replace(contract(PLAN).grants[0], to=OWNER)
    assert licence(case(PLAN, replace(contract(PLAN), grants=(kept,))), TERMS, PLAN) is None


def test_where_profit_is_shared_a_partner_that_leaves_stops_nothing() -> None:
    """The owner goes on alone at once: all parties together have what they had, the partner nothing from then on."""
    share = ProfitShare("share", "profit_share", OWNER, PARTNER, markets=("abroad",), share=0.4)
    structure = replace(contract(PLAN), grants=(), legs=(share,))
    found = licence(case(PLAN, structure), TERMS, PLAN)
    assert found is not None
    assert found.licensed == ("abroad",)
    assert not found.stopped.activities
    ended = end_days(found, BASES, licence_ends(found, BASES.timeline.futures), Hazard((0.1,), after_launch=True))
    plain = evaluate(case(PLAN, structure), BASES)
    lost = evaluate(ended_case(found, BASES, ended, None), BASES)
    again = evaluate(ended_case(found, BASES, ended, LIFE), BASES)
    assert sum(lost.npv_usd.values()) == pytest.approx(sum(plain.npv_usd.values()), rel=1e-9, abs=1.0)
    assert again.npv_usd[OWNER] == pytest.approx(lost.npv_usd[OWNER])
    assert lost.npv_usd[PARTNER].mean() < plain.npv_usd[PARTNER].mean()


def test_a_licence_signed_before_the_plan_is_known_to_be_alive_on_its_day() -> None:
    old = licence(case(PLAN, replace(contract(PLAN), signed=PLAN.as_of - 900)), TERMS, PLAN)
    new = licence(case(PLAN, replace(contract(PLAN), signed=PLAN.as_of + 90)), TERMS, PLAN)
    assert old is not None
    assert new is not None
    assert (old.begins, new.begins) == (PLAN.as_of, PLAN.as_of + 90)
    ended = end_days(new, BASES, licence_ends(new, BASES.timeline.futures), Hazard((5.0,)))
    assert ended.min() > PLAN.as_of + 90


def test_a_licensed_market_waits_though_a_kept_one_needs_the_same_work() -> None:
    home = replace(PLAN.markets[1], launch=PLAN.markets[0].launch)
    plan = replace(PLAN, markets=(PLAN.markets[0], home))
    grant = replace(contract(PLAN).grants[0], activities=())
    found = licence(case(plan, replace(contract(PLAN), grants=(grant,))), TERMS, plan)
    assert found is not None
    assert "abroad.launch" not in found.stopped.activities
    assert found.stopped.markets == {"abroad"}


def test_a_group_of_plan_markets_is_licensed_by_its_own_name() -> None:
    terms = tuple(replace(term, group="world") for term in TERMS)
    grant = replace(contract(PLAN).grants[0], markets=("world",))
    found = licence(case(PLAN, replace(contract(PLAN), grants=(grant,))), terms, PLAN)
    assert found is not None
    assert found.licensed == ("abroad", "home")


# Clauses.

RESTART, CHANCE = ClauseEffect("restart", 0.3, 0.5, 0.8), ClauseEffect("chance", 1.0, 1.2, 1.4)


def test_most_help_is_the_lowest_factor_but_on_the_chance_of_a_second_life() -> None:
    assert clause_factors([RESTART, CHANCE], "most") == {"restart": 0.3, "chance": 1.4}
    assert clause_factors([RESTART, CHANCE], "least") == {"restart": 0.8, "chance": 1.0}
    assert clause_factors([RESTART, RESTART], "mode") == {"restart": 0.25}
    assert clause_factors([], "mode") == {}


def test_clauses_change_what_they_name_and_a_chance_stays_one() -> None:
    assert changed(LIFE, {"restart": 0.5}) == replace(LIFE, restart_days=90)
    assert changed(LIFE, {"transition": 0.5, "repeat": 0.0}) == replace(LIFE, transition_days=90, repeat_share=0.0)
    assert changed(LIFE, {"chance": 4.0}) == replace(LIFE, prob=1.0)
    assert changed(LIFE, {"hazard": 0.1}) == LIFE
