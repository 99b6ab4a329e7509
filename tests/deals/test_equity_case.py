"""A NewCo on a whole programme: what the legs leave it is shared out, and nothing is lost on any path."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from onepill.access import valuation
from onepill.core.dates import NEVER
from onepill.deals import Bases, Case, Timeline, Years, evaluate
from onepill.deals.equity import Equity
from onepill.deals.equity_case import equity_days, price_exits, with_equity
from onepill.deals.equity_exits import exit_values
from onepill.deals.inputs import (
    OUTSIDE,
    TAX,
    Discounts,
    Exit,
    Fund,
    Grant,
    Party,
    Payment,
    Round,
    Royalty,
    Stake,
    Structure,
    Vehicle,
    When,
)
from onepill.model import load_programme
from onepill.rulebook import load_rulebook
from onepill.sim import compile_plan, futures
from onepill.sim.plan import STARTED, Link
from onepill.workbench.deals.structure import market_terms
from onepill.workbench.plan.assemble import assemble
from onepill.workbench.plan.fill import fill

TEXT = (Path(__file__).parents[2] / "examples" / "tunlametinib.yaml").read_text()
PATHS = 3_000


class Programme:
    """Tunlametinib on some paths, its markets outside China granted to a NewCo with two funds."""

    def __init__(self) -> None:
        self.base = assemble(fill(load_programme(TEXT).programme, load_rulebook()))
        plan = self.base.plan
        paths = futures(compile_plan(plan), draws=PATHS, seed=3)
        self.bases = Bases(Timeline.of(paths), market_terms(self.base), Years.of(plan))
        self.abroad = tuple(m.id for m in plan.markets if not m.id.startswith("cn"))
        self.work = tuple(a.id for a in plan.activities if a.costs and not a.id.startswith(("cn", "confirmatory")))
        launch = next(m.launch for m in plan.markets if m.group == "us")
        self.launch, self.start = Link(launch.activity, launch.event), Link("global_phase_3", STARTED)

    def structure(self, *, exits: tuple[Exit, ...] = (), funds: tuple[Fund, ...] = ()) -> Structure:
        investors = (("usd", 20e6), ("cny", 20e6))
        rounds = (Round("A", investors, 30e6, ((0.5, When()), (0.5, When(link=self.start)))),)
        stakes = (Stake("licensor", 0.25, 60e6), Stake("founders", 0.75))
        vehicle = Vehicle("newco", stakes, rounds, (), exits, 1.0)
        names = ("licensor", "newco", "founders", "usd", "cny", *(n for f in funds for n in (f.partners, f.manager)))
        upfront = Payment("upfront", "upfront", "newco", "licensor", amount_usd=3e6)
        royalty = Royalty("royalty", "royalty", "newco", "licensor", markets=self.abroad, tiers=((0.0, 0.06),))
        grant = Grant("abroad", "newco", self.abroad, self.work)
        return Structure(
            "newco",
            "newco",
            "licensor",
            self.base.plan.as_of + 60,
            tuple(Party(name, 0.1) for name in names),
            grants=(grant,),
            legs=(upfront, royalty),
            vehicle=vehicle,
            funds=funds,
        )

    def factors(self, rate: float) -> Discounts:
        value = valuation(
            self.base.value.as_of, years=self.base.value.years - 1, convention="exact", rate_per_year=rate
        )
        return Discounts(value.by_year, value.by_day)

    def run(self, structure: Structure, *, held_until: np.ndarray | None = None, rate: float = 0.1):
        case = Case(structure, {p.id: self.factors(rate) for p in structure.parties}, held_until)
        everybody = [p.id for p in structure.parties]
        before = evaluate(case, self.bases, keep=[*everybody, TAX, OUTSIDE])
        equity = Equity.of(structure, years=self.bases.years.count)
        buyers = [self.factors(leave.discount_rate_per_year) for leave in structure.vehicle.exits]
        sums = price_exits(case, self.bases, before, equity, buyers) if buyers else None
        values = exit_values(structure.vehicle, sums)
        after, found = with_equity(case, self.bases, before, equity, exit_value_usd=values)
        return case, before, after, found, values


@pytest.fixture(scope="module")
def programme() -> Programme:
    return Programme()


FUNDS = (
    Fund("usd", "usd partners", "usd manager", "USD", 0.02, 10.0, 0.08, 1.0, 0.2),
    Fund("cny", "cny partners", "cny manager", "CNY", 0.02, 7.0, 0.08, 1.0, 0.2),
)


def sale(programme: Programme) -> tuple[Exit, ...]:
    return (Exit("sale", When(link=programme.launch, lag_days=365), 0.1, cost_share=0.04),)


@pytest.mark.parametrize("funds", [(), FUNDS])
@pytest.mark.parametrize("exits", [False, True])
def test_parties_flows_sum_to_the_programmes_on_every_path(programme, funds, exits):
    structure = programme.structure(exits=sale(programme) if exits else (), funds=funds)
    _, before, after, found, values = programme.run(structure)
    total_before, total_after = (sum(out.yearly_usd.values()) for out in (before, after))
    size = 1e-9 * sum(np.abs(usd).max() for usd in after.yearly_usd.values())
    np.testing.assert_allclose(total_after, total_before, atol=size)
    assert (found.exit_at >= 0).any() == (exits and values[0] > 0)
    # Nothing stays in the vehicle's till: over its life it hands out what it has had.
    np.testing.assert_allclose(after.yearly_usd["newco"].sum(axis=1), 0, atol=10 * size)


def test_an_exit_takes_place_and_is_priced_on_the_flows_that_it_sells(programme):
    structure = programme.structure(exits=sale(programme))
    case, before, after, found, values = programme.run(structure)
    equity = Equity.of(structure, years=programme.bases.years.count)
    leaving = equity_days(case, programme.bases, before, equity).exit[0]
    ended = (leaving < programme.bases.years.bounds[-1]) & (leaving >= programme.bases.years.bounds[0])
    assert ended.any()
    assert values[0] > 0
    assert (found.exit_at == np.where(ended, 0, -1)).all()
    # By hand, path by path: flows after the day, each year's by its days, at the buyer's factors.
    bounds, factors = programme.bases.years.bounds, programme.factors(0.1)
    worth = []
    for p in np.flatnonzero(ended):
        part = np.clip((bounds[1:] - leaving[p]) / np.diff(bounds), 0, 1)
        usd = (before.yearly_usd["newco"][p] * part) @ factors.by_year[: part.size]
        worth.append(usd / factors.by_day[leaving[p] - bounds[0]])
    assert values[0] == pytest.approx(np.mean(worth), rel=1e-9)
    assert after.npv_usd["usd"].mean() > -20e6


def test_values_are_the_yearly_flows_discounted(programme):
    """At no discounting they are equal; the funds' partners and managers are worth what the fund would be."""
    _, _, after, _, _ = programme.run(programme.structure(exits=sale(programme), funds=FUNDS), rate=0.0)
    for party, usd in after.yearly_usd.items():
        if party not in ("usd", "cny"):
            np.testing.assert_allclose(after.npv_usd[party], usd.sum(axis=1), atol=1e-3)
    assert (after.npv_usd["usd"] == 0).all()


def test_a_fund_changes_nothing_for_the_others(programme):
    plain = programme.run(programme.structure(exits=sale(programme)))[2]
    through = programme.run(programme.structure(exits=sale(programme), funds=FUNDS))[2]
    for party in ("licensor", "founders", OUTSIDE, TAX):
        assert (plain.npv_usd[party] == through.npv_usd[party]).all()
    behind = through.yearly_usd["usd partners"] + through.yearly_usd["usd manager"]
    np.testing.assert_allclose(behind, plain.yearly_usd["usd"], atol=0.01)


def test_a_contract_that_ends_at_once_calls_no_tranche_after_it(programme):
    ends = np.full(PATHS, programme.base.plan.as_of + 30, dtype=np.int32)
    found = programme.run(programme.structure(exits=sale(programme)), held_until=ends)[3]
    assert (found.exit_at == -1).all()
    assert found.paid_usd["usd"].sum() == 0
    never = np.full(PATHS, NEVER, dtype=np.int32)
    assert (programme.run(programme.structure(), held_until=never)[3].paid_usd["usd"] >= 10e6 - 1).any()
