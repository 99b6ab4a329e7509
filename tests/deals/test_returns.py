"""How likely a licence comes back: published cohorts, exact limits, calibration on futures, and the days drawn."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onepill.core.dates import DAYS_PER_YEAR, NEVER
from onepill.core.streams import uniforms
from onepill.deals.own_ends import own_ends
from onepill.deals.returns import (
    STREAM,
    Cohort,
    Hazard,
    Lives,
    calibrate,
    exact_interval,
    lives,
    pooled,
    termination_days,
)
from tests.deals.licence_plans import drawn, programme

COUNTED = date(2025, 4, 20)
Y2020 = Cohort(2020, 25 / 62, COUNTED, "VBData", deals=62, ended=25)
Y2021 = Cohort(2021, 0.2, COUNTED, "VBData")
Y2022 = Cohort(2022, 0.2, COUNTED, "VBData")
BEGINS = date(2025, 1, 1).toordinal()


def never(paths: int) -> np.ndarray:
    return np.full(paths, NEVER, dtype=np.int32)


# Published cohorts.


def test_25_of_the_62_licences_of_2020_had_ended_by_2025_04_20_vbdata() -> None:
    # The middle of 2020 is the turn of 1 to 2 July: 1,753 days before the count.
    assert pytest.approx(1753 / 365.25) == Y2020.mean_age_years
    assert Y2020.hazard_per_year == pytest.approx(-math.log(37 / 62) / (1753 / 365.25))
    assert Y2020.hazard_per_year == pytest.approx(0.1076, abs=5e-5)


def test_about_20_percent_of_2021_and_2022_had_ended_by_2025_04_20_vbdata() -> None:
    assert Y2021.hazard_per_year == pytest.approx(math.log(1.25) / 3.80, rel=1e-3)
    assert Y2022.hazard_per_year == pytest.approx(math.log(1.25) / 2.80, rel=1e-3)


def test_the_cohort_of_2020_is_worse_than_that_of_2021_beyond_its_counting_error_and_than_2022_within_it() -> None:
    limits = exact_interval(Y2020)
    assert limits is not None
    low, high = limits
    assert Y2021.hazard_per_year < low < Y2022.hazard_per_year < Y2020.hazard_per_year < high


@given(deals=st.integers(1, 200), data=st.data())
def test_exact_limits_leave_the_tails_that_their_definition_says(deals: int, data: st.DataObject) -> None:
    """Clopper and Pearson 1934: at the limits the count's own tail is 2.5 percent, here summed term by term."""
    ended = data.draw(st.integers(0, deals))
    found = exact_interval(Cohort(2020, ended / deals if ended < deals else 0.999, COUNTED, "", deals, ended))
    assert found is not None
    low, high = (-math.expm1(-rate * Y2020.mean_age_years) for rate in found)
    if ended:
        assert _tail(deals, range(ended, deals + 1), low) == pytest.approx(0.025, rel=1e-6)
    else:
        assert low == 0
    if ended < deals:
        assert _tail(deals, range(ended + 1), high) == pytest.approx(0.025, rel=1e-6)
    else:
        assert high == 1


def _tail(deals: int, counts: range, prob: float) -> float:
    return math.fsum(math.comb(deals, k) * prob**k * (1 - prob) ** (deals - k) for k in counts)


def test_a_cohort_without_counts_has_no_exact_limits() -> None:
    assert exact_interval(Y2021) is None


def test_pooled_is_the_geometric_mean_with_students_limits_on_two_degrees_of_freedom() -> None:
    found = pooled([Y2020, Y2021, Y2022])
    rates = [Y2020.hazard_per_year, Y2021.hazard_per_year, Y2022.hazard_per_year]
    mean = math.prod(rates) ** (1 / 3)
    logs = [math.log(rate) for rate in rates]
    spread = math.sqrt(sum((x - sum(logs) / 3) ** 2 for x in logs) / 2)
    # 4.302653 is the 97.5 % point of Student's t with 2 degrees of freedom (any table).
    factor = math.exp(4.302653 * spread / math.sqrt(3))
    assert found.hazard_per_year == pytest.approx(mean)
    assert found.low_per_year == pytest.approx(mean / factor, rel=1e-6)
    assert found.high_per_year == pytest.approx(mean * factor, rel=1e-6)


