"""The root of a function, and that nothing of the function stays behind."""

from __future__ import annotations

import gc
import weakref

import pytest

from onepill.deals.crossing import crossing, rising_crossing


def test_the_root_of_a_cubic() -> None:
    assert crossing(lambda x: x**3 - x - 2, 1.0, 2.0, xtol=1e-13) == pytest.approx(1.5213797068045676, abs=1e-12)


def test_the_root_of_a_rising_function_is_found_by_halving_alone() -> None:
    assert rising_crossing(lambda x: x**3 - x - 2, 1.0, 2.0) == pytest.approx(1.5213797068045676, abs=1e-15)


def test_ends_of_one_sign_are_refused() -> None:
    with pytest.raises(ValueError, match="sign"):
        crossing(lambda x: x + 10, 0.0, 1.0, xtol=1e-9)


def test_what_the_function_holds_goes_with_it_and_waits_for_no_collection() -> None:
    """Else each question would leave its futures in memory, hundreds of megabytes of them."""

    class Futures:
        def __init__(self) -> None:
            self.value = 0.25

    futures = Futures()
    gone = weakref.ref(futures)
    gc.disable()
    try:
        crossing(lambda x, of=futures: x - of.value, 0.0, 1.0, xtol=1e-9)  # type: ignore[misc]
        del futures
        assert gone() is None
    finally:
        gc.enable()
