"""Quantiles against Python's own, and the pooled estimate against a published example."""

from __future__ import annotations

import math
import statistics
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.core.streams import uniforms
from onepill.deals.comparable_amounts import fit_spread, median_limits, pool, quantiles

POINTS = ("p10", "p25", "p50", "p75", "p90")
AMOUNTS = st.floats(1e3, 1e11)

DYESTUFF = (
    (1545, 1440, 1440, 1520, 1580),
    (1540, 1555, 1490, 1560, 1495),
    (1595, 1550, 1605, 1510, 1560),
    (1445, 1440, 1595, 1465, 1545),
    (1595, 1630, 1515, 1635, 1625),
    (1520, 1455, 1450, 1480, 1445),
)
"""Yield of dyestuff in grams, five preparations of six batches: Davies, Statistical Methods in Research and Production,
1947; the example of Bates, lme4: Mixed-effects modeling with R, chapter 1."""
SCALE = 1000.0
"""Grams are taken as thousandths of a logarithm, so that amounts are exp(grams / 1000)."""


def as_amounts(grams: tuple[int, ...]) -> list[float]:
    return [math.exp(one / SCALE) for one in grams]


def test_variances_and_mean_are_those_that_lme4_prints_for_the_dyestuff_example() -> None:
    spread = fit_spread([as_amounts(batch) for batch in DYESTUFF])
    assert spread is not None
    assert (spread.groups, spread.n) == (6, 30)
    assert spread.mean * SCALE == pytest.approx(1527.5)
    assert spread.between * SCALE**2 == pytest.approx(1764.05, abs=0.005), "printed with two digits"
    assert spread.within * SCALE**2 == pytest.approx(2451.25, abs=0.005)
    assert math.sqrt(spread.mean_variance) * SCALE == pytest.approx(19.383, abs=0.001), "the printed standard error"


@pytest.mark.parametrize(
    ("batch", "published"),
    [(0, -17.6068514), (1, 0.3912634), (2, 28.5622256), (3, -23.0845385), (4, 56.7331877), (5, -44.9952868)],
)
def test_pooled_batches_are_the_conditional_modes_of_the_dyestuff_example(batch: int, published: float) -> None:
    spread = fit_spread([as_amounts(one) for one in DYESTUFF])
    assert spread is not None
    found = pool(as_amounts(DYESTUFF[batch]), spread)
    assert math.log(found.estimate) * SCALE - 1527.5 == pytest.approx(published, abs=5e-5), "lme4 iterates"
    assert found.weight == pytest.approx(1764.05 / (1764.05 + 2451.25 / 5))


@given(st.lists(AMOUNTS, min_size=10, max_size=60))
def test_quantiles_are_those_of_the_standard_library(amounts: list[float]) -> None:
    slow = statistics.quantiles(amounts, n=20, method="inclusive")
    found = quantiles(amounts)
    for point, place in zip(POINTS, (1, 4, 9, 14, 17), strict=True):
        assert getattr(found, point) == pytest.approx(slow[place], rel=1e-12)


def test_quantiles_of_one_to_ten_are_those_of_definition_7() -> None:
    """R: quantile(1:10, c(.1, .25, .5, .75, .9)) gives 1.90 3.25 5.50 7.75 9.10."""
    found = quantiles([float(one) for one in range(1, 11)])
    assert [getattr(found, point) for point in POINTS] == pytest.approx([1.9, 3.25, 5.5, 7.75, 9.1])


DOLLARS = st.lists(st.integers(1, 10**7).map(lambda thousands: thousands * 1000.0), min_size=10, max_size=60)


@given(DOLLARS, st.integers(1, 40), st.integers(1, 99))
def test_amounts_that_are_told_in_decimals_have_quantiles_and_limits_in_decimals(
    amounts: list[float], draws: int, seed: int
) -> None:
    """As fractions have it: no last bit of a sum, 52.499999999 for 52.5."""
    exact = sorted(map(Fraction, amounts))
    found = quantiles(amounts)
    for point, prob in zip(POINTS, (10, 25, 50, 75, 90), strict=True):
        place = Fraction(prob * (len(exact) - 1), 100)
        below, rest = exact[int(place)], place - int(place)
        above = exact[min(int(place) + 1, len(exact) - 1)]
        assert getattr(found, point) == float(below + (above - below) * rest)
    limits = median_limits(amounts, draws=draws, seed=seed, stream="a")
    assert limits is not None
    assert all((limit / 12.5).is_integer() for limit in limits), "medians are halves of 1,000, quantiles their 40ths"


def test_limits_are_those_of_all_medians_one_after_the_other() -> None:
    """The slow way: each draw's median, then the quantiles of them."""
    amounts = [float(k**3 % 101) for k in range(12)]
    u = uniforms(3, stream="a", paths=np.arange(300 * 12)).reshape(300, 12)
    medians = [statistics.median(amounts[int(one * 12)] for one in draw) for draw in u]
    limits = median_limits(amounts, draws=300, seed=3, stream="a")
    assert limits == pytest.approx(np.quantile(medians, (0.025, 0.975)), rel=1e-12)


@pytest.mark.parametrize(("n", "told"), [(0, 0), (1, 0), (4, 0), (5, 3), (9, 3), (10, 5)])
def test_no_quantile_under_five_cases_and_no_tail_under_ten(n: int, told: int) -> None:
    found = quantiles([1e6 * (one + 1) for one in range(n)])
    assert found.n == n
    assert sum(getattr(found, point) is not None for point in POINTS) == told