@pytest.mark.parametrize("cohorts", [[Y2020], [], [Y2020, Cohort(2021, 0.0, COUNTED, "")]])
def test_pooling_needs_two_cohorts_with_some_ended(cohorts: list[Cohort]) -> None:
    with pytest.raises(ValueError, match="two cohorts"):
        pooled(cohorts)


# The hazard by year.


@given(
    rates=st.lists(st.floats(0, 2), min_size=1, max_size=6),
    years=st.floats(0, 12),
)
def test_the_hazard_adds_up_year_by_year(rates: list[float], years: float) -> None:
    total = 0.0
    for year in range(13):
        total += rates[min(year, len(rates) - 1)] * max(0.0, min(years - year, 1.0))
    assert Hazard(tuple(rates)).cumulative(years) == pytest.approx(total)


@given(rates=st.lists(st.floats(0, 1.5), min_size=1, max_size=5), seed=st.integers(0, 99))
def test_the_days_are_those_on_which_the_hazard_has_added_up_to_each_paths_luck(rates: list[float], seed: int) -> None:
    """A slow twin: walk day by day until the hazard so far exceeds what the uniform asks for."""
    paths, hazard = 20, Hazard(tuple(rates), after_launch=True)
    found = termination_days(hazard, begins=BEGINS, own_end=never(paths), launch=never(paths), first=5, seed=seed)
    luck = uniforms(seed, stream=STREAM, paths=5 + np.arange(paths))
    so_far = hazard.cumulative(np.arange(30 * 366) / DAYS_PER_YEAR)
    for path in range(paths):
        reached = np.flatnonzero(so_far >= -math.log(luck[path]) - 1e-9)
        if found[path] == NEVER:
            assert reached.size == 0 or rates[-1] == 0
        elif found[path] < BEGINS + 30 * 366:
            assert abs(found[path] - BEGINS - reached[0]) <= 1


def test_a_year_without_hazard_ends_nothing_and_the_last_goes_on() -> None:
    hazard, paths = Hazard((0.0, 0.5, 0.0, 0.2), after_launch=True), 20_000
    days = termination_days(hazard, begins=BEGINS, own_end=never(paths), launch=never(paths), first=0, seed=1) - BEGINS
    assert not (days <= 365).any()
    assert not ((days > 731) & (days <= 1095)).any()
    assert (days > 10 * 366).any()
    by_two = (days <= 730).mean()
    assert by_two == pytest.approx(-math.expm1(-0.5), abs=4 * math.sqrt(0.24 / paths) + 0.001)


def test_no_hazard_ends_nothing() -> None:
    found = termination_days(Hazard((0.0,)), begins=BEGINS, own_end=never(99), launch=never(99), first=0, seed=1)
    assert (found == NEVER).all()


@given(rate=st.floats(0.01, 1), factor=st.floats(1, 5))
def test_a_larger_hazard_brings_every_day_forward(rate: float, factor: float) -> None:
    given_ = {"begins": BEGINS, "own_end": never(200), "launch": never(200), "first": 0, "seed": 3}
    assert (termination_days(Hazard((rate * factor,)), **given_) <= termination_days(Hazard((rate,)), **given_)).all()


def test_what_ends_by_itself_or_is_launched_first_is_not_ended_by_the_partner() -> None:
    hazard = Hazard((3.0,))
    free = termination_days(hazard, begins=BEGINS, own_end=never(500), launch=never(500), first=0, seed=1)
    on_the_day = termination_days(hazard, begins=BEGINS, own_end=never(500), launch=free, first=0, seed=1)
    day_before = termination_days(hazard, begins=BEGINS, own_end=never(500), launch=free - 1, first=0, seed=1)
    by_itself = termination_days(hazard, begins=BEGINS, own_end=free, launch=never(500), first=0, seed=1)
    after = termination_days(Hazard((3.0,), True), begins=BEGINS, own_end=never(500), launch=free - 1, first=0, seed=1)
    assert (on_the_day == free).all()
    assert (day_before == NEVER).all()
    assert (by_itself == NEVER).all()
    assert (after == free).all()


# Calibration.


def test_for_a_programme_that_never_fails_the_calibrated_hazard_is_the_cohorts_own() -> None:
    found = lives(
        begins=BEGINS, own_end=never(100), launch=never(100), age_years=Y2020.mean_age_years, after_launch=False
    )
    added = calibrate(found, share=Y2020.ended_share)
    # The age is whole days on the paths: 1,753 of them.
    assert added.hazard.per_year[0] == pytest.approx(Y2020.hazard_per_year, rel=1e-9)
    assert (added.own_share, added.reached_share) == (0.0, pytest.approx(25 / 62, abs=1e-12))


