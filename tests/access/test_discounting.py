"""Discount factors under each named convention, against numbers made by hand."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from onepill.access import discount_factors, valuation

JULY = date(2024, 7, 1)


def factor(convention: str, *, years: float = 0.0, index: float = 0.0, rate: float = 0.10) -> float:
    found = discount_factors(
        convention=convention, rate_per_year=rate, years_ahead=np.array([years]), year_index=np.array([index])
    )
    return float(found[0])


@pytest.mark.parametrize(("index", "by_hand"), [(0, 1.0), (1, 0.9090909), (2, 0.8264463), (10, 0.3855433)])
def test_end_year_is_one_over_1_1_to_the_whole_year(index: int, by_hand: float) -> None:
    assert factor("end_year", index=index) == pytest.approx(by_hand, abs=5e-8), "seven digits were written down"


@pytest.mark.parametrize(("index", "by_hand"), [(0, 1.0), (1, 0.9534626), (2, 0.8667842), (10, 0.4043612)])
def test_mid_year_is_half_a_year_less_and_the_rest_of_the_valuation_year_is_not_discounted(
    index: int, by_hand: float
) -> None:
    """1.1^-0.5 = 0.9534626, 1.1^-1.5 = 0.8667842, 1.1^-9.5 = 0.4043612."""
    assert factor("mid_year", index=index) == pytest.approx(by_hand, abs=5e-8)


def test_exact_counts_years_of_365_25_days() -> None:
    assert factor("exact", years=1461 / 2 / 365.25) == pytest.approx(1.1**-2)


def test_continuous_is_the_exponential() -> None:
    assert factor("continuous", years=3, rate=0.11) == pytest.approx(math.exp(-0.33))


def test_the_annuity_of_the_accelerated_royalty_is_172_7707() -> None:
    """Notes on valuation: 3 % of 1,000 a year for 9 years at 10 %, at the end of each year, is 172.7707."""
    assert sum(30 * factor("end_year", index=k) for k in range(1, 10)) == pytest.approx(172.7707, abs=5e-5)


def test_an_unknown_convention_or_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="convention"):
        factor("mid_month")
    with pytest.raises(ValueError, match="above -1"):
        factor("exact", rate=-1.0)


@pytest.mark.parametrize("convention", ["end_year", "mid_year"])
def test_whole_year_conventions_step_on_new_years_day_and_know_no_days(convention: str) -> None:
    found = valuation(JULY, years=25, convention=convention, rate_per_year=0.11)
    eve, day = (date(2030, 12, 31) - JULY).days, (date(2031, 1, 1) - JULY).days
    k_eve, k_day = (1.11**-6, 1.11**-7) if convention == "end_year" else (1.11**-5.5, 1.11**-6.5)
    assert found.by_day[eve] == pytest.approx(k_eve)
    assert found.by_day[day] == pytest.approx(k_day)
    assert found.by_year[6] == pytest.approx(k_eve)
    assert found.by_day[0] == found.by_year[0] == 1.0


@pytest.mark.parametrize("convention", ["exact", "continuous"])
def test_daily_conventions_discount_each_day(convention: str) -> None:
    found = valuation(JULY, years=25, convention=convention, rate_per_year=0.11)
    ratio = 1.11 ** (-1 / 365.25) if convention == "exact" else math.exp(-0.11 / 365.25)
    assert np.allclose(found.by_day[1:] / found.by_day[:-1], ratio, rtol=1e-12)
    middle = (date(2031, 7, 2) - JULY).days / 365.25
    expected = 1.11**-middle if convention == "exact" else math.exp(-0.11 * middle)
    assert found.by_year[7] == pytest.approx(expected, rel=1e-3), "the middle of a year to a day or so"


def test_the_horizon_covers_every_day_of_its_last_year() -> None:
    found = valuation(JULY, years=25, convention="mid_year", rate_per_year=0.11)
    assert found.years == 26
    assert found.by_day.size == (date(2049, 12, 31) - JULY).days + 1
    assert found.by_year.size == 26
