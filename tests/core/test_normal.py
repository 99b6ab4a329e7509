"""The standard normal from the standard library against scipy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from onepill.core.normal import ndtr, ndtri

# Both are good to a few units in the last place; 1e-13 leaves room for that and for nothing else.
CLOSE = 1e-13


def test_quantiles_are_scipys_from_the_far_tails_to_the_middle() -> None:
    probs = np.concatenate((2.0 ** -np.arange(1, 60), 1 - 2.0 ** -np.arange(1, 50), np.linspace(0.001, 0.999, 999)))
    assert ndtri(probs) == pytest.approx(special.ndtri(probs), rel=CLOSE, abs=CLOSE)


def test_cumulative_probabilities_are_scipys() -> None:
    z = np.linspace(-8, 8, 1001)
    assert ndtr(z) == pytest.approx(special.ndtr(z), rel=1e-12)  # the far tail of erfc differs in its last digits


def test_certain_and_impossible_are_infinitely_far() -> None:
    assert ndtri([0.0, 1.0]).tolist() == [-np.inf, np.inf]


def test_published_points_of_abramowitz_and_stegun_table_26_5() -> None:
    assert ndtri([0.9, 0.95, 0.975, 0.99]) == pytest.approx([1.28155, 1.64485, 1.95996, 2.32635], abs=5e-6)