@given(own=st.floats(0, 0.9), share=st.floats(0.05, 0.9))
def test_with_own_failures_alone_the_hazard_is_the_closed_form(own: float, share: float) -> None:
    """exp(-h a) (1 - own) = 1 - share, as the two are independent."""
    paths, age = 1_000, 5.0
    failed = round(own * paths)
    day = never(paths)
    day[:failed] = BEGINS + 400
    added = calibrate(
        lives(begins=BEGINS, own_end=day, launch=never(paths), age_years=age, after_launch=False), share=share
    )
    own = failed / paths
    if own >= share:
        assert added.hazard.per_year == (0.0,)
        assert added.reached_share == own
    else:
        days = round(age * DAYS_PER_YEAR) / DAYS_PER_YEAR
        assert added.hazard.per_year[0] == pytest.approx(-math.log((1 - share) / (1 - own)) / days, rel=1e-6, abs=1e-9)


def test_the_calibrated_hazard_reproduces_the_cohort_on_the_paths_within_four_standard_errors() -> None:
    futures = drawn(programme(trial_prob=0.75), draws=40_000)
    own = own_ends(futures, ["abroad"])
    age = Y2020.mean_age_years
    found = lives(begins=BEGINS, own_end=own.day, launch=own.launch, age_years=age, after_launch=False)
    added = calibrate(found, share=25 / 62)
    ended = termination_days(added.hazard, begins=BEGINS, own_end=own.day, launch=own.launch, first=0, seed=7)
    by_then = np.minimum(ended, own.day) <= BEGINS + round(age * DAYS_PER_YEAR)
    assert 0 < added.own_share < 25 / 62
    assert added.hazard.per_year[0] > 0
    assert by_then.mean() == pytest.approx(25 / 62, abs=4 * math.sqrt(25 / 62 * 37 / 62 / 40_000))


def test_own_failures_above_the_cohort_add_no_hazard() -> None:
    futures = drawn(programme(trial_prob=0.2))
    own = own_ends(futures, ["abroad"])
    added = calibrate(
        lives(begins=BEGINS, own_end=own.day, launch=own.launch, age_years=4.8, after_launch=False), share=0.2
    )
    assert added.hazard.per_year == (0.0,)
    assert added.reached_share == added.own_share > 0.2


def test_a_share_that_cannot_be_reached_takes_the_cohorts_own_hazard_and_says_what_it_comes_to() -> None:
    launch = never(1_000)
    launch[:900] = BEGINS
    found = lives(begins=BEGINS, own_end=never(1_000), launch=launch, age_years=4.8, after_launch=False)
    added = calibrate(found, share=0.4)
    assert added.hazard.per_year[0] == pytest.approx(-math.log(0.6) / 4.8, rel=1e-3)
    assert added.reached_share == pytest.approx(0.04, rel=1e-9)
    after = calibrate(
        lives(begins=BEGINS, own_end=never(1_000), launch=launch, age_years=4.8, after_launch=True), share=0.4
    )
    assert after.reached_share == pytest.approx(0.4)


def test_lives_of_stretches_add_up_to_those_of_all() -> None:
    futures = drawn(programme(), draws=1_000)
    own = own_ends(futures, ["abroad"])

    def part(first: int, last: int) -> Lives:
        days, launch = own.day[first:last], own.launch[first:last]
        return lives(begins=BEGINS, own_end=days, launch=launch, age_years=4.8, after_launch=False)

    whole, parts = part(0, 1_000), part(0, 300) + part(300, 1_000)
    assert whole.paths == parts.paths == 1_000
    assert (whole.exposed == parts.exposed).all()
    assert (whole.own == parts.own).all()
    assert whole.own_share == pytest.approx((own.day <= BEGINS + round(4.8 * DAYS_PER_YEAR)).mean())


def test_an_end_on_the_very_day_of_the_count_is_counted() -> None:
    """Of a span of 365 days the last one counts, and the day after does not."""
    own = np.array([BEGINS + 365, BEGINS + 366, NEVER], dtype=np.int32)
    found = lives(begins=BEGINS, own_end=own, launch=never(3), age_years=1.0, after_launch=False)
    assert (found.paths, found.own_share) == (3, pytest.approx(1 / 3))
