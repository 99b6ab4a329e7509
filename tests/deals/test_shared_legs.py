"""What legs owe in proportion to a share is kept for further structures, and only for those that it is true of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from onepill.core.dates import NEVER
from onepill.deals import Bases, Case, evaluate
from onepill.deals.inputs import (
    CostShare,
    Funding,
    Leg,
    Option,
    Party,
    ProfitShare,
    SalesMilestone,
    Structure,
    Supply,
    When,
    Window,
)
from onepill.sim.plan import Link
from tests.deals.contracts import AS_OF, OWNER, PARTNER, chancy_plan, chancy_terms, contract, discounts, make_bases
from tests.deals.test_conservation import assert_same
from tests.deals.twin import evaluate_slowly

PATHS = 300
PROFIT = ProfitShare("p", "profit", OWNER, PARTNER, withholding_share=0.1, markets=("home", "abroad"), share=0.4)
COSTS = CostShare("c", "cost", OWNER, PARTNER, activities=("late", "filing"), share=0.3)
GOODS = Supply("s", "supply", OWNER, PARTNER, markets=("abroad",), share_of_sales=0.2, cost_share_of_sales=0.1)
SALES = SalesMilestone(
    "m", "milestone", PARTNER, OWNER, 0.1, markets=("home", "abroad"), amount_usd=5e6, threshold_usd=3e7
)
FUNDS = Funding("f", "funding", PARTNER, OWNER, usd_per_year=1e6, window=Window(until=When(link=Link("trial"))))
OPTION = Option("o", PARTNER, When(link=Link("trial")), 0.6)


@pytest.fixture
def bases() -> Bases:
    return make_bases(chancy_plan(), *chancy_terms(), draws=PATHS)


def posed(*legs: Leg, rate: float = 0.06, options: tuple[Option, ...] = (OPTION,), **parts: object) -> Case:
    own = {OWNER: discounts(0.1), PARTNER: discounts(rate)}
    ending = {"held_until": parts.pop("held_until", None)}
    return Case(contract(*legs, options=options, **parts), own, **ending)  # type: ignore[arg-type]


def kept(bases: Bases) -> list[object]:
    found = bases.kept["legs"]
    assert isinstance(found, dict)
    return [leg for leg in found.values() if leg is not None]


def test_a_leg_is_kept_from_its_second_structure_on_and_found_with_another_share(bases: Bases) -> None:
    counts = []
    for factor in (1.0, 1.1, 0.7):
        legs = (replace(PROFIT, share=factor * 0.4), replace(SALES, amount_usd=factor * 5e6))
        case = posed(*legs)
        assert_same(evaluate(case, bases), evaluate_slowly(case, bases))
        counts.append(kept(bases))
    assert [len(found) for found in counts] == [0, 2, 2]
    assert all(one is other for one, other in zip(counts[1], counts[2], strict=True))


def test_what_a_kept_leg_hangs_on_is_told_apart(bases: Bases) -> None:
    """One thing changed at a time, each on bases that have known all before for two structures: as the twin has it."""
    ending = np.where(np.arange(PATHS) % 3, NEVER, AS_OF.toordinal() + 900).astype(np.int32)
    late, fixed = Window(When(option="o")), Window(until=When(day=AS_OF.toordinal() + 2_000))
    taxed = (Party(OWNER, 0.1), Party(PARTNER, 0.1, 0.2))
    cases = [
        posed(PROFIT, COSTS, GOODS),
        posed(PROFIT, COSTS, GOODS, rate=0.12),
        posed(replace(PROFIT, withholding_share=0.0)),
        posed(replace(PROFIT, payer=PARTNER, payee=OWNER)),
        posed(replace(PROFIT, markets=("abroad",)), replace(COSTS, activities=("late",))),
        posed(replace(GOODS, share_of_sales=0.05)),
        posed(replace(GOODS, share_of_sales=0.1), replace(PROFIT, share=0.0)),
        *(posed(replace(PROFIT, window=w), replace(COSTS, window=w), replace(GOODS, window=w)) for w in (late, fixed)),
        posed(replace(PROFIT, window=late), options=(replace(OPTION, exercise_prob=0.3),)),
        posed(replace(COSTS, cap_usd=5e6)),
        posed(SALES, FUNDS),
        posed(replace(SALES, threshold_usd=6e7), replace(FUNDS, usd_per_year=-2e6)),
        posed(replace(SALES, every_year=True, measure="cumulative"), replace(FUNDS, window=late)),
        posed(PROFIT, COSTS, held_until=ending),
        posed(PROFIT, COSTS, held_until=ending + 30),
        posed(PROFIT, COSTS, signed=AS_OF.toordinal() + 700),
        posed(PROFIT, COSTS, parties=taxed),
        posed(PROFIT, COSTS, GOODS),
    ]
    for case in [*cases, *cases, *cases]:
        assert_same(evaluate(case, bases), evaluate_slowly(case, bases))
    assert kept(bases)


def test_kept_legs_take_no_more_room_than_the_sales(bases: Bases) -> None:
    def of_day(day: int) -> Structure:
        return contract(replace(PROFIT, window=Window(When(day=AS_OF.toordinal() + day))))

    for day in range(1, 61):
        for _ in range(2):
            evaluate(Case(of_day(day), {OWNER: discounts(0.1), PARTNER: discounts(0.06)}), bases)
    assert 1 <= len(kept(bases)) < 60
    assert sum(one.bytes for one in kept(bases)) <= bases.sales.nbytes  # type: ignore[attr-defined]