@given(st.lists(AMOUNTS, min_size=5, max_size=40), st.randoms())
def test_quantiles_ascend_within_the_cases_and_do_not_heed_the_order(amounts: list[float], random: object) -> None:
    shuffled = list(amounts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    found = quantiles(amounts)
    told = [one for point in POINTS if (one := getattr(found, point)) is not None]
    assert told == sorted(told)
    assert min(amounts) <= told[0] <= told[-1] <= max(amounts)
    assert found == quantiles(shuffled)


def slow_spread(groups: list[list[float]]) -> tuple[float, float]:
    """Between and within, by sums of squares one case at a time."""
    logs = [[math.log(one) for one in group] for group in groups if group]
    n, k = sum(map(len, logs)), len(logs)
    grand = sum(map(sum, logs)) / n
    within = sum((one - sum(group) / len(group)) ** 2 for group in logs for one in group) / (n - k)
    between_sum = sum(len(group) * (sum(group) / len(group) - grand) ** 2 for group in logs)
    size = (n - sum(len(group) ** 2 for group in logs) / n) / (k - 1)
    return max(0.0, (between_sum / (k - 1) - within) / size), within


GROUPS = st.lists(st.lists(AMOUNTS, max_size=6), min_size=2, max_size=6).filter(
    lambda groups: sum(map(bool, groups)) >= 2 and any(len(group) > 1 for group in groups)
)


@given(GROUPS)
def test_variances_are_those_of_the_slow_sums(groups: list[list[float]]) -> None:
    spread = fit_spread(groups)
    assert spread is not None
    between, within = slow_spread(groups)
    assert spread.between == pytest.approx(between, abs=1e-9)
    assert spread.within == pytest.approx(within, abs=1e-9)


@given(GROUPS)
def test_a_pooled_estimate_lies_between_its_own_mean_and_that_of_all(groups: list[list[float]]) -> None:
    spread = fit_spread(groups)
    assert spread is not None
    for group in groups:
        found = pool(group, spread)
        own = math.exp(statistics.fmean(map(math.log, group))) if group else math.exp(spread.mean)
        low, high = sorted((own, math.exp(spread.mean)))
        assert low * (1 - 1e-9) <= found.estimate <= high * (1 + 1e-9)
        assert found.low <= found.estimate * (1 + 1e-12)
        assert found.estimate <= found.high * (1 + 1e-12)
        assert 0 <= found.weight <= 1


def test_more_cases_of_a_group_count_for_more() -> None:
    spread = fit_spread([[1e6, 2e6, 3e6], [1e8, 2e8], [5e7]])
    assert spread is not None
    weights = [pool([1e8] * n, spread).weight for n in range(6)]
    assert weights[0] == 0
    assert weights == sorted(set(weights))


def test_a_group_without_cases_is_told_the_overall_mean_with_the_spread_between_groups() -> None:
    spread = fit_spread([[1e6, 2e6, 3e6], [1e8, 2e8], [5e7]])
    assert spread is not None
    found = pool([], spread)
    assert found.estimate == pytest.approx(math.exp(spread.mean))
    reach = 1.959963984540054 * math.sqrt(spread.between + spread.mean_variance)
    assert math.log(found.high / found.estimate) == pytest.approx(reach)


def test_the_limits_of_a_batch_are_those_of_the_formula_by_hand() -> None:
    """w = 1764.05 / 2254.30; variance w 2451.25 / 5 + (1 - w)^2 19.383^2, in squared grams."""
    spread = fit_spread([as_amounts(one) for one in DYESTUFF])
    assert spread is not None
    found = pool(as_amounts(DYESTUFF[0]), spread)
    weight = 1764.05 / (1764.05 + 2451.25 / 5)
    reach = 1.96 * math.sqrt(weight * 2451.25 / 5 + (1 - weight) ** 2 * 19.383**2)
    assert math.log(found.high / found.estimate) * SCALE == pytest.approx(reach, rel=1e-4), "1.96 is rounded"
    assert math.log(found.estimate / found.low) * SCALE == pytest.approx(reach, rel=1e-4)


@pytest.mark.parametrize("groups", [[], [[]], [[1e6, 2e6]], [[1e6], [2e6]], [[1e6, 2e6], []]])
def test_nothing_is_pooled_where_nothing_tells_the_variances_apart(groups: list[list[float]]) -> None:
    assert fit_spread(groups) is None


def test_equal_amounts_everywhere_pool_to_themselves() -> None:
    spread = fit_spread([[7e6, 7e6], [7e6, 7e6]])
    assert spread is not None
    found = pool([7e6], spread)
    assert (found.low, found.estimate, found.high) == pytest.approx((7e6, 7e6, 7e6))


@pytest.mark.parametrize("n", [5, 13, 41])
def test_limits_of_a_median_are_those_of_the_resampled_medians_exact_distribution(n: int) -> None:
    """The median of n cases drawn anew is at most the k-th of them where more than half of the draws are among k."""
    most = [
        sum(math.comb(n, j) * (k / n) ** j * (1 - k / n) ** (n - j) for j in range((n + 1) // 2, n + 1))
        for k in range(1, n + 1)
    ]
    low, high = (next(k for k, prob in enumerate(most, start=1) if prob >= tail) for tail in (0.025, 0.975))
    amounts = [float(k) for k in range(n, 0, -1)]
    assert median_limits(amounts, draws=25_000, seed=1, stream="a") == (low, high)


def test_limits_of_a_median_come_from_the_seed_and_need_five_cases() -> None:
    amounts = [float(k**2) for k in range(40)]
    limits = [median_limits(amounts, draws=200, seed=seed, stream="a") for seed in (1, 1, 2)]
    assert limits[0] == limits[1] != limits[2]
    assert median_limits(amounts[:4], draws=200, seed=1, stream="a") is None
