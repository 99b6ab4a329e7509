"""Cash by hand: costs, launches, ends, royalties, payments, and the rows by year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from onepill.core.distributions import fixed, uniform
from onepill.core.errors import InputError
from onepill.sim import Results, compile_plan, run
from onepill.sim.plan import Activity, Contract, Draw, Gate, Link, Market, Payment, Plan, Royalty
from tests.sim.plans import AS_OF, HORIZON_DAYS, chance, cost, make_market, make_plan, work

RATE = 0.1


def simulate(plan: Plan, **more: object) -> Results:
    return run(compile_plan(plan), draws=3, seed=1, **more)  # type: ignore[arg-type]


def factor(days: float) -> float:
    return float((1 + RATE) ** (-days / 365.25))


def value(*activities: Activity, **parts: object) -> float:
    return float(simulate(make_plan(*activities, **parts)).npv_usd["owner"][0])


@pytest.mark.parametrize(("timing", "day"), [("start", 20), ("middle", 45), ("finish", 70)])
def test_a_lump_is_paid_on_its_day(timing: str, day: int) -> None:
    paid = work("a", days=50, not_before=AS_OF + 20, costs=(cost("a", 1000.0, timing=timing),))
    assert value(paid) == pytest.approx(-1000 * factor(day), rel=1e-12)


def test_an_odd_number_of_days_has_two_middle_days() -> None:
    paid = work("a", days=51, costs=(cost("a", 1000.0, timing="middle"),))
    assert value(paid) == pytest.approx(-500 * (factor(25) + factor(26)), rel=1e-12)


def test_an_even_cost_is_spread_over_the_days_before_the_finish() -> None:
    paid = work("a", days=50, not_before=AS_OF + 20, costs=(cost("a", 1000.0),))
    assert value(paid) == pytest.approx(-20 * sum(factor(20 + i) for i in range(50)), rel=1e-12)


def test_an_even_cost_of_no_days_falls_on_the_start() -> None:
    assert value(work("a", days=0, costs=(cost("a", 1000.0),))) == -1000.0


@pytest.mark.parametrize(("started", "counted"), [(0, 1.0), (-1, 49 / 50), (-20, 30 / 50)])
def test_what_falls_before_the_plans_day_is_sunk(started: int, counted: float) -> None:
    paid = work("a", days=50, started=AS_OF + started, costs=(cost("a", 1000.0),))
    assert value(paid, rate_per_year=0.0) == pytest.approx(-1000 * counted, rel=1e-12)


@pytest.mark.parametrize(("day", "counted"), [(0, 1), (-1, 0)])
def test_a_lump_on_the_plans_day_counts_and_the_day_before_is_sunk(day: int, counted: int) -> None:
    paid = Activity("a", started=AS_OF + day, finished=AS_OF + day, costs=(cost("a", 1000.0, timing="start"),))
    assert value(paid) == -1000.0 * counted


def test_an_income_is_received() -> None:
    assert value(work("a", days=0, costs=(cost("a", 1000.0, income=True),))) == 1000.0


def test_yearly_rows_split_an_even_cost_at_the_turn_of_the_year() -> None:
    """2024-08-01 to 2025-08-01 is 365 days, 153 of them in 2024."""
    results = simulate(make_plan(work("a", days=365, costs=(cost("a", 365.0),)), rate_per_year=0.0))
    rows = {(row.item, row.year): row.cash_usd for row in results.yearly_rows()}
    assert rows == {("a", 2024): pytest.approx(-153), ("a", 2025): pytest.approx(-212)}


def one_row_market(id_: str, sales: list[float], **more: object) -> Market:
    """A market with one launch row, on the plan's day; cash is half of sales, discounted by 0.9 a year."""
    table = np.array([sales])
    discounted = 0.5 * table * 0.9 ** np.arange(len(sales))
    return Market(id_, Link("launch"), more.pop("scale", ()), AS_OF, table, 0.5 * table, discounted, **more)


def launched(*markets: Market, **parts: object) -> Results:
    return simulate(make_plan(Activity("launch"), *parts.pop("also", ()), markets=markets, **parts))


def test_a_market_pays_its_row_times_the_product_of_its_draws() -> None:
    scale = (Draw("share", fixed(3.0)), Draw("price", fixed(0.5)))
    results = launched(one_row_market("us", [100.0, 200.0], scale=scale))
    assert results.npv_usd["owner"][0] == pytest.approx(1.5 * (50 + 90), rel=1e-12)
    assert {(r.item, r.year): (r.cash_usd, r.discounted_usd) for r in results.yearly_rows()} == {
        ("us", 2024): (pytest.approx(75), pytest.approx(75)),
        ("us", 2025): (pytest.approx(150), pytest.approx(135)),
    }


