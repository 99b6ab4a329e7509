"""The deterministic value: published numbers, parts that sum, and the mean of what runs already."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.core.distributions import fixed, lognormal, triangular, uniform
from onepill.workbench.results.deterministic import deterministic_value, mean_given
from tests.workbench.passports import assembled, text_of
from tests.workbench.sheets import EXAMPLES, example_text, valued


def test_paul_2010_costs_873_million_dollars_a_launch_out_of_pocket() -> None:
    """Nothing but success is uncertain there, so that the deterministic cost is the expected one."""
    found = deterministic_value(assembled(text_of("paul_2010")).plan)
    spent = -sum(cash.sum() for cash, _ in found.yearly.values())
    gates = [dict(a.gate.outcomes)["succeeded"] for a in found.plan.activities if a.gate]
    assert round(spent / float(np.prod(gates)) / 1e6) == 873


@pytest.mark.parametrize("name", EXAMPLES)
def test_markets_items_and_years_each_sum_to_the_value(name: str) -> None:
    found = valued(example_text(name)).value
    assert sum(found.by_market.values()) == pytest.approx(found.rnpv_usd, rel=1e-9)
    assert sum(found.by_item.values()) == pytest.approx(found.rnpv_usd, rel=1e-9)
    assert sum(discounted.sum() for _, discounted in found.yearly.values()) == pytest.approx(found.rnpv_usd, rel=1e-9)


def test_what_runs_already_has_the_mean_of_what_it_may_still_be() -> None:
    assert mean_given(uniform(10, 20), 0) == 15
    assert mean_given(uniform(10, 20), 16) == pytest.approx(18)
    assert mean_given(uniform(10, 20), 25) == 25
    assert mean_given(fixed(10), 12) == 12
    drawn = lognormal(100, 400).quantile((np.arange(400_000) + 0.5) / 400_000)
    assert mean_given(lognormal(100, 400), 250) == pytest.approx(drawn[drawn > 250].mean(), rel=2e-3)


@given(st.floats(0, 40))
def test_the_remaining_mean_rises_with_the_time_elapsed(elapsed: float) -> None:
    spread = triangular(10, 15, 30)
    assert elapsed <= mean_given(spread, elapsed) <= max(30, elapsed) + 1e-9
    assert mean_given(spread, elapsed) <= mean_given(spread, elapsed + 1) + 1e-6
