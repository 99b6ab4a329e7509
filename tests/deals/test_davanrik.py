"""Merck and LAB, "Davanrik" (Ruback and Krieger, Harvard Business School case 9-201-023): a licence with milestones
and a royalty on three ways to the market, run through the plan and the deal engine.

Amounts are present values in US dollars, hence all is discounted at nothing. Costs include what goes to LAB, inflows
are net of its royalty of 5 %. The value of 13.98 million, the standard deviation of 252.55 million and the chance of
85.45 % of no product are in published solutions of the case (englishtest.info, K503 group 7; studymode.com 612311).
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from onepill.core.distributions import fixed
from onepill.deals import Bases, Case, Timeline, Years, evaluate
from onepill.deals.inputs import Discounts, MarketTerms, Party, Payment, Royalty, Structure, When
from onepill.sim import compile_plan, futures
from onepill.sim.checks import outcome_names
from onepill.sim.plan import STARTED, Activity, Cost, Draw, Gate, Link, Market, Plan

AS_OF = date(2000, 1, 3).toordinal()
YEARS = 3
MUSD = 1e6
TRIALS = {
    "phase_1": (None, 30, 5, (("succeeded", 0.6), ("failed", 0.4))),
    "phase_2": (
        Link("phase_1"),
        40,
        2.5,
        (("depression", 0.1), ("weight", 0.15), ("both", 0.05), ("failed", 0.7)),
    ),
    "phase_3_depression": (Link("phase_2", "depression"), 200, 20, (("depression", 0.85), ("failed", 0.15))),
    "phase_3_weight": (Link("phase_2", "weight"), 150, 10, (("weight", 0.75), ("failed", 0.25))),
    "phase_3_both": (
        Link("phase_2", "both"),
        500,
        40,
        (("both", 0.7), ("depression", 0.15), ("weight", 0.05), ("failed", 0.1)),
    ),
}
"""What each trial follows, its cost with the payment to LAB, that payment, and its outcomes."""
LAUNCHES = {"depression": (250, 1_200), "weight": (100, 345), "both": (400, 2_250)}
"""The cost of a launch and the present value of what comes in net of the royalty."""
ROYALTY = 0.05


def davanrik() -> Plan:
    activities, markets = [], []
    for name, (after, cost, to_lab, outcomes) in TRIALS.items():
        spent = Cost(Draw(f"{name}.cost", fixed((cost - to_lab) * MUSD)), name, "start")
        links = (after,) if after else ()
        gate, days = Gate(f"{name}.success", outcomes), Draw(f"{name}.days", fixed(7.0))
        first = None if after else AS_OF
        activities.append(Activity(name, after=links, not_before=first, duration=days, gate=gate, costs=(spent,)))
        if name.startswith("phase_3"):
            markets += [_market(name, outcome) for outcome, _ in outcomes if outcome != "failed"]
    ones = np.ones(date(2000 + YEARS, 1, 1).toordinal() - AS_OF), np.ones(YEARS)
    return Plan(AS_OF, tuple(activities), tuple(markets), *ones)


def _market(trial: str, outcome: str) -> Market:
    """All sales in the year of the launch."""
    cost, inflow = LAUNCHES[outcome]
    sales = np.zeros((360, YEARS))
    sales[:, 0] = inflow / (1 - ROYALTY) * MUSD
    launch_cost = Draw(f"{trial}.{outcome}.launch", fixed(cost * MUSD))
    tables = (sales, sales, sales)
    return Market(f"{trial}:{outcome}", Link(trial, outcome), (), AS_OF, *tables, launch_cost=launch_cost)


def licence(plan: Plan) -> Structure:
    milestones = tuple(
        Payment(name, "milestone", "merck", "lab", amount_usd=to_lab * MUSD, when=When(link=Link(name, STARTED)))
        for name, (_, _, to_lab, _) in TRIALS.items()
    )
    royalty = Royalty(
        "royalty", "royalty", "merck", "lab", markets=tuple(m.id for m in plan.markets), tiers=((0.0, ROYALTY),)
    )
    parties = (Party("merck", 0.0), Party("lab", 0.0))
    return Structure("davanrik", "licence", "merck", AS_OF, parties, "end_year", legs=(*milestones, royalty))


class Tree:
    """The licence on 20,000 paths, and the case's own chance of each way through the trials."""

    def __init__(self) -> None:
        plan = davanrik()
        self.paths = futures(compile_plan(plan), draws=20_000, seed=1)
        bases = Bases(Timeline.of(self.paths), tuple(MarketTerms(m.id, 0, 0, 0) for m in plan.markets), Years.of(plan))
        none = Discounts(plan.discount_by_year, plan.discount_by_day)
        self.outcome = evaluate(Case(licence(plan), dict.fromkeys(("merck", "lab"), none)), bases)
        self.ways, self.first, self.way = np.unique(self.paths.outcome, axis=1, return_index=True, return_inverse=True)
        self.prob = np.array([self._prob(way) for way in self.ways.T])

    def _prob(self, way: np.ndarray) -> float:
        chance = 1.0
        for activity, outcome in zip(self.paths.plan.activities, way, strict=True):
            if outcome >= 0:
                chance *= activity.gate.prob(outcome_names(activity)[outcome])
        return chance

    def values(self, party: str) -> np.ndarray:
        """What each way is worth to a party, in millions; on all its paths alike."""
        npv = self.outcome.npv_usd[party] / MUSD
        assert np.ptp(npv - npv[self.first][self.way.ravel()]) == 0
        return npv[self.first]

    def happens(self, trial: str) -> np.ndarray:
        return self.ways[list(TRIALS).index(trial)] >= 0

    def mean(self, party: str, given: np.ndarray | None = None) -> float:
        prob = self.prob if given is None else self.prob * given
        return float(self.values(party) @ prob / prob.sum())


