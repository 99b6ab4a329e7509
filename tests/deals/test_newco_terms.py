"""NewCos as they were announced: the sums that the licensor may get add up in the engine, and its stake is its stake.

Amounts are in millions of US dollars. What was announced is upfront and near-term money, milestones and a stake; their
split by event is not public: milestones are paid here at the approval, and on sales beyond any threshold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pytest

from onepill.core.distributions import fixed
from onepill.deals import Bases, Case, Timeline, Years, evaluate
from onepill.deals.equity import Equity
from onepill.deals.equity_case import with_equity
from onepill.deals.equity_measures import cap_table
from onepill.deals.inputs import (
    SIGNING,
    Discounts,
    Exit,
    Grant,
    MarketTerms,
    Party,
    Payment,
    Round,
    SalesMilestone,
    Stake,
    Structure,
    Vehicle,
    When,
)
from onepill.sim import compile_plan, futures
from onepill.sim.plan import Activity, Draw, Link, Market, Plan

MUSD = 1e6
SIGNED = date(2024, 5, 16).toordinal()


@dataclass(frozen=True)
class NewCo:
    """What was announced, in millions of US dollars; `stake_share` None where only "minority" was."""

    upfront: float
    milestones: float
    sales_milestones: float
    total: float
    stake_share: float | None
    series_a: float | None


ANNOUNCED = {
    # Hengrui and Hercules CM NewCo, May 2024: cninmed.com/en/2024/154.html, morganlewis.com October 2024; 400 million
    # of Series A: Reuters, 1 October 2024.
    "Kailera": NewCo(110, 200, 5_725, 6_035, 0.199, 400),
    # Keymed, 9 July 2024, announcement to the Hong Kong exchange; 185 in all: drugdu.com, November 2024; a round of
    # about 50 million: Endpoints, July 2024.
    "Belenos": NewCo(15, 170, 0, 185, 0.3001, 50),
    # Keymed, November 2024 and January 2025: Endpoints, January 2025.
    "Ouro": NewCo(16, 610, 0, 626, None, 120),
    "Timberlyne": NewCo(30, 337.5, 0, 367.5, 0.25, 180),
    # Keymed and InnoCare, January 2025: "$520M deal", Fierce Biotech.
    "Prolium": NewCo(17.5, 502.5, 0, 520, None, None),
}


def certain_success() -> Plan:
    """An approval after two years and ten billion of sales a year for five."""
    span, years = date(2034, 1, 1).toordinal() - SIGNED, 10
    trial = Activity("approval", not_before=SIGNED, duration=Draw("approval.days", fixed(730.0)))
    sales = np.zeros((span, years))
    sales[:, 3:8] = 10_000 * MUSD
    market = Market("abroad", Link("approval"), (), SIGNED, sales, sales, sales)
    return Plan(SIGNED, (trial,), (market,), np.ones(span), np.ones(years))


def structure(newco: NewCo, *, exit_usd: float = 1e9) -> Structure:
    stake = 0.2 if newco.stake_share is None else newco.stake_share
    raised = (100 if newco.series_a is None else newco.series_a) * MUSD
    # The stake is what remains after the first round: protected until it, or else it would be more before.
    stakes = (Stake("licensor", stake, raised), Stake("founders", 1 - stake))
    investors = Round("A", (("investors", raised),), raised)
    leave = Exit("sale", When(link=Link("approval"), lag_days=1), 0.1, value_usd=exit_usd)
    legs = (
        Payment("upfront", "upfront", "newco", "licensor", amount_usd=newco.upfront * MUSD),
        Payment(
            "milestones",
            "milestone",
            "newco",
            "licensor",
            amount_usd=newco.milestones * MUSD,
            when=When(link=Link("approval")),
        ),
        SalesMilestone(
            "sales",
            "sales_milestone",
            "newco",
            "licensor",
            markets=("abroad",),
            amount_usd=newco.sales_milestones * MUSD,
            threshold_usd=5_000 * MUSD,
        ),
    )
    parties = tuple(Party(name, 0.0) for name in ("licensor", "newco", "founders", "investors"))
    vehicle = Vehicle("newco", stakes, (investors,), (), (leave,))
    grant = Grant("abroad", "newco", ("abroad",))
    return Structure("newco", "newco", "licensor", SIGNED, parties, grants=(grant,), legs=legs, vehicle=vehicle)


@pytest.mark.parametrize("name", ANNOUNCED)
def test_announced_newco_totals_add_up_where_all_succeeds(name):
    newco, plan = ANNOUNCED[name], certain_success()
    case = structure(newco)
    ones = Discounts(plan.discount_by_year, plan.discount_by_day)
    paths = futures(compile_plan(plan), draws=3, seed=1)
    bases = Bases(Timeline.of(paths), (MarketTerms("abroad", 0.2, 0.2, 0.0),), Years.of(plan))
    posed = Case(case, dict.fromkeys(("licensor", "newco", "founders", "investors"), ones))
    legs = evaluate(posed, bases, keep=["newco"])
    assert (legs.npv_usd["licensor"] / MUSD).tolist() == pytest.approx([newco.total] * 3)
    equity = Equity.of(case, years=bases.years.count)
    whole, found = with_equity(posed, bases, legs, equity, exit_value_usd=np.array([1e9]))
    stake = case.vehicle.stakes[0].share
    assert found.mean_share["licensor"] == pytest.approx(stake)
    needs = found.paid_usd["licensor"]
    got = whole.npv_usd["licensor"] - legs.npv_usd["licensor"] + needs
    till = found.flows_usd.get(("returned_cash", "newco"), np.zeros(1)).sum()
    assert got == pytest.approx(stake * (1e9 - till))


@pytest.mark.parametrize(("name", "share"), [("Kailera", 0.199), ("Belenos", 0.3001), ("Timberlyne", 0.25)])
def test_announced_stakes_stand_after_the_series_a_that_they_are_protected_through(name, share):
    table = cap_table(Equity.of(structure(ANNOUNCED[name]), years=3))
    assert table[-1]["licensor"] == share
    assert sum(table[-1].values()) == pytest.approx(1)


def test_kailera_a_series_b_dilutes_what_is_no_longer_protected():
    """Its Series B was 600 million (October 2025); at a value of 1,400 million before it, an assumption, 13.93 %."""
    newco = structure(ANNOUNCED["Kailera"]).vehicle
    later = Round("B", (("investors", 600 * MUSD),), 1_400 * MUSD, ((1.0, SIGNING),))
    whole = Vehicle(newco.party, newco.stakes, (*newco.rounds, later))
    table = cap_table(Equity(whole, (), 3, {}))
    assert table[1]["licensor"] == 0.199
    assert table[2]["licensor"] == pytest.approx(0.199 * 0.7, rel=1e-14)