def choice(id_: str, probs: tuple[float, ...], **more: object) -> Activity:
    return Activity(id_, gate=Gate(f"{id_}.g", tuple((f"node_{i}", p) for i, p in enumerate(probs))), **more)


def test_gates_choose_the_version_of_a_markets_tables() -> None:
    """The last gate runs fastest; a version is as frequent as its outcomes are likely, and whole in sums by year."""
    table = np.array([[10.0 * a + b] for a in range(3) for b in range(2)])
    market = replace(one_row_market("us", [0.0]), sales=table, cash=table, discounted=table, variants=("a", "b"))
    also = (choice("a", (0.2, 0.5, 0.3)), choice("b", (0.4, 0.6)))
    plan = compile_plan(make_plan(Activity("launch"), *also, markets=(market,)))
    results = run(plan, draws=4_000, seed=3)
    values, counts = np.unique(results.npv_usd["owner"], return_counts=True)
    np.testing.assert_array_equal(values, table[:, 0])
    expected = np.outer((0.2, 0.5, 0.3), (0.4, 0.6)).ravel()
    np.testing.assert_allclose(counts / 4_000, expected, atol=4 * 0.5 / np.sqrt(4_000))
    assert sum(row.cash_usd for row in results.yearly_rows()) == pytest.approx(results.npv_usd["owner"].mean())
    frozen = run(plan.freeze("a.g", quantile=0.75).freeze("b.g", quantile=0.1), draws=50, seed=3)
    assert set(frozen.npv_usd["owner"]) == {20.0}


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (choice("b", (0.4, 0.6)), "plan.variants"),
        (choice("a", (0.5, 0.5), after=(Link("launch"),)), "plan.variants"),
        (Activity("a"), "plan.variants"),
        (choice("a", (0.2, 0.3, 0.5)), "plan.table_shape"),
    ],
)
def test_what_chooses_tables_has_a_gate_and_waits_for_nothing(other: Activity, code: str) -> None:
    table = np.ones((2, 1))
    market = replace(one_row_market("us", [0.0]), sales=table, cash=table, discounted=table, variants=("a",))
    with pytest.raises(InputError) as refused:
        compile_plan(make_plan(Activity("launch"), other, markets=(market,)))
    assert code in {finding.code for finding in refused.value.findings}


def test_a_launch_cost_falls_on_launch_day_and_counts_to_its_market() -> None:
    market = one_row_market("us", [100.0], launch_cost=Draw("cost", fixed(30.0)))
    results = launched(market)
    assert results.npv_usd["owner"][0] == pytest.approx(20.0)
    assert results.by_market("owner") == {"development": 0.0, "us": pytest.approx(20.0)}


@pytest.mark.parametrize(("delay", "beyond"), [(0, 0), (1, 3)])
def test_a_launch_beyond_the_table_earns_nothing_and_is_counted(delay: int, beyond: int) -> None:
    market = one_row_market("us", [100.0])
    plan = make_plan(work("launch", days=delay), markets=(market,))
    results = simulate(plan)
    assert results.overflows == ({"market us": beyond} if beyond else {})
    assert results.npv_usd["owner"][0] == (0.0 if beyond else 50.0)


def test_a_cost_beyond_the_discount_factors_is_counted() -> None:
    plan = make_plan(work("a", days=HORIZON_DAYS + 1, costs=(cost("a", 1.0),)))
    assert simulate(plan).overflows == {"discount": 3}
    plan = make_plan(work("a", days=HORIZON_DAYS, costs=(cost("a", 1.0),)))
    assert simulate(plan).overflows == {}


@pytest.mark.parametrize(
    ("end", "kept_years"),
    [
        (date(2026, 1, 1), [1, 1, 0, 0]),
        (date(2025, 12, 31), [1, 364 / 365, 0, 0]),
        (date(2026, 7, 2), [1, 1, 182 / 365, 0]),
        (date(2024, 8, 2), [1 / 153, 0, 0, 0]),
        (date(2024, 8, 1), [0, 0, 0, 0]),
        (date(2040, 1, 1), [1, 1, 1, 1]),
    ],
)
def test_an_end_cuts_its_year_by_days_and_drops_the_rest(end: date, kept_years: list[float]) -> None:
    market = one_row_market("us", [100.0, 100.0, 100.0, 100.0], ends_on=(Link("rival"),))
    results = launched(market, also=[Activity("rival", not_before=end.toordinal())])
    expected = sum(50 * 0.9**k * kept for k, kept in enumerate(kept_years))
    assert results.npv_usd["owner"][0] == pytest.approx(expected, rel=1e-12)
    cash = results.yearly["us", "owner"][0][:4]
    np.testing.assert_allclose(cash, 50 * np.array(kept_years), rtol=1e-12)


