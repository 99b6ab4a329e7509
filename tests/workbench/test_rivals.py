"""Rivals on the simulated futures: against the exact mean, on draws of their own, for every reader of the paths."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from onepill.access import CAME, patients_treated
from onepill.core.dates import NEVER
from onepill.deals import Bases, Case, Timeline, Years, evaluate
from onepill.deals.inputs import Discounts, Party, Structure
from onepill.sim import compile_plan, futures, run
from onepill.sim.plan import Link, Plan, without_rivals
from onepill.workbench.deals.structure import market_terms
from onepill.workbench.operations import operation
from onepill.workbench.plan.assemble import Assembled
from onepill.workbench.results.deterministic import at_means
from onepill.workbench.results.patients import days_of, patients_by_path
from onepill.workbench.results.rows_value import _by_kind, _levers, tornado_rows, unsourced_streams
from onepill.workbench.results.simulate import simulate
from tests.workbench.passports import assembled, text_of

DRAWS = 20_000
ONE = "{name: first, delay: {low: 3 years, mode: 5 years, high: 9 years}, prob: 0.5}"
TWO = f"{ONE}, {{day: 2031-03-01, prob: 0.7}}, {{delay: 6 years, count: 2, prob: 0.3}}"


def file_with(entrants: str, markets: tuple[str, ...] = ("US", "JP"), name: str = "tunlametinib") -> str:
    """An example with a class and rivals to come in some of its markets; the United States' have payer states."""
    head, tail = text_of(name).split("\nmarkets:\n", 1)
    for market in markets:
        block = f"\n  {market}:\n    competition: {{in_class: 1, entrants: [{entrants}]}}\n"
        tail = f"\n{tail}".replace(f"\n  {market}:\n", block, 1)[1:]
    return f"{head}\nmarkets:\n{tail}"


@cache
def base_of(entrants: str, markets: tuple[str, ...] = ("US", "JP")) -> Assembled:
    return assembled(file_with(entrants, markets))


def owner(plan: Plan, draws: int = DRAWS, **more: Any) -> np.ndarray:
    return run(compile_plan(plan), draws=draws, seed=5, **more).npv_usd["owner"]


# Against the exact mean


@pytest.mark.parametrize("entrants", [ONE, TWO])
def test_the_mean_is_the_exact_one_over_rivals_and_the_spread_is_wider(entrants: str) -> None:
    """On the same futures, so that the error is that of the difference; the mean is that of `share_steps`."""
    plan = base_of(entrants).plan
    drawn, mean = owner(plan), owner(without_rivals(plan))
    lost = drawn - mean
    assert abs(lost.mean()) <= 4 * lost.std() / np.sqrt(DRAWS)
    assert lost.std() > 0.01 * mean.std()
    assert drawn.std() > mean.std()


def test_years_and_markets_add_up_to_the_value_of_the_paths() -> None:
    found = run(compile_plan(base_of(TWO).plan), draws=DRAWS, seed=5)
    total = float(found.npv_usd["owner"].mean())
    assert sum(found.by_market("owner").values()) == pytest.approx(total, rel=1e-9)


def test_what_is_deterministic_stands_at_the_mean_and_draws_no_rival() -> None:
    plan = at_means(base_of(TWO).plan)
    assert not [activity.id for activity in plan.activities if ".rivals." in activity.id]
    assert all(market.sharing is None for market in plan.markets)


# Draws of their own


def days(plan: Plan, rival: str) -> np.ndarray:
    return days_of(run(compile_plan(plan), draws=2_000, seed=5, trace=2_000), Link(rival, CAME))


def test_one_more_rival_moves_nobody_elses_draws() -> None:
    """A named one keeps its draws wherever it stands in the list; milestones and costs stay to the bit."""
    one = base_of(ONE).plan
    more = assembled(file_with(f"{{name: other, delay: {{low: 1 years, high: 4 years}}}}, {ONE}")).plan
    assert np.array_equal(days(one, "us.rivals.first"), days(more, "us.rivals.first"))
    before, after = (run(compile_plan(plan), draws=2_000, seed=5) for plan in (one, more))
    assert np.array_equal(before.milestone_days, after.milestone_days)
    development = [found.by_market("owner")["development"] for found in (before, after)]
    assert development[0] == development[1]


def test_who_believes_in_another_chance_sees_the_same_rivals_on_the_same_days() -> None:
    """The likelier rival comes wherever the less likely one does, and then on the same day."""
    few, many = (days(base_of(text).plan, "us.rivals.first") for text in (ONE, ONE.replace("0.5", "0.8")))
    both = few < NEVER
    assert np.array_equal(few[both], many[both])
    assert 0.25 < ((many < NEVER) & ~both).sum() / (many < NEVER).sum() < 0.5, "0.3 of 0.8"


def test_who_comes_and_when_is_as_the_file_says() -> None:
    found = run(compile_plan(base_of(ONE, ("CN",)).plan), draws=DRAWS, seed=5, trace=DRAWS)
    came = days_of(found, Link("cn.rivals.first", CAME))
    share = (came < NEVER).mean()
    assert share == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(DRAWS))
    counts = np.unique(came[came < NEVER], return_counts=True)[1]
    assert counts.size == 12
    assert counts.max() / counts.min() < 1.35, "twelve equally likely days of some 830 paths each"


# Every reader of the paths


