"""The bench of the deal engine measures structures that the example's paths can bear, and measures what is right."""

from __future__ import annotations

import numpy as np
import pytest

from bench.deals import make_licence, make_setting, make_structures
from onepill.core.dates import NEVER
from onepill.deals import Case, evaluate
from tests.deals.test_conservation import assert_same
from tests.deals.twin import evaluate_slowly

PATHS = 500
SETTING = make_setting(PATHS)
STRUCTURES = make_structures(make_licence(SETTING.bases.plan.as_of))


@pytest.mark.parametrize("name", STRUCTURES)
def test_every_structure_of_the_bench_moves_money(name: str) -> None:
    found = evaluate(Case(STRUCTURES[name], SETTING.discounts), SETTING.bases)
    assert found.npv_usd["partner"].shape == (PATHS,)
    assert found.npv_usd["partner"].std() > 0


@pytest.mark.parametrize("ends", [False, True])
@pytest.mark.parametrize("name", STRUCTURES)
def test_every_structure_of_the_bench_is_what_plain_arrays_make_of_it(name: str, ends: bool) -> None:
    """On a programme whose markets have profits of their own, with grants of whole markets and of parts of them."""
    drawn = np.random.default_rng(1).random(PATHS)
    held = np.where(drawn < 0.2, SETTING.bases.plan.as_of + 400 + 8_000 * drawn, NEVER).astype(np.int32)
    case = Case(STRUCTURES[name], SETTING.discounts, held_until=held if ends else None)
    assert_same(evaluate(case, SETTING.bases), evaluate_slowly(case, SETTING.bases))
