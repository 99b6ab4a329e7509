import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from lifelines.utils import median_survival_times, qth_survival_times

from onepill.stats import quantiles_from_survival

# Weeks in remission under 6-mercaptopurine, Freireich et al. 1963, Blood 21:699-716; 0 = still in remission.
FREIREICH_WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
FREIREICH_ENDED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def test_median_remission_of_freireich_1963_is_23_weeks() -> None:
    fitter = KaplanMeierFitter().fit(FREIREICH_WEEKS, FREIREICH_ENDED)
    curve = fitter.survival_function_.iloc[:, 0]
    quartile, median, upper = quantiles_from_survival(curve.index, curve.values, [0.25, 0.5, 0.75])
    assert (quartile, median) == (13, 23)
    assert np.isnan(upper)


def test_quantiles_by_hand_from_a_product_of_fractions() -> None:
    # 5 trials: ended at 1, censored at 2, ended at 3, 4 and 5: survival 4/5, then x 2/3, x 1/2, x 0.
    times, survival = [1, 3, 4, 5], [4 / 5, 8 / 15, 4 / 15, 0]
    assert quantiles_from_survival(times, survival, [0.1, 0.2, 0.25, 0.5, 0.9, 1.0]).tolist() == [1, 1, 3, 4, 5, 5]


def test_a_quantile_that_is_not_reached_is_nan() -> None:
    assert np.isnan(quantiles_from_survival([2, 7], [0.9, 0.6], [0.5]))[0]


@pytest.mark.parametrize(
    ("times", "survival", "probs", "complaint"),
    [
        ([1, 2], [0.9], [0.5], "one survival value"),
        ([], [], [0.5], "at least one"),
        ([2, 1], [0.9, 0.8], [0.5], "times must rise"),
        ([1, 2], [0.8, 0.9], [0.5], "survival must fall"),
        ([1, 2], [1.2, 0.9], [0.5], "survival must fall"),
        ([1, 2], [0.9, 0.8], [1.5], "within 0 and 1"),
    ],
)
def test_refuses(times: list[float], survival: list[float], probs: list[float], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        quantiles_from_survival(times, survival, probs)


_TRIALS = st.lists(st.tuples(st.integers(1, 400), st.booleans()), min_size=1, max_size=40)


@given(trials=_TRIALS, prob=st.sampled_from([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]))
def test_agrees_with_lifelines(trials: list[tuple[int, bool]], prob: float) -> None:
    fitter = KaplanMeierFitter().fit([days for days, _ in trials], [ended for _, ended in trials])
    curve = fitter.survival_function_.iloc[:, 0]
    ours = quantiles_from_survival(curve.index, curve.values, [prob])[0]
    # The tie rule differs by 1e-12, so a level that a rounded product misses by an ulp may be either step's.
    theirs = {qth_survival_times(1 - prob + nudge, fitter.survival_function_) for nudge in (-1e-9, 0, 1e-9)}
    assert (np.inf if np.isnan(ours) else ours) in theirs


@given(trials=_TRIALS)
def test_quantiles_rise_with_probability(trials: list[tuple[int, bool]]) -> None:
    fitter = KaplanMeierFitter().fit([days for days, _ in trials], [ended for _, ended in trials])
    curve = fitter.survival_function_.iloc[:, 0]
    found = quantiles_from_survival(curve.index, curve.values, np.linspace(0, 1, 21))
    reached = found[~np.isnan(found)]
    assert np.all(np.diff(reached) >= 0)
    assert np.all(np.isnan(found[reached.size :]))


def test_limits_of_the_median_are_read_off_the_limits_of_the_curve() -> None:
    fitter = KaplanMeierFitter().fit(FREIREICH_WEEKS, FREIREICH_ENDED)
    expected = median_survival_times(fitter.confidence_interval_).iloc[0]
    lower = fitter.confidence_interval_.iloc[:, 0].fillna(1.0)
    assert quantiles_from_survival(lower.index, lower.values, [0.5])[0] == expected.iloc[0]