def test_neither_chunks_nor_threads_change_a_bit() -> None:
    base = base_of(TWO)
    compiled = compile_plan(base.plan)
    whole = run(compiled, draws=DRAWS, seed=5)
    parted = run(compiled, draws=DRAWS, seed=5, threads=2, chunk=8_192)
    assert np.array_equal(whole.npv_usd["owner"], parted.npv_usd["owner"])
    assert {key: rows[0].tolist() for key, rows in whole.yearly.items()} == {
        key: rows[0].tolist() for key, rows in parted.yearly.items()
    }
    later = run(compiled, draws=1_024, seed=5, first=8_192)
    assert np.array_equal(later.npv_usd["owner"], whole.npv_usd["owner"][8_192:9_216])
    stretches = [futures(compiled, draws=1_024, seed=5, first=at) for at in range(0, 4_096, 1_024)]
    link = Link("us.rivals.first", CAME)
    together = futures(compiled, draws=4_096, seed=5).days(link)
    assert np.array_equal(np.concatenate([found.days(link) for found in stretches]), together)


@pytest.mark.parametrize("convention", ["mid_year", "end_year"])
def test_in_the_engine_of_deals_the_owner_alone_has_the_plans_value_on_every_path(convention: str) -> None:
    text = file_with(TWO, ("US", "JP", "CN")).replace("convention: mid_year", f"convention: {convention}")
    base = assembled(text)
    plan, compiled = base.plan, compile_plan(base.plan)
    bases = Bases(Timeline.of(futures(compiled, draws=1_000, seed=5)), market_terms(base), Years.of(plan))
    alone = Structure("alone", "alone", "owner", plan.as_of, (Party("owner", 0.1),))
    factors = {"owner": Discounts(plan.discount_by_year, plan.discount_by_day)}
    found = evaluate(Case(alone, factors), bases).npv_usd["owner"]
    np.testing.assert_allclose(found, owner(plan, 1_000), rtol=1e-9, atol=1e-3)


def test_patients_of_a_path_are_those_whom_its_rivals_leave() -> None:
    """In the mean over paths what the formula of the mean says, and not so on each."""
    base = base_of(TWO, ("JP",))
    found = run(compile_plan(base.plan), draws=4_000, seed=5, trace=4_000)
    (given,) = (market for market in base.markets if market.id == "jp")
    assert given.competition is not None
    launch = days_of(found, given.launch)
    horizon = base.plan.as_of + base.plan.discount_by_day.size
    came = np.array([days_of(found, Link(rival.id, CAME)) for rival in given.competition.rivals])
    drawn = patients_treated(given, launch, first=base.plan.as_of, end=horizon, came=came)
    mean = patients_treated(given, launch, first=base.plan.as_of, end=horizon)
    lost = (drawn - mean)[launch < NEVER]
    assert lost.std() > 0
    assert abs(lost.mean()) <= 4 * lost.std() / np.sqrt(lost.size)
    assert patients_by_path(base, found).shape == (4_000,)


def test_without_rivals_the_plan_has_nothing_of_them() -> None:
    plan = assembled(text_of("tunlametinib")).plan
    assert all(market.sharing is None for market in plan.markets)
    assert without_rivals(plan).activities == plan.activities


# What is shown


def test_the_tornado_moves_chances_and_days_of_rivals_under_their_own_names() -> None:
    base = base_of(TWO)
    runs = simulate(base.plan, draws=8_192, seed=1, threads=1)
    levers = [lever for lever in _levers(base) if lever.is_rival]
    rows = {row["path"]: row for row in tornado_rows(base, runs, levers, seed=1)}
    inner = "markets.us.competition.entrants"
    assert {f"{inner}.0.prob", f"{inner}.0.delay", f"{inner}.1.prob", f"{inner}.2.delay", f"{inner}.2.prob"} <= set(
        rows
    )
    chance, delay, fixed = (rows[f"{inner}.{name}"] for name in ("0.prob", "0.delay", "2.delay"))
    assert chance["low_usd"] > chance["high_usd"], "the likelier the rival, the less is left"
    assert (chance["low_value"], chance["high_value"]) == pytest.approx((0.4, 0.6))
    assert delay["low_usd"] < delay["high_usd"], "a later rival leaves more"
    assert fixed["low_usd"] < fixed["high_usd"]
    assert fixed["convention"] == "±20 %"
    assert chance["label"] == {"en": "US: rival first, chance to come", "zh": "US：竞品first，上市概率"}


def test_rivals_without_a_source_are_part_of_what_rests_on_assumptions() -> None:
    base = base_of(TWO)
    told = set(unsourced_streams(base, base.filled.ledger))
    assert {"us.rivals.first.prob", "us.rivals.first.delay", "us.rivals.2.prob", "us.rivals.3.2.prob"} <= told
    kinds = _by_kind(base)
    assert "us.rivals.first.delay" in kinds["market"]
    assert not [name for kind in ("chance", "time") for name in kinds[kind] if ".rivals." in name]


def test_value_shows_what_rivals_are_at_stake_on_the_same_futures() -> None:
    found = operation("value")
    asked = {"text": file_with(TWO), "file": "t.yaml", "draws": 4_000, "seed": 1, "threads": 1}
    document = dict(found.ask(found.question.model_validate(asked)))
    assert document["rivals_difference_usd"]["none"]["mean"] > 0 > document["rivals_difference_usd"]["all"]["mean"]
