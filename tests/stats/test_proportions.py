import math
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.stats import product_interval, wilson_interval


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_interval_newcombe_1998_table_1_method_3(successes: int, n: int, low: float, high: float) -> None:
    # Printed to four decimals.
    assert [round(limit, 4) for limit in wilson_interval(successes, n)] == [low, high]


def test_wilson_limits_solve_the_score_equation() -> None:
    """The slow twin: each limit is a share whose own standard error puts the observed share at the normal quantile."""
    n, observed, z = 148, 15 / 148, NormalDist().inv_cdf(0.95)
    low, high = wilson_interval(15, n, level=0.90)

    def by_bisection(left: float, right: float, *, sign: int) -> float:
        for _ in range(100):
            middle = (left + right) / 2
            inside = abs(observed - middle) < z * math.sqrt(middle * (1 - middle) / n)
            left, right = (middle, right) if inside == (sign > 0) else (left, middle)
        return (left + right) / 2

    # 100 halvings leave rounding error alone.
    assert high == pytest.approx(by_bisection(observed, 1.0, sign=1), abs=1e-12)
    assert low == pytest.approx(by_bisection(0.0, observed, sign=-1), abs=1e-12)


def test_wilson_interval_takes_the_fractions_that_rounded_rates_give() -> None:
    below, exact, above = (wilson_interval(count, 50) for count in (24, 24.4, 25))
    assert below[0] < exact[0] < above[0]
    assert below[1] < exact[1] < above[1]


@pytest.mark.parametrize(
    ("successes", "n", "level", "complaint"),
    [(1, 0, 0.95, "n must"), (-1, 10, 0.95, "successes"), (11, 10, 0.95, "successes"), (5, 10, 1.0, "level")],
)
def test_wilson_interval_refuses(successes: float, n: float, level: float, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        wilson_interval(successes, n, level=level)


@given(n=st.integers(1, 5000), share=st.floats(0, 1), level=st.floats(0.5, 0.999))
def test_wilson_interval_encloses_the_share_and_mirrors(n: int, share: float, level: float) -> None:
    successes = share * n
    low, high = wilson_interval(successes, n, level=level)
    mirrored_low, mirrored_high = wilson_interval(n - successes, n, level=level)
    # Rounding of a few additions at most.
    assert 0 <= low <= successes / n + 1e-12
    assert successes / n - 1e-12 <= high <= 1
    assert mirrored_low == pytest.approx(1 - high, abs=1e-9)
    assert mirrored_high == pytest.approx(1 - low, abs=1e-9)


@given(n=st.integers(1, 1000), share=st.floats(0.01, 0.99))
def test_wilson_interval_shrinks_with_n(n: int, share: float) -> None:
    low, high = wilson_interval(share * n, n)
    tighter_low, tighter_high = wilson_interval(share * 4 * n, 4 * n)
    assert tighter_high - tighter_low < high - low


def test_product_of_one_part_keeps_its_interval() -> None:
    assert product_interval([(0.3, 0.2, 0.45)]) == pytest.approx((0.2, 0.45), rel=1e-12)


def test_product_interval_by_hand() -> None:
    # Both factors 0.5 within a factor of 2 below: 0.25 / 2 ** sqrt(2); above a factor of 1.2: 0.25 * 1.2 ** sqrt(2).
    low, high = product_interval([(0.5, 0.25, 0.6), (0.5, 0.25, 0.6)])
    assert low == pytest.approx(0.25 / 2 ** math.sqrt(2), rel=1e-12)
    assert high == pytest.approx(0.25 * 1.2 ** math.sqrt(2), rel=1e-12)


def test_product_interval_of_a_certain_factor_keeps_its_doubt() -> None:
    low, high = product_interval([(1.0, 0.84, 1.0), (0.5, 0.5, 0.5)])
    assert (low, high) == pytest.approx((0.42, 0.5), rel=1e-12)


def test_product_interval_with_a_limit_at_nought_starts_there() -> None:
    assert product_interval([(0.5, 0.0, 0.6), (0.5, 0.4, 0.6)])[0] == 0
    assert product_interval([(0.0, 0.0, 0.2), (0.5, 0.4, 0.6)]) == pytest.approx((0.0, 0.12))


def test_product_interval_refuses_limits_that_do_not_enclose() -> None:
    with pytest.raises(ValueError, match="enclose"):
        product_interval([(0.5, 0.6, 0.7)])
    with pytest.raises(ValueError, match="at least one"):
        product_interval([])


_PARTS = st.tuples(st.floats(0.05, 0.95), st.integers(5, 500)).map(
    lambda part: (part[0], *wilson_interval(part[0] * part[1], part[1]))
)


@given(parts=st.lists(_PARTS, min_size=1, max_size=4))
def test_product_interval_lies_within_the_product_of_limits(parts: list[tuple[float, float, float]]) -> None:
    low, high = product_interval(parts)
    # Independent errors partly cancel, so the interval is never wider than all limits missed at once.
    assert math.prod(part[1] for part in parts) <= low * (1 + 1e-9)
    assert low <= math.prod(part[0] for part in parts) <= high
    assert high <= min(1.0, math.prod(part[2] for part in parts)) * (1 + 1e-9)
