"""Each leg by hand: what is paid in which year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.core.dates import NEVER
from onepill.core.distributions import fixed
from onepill.deals import TERMINATION, Bases, Outcome, evaluate
from onepill.deals.inputs import (
    OUTSIDE,
    TAX,
    CostShare,
    Funding,
    Grant,
    Leg,
    Loan,
    MarketTerms,
    Option,
    Party,
    Payment,
    ProfitShare,
    Royalty,
    SalesMilestone,
    Stacking,
    Supply,
    When,
    Window,
)
from onepill.sim.plan import Activity, Cost, Draw, Link
from tests.deals.contracts import FUND, OWNER, PARTNER, YEARS, case, contract, day, make_bases, sold_plan

SALES = (0.0, 20e6, 60e6, 100e6, 100e6, 40e6)
TRIAL = Activity(
    "trial",
    not_before=day("2025-07-01"),
    duration=Draw("trial.days", fixed(365.0)),
    costs=(Cost(Draw("trial.cost", fixed(36.5e6)), "development"),),
)


@pytest.fixture(scope="module")
def bases() -> Bases:
    """Sold from 2025-03-15 on; half of sales are operating profit."""
    return make_bases(sold_plan(SALES, launch=date(2025, 3, 15), activities=(TRIAL,)))


def paid(bases: Bases, *legs: Leg, to: str = PARTNER, **parts: object) -> np.ndarray:
    """A party's flows by year under legs alone."""
    return evaluate(case(contract(*legs, **parts)), bases, keep=(to,)).yearly_usd[to][0]  # type: ignore[arg-type]


def leg(kind: type[Leg], **parts: object) -> Leg:
    shared = {"id": kind.__name__, "kind": kind.__name__, "payer": OWNER, "payee": PARTNER}
    return kind(**(shared | parts))  # type: ignore[arg-type]


def test_a_payment_in_instalments_falls_a_year_apart_and_may_lapse(bases: Bases) -> None:
    three = leg(Payment, amount_usd=9e6, when=When(link=Link("trial")), instalments=3)
    assert paid(bases, three)[:6] == pytest.approx([0, 0, 3e6, 3e6, 3e6, 0])
    in_time, late = (replace(three, by=day(by)) for by in ("2026-07-01", "2026-06-30"))
    assert paid(bases, in_time).sum() == pytest.approx(9e6)
    assert not paid(bases, late).any()


def test_what_was_paid_before_the_plans_day_is_sunk(bases: Bases) -> None:
    before, on = (leg(Payment, amount_usd=1e6, when=When(day=day(at))) for at in ("2024-07-31", "2024-08-01"))
    assert not paid(bases, before).any()
    assert paid(bases, on)[0] == pytest.approx(1e6)


def test_funding_is_paid_by_the_days_of_each_year(bases: Bases) -> None:
    """From 2024-12-31 to the start of the trial; 2024 is a leap year."""
    window = Window(When(day=day("2024-12-31")), When(link=Link("trial", "started")))
    found = paid(bases, leg(Funding, usd_per_year=36.6e6, window=window))
    assert found[:3] == pytest.approx([36.6e6 / 366, 36.6e6 * 181 / 365, 0.0])


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({}, [0, 0, 5e6, 0, 0, 0]),
        ({"every_year": True}, [0, 0, 5e6, 5e6, 5e6, 0]),
        ({"threshold_usd": 60e6 + 1}, [0, 0, 0, 5e6, 0, 0]),
        ({"threshold_usd": 180e6, "measure": "cumulative"}, [0, 0, 0, 5e6, 0, 0]),
        ({"threshold_usd": 180e6, "measure": "cumulative", "every_year": True}, [0, 0, 0, 5e6, 5e6, 5e6]),
        ({"threshold_usd": 101e6}, [0] * 6),
        ({"by": day("2026-12-30")}, [0] * 6),  # one day's sales of 2026 are missing to 60 million
        ({"by": day("2026-12-31")}, [0, 0, 5e6, 0, 0, 0]),
    ],
)
def test_sales_milestones(bases: Bases, parts: dict[str, object], expected: list[float]) -> None:
    milestone = leg(SalesMilestone, **({"markets": ("home",), "amount_usd": 5e6, "threshold_usd": 60e6} | parts))
    assert paid(bases, milestone)[:6] == pytest.approx(expected)


