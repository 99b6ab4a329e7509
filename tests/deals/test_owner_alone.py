"""Without a contract the owner has the plan's own value, path by path."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from onepill.deals import Bases, Case, ContractDays, Timeline, Years, evaluate
from onepill.deals.inputs import Discounts, Option, Party, Structure, When
from onepill.model import load_programme
from onepill.rulebook import load_rulebook
from onepill.sim import compile_plan, futures, run
from onepill.sim.plan import Link
from onepill.workbench.deals.structure import market_terms
from onepill.workbench.plan.assemble import Assembled, assemble
from onepill.workbench.plan.fill import fill
from tests.deals.contracts import chancy_plan, contract, day, make_bases

EXAMPLES = Path(__file__).parents[2] / "examples"
DRAWS = 2_000


def assembled(name: str, convention: str) -> Assembled:
    programme = load_programme((EXAMPLES / name).read_text(encoding="utf-8")).programme
    capital = programme.capital.model_copy(update={"convention": convention})
    return assemble(fill(programme.model_copy(update={"capital": capital}), load_rulebook()))


def values(base: Assembled) -> tuple[np.ndarray, np.ndarray]:
    """(of the engine of deals, of the plan's own run) by path."""
    plan, compiled = base.plan, compile_plan(base.plan)
    bases = Bases(Timeline.of(futures(compiled, draws=DRAWS, seed=5)), market_terms(base), Years.of(plan))
    alone = Structure("alone", "alone", "owner", plan.as_of, (Party("owner", 0.1),))
    factors = {"owner": Discounts(plan.discount_by_year, plan.discount_by_day)}
    return evaluate(Case(alone, factors), bases).npv_usd["owner"], run(compiled, draws=DRAWS, seed=5).npv_usd["owner"]


@pytest.mark.parametrize("name", ["tunlametinib.yaml", "adc_shanghai.yaml"])
@pytest.mark.parametrize("convention", ["mid_year", "end_year"])
def test_the_owner_alone_has_the_plans_value_on_every_path(name: str, convention: str) -> None:
    found, expected = values(assembled(name, convention))
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-3)


@pytest.mark.parametrize("convention", ["exact", "continuous"])
def test_by_days_the_owner_alone_is_close(convention: str) -> None:
    """Here a year's sales count at the year's factor, in the plan at the one in the middle of its days on the market:
    half a launch year apart at most, 5 % of that year's profit at 10 %.
    """
    found, expected = values(assembled("tunlametinib.yaml", convention))
    assert np.abs(found - expected).max() < 2e-3 * np.abs(expected).max()
    assert found.mean() == pytest.approx(expected.mean(), rel=1e-3)


def test_a_sharing_of_bases_by_structures_changes_nothing() -> None:
    """The second structure on the same bases, and the first one again, are what they are alone."""
    bases = make_bases(chancy_plan(), draws=50)
    factors = {"owner": Discounts(bases.plan.discount_by_year, bases.plan.discount_by_day)}
    first, second = (Case(replace(contract(), id=id_), factors) for id_ in ("first", "second"))
    before = evaluate(first, bases).npv_usd["owner"].copy()
    with pytest.raises(ValueError, match="read-only"):
        evaluate(second, bases).npv_usd["owner"][:] = 0.0
    assert np.array_equal(evaluate(first, bases).npv_usd["owner"], before)


def test_days_of_terms_by_hand() -> None:
    """The latest of its parts plus its lag; one that does not come makes all of it NEVER."""
    bases = make_bases(chancy_plan(), draws=200)
    option = Option("o", "partner", When(link=Link("trial")))
    held = np.full(200, day("2025-12-01"), dtype=np.int32)
    days = ContractDays.of(contract(options=(option,)), bases.timeline.futures, held)
    trial = bases.timeline.futures.days(Link("trial"))
    never = 2**30
    assert np.array_equal(days.exercised["o"], np.where(trial < held, trial, never))
    later = days.of_when(When(day=day("2025-06-01"), link=Link("trial"), lag_days=10))
    assert np.array_equal(later, np.where(trial < never, np.maximum(trial, day("2025-06-01")) + 10, never))
    assert (days.of_when(When()) == contract().signed).all()
    assert (days.of_when(When(option="termination")) == held).all()
