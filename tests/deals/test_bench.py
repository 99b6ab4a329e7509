"""The bench of the deal engine measures structures that the example's paths can bear."""

from __future__ import annotations

import pytest

from bench.deals import make_licence, make_setting, make_structures
from onepill.deals import Case, evaluate

PATHS = 500
SETTING = make_setting(PATHS)
STRUCTURES = make_structures(make_licence(SETTING.bases.plan.as_of))


@pytest.mark.parametrize("name", STRUCTURES)
def test_every_structure_of_the_bench_moves_money(name: str) -> None:
    found = evaluate(Case(STRUCTURES[name], SETTING.discounts), SETTING.bases)
    assert found.npv_usd["partner"].shape == (PATHS,)
    assert found.npv_usd["partner"].std() > 0