TIERS = ((0.0, 0.05), (50e6, 0.1), (80e6, 0.2))


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({}, [0, 1e6, 3.5e6, 9.5e6, 9.5e6, 2e6]),
        # 20, 80, 180, 280, 320 in all: 1; 2.5 + 3; 5.5 + 20; and so on
        ({"measure": "cumulative"}, [0, 1e6, 4.5e6, 20e6, 20e6, 8e6]),
        ({"stacking": Stacking(0.04, 0.5, 0.7)}, [0, 0.7e6, 2.45e6, 7.5e6, 7.5e6, 1.4e6]),
        ({"window": Window(When(day=day("2027-01-01")), When(day=day("2028-01-01")))}, [0, 0, 0, 9.5e6, 0, 0]),
    ],
)
def test_royalties(bases: Bases, parts: dict[str, object], expected: list[float]) -> None:
    assert paid(bases, leg(Royalty, markets=("home",), tiers=TIERS, **parts))[:6] == pytest.approx(expected)


def test_a_term_from_first_sale_cuts_its_last_year_by_days(bases: Bases) -> None:
    """Two years from 2025-03-15 end before 2027-03-15 (730.5 days are 730): 73 days of 2027."""
    royalty = leg(Royalty, markets=("home",), tiers=((0.0, 0.1),), years_from_first_sale=2.0)
    assert paid(bases, royalty)[:5] == pytest.approx([0, 2e6, 6e6, 10e6 * 73 / 365, 0])


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"ends_at_exclusivity": True}, [2e6, 6e6, 4e6, 0, 0]),
        ({"step_down": 0.5}, [2e6, 6e6, 7e6, 5e6, 2e6]),
        ({"ends_at_exclusivity": True, "years_from_first_sale": 1.0}, [2e6, 6e6, 4e6, 0, 0]),
        ({"ends_at_exclusivity": True, "years_from_first_sale": 20.0}, [2e6, 6e6, 10e6, 10e6, 4e6]),
        ({"step_down": 0.25, "years_from_first_sale": 20.0}, [2e6, 6e6, 5.5e6, 2.5e6, 1e6]),
    ],
)
def test_the_loss_of_exclusivity_in_a_year(parts: dict[str, object], expected: list[float]) -> None:
    """40 of the 100 million of 2027 are sold before it."""
    protected = np.zeros((1, YEARS))
    protected[0, :4] = (0.0, 20e6, 60e6, 40e6)
    plan = sold_plan(SALES, launch=date(2025, 3, 15))
    bases = make_bases(plan, MarketTerms("home", 0.2, 0.3, 0.25, protected))
    royalty = leg(Royalty, markets=("home",), tiers=((0.0, 0.1),), **parts)
    assert paid(bases, royalty)[1:6] == pytest.approx(expected)


def test_a_royalty_on_a_royalty_is_paid_on_what_that_one_pays(bases: Bases) -> None:
    first = leg(Royalty, id="first", markets=("home",), tiers=((0.0, 0.1),))
    second = Royalty("second", "royalty", PARTNER, FUND, of="first", tiers=((0.0, 0.5), (4e6, 0.25)))
    assert paid(bases, second, first, to=FUND)[:6] == pytest.approx([0, 1e6, 2.5e6, 3.5e6, 3.5e6, 2e6])


def test_shares_of_profit_and_cost(bases: Bases) -> None:
    profit = leg(ProfitShare, markets=("home",), share=0.4)
    assert paid(bases, profit)[:6] == pytest.approx([0, 4e6, 12e6, 20e6, 20e6, 8e6])
    cost = CostShare("cost", "cost", PARTNER, OWNER, activities=("trial",), share=0.5)
    assert paid(bases, cost)[:4] == pytest.approx([0, -18.4e6 / 2, -18.1e6 / 2, 0])
    assert paid(bases, replace(cost, cap_usd=12e6))[:4] == pytest.approx([0, -9.2e6, -2.8e6, 0])
    half_year = Window(When(day=day("2025-12-31")), When(day=day("2026-01-02")))
    assert paid(bases, replace(cost, window=half_year))[:4] == pytest.approx([0, -0.05e6, -0.05e6, 0])


