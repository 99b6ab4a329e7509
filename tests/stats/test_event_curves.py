"""Shares by a time under censoring: printed data, lifelines, and what must hold."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from onepill.stats import event_curve, share_by, wilson_interval
from tests.stats.test_survival import FREIREICH_ENDED, FREIREICH_WEEKS

_FOLLOWED = st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=1, max_size=40)


def test_freireich_1963_as_lifelines_has_it_with_its_limits() -> None:
    fitter = KaplanMeierFitter().fit(FREIREICH_WEEKS, FREIREICH_ENDED)
    curve = event_curve(FREIREICH_WEEKS, FREIREICH_ENDED)
    for week in (6, 10, 20, 23, 35):
        found, limits = share_by(curve, week), fitter.confidence_interval_.loc[week]
        assert found.share == pytest.approx(1 - fitter.predict(week), abs=1e-12)
        assert (found.low, found.high) == pytest.approx((1 - limits.iloc[1], 1 - limits.iloc[0]), abs=1e-12)


def test_five_by_hand() -> None:
    # Ended at 1, censored at 2, ended at 3, censored at 5 and 6: survival 4/5, then times 2/3.
    curve = event_curve([1, 2, 3, 5, 6], [True, False, True, False, False])
    found = share_by(curve, 4)
    assert found.share == pytest.approx(1 - 4 / 5 * 2 / 3)
    assert found.followed == 2
    greenwood = (8 / 15) ** 2 * (1 / (5 * 4) + 1 / (3 * 2))
    assert curve.variance[2] == pytest.approx(greenwood)
    error = math.sqrt(greenwood) / (8 / 15 * -math.log(8 / 15))
    assert found.low == pytest.approx(1 - (8 / 15) ** math.exp(-1.959963984540054 * error))
    assert found.high == pytest.approx(1 - (8 / 15) ** math.exp(1.959963984540054 * error))


def test_an_event_comes_before_a_censoring_of_the_same_time() -> None:
    assert share_by(event_curve([2, 2], [True, False]), 2).share == 0.5


def test_nobody_followed_for_so_long_gives_no_share() -> None:
    found = share_by(event_curve([1, 2], [True, False]), 3)
    assert (found.share, found.low, found.high, found.followed) == (None, None, None, 0)
    assert share_by(event_curve([], []), 1).share is None


def test_no_event_and_only_events_take_wilsons_limits() -> None:
    none = share_by(event_curve([4, 5, 6], [False] * 3), 5)
    assert (none.share, none.low, none.high) == (0.0, 0.0, wilson_interval(0, 2)[1])
    every = share_by(event_curve([1, 2], [True, True]), 9)
    assert (every.share, every.low, every.high) == (1.0, wilson_interval(1, 1)[0], 1.0)


@given(rows=_FOLLOWED, time=st.integers(1, 60))
def test_the_share_and_its_limits_are_those_of_lifelines(rows: list[tuple[int, bool]], time: int) -> None:
    days, ended = zip(*rows, strict=True)
    found = share_by(event_curve(days, ended), time)
    fitter = KaplanMeierFitter().fit(days, ended)
    theirs = 1 - float(fitter.predict(time))
    if found.share is None:
        assert max(days) < time
        return
    assert found.share == pytest.approx(theirs, abs=1e-12)
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.share <= found.high <= 1
    if 0 < found.share < 1:
        row = fitter.confidence_interval_.loc[:time].iloc[-1]
        assert (found.low, found.high) == pytest.approx((1 - row.iloc[1], 1 - row.iloc[0]), abs=1e-9)


@given(rows=_FOLLOWED)
def test_without_censoring_it_is_the_plain_share(rows: list[tuple[int, bool]]) -> None:
    days = np.array([day for day, _ in rows])
    curve = event_curve(days, np.ones(len(days), dtype=bool))
    for time in range(1, 61):
        found = share_by(curve, time)
        if found.share is not None:
            assert found.share == pytest.approx((days <= time).mean())
