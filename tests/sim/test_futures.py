"""Single futures add up to what the kernel sums."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from onepill.core.dates import NEVER
from onepill.model import load_programme
from onepill.rulebook import load_rulebook
from onepill.sim import CompiledPlan, compile_plan, futures, run
from onepill.workbench.plan.assemble import assemble
from onepill.workbench.plan.fill import fill

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module", params=["tunlametinib.yaml", "adc_shanghai.yaml"])
def compiled(request: pytest.FixtureRequest) -> CompiledPlan:
    text = (EXAMPLES / request.param).read_text()
    return compile_plan(assemble(fill(load_programme(text).programme, load_rulebook())).plan)


def test_a_stretch_of_paths_is_the_same_as_in_a_whole_run(compiled: CompiledPlan) -> None:
    whole, part = run(compiled, draws=3_000, seed=7, trace=3_000), futures(compiled, draws=900, seed=7, first=1_024)
    assert np.array_equal(whole.trace.start[:, 1_024:1_924], part.start)
    assert np.array_equal(whole.trace.finish[:, 1_024:1_924], part.finish)
    assert np.array_equal(whole.amounts.scale[:, 1_024:1_924], part.scale)
    assert np.array_equal(whole.amounts.cost_usd[:, 1_024:1_924], part.cost_usd)


def test_chunks_make_no_difference(compiled: CompiledPlan) -> None:
    whole = futures(compiled, draws=2_500, seed=3)
    parts = [futures(compiled, draws=min(1_024, 2_500 - at), seed=3, first=at) for at in range(0, 2_500, 1_024)]
    assert np.array_equal(whole.launch_cost_usd, np.concatenate([part.launch_cost_usd for part in parts], axis=1))


def test_milestone_days_are_those_of_the_run(compiled: CompiledPlan) -> None:
    results, found = run(compiled, draws=2_000, seed=5), futures(compiled, draws=2_000, seed=5)
    for name, link in compiled.plan.milestones:
        assert np.array_equal(results.days_of(name), np.minimum(found.days(link), NEVER)), name


def test_launch_costs_and_sales_add_up_to_the_yearly_means(compiled: CompiledPlan) -> None:
    results, found = run(compiled, draws=4_000, seed=2), futures(compiled, draws=4_000, seed=2)
    plan, cash = compiled.plan, dict[str, float]()
    for m, market in enumerate(plan.markets):
        if market.launch_cost is not None:
            told = results.yearly[(market.id + ".launch_cost", market.party)][0].sum()
            assert found.launch_cost_usd[m].mean() == pytest.approx(told, rel=1e-9)
        if market.ends_on:
            continue
        rows, launched = found.launch_days(market) - market.first_day, found.scale[m] != 0
        own = found.scale[m][launched] @ market.cash[rows[launched]].sum(axis=1) / found.paths
        whole = market.part_of or market.id
        cash[whole] = cash.get(whole, 0.0) + own
    for market in (market for market in plan.markets if market.id in cash):
        told = results.yearly.get((market.id, market.party), (np.zeros(1),))[0].sum()
        assert cash[market.id] == pytest.approx(told, rel=1e-9, abs=1e-6)


def test_costs_add_up_to_the_yearly_means_where_none_is_sunk(compiled: CompiledPlan) -> None:
    results, found = run(compiled, draws=4_000, seed=2), futures(compiled, draws=4_000, seed=2)
    items: dict[str, float] = {}
    for row, (a, cost) in enumerate(found.costs):
        happens = found.outcome[a] >= 0
        if cost.income or (found.start[a][happens] < compiled.plan.as_of).any():
            items[cost.item] = float("nan")
            continue
        items[cost.item] = items.get(cost.item, 0.0) + float(found.cost_usd[row].mean())
    told = {item: cash.sum() for (item, _), (cash, _) in results.yearly.items()}
    compared = {item: usd for item, usd in items.items() if not np.isnan(usd) and usd}
    assert compared
    for item, usd in compared.items():
        assert usd == pytest.approx(told[item], rel=1e-9), item