def test_a_share_of_profit_is_one_of_losses_as_well() -> None:
    """Goods and selling cost 120 % of sales."""
    dear = make_bases(sold_plan(SALES, launch=date(2025, 3, 15)), MarketTerms("home", 0.7, 0.5, 0.25))
    assert paid(dear, leg(ProfitShare, markets=("home",), share=0.5))[:3] == pytest.approx([0, -2e6, -6e6])


def test_a_share_of_profit_bears_a_launch_within_its_days_alone() -> None:
    plan = sold_plan(SALES, launch=date(2025, 3, 15))
    launched = replace(plan.markets[0], launch_cost=Draw("launch.cost", fixed(8e6)))
    bases = make_bases(replace(plan, markets=(launched,)))
    for until, expected in (("2025-03-15", 0.0), ("2025-03-16", 5e6 / 292 - 4e6)):
        window = Window(until=When(day=day(until)))
        share = leg(ProfitShare, markets=("home",), share=0.5, window=window)
        assert paid(bases, share)[1] == pytest.approx(expected)


def test_supply_pays_the_price_and_bears_the_making(bases: Bases) -> None:
    supply = leg(Supply, markets=("home",), share_of_sales=0.25, cost_share_of_sales=0.2)
    assert paid(bases, supply)[:3] == pytest.approx([0, 1e6, 3e6])


def test_a_loan_comes_back_with_interest_or_is_forgiven(bases: Bases) -> None:
    loan = leg(Loan, amount_usd=10e6, interest_per_year=0.1, years=2.0, when=When(day=day("2025-01-10")))
    assert paid(bases, loan)[:4] == pytest.approx([0, 10e6, 0, -10e6 * 1.1 ** (730 / 365.25)])
    early = replace(loan, repaid_on=When(link=Link("trial", "started")))
    assert paid(bases, early)[:4] == pytest.approx([0, 10e6 - 10e6 * 1.1 ** (172 / 365.25), 0, 0])
    assert paid(bases, replace(loan, forgiven_on=When(link=Link("trial"))))[:4] == pytest.approx([0, 10e6, 0, 0])
    due = replace(loan, interest_per_year=0.0)
    for on, back in (("2027-01-09", 0.0), ("2027-01-10", -10e6)):
        assert paid(bases, replace(due, forgiven_on=When(day=day(on))))[3] == pytest.approx(back)


def test_the_plans_last_day_counts_and_the_one_after_it_does_not(bases: Bases) -> None:
    loan = leg(Loan, amount_usd=10e6, years=40.0, when=When(day=day("2025-01-10")))
    last = int(bases.years.bounds[-1]) - 1
    for on, back in ((last, -10e6), (last + 1, 0.0)):
        assert paid(bases, replace(loan, repaid_on=When(day=on)))[-1] == pytest.approx(back)
        assert paid(bases, leg(Payment, amount_usd=10e6, when=When(day=on)))[-1] == pytest.approx(-back)


def test_withheld_tax_goes_to_the_authorities_and_taxed_parties_pay_on_the_rest(bases: Bases) -> None:
    """The partner receives 10 less 1 and pays a fifth of 9; the owner, taxed too, deducts 10 of its profit of 10."""
    payment = leg(Payment, amount_usd=10e6, when=When(day=day("2025-02-01")), withholding_share=0.1)
    parties = (Party(OWNER, 0.1, 0.2), Party(PARTNER, 0.1, 0.2))
    found = evaluate(case(contract(payment, parties=parties)), bases, keep=(OWNER, PARTNER, TAX)).yearly_usd
    assert found[PARTNER][0, 1] == pytest.approx(0.8 * 9e6)
    assert found[TAX][0, 1] == pytest.approx(1e6 + 0.2 * 9e6)
    assert found[OWNER][0, 1] == pytest.approx(10e6 - 10e6 - 18.4e6)
    assert found[TAX][0, 2] == pytest.approx(0.2 * 30e6)


def test_a_year_of_losses_is_neither_refunded_nor_kept(bases: Bases) -> None:
    payment = leg(Payment, amount_usd=15e6, when=When(day=day("2025-02-01")))
    found = evaluate(case(contract(payment, parties=(Party(OWNER, 0.1, 0.2), Party(PARTNER, 0.1)))), bases, keep=(TAX,))
    assert found.yearly_usd[TAX][0, :4] == pytest.approx([0, 0, 0.2 * 30e6, 0.2 * 50e6])


# Days.


