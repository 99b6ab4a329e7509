"""Nothing is lost between parties, and the kernel agrees with its slow twin: over contracts of every kind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onepill.core.dates import NEVER
from onepill.deals import Bases, Case, Outcome, decide_options, evaluate, join_outcomes
from onepill.deals.inputs import OUTSIDE, TAX, Discounts, Option, Party, Payment, Structure, When
from tests.deals.contracts import (
    AS_OF,
    FUND,
    OWNER,
    PARTNER,
    case,
    chancy_plan,
    chancy_terms,
    contract,
    discounts,
    make_bases,
    structures,
)
from tests.deals.twin import evaluate_slowly

PATHS = 300
"""More than one block of the kernel, the last one ragged."""
EVERYONE = (OWNER, PARTNER, FUND, TAX, OUTSIDE)
MANY = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def bases() -> Bases:
    return make_bases(chancy_plan(), *chancy_terms(), draws=PATHS)


def ends(bases: Bases) -> np.ndarray:
    """Days on which contracts end: on some paths never, on some before anything."""
    drawn = np.random.default_rng(3).integers(-400, 4_000, bases.paths)
    return np.where(drawn > 2_500, NEVER, AS_OF.toordinal() + drawn).astype(np.int32)


def delayed(bases: Bases) -> Bases:
    """The programme come back: later, smaller, and not at all on some paths."""
    timeline = bases.timeline
    launch = np.where(timeline.launch < NEVER, timeline.launch + 200, NEVER).astype(np.int32)
    launch[2] = timeline.launch[2]
    end = np.where(timeline.end < NEVER, timeline.end + 200, NEVER).astype(np.int32)
    scale, paid = timeline.scale * 0.7, timeline.paid_usd * np.where(np.arange(bases.paths) % 3, 1.0, 0.0)
    changed = replace(timeline, launch=launch, end=end, scale=scale, paid_usd=paid)
    return Bases(changed, bases.terms, bases.years)


def cases(structure: Structure, bases: Bases, rates: tuple[float, ...]) -> list[Case]:
    own = {party: discounts(rate) for party, rate in zip((OWNER, PARTNER, FUND, TAX), rates, strict=True)}
    plain = Case(structure, own)
    ending = replace(plain, held_until=ends(bases))
    return [plain, ending, replace(ending, returned=delayed(bases))]


def assert_same(found: Outcome, expected: Outcome) -> None:
    for party, value in expected.npv_usd.items():
        np.testing.assert_allclose(found.npv_usd[party], value, rtol=1e-9, atol=1e-3, err_msg=party)
        assert np.array_equal(found.first_cash_day[party], expected.first_cash_day[party]), party
    for key in {*found.flows_usd, *expected.flows_usd}:
        nothing = np.zeros(())
        pair = found.flows_usd.get(key, nothing), expected.flows_usd.get(key, nothing)
        np.testing.assert_allclose(*pair, rtol=1e-9, atol=1e-3, err_msg=str(key))
    assert found.yearly_usd.keys() == expected.yearly_usd.keys()
    for party, usd in expected.yearly_usd.items():
        np.testing.assert_allclose(found.yearly_usd[party], usd, rtol=1e-9, atol=1e-3, err_msg=party)


@MANY
@given(structure=structures(), kept=st.sampled_from([(), (OWNER,), (PARTNER, TAX), EVERYONE]))
def test_the_kernel_agrees_with_the_slow_twin(bases: Bases, structure: Structure, kept: tuple[str, ...]) -> None:
    for given_case in cases(structure, bases, (0.1, 0.06, 0.1, 0.03)):
        fresh = Bases(bases.timeline, bases.terms, bases.years)
        slow = evaluate_slowly(given_case, bases, keep=kept)
        assert_same(evaluate(given_case, bases, keep=kept), slow)
        assert_same(evaluate(given_case, fresh, keep=kept), slow)


@MANY
@given(structure=structures())
def test_the_parties_flows_add_up_to_the_programme_on_every_path(bases: Bases, structure: Structure) -> None:
    alone = evaluate(case(contract()), bases, keep=EVERYONE)
    programme = sum(alone.yearly_usd.values())
    for given_case in cases(structure, bases, (0.0, 0.0, 0.0, 0.0))[:2]:
        found = evaluate(given_case, bases, keep=EVERYONE)
        np.testing.assert_allclose(sum(found.yearly_usd.values()), programme, rtol=0, atol=1e-3)
        np.testing.assert_allclose(sum(found.npv_usd.values()), programme.sum(axis=1), rtol=0, atol=1e-3)


@MANY
@given(structure=structures())
def test_means_of_flows_are_those_of_the_paths(bases: Bases, structure: Structure) -> None:
    found = evaluate(cases(structure, bases, (0.1, 0.06, 0.1, 0.03))[2], bases, keep=EVERYONE)
    for party, usd in found.yearly_usd.items():
        told = sum((flow for key, flow in found.flows_usd.items() if key.party == party), np.zeros(12))
        np.testing.assert_allclose(told, usd.mean(axis=0), rtol=0, atol=1e-3)


@MANY
@given(structure=structures())
def test_kept_years_change_nothing(bases: Bases, structure: Structure) -> None:
    for given_case in cases(structure, bases, (0.1, 0.06, 0.1, 0.03)):
        plain, kept = evaluate(given_case, bases), evaluate(given_case, bases, keep=EVERYONE)
        for party, value in plain.npv_usd.items():
            np.testing.assert_allclose(kept.npv_usd[party], value, rtol=1e-9, atol=1e-3)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(structure=structures())
def test_a_contract_of_nothing_is_worth_nothing(bases: Bases, structure: Structure) -> None:
    """Every rate, share and amount 0: the partners have nothing, whatever days and windows say."""
    zero = {"amount_usd": 0.0, "usd_per_year": 0.0, "share": 0.0, "share_of_sales": 0.0, "cost_share_of_sales": 0.0}
    legs = []
    for leg in structure.legs:
        names = {name: value for name, value in zero.items() if hasattr(leg, name)}
        tiers = {"tiers": tuple((at, 0.0) for at, _ in leg.tiers)} if hasattr(leg, "tiers") else {}
        legs.append(replace(leg, **names, **tiers))
    found = evaluate(case(replace(structure, legs=tuple(legs), grants=()), 0.1), bases)
    assert not found.npv_usd[PARTNER].any()
    assert not found.npv_usd[FUND].any()


def test_any_size_of_stretch_gives_the_same() -> None:
    plan, terms = chancy_plan(), chancy_terms()
    structure = contract(Payment("p", "payment", PARTNER, OWNER, amount_usd=3e6, when=When(option="o")))
    structure = replace(structure, options=(Option("o", PARTNER, When(), 0.5),))
    whole = evaluate(case(structure, 0.1), make_bases(plan, *terms, draws=1_100))
    parts = [make_bases(plan, *terms, draws=count, first=first) for count, first in ((512, 0), (512, 512), (76, 1_024))]
    joined = join_outcomes(evaluate(case(structure, 0.1), part) for part in parts)
    for party, value in whole.npv_usd.items():
        np.testing.assert_allclose(joined.npv_usd[party], value, rtol=1e-12, atol=1e-6)
    for key, usd in whole.flows_usd.items():
        np.testing.assert_allclose(joined.flows_usd[key], usd, rtol=1e-9, atol=1e-3)
    assert 0.3 < (whole.npv_usd[PARTNER] < 0).mean() < 0.7


def test_an_option_without_a_chance_is_taken_where_it_pays(bases: Bases) -> None:
    """The partner buys the market abroad for a price; at one price it pays, at another it does not."""
    from onepill.deals.inputs import Grant, Window

    def taken(price_usd: float) -> float | None:
        option = Option("o", PARTNER, When(), None)
        grant = Grant("g", PARTNER, ("abroad",), (), Window(When(option="o")))
        fee = Payment("fee", "payment", PARTNER, OWNER, amount_usd=price_usd, when=When(option="o"))
        decided = decide_options(case(contract(fee, grants=(grant,), options=(option,)), 0.1), [bases])
        return decided.structure.options[0].exercise_prob

    worth = evaluate(case(contract(grants=(Grant("g", PARTNER, ("abroad",)),)), 0.1), bases).npv_usd[PARTNER].mean()
    assert (taken(0.99 * worth), taken(1.01 * worth)) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("structure", "message"),
    [
        (contract(Payment("p", "payment", "nobody", OWNER)), "no party"),
        (contract(Payment("p", "payment", PARTNER, OWNER, when=When(option="none"))), "not among those before"),
        (contract(options=(Option("o", PARTNER, When(), None),)), "not decided"),
    ],
)
def test_names_that_do_not_exist_are_told(bases: Bases, structure: Structure, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        evaluate(case(structure), bases)


def test_discounts_of_other_years_are_told(bases: Bases) -> None:
    short = Discounts(np.ones(3), np.ones(900))
    with pytest.raises(ValueError, match="discount factors"):
        evaluate(Case(contract(parties=(Party(OWNER, 0.1),)), {OWNER: short}), bases)