def contract(*royalties: Royalty, payments: tuple[Payment, ...] = ()) -> Contract:
    return Contract("licence", "owner", "partner", royalties, payments)


def partner_value(*markets: Market, terms: Contract, also: tuple[Activity, ...] = ()) -> Results:
    return launched(*markets, also=also, contracts=(terms,), parties=("owner", "partner"))


TIERS = ((0.0, 0.05), (100.0, 0.10), (250.0, 0.20))


@pytest.mark.parametrize(
    ("sales", "due"),
    [(0.0, 0.0), (80.0, 4.0), (100.0, 5.0), (180.0, 5.0 + 8.0), (250.0, 20.0), (300.0, 5.0 + 15.0 + 10.0)],
)
def test_each_slice_of_sales_bears_its_own_rate(sales: float, due: float) -> None:
    """5 % to 100, 10 % to 250, 20 % above, on end-of-year discounting at 10 %."""
    results = partner_value(one_row_market("us", [sales]), terms=contract(Royalty(("us",), TIERS)))
    assert results.npv_usd["partner"][0] == pytest.approx(due / 1.1, rel=1e-12)
    assert results.npv_usd["owner"][0] == pytest.approx(sales / 2 - due / 1.1, rel=1e-12)


def test_tiers_see_the_sum_of_the_markets() -> None:
    markets = (one_row_market("us", [60.0]), one_row_market("eu", [90.0]))
    results = partner_value(*markets, terms=contract(Royalty(("us", "eu"), TIERS)))
    assert results.npv_usd["partner"][0] == pytest.approx((5.0 + 5.0) / 1.1, rel=1e-12)


def test_declining_tiers_end_in_nothing() -> None:
    """The shape of BioCryst's 2021 financing: 0.75 % to 350, 1.75 % to 550, nothing above."""
    tiers = ((0.0, 0.0075), (350.0, 0.0175), (550.0, 0.0))
    results = partner_value(one_row_market("us", [900.0]), terms=contract(Royalty(("us",), tiers)))
    assert results.npv_usd["partner"][0] == pytest.approx((350 * 0.0075 + 200 * 0.0175) / 1.1, rel=1e-12)


def test_one_rate_is_the_same_by_launch_day_as_by_path() -> None:
    """A second tier that is never reached sends the same royalty down the other way of booking it."""
    markets = (one_row_market("us", [60.0, 70.0]), one_row_market("eu", [90.0]))
    by_day = partner_value(*markets, terms=contract(Royalty(("us", "eu"), ((0.0, 0.07),))))
    by_path = partner_value(*markets, terms=contract(Royalty(("us", "eu"), ((0.0, 0.07), (1e9, 0.5)))))
    np.testing.assert_allclose(by_day.npv_usd["partner"], by_path.npv_usd["partner"], rtol=1e-12)
    for party in ("owner", "partner"):
        ours, theirs = by_day.yearly["licence", party], by_path.yearly["licence", party]
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_a_royalty_ends_with_its_market() -> None:
    rival = Activity("rival", not_before=date(2025, 1, 1).toordinal())
    market = one_row_market("us", [100.0, 100.0], ends_on=(Link("rival"),))
    results = partner_value(market, terms=contract(Royalty(("us",), ((0.0, 0.1),))), also=(rival,))
    assert results.npv_usd["partner"][0] == pytest.approx(10 / 1.1, rel=1e-12)


def test_a_payment_moves_money_on_the_day_of_its_event() -> None:
    terms = contract(payments=(Payment(Link("later"), 500.0), Payment(Link("never"), 900.0)))
    also = (work("later", days=100), work("never", days=1, gate=chance("never", 0.0)))
    plan = make_plan(*also, contracts=(terms,), parties=("owner", "partner"))
    dead = make_plan(
        *also, contracts=(contract(payments=(Payment(Link("never"), 900.0),)),), parties=("owner", "partner")
    )
    results = simulate(plan)
    assert results.npv_usd["partner"][0] == pytest.approx(500 * factor(100), rel=1e-12)
    np.testing.assert_array_equal(results.npv_usd["owner"], -results.npv_usd["partner"])
    assert not simulate(dead).npv_usd["partner"].any()


def test_what_parties_pay_each_other_cancels() -> None:
    markets = tuple(make_market(id_, Link("launch"), scale=(Draw(id_, uniform(0.1, 3)),)) for id_ in ("us", "eu"))
    with_deal = partner_value(*markets, terms=contract(Royalty(("us", "eu"), ((0.0, 0.05), (1e8, 0.2)))))
    without = launched(*markets)
    total = with_deal.npv_usd["owner"] + with_deal.npv_usd["partner"]
    np.testing.assert_allclose(total, without.npv_usd["owner"], rtol=1e-12)