@pytest.mark.parametrize(
    ("since", "until", "share"),
    [
        ("2026-01-01", "2027-01-01", 1.0),
        ("2025-12-31", "2026-12-31", 364 / 365),
        ("2026-07-01", "2026-07-02", 1 / 365),
        ("2026-07-01", "2026-07-01", 0.0),
        ("2026-07-02", "2026-07-01", 0.0),
    ],
)
def test_windows_open_on_their_first_day_and_close_before_their_last(
    bases: Bases, since: str, until: str, share: float
) -> None:
    window = Window(When(day=day(since)), When(day=day(until)))
    assert paid(bases, leg(Royalty, markets=("home",), tiers=((0.0, 0.1),), window=window))[2] == pytest.approx(
        6e6 * share
    )


def test_the_launch_year_is_cut_by_the_days_on_the_market(bases: Bases) -> None:
    """Sold on the 292 days from 2025-03-15; a window from 2025-12-02 has 30 of them."""
    royalty = leg(Royalty, markets=("home",), tiers=((0.0, 0.1),), window=Window(When(day=day("2025-12-02"))))
    assert paid(bases, royalty)[1] == pytest.approx(2e6 * 30 / 292)


def test_a_leap_year_has_a_day_more(bases: Bases) -> None:
    window = Window(When(day=day("2028-02-29")), When(day=day("2028-03-01")))
    assert paid(bases, leg(Royalty, markets=("home",), tiers=((0.0, 0.1),), window=window))[4] == pytest.approx(
        10e6 / 366
    )


def test_a_market_that_ends_is_sold_until_the_day_before() -> None:
    """The year of the end counts by its days, of which a window may take a part."""
    bases = make_bases(sold_plan(SALES, launch=date(2023, 5, 1), ends=date(2026, 3, 2)))
    royalty = leg(Royalty, markets=("home",), tiers=((0.0, 0.1),))
    assert paid(bases, royalty)[:4] == pytest.approx([0, 2e6, 6e6 * 60 / 365, 0])
    half = replace(royalty, window=Window(When(day=day("2026-02-01"))))
    assert paid(bases, half)[:4] == pytest.approx([0, 0, 6e6 * 29 / 365, 0])


# Grants, options, the end of the contract.


def test_a_grant_moves_profit_costs_and_their_receipts_on_its_day(bases: Bases) -> None:
    option = Option("o", PARTNER, When(day=day("2026-01-01")))
    grant = Grant("g", PARTNER, ("home",), ("trial",), Window(When(option="o")))
    structure = contract(grants=(grant,), options=(option,), parties=(Party(OWNER, 0.1, 0.0), Party(PARTNER, 0.1, 0.0)))
    found = evaluate(case(structure), bases, keep=(OWNER, PARTNER))
    assert found.yearly_usd[PARTNER][0, :4] == pytest.approx([0, 0, 30e6 - 18.1e6, 50e6])
    assert found.yearly_usd[OWNER][0, :4] == pytest.approx([0, 10e6 - 18.4e6, 0, 0])
    assert found.first_cash_day[OWNER][0] == day("2025-03-15")
    assert found.first_cash_day[PARTNER][0] == day("2026-01-01")


def ended(bases: Bases, *legs: Leg, on: str, **parts: object) -> Outcome:
    held = np.full(1, day(on), dtype=np.int32)
    return evaluate(case(contract(*legs, **parts), held_until=held), bases, keep=(OWNER, PARTNER))  # type: ignore[arg-type]


def test_nothing_is_paid_after_the_end_but_on_its_very_day(bases: Bases) -> None:
    """A break fee falls on the day of the end; a royalty is owed until the day before; a debt survives."""
    fee = leg(Payment, id="fee", amount_usd=1e6, when=When(option=TERMINATION))
    later = leg(Payment, id="later", amount_usd=1e6, when=When(option=TERMINATION, lag_days=1))
    royalty = leg(Royalty, markets=("home",), tiers=((0.0, 0.1),))
    found = ended(bases, fee, later, royalty, on="2026-07-02").yearly_usd[PARTNER][0]
    assert found[:4] == pytest.approx([0, 2e6, 1e6 + 6e6 * 182 / 365, 0])
    loan = leg(Loan, amount_usd=10e6, years=4.0, when=When(day=day("2025-01-10")))
    assert ended(bases, loan, on="2026-07-02").yearly_usd[PARTNER][0][:6] == pytest.approx([0, 10e6, 0, 0, 0, -10e6])


