"""The root of a rising function."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.stats.roots import rising_root


@given(st.floats(-5, 5), st.floats(0.1, 5), st.floats(0, 3), st.floats(-20, 20), st.floats(-20, 20))
def test_a_bent_line_is_solved_from_anywhere(root: float, slope: float, bend: float, first: float, gap: float) -> None:
    second = first + (gap or 1.0)
    if second == first:
        return
    found = rising_root(lambda x: slope * (x - root) + bend * (x - root) ** 3, first, second)
    assert found == pytest.approx(root, abs=1e-9)


def test_few_evaluations_where_the_function_is_nearly_straight() -> None:
    calls = []

    def nearly(x: float) -> float:
        calls.append(x)
        return x - 2 + 0.02 * math.sin(x)

    assert nearly(rising_root(nearly, 1.9, 2.1)) == pytest.approx(0, abs=1e-12)
    assert len(calls) <= 6


def test_a_jump_over_zero_is_found_where_it_is() -> None:
    assert rising_root(lambda x: -1.0 if x < 0.3 else 1.0, 0.0, 1.0) == pytest.approx(0.3, abs=1e-9)


def test_where_there_is_no_root_the_end_is_returned() -> None:
    assert rising_root(lambda x: x - 10, 1.0, 2.0, most=5.0) == pytest.approx(5.0, abs=1e-9)
    assert rising_root(lambda x: x + 10, 1.0, 2.0, least=0.0) == pytest.approx(0.0, abs=1e-9)