@pytest.fixture(scope="module")
def tree() -> Tree:
    return Tree()


def test_published_davanrik_every_way_is_met_and_has_its_chance(tree):
    assert tree.ways.shape[1] == 10
    assert tree.prob.sum() == pytest.approx(1, abs=1e-12)
    counted = np.bincount(tree.way.ravel()) / tree.paths.paths
    error = np.sqrt(tree.prob * (1 - tree.prob) / tree.paths.paths)
    assert (np.abs(counted - tree.prob) < 4.5 * error).all()


@pytest.mark.parametrize(
    ("trial", "spent_before", "value"),
    [
        ("phase_3_depression", 70, 607.5),
        ("phase_3_weight", 70, 33.75),
        ("phase_3_both", 70, 949.75),
        ("phase_2", 30, 73.30),
    ],
)
def test_published_davanrik_nodes(tree, trial, spent_before, value):
    """The value to Merck where a trial begins, given that it does."""
    assert tree.mean("merck", tree.happens(trial)) + spent_before == pytest.approx(value, abs=0.005)


def test_published_davanrik_value_to_merck(tree):
    assert tree.mean("merck") == pytest.approx(13.98, abs=0.005)


def test_published_davanrik_standard_deviation(tree):
    spread = np.sqrt(tree.prob @ (tree.values("merck") - tree.mean("merck")) ** 2)
    assert spread == pytest.approx(252.55, abs=0.005)


def test_published_davanrik_no_product(tree):
    nothing = ~(tree.paths.scale[:, tree.first] > 0).any(axis=0)
    assert tree.prob[nothing].sum() == pytest.approx(0.8545, abs=1e-12)
    assert (tree.values("merck")[nothing] < 0).all()


def test_published_davanrik_value_to_lab(tree):
    """9.8 of milestones and 7.25 of royalty: 17.05 of a pie of 31.03, 55 %."""
    given = {
        name: sum(usd.sum() for key, usd in tree.outcome.flows_usd.items() if key.item == name and key.party == "lab")
        for name in (*TRIALS, "royalty")
    }
    assert given["phase_1"] == 5 * MUSD
    milestones = sum(to_lab * tree.prob[tree.happens(name)].sum() for name, (_, _, to_lab, _) in TRIALS.items())
    assert milestones == pytest.approx(9.8, abs=0.005)
    assert tree.mean("lab") - milestones == pytest.approx(7.25, abs=0.005)
    assert tree.mean("lab") == pytest.approx(17.05, abs=0.005)
    pie = tree.mean("lab") + tree.mean("merck")
    assert pie == pytest.approx(31.03, abs=0.005)
    assert tree.mean("lab") / pie == pytest.approx(0.55, abs=0.005)


def test_davanrik_simulated_means_are_within_their_errors(tree):
    for party in ("merck", "lab"):
        npv = tree.outcome.npv_usd[party] / MUSD
        assert abs(npv.mean() - tree.mean(party)) < 4 * npv.std() / np.sqrt(npv.size)