def test_grants_fall_back_to_the_owner_at_the_end(bases: Bases) -> None:
    grant = Grant("g", PARTNER, ("home",), ("trial",))
    found = ended(bases, grants=(grant,), on="2026-01-01").yearly_usd
    assert found[PARTNER][0, :3] == pytest.approx([0, 0.75 * 10e6 - 18.4e6, 0])
    assert found[OWNER][0, :3] == pytest.approx([0, 0, 0.75 * 30e6 - 18.1e6])


def test_what_comes_back_is_the_owners_from_that_day_on(bases: Bases) -> None:
    """Half the sales, and the trial's other half never paid."""
    timeline = bases.timeline
    back = replace(timeline, scale=timeline.scale * 0.5, paid_usd=timeline.paid_usd * 0.0)
    grant, held = Grant("g", PARTNER, ("home",), ("trial",)), np.full(1, day("2026-01-01"), dtype=np.int32)
    given_case = case(contract(grants=(grant,)), held_until=held, returned=Bases(back, bases.terms, bases.years))
    found = evaluate(given_case, bases, keep=(OWNER, PARTNER))
    assert found.yearly_usd[PARTNER][0, :3] == pytest.approx([0, 0.75 * 10e6 - 18.4e6, 0])
    assert found.yearly_usd[OWNER][0, :4] == pytest.approx([0, 0, 0.75 * 15e6, 0.75 * 25e6])
    assert found.first_cash_day[OWNER][0] == day("2026-01-01")


def test_markets_of_one_group_are_one_market(bases: Bases) -> None:
    """Two states of a payer's path: tiers see their sum, and a grant of one of them alone is refused."""
    plan = sold_plan(SALES, launch=date(2025, 3, 15))
    pair = (plan.markets[0], replace(plan.markets[0], id="listed"))
    plan = replace(plan, markets=pair)
    terms = (MarketTerms("home", 0.2, 0.3, 0.25, group="cn"), MarketTerms("listed", 0.1, 0.3, 0.25, group="cn"))
    both = make_bases(plan, *terms)
    for names in (("cn",), ("home", "listed")):
        royalty = leg(Royalty, markets=names, tiers=TIERS)
        assert paid(both, royalty)[2] == pytest.approx(0.05 * 50e6 + 0.1 * 30e6 + 0.2 * 40e6)
    alone = evaluate(case(contract(parties=(Party(OWNER, 0.1, 0.0),))), both, keep=(OWNER,))
    assert alone.yearly_usd[OWNER][0, 2] == pytest.approx(60e6 * 0.5 + 60e6 * 0.6)
    with pytest.raises(ValueError, match="only home is named"):
        paid(both, leg(Royalty, markets=("home",), tiers=TIERS))


# Laws.

RATES = st.lists(st.sampled_from([0.0, 0.02, 0.05, 0.11, 0.3]), min_size=1, max_size=4)


@settings(max_examples=30, deadline=None)
@given(rates=RATES, steps=st.lists(st.floats(1e6, 9e7), min_size=3, max_size=3), sales=st.floats(0.0, 3e8))
def test_a_royalty_is_continuous_and_monotone_in_sales(rates: list[float], steps: list[float], sales: float) -> None:
    thresholds = np.concatenate(([0.0], np.cumsum(steps)))[: len(rates)]
    royalty = leg(Royalty, markets=("home",), tiers=tuple(zip(thresholds.tolist(), rates, strict=True)))
    at = sorted([sales, sales + 1.0, *thresholds, *(thresholds + 1.0)])
    found = paid(make_bases(sold_plan([0.0, *at[:10]], launch=date(2025, 1, 1))), royalty)[1 : len(at[:10]) + 1]
    rises = np.diff(found)
    assert (rises >= -1e-6).all()
    assert (rises <= max(rates) * np.diff(at[:10]) + 1e-6).all()


def test_outsiders_have_nothing_without_a_vehicle(bases: Bases) -> None:
    found = evaluate(case(contract(leg(Payment, amount_usd=1e6))), bases)
    assert not found.npv_usd[OUTSIDE].any()
    assert found.first_cash_day[OUTSIDE][0] == NEVER
